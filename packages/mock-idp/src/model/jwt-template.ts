import { type Check, flag, oneOf, shape, text } from '../config/shape.ts'

/** How tokens of one kind of subject, users or access keys, are written (IDP-SPEC 3.2, 3.4, 3.6). */
export interface JwtTemplate {
  /**
   * `iss` of access tokens of OIDC applications: the bare project id, the issuer of the application, or the inbound
   * issuer. ID tokens and tokens of inbound applications keep the issuer of their application. Default `federated`.
   */
  readonly issuerType?: 'legacy' | 'federated' | 'inbound'
  /**
   * Access tokens carry the issuer of the metadata document whatever `issuerType` says, as OpenID Connect clients expect
   * it. Default false.
   */
  readonly conformanceIssuer?: boolean
  /**
   * Custom attribute whose text becomes `sub`; the id of the user or of the key then stands in `dsub`. Who lacks the
   * attribute keeps its id in `sub`. Default none.
   */
  readonly subject?: string
  /**
   * `default`: project roles at the root and `tenants` beside them. `tenantOnly`: the roles of the current tenant at
   * the root, no `tenants`. `none`: no authorization claims. Default `default`.
   */
  readonly authSchema?: 'default' | 'tenantOnly' | 'none'
  /** Drops every member `permissions`. Default false. */
  readonly excludePermissions?: boolean
  /** A template claim without a value: empty text (`none`), `null` (`nil`), or left out (`delete`). Default `delete`. */
  readonly emptyClaimPolicy?: 'none' | 'nil' | 'delete'
}

/** What a {@link JwtTemplate} may hold at run time. */
export const jwtTemplateShape: Check = shape({
  optional: {
    issuerType: oneOf('legacy', 'federated', 'inbound'),
    conformanceIssuer: flag,
    subject: text,
    authSchema: oneOf('default', 'tenantOnly', 'none'),
    excludePermissions: flag,
    emptyClaimPolicy: oneOf('none', 'nil', 'delete'),
  },
})

/** A {@link JwtTemplate} with its defaults filled in. */
export type ResolvedTemplate = Required<Omit<JwtTemplate, 'subject'>> & Pick<JwtTemplate, 'subject'>

/** Fills the defaults in. */
export function resolveTemplate(given: JwtTemplate = {}): ResolvedTemplate {
  return {
    issuerType: 'federated',
    conformanceIssuer: false,
    authSchema: 'default',
    excludePermissions: false,
    emptyClaimPolicy: 'delete',
    ...given,
  }
}
