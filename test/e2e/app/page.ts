import {
  type BrowserClient,
  type BrowserClientOptions,
  createBrowserClient,
  localTokenStorage,
  sessionTokenStorage,
} from '@countersign/core/browser'
import { receiveFrontChannelLogout } from '@countersign/core/browser/front-channel-logout'
import { loginWithPopup, type PopupLoginOptions } from '@countersign/core/browser/popup'

/** What the tests find in the page. */
export interface AppPage {
  readonly client: BrowserClient
  readonly loginWithPopup: (options?: PopupLoginOptions) => Promise<void>
  /** What the policy of the page forbade so far. */
  readonly violations: string[]
}

const violations: string[] = []
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  violations.push(`${effectiveDirective} ${blockedURI}`)
})

const given = document.querySelector<HTMLMetaElement>('meta[name=options]')?.content ?? '{}'
const client = createBrowserClient({
  ...(JSON.parse(given) as Omit<BrowserClientOptions, 'redirectUri'>),
  redirectUri: `${location.origin}/callback`,
  ...(location.hash === '#kept' && { tokenStorage: sessionTokenStorage() }),
  ...(location.hash === '#shared' && { tokenStorage: localTokenStorage() }),
})
client.subscribe(show)
function show(): void {
  const state = client.getSnapshot()
  document.body.dataset.status = state.status
  document.body.dataset.reason = state.status === 'unauthenticated' ? state.reason : ''
}
const app: AppPage = { client, loginWithPopup: (options) => loginWithPopup(client, options), violations }
Object.assign(window, { app })
document.querySelector('#login')?.addEventListener('click', () => void client.login())
document.querySelector('#logout')?.addEventListener('click', () => void client.logout())
show()
if (location.pathname === '/ended') void receiveFrontChannelLogout(client)
else if (location.pathname !== '/idle') client.start()
