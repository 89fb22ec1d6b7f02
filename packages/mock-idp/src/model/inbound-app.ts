import {
  type Check,
  flag,
  json,
  listOf,
  mapOf,
  matching,
  oneOf,
  shape,
  text,
  urlMatching,
  whole,
} from '../config/shape.ts'
import { type ClientSecret, type ClientSecretConfig, clientSecretShape } from './client-secret.ts'
import type { Connection } from './connection.ts'

/** A scope that an inbound application offers (IDP-SPEC 5.1). */
export interface InboundScope {
  /** Scope name, visible ASCII without space, quote or backslash (RFC 6749 section 3.3). Unique within the application. */
  readonly name: string
  /** Text that the user reads. */
  readonly description: string
  /** False means mandatory: always part of the request. Default false. */
  readonly optional?: boolean
  /** Role names of a permission scope (the user needs one of them), attribute names of an attribute scope. */
  readonly values?: readonly string[]
  /** Attribute scopes only, and only in this mock: the user needs one of these roles (IDP-SPEC A-35). Default none. */
  readonly roles?: readonly string[]
}

/** An inbound application: a third party that signs users in with this provider (client kind C, IDP-SPEC 5). */
export interface InboundAppConfig {
  /** Application id. Default `TPA` and 27 random characters. */
  readonly id?: string
  /** Display name, 1 to 100 characters. */
  readonly name: string
  /** Free text. Default empty. */
  readonly description?: string
  /** Shown on the consent page: an https URL or an image data URL. Default none (empty text). */
  readonly logo?: string
  /** `disabled` applications answer as if they were unknown. Default `active`. */
  readonly status?: 'active' | 'disabled'
  /** `public` clients have no secret and need PKCE; `confidential` ones authenticate. Default `confidential`. */
  readonly clientType?: 'public' | 'confidential'
  /** Client id. Default base64 of `<project id>:<application id>`, padding kept. */
  readonly clientId?: string
  /** Older spelling of `clientType: 'public'`, read when `clientType` is absent. Default false. */
  readonly nonConfidentialClient?: boolean
  /** Secrets, as text or with name and expiry; several may be good at once. Default one random one when confidential. */
  readonly secrets?: readonly (string | ClientSecretConfig)[]
  /** Allowed redirect URIs, with `*` in host labels and paths (IDP-SPEC 2.15). Empty: the project's approved domains. */
  readonly approvedCallbackUrls?: readonly string[]
  /** Where authorize sends the browser; must be absolute. Default the mock's own page. */
  readonly loginPageUrl?: string
  /** Scopes that stand for permissions; `values` are role names. Default none. */
  readonly permissionsScopes?: readonly InboundScope[]
  /** Scopes that release user data; `values` are attribute names, at least one (IDP-SPEC 5.3). Default none. */
  readonly attributesScopes?: readonly InboundScope[]
  /** Scopes that stand for outbound connections; `values` are connection names. Stored only. Default none. */
  readonly connectionsScopes?: readonly InboundScope[]
  /** Permission scopes that client credentials may have. Default all permission scopes. */
  readonly clientGrants?: readonly string[]
  /** Client credentials with a `tenantId` are cut to what the consent of that whole tenant holds. Default false. */
  readonly requireTenantConsent?: boolean
  /** A confidential client must send a verifier as well. Default false. */
  readonly forcePkce?: boolean
  /** `aud` of tokens; empty text means project id and client id. Default `''`. */
  readonly defaultAudience?: '' | 'projectId' | 'clientId'
  /** Values of `resource` and `audience` that may be asked for; others give `invalid_target`. Default none. */
  readonly audienceWhitelist?: readonly string[]
  /** Tokens carry all roles, permissions and tenants of the user, not the cut of IDP-SPEC 5.4. Default false. */
  readonly forceAddAllAuthorizationInfo?: boolean
  /** Consent counts as given: the record is written without a page, as if the user had allowed all. Default false. */
  readonly skipConsentScreen?: boolean
  /** Ids of tenants whose members may use the application. Empty means everybody. Default empty. */
  readonly allowedTenants?: readonly string[]
  /** Every authorize request behaves like `prompt=login`. Default false. */
  readonly forceAuthentication?: boolean
  /** Lifetimes of this application's tokens in seconds; what is absent follows the project. */
  readonly sessionSettings?: {
    /** False: all of it is kept, and has no effect. Default true. */
    readonly enabled?: boolean
    /** Access and ID token. */
    readonly sessionTokenExpiration?: number
    /** Refresh token. */
    readonly refreshTokenExpiration?: number
    /** Access token of client credentials. */
    readonly keySessionTokenExpiration?: number
    /** Id of a token template for users. Stored only. */
    readonly userTemplateId?: string
    /** Id of a token template for machines. Stored only. */
    readonly keyTemplateId?: string
  }
  /** True for an application made by registration. Default false. */
  readonly dynamic?: boolean
  /** Seconds since the epoch. Default now. */
  readonly createdTime?: number
  /**
   * Settings of the service that this mock stores and returns without effect: `forceDpop`, `scopeClaimMapping`,
   * `customAttributes`, `useResources`, `jwtBearerSettings`, `cibaSettings`, `jarSettings`. Default none.
   */
  readonly unmodelled?: Readonly<Record<string, unknown>>
  /** Switches the code grant off: `unauthorized_client`. Default false. */
  readonly authorizationCodeDisabled?: boolean
  /** Switches client credentials off: `unauthorized_client`. Default false. */
  readonly clientCredentialsDisabled?: boolean
  /** Switches refresh off: `unauthorized_client`. Default false. */
  readonly refreshTokenDisabled?: boolean
}

/** An inbound application as the mock keeps it, with defaults filled in. */
export interface InboundApp
  extends Required<Omit<InboundAppConfig, 'loginPageUrl' | 'nonConfidentialClient' | 'secrets'>> {
  /** Endpoint family. */
  readonly kind: 'inbound'
  /** Its secrets, revoked and expired ones too; empty for a public application. */
  readonly secrets: readonly ClientSecret[]
  /** What a client needs to know. */
  readonly connection: Connection
  /** Issuer of all its tokens: `<origin>/v1/apps/<project id>`. */
  readonly issuer: string
  /** Where authorize sends the browser; absent for the mock's own page. */
  readonly loginPageUrl?: string
}

const scopeFields: Readonly<Record<string, Check>> = {
  name: matching(
    /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/,
    '1 to 100 visible ASCII characters without space, quote, backslash',
  ),
  description: text,
}
const permissionScope = shape({ required: scopeFields, optional: { optional: flag, values: listOf(text) } })
const attributeScope = shape({
  required: { ...scopeFields, values: listOf(text) },
  optional: { optional: flag, roles: listOf(text) },
})

/** What an {@link InboundAppConfig} may hold at run time. */
export const inboundAppShape: Check = shape({
  required: { name: matching(/^.{1,100}$/, '1 to 100 characters') },
  optional: {
    id: text,
    description: matching(/^/, 'text'),
    logo: urlMatching(/^(https:\/\/[^/\s]+|data:image\/|$)/, 'an https URL or an image data URL'),
    status: oneOf('active', 'disabled'),
    clientType: oneOf('public', 'confidential'),
    clientId: text,
    nonConfidentialClient: flag,
    secrets: listOf(clientSecretShape),
    approvedCallbackUrls: listOf(text),
    loginPageUrl: urlMatching(/^https?:\/\/./, 'an absolute http or https URL'),
    permissionsScopes: listOf(permissionScope),
    attributesScopes: listOf(attributeScope),
    connectionsScopes: listOf(permissionScope),
    clientGrants: listOf(text),
    requireTenantConsent: flag,
    forcePkce: flag,
    defaultAudience: oneOf('', 'projectId', 'clientId'),
    audienceWhitelist: listOf(text),
    forceAddAllAuthorizationInfo: flag,
    skipConsentScreen: flag,
    allowedTenants: listOf(text),
    forceAuthentication: flag,
    sessionSettings: shape({
      optional: {
        sessionTokenExpiration: whole(1),
        refreshTokenExpiration: whole(1),
        keySessionTokenExpiration: whole(1),
        enabled: flag,
        userTemplateId: matching(/^/, 'text'),
        keyTemplateId: matching(/^/, 'text'),
      },
    }),
    dynamic: flag,
    createdTime: whole(0),
    unmodelled: mapOf(json),
    authorizationCodeDisabled: flag,
    clientCredentialsDisabled: flag,
    refreshTokenDisabled: flag,
  },
})
