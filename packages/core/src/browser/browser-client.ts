import type { AccessDecision } from '../access/evaluate.ts'
import type { AccessRule } from '../access/rule.ts'
import type { UserInfo } from '../claims.ts'
import { systemClock } from '../clock.ts'
import { AuthorizationError, isOidcError, type OidcError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { type AuthorizationParameters, buildAuthorizationUrl } from '../protocol/authorization-request.ts'
import { validateAuthorizationResponse } from '../protocol/authorization-response.ts'
import { checkMetadata, discover } from '../protocol/discovery.ts'
import { buildEndSessionUrl } from '../protocol/end-session.ts'
import { createKeySet } from '../protocol/key-set.ts'
import { createPkce, randomText } from '../protocol/pkce.ts'
import { revokeToken } from '../protocol/revocation.ts'
import { exchangeAuthorizationCode, refreshTokens, type TokenRequestContext } from '../protocol/token-request.ts'
import { fetchUserInfo } from '../protocol/userinfo.ts'
import { createSession, type SessionTokens } from '../session/session.ts'
import { pendingState, type SessionState } from '../session/session-state.ts'
import { createTransactions, type Transaction } from '../session/transaction.ts'
import { type BrowserClientOptions, checkBrowserClientOptions } from './browser-client-options.ts'
import { safeReturnTo } from './return-to.ts'
import { answerFromSilentFrame, isSameSite, openSilentFrame } from './silent-frame.ts'
import { openTabSync, type TabSync } from './tab-sync.ts'

/** Options of one login. */
export interface LoginOptions {
  /** Where to go afterwards: a path of this origin. Default: the current page. */
  readonly returnTo?: string
  /** Further parameters of the authorization request under their wire names, such as `login_hint`, `prompt` or `flow`. */
  readonly parameters?: AuthorizationParameters
}

/** Result of a callback. */
export interface CallbackResult {
  /** Where the user wanted to go: path, query and hash on this origin. The address bar already shows it. */
  readonly returnTo: string
}

/** Options of a logout. */
export interface LogoutOptions {
  /** Ends the session of this app only, and leaves the one at the provider. Default false. */
  readonly localOnly?: boolean
}

/** Result of a logout that did not leave the page. */
export interface LogoutResult {
  /** Whether the provider confirmed that the tokens are revoked. */
  readonly revoked: boolean
  /** Whether the session at the provider goes on, so that the next login may need no password. */
  readonly providerSessionOpen: boolean
}

/** A browser client: signs the user in and keeps the session. All methods are safe to pass around unbound. */
export interface BrowserClient {
  /** The current state, the same frozen object until something changed. */
  getSnapshot(): SessionState
  /** The state on a server: always pending. */
  getServerSnapshot(): SessionState
  /** Calls a function after each change of the state; the returned function ends that. */
  subscribe(listener: () => void): () => void
  /**
   * Starts: takes the response when this page is the callback, else restores the session silently, and listens to other
   * tabs. Failures are in the state. Starting twice counts.
   *
   * @returns A function that stops; the last stop ends the listening.
   */
  start(): () => void
  /**
   * Sends the user to the provider.
   *
   * @throws {ProtocolError} `OIDC_DISCOVERY_...`, `OIDC_ENDPOINT_MISSING`.
   * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
   */
  login(options?: LoginOptions): Promise<void>
  /** Tells whether a URL is a response for this client. Default: the current page. */
  isCallback(url?: string | URL): boolean
  /**
   * Takes the response: checks it, exchanges the code once, checks the ID token, cleans the address bar. Calls for the same
   * response share one exchange. `start()` calls it by itself.
   *
   * @param url - The callback URL. Default: the current page.
   * @throws {ProtocolError} `OIDC_STATE_MISSING`, `OIDC_TRANSACTION_MISSING`, `OIDC_RESPONSE_...`, `OIDC_ID_TOKEN_...`.
   * @throws {AuthorizationError} When the provider answered with an error; `returnTo` is set.
   */
  handleCallback(url?: string | URL): Promise<CallbackResult>
  /**
   * Signs in without the user, by a hidden frame with `prompt=none`. The session stays as it is when that fails.
   *
   * @throws {AuthorizationError} `OIDC_LOGIN_REQUIRED`, `OIDC_CONSENT_REQUIRED`, `OIDC_INTERACTION_REQUIRED`, `OIDC_ACCOUNT_SELECTION_REQUIRED`.
   * @throws {NetworkError} `OIDC_FRAME_TIMEOUT`.
   */
  loginSilently(options?: Pick<LoginOptions, 'parameters'>): Promise<void>
  /**
   * Reads the access token, renewed first when it is about to expire.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  getAccessToken(): Promise<string>
  /** Renews the tokens now: with the refresh token, else by a hidden frame. Parallel calls share one renewal. */
  renew(): Promise<void>
  /**
   * Asks the provider about the user.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`, `OIDC_USERINFO_SUB_MISMATCH`.
   * @throws {TokenEndpointError} `OIDC_USERINFO_REFUSED`.
   */
  fetchUserInfo(): Promise<UserInfo>
  /** Decides an access rule with the claims of the ID token and the granted scopes, and says what is missing. */
  can(rule: AccessRule): AccessDecision
  /** Revokes the tokens, ends the session here and in the other tabs, and at the provider where it has a logout endpoint. */
  logout(options?: LogoutOptions): Promise<LogoutResult>
}

/**
 * Creates a browser client. Touches neither window nor network, so it can be created on a server too.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_URL_INSECURE`.
 * @example source: examples/snippets/browser-start.ts
 */
export function createBrowserClient(options: BrowserClientOptions): BrowserClient {
  checkBrowserClientOptions(options)
  const { issuer, clientId, redirectUri, scope = 'openid profile email', clock = systemClock } = options
  const { timeoutMs = 10_000, silentTimeoutMs = 10_000, random = randomText } = options
  const { navigate = (url: string) => location.assign(url) } = options
  const prefix = `countersign ${issuer} ${clientId} `
  const transport = { ...(options.fetch ? { fetch: options.fetch } : {}), timeoutMs }
  const keys = createKeySet(transport)
  const transactions = createTransactions(options.storage ?? (() => localStorage), prefix, clock)
  const callbacks = new Map<string, Promise<CallbackResult>>()
  let metadata: Promise<ServerMetadata> | undefined
  let silentFlight: Promise<void> | undefined
  let tabs: TabSync | undefined
  let starts = 0

  const session = createSession({
    clock,
    renewBeforeExpiryMs: (options.renewBeforeExpirySeconds ?? 30) * 1000,
    async requestTokens(current) {
      const context = await requestContext()
      return current.refreshToken
        ? ((await refreshTokens(context, current)) as SessionTokens)
        : requestSilently({}, current)
    },
  })
  const { store } = session

  const loadMetadata = () => {
    metadata ??= (options.metadata ? Promise.resolve(options.metadata) : discover(issuer, transport)).then((server) => {
      checkMetadata(server)
      return server
    })
    // One failure must not be remembered.
    metadata.catch(() => {
      metadata = undefined
    })
    return metadata
  }
  const requestContext = async (): Promise<TokenRequestContext> => ({
    server: await loadMetadata(),
    client: options,
    keys,
    clock,
    transport,
  })

  async function prepare(parameters: AuthorizationParameters, returnTo: string) {
    const server = await loadMetadata()
    const { codeVerifier, codeChallenge } = await createPkce(random)
    const [state, nonce] = [random(), random()]
    const url = buildAuthorizationUrl(server, {
      clientId,
      redirectUri,
      scope,
      state,
      nonce,
      codeChallenge,
      parameters: { ...options.authorizationParameters, ...parameters },
    })
    return { url, state, transaction: { nonce, codeVerifier, scope, returnTo, createdAt: clock.now() } }
  }

  async function redeem(url: URL, state: string, transaction: Transaction): Promise<SessionTokens> {
    const context = await requestContext()
    const response = validateAuthorizationResponse(context.server, clientId, url, state)
    const exchange = { ...transaction, redirectUri, estimateServerTime: true }
    return (await exchangeAuthorizationCode(context, response, exchange)) as SessionTokens
  }

  async function requestSilently(parameters: AuthorizationParameters, current?: SessionTokens): Promise<SessionTokens> {
    const { url, state, transaction } = await prepare({ ...parameters, prompt: 'none' }, '/')
    const tokens = await redeem(await openSilentFrame(url, state, silentTimeoutMs), state, transaction)
    if (current && tokens.claims.sub !== current.claims.sub) {
      throw new ProtocolError('OIDC_ID_TOKEN_SUB_MISMATCH', 'The provider is signed in as another user.', 'renewal')
    }
    return tokens
  }

  async function handleResponse(url: URL): Promise<CallbackResult> {
    const state = url.searchParams.get('state')
    const transaction = state ? transactions.take(state) : undefined
    try {
      if (!state) {
        throw new ProtocolError(
          'OIDC_STATE_MISSING',
          'The response has no state, so it is not of a login of this app.',
          'authorization',
        )
      }
      if (!transaction) {
        throw new ProtocolError(
          'OIDC_TRANSACTION_MISSING',
          'No login of this browser fits this response: it is used, older than an hour, or was started elsewhere. Start the login again.',
          'authorization',
        )
      }
      const tokens = await redeem(url, state, transaction)
      signedIn(tokens)
    } catch (error) {
      if (error instanceof AuthorizationError && transaction) error.returnTo = transaction.returnTo
      // A response that was used before does no harm to a session that is there or can be restored.
      if (!isOidcError(error, 'OIDC_TRANSACTION_MISSING') || !(session.tokens() || (await restore()))) {
        if (!session.tokens()) session.end('never', error as OidcError)
        throw error
      }
    } finally {
      showUrl(transaction?.returnTo ?? '/')
    }
    return { returnTo: transaction?.returnTo ?? '/' }
  }

  function signedIn(tokens: SessionTokens) {
    session.adopt(tokens)
    markSignedOut(false)
    tabs?.post('signed-in')
  }

  /** Signs in silently when that can work without surprising anyone; tells whether it did. */
  async function restore(): Promise<boolean> {
    try {
      if (options.restore === 'none' || wasSignedOut() || !isSameSite(new URL(issuer), location)) return false
      await client.loginSilently()
      return true
    } catch (error) {
      // The check is optional: a provider that says no, or nothing, means that nobody is signed in.
      if (!isOidcError(error)) throw error
      return false
    }
  }

  async function settle() {
    if (!(await restore()) && !session.tokens()) session.end(wasSignedOut() ? 'signed-out' : 'never')
  }

  // After a logout, a reload must not sign the user in again.
  const signedOutKey = `${prefix}signed-out`
  const wasSignedOut = () => tryStorage(() => localStorage.getItem(signedOutKey)) === '1'
  const markSignedOut = (value: boolean) =>
    tryStorage(() => (value ? localStorage.setItem(signedOutKey, '1') : localStorage.removeItem(signedOutKey)))

  const client: BrowserClient = {
    getSnapshot: store.getSnapshot,
    getServerSnapshot: () => pendingState,
    subscribe: store.subscribe,
    can: session.can,
    getAccessToken: session.getAccessToken,
    async renew() {
      await session.renew()
    },
    start() {
      if (starts++ === 0) {
        tabs = openTabSync(prefix, (message) => {
          if (message === 'signed-out') session.end(message)
          else if (store.getSnapshot().status === 'unauthenticated') void restore()
        })
        addEventListener('pageshow', onPageShow)
        if (store.getSnapshot().status === 'pending') {
          // What went wrong is in the state; there is nobody else to tell.
          if (client.isCallback()) client.handleCallback().catch(() => {})
          else void settle()
        }
      }
      let stopped = false
      return () => {
        if (stopped || --starts > 0) return
        stopped = true
        tabs?.close()
        tabs = undefined
        removeEventListener('pageshow', onPageShow)
      }
    },
    async login({ returnTo = location.href, parameters = {} } = {}) {
      const { url, state, transaction } = await prepare(parameters, safeReturnTo(returnTo))
      transactions.save(state, transaction)
      navigate(url.href)
    },
    isCallback(target = location.href) {
      const url = new URL(target)
      const own = new URL(redirectUri)
      return (
        options.isCallback?.(url) ??
        (url.origin === own.origin &&
          url.pathname === own.pathname &&
          (url.searchParams.has('code') || url.searchParams.has('error')))
      )
    },
    handleCallback(target = location.href) {
      if (answerFromSilentFrame()) return new Promise(() => {})
      const url = new URL(target)
      const key = url.search
      const callback = callbacks.get(key) ?? handleResponse(url)
      callbacks.set(key, callback)
      return callback
    },
    loginSilently({ parameters = {} } = {}) {
      silentFlight ??= requestSilently(parameters)
        .then(signedIn)
        .finally(() => {
          silentFlight = undefined
        })
      return silentFlight
    },
    async fetchUserInfo() {
      const accessToken = await client.getAccessToken()
      return fetchUserInfo(await loadMetadata(), clientId, accessToken, session.tokens()?.claims.sub ?? '', transport)
    },
    async logout({ localOnly } = {}) {
      const tokens = session.tokens()
      store.set(endingState)
      markSignedOut(true)
      tabs?.post('signed-out')
      let url: URL | undefined
      let revoked = false
      try {
        const server = await loadMetadata()
        if (!localOnly) {
          url = buildEndSessionUrl(server, {
            clientId,
            idTokenHint: tokens?.idToken,
            postLogoutRedirectUri: options.postLogoutRedirectUri,
          })
        }
        if (tokens && server.revocation_endpoint) {
          const { refreshToken, accessToken } = tokens
          const hint = refreshToken ? 'refresh_token' : 'access_token'
          await revokeToken(server, options, refreshToken ?? accessToken, hint, transport)
          revoked = true
        }
      } catch (error) {
        // A provider that can not be reached must not keep anyone signed in; the result says what was not done.
        if (!isOidcError(error)) throw error
      }
      session.end('signed-out')
      if (url) {
        store.set(endingState)
        navigate(url.href)
      }
      return { revoked, providerSessionOpen: !url }
    },
  }

  // A page that comes back from the back-forward cache is not leaving any more.
  const onPageShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted && store.getSnapshot().status === 'ending') session.end('signed-out')
  }
  return client
}

const endingState: SessionState = Object.freeze({ status: 'ending' })

function showUrl(path: string): void {
  history.replaceState(history.state, '', location.origin + path)
}

/** A storage that is blocked only means that nothing is remembered. */
function tryStorage<Value>(work: () => Value): Value | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
