import type { IdTokenClaims } from '../claims.ts'
import type { OidcError } from '../errors.ts'

/** Why nobody is signed in. */
export type SignedOutReason =
  /** Nobody has signed in. */
  | 'never'
  /** The user logged out, here or in another tab. */
  | 'signed-out'
  /** The provider refused to renew the session. */
  | 'expired'
  /** The provider answered with tokens of another user. */
  | 'user-changed'
  /** The user did nothing for as long as the app allows. */
  | 'idle-timeout'
  /** The session lasted as long as the app allows. */
  | 'absolute-timeout'

/**
 * What a user interface shows: one frozen object, replaced as a whole. It never holds a token.
 *
 * `pending`: not known yet. `ending`: logging out, so guards must not start a login.
 */
export type SessionState =
  | { readonly status: 'pending' }
  | {
      readonly status: 'unauthenticated'
      readonly reason: SignedOutReason
      /** Why the last login or callback failed. */
      readonly error?: OidcError
    }
  | {
      readonly status: 'authenticated'
      /** Claims of the verified ID token. */
      readonly claims: IdTokenClaims
      /** Granted scopes. */
      readonly scopes: ReadonlySet<string>
      /** When the access token expires, in milliseconds since the epoch; undefined when the provider did not say. */
      readonly expiresAt: number | undefined
      /** A renewal is under way. */
      readonly renewing: boolean
      /** The access token has expired and could not be renewed yet. */
      readonly stale: boolean
    }
  | { readonly status: 'ending' }

/** The first state, and the one on a server. */
export const pendingState: SessionState = Object.freeze({ status: 'pending' })
