import { allOf, anyOf, claim } from '../access/rule.ts'
import { checkOptions, issuerUrl, textOrTexts, texts } from '../options.ts'
import {
  callerOf,
  memberOf,
  type ProviderApiPreset,
  type ProviderBrowserOptions,
  type ProviderBrowserPreset,
  pathSegment,
  scopeOf,
  textsOf,
} from './provider-options.ts'

/** Which realm of Keycloak. */
export interface KeycloakRealmOptions {
  /** Base URL of the server as browsers see it, with its relative path where it has one, such as `https://id.acme.com`. */
  readonly baseUrl: string
  /** Name of the realm. */
  readonly realm: string
}

/** Options of {@link keycloakApi}. */
export interface KeycloakApiOptions extends KeycloakRealmOptions {
  /** What an audience mapper adds to `aud`, most often the client id of the API. Without a mapper nobody is let in. */
  readonly audience: string | readonly string[]
  /** Whether roles of the realm count. Default true. */
  readonly realmRoles?: boolean
  /** Client whose roles count too, most often the API's own. Default: the audience when it is one text. */
  readonly rolesOfClient?: string
}

/**
 * Options of an access-token verifier for an API behind a realm of Keycloak.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/providers.ts
 */
export function keycloakApi(options: KeycloakApiOptions): ProviderApiPreset {
  checkOptions(
    options,
    {
      baseUrl: issuerUrl,
      realm: pathSegment,
      audience: textOrTexts,
      realmRoles: 'boolean',
      rolesOfClient: 'string',
    },
    ['baseUrl', 'realm', 'audience'],
  )
  const { audience, realmRoles = true, rolesOfClient = typeof audience === 'string' && audience } = options
  const issuer = issuerOf(options)
  return {
    issuer,
    audience,
    jwksUri: `${issuer}/protocol/openid-connect/certs`,
    profile: 'jwt',
    // ID, refresh and logout tokens say so in the claim typ. A DPoP token without its key would be one for whoever holds it.
    tokenRule: anyOf(claim('typ', 'Bearer'), allOf(claim('typ', 'DPoP'), claim('cnf'))),
    rightsOf: ({ realm_access: realm, resource_access: clients }) => ({
      roles: textsOf(
        realmRoles && memberOf(realm, 'roles'),
        rolesOfClient && memberOf(memberOf(clients, rolesOfClient), 'roles'),
      ),
    }),
    // A service account has a user of its own, and no session.
    principalOf: (claims) => callerOf(claims, claims.sid === undefined && claims.client_id !== undefined, claims.azp),
  }
}

/** Options of {@link keycloakBrowser}. */
export interface KeycloakBrowserOptions extends KeycloakRealmOptions, ProviderBrowserOptions {}

/**
 * Options of a browser client for a public client of Keycloak.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function keycloakBrowser(options: KeycloakBrowserOptions): ProviderBrowserPreset {
  checkOptions(
    options,
    { baseUrl: issuerUrl, realm: pathSegment, clientId: 'string', scopes: texts, offlineAccess: 'boolean' },
    ['baseUrl', 'realm', 'clientId'],
  )
  return { issuer: issuerOf(options), clientId: options.clientId, scope: scopeOf(options) }
}

function issuerOf({ baseUrl, realm }: KeycloakRealmOptions): string {
  return `${baseUrl.replace(/\/$/, '')}/realms/${realm}`
}
