import { allOf, claim } from '../access/rule.ts'
import { checkOptions, type OptionRule, textOrTexts, texts } from '../options.ts'
import {
  callerOf,
  type ProviderApiPreset,
  type ProviderBrowserOptions,
  type ProviderBrowserPreset,
  rightsWith,
  scopeOf,
  textsOf,
} from './provider-options.ts'

const tenantRule: OptionRule = [
  'the GUID of a tenant: a token names no other form, and "common" would let every organisation in',
  (value) => typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value),
]

/** Options of {@link entraApi}. */
export interface EntraApiOptions {
  /** Directory (tenant) id, a GUID in lower case. */
  readonly tenantId: string
  /**
   * What `aud` names: with version 2 the application (client) id of the API, with version 1 also its App ID URI, such as
   * `api://...`.
   */
  readonly audience: string | readonly string[]
  /** `accessTokenAcceptedVersion` of the API's registration, where no value means 1. Default 2. */
  readonly tokenVersion?: 1 | 2
  /**
   * Claims whose texts count as roles. `roles`: app roles of users, and application permissions of clients. `wids` and
   * `groups` are GUIDs. Default `['roles']`.
   */
  readonly roleClaims?: readonly ('roles' | 'wids' | 'groups')[]
}

/**
 * Options of an access-token verifier for an API registered at Microsoft Entra ID, in one tenant of the public cloud.
 *
 * The current tenant (`dct` of the grant) is `tid`. A token that names no client is an ID token and refused.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/providers.ts
 */
export function entraApi(options: EntraApiOptions): ProviderApiPreset {
  checkOptions(
    options,
    {
      tenantId: tenantRule,
      audience: textOrTexts,
      tokenVersion: ['1 or 2', (value) => value === 1 || value === 2],
      roleClaims: ['a list of roles, wids, groups', isListOfRoleClaims],
    },
    ['tenantId', 'audience'],
  )
  const { tenantId, audience, tokenVersion = 2, roleClaims = ['roles'] } = options
  const first = tokenVersion === 1
  const client = first ? 'appid' : 'azp'
  return {
    issuer: first ? `https://sts.windows.net/${tenantId}/` : `https://login.microsoftonline.com/${tenantId}/v2.0`,
    audience,
    // As the metadata of each version say. The version 2 keys of `common` would include those of personal accounts.
    jwksUri: `https://login.microsoftonline.com/${first ? 'common/discovery' : `${tenantId}/discovery/v2.0`}/keys`,
    profile: 'jwt',
    tokenRule: allOf(claim('ver', `${tokenVersion}.0`), claim('tid', tenantId), claim(client)),
    rightsOf: (claims) => rightsWith(claims.tid, { roles: textsOf(...roleClaims.map((name) => claims[name])) }),
    // Only tokens of users have scopes.
    principalOf: (claims) => callerOf(claims, claims.idtyp === 'app' || claims.scp === undefined, claims[client]),
  }
}

function isListOfRoleClaims(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => ['roles', 'wids', 'groups'].includes(name))
}

/** Options of {@link entraBrowser}. */
export interface EntraBrowserOptions extends ProviderBrowserOptions {
  /** Directory (tenant) id, a GUID in lower case. */
  readonly tenantId: string
}

/**
 * Options of a browser client for an app registered at Microsoft Entra ID as a single-page application.
 *
 * `sub` is another one in every app; `oid` with `tid` name the user in all of them. All `scopes` have to be of one API.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function entraBrowser(options: EntraBrowserOptions): ProviderBrowserPreset {
  checkOptions(options, { tenantId: tenantRule, clientId: 'string', scopes: texts, offlineAccess: 'boolean' }, [
    'tenantId',
    'clientId',
  ])
  return {
    issuer: `https://login.microsoftonline.com/${options.tenantId}/v2.0`,
    clientId: options.clientId,
    scope: scopeOf(options),
  }
}
