import type { ServerMetadata } from '../metadata.ts'
import { checkOptions, type OptionRules } from '../options.ts'
import type { AuthorizationParameters } from '../protocol/authorization-request.ts'
import { checkMetadata } from '../protocol/discovery.ts'
import type { SessionState } from '../session/session-state.ts'
import { createClientBase } from './client-base.ts'
import { type ClientOptions, clientOptionRules } from './client-options.ts'

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

/** Result of a logout. */
export interface LogoutResult {
  /** Whether the provider confirmed that the tokens are revoked. */
  readonly revoked: boolean
  /** Whether the session at the provider goes on, so that the next login may need no password. */
  readonly providerSessionOpen: boolean
}

/** Signs the user in by redirect and keeps the session. All methods are safe to pass around unbound. */
export interface RedirectClient {
  /** The current state, the same frozen object until something changed. */
  getSnapshot(): SessionState
  /** The state on a server: always pending. */
  getServerSnapshot(): SessionState
  /** Calls a function after each change of the state; the returned function ends that. */
  subscribe(listener: () => void): () => void
  /**
   * Starts: takes the response when this page is the callback, and finds out who is signed in. Failures are in the state.
   * Starting twice counts.
   *
   * @returns A function that stops; the last stop ends what start began.
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
  isCallback(url?: string): boolean
  /**
   * Takes the response: checks it, exchanges the code once, checks the ID token, cleans the address bar. Calls for the same
   * response share one exchange. `start()` calls it by itself.
   *
   * @param url - The callback URL. Default: the current page.
   * @throws {ProtocolError} `OIDC_STATE_MISSING`, `OIDC_TRANSACTION_MISSING`, `OIDC_RESPONSE_...`, `OIDC_ID_TOKEN_...`.
   * @throws {AuthorizationError} When the provider answered with an error; `returnTo` is set.
   */
  handleCallback(url?: string): Promise<CallbackResult>
  /**
   * Reads the access token, renewed first when it is about to expire.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`.
   */
  getAccessToken(): Promise<string>
  /**
   * Renews the tokens now. Parallel calls share one renewal.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`, `OIDC_RENEWAL_UNAVAILABLE`.
   */
  renew(): Promise<void>
  /** Revokes the tokens, ends the session here, and at the provider where it has a logout endpoint. */
  logout(options?: LogoutOptions): Promise<LogoutResult>
}

/** Options of {@link createRedirectClient}. */
export interface RedirectClientOptions extends ClientOptions {
  /** Endpoints of the provider, such as the Descope preset derives, or as `discover` found them. */
  readonly metadata: ServerMetadata
}

/**
 * Creates the smallest client: login by redirect, renewal with the refresh token, logout. It discovers nothing, opens no
 * frame and does not talk to other tabs; `createBrowserClient` does. Touches neither window nor network.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_URL_INSECURE`.
 */
export function createRedirectClient(options: RedirectClientOptions): RedirectClient {
  checkOptions(options, clientOptionRules as OptionRules<RedirectClientOptions>, [
    'issuer',
    'clientId',
    'redirectUri',
    'metadata',
  ])
  return createClientBase(options, { loadMetadata: async () => checkMetadata(options.metadata, options.issuer) }).client
}
