import { type Check, flag, json, listOf, mapOf, matching, oneOf, shape, text } from '../config/shape.ts'

/** What a user has in one tenant, or an access key. */
export interface Membership {
  /** Names of roles in that tenant; their permissions follow from the project's `roles`. Default none. */
  readonly roles?: readonly string[]
}

/** A user of the project. Absent data means absent claims, never `null` (IDP-SPEC 3.1). */
export interface UserConfig {
  /** User id, the `sub` of tokens. Default `U` and 27 random characters. */
  readonly id?: string
  /** Login names. The first one is what demos show. At least one. */
  readonly loginIds: readonly string[]
  /** Password of the hosted login page. A user without one cannot sign in there. */
  readonly password?: string
  /** `disabled` and `invited` users cannot sign in, and their sessions and grants stop working. Default `active`. */
  readonly status?: 'active' | 'invited' | 'disabled'
  /** Display name, claim `name`. */
  readonly name?: string
  /** Claim `given_name`. */
  readonly givenName?: string
  /** Claim `middle_name`. */
  readonly middleName?: string
  /** Claim `family_name`. */
  readonly familyName?: string
  /** Claim `email`. */
  readonly email?: string
  /** Claim `email_verified`, sent only together with `email`. Default false. */
  readonly emailVerified?: boolean
  /** Claim `phone_number`, in E.164 form. */
  readonly phone?: string
  /** Claim `phone_number_verified`, sent only together with `phone_number`. Default false. */
  readonly phoneVerified?: boolean
  /** Claim `picture`, a URL. */
  readonly picture?: string
  /** Names of roles at project level. Default none. */
  readonly roles?: readonly string[]
  /** Memberships by tenant id, in order. Default none. */
  readonly tenants?: Readonly<Record<string, Membership>>
  /** A user for tests, `user.test` in flows. Default false. */
  readonly test?: boolean
  /** The user has a passkey: the action `passkey` approves. Default false. */
  readonly passkey?: boolean
  /** Secret of an authenticator app in base32, for the action `totp`. */
  readonly totpSeed?: string
  /** Custom attributes; `userTemplate` and attribute scopes turn them into claims. Default none. */
  readonly customAttributes?: Readonly<Record<string, unknown>>
}

/** A user as the mock keeps it: a {@link UserConfig} with its id and the defaults filled in. */
export interface MockUser extends UserConfig {
  /** User id, the `sub` of tokens. */
  readonly id: string
  /** Users that are not `active` cannot sign in, and their sessions and grants do not work. */
  readonly status: 'active' | 'invited' | 'disabled'
  /** Names of roles at project level. */
  readonly roles: readonly string[]
  /** Memberships by tenant id, in order. */
  readonly tenants: Readonly<Record<string, Membership>>
  /** Custom attributes. */
  readonly customAttributes: Readonly<Record<string, unknown>>
}

/** What pages call a user: by name, else by login id. */
export function nameOf({ name, loginIds, id }: MockUser): string {
  return name ?? loginIds[0] ?? id
}

/** What a map of memberships may hold at run time. */
export const membershipsShape: Check = mapOf(shape({ optional: { roles: listOf(text) } }))

/** What a {@link UserConfig} may hold at run time. */
export const userShape: Check = shape({
  required: { loginIds: listOf(text) },
  optional: {
    id: text,
    password: text,
    status: oneOf('active', 'invited', 'disabled'),
    name: text,
    givenName: text,
    middleName: text,
    familyName: text,
    email: text,
    emailVerified: flag,
    phone: text,
    phoneVerified: flag,
    picture: text,
    roles: listOf(text),
    tenants: membershipsShape,
    test: flag,
    passkey: flag,
    totpSeed: matching(/^[A-Z2-7]{16,}$/i, 'at least 16 base32 characters'),
    customAttributes: mapOf(json),
  },
})
