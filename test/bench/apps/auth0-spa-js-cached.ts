import { Auth0Client, InMemoryCache } from '@auth0/auth0-spa-js'
import type { OpenApp } from './app.ts'

/** An app that has a token already: the library signs in at providers with the addresses of its own service alone. */
export const openApp: OpenApp = async ({ issuer, clientId, redirectUri }) => {
  const cache = new InMemoryCache().enclosedCache
  const scope = 'openid profile email'
  const body = { access_token: 'token', expires_in: 3600, audience: 'default', scope, client_id: clientId }
  const expiresAt = Math.floor(Date.now() / 1000) + 3600
  await cache.set(`@@auth0spajs@@::${clientId}::default::${scope}`, { body, expiresAt })
  const decodedToken = { user: { sub: 'mira' }, claims: {} }
  await cache.set(`@@auth0spajs@@::${clientId}::@@user@@`, { id_token: 'token', decodedToken })
  const client = new Auth0Client({
    domain: issuer,
    clientId,
    cache,
    authorizationParams: { redirect_uri: redirectUri },
  })
  return {
    signedIn: true,
    login: () => client.loginWithRedirect(),
    accessToken: () => client.getTokenSilently(),
    profile: () => client.getUser(),
    logout: () => client.logout(),
  }
}
