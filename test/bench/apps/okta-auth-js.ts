import { OktaAuth } from '@okta/okta-auth-js/core'
import { isCallback, type OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const client = new OktaAuth({
    issuer: settings.issuer,
    clientId: settings.clientId,
    redirectUri: settings.redirectUri,
    postLogoutRedirectUri: settings.postLogoutRedirectUri,
    scopes: settings.scope.split(' '),
  })
  if (isCallback(settings)) await client.handleLoginRedirect()
  await client.start()
  return {
    signedIn: await client.isAuthenticated(),
    login: () => client.signInWithRedirect(),
    accessToken: () => client.getOrRenewAccessToken(),
    profile: async () => (await client.tokenManager.getTokens()).idToken?.claims,
    logout: () => client.signOut(),
  }
}
