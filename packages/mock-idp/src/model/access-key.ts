import { type Check, json, listOf, mapOf, oneOf, shape, text, whole } from '../config/shape.ts'
import { type Membership, membershipsShape } from './user.ts'

/** An access key: the credential of a machine in the OIDC family (IDP-SPEC 2.1, 2.6). */
export interface AccessKeyConfig {
  /** Key id, the `sub` of its tokens. Default `K` and 27 random characters. */
  readonly id?: string
  /** Display name. */
  readonly name: string
  /** The cleartext key, used as client secret. Default random. */
  readonly secret?: string
  /** An `inactive` key is refused with `invalid_client`. Default `active`. */
  readonly status?: 'active' | 'inactive'
  /** End of validity in epoch seconds; 0 means never. Default 0. */
  readonly expireTime?: number
  /** Names of roles at project level. Default none. */
  readonly roles?: readonly string[]
  /** Memberships by tenant id. Default none. */
  readonly tenants?: Readonly<Record<string, Membership>>
  /** Claims at the root of its tokens. Reserved names are refused (IDP-SPEC 3.6). Default none. */
  readonly customClaims?: Readonly<Record<string, unknown>>
  /** Custom attributes; `config.accessKeyTemplate` turns them into claims. Default none. */
  readonly customAttributes?: Readonly<Record<string, unknown>>
}

/** An access key as the mock keeps it. */
export interface AccessKey extends AccessKeyConfig {
  /** Key id, the `sub` of its tokens. */
  readonly id: string
  /** The client id shown with the key: base64 of `<project id>:<key id>`. The plain project id works as well. */
  readonly clientId: string
  /** The cleartext key, used as client secret. */
  readonly secret: string
  /** An `inactive` key is refused with `invalid_client`. */
  readonly status: 'active' | 'inactive'
  /** End of validity in epoch seconds; 0 means never. */
  readonly expireTime: number
  /** Names of roles at project level. */
  readonly roles: readonly string[]
  /** Memberships by tenant id. */
  readonly tenants: Readonly<Record<string, Membership>>
  /** Claims at the root of its tokens. */
  readonly customClaims: Readonly<Record<string, unknown>>
  /** Custom attributes. */
  readonly customAttributes: Readonly<Record<string, unknown>>
}

/** What an {@link AccessKeyConfig} may hold at run time. */
export const accessKeyShape: Check = shape({
  required: { name: text },
  optional: {
    id: text,
    secret: text,
    status: oneOf('active', 'inactive'),
    expireTime: whole(0),
    roles: listOf(text),
    tenants: membershipsShape,
    customClaims: mapOf(json),
    customAttributes: mapOf(json),
  },
})
