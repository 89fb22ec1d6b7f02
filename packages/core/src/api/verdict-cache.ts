/**
 * Tokens that were verified a moment ago, by the digest of their whole text. Only what depends on nothing but the token and
 * its key is kept; its times are compared with the clock on every look.
 */
import type { Validity } from './access-token-checks.ts'
import type { PublishedKey } from './published-key.ts'

/** Which cached verdicts to forget; one that fits every given member goes. */
export interface VerdictFilter {
  /** `sub` of the token. */
  readonly subject?: string
  /** `sid` of the token (OpenID Connect Front-Channel Logout 1.0 section 3). */
  readonly sessionId?: string
  /** `jti` of the token (RFC 7519 section 4.1.7). */
  readonly tokenId?: string
}

/** What a verdict is about. */
interface Verified {
  readonly claims: { readonly [claim: string]: unknown }
}

/** A token that was found to be good. */
export interface Verdict<Token> {
  readonly token: Token
  /** Whether it is bound to a key (`cnf`), which each request has to prove. */
  readonly bound: boolean
}

interface KeptVerdict<Token> extends Verdict<Token> {
  readonly key: PublishedKey
  readonly storedAt: number
  readonly from: number
  readonly until: number
  /** Whether it was asked for since it was last considered for removal. */
  used: boolean
}

/** A bounded cache of verified tokens. */
export interface VerdictCache<Token> {
  /**
   * The verdict of a digest.
   *
   * @param now - Milliseconds since the epoch.
   * @returns Undefined when it is unknown, too old, not valid at this time, or verified with a key that is no longer published.
   */
  find(digest: string, now: number): Verdict<Token> | undefined
  /** Keeps a token that has just been verified with a key. */
  keep(digest: string, token: Token, key: PublishedKey, validity: Validity, now: number): void
  /** Removes what fits, and says how many that were. */
  forget(filter: VerdictFilter): number
}

/**
 * Creates an empty cache.
 *
 * @param maxEntries - When there are more, those that nobody asked for lately go first (the CLOCK rule).
 */
export function createVerdictCache<Token extends Verified>(maxEntries: number, maxAgeMs: number): VerdictCache<Token> {
  const verdicts = new Map<string, KeptVerdict<Token>>()

  const makeRoom = (): void => {
    // A Map keeps the order of insertion; what was used goes round once more.
    for (const [digest, verdict] of verdicts) {
      verdicts.delete(digest)
      if (!verdict.used) return
      verdict.used = false
      verdicts.set(digest, verdict)
    }
  }
  return {
    find(digest, now) {
      const verdict = verdicts.get(digest)
      if (!verdict) return undefined
      // A clock that was set back leaves no verdict behind that never grows old.
      if (!verdict.key.published || Math.abs(now - verdict.storedAt) >= maxAgeMs) {
        verdicts.delete(digest)
        return undefined
      }
      const seconds = Math.floor(now / 1000)
      if (seconds < verdict.from || seconds >= verdict.until) return undefined
      verdict.used = true
      return verdict
    },
    keep(digest, token, key, { from, until }, now) {
      if (verdicts.size >= maxEntries && !verdicts.has(digest)) makeRoom()
      const bound = token.claims.cnf !== undefined
      verdicts.set(digest, { token, bound, key, storedAt: now, from, until, used: false })
    },
    forget(filter) {
      const before = verdicts.size
      for (const [digest, { token }] of verdicts) if (fitsFilter(token.claims, filter)) verdicts.delete(digest)
      return before - verdicts.size
    },
  }
}

/** Tells whether claims fit every member of a filter. */
export function fitsFilter({ sub, sid, jti }: Verified['claims'], filter: VerdictFilter): boolean {
  return fit(filter.subject, sub) && fit(filter.sessionId, sid) && fit(filter.tokenId, jti)
}

function fit(wanted: string | undefined, found: unknown): boolean {
  return wanted === undefined || wanted === found
}
