import { type Clock, systemClock } from '../clock.ts'
import { createHttpClient } from '../http/http-client.ts'
import type { ServerMetadata } from '../metadata.ts'
import { checkOptions, issuerUrl, oneOf } from '../options.ts'
import { clientSecretBasic, clientSecretPost } from '../protocol/client-auth.ts'
import { checkMetadata, discover } from '../protocol/discovery.ts'
import { endOnTime } from '../protocol/end-on-time.ts'
import { requestClientCredentials } from '../protocol/token-request.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import type { TokenSet } from '../tokens.ts'

/** Options of a token source. */
export interface TokenSourceOptions {
  /** Issuer identifier of the provider, exactly as the provider spells it. */
  readonly issuer: string
  /** Id of this client at the provider. */
  readonly clientId: string
  /** Secret of this client. Keep it out of browsers and repositories. */
  readonly clientSecret: string
  /** Requested scopes, space-separated. Default: what the provider grants by itself. */
  readonly scope?: string
  /** Where the secret goes: the Authorization header or the body. Default `basic`. */
  readonly clientAuthentication?: 'basic' | 'post'
  /** How `basic` encodes id and secret; `raw` for providers that join them as they are. Default `rfc6749`. */
  readonly basicEncoding?: 'rfc6749' | 'raw'
  /** Further parameters of the token request under their wire names, such as `resource` or `audience`. Default none. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Endpoints of the provider. Given, nothing is discovered. Default: discovered. */
  readonly metadata?: ServerMetadata
  /**
   * How long before its expiry a token is renewed when it is read, in seconds, 0 to 3600; never more than half of its life.
   * Default 30.
   */
  readonly renewBeforeExpirySeconds?: number
  /** Deadline of a request, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
  /** Sends requests. Default `fetch`. */
  readonly fetch?: FetchFunction
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** Access tokens for an agent or a service, kept until shortly before they expire. */
export interface TokenSource {
  /**
   * Reads the access token. Parallel calls share one token request; a token that is still good survives a failed renewal.
   *
   * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`.
   * @throws {ProtocolError} `OIDC_DISCOVERY_...`, `OIDC_TOKEN_RESPONSE_INVALID`.
   * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
   */
  getAccessToken(): Promise<string>
  /** The granted scopes of the current token; may be fewer than requested. Empty before the first token. */
  scopes(): readonly string[]
}

/** Life of a token whose answer does not tell it, in milliseconds. */
const assumedLifetimeMs = 60_000

/**
 * Creates a token source (client credentials grant, RFC 6749 section 4.4). Loads nothing yet.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @throws {ProtocolError} `OIDC_DISCOVERY_ISSUER_MISMATCH`, `OIDC_DISCOVERY_INVALID` for given metadata.
 * @example source: examples/snippets/agent-start.ts
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  checkOptions(
    options,
    {
      issuer: issuerUrl,
      clientId: 'string',
      clientSecret: 'string',
      scope: 'string',
      clientAuthentication: oneOf('basic post'),
      basicEncoding: oneOf('rfc6749 raw'),
      parameters: 'object',
      metadata: 'object',
      renewBeforeExpirySeconds: [0, 3600],
      timeoutMs: [1, 600_000],
      fetch: 'function',
      clock: 'object',
    },
    ['issuer', 'clientId', 'clientSecret'],
  )
  const { issuer, clientId, clientSecret, clock = systemClock } = options
  const marginMs = (options.renewBeforeExpirySeconds ?? 30) * 1000
  const transport = endOnTime({ fetch: createHttpClient(options.fetch), timeoutMs: options.timeoutMs ?? 10_000 })
  const authentication =
    options.clientAuthentication === 'post'
      ? clientSecretPost(clientSecret)
      : clientSecretBasic(clientSecret, options.basicEncoding)
  let server = options.metadata && checkMetadata(options.metadata, issuer)
  let current: TokenSet | undefined
  let gotAt = 0
  let expiresAt = 0
  let renewAt = 0
  let flight: Promise<TokenSet> | undefined

  const request = async (): Promise<TokenSet> => {
    server ??= await discover(issuer, transport)
    const parameters = { ...options.parameters, ...(options.scope ? { scope: options.scope } : {}) }
    const tokens = await requestClientCredentials(
      { server, client: { clientId, authentication }, clock, transport },
      parameters,
    )
    const now = clock.now()
    gotAt = now
    expiresAt = tokens.expiresAt ?? now + assumedLifetimeMs
    // A margin as long as the life of the token would mean a token request for each call.
    renewAt = expiresAt - Math.min(marginMs, (expiresAt - now) / 2)
    current = tokens
    return tokens
  }
  return {
    scopes: () => current?.scopes ?? [],
    async getAccessToken() {
      const now = clock.now()
      // A clock that was set back does not make a token younger: it is renewed, as nobody can tell how old it is.
      if (current && now >= gotAt && now < renewAt) return current.accessToken
      flight ??= request().finally(() => {
        flight = undefined
      })
      try {
        return (await flight).accessToken
      } catch (error) {
        if (current && clock.now() < expiresAt) return current.accessToken
        throw error
      }
    },
  }
}
