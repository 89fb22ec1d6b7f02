import { Auth0Client } from '@auth0/auth0-spa-js'
import { isCallback, type OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const client = new Auth0Client({
    domain: settings.issuer,
    clientId: settings.clientId,
    useRefreshTokens: true,
    authorizationParams: { redirect_uri: settings.redirectUri, scope: settings.scope },
  })
  if (isCallback(settings)) {
    await client.handleRedirectCallback()
    history.replaceState(null, '', settings.redirectUri)
  }
  return {
    signedIn: await client.isAuthenticated(),
    login: () => client.loginWithRedirect(),
    accessToken: () => client.getTokenSilently(),
    profile: () => client.getUser(),
    logout: () => client.logout({ logoutParams: { returnTo: settings.postLogoutRedirectUri } }),
  }
}
