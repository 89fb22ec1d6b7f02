import { claim } from '../access/rule.ts'
import { checkOptions, oneOf, textOrTexts, texts } from '../options.ts'
import {
  callerOf,
  hostName,
  type ProviderApiPreset,
  type ProviderBrowserOptions,
  type ProviderBrowserPreset,
  rightsWith,
  scopeOf,
  textsOf,
} from './provider-options.ts'

/** Options of {@link auth0Api}. */
export interface Auth0ApiOptions {
  /** Domain of the tenant, or the custom domain that users log in at, such as `acme.eu.auth0.com`. */
  readonly domain: string
  /** Identifier of the API. */
  readonly audience: string | readonly string[]
  /** Access token profile (token dialect) of the API. Default `auth0`, as it is there. */
  readonly tokenProfile?: 'auth0' | 'rfc9068'
  /** Claim with the names of roles, which an Action adds under a URL of yours. Default: tokens name no roles. */
  readonly roleClaim?: string
}

/**
 * Options of an access-token verifier for an API registered at Auth0. Permissions are those of `permissions`, which "Add
 * Permissions in the Access Token" switches on; the current tenant (`dct` of the grant) is the organization.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/providers.ts
 */
export function auth0Api(options: Auth0ApiOptions): ProviderApiPreset {
  checkOptions(
    options,
    {
      domain: hostName,
      audience: textOrTexts,
      tokenProfile: oneOf('auth0 rfc9068'),
      roleClaim: 'string',
    },
    ['domain', 'audience'],
  )
  const { domain, audience, tokenProfile = 'auth0', roleClaim } = options
  const rfc9068 = tokenProfile === 'rfc9068'
  const client = rfc9068 ? 'client_id' : 'azp'
  return {
    issuer: `https://${domain}/`,
    audience,
    jwksUri: `https://${domain}/.well-known/jwks.json`,
    profile: rfc9068 ? 'rfc9068' : 'jwt',
    // ID tokens name no client beside aud.
    tokenRule: claim(client),
    rightsOf: (claims) =>
      rightsWith(claims.org_id, {
        roles: textsOf(roleClaim && claims[roleClaim]),
        permissions: textsOf(claims.permissions),
      }),
    principalOf: (claims) => callerOf(claims, claims.sub === `${claims[client]}@clients`, claims[client]),
  }
}

/** Options of {@link auth0Browser}. */
export interface Auth0BrowserOptions extends ProviderBrowserOptions {
  /** Domain of the tenant, or its custom domain, such as `acme.eu.auth0.com`. */
  readonly domain: string
  /** Identifier of the API that access tokens are for. Without it they are opaque, and for userinfo alone. */
  readonly audience?: string
  /** Id of the organization to log in to. */
  readonly organization?: string
}

/**
 * Options of a browser client for a single-page application at Auth0.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function auth0Browser(options: Auth0BrowserOptions): ProviderBrowserPreset {
  checkOptions(
    options,
    {
      domain: hostName,
      clientId: 'string',
      scopes: texts,
      offlineAccess: 'boolean',
      audience: 'string',
      organization: 'string',
    },
    ['domain', 'clientId'],
  )
  const { domain, clientId, audience, organization } = options
  return {
    issuer: `https://${domain}/`,
    clientId,
    scope: scopeOf(options),
    authorizationParameters: { ...(audience ? { audience } : {}), ...(organization ? { organization } : {}) },
  }
}
