import { allOf, claim } from '../access/rule.ts'
import { checkOptions, textOrTexts, texts } from '../options.ts'
import {
  callerOf,
  hostName,
  type ProviderApiPreset,
  type ProviderBrowserOptions,
  type ProviderBrowserPreset,
  pathSegment,
  scopeOf,
  textsOf,
} from './provider-options.ts'

/** Which authorization server of Okta. */
export interface OktaServerOptions {
  /** Domain of the org, or its custom domain, such as `acme.okta.com`. */
  readonly domain: string
  /** Id of the custom authorization server. Default `default`. Tokens of the org server are for Okta's own APIs alone. */
  readonly authorizationServerId?: string
}

/** Options of {@link oktaApi}. */
export interface OktaApiOptions extends OktaServerOptions {
  /** Audience of the authorization server, such as `api://default`. */
  readonly audience: string | readonly string[]
  /** Claim of the access token with the names of roles. Default `groups`; the authorization server has to add it. */
  readonly roleClaim?: string
}

/**
 * Options of an access-token verifier for an API behind a custom authorization server of Okta.
 *
 * `sub` of a user is the login name, which can change; `uid` names the user for good.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/providers.ts
 */
export function oktaApi(options: OktaApiOptions): ProviderApiPreset {
  checkOptions(
    options,
    {
      domain: hostName,
      authorizationServerId: pathSegment,
      audience: textOrTexts,
      roleClaim: 'string',
    },
    ['domain', 'audience'],
  )
  const { audience, roleClaim = 'groups' } = options
  const issuer = issuerOf(options)
  return {
    issuer,
    audience,
    jwksUri: `${issuer}/v1/keys`,
    profile: 'jwt',
    // ID tokens name no client beside aud.
    tokenRule: allOf(claim('ver', 1), claim('cid')),
    rightsOf: (claims) => ({ roles: textsOf(claims[roleClaim]) }),
    principalOf: (claims) => callerOf(claims, claims.uid === undefined, claims.cid),
  }
}

/** Options of {@link oktaBrowser}. */
export interface OktaBrowserOptions extends OktaServerOptions, ProviderBrowserOptions {}

/**
 * Options of a browser client for a single-page application at Okta.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function oktaBrowser(options: OktaBrowserOptions): ProviderBrowserPreset {
  checkOptions(
    options,
    {
      domain: hostName,
      authorizationServerId: pathSegment,
      clientId: 'string',
      scopes: texts,
      offlineAccess: 'boolean',
    },
    ['domain', 'clientId'],
  )
  return { issuer: issuerOf(options), clientId: options.clientId, scope: scopeOf(options) }
}

function issuerOf({ domain, authorizationServerId = 'default' }: OktaServerOptions): string {
  return `https://${domain}/oauth2/${authorizationServerId}`
}
