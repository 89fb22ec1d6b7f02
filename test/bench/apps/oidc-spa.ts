import { createOidc, oidcEarlyInit } from 'oidc-spa/core'
import type { OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  oidcEarlyInit({ BASE_URL: '/' })
  const oidc = await createOidc({
    issuerUri: settings.issuer,
    clientId: settings.clientId,
    scopes: settings.scope.split(' '),
  })
  return {
    signedIn: oidc.isUserLoggedIn,
    login: async () => oidc.isUserLoggedIn || (await oidc.login()),
    accessToken: async () => (oidc.isUserLoggedIn ? (await oidc.getTokens()).accessToken : undefined),
    profile: async () => oidc.isUserLoggedIn && oidc.getDecodedIdToken(),
    logout: async () =>
      oidc.isUserLoggedIn && oidc.logout({ redirectTo: 'specific url', url: settings.postLogoutRedirectUri }),
  }
}
