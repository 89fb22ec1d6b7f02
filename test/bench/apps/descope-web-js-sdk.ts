import createSdk from '@descope/web-js-sdk'
import { isCallback, type OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const { origin } = new URL(settings.issuer)
  const sdk = createSdk({
    projectId: settings.clientId,
    baseUrl: origin,
    persistTokens: true,
    oidcConfig: {
      issuer: settings.issuer,
      clientId: settings.clientId,
      redirectUri: settings.redirectUri,
      scope: settings.scope,
    },
  })
  if (isCallback(settings)) await sdk.oidc.finishLogin()
  return {
    signedIn: Boolean(sdk.getSessionToken()),
    login: () => sdk.oidc.loginWithRedirect(),
    async accessToken() {
      const token = sdk.getSessionToken()
      if (token && !sdk.isJwtExpired(token)) return token
      await sdk.oidc.refreshToken(sdk.getRefreshToken())
      return sdk.getSessionToken()
    },
    profile: async () => JSON.parse(localStorage.getItem(`${settings.clientId}_user`) ?? '{}').profile,
    logout: () => sdk.oidc.logout({ post_logout_redirect_uri: settings.postLogoutRedirectUri }),
  }
}
