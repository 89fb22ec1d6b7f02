import { type Check, flag, json, listOf, mapOf, matching, oneOf, shape, text, urlMatching } from '../config/shape.ts'
import type { Connection } from './connection.ts'

/** Settings that the default OIDC application shares with named ones. */
export interface OidcAppSettings {
  /** `disabled` applications answer as if they were unknown. Default `active`. */
  readonly status?: 'active' | 'disabled'
  /** Allowed redirect URIs, with `*` in host labels and paths (IDP-SPEC 2.15). Empty: the project's approved domains. */
  readonly redirectUris?: readonly string[]
  /** Where authorize sends the browser; must be absolute. Default the mock's own page with flow `sign-up-or-in`. */
  readonly loginPageUrl?: string
  /** Values of `resource` that may be asked for; others give `invalid_target`. Default none. */
  readonly audienceWhitelist?: readonly string[]
  /** Names added to `claims_supported`. Default none. */
  readonly claims?: readonly string[]
  /** PKCE is required also for clients that authenticate. Default false. */
  readonly forcePkce?: boolean
  /** Every authorize request behaves like `prompt=login`; `prompt=none` gives `login_required`. Default false. */
  readonly forceAuthentication?: boolean
  /** Kept and named in the journal at each logout; no call is made in this version. Default none. */
  readonly backChannelLogoutUrl?: string
  /** Switches the code grant off: `unauthorized_client`. Default false. */
  readonly authorizationCodeDisabled?: boolean
  /** Switches client credentials off: `unauthorized_client`. Default false. */
  readonly clientCredentialsDisabled?: boolean
  /** Switches refresh off: `unauthorized_client`. Default false. */
  readonly refreshTokenDisabled?: boolean
}

/** A named OIDC application (client kind B, IDP-SPEC 2.1). */
export interface OidcAppConfig extends OidcAppSettings {
  /** Application id, part of its issuer: 1 to 30 letters, digits, hyphens or underscores. Default random. */
  readonly id?: string
  /** Display name, unique within the project. */
  readonly name: string
  /** Free text. Default empty. */
  readonly description?: string
  /** Kind of application: SAML applications are not part of this mock. Default `oidc`. */
  readonly type?: 'oidc'
  /** Settings of JWT bearer grants. Stored and returned, no effect. Default none. */
  readonly jwtBearerSettings?: Readonly<Record<string, unknown>>
  /**
   * `project`: the client id is the project id and any access key is a secret (the legacy form).
   * `public`: a client id of its own and no secret. `confidential`: a client id and secrets of its own.
   * Default `project`.
   */
  readonly clientType?: 'project' | 'public' | 'confidential'
  /** Client id of a `public` or `confidential` application. Default base64 of `<project id>:<application id>`. */
  readonly clientId?: string
  /** Secrets of a `confidential` application, each one valid. Default one random secret. */
  readonly secrets?: readonly string[]
  /** `aud` of tokens of an application with its own client id; empty text means both. Default `''`. */
  readonly defaultAudience?: '' | 'projectId' | 'clientId'
}

/** An OIDC application as the mock keeps it, with defaults filled in. */
export interface OidcApp extends Required<Omit<OidcAppConfig, 'loginPageUrl' | 'backChannelLogoutUrl'>> {
  /** Endpoint family. */
  readonly kind: 'oidc'
  /** What a client needs to know. */
  readonly connection: Connection
  /** Issuer of its ID tokens: `<origin>/<project id>`, or with `/<application id>` after it. */
  readonly issuer: string
  /** Where authorize sends the browser; absent for the mock's own page. */
  readonly loginPageUrl?: string
  /** Named in the journal at each logout; absent for none. */
  readonly backChannelLogoutUrl?: string
}

const settings: Readonly<Record<string, Check>> = {
  status: oneOf('active', 'disabled'),
  redirectUris: listOf(text),
  loginPageUrl: urlMatching(/^https?:\/\/./, 'an absolute http or https URL'),
  audienceWhitelist: listOf(text),
  claims: listOf(text),
  backChannelLogoutUrl: matching(/^https?:\/\/./, 'an absolute http or https URL'),
  forcePkce: flag,
  forceAuthentication: flag,
  authorizationCodeDisabled: flag,
  clientCredentialsDisabled: flag,
  refreshTokenDisabled: flag,
}

/** What {@link OidcAppSettings} may hold at run time. */
export const oidcAppSettingsShape: Check = shape({ optional: settings })

/** What an {@link OidcAppConfig} may hold at run time. */
export const oidcAppShape: Check = shape({
  required: { name: text },
  optional: {
    ...settings,
    id: matching(/^[A-Za-z0-9_-]{1,30}$/, '1 to 30 letters, digits, hyphens or underscores'),
    description: matching(/^/, 'text'),
    type: oneOf('oidc'),
    jwtBearerSettings: mapOf(json),
    clientType: oneOf('project', 'public', 'confidential'),
    clientId: text,
    secrets: listOf(text),
    defaultAudience: oneOf('', 'projectId', 'clientId'),
  },
})
