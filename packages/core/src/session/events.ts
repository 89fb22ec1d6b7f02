import type { OidcError } from '../errors.ts'
import type { SignedOutReason } from './session-state.ts'

/** What happened to a session beside the changes of its state. Carries no token. */
export type SessionEvent =
  /** Somebody signed in here; `silent` when no user was asked. */
  | { readonly type: 'signed-in'; readonly silent: boolean }
  /** A page without tokens decided how to find out who is signed in. */
  | { readonly type: 'restoring'; readonly by: 'silent-frame' | 'redirect' | 'nothing' }
  /** The check found nobody; an error other than `OIDC_LOGIN_REQUIRED` says what kept it from finding out. */
  | { readonly type: 'not-restored'; readonly error: OidcError }
  /** New tokens are there, of a request of this tab or of another one that shares the storage. */
  | { readonly type: 'renewed' }
  /** A renewal failed, and the session goes on. */
  | { readonly type: 'renewal-failed'; readonly error: OidcError }
  /** A renewal failed for good, and the session is over. */
  | { readonly type: 'ended'; readonly reason: SignedOutReason; readonly error: OidcError }
  /** The provider answered with a Bearer token although one was asked for that is bound to a key (DPoP). */
  | { readonly type: 'not-bound' }
  /**
   * Tokens could not be kept: the session goes on in memory, and a reload may end it. After a logout: what was kept, or the
   * key that tokens were bound to, could not be forgotten.
   */
  | { readonly type: 'storage-failed'; readonly error: OidcError }
