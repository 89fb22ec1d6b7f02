import type { IdTokenClaims } from '../claims.ts'
import type { Clock } from '../clock.ts'
import { isOidcError, type OidcError, ProtocolError } from '../errors.ts'
import { createStore, type Store } from '../store.ts'
import type { TokenSet } from '../tokens.ts'
import { pendingState, type SessionState, type SignedOutReason } from './session-state.ts'

/** Tokens of an ID-token login. */
export type SessionTokens = TokenSet & { readonly claims: IdTokenClaims }

/** A signed-in user and the tokens, on any host. */
export interface Session {
  /** What a user interface shows. */
  readonly store: Store<SessionState>
  /**
   * The tokens of the signed-in user.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  requireTokens(): SessionTokens
  /** Whether somebody is signed in. */
  exists(): boolean
  /** Starts a session, or replaces its tokens. */
  adopt(tokens: SessionTokens): void
  /** Ends the session: the tokens are dropped. */
  end(reason: SignedOutReason, error?: OidcError): void
  /** The state `ending`: tokens are dropped, and guards must not start a login. */
  leave(): void
  /**
   * Renews the tokens; calls while one is under way share it.
   *
   * @throws {OidcError} What the renewal failed with. Only `invalid_grant` and another user's ID token end the session.
   */
  renew(): Promise<SessionTokens>
  /**
   * Reads the access token, renewed first when it expires within the margin.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  getAccessToken(): Promise<string>
}

/**
 * Creates a session without a user, in the state `pending`.
 *
 * @param clock - Where the time comes from.
 * @param marginMs - Renew this long before expiry, in milliseconds; never more than half of the life of a token.
 * @param requestTokens - Gets new tokens for the session.
 */
export function createSession(
  clock: Clock,
  marginMs: number,
  requestTokens: (current: SessionTokens) => Promise<SessionTokens>,
): Session {
  const store = createStore(pendingState)
  let tokens: SessionTokens | undefined
  let margin = 0
  let flight: Promise<SessionTokens> | undefined

  const set = (state: SessionState, next?: SessionTokens) => {
    tokens = next
    store.set(Object.freeze(state))
  }
  const isFresh = ({ expiresAt }: SessionTokens, before: number) => !(expiresAt && clock.now() >= expiresAt - before)
  const publish = (next: SessionTokens, renewing: boolean) => {
    const { claims, scopes, expiresAt } = next
    // A margin as long as the life of the token would mean a renewal for each read.
    if (next !== tokens) margin = Math.min(marginMs, ((expiresAt ?? 0) - clock.now()) / 2)
    const stale = !isFresh(next, 0)
    set({ status: 'authenticated', claims, scopes: new Set(scopes), expiresAt, renewing, stale }, next)
  }
  const requireTokens = () => {
    if (!tokens) throw new ProtocolError('OIDC_SESSION_MISSING', 'Nobody is signed in. Call login().', 'renewal')
    return tokens
  }
  const end = (reason: SignedOutReason, error?: OidcError) =>
    set({ status: 'unauthenticated', reason, ...(error && { error }) })

  const renewOnce = async () => {
    const current = requireTokens()
    publish(current, true)
    let outcome: () => void = () => publish(current, false)
    try {
      const next = await requestTokens(current)
      outcome = () => publish(next, false)
    } catch (error) {
      const reason = endReason(error)
      if (reason) outcome = () => end(reason, error as OidcError)
      throw error
    } finally {
      // Logged out or signed in anew meanwhile: the answer belongs to a session that is gone.
      if (tokens === current) outcome()
    }
    return requireTokens()
  }
  const renew = () => {
    flight ??= renewOnce().finally(() => {
      flight = undefined
    })
    return flight
  }

  return {
    store,
    requireTokens,
    exists: () => !!tokens,
    adopt: (next) => publish(next, false),
    end,
    leave: () => set({ status: 'ending' }),
    renew,
    async getAccessToken() {
      const current = requireTokens()
      if (isFresh(current, margin)) return current.accessToken
      try {
        return (await renew()).accessToken
      } catch (error) {
        // A renewal that can be tried again later must not take away a token that is still good.
        if (tokens === current && isFresh(current, 0)) return current.accessToken
        throw error
      }
    },
  }
}

/** Why an error of a renewal ends the session; undefined for every error that keeps it. */
function endReason(error: unknown): SignedOutReason | undefined {
  if (isOidcError(error, 'OIDC_ID_TOKEN_SUB_MISMATCH')) return 'user-changed'
  return isOidcError(error, 'OIDC_TOKEN_ENDPOINT_ERROR') && error.error === 'invalid_grant' ? 'expired' : undefined
}
