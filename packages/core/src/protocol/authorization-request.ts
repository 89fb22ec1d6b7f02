/** Builds the authorization request (RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2.1). Sends nothing. */
import { ConfigurationError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { parseScope } from '../tokens.ts'
import { requireEndpoint } from './discovery.ts'

/** Further parameters of an authorization request, under their wire names; undefined ones are left out, lists are repeated. */
export type AuthorizationParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** What every authorization request of this SDK carries. */
export interface AuthorizationRequest {
  /** Id of the client. */
  readonly clientId: string
  /** Registered URL that the response comes to. */
  readonly redirectUri: string
  /** Space-separated scopes. */
  readonly scope: string
  /** Unguessable text that the response has to carry. */
  readonly state: string
  /** Unguessable text that the ID token has to carry. */
  readonly nonce: string
  /** S256 challenge of `createPkce`. */
  readonly codeChallenge: string
  /** Further parameters; none of them can replace one of the above. */
  readonly parameters?: AuthorizationParameters
}

/**
 * Builds the URL of an authorization request with code, S256 challenge, state and nonce, one of each.
 *
 * @param server - Metadata from `discover`; a query that its authorization endpoint has is kept.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when a further parameter names one that the SDK sets, or a
 *   scope has a character that no scope may have (RFC 6749 section 3.3).
 * @throws {ProtocolError} `OIDC_ENDPOINT_MISSING`; `OIDC_DISCOVERY_INVALID` for a provider that lists response types and not `code`.
 */
export function buildAuthorizationUrl(server: ServerMetadata, request: AuthorizationRequest): URL {
  const url = new URL(requireEndpoint(server, 'authorization_endpoint'))
  const types = server.response_types_supported
  if (types && !(Array.isArray(types) && types.includes('code'))) {
    throw new ProtocolError('OIDC_DISCOVERY_INVALID', 'response_types_supported lacks code.', 'discovery')
  }
  const own = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: parseScope(request.scope).join(' '),
    state: request.state,
    nonce: request.nonce,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
  }
  // RFC 6749 section 3.3.
  if (/[^ !#-[\]-~]/.test(own.scope)) {
    throw new ConfigurationError('OIDC_OPTION_INVALID', 'A scope has characters that are not allowed.')
  }
  for (const [name, value] of Object.entries(request.parameters ?? {})) {
    if (Object.hasOwn(own, name)) {
      throw new ConfigurationError('OIDC_OPTION_INVALID', `The SDK sets ${name} itself.`)
    }
    if (value === undefined) continue
    url.searchParams.delete(name)
    for (const one of [value].flat()) url.searchParams.append(name, one)
  }
  for (const [name, value] of Object.entries(own)) url.searchParams.set(name, value)
  return url
}
