/** `oauth4webapi` against both profiles and `openid-client` against the standard one, in process; see openid-client.test.ts. */
import { createMockIdp, demoProject, type MockIdp, type MockIdpConfig, standardDemo } from '@countersign/mock-idp'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'

const { mira } = demoProject.users
const { spa, web, service } = standardDemo

interface Profile {
  readonly name: string
  readonly config: MockIdpConfig
  readonly clientId: string
  readonly redirectUri: string
}

const profiles: readonly Profile[] = [
  {
    name: 'the Descope-like profile',
    config: {},
    clientId: demoProject.oidc.clientId,
    redirectUri: 'http://localhost:5173/callback',
  },
  {
    name: 'the standard profile',
    config: { profile: 'standard' },
    clientId: spa.clientId,
    redirectUri: spa.redirectUri,
  },
]
const origin = 'https://login.acme.example'

function inProcess(idp: MockIdp) {
  return (url: string, init: object): Promise<Response> => idp.fetch(new Request(url, init))
}

describe.each(profiles)('oauth4webapi against $name', ({ config, clientId, redirectUri }) => {
  async function logIn() {
    const idp = createMockIdp({ origin, ...config })
    const options = { [oauth.customFetch]: inProcess(idp) }
    const issuer = new URL(idp.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    const client: oauth.Client = { client_id: clientId }
    const verifier = oauth.generateRandomCodeVerifier()
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
    const url = new URL(server.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid profile email offline_access',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()
    const callback = await idp.driver.login(url, { user: mira.loginId })
    const parameters = oauth.validateAuthResponse(server, client, callback, state)
    const request = (codeVerifier = verifier) =>
      oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, redirectUri, codeVerifier, options)
    return { idp, server, client, options, nonce, request }
  }

  test('walks login, userinfo, refresh and revocation', async () => {
    const { idp, server, client, options, nonce, request } = await logIn()
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, await request(), {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
    const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, options)
    expect(await oauth.processUserInfoResponse(server, client, sub, userinfo)).toMatchObject({ sub: mira.id })

    idp.clock.advance(1)
    const refresh = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.None(),
      tokens.refresh_token ?? '',
      options,
    )
    const renewed = await oauth.processRefreshTokenResponse(server, client, refresh)
    expect(renewed.access_token).not.toBe(tokens.access_token)

    const last = renewed.refresh_token ?? tokens.refresh_token ?? ''
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), last, options))
    const again = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), last, options)
    await expect(oauth.processRefreshTokenResponse(server, client, again)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect(idp.log.entries.at(-1)).toMatchObject({ endpoint: 'token', status: 400 })
  })

  test('refuses an ID token with another nonce, and a code with another verifier', async () => {
    const good = await logIn()
    const response = await good.request()
    await expect(
      oauth.processAuthorizationCodeResponse(good.server, good.client, response, { expectedNonce: 'another' }),
    ).rejects.toThrow(/nonce/)
    const bad = await logIn()
    const refused = await bad.request(oauth.generateRandomCodeVerifier())
    await expect(oauth.processAuthorizationCodeResponse(bad.server, bad.client, refused)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
})

describe('openid-client against the standard profile', () => {
  const discover = (idp: MockIdp, clientId: string, authentication: openid.ClientAuth) =>
    openid.discovery(new URL(idp.issuer), clientId, undefined, authentication, {
      [openid.customFetch]: inProcess(idp),
      execute: [openid.enableNonRepudiationChecks],
    })

  test('walks login with a secret, userinfo, refresh, revocation and the logout URL', async () => {
    const idp = createMockIdp({ origin, profile: 'standard' })
    const config = await discover(idp, web.clientId, openid.ClientSecretBasic(web.clientSecret))
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()]
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: web.redirectUri,
      scope: 'openid profile email offline_access',
      prompt: 'consent',
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const callback = await idp.driver.login(url, { user: mira.loginId })
    const tokens = await openid.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier,
      expectedState,
      expectedNonce,
      idTokenExpected: true,
    })
    expect(tokens.claims()).toMatchObject({ iss: origin, sub: mira.id, aud: web.clientId })
    expect(await openid.fetchUserInfo(config, tokens.access_token, mira.id)).toMatchObject({ name: mira.name })
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const last = renewed.refresh_token ?? tokens.refresh_token ?? ''
    await openid.tokenRevocation(config, last)
    await expect(openid.refreshTokenGrant(config, last)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    const logout = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://localhost:3000/',
    })
    const response = await idp.driver.fetch(new Request(logout))
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://localhost:3000/'])
    expect(idp.sessions.list()).toEqual([])
  })

  test('gets signed answers of introspection (RFC 9701)', async () => {
    const idp = createMockIdp({ origin, profile: 'standard' })
    const config = await discover(idp, web.clientId, openid.ClientSecretBasic(web.clientSecret))
    const { access_token: token } = await openid.clientCredentialsGrant(config, { scope: 'contacts.read' })
    const server = config.serverMetadata()
    const client: oauth.Client = { client_id: web.clientId, introspection_signed_response_alg: 'RS256' }
    const options = { [oauth.customFetch]: inProcess(idp) }
    const authentication = oauth.ClientSecretBasic(web.clientSecret)
    const response = await oauth.introspectionRequest(server, client, authentication, token, options)
    expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
    const answer = await oauth.processIntrospectionResponse(server, client, response)
    expect(answer).toMatchObject({ active: true, client_id: web.clientId, scope: 'contacts.read' })
    await oauth.validateApplicationLevelSignature(server, response, options)
  })

  test('gets a machine token with private_key_jwt', async () => {
    const idp = createMockIdp({ origin, profile: 'standard' })
    const key = await crypto.subtle.importKey(
      'jwk',
      { ...service.privateJwk, key_ops: ['sign'] },
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    )
    const kid = service.privateJwk.kid ?? ''
    const config = await discover(idp, service.clientId, openid.PrivateKeyJwt({ key, kid }))
    const tokens = await openid.clientCredentialsGrant(config, {
      scope: 'contacts.read',
      resource: standardDemo.resources.contacts,
    })
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'contacts.read' })
  })
})
