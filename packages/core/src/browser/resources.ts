import { systemClock } from '../clock.ts'
import { ConfigurationError, ProtocolError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { TokenSet } from '../tokens.ts'
import type { BrowserClient } from './client.ts'
import { partsOf } from './client-parts.ts'

/** What a token is for. */
export interface ResourceRequest {
  /** Identifier of the API: an absolute URI without fragment (RFC 8707 section 2). */
  readonly resource: string
  /** Scopes of the token, space-separated, out of those of the session. Default: what the provider gives for the API. */
  readonly scope?: string
}

/** Options of tokens for several APIs. */
export interface ResourceTokensOptions {
  /** What the tokens are for that `fetch` sends, by origin of the API, such as `https://api.example.com`. Default none. */
  readonly origins?: Readonly<Record<string, ResourceRequest>>
}

/** Tokens of one session for several APIs. */
export interface ResourceTokens {
  /**
   * Reads the access token for an API, requested or renewed first when needed. Each has an expiry of its own; calls for
   * the same one share a request. Neither the scopes nor the tokens of the session change.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID`, `OIDC_OPTION_UNKNOWN`.
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`; `OIDC_REFRESH_TOKEN_MISSING` without a refresh token.
   * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`, with `invalid_target` for an API that the provider refuses.
   */
  getAccessToken(request: ResourceRequest): Promise<string>
  /**
   * Sends a request to an API as `client.fetch`, with the token of its origin.
   *
   * @throws {OidcError} As `client.fetch` and `getAccessToken`.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>
}

interface ResourceToken extends Pick<TokenSet, 'accessToken' | 'tokenType' | 'expiresAt'> {
  readonly subject: string
  /** On both clocks: one may stand still while the machine sleeps, the other jumps when somebody sets it. */
  readonly receivedAt: readonly [time: number, ticks: number]
}

const isRequest = (value: unknown) => {
  const { resource, scope = 'x' } = (value ?? {}) as Partial<ResourceRequest>
  return typeof resource === 'string' && URL.canParse(resource) && !resource.includes('#') && !!scope
}

/**
 * Gets access tokens for several APIs in one session (RFC 8707), with its refresh token. Requests wait for the renewal of
 * the session, and it for them, in all tabs that share a storage. Tokens are in memory, and gone when the session ends.
 *
 * @param client - A client of `createBrowserClient`; its option `resources` names the APIs where the provider wants to
 *   know them at the login.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see RFC 8707 section 2.2
 */
export function createResourceTokens(client: BrowserClient, options: ResourceTokensOptions = {}): ResourceTokens {
  const ofOrigins = (value: unknown) =>
    Object.entries(value ?? {}).every(([origin, of]) => URL.parse(origin)?.origin === origin && isRequest(of))
  checkOptions(options, { origins: ['resources by origin', ofOrigins] }, [])
  const { options: own, session, refresh, fetchWith } = partsOf(client)
  const { clock = systemClock, renewBeforeExpirySeconds = 30 } = own
  const tokens = new Map<string, ResourceToken>()
  const flights = new Map<string, Promise<ResourceToken>>()
  client.subscribe(() => {
    if (!session.exists()) {
      tokens.clear()
      flights.clear()
    }
  })

  const isGood = ({ expiresAt, subject, receivedAt: [time, ticks] }: ResourceToken) => {
    const age = Math.max(clock.now() - time, performance.now() - ticks)
    const life = (expiresAt ?? Number.POSITIVE_INFINITY) - time
    return (
      subject === session.requireTokens().claims.sub && age < life - Math.min(renewBeforeExpirySeconds * 1000, life / 2)
    )
  }
  const request = async ({ resource, scope }: ResourceRequest): Promise<ResourceToken> => {
    const issued: TokenSet[] = []
    // A second time when another tab was faster with the refresh token.
    for (let tries = 0; tries < 2 && issued.length === 0; tries++) {
      await session.useRefreshToken(async (current) => {
        if (!current.refreshToken) {
          throw new ProtocolError('OIDC_REFRESH_TOKEN_MISSING', 'Ask for the scope offline_access.', 'token')
        }
        const next = await refresh(current, { resource, ...(scope && { scope }) })
        issued.push(next)
        return { ...current, refreshToken: next.refreshToken }
      })
    }
    const [token] = issued
    if (!token) throw new ProtocolError('OIDC_SESSION_MISSING', 'The session is in use elsewhere. Try again.', 'token')
    const { sub: subject } = session.requireTokens().claims
    return { ...token, subject, receivedAt: [clock.now(), performance.now()] }
  }
  const read = async (wanted: ResourceRequest, refused?: string): Promise<ResourceToken> => {
    session.requireTokens()
    const key = JSON.stringify([wanted.resource, wanted.scope])
    const found = tokens.get(key)
    if (found && found.accessToken !== refused && isGood(found)) return found
    const flight = flights.get(key) ?? request(wanted)
    flights.set(key, flight)
    try {
      const token = await flight
      // A logout meanwhile has forgotten the flight.
      if (flights.get(key) === flight) tokens.set(key, token)
      return token
    } finally {
      if (flights.get(key) === flight) flights.delete(key)
    }
  }
  const { origins = {} } = options
  return {
    async getAccessToken(wanted) {
      checkOptions<ResourceRequest>(
        wanted,
        { resource: ['an absolute URI', () => isRequest(wanted)], scope: 'string' },
        ['resource'],
      )
      return (await read(wanted)).accessToken
    },
    fetch: fetchWith(Object.keys(origins), async (origin, refused) => {
      const wanted = origins[origin]
      if (!wanted) throw new ConfigurationError('OIDC_ORIGIN_NOT_ALLOWED', `${origin} gets no access token.`)
      return read(wanted, refused)
    }),
  }
}
