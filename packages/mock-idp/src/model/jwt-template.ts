import { type Check, flag, oneOf, shape } from '../config/shape.ts'

/** How tokens of one kind of subject, users or access keys, are written (IDP-SPEC 3.2, 3.4, 3.6). */
export interface JwtTemplate {
  /**
   * `iss` of access tokens of OIDC applications: the bare project id, the issuer of the application, or the inbound
   * issuer. ID tokens and tokens of inbound applications keep the issuer of their application. Default `federated`.
   */
  readonly issuerType?: 'legacy' | 'federated' | 'inbound'
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
    authSchema: oneOf('default', 'tenantOnly', 'none'),
    excludePermissions: flag,
    emptyClaimPolicy: oneOf('none', 'nil', 'delete'),
  },
})

/** Fills the defaults in. */
export function resolveTemplate(given: JwtTemplate = {}): Required<JwtTemplate> {
  return {
    issuerType: 'federated',
    authSchema: 'default',
    excludePermissions: false,
    emptyClaimPolicy: 'delete',
    ...given,
  }
}
