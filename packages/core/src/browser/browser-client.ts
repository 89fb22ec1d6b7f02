import { type AccessDecision, evaluateAccess } from '../access/evaluate.ts'
import { readGrant } from '../access/grant.ts'
import type { AccessRule } from '../access/rule.ts'
import type { UserInfo } from '../claims.ts'
import { isOidcError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { checkOptions, type OptionRules } from '../options.ts'
import type { AuthorizationParameters } from '../protocol/authorization-request.ts'
import { checkMetadata, discover } from '../protocol/discovery.ts'
import { fetchUserInfo } from '../protocol/userinfo.ts'
import type { SessionTokens } from '../session/session.ts'
import { createClientBase } from './client-base.ts'
import { type ClientOptions, clientOptionRules } from './client-options.ts'
import type { RedirectClient } from './redirect-client.ts'
import { answerFromSilentFrame, isSameSite, openSilentFrame } from './silent-frame.ts'
import { openTabSync, type TabSync } from './tab-sync.ts'

/** Options of a browser client. */
export interface BrowserClientOptions extends ClientOptions {
  /** Deadline of a hidden frame, in milliseconds, 1 to 600000. Default 10000. */
  readonly silentTimeoutMs?: number
  /**
   * How a page without tokens finds out who is signed in: by a hidden frame, when the provider is on the same site and the
   * user did not log out; or not at all. Default `silent-frame`.
   */
  readonly restore?: 'silent-frame' | 'none'
}

/** A browser client: signs the user in, keeps the session, and keeps the tabs of the app in step. */
export interface BrowserClient extends RedirectClient {
  /**
   * Signs in without the user, by a hidden frame with `prompt=none`. The session stays as it is when that fails. Parallel
   * calls share one frame.
   *
   * @throws {AuthorizationError} `OIDC_LOGIN_REQUIRED`, `OIDC_CONSENT_REQUIRED`, `OIDC_INTERACTION_REQUIRED`, `OIDC_ACCOUNT_SELECTION_REQUIRED`.
   * @throws {NetworkError} `OIDC_FRAME_TIMEOUT`.
   */
  loginSilently(options?: { readonly parameters?: AuthorizationParameters }): Promise<void>
  /**
   * Asks the provider about the user.
   *
   * @throws {ProtocolError} `OIDC_SESSION_MISSING`, `OIDC_USERINFO_SUB_MISMATCH`.
   * @throws {TokenEndpointError} `OIDC_USERINFO_REFUSED`.
   */
  fetchUserInfo(): Promise<UserInfo>
  /** Decides an access rule with the claims of the ID token and the granted scopes, and says what is missing. */
  can(rule: AccessRule): AccessDecision
}

const rules: OptionRules<BrowserClientOptions> = {
  ...clientOptionRules,
  silentTimeoutMs: [1, 600_000],
  restore: /^(silent-frame|none)$/,
}

/**
 * Creates a browser client. Touches neither window nor network, so it can be created on a server too.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_URL_INSECURE`.
 * @example source: examples/snippets/browser-start.ts
 */
export function createBrowserClient(options: BrowserClientOptions): BrowserClient {
  checkOptions(options, rules, ['issuer', 'clientId', 'redirectUri'])
  const { issuer, clientId } = options
  const name = `countersign ${issuer} ${clientId}`
  let metadata: Promise<ServerMetadata> | undefined
  let silentFlight: Promise<void> | undefined
  let tabs: TabSync | undefined

  const loadMetadata = () => {
    metadata ??= (async () => checkMetadata(options.metadata ?? (await discover(issuer, options)), issuer))()
    // A failure must not be remembered.
    metadata.catch(() => {
      metadata = undefined
    })
    return metadata
  }

  const requestSilently = async (parameters: AuthorizationParameters, current?: SessionTokens) => {
    const { url, state, transaction } = await base.prepare({ ...parameters, prompt: 'none' }, '/')
    const response = await openSilentFrame(url, state, options.silentTimeoutMs ?? 10_000)
    const tokens = await base.redeem(response, state, transaction)
    if (current && tokens.claims.sub !== current.claims.sub) {
      throw new ProtocolError('OIDC_ID_TOKEN_SUB_MISMATCH', 'The provider is signed in as another user.', 'renewal')
    }
    return tokens
  }

  const restore = async () => {
    if (options.restore === 'none' || signedOut.read() || !isSameSite(new URL(issuer), location)) return
    try {
      await client.loginSilently()
    } catch (error) {
      // The check is optional: a provider that says no, or nothing, means that nobody is signed in.
      if (!isOidcError(error)) throw error
    }
  }

  // After a logout, a reload must not sign the user in again.
  const signedOut = rememberedFlag(`${name} signed-out`)

  const base = createClientBase(options, {
    loadMetadata,
    requestTokens: (current) => requestSilently({}, current),
    restore,
    onChange(signedIn) {
      signedOut.write(!signedIn)
      tabs?.post(signedIn ? 'signed-in' : 'signed-out')
    },
    onStart() {
      tabs = openTabSync(name, (message) => {
        const { status } = client.getSnapshot()
        if (message === 'signed-out' && status === 'authenticated') base.session.end(message)
        if (message === 'signed-in' && status === 'unauthenticated') void restore()
      })
      return () => tabs?.close()
    },
  })

  const client: BrowserClient = {
    ...base.client,
    handleCallback: (url) => (answerFromSilentFrame() ? new Promise(() => {}) : base.client.handleCallback(url)),
    start: () => (answerFromSilentFrame() ? () => {} : base.client.start()),
    loginSilently({ parameters = {} } = {}) {
      silentFlight ??= requestSilently(parameters)
        .then(base.signIn)
        .finally(() => {
          silentFlight = undefined
        })
      return silentFlight
    },
    async fetchUserInfo() {
      const accessToken = await client.getAccessToken()
      const { sub } = base.session.requireTokens().claims
      return fetchUserInfo(await loadMetadata(), clientId, accessToken, sub, options)
    },
    can(rule) {
      const state = client.getSnapshot()
      return state.status === 'authenticated'
        ? evaluateAccess(rule, readGrant(state.claims, [...state.scopes]))
        : { allowed: false, gaps: [{ rule, reason: 'not-granted' }] }
    },
  }
  return client
}

/** Something the browser remembers for all tabs; a storage that is blocked remembers nothing. */
function rememberedFlag(key: string) {
  return {
    read(): boolean {
      try {
        return localStorage.getItem(key) !== null
      } catch {
        return false
      }
    },
    write(value: boolean): void {
      try {
        if (value) localStorage.setItem(key, '1')
        else localStorage.removeItem(key)
      } catch {
        // Remembering is a convenience; the logout itself does not depend on it.
      }
    },
  }
}
