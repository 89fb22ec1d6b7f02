import { type AccessDecision, evaluateAccess } from '../access/evaluate.ts'
import { readGrant } from '../access/grant.ts'
import type { AccessRule } from '../access/rule.ts'
import type { IdTokenClaims } from '../claims.ts'
import type { Clock } from '../clock.ts'
import { isOidcError, type OidcError, ProtocolError, TokenEndpointError } from '../errors.ts'
import { createStore, type Store } from '../store.ts'
import type { TokenSet } from '../tokens.ts'
import { pendingState, type SessionState, type SignedOutReason } from './session-state.ts'

/** Tokens of an ID-token login. */
export type SessionTokens = TokenSet & { readonly claims: IdTokenClaims }

/** A signed-in user and the tokens, on any host. */
export interface Session {
  /** What a user interface shows. */
  readonly store: Store<SessionState>
  /** The tokens; undefined when nobody is signed in. */
  tokens(): SessionTokens | undefined
  /** Starts a session, or replaces its tokens. */
  adopt(tokens: SessionTokens): void
  /** Ends the session: the tokens are dropped. */
  end(reason: SignedOutReason, error?: OidcError): void
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
  /** Decides an access rule with the claims of the ID token and the granted scopes. */
  can(rule: AccessRule): AccessDecision
}

/** What a session needs from its host. */
export interface SessionHost {
  readonly clock: Clock
  /** Renew this long before expiry, in milliseconds. */
  readonly renewBeforeExpiryMs: number
  /** Gets new tokens for the session. */
  requestTokens(current: SessionTokens): Promise<SessionTokens>
}

/** Creates a session without a user, in the state `pending`. */
export function createSession({ clock, renewBeforeExpiryMs, requestTokens }: SessionHost): Session {
  const store = createStore<SessionState>(pendingState)
  let tokens: SessionTokens | undefined
  let flight: Promise<SessionTokens> | undefined

  const publish = (renewing: boolean) => {
    if (!tokens) return
    const { claims, scopes, expiresAt } = tokens
    const stale = !isFresh(tokens, 0)
    store.set(Object.freeze({ status: 'authenticated', claims, scopes: new Set(scopes), expiresAt, renewing, stale }))
  }
  const isFresh = ({ expiresAt }: SessionTokens, marginMs: number) =>
    expiresAt === undefined || clock.now() < expiresAt - marginMs

  const session: Session = {
    store,
    tokens: () => tokens,
    adopt(next) {
      tokens = next
      publish(false)
    },
    end(reason, error) {
      tokens = undefined
      store.set(Object.freeze({ status: 'unauthenticated', reason, ...(error ? { error } : {}) }))
    },
    renew() {
      flight ??= renewOnce().finally(() => {
        flight = undefined
      })
      return flight
    },
    async getAccessToken() {
      const current = tokens
      if (!current) throw missing()
      if (isFresh(current, renewBeforeExpiryMs)) return current.accessToken
      try {
        return (await session.renew()).accessToken
      } catch (error) {
        // A renewal that can be tried again later must not take away a token that is still good.
        if (tokens === current && isFresh(current, 0)) return current.accessToken
        throw error
      }
    },
    can(rule) {
      const state = store.getSnapshot()
      return state.status === 'authenticated'
        ? evaluateAccess(rule, readGrant(state.claims, [...state.scopes]))
        : { allowed: false, gaps: [{ rule, reason: 'not-granted' }] }
    },
  }

  async function renewOnce(): Promise<SessionTokens> {
    const current = tokens
    if (!current) throw missing()
    publish(true)
    try {
      const next = await requestTokens(current)
      // Logged out meanwhile: the answer must not bring the session back.
      if (tokens !== current) throw missing()
      session.adopt(next)
      return next
    } catch (error) {
      if (tokens === current) {
        const reason = endReason(error)
        if (reason) session.end(reason, error as OidcError)
        else publish(false)
      }
      throw error
    }
  }
  return session
}

/** The errors of a renewal that end a session; every other one keeps it. */
function endReason(error: unknown): SignedOutReason | undefined {
  if (error instanceof TokenEndpointError && error.error === 'invalid_grant') return 'expired'
  return isOidcError(error, 'OIDC_ID_TOKEN_SUB_MISMATCH') ? 'user-changed' : undefined
}

function missing(): ProtocolError {
  return new ProtocolError('OIDC_SESSION_MISSING', 'Nobody is signed in. Call login() first.', 'renewal')
}
