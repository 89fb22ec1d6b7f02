import {
  type BrowserClient,
  type BrowserClientOptions,
  createBrowserClient,
  localTokenStorage,
  sessionTokenStorage,
} from '@countersign/core/browser'
import { proofOfPossession } from '@countersign/core/browser/dpop'
import { encryptedTokenStorage } from '@countersign/core/browser/encrypted-storage'
import { receiveFrontChannelLogout } from '@countersign/core/browser/front-channel-logout'
import { initiateLogin } from '@countersign/core/browser/initiated-login'
import { limitSession, type SessionLimitOptions } from '@countersign/core/browser/limits'
import { logoutAndReturn, type ReturningLogoutOptions, takeLogoutReturn } from '@countersign/core/browser/logout-return'
import { loginWithPopup, type PopupLoginOptions } from '@countersign/core/browser/popup'

/** What the server of the app puts into the page. */
export interface PageOptions extends Omit<BrowserClientOptions, 'redirectUri'> {
  /** Time limits of the session. Default none. */
  readonly limits?: SessionLimitOptions
  /** Whether a logout comes back to `/goodbye`. Default false. */
  readonly returns?: boolean
  /** Whether the page sends its token to the origin of the provider. Default false. */
  readonly trustsProvider?: boolean
  /** Where its tokens are kept. Default: in the memory. */
  readonly tokens?: keyof typeof storages
  /** Whether its tokens are bound to a key. Default false. */
  readonly bound?: boolean
  /** Whether its browser has Web Locks. Default true. */
  readonly locks?: boolean
}

/** What the tests find in the page. */
export interface AppPage {
  readonly client: BrowserClient
  readonly loginWithPopup: (options?: PopupLoginOptions) => Promise<void>
  readonly logoutAndReturn: (options?: ReturningLogoutOptions) => Promise<unknown>
  /** What the policy of the page forbade so far. */
  readonly violations: string[]
}

const violations: string[] = []
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  violations.push(`${effectiveDirective} ${blockedURI}`)
})

const storages = { session: sessionTokenStorage, local: localTokenStorage, encrypted: encryptedTokenStorage }
const given = document.querySelector<HTMLMetaElement>('meta[name=options]')?.content ?? '{}'
const { limits, returns, trustsProvider, tokens, bound, locks = true, ...options } = JSON.parse(given) as PageOptions
if (!locks) Object.defineProperty(navigator, 'locks', { value: undefined })
const client = createBrowserClient({
  ...options,
  redirectUri: `${location.origin}/callback`,
  ...(returns && { postLogoutRedirectUri: `${location.origin}/goodbye` }),
  ...(trustsProvider && { resourceOrigins: [new URL(options.issuer).origin] }),
  ...(tokens && { tokenStorage: storages[tokens]() }),
  ...(bound && { dpop: proofOfPossession() }),
})
client.subscribe(show)
function show(): void {
  const state = client.getSnapshot()
  document.body.dataset.status = state.status
  document.body.dataset.reason = state.status === 'unauthenticated' ? state.reason : ''
}
const app: AppPage = {
  client,
  loginWithPopup: (options) => loginWithPopup(client, options),
  logoutAndReturn: (options) => logoutAndReturn(client, options),
  violations,
}
Object.assign(window, { app })
const acts = { login: () => client.login(), logout: () => client.logout(), popup: () => loginWithPopup(client) }
/** Acts, and shows what came of it. */
async function act(id: keyof typeof acts): Promise<void> {
  document.body.dataset[id] = await acts[id]().then(
    () => 'done',
    ({ code }) => code,
  )
}
for (const id of ['login', 'logout', 'popup'] as const) {
  document.querySelector(`#${id}`)?.addEventListener('click', () => void act(id))
}
show()
if (limits) {
  const warn = (text: string) => Object.assign(document.body.dataset, { warning: text })
  limitSession(client, { ...limits, onWarning: ({ reason }) => warn(reason), onWarningOver: () => warn('') })
}
if (location.pathname === '/ended') {
  receiveFrontChannelLogout(client).then(
    ({ effective }) => Object.assign(document.body.dataset, { effective }),
    ({ code }) => Object.assign(document.body.dataset, { refused: code }),
  )
} else if (location.pathname === '/start-login') {
  initiateLogin(client).catch(({ code }) => Object.assign(document.body.dataset, { refused: code }))
} else if (location.pathname !== '/idle') {
  if (location.pathname === '/goodbye') takeLogoutReturn(client)
  client.start()
}
// A window that nobody has clicked for.
if (location.pathname === '/unasked') void act('popup')
