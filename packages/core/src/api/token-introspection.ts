/** Opaque tokens at an API: asks the provider (RFC 7662), and remembers its answers for a short time. */
import type { AccessTokenClaims } from '../claims.ts'
import { type Clock, systemClock } from '../clock.ts'
import { isOidcError, NetworkError, TokenVerificationError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { checkOptions, issuerUrl, secureUrl } from '../options.ts'
import type { ClientAuthentication } from '../protocol/client-auth.ts'
import { discover } from '../protocol/discovery.ts'
import { endOnTime } from '../protocol/end-on-time.ts'
import { type IntrospectionResponse, introspectToken } from '../protocol/introspection.ts'
import type { FetchFunction, TransportOptions } from '../protocol/transport.ts'
import { digest } from './digest.ts'
import { freezeMembers } from './strict-json.ts'
import { fitsFilter, type VerdictFilter } from './verdict-cache.ts'

/** Options of {@link createTokenIntrospection}. */
export interface TokenIntrospectionOptions {
  /** Issuer identifier of the provider. Its answers count as about tokens of this issuer when they name none. */
  readonly issuer: string
  /** Client id of this API at the provider. */
  readonly clientId: string
  /** How this API proves itself, such as `clientSecretBasic(secret)`. */
  readonly authentication: ClientAuthentication
  /** Which answers are asked for and taken. Default: plain ones in JSON; `signedAnswers()` takes signed ones alone (RFC 9701). */
  readonly answers?: IntrospectionAnswers
  /** Where to ask. Default: the `introspection_endpoint` of the discovery document. */
  readonly introspectionEndpoint?: string
  /**
   * How long an answer about an active token is used, in seconds, 0 to 3600, and never beyond its `exp`: so long a token
   * opens the API after it was revoked. 0 asks for every request. Default 30.
   */
  readonly cacheSeconds?: number
  /** How long it is remembered that a token is not active, in seconds, 0 to 3600. Default 10. */
  readonly inactiveCacheSeconds?: number
  /** Most answers that are remembered, of either kind, 1 to 1000000. Default 10000. */
  readonly maxEntries?: number
  /** Most questions under way at one time, 1 to 10000; further tokens get 503. Default 100. */
  readonly maxPending?: number
  /** Deadline of a request to the provider, in milliseconds. Default 5000. */
  readonly timeoutMs?: number
  /** Sends requests. Default `fetch`. */
  readonly fetch?: FetchFunction
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** Who asks, and by what means. */
export interface IntrospectionAsker {
  /** Issuer identifier of the provider. */
  readonly issuer: string
  /** Client id of the API. */
  readonly clientId: string
  /** How the API proves itself. */
  readonly authentication: ClientAuthentication
  /** How requests are sent. */
  readonly transport: TransportOptions
  /** Where the time comes from. */
  readonly clock: Clock
}

/** Makes the function that asks one question; `signedAnswers()` makes one. */
export type IntrospectionAnswers = (
  asker: IntrospectionAsker,
) => (server: ServerMetadata, token: string) => Promise<IntrospectionResponse>

/** Asks about tokens; the option `introspection` of a verifier. */
export interface TokenIntrospection {
  /**
   * The claims of an active token. The verifier checks issuer, audience and times after it.
   *
   * @throws {TokenVerificationError} `OIDC_TOKEN_INACTIVE`; `OIDC_TOKEN_TYP_REFUSED` for what is no access token;
   *   `OIDC_TOKEN_BOUND` for a DPoP token whose key the answer does not say.
   * @throws {NetworkError} `OIDC_INTROSPECTION_UNAVAILABLE`, which is not remembered.
   */
  introspect(token: string): Promise<AccessTokenClaims>
  /**
   * Forgets the answers that fit, so that the next request asks again, also while a question about its token is under way;
   * says how many that were.
   */
  forget(filter: VerdictFilter): number
}

/** An answer, and from when to when it is used, in milliseconds since the epoch. */
interface Remembered<Answer> {
  readonly answer: Answer
  readonly since: number
  readonly endsAt: number
}

/**
 * Creates what asks the provider about opaque tokens, for the option `introspection` of {@link createAccessTokenVerifier}.
 *
 * Answers are remembered under a digest of the whole token, as claims and never as decisions: what a route needs is decided
 * anew for each request. One question is asked for each token at one time, however many requests carry it.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see RFC 7662 section 4
 * @example source: examples/snippets/api-opaque.ts
 */
export function createTokenIntrospection(options: TokenIntrospectionOptions): TokenIntrospection {
  checkOptions(
    options,
    {
      issuer: issuerUrl,
      clientId: 'string',
      authentication: 'function',
      answers: 'function',
      introspectionEndpoint: secureUrl,
      cacheSeconds: [0, 3600],
      inactiveCacheSeconds: [0, 3600],
      maxEntries: [1, 1_000_000],
      maxPending: [1, 10_000],
      timeoutMs: [1, 600_000],
      fetch: 'function',
      clock: 'object',
    },
    ['issuer', 'clientId', 'authentication'],
  )
  const {
    issuer,
    clientId,
    authentication,
    answers = plainAnswers,
    introspectionEndpoint,
    clock = systemClock,
  } = options
  const {
    cacheSeconds = 30,
    inactiveCacheSeconds = 10,
    maxEntries = 10_000,
    maxPending = 100,
    timeoutMs = 5000,
  } = options
  const transport: TransportOptions = { timeoutMs, ...(options.fetch ? { fetch: options.fetch } : {}) }
  // Apart, so that junk tokens push no good ones out.
  const active = new Map<string, Remembered<AccessTokenClaims>>()
  const inactive = new Map<string, Remembered<undefined>>()
  const underWay = new Map<string, Promise<AccessTokenClaims | undefined>>()
  const question = answers({ issuer, clientId, authentication, transport, clock })
  let timesForgotten = 0
  let server: Promise<ServerMetadata> | undefined
  let pending = 0

  const recall = <Answer>(memory: Map<string, Remembered<Answer>>, key: string): Remembered<Answer> | undefined => {
    const found = memory.get(key)
    const now = clock.now()
    // A clock that was set back leaves no answer behind that stays good for as long.
    if (found && found.since <= now && now < found.endsAt) return found
    memory.delete(key)
    return undefined
  }
  const remember = <Answer>(memory: Map<string, Remembered<Answer>>, key: string, answer: Answer, endsAt: number) => {
    const since = clock.now()
    if (endsAt <= since) return
    if (memory.size >= maxEntries) for (const [oldest] of memory) if (memory.delete(oldest)) break
    memory.set(key, { answer, since, endsAt })
  }
  const ask = async (token: string): Promise<IntrospectionResponse> => {
    if (pending >= maxPending) throw unavailable(`${maxPending} questions are under way already.`)
    pending += 1
    server ??= introspectionEndpoint
      ? Promise.resolve({ issuer, introspection_endpoint: introspectionEndpoint })
      : discover(issuer, endOnTime(transport))
    try {
      return await question(await server, token)
    } catch (error) {
      server = undefined
      throw unavailable(isOidcError(error) ? error.message : 'The request could not be made.')
    } finally {
      pending -= 1
    }
  }
  const learn = async (token: string): Promise<AccessTokenClaims | undefined> => {
    const key = await digest(token)
    const known = recall(active, key) ?? recall(inactive, key)
    if (known) return known.answer
    const before = timesForgotten
    const answer = await ask(token)
    // Clients choose some of what a provider says of their tokens, such as authorization_details.
    if (Number.isNaN(freezeMembers(answer, 1))) throw unavailable('The answer nests more than 100 levels deep.')
    const { active: isActive, ...members } = answer
    const now = clock.now()
    if (!isActive) {
      remember(inactive, key, undefined, now + 1000 * inactiveCacheSeconds)
      return undefined
    }
    checkKind(members)
    // RFC 9068 section 2.2: where no user is involved, the client is the subject.
    const claims = {
      ...members,
      iss: members.iss ?? issuer,
      sub: members.sub ?? members.client_id,
    } as AccessTokenClaims
    // What was asked before somebody said to forget may be what is to be forgotten.
    if (before === timesForgotten) {
      remember(active, key, claims, Math.min(now + 1000 * cacheSeconds, 1000 * claims.exp))
    }
    return claims
  }

  return {
    async introspect(token) {
      let answer = underWay.get(token)
      if (!answer) {
        const begun = learn(token).finally(() => {
          if (underWay.get(token) === begun) underWay.delete(token)
        })
        answer = begun
        underWay.set(token, begun)
      }
      const claims = await answer
      if (claims) return claims
      throw new TokenVerificationError('OIDC_TOKEN_INACTIVE', 'The provider says that the token is not active.')
    },
    forget(filter) {
      timesForgotten += 1
      underWay.clear()
      const before = active.size
      for (const [key, { answer }] of active) if (fitsFilter(answer, filter)) active.delete(key)
      return before - active.size
    },
  }
}

const plainAnswers: IntrospectionAnswers =
  ({ clientId, authentication, transport }) =>
  (server, token) =>
    introspectToken(server, { clientId, authentication }, token, endOnTime(transport))

/**
 * The endpoint answers about refresh tokens too; where it says what a token is, it has to be an access token. Of a DPoP token
 * it has to say the key as well (RFC 9449 section 6.2): without it, the token would open the API for whoever holds it.
 */
function checkKind({ token_type: type, token_use: use, cnf }: Readonly<Record<string, unknown>>): void {
  const [kind] = /^(bearer|dpop)$/i.exec(String(type ?? 'bearer')) ?? []
  if (!kind || type === null || (use !== undefined && use !== 'access_token')) {
    throw new TokenVerificationError(
      'OIDC_TOKEN_TYP_REFUSED',
      'The token is active, and no access token.',
      'token_type',
    )
  }
  if (kind.length === 4 && cnf === undefined) {
    throw new TokenVerificationError('OIDC_TOKEN_BOUND', 'The provider does not say the key of a DPoP token.', 'cnf')
  }
}

function unavailable(reason: string): NetworkError {
  return new NetworkError('OIDC_INTROSPECTION_UNAVAILABLE', `The token could not be introspected. ${reason}`, 'api')
}
