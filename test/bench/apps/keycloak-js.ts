import Keycloak from 'keycloak-js'
import type { OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const keycloak = new Keycloak({ clientId: settings.clientId, oidcProvider: settings.issuer })
  const signedIn = await keycloak.init({
    checkLoginIframe: false,
    responseMode: 'query',
    redirectUri: settings.redirectUri,
    scope: settings.scope,
  })
  return {
    signedIn,
    login: () => keycloak.login(),
    async accessToken() {
      await keycloak.updateToken(30)
      return keycloak.token
    },
    profile: async () => keycloak.idTokenParsed,
    logout: () => keycloak.logout({ redirectUri: settings.postLogoutRedirectUri }),
  }
}
