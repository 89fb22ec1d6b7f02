/** Receives logout tokens (OpenID Connect Back-Channel Logout 1.0 sections 2.5 to 2.8), and refuses what was issued before. */
import { type Clock, systemClock } from '../clock.ts'
import { type AnyOidcError, isOidcError, NetworkError, ProtocolError } from '../errors.ts'
import { checkOptions, issuerUrl, resultOf, secureUrl, textOrTexts, texts } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import { type LogoutTokenClaims, validateLogoutToken } from '../protocol/logout-token.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import { createMemoryStore, type SharedStore, sharedStore } from '../shared-store.ts'
import type { AccessTokenVerifier } from './access-token-verifier.ts'
import { digest } from './digest.ts'
import type { RevocationList } from './revocation-list.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'
import { createSignatureCheck } from './signature-check.ts'

/** Options of {@link createBackChannelLogoutReceiver}. */
export interface BackChannelLogoutOptions {
  /** Issuer identifier of the provider, which logout tokens carry. */
  readonly issuer: string
  /**
   * Further spellings of the same issuer in access tokens: what the verifiers have as `acceptIssuers`. A logout counts for
   * tokens of each. Default none.
   */
  readonly acceptIssuers?: readonly string[]
  /** Id of the client that logout tokens are for, or ids. */
  readonly clientId: string | readonly string[]
  /** Where it is recorded who was logged out; its `isRevoked` is the option of the verifiers. */
  readonly revocations: RevocationList
  /** Verifiers that forget what they have kept about whoever was logged out. Default none. */
  readonly verifiers?: readonly Pick<AccessTokenVerifier, 'forget'>[]
  /** Where used logout tokens are remembered. Default: in memory, which several processes do not share. */
  readonly store?: SharedStore
  /** Where the keys are. Default: the `jwks_uri` of the discovery document. */
  readonly jwksUri?: string
  /** Signature algorithms of logout tokens. Default `['RS256']`. */
  readonly algorithms?: readonly SignatureAlgorithm[]
  /** Demands `typ: logout+jwt`. Default false: it may be absent or `JWT` too, as many providers have it. */
  readonly requireTyp?: boolean
  /** Allowed clock difference, in seconds, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /** Learns of a valid logout before it is confirmed, such as to end sessions of the app. When it fails, the provider is told 503. */
  readonly onLogout?: (claims: LogoutTokenClaims) => unknown
  /** Learns why a request was refused, for the log. Default none. */
  readonly onRefused?: (error: AnyOidcError) => void
  /** Deadline of a request for metadata or keys, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
  /** Sends requests. Default `fetch`. */
  readonly fetch?: FetchFunction
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** Longest body read, in bytes. */
const maxBodyBytes = 20_000

/** How long a used logout token is remembered: longer than one is taken. */
const rememberMs = 1_800_000

const headers = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }

/**
 * Creates the answer to requests at a `backchannel_logout_uri`: 200 once the logout is recorded; 400 for a token or request
 * that is not valid; 405 for another method; 503 when it could not be recorded, so that the provider can try again.
 *
 * Tokens of the session, or of the subject when no session is named, that were issued up to the logout token are refused from
 * then on by every verifier whose `isRevoked` reads the same list. With `sub` and `sid`, tokens of that subject that name no
 * session are refused too.
 *
 * @returns A function that rejects with nothing but what `onRefused` throws.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see OpenID Connect Back-Channel Logout 1.0 section 2.8
 * @example source: examples/snippets/api-logout.ts
 */
export function createBackChannelLogoutReceiver(
  options: BackChannelLogoutOptions,
): (request: Request) => Promise<Response> {
  checkOptions(
    options,
    {
      issuer: issuerUrl,
      acceptIssuers: texts,
      clientId: textOrTexts,
      revocations: resultOf('createRevocationList', 'revoke'),
      verifiers: ['a list of verifiers', Array.isArray],
      store: sharedStore,
      jwksUri: secureUrl,
      algorithms: signatureAlgorithms,
      requireTyp: 'boolean',
      clockToleranceSeconds: [0, 300],
      onLogout: 'function',
      onRefused: 'function',
      timeoutMs: [1, 600_000],
      fetch: 'function',
      clock: 'object',
    },
    ['issuer', 'clientId', 'revocations'],
  )
  const { issuer, revocations, verifiers = [], clock = systemClock, onLogout, onRefused } = options
  const store = options.store ?? createMemoryStore({ clock })
  const verifySignature = createSignatureCheck({ ...options, clock })

  const receive = async (request: Request): Promise<void> => {
    const claims = await validateLogoutToken(
      await readLogoutToken(request),
      {
        issuer,
        clientIds: [options.clientId].flat(),
        algorithms: options.algorithms ?? ['RS256'],
        requireTyp: options.requireTyp ?? false,
        clockToleranceSeconds: options.clockToleranceSeconds ?? 30,
        now: Math.floor(clock.now() / 1000),
      },
      verifySignature,
    )
    const { sub: subject, sid: sessionId, iat: issuedUntil, jti } = claims
    const used = `logout:${await digest(JSON.stringify([issuer, jti]))}`
    if ((await store.get(used)) !== undefined) refuseReplay()
    for (const spelling of [issuer, ...(options.acceptIssuers ?? [])]) {
      await revocations.revoke({ issuer: spelling, subject, sessionId, issuedUntil })
    }
    for (const verifier of verifiers)
      verifier.forget(subject === undefined ? { sessionId: `${sessionId}` } : { subject })
    await onLogout?.(claims)
    // Only now: a logout that could not be recorded has to be received when the provider tries again.
    if (!(await store.add(used, '1', rememberMs))) refuseReplay()
  }

  return async (request) => {
    if (request.method !== 'POST') {
      return Response.json({ error: 'invalid_request' }, { status: 405, headers: { allow: 'POST', ...headers } })
    }
    try {
      await receive(request)
      return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
    } catch (reason) {
      const error = asLogoutError(reason)
      onRefused?.(error)
      const [status, code, more] =
        error.name === 'ProtocolError'
          ? [400, 'invalid_request', {}]
          : [503, 'temporarily_unavailable', { 'retry-after': '10' }]
      const description = status === 400 ? 'The logout token is not valid here' : 'The logout could not be recorded'
      return Response.json(
        { error: code, error_description: description },
        { status, headers: { ...more, ...headers } },
      )
    }
  }
}

/** The one logout token of a form (section 2.5), whose size is bounded before anything of it is kept. */
async function readLogoutToken(request: Request): Promise<string> {
  const malformed = (text: string) => new ProtocolError('OIDC_LOGOUT_REQUEST_INVALID', text, 'logout')
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw malformed('Expected a form.')
  }
  let text = ''
  const decoder = new TextDecoder()
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    text += decoder.decode(part.value, { stream: true })
    if (text.length > maxBodyBytes) {
      await reader?.cancel()
      throw malformed('The body is too long.')
    }
  }
  const [token, second] = new URLSearchParams(text).getAll('logout_token')
  if (!token || second !== undefined) throw malformed('Expected one logout_token.')
  return token
}

function refuseReplay(): never {
  throw new ProtocolError('OIDC_LOGOUT_TOKEN_REPLAYED', 'The logout token was used before.', 'logout')
}

/** What the keys say of a token is said of a logout token here; what nobody foresaw is a failure to record. */
function asLogoutError(error: unknown): AnyOidcError {
  if (!isOidcError(error)) {
    return new NetworkError('OIDC_STORE_UNAVAILABLE', 'The logout could not be recorded.', 'logout')
  }
  if (error.code === 'OIDC_TOKEN_SIGNATURE_INVALID') {
    return new ProtocolError('OIDC_LOGOUT_TOKEN_SIGNATURE_INVALID', error.message, 'logout')
  }
  if (error.code === 'OIDC_TOKEN_KEY_NOT_FOUND') {
    return new ProtocolError('OIDC_LOGOUT_TOKEN_KEY_NOT_FOUND', error.message, 'logout')
  }
  return error as AnyOidcError
}
