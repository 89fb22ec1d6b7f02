import { decideAccess } from '../access/decide.ts'
import { grantOf } from '../access/grant.ts'
import { systemClock } from '../clock.ts'
import { AuthorizationError, isOidcError, type OidcError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { checkOptions } from '../options.ts'
import { checkMetadata, discover } from '../protocol/discovery.ts'
import { fetchUserInfo } from '../protocol/userinfo.ts'
import type { SessionEvent } from '../session/events.ts'
import type { SessionTokens } from '../session/session.ts'
import type { SignedOutReason } from '../session/session-state.ts'
import { parseScope, type TokenSet } from '../tokens.ts'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { type BrowserClientOptions, browserClientOptionRules } from './browser-client-options.ts'
import type { BrowserClient, SilentLoginOptions } from './client.ts'
import { type ClientParts, registerParts } from './client-parts.ts'
import { createRedirectLogin } from './redirect-login.ts'
import { answerFromSilentFrame, isSameSite, openSilentFrame } from './silent-frame.ts'
import { isReason, openTabSync, type TabSync } from './tab-sync.ts'

/**
 * Creates a browser client. Touches neither window nor network, so it can be created on a server too.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/browser-start.ts
 */
export function createBrowserClient(options: BrowserClientOptions): BrowserClient {
  checkOptions(options, browserClientOptionRules, ['issuer', 'clientId', 'redirectUri'])
  const { issuer, clientId } = options
  const name = `countersign ${issuer} ${encodeURIComponent(clientId)}`
  const clock = options.clock ?? systemClock
  const binding = options.dpop?.({
    name,
    now: () => clock.now() + (base.session.exists() ? base.session.requireTokens().clockSkewSeconds * 1000 : 0),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    onEvent: (event) => notify(event),
  })
  const open = options.tokenStorage?.(name)
  const kept = open && (binding?.guard(open) ?? open)
  let metadata: Promise<ServerMetadata> | undefined
  let silentFlight: Promise<void> | undefined
  let tabs: TabSync | undefined
  const observers = new Set<(event: SessionEvent) => void>()

  const notify = (event: SessionEvent) => {
    for (const observer of observers) observer(event)
    options.onEvent?.(event)
  }
  const loadMetadata = () => {
    metadata ??= (async () => checkMetadata(options.metadata ?? (await discover(issuer, options)), issuer))()
    // A failure must not be remembered.
    metadata.catch(() => {
      metadata = undefined
    })
    return metadata
  }

  const requestSilently = async ({ signal, ...asked }: SilentLoginOptions, current?: SessionTokens) => {
    const request = { ...asked, parameters: { ...asked.parameters, prompt: 'none' } }
    const { url, state, transaction } = await base.prepare(request, '/')
    const response = await openSilentFrame(url, state, options.silentTimeoutMs ?? 10_000, issuer, signal)
    const tokens = await base.redeem(response, state, transaction)
    if (current && tokens.claims.sub !== current.claims.sub) {
      throw new ProtocolError('OIDC_ID_TOKEN_SUB_MISMATCH', 'The provider is signed in as another user.', 'renewal')
    }
    return tokens
  }

  const restoreWay = () => {
    if (options.restore !== 'none' && isSameSite(new URL(issuer), location)) return 'silent-frame'
    // A page that shows something already, and one in a frame, stay where they are.
    const canLeave = client.getSnapshot().status === 'pending' && self === top
    return options.restore === 'redirect' && canLeave ? 'redirect' : 'nothing'
  }

  const restore = async (returnTo?: string, isInvited?: boolean): Promise<SignedOutReason> => {
    // What another tab has written may be older here than what it says.
    const reason = !isInvited && signedOut.read()
    if (reason) return reason
    const { session } = base
    const failure = await session.follow().catch((error) => error as OidcError)
    try {
      if (!session.exists()) {
        const by = restoreWay()
        notify({ type: 'restoring', by })
        if (by === 'silent-frame') await client.loginSilently()
        if (by === 'redirect') await base.hop(returnTo)
      }
    } catch (error) {
      // The check is optional: a provider that says no, or nothing, means that nobody is signed in.
      if (!isOidcError(error)) throw error
      notify({ type: 'not-restored', error })
    }
    if (failure && !session.exists()) throw failure
    return 'never'
  }

  /** A token that is bound to a key needs proofs. */
  const sentAs = ({ tokenType }: Pick<TokenSet, 'tokenType'>) =>
    tokenType === 'dpop' ? { ...options, ...binding } : options
  const fetchWith: ClientParts['fetchWith'] = (origins, token) =>
    createAuthorizedFetch({
      session: base.session,
      clock,
      origins,
      stepUp: options.stepUp,
      async token(origin, refused) {
        const tokens = await token(origin, refused)
        return { accessToken: tokens.accessToken, send: sentAs(tokens).fetch }
      },
    })

  // After a logout, a reload must not sign the user in again.
  const signedOut = rememberedReason(`${name} signed-out`)

  const base = createRedirectLogin(options, {
    name,
    binding,
    loadMetadata,
    async requestTokens(current) {
      // A frame of another site sees no session cookie, so it would only cost time.
      if (!isSameSite(new URL(issuer), location)) throw new AuthorizationError('login_required', 'Call login().')
      // What was granted stays granted, also when it is more than the options ask for. With several APIs the tokens of the
      // session show the scopes of the first one alone.
      const scopes = `openid ${current.scopes.join(' ')} ${(options.resources && options.scope) ?? ''}`
      return requestSilently({ scope: parseScope(scopes).join(' ') }, current)
    },
    restore,
    kept,
    onEvent(event) {
      if (kept?.shared && event.type === 'renewed') tabs?.post('signed-in')
      if (kept?.shared && event.type === 'ended') tabs?.post(event.reason)
      notify(event)
    },
    onChange(reason) {
      signedOut.write(reason)
      if (reason) binding?.forget()
      tabs?.post(reason ?? 'signed-in')
    },
    onStart() {
      tabs = openTabSync(name, (message, sid) => {
        // The provider ended one of its sessions: that of this tab may be another one.
        if (sid && base.session.exists() && (base.session.requireTokens().claims.sid ?? sid) !== sid) return
        if (message !== 'signed-in') base.followEnd(message)
        else if (kept?.shared) void base.follow()
        else if (client.getSnapshot().status === 'unauthenticated') void restore('', true)
      })
      return () => {
        tabs?.close()
        tabs = undefined
      }
    },
  })

  const client: BrowserClient = {
    ...base.client,
    handleCallback: (url) => (answerFromSilentFrame() ? new Promise(() => {}) : base.client.handleCallback(url)),
    start: () => (answerFromSilentFrame() ? () => {} : base.client.start()),
    loginSilently(request = {}) {
      silentFlight ??= base
        .signIn(() => requestSilently(request), true)
        .finally(() => {
          silentFlight = undefined
        })
      return silentFlight
    },
    async fetchUserInfo() {
      const accessToken = await client.getAccessToken()
      const tokens = base.session.requireTokens()
      return fetchUserInfo(await loadMetadata(), clientId, accessToken, tokens.claims.sub, sentAs(tokens))
    },
    fetch: fetchWith(options.resourceOrigins ?? [], async (_, refused) => {
      // Another request may have led to a renewal meanwhile.
      if (refused && base.session.requireTokens().accessToken === refused) await base.session.renew()
      await base.session.getAccessToken()
      return base.session.requireTokens()
    }),
    can(rule, parameters) {
      const state = client.getSnapshot()
      return state.status === 'authenticated'
        ? decideAccess(rule, grantOf(state.claims, state.scopes), parameters)
        : { allowed: false, gaps: [{ rule, reason: 'not-granted' }] }
    },
  }
  const observe = (listener: (event: SessionEvent) => void) => {
    observers.add(listener)
    return () => void observers.delete(listener)
  }
  registerParts(client, { ...base, options, name, observe, fetchWith })
  return client
}

/** Why nobody is to be signed in again, for all tabs; a storage that is blocked remembers nothing. */
function rememberedReason(key: string) {
  return {
    read(): SignedOutReason | undefined {
      try {
        const reason = localStorage.getItem(key)
        if (isReason(reason)) return reason
        localStorage.removeItem(key)
      } catch {
        // As for writing.
      }
      return undefined
    },
    write(reason?: SignedOutReason): void {
      try {
        if (reason) localStorage.setItem(key, reason)
        else localStorage.removeItem(key)
      } catch {
        // Remembering is a convenience; the logout itself does not depend on it.
      }
    },
  }
}
