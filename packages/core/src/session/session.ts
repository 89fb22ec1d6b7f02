import type { IdTokenClaims } from '../claims.ts'
import type { Clock } from '../clock.ts'
import { isOidcError, type OidcError, ProtocolError, type TokenEndpointError } from '../errors.ts'
import { createStore, type Store } from '../store.ts'
import type { TokenSet } from '../tokens.ts'
import type { SessionEvent } from './events.ts'
import { pendingState, type SessionState, type SignedOutReason } from './session-state.ts'
import type { KeptTokens, RenewTokens } from './token-storage.ts'

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
  /**
   * Whether a renewal that nobody waits for is welcome: the token is about to expire, and no failure asks to wait.
   *
   * @param isOnlineAgain - True when failures of the network count no more. Default false.
   */
  isDue(isOnlineAgain?: boolean): boolean
  /** Keeps tokens where they outlive the page, or forgets them; a failure is an event. */
  keep(tokens?: SessionTokens): Promise<void>
  /** Starts a session, or replaces its tokens. */
  adopt(tokens: SessionTokens): void
  /**
   * Takes over what the storage holds: new tokens, those of another user, or none.
   *
   * @param reason - Why the session is over, when another tab said so: then tokens that are still there are no news. Default:
   *   nobody said so.
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
   */
  follow(reason?: SignedOutReason): Promise<void>
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
   * Uses the refresh token for other tokens than those of the session, while no renewal of any tab uses it.
   *
   * @param request - Gives the tokens of the session with the refresh token that is good from now on. Not called when the
   *   refresh token was used up meanwhile and there are newer tokens: then a second try is worth it.
   * @throws {OidcError} What the request failed with; what would end the session in a renewal ends it here too.
   */
  useRefreshToken(request: RenewTokens): Promise<SessionTokens>
  /**
   * Reads the access token, renewed first when it expires within the margin.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  getAccessToken(): Promise<string>
}

/** What a session is made of. */
export interface SessionParts {
  /** Where the time comes from. */
  readonly clock: Clock
  /** Renew this long before expiry, in milliseconds; never more than half of the life of a token. */
  readonly marginMs: number
  /** Where tokens outlive the page. */
  readonly kept: KeptTokens | undefined
  /** Gets new tokens for the session. */
  readonly requestTokens: RenewTokens
  /** Told of what happens. */
  readonly onEvent: (event: SessionEvent) => void
}

/** Creates a session without a user, in the state `pending`. */
export function createSession({ clock, marginMs, kept, requestTokens, onEvent }: SessionParts): Session {
  const store = createStore(pendingState)
  let tokens: SessionTokens | undefined
  let margin = 0
  let receivedAt: number[] = []
  let failures = 0
  let waitUntil = 0
  let refusal: OidcError | undefined
  let flight: Promise<SessionTokens> | undefined
  let lastTurn: Promise<void> | undefined

  const set = (state: SessionState, next?: SessionTokens) => {
    tokens = next
    store.set(Object.freeze(state))
  }
  const clocks = () => [clock.now(), performance.now()]
  const isFresh = ({ expiresAt }: SessionTokens, before: number) => {
    // One clock may stand still while the machine sleeps, the other jumps when somebody sets it: the later one counts.
    const age = Math.max(...clocks().map((now, index) => now - (receivedAt[index] ?? 0)))
    return !expiresAt || (receivedAt[0] ?? 0) + age < expiresAt - before
  }
  const isNew = ({ expiresAt }: SessionTokens) => !expiresAt || clock.now() < expiresAt - margin
  const publish = (next: SessionTokens, renewing: boolean) => {
    const { claims, scopes, expiresAt } = next
    if (next.accessToken !== tokens?.accessToken) {
      receivedAt = clocks()
      // A margin as long as the life of the token would mean a renewal for each read.
      margin = Math.min(marginMs, ((expiresAt ?? 0) - clock.now()) / 2)
    }
    const stale = !isFresh(next, 0)
    set({ status: 'authenticated', claims, scopes: new Set(scopes), expiresAt, renewing, stale }, next)
  }
  const missing = (message: string) => new ProtocolError('OIDC_SESSION_MISSING', message, 'renewal')
  const requireTokens = () => {
    if (!tokens) throw missing('Nobody is signed in. Call login().')
    return tokens
  }
  const keep = async (next?: SessionTokens) => {
    try {
      await kept?.write(next)
    } catch (error) {
      onEvent({ type: 'storage-failed', error: error as OidcError })
    }
  }
  const drop = (state: SessionState) => {
    if (tokens) void keep()
    set(state)
  }
  const ended = (reason: SignedOutReason, error?: OidcError): SessionState => ({
    status: 'unauthenticated',
    reason,
    ...(error && { error }),
  })
  const end = (reason: SignedOutReason, error?: OidcError) => drop(ended(reason, error))

  /** Says when to try again, as the provider asked for, or later after each failure and not all tabs at once. */
  const postpone = (error: OidcError) => {
    const { retryAfterSeconds } = error as Partial<TokenEndpointError>
    refusal = retryAfterSeconds ? error : undefined
    failures += 1
    waitUntil = clock.now() + (retryAfterSeconds ?? 2 ** Math.min(failures, 8) * Math.random()) * 1000
  }

  const renewOnce = async (other?: RenewTokens) => {
    const current = requireTokens()
    // Logged out or signed in anew meanwhile: the answer belongs to a session that is gone.
    const isWanted = () => tokens === current
    const request = other ?? requestTokens
    if (!other) publish(current, true)
    try {
      const next = await (kept
        ? kept.renew(current, { request, keep, isWanted, isFresh: (found) => !other && isNew(found) })
        : request(current))
      if (!other) failures = waitUntil = 0
      if (isWanted()) {
        publish(next, false)
        if (!other) onEvent({ type: 'renewed' })
      }
      // Another tab may have signed in another user: no call of the first one may get the tokens of the second.
      if (requireTokens().claims.sub !== current.claims.sub) throw missing('Another user has signed in.')
      return next
    } catch (caught) {
      const error = caught as OidcError
      const reason = endReason(error)
      // What fails for another purpose says nothing about the tokens of the session, unless it ends them all.
      if (isWanted() && (reason || !other)) {
        if (reason) end(reason, error)
        else {
          postpone(error)
          publish(current, false)
        }
        onEvent(reason ? { type: 'ended', reason, error } : { type: 'renewal-failed', error })
      }
      throw error
    }
  }
  /** Refresh tokens rotate: of two requests with the same one, the second would end the session. */
  const inTurn = (other?: RenewTokens) => {
    const turn = lastTurn ? lastTurn.then(() => renewOnce(other)) : renewOnce(other)
    const end = () => {
      if (lastTurn === settled) lastTurn = undefined
    }
    const settled: Promise<void> = turn.then(end, end)
    lastTurn = settled
    return turn
  }
  const renew = () => {
    flight ??= inTurn().finally(() => {
      flight = undefined
    })
    return flight
  }

  return {
    store,
    requireTokens,
    exists: () => !!tokens,
    isDue: (isOnlineAgain) =>
      !!tokens && !isFresh(tokens, margin) && ((isOnlineAgain && !refusal) || clock.now() >= waitUntil),
    keep,
    adopt: (next) => publish(next, false),
    async follow(reason) {
      const found = await kept?.read()
      // A message is often faster than what the other tab does to the storage.
      if (!found || (reason && found.accessToken === tokens?.accessToken)) {
        // The storage is left alone: another tab may sign in at this moment.
        if (tokens) set(ended(reason ?? 'signed-out'))
      } else if (found.accessToken !== tokens?.accessToken) publish(found, false)
    },
    end,
    leave: () => drop({ status: 'ending' }),
    renew,
    useRefreshToken: inTurn,
    async getAccessToken() {
      const current = requireTokens()
      if (isFresh(current, margin)) return current.accessToken
      try {
        if (refusal && clock.now() < waitUntil) throw refusal
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
export function endReason(error: unknown): SignedOutReason | undefined {
  if (isOidcError(error, 'OIDC_ID_TOKEN_SUB_MISMATCH')) return 'user-changed'
  return isOidcError(error, 'OIDC_TOKEN_ENDPOINT_ERROR') && error.error === 'invalid_grant' ? 'expired' : undefined
}
