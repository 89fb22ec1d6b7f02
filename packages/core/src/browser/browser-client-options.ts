import type { Clock } from '../clock.ts'
import type { ServerMetadata } from '../metadata.ts'
import { isListOfTexts, isSecureUrl, issuerUrl, type OptionRules, oneOf, secureUrl, texts } from '../options.ts'
import type { AuthorizationParameters } from '../protocol/authorization-request.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import type { RandomFunction } from '../protocol/pkce.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import type { SessionEvent } from '../session/events.ts'
import type { TokenStorage } from '../session/token-storage.ts'
import type { ProofOfPossession } from './key-binding.ts'
import type { StepUp } from './required-login.ts'

/** Pushes an authorization request and gives the URL that is left to visit; made by `pushAuthorizationRequest()`. */
export type PushedAuthorization = (server: ServerMetadata, client: BrowserClientOptions, url: URL) => Promise<URL>

/** Options of a browser client. */
export interface BrowserClientOptions {
  /** Issuer identifier of the provider, exactly as the provider spells it. */
  readonly issuer: string
  /** Id of this app at the provider. */
  readonly clientId: string
  /** Registered URL of this app that the provider sends users back to. It should serve nothing else but this app. */
  readonly redirectUri: string
  /** Registered URL to come back to after a logout. Without it the user stays at the provider. */
  readonly postLogoutRedirectUri?: string
  /** Requested scopes, space-separated. Default `openid`: ask for what the app uses. */
  readonly scope?: string
  /** Endpoints of the provider. Given, nothing is discovered. */
  readonly metadata?: ServerMetadata
  /** Parameters of every authorization request, under their wire names. Default none. */
  readonly authorizationParameters?: AuthorizationParameters
  /**
   * Pushes authorization requests (RFC 9126): `pushAuthorizationRequest()` of `/browser/par`. Default: the parameters are in
   * the URL, and a provider that requires otherwise is an error, `OIDC_PUSHED_REQUEST_REQUIRED`.
   */
  readonly pushedAuthorization?: PushedAuthorization
  /**
   * Binds tokens to a key that no script can read (DPoP, RFC 9449): `proofOfPossession()` of `/browser/dpop`. Default: they
   * are Bearer tokens.
   */
  readonly dpop?: ProofOfPossession
  /**
   * APIs that tokens are for (RFC 8707), absolute URIs: all of them are in the authorization request, and the tokens of the
   * session are for the first one. `createResourceTokens` of `/browser/resources` gets those for the others. Default none.
   */
  readonly resources?: readonly string[]
  /** The one algorithm of ID tokens. Default `RS256`. */
  readonly idTokenSignedResponseAlg?: SignatureAlgorithm
  /** Audiences that an ID token may name beside the client id. Default none. */
  readonly trustedAudiences?: readonly string[]
  /** Whether an ID token needs a `kid`. Default false. */
  readonly requireKid?: boolean
  /** Allowed clock difference, in seconds, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /**
   * How long before its expiry an access token is renewed when it is read, in seconds, 0 to 3600; never more than half of
   * its life. Default 30.
   */
  readonly renewBeforeExpirySeconds?: number
  /** Deadline of a request, in milliseconds, 1 to 600000. Default 10000. */
  readonly timeoutMs?: number
  /** Deadline of a hidden frame, in milliseconds, 1 to 600000. Default 10000. */
  readonly silentTimeoutMs?: number
  /**
   * How a page without tokens finds out who is signed in, unless the user logged out. `silent-frame`: by a hidden frame when
   * the provider is on the same site, since it sees no cookie elsewhere. `redirect`: where the frame can not work, the page
   * goes to the provider itself and comes back at once, with `prompt=none`, before it shows anything; at most twice a minute,
   * and not in a frame. `none`: not at all. Default `silent-frame`.
   */
  readonly restore?: 'silent-frame' | 'redirect' | 'none'
  /** Tells responses apart from pages of the app, when the redirect URI serves both. Default: path, and `code` or `error`. */
  readonly isCallback?: (url: URL) => boolean
  /**
   * Where tokens outlive the page: `localTokenStorage()`, `sessionTokenStorage()`, `customTokenStorage(...)`. Default: the
   * memory, so that every page has tokens of its own.
   */
  readonly tokenStorage?: TokenStorage
  /** Where logins under way are kept. Default: the local storage, so that another tab can finish a login. */
  readonly transactionStorage?: () => Storage
  /** Told of renewals, failures and a session that ends. Never gets a token. Must not throw. Default none. */
  readonly onEvent?: (event: SessionEvent) => void
  /** Origins of the APIs that `client.fetch` sends the access token to, such as `https://api.example.com`. Default none. */
  readonly resourceOrigins?: readonly string[]
  /**
   * Gets the user to fulfil what an API wants, for example by `loginWithPopup(client, ...)`. Its result is checked, and
   * the request sent again. Default: the wish is an error, `OIDC_STEP_UP_REQUIRED`.
   */
  readonly stepUp?: (wanted: StepUp) => Promise<void>
  /** Leaves the page. Default `location.assign`. */
  readonly navigate?: (url: string) => void
  /** Sends requests. Default `fetch`. */
  readonly fetch?: FetchFunction
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
  /** Source of verifiers, states and nonces. Default: 32 bytes of the platform's CSPRNG. */
  readonly random?: RandomFunction
}

function isListOfOrigins(value: unknown): boolean {
  return isListOfTexts(value) && value.every((item) => isSecureUrl(item) && new URL(item).origin === item)
}

/** What each option accepts. */
export const browserClientOptionRules: OptionRules<BrowserClientOptions> = {
  issuer: issuerUrl,
  clientId: 'string',
  redirectUri: secureUrl,
  postLogoutRedirectUri: secureUrl,
  scope: ['scopes with openid', (value) => typeof value === 'string' && / openid /.test(` ${value} `)],
  metadata: 'object',
  authorizationParameters: 'object',
  pushedAuthorization: 'function',
  dpop: 'function',
  resources: texts,
  idTokenSignedResponseAlg: oneOf('RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'),
  trustedAudiences: texts,
  requireKid: 'boolean',
  clockToleranceSeconds: [0, 300],
  renewBeforeExpirySeconds: [0, 3600],
  timeoutMs: [1, 600_000],
  silentTimeoutMs: [1, 600_000],
  restore: oneOf('silent-frame redirect none'),
  isCallback: 'function',
  tokenStorage: 'function',
  transactionStorage: 'function',
  onEvent: 'function',
  resourceOrigins: ['a list of origins', isListOfOrigins],
  stepUp: 'function',
  navigate: 'function',
  fetch: 'function',
  clock: 'object',
  random: 'function',
}
