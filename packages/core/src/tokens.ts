import type { IdTokenClaims } from './claims.ts'

/** Tokens of one grant, after every check. */
export interface TokenSet {
  /** For the Authorization header of requests to an API; opaque to the client. */
  readonly accessToken: string
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
