/** What was revoked before its time: single tokens, sessions that ended, subjects that were logged out. */
import { type Clock, systemClock } from '../clock.ts'
import { ConfigurationError, isOidcError, NetworkError, TokenVerificationError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { createMemoryStore, type SharedStore, sharedStore } from '../shared-store.ts'
import { digest } from './digest.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

/** Options of {@link createRevocationList}. */
export interface RevocationListOptions {
  /** Where it is kept. Default: in memory, which several processes do not share. */
  readonly store?: SharedStore
  /**
   * Longest life of an access token, in seconds, 60 to 31536000. Records are kept so long and 600 s more, for clocks that
   * differ, after which every token that they are about has expired. A token that lives longer is not answered for. Default
   * 86400.
   */
  readonly maxTokenLifetimeSeconds?: number
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** What is revoked: one token by its id alone, a session, or everything of a subject. */
export interface Revocation {
  /** Issuer of the tokens. */
  readonly issuer: string
  /** `jti` of a token. */
  readonly tokenId?: string | undefined
  /** `sid` of a session. */
  readonly sessionId?: string | undefined
  /** `sub`. With a `sessionId` it is the subject of that session. */
  readonly subject?: string | undefined
  /**
   * Tokens issued until then are refused, in seconds since the epoch. Default now, by the clock of this API: where the clock of
   * the provider is ahead, tokens of the last moments would be issued later, so give a time that is later by as much.
   */
  readonly issuedUntil?: number
}

/** Records what was revoked, and answers for the option `isRevoked` of a verifier. */
export interface RevocationList {
  /**
   * Records a revocation.
   *
   * @throws {NetworkError} `OIDC_STORE_UNAVAILABLE`, or what the store throws: then it is not recorded.
   * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
   */
  revoke(revocation: Revocation): Promise<void>
  /**
   * Whether a token was revoked, by its `jti`, `sid` and `sub`. Safe to pass unbound.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for a token that lives longer than `maxTokenLifetimeSeconds`, whose
   *   record might be gone: a verifier answers 503 then.
   * @throws {NetworkError} `OIDC_STORE_UNAVAILABLE`, or what the store throws.
   */
  isRevoked(token: Pick<VerifiedAccessToken, 'claims'>): Promise<boolean>
}

/**
 * Creates a list of what was revoked.
 *
 * A session is revoked for tokens that name it by `sid`, and, when its subject is known, for tokens of that subject that name
 * no session: whose they are can not be told. Tokens that name another session stay good.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/api-logout.ts
 */
export function createRevocationList(options: RevocationListOptions = {}): RevocationList {
  checkOptions(options, { store: sharedStore, maxTokenLifetimeSeconds: [60, 31_536_000], clock: 'object' }, [])
  const { maxTokenLifetimeSeconds = 86_400, clock = systemClock } = options
  const store = options.store ?? createMemoryStore({ clock })

  return {
    async revoke(revocation) {
      checkOptions(
        revocation,
        { issuer: 'string', tokenId: 'string', sessionId: 'string', subject: 'string', issuedUntil: [0, 1e11] },
        ['issuer'],
      )
      const { issuer, tokenId, sessionId, subject, issuedUntil = Math.floor(clock.now() / 1000) } = revocation
      const names = { tokenId, sessionId, subject }
      if ((tokenId === undefined) === (sessionId === undefined && subject === undefined)) {
        const given = Object.entries(names).flatMap(([name, value]) => (value === undefined ? [] : [name]))
        throw new ConfigurationError(
          'OIDC_OPTION_INVALID',
          `Expected tokenId, or sessionId or subject, not [${given}].`,
        )
      }
      const record = async (until: number, ...key: Parameters<typeof keyOf>) => {
        const name = await keyOf(...key)
        // An older logout that comes late must not take a newer one back.
        const latest = Math.max(until, Number((await store.get(name)) ?? 0))
        await store.set(name, String(latest), 1000 * (maxTokenLifetimeSeconds + mostSkewSeconds))
      }
      if (tokenId !== undefined) await record(endOfTime, 'token', issuer, tokenId)
      else if (sessionId === undefined) await record(issuedUntil, 'subject', issuer, subject ?? '')
      else if (subject === undefined) await record(issuedUntil, 'session', issuer, sessionId)
      else {
        await record(issuedUntil, 'session', issuer, sessionId, subject)
        await record(issuedUntil, 'sessionless', issuer, subject)
      }
    },
    async isRevoked({ claims }) {
      const { iss, sub, jti, sid, iat = 0, exp } = claims
      const lifetime = exp - (iat || Math.floor(clock.now() / 1000))
      // A record about it may be gone while it lives on.
      if (lifetime > maxTokenLifetimeSeconds) {
        throw new ConfigurationError(
          'OIDC_OPTION_INVALID',
          `"maxTokenLifetimeSeconds" is ${maxTokenLifetimeSeconds}, and the token lives for ${lifetime} s.`,
        )
      }
      const keys = [keyOf('subject', iss, sub)]
      if (typeof jti === 'string') keys.push(keyOf('token', iss, jti))
      if (typeof sid === 'string') keys.push(keyOf('session', iss, sid), keyOf('session', iss, sid, sub))
      else keys.push(keyOf('sessionless', iss, sub))
      const times = await Promise.all(keys.map(async (key) => store.get(await key)))
      // What is no time, and should not be there, revokes. A token may say a part of the second in which it was issued.
      return times.some((until) => until !== undefined && !(Math.floor(iat) > Number(until)))
    },
  }
}

/** Kinds of records: a token by `jti`, a session by `sid`, a subject, a subject's tokens that name no session. */
type RecordKind = 'token' | 'session' | 'subject' | 'sessionless'

/** By how much a token may outlive its lifetime: it is taken past its `exp`, and issued by a clock that is ahead, each by 300 s. */
const mostSkewSeconds = 600

/** Later than every `iat`. */
const endOfTime = 1e11

/** Digests, of equal length whatever a provider puts into its claims, and no list of users for whoever reads the store. */
async function keyOf(kind: RecordKind, issuer: string, ...names: readonly string[]): Promise<string> {
  return `revoked:${await digest(JSON.stringify([kind, issuer, ...names]))}`
}

/** Asks about one token on every request; the option `isRevoked` of a verifier. */
export type RevocationCheck = (token: VerifiedAccessToken) => boolean | Promise<boolean>

/**
 * Refuses a token that was revoked, and one of which that can not be told.
 *
 * @throws {TokenVerificationError} `OIDC_TOKEN_REVOKED`.
 * @throws {NetworkError} `OIDC_REVOCATION_UNKNOWN` when the check fails or does not answer with true or false.
 */
export async function requireNotRevoked(token: VerifiedAccessToken, isRevoked: RevocationCheck): Promise<void> {
  let answer: unknown
  try {
    answer = await isRevoked(token)
  } catch (error) {
    throw unknown(isOidcError(error) ? error.message : 'The check failed.')
  }
  if (answer === true) throw new TokenVerificationError('OIDC_TOKEN_REVOKED', 'The token was revoked.')
  if (answer !== false) throw unknown(`Expected isRevoked to answer true or false, not ${typeof answer}.`)
}

function unknown(reason: string): NetworkError {
  return new NetworkError('OIDC_REVOCATION_UNKNOWN', `Whether the token was revoked can not be told. ${reason}`, 'api')
}
