import type { AccessDecision } from '../access/evaluate.ts'
import type { AccessParameters, AccessRule } from '../access/rule.ts'
import type { UserInfo } from '../claims.ts'
import type { AuthorizationParameters } from '../protocol/authorization-request.ts'
import type { SessionState } from '../session/session-state.ts'
import type { StepUp } from './required-login.ts'

/** Options of one login. */
export interface LoginOptions {
  /** Where to go afterwards: a path of this origin. Default: the current page. */
  readonly returnTo?: string
  /** Scopes of this login, space-separated, with `openid`. Default: those of the options. */
  readonly scope?: string
  /** Further parameters of the authorization request under their wire names, such as `login_hint`, `prompt` or `flow`. */
  readonly parameters?: AuthorizationParameters
  /**
   * What the login has to fulfil, such as the `wanted` of a `StepUpRequiredError`. It is sent along, and a login that lacks
   * the class of authentication, the freshness or a scope is refused: `OIDC_STEP_UP_REQUIRED`. Default nothing.
   */
  readonly required?: StepUp
  /**
   * True when no user asked for this login, as for a guard on a page load. The third one within a minute that signs nobody in
   * is refused, so that a mistake does not become an endless redirect. Default false.
   */
  readonly automatic?: boolean
}

/** Options of a silent login. */
export interface SilentLoginOptions extends Pick<LoginOptions, 'scope' | 'parameters' | 'required'> {
  /** Ends the attempt, and takes its frame away; of parallel calls the signal of the first one. */
  readonly signal?: AbortSignal
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

/** Result of a logout. */
export interface LogoutResult {
  /** Whether the provider confirmed that the tokens are revoked. */
  readonly revoked: boolean
  /** Whether the session at the provider goes on, so that the next login may need no password. */
  readonly providerSessionOpen: boolean
}

/** A browser client: signs the user in, keeps the session, and keeps the tabs of the app in step. All methods are safe to pass around unbound. */
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
   * @returns A function that stops; the last stop ends what start began.
   */
  start(): () => void
  /**
   * Sends the user to the provider.
   *
   * @throws {ConfigurationError} `OIDC_FOREIGN_FRAME` where a page of another origin shows this one.
   * @throws {ProtocolError} `OIDC_DISCOVERY_...`, `OIDC_ENDPOINT_MISSING`, `OIDC_REDIRECT_LOOP`.
   * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
   */
  login(options?: LoginOptions): Promise<void>
  /** Tells whether a URL is a response for this client. Default: the current page. */
  isCallback(url?: string): boolean
  /**
   * Takes the response: checks it, exchanges the code once, checks the ID token, cleans the address bar. Calls for the same
   * response share one exchange. `start()` calls it by itself. When the provider could not even be discovered, nothing is
   * used up: a reload, or another call, tries again.
   *
   * @param url - The callback URL. Default: the current page.
   * @throws {ProtocolError} `OIDC_STATE_MISSING`, `OIDC_TRANSACTION_MISSING`, `OIDC_RESPONSE_...`, `OIDC_ID_TOKEN_...`;
   *   `OIDC_SESSION_MISSING` when there was a logout meanwhile.
   * @throws {AuthorizationError} When the provider answered with an error; `returnTo` is set.
   * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED` when the login lacks what it was `required` to fulfil.
   */
  handleCallback(url?: string): Promise<CallbackResult>
  /**
   * Reads the access token, renewed first when it is about to expire.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  getAccessToken(): Promise<string>
  /**
   * Renews the tokens now: with the refresh token, else by a hidden frame. Parallel calls share one renewal.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  renew(): Promise<void>
  /** Revokes the tokens, ends the session here and in the other tabs, and at the provider where it has a logout endpoint. */
  logout(options?: LogoutOptions): Promise<LogoutResult>
  /**
   * Signs in without the user, by a hidden frame with `prompt=none`. The session stays as it is when that fails. Parallel
   * calls share one frame.
   *
   * @throws {AuthorizationError} `OIDC_LOGIN_REQUIRED`, `OIDC_CONSENT_REQUIRED`, `OIDC_INTERACTION_REQUIRED`, `OIDC_ACCOUNT_SELECTION_REQUIRED`.
   * @throws {ProtocolError} `OIDC_SESSION_MISSING` when there was a logout meanwhile.
   * @throws {NetworkError} `OIDC_FRAME_TIMEOUT`, `OIDC_FRAME_ABORTED`.
   * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED`.
   */
  loginSilently(options?: SilentLoginOptions): Promise<void>
  /**
   * Asks the provider about the user.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`, `OIDC_USERINFO_SUB_MISMATCH`.
   * @throws {TokenEndpointError} `OIDC_USERINFO_REFUSED`.
   */
  fetchUserInfo(): Promise<UserInfo>
  /**
   * Sends a request to an API, with the access token. Renews once and sends again after 401, waits once for up to ten
   * seconds when a reading request is told to (`Retry-After`), and gets a better login when the API wants one and the
   * option `stepUp` is given. A body that is a stream is sent once.
   *
   * @returns The answer, whatever its status; never of a redirect.
   * @throws {ConfigurationError} `OIDC_ORIGIN_NOT_ALLOWED` for a URL outside `resourceOrigins`.
   * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED` with what the API wants.
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`, `OIDC_REDIRECT_REFUSED`; as `renew` when the renewal fails.
   * @throws {TypeError} As `fetch`, when there is no answer.
   * @see RFC 6750 section 2.1; RFC 9470 section 4
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /**
   * Decides an access rule with the claims of the ID token and the granted scopes, and says what is missing. Verdicts are those
   * of `evaluateAccess`, reasons coarser: whatever the ID token does not tell is `claims-not-requested`. For the cause, call
   * `evaluateAccess(rule, readGrant(session.claims, [...session.scopes]))`.
   *
   * @param rule - The rule.
   * @param parameters - What the parameters of the rule stand for. Default none.
   */
  can(rule: AccessRule, parameters?: AccessParameters): AccessDecision
}
