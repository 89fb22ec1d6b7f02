import { getFetchDefault, OidcClient } from '@axa-fr/oidc-client'
import { isCallback, type OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const client = OidcClient.getOrCreate(getFetchDefault)({
    authority: settings.issuer,
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    silent_redirect_uri: settings.redirectUri,
    scope: settings.scope,
  })
  if (isCallback(settings)) {
    await client.loginCallbackAsync()
    history.replaceState(null, '', settings.redirectUri)
  } else await client.tryKeepExistingSessionAsync()
  return {
    signedIn: Boolean(client.tokens),
    login: () => client.loginAsync(),
    accessToken: async () => (await client.getValidTokenAsync()).tokens?.accessToken,
    profile: async () => client.tokens.idTokenPayload,
    logout: () => client.logoutAsync(settings.postLogoutRedirectUri),
  }
}
