/** An app of one page over `oidc-client-ts`: its redirect URIs are paths, and the test presses the buttons. */
import { UserManager, type UserManagerSettings } from 'oidc-client-ts'

declare global {
  interface Window {
    /** What the test acts on; there once the page has done what its path asks for. */
    manager: UserManager
  }
}

const settings: UserManagerSettings = await (await fetch('/settings.json')).json()
const manager = new UserManager({ ...settings, fetchRequestCredentials: 'omit' })
const callbacks: Readonly<Record<string, () => Promise<unknown>>> = {
  '/callback': () => manager.signinRedirectCallback(),
  '/silent': () => manager.signinSilentCallback(),
  '/signed-out': () => manager.signoutRedirectCallback(),
}
await callbacks[location.pathname]?.()
window.manager = manager
