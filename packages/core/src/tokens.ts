import type { IdTokenClaims } from './claims.ts'

/** Tokens of one grant, after every check. */
export interface TokenSet {
  /** For the Authorization header of requests to an API; opaque to the client. */
  readonly accessToken: string
  /** How the access token is sent: `dpop` needs proofs by the key it is bound to (RFC 9449 section 5). */
  readonly tokenType: 'bearer' | 'dpop'
  /** Milliseconds since the epoch on the local clock; undefined when the provider did not say, then react to 401. */
  readonly expiresAt: number | undefined
  /** The granted scopes: the `scope` of the answer, else the requested ones (RFC 6749 section 5.1). */
  readonly scopes: readonly string[]
  /** For the token endpoint only. */
  readonly refreshToken: string | undefined
  /** The ID token as text, for `id_token_hint`. */
  readonly idToken: string | undefined
  /** Claims of the verified ID token. */
  readonly claims: IdTokenClaims | undefined
  /** Time of the provider minus local time at the login, in seconds; 0 when local time is trusted. */
  readonly clockSkewSeconds: number
}

/** Splits a `scope` text (RFC 6749 section 3.3), keeping the order and dropping repeats. */
export function parseScope(scope: string): string[] {
  return [...new Set(scope.split(' ').filter(Boolean))]
}

/** Requested scopes beside granted ones. */
export interface ScopeComparison {
  /** What was granted, in the order of the answer. */
  readonly granted: readonly string[]
  /** What was requested and not granted. */
  readonly missing: readonly string[]
  /** What was granted and not requested, such as a scope that an app always needs. */
  readonly extra: readonly string[]
}

/**
 * Compares requested scopes with granted ones, without regard to order: a provider may grant less or more (RFC 6749 section
 * 3.3).
 *
 * @param requested - Scopes as text or list.
 * @param granted - Scopes as text or list, such as `scopes` of the session.
 */
export function compareScopes(
  requested: string | Iterable<string>,
  granted: string | Iterable<string>,
): ScopeComparison {
  const [wanted, held] = [requested, granted].map((scopes) =>
    typeof scopes === 'string' ? parseScope(scopes) : [...new Set(scopes)],
  ) as [string[], string[]]
  return {
    granted: held,
    missing: wanted.filter((scope) => !held.includes(scope)),
    extra: held.filter((scope) => !wanted.includes(scope)),
  }
}
