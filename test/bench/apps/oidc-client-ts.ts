import { UserManager, type UserManagerSettings } from 'oidc-client-ts'
import { type App, isCallback, type OpenApp, type Settings } from './app.ts'

/** Opens the app with further settings. */
export async function openWith(settings: Settings, more: Partial<UserManagerSettings>): Promise<App> {
  const manager = new UserManager({
    authority: settings.issuer,
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    post_logout_redirect_uri: settings.postLogoutRedirectUri,
    scope: settings.scope,
    fetchRequestCredentials: 'omit',
    ...more,
  })
  if (isCallback(settings)) {
    await manager.signinRedirectCallback()
    history.replaceState(null, '', settings.redirectUri)
  }
  return {
    signedIn: (await manager.getUser()) !== null,
    login: () => manager.signinRedirect(),
    async accessToken() {
      const user = await manager.getUser()
      const fresh = user && (user.expires_in ?? 0) > 30
      return (fresh ? user : await manager.signinSilent())?.access_token
    },
    profile: async () => (await manager.getUser())?.profile,
    logout: () => manager.signoutRedirect(),
  }
}

export const openApp: OpenApp = (settings) => openWith(settings, {})
