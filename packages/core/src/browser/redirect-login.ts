import { systemClock } from '../clock.ts'
import { AuthorizationError, isOidcError, type OidcError, ProtocolError } from '../errors.ts'
import { buildEndSessionUrl } from '../protocol/end-session.ts'
import { revokeToken } from '../protocol/revocation.ts'
import { createSession, type Session, type SessionTokens } from '../session/session.ts'
import { pendingState, type SignedOutReason } from '../session/session-state.ts'
import { createTransactions, type Transactions } from '../session/transaction.ts'
import { type Authorization, createAuthorization } from './authorization.ts'
import { countAutomaticLogins } from './automatic-login.ts'
import type { BrowserClientOptions } from './browser-client-options.ts'
import type { BrowserClient, CallbackResult, LogoutResult } from './client.ts'
import { refuseForeignFrame } from './foreign-frame.ts'
import type { LoginSurroundings } from './login-surroundings.ts'
import { answerOpener } from './popup-answer.ts'
import { renewOnHints } from './renewal-hints.ts'
import { safeReturnTo } from './return-to.ts'

/** Login by redirect, with what the other ways to sign in need of it. */
export interface RedirectLogin extends Authorization {
  readonly client: Omit<BrowserClient, 'loginSilently' | 'fetchUserInfo' | 'fetch' | 'can'>
  readonly session: Session
  /** Logins under way. */
  readonly transactions: Transactions
  /**
   * Adopts the tokens of a login and tells about it.
   *
   * @param silent - Whether no user was asked.
   * @throws {ProtocolError} `OIDC_SESSION_MISSING` when a logout came while the tokens were on their way.
   */
  signIn(request: () => Promise<SessionTokens>, silent?: boolean): Promise<void>
  /** Goes to the provider and back without asking the user; the promise ends when the page is still there after a while. */
  hop(returnTo?: string): Promise<void>
  /**
   * Ends the session as `client.logout`, for a reason.
   *
   * @param depart - Goes to the provider. Default: the option `navigate`.
   */
  leave(reason: SignedOutReason, localOnly?: boolean, depart?: (url: URL) => void): Promise<LogoutResult>
  /** Follows another tab whose session ended: also a login under way here is over. */
  followEnd(reason: SignedOutReason): void
  /** Takes over what the storage holds; a failure is an event. */
  follow(reason?: SignedOutReason): Promise<void>
}

/**
 * Creates what a browser client does by redirect: login, callback, renewal with a refresh token, logout.
 *
 * @param options - Checked options.
 */
export function createRedirectLogin(options: BrowserClientOptions, surroundings: LoginSurroundings): RedirectLogin {
  const { clientId, redirectUri, clock = systemClock } = options
  const { navigate = (url: string) => location.assign(url) } = options
  const { name, loadMetadata, restore, onChange } = surroundings
  const transactions = createTransactions(options.transactionStorage ?? (() => localStorage), `${name} login `, clock)
  const automaticLogins = countAutomaticLogins(`${name} automatic`, clock)
  // A login does not clear this count: a page that loses its tokens each time would go there and back for ever.
  const hops = countAutomaticLogins(`${name} restore`, clock)
  const { origin: ownOrigin, pathname: ownPath } = new URL(redirectUri)
  const callbacks = new Map<string, Promise<CallbackResult>>()
  let logouts = 0
  let starts = 0
  let stop: (() => void) | undefined

  const authorization = createAuthorization(options, surroundings.binding, loadMetadata)
  const { prepare, redeem } = authorization
  const session = createSession({
    clock,
    marginMs: (options.renewBeforeExpirySeconds ?? 30) * 1000,
    kept: surroundings.kept,
    requestTokens: async (current) =>
      current.refreshToken ? authorization.refresh(current) : surroundings.requestTokens(current),
    onEvent: surroundings.onEvent,
  })
  const { store } = session

  const signIn: RedirectLogin['signIn'] = async (request, silent = false) => {
    const before = logouts
    const tokens = await request()
    // Kept before they show, so that a page that leaves at once finds them again.
    if (logouts === before) await session.keep(tokens)
    if (logouts !== before) {
      await session.keep()
      throw new ProtocolError('OIDC_SESSION_MISSING', 'There was a logout during the login.', 'authorization')
    }
    // Told before it shows, so that time limits of an earlier session do not end this one.
    surroundings.onEvent({ type: 'signed-in', silent })
    session.adopt(tokens)
    automaticLogins.forget()
    onChange()
  }
  const followEnd = (reason: SignedOutReason) => {
    logouts += 1
    if (store.getSnapshot().status === 'ending') return
    if (surroundings.kept?.shared) void follow(reason)
    else session.end(reason)
  }
  const follow: RedirectLogin['follow'] = (reason) =>
    session.follow(reason).catch((error) => surroundings.onEvent({ type: 'storage-failed', error }))

  /** Names a response, so that it is taken once. */
  const responseOf = (url: URL) => url.searchParams.get('state') ?? url.href
  const parse = (target: string) => URL.parse(target, location.href) ?? new URL('about:blank')

  const takeResponse = async (url: URL): Promise<CallbackResult> => {
    const state = url.searchParams.get('state')
    const before = logouts
    let returnTo = '/'
    let isUsed = true
    let isOptional: boolean | undefined
    // The address bar changes later, so that all callers of the same moment read the same response.
    await undefined
    try {
      const login = state ? transactions.take(state) : undefined
      returnTo = login?.returnTo ?? '/'
      if (login && 'popup' in login) return answerOpener(name, `${state}`, url)
      if (state && login && !('used' in login)) {
        isOptional = login.optional
        await loadMetadata().catch((error: OidcError) => {
          // Nothing was sent yet, so the response can be taken later.
          if (error.retryable) transactions.save(state, login)
          isUsed = !error.retryable
          throw error
        })
        await signIn(() => redeem(url, state, login), isOptional)
      }
      // The page was loaded anew: its response is used up, and the session is there or can be restored.
      else if (login && !session.exists()) await restore(returnTo)
      else if (!session.exists()) await follow()
      if (!session.exists()) {
        throw new ProtocolError(
          state ? 'OIDC_TRANSACTION_MISSING' : 'OIDC_STATE_MISSING',
          'This response is not of a login under way: used, too old, or not from here. Call login().',
          'authorization',
        )
      }
    } catch (error) {
      if (error instanceof AuthorizationError) {
        error.returnTo = returnTo
        if (isOptional) {
          hops.exhaust()
          if (logouts === before && !session.exists()) session.end('never')
          return { returnTo }
        }
      }
      if (logouts === before && !session.exists()) session.end('never', error as OidcError)
      throw error
    } finally {
      if (isUsed) history.replaceState(history.state, '', location.origin + returnTo)
      else callbacks.delete(responseOf(url))
    }
    return { returnTo }
  }

  const client: RedirectLogin['client'] = {
    getSnapshot: store.getSnapshot,
    getServerSnapshot: () => pendingState,
    subscribe: store.subscribe,
    getAccessToken: session.getAccessToken,
    async renew() {
      await session.renew()
    },
    start() {
      if (!starts++) stop = begin()
      let running = true
      return () => {
        if (running && !--starts) stop?.()
        running = false
      }
    },
    async login({ returnTo = location.href, automatic, ...request } = {}) {
      refuseForeignFrame()
      const { url, state, transaction } = await prepare(request, safeReturnTo(returnTo))
      try {
        if (automatic) automaticLogins.count()
      } catch (error) {
        if (!session.exists()) session.end('never', error as OidcError)
        throw error
      }
      transactions.save(state, transaction)
      navigate(url.href)
    },
    isCallback(target = location.href) {
      const url = parse(target)
      return options.isCallback
        ? options.isCallback(url)
        : url.origin === ownOrigin && url.pathname === ownPath && /[?&](code|error)=/.test(url.search)
    },
    handleCallback(target = location.href) {
      const url = parse(target)
      const response = responseOf(url)
      const callback = callbacks.get(response) ?? takeResponse(url)
      callbacks.set(response, callback)
      return callback
    },
    logout: ({ localOnly } = {}) => leave('signed-out', localOnly),
  }

  const hop: RedirectLogin['hop'] = async (returnTo = location.href) => {
    const { url, state, transaction } = await prepare({ parameters: { prompt: 'none' } }, safeReturnTo(returnTo))
    hops.count()
    transactions.save(state, { ...transaction, optional: true })
    // In place of this page, or the back button would lead here and away again.
    const { navigate: go = (to: string) => location.replace(to) } = options
    go(url.href)
    await new Promise((resolve) => setTimeout(resolve, 10_000))
  }
  const leave: RedirectLogin['leave'] = async (reason, localOnly, depart = ({ href }) => navigate(href)) => {
    const own = session.exists() ? session.requireTokens() : undefined
    // Another tab may have got a newer refresh token: asked for before the storage is emptied.
    const newest = surroundings.kept?.read(true).catch(() => undefined)
    logouts += 1
    session.leave()
    onChange(reason)
    let url: URL | undefined
    let revoked = false
    try {
      const server = await loadMetadata()
      const tokens = own && ((await newest) ?? own)
      url = localOnly
        ? undefined
        : buildEndSessionUrl(server, {
            clientId,
            idTokenHint: tokens?.idToken,
            postLogoutRedirectUri: options.postLogoutRedirectUri,
          })
      if (tokens) {
        const { refreshToken, accessToken } = tokens
        const hint = refreshToken ? 'refresh_token' : 'access_token'
        await revokeToken(server, options, refreshToken ?? accessToken, hint, options)
        revoked = true
      }
    } catch (error) {
      // A provider that can not be reached keeps nobody signed in; the result tells what was not done.
      if (!isOidcError(error)) {
        session.end(reason)
        throw error
      }
    }
    if (url) {
      // The page may stay after all, when its user or its code stops the navigation.
      setTimeout(stay, 10_000)
      depart(url)
    } else session.end(reason)
    return { revoked, providerSessionOpen: !url }
  }

  const stay = () => {
    if (store.getSnapshot().status === 'ending') session.end('signed-out')
  }
  const begin = () => {
    const ended = surroundings.onStart()
    const endHints = renewOnHints(session)
    // A page that comes back from the back-forward cache is not leaving any more.
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) stay()
    }
    addEventListener('pageshow', onPageShow)
    if (store.getSnapshot() === pendingState) {
      const begun = client.isCallback() ? client.handleCallback() : settle()
      begun.catch((error) => {
        // What went wrong is in the state, so there is nobody else to tell.
        if (!isOidcError(error)) throw error
      })
    }
    return () => {
      removeEventListener('pageshow', onPageShow)
      endHints()
      ended()
    }
  }
  const settle = async () => {
    let reason: SignedOutReason = 'never'
    let failure: OidcError | undefined
    try {
      reason = await restore()
    } catch (error) {
      failure = error as OidcError
      throw error
    } finally {
      if (store.getSnapshot() === pendingState) session.end(reason, failure)
    }
  }
  return { ...authorization, client, session, transactions, signIn, hop, leave, followEnd, follow }
}
