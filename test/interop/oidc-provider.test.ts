import {
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Client,
  createKeySet,
  createPkce,
  discover,
  exchangeAuthorizationCode,
  fetchUserInfo,
  refreshTokens,
  revokeToken,
  type ServerMetadata,
  scope,
  systemClock,
  validateAuthorizationResponse,
} from '@countersign/core'
import { createTokenSource } from '@countersign/core/agent'
import { createAccessTokenVerifier } from '@countersign/core/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  apis,
  application,
  type IndependentProvider,
  idTokenAlgorithms,
  machines,
  redirectUri,
  signedOutUri,
  startIndependentProvider,
} from './support/independent-provider.ts'
import { createUserAgent, type Place, type UserAgent } from './support/user-agent.ts'

let provider: IndependentProvider
let server: ServerMetadata
const app: Client = { clientId: 'app-RS256' }

beforeAll(async () => {
  provider = await startIndependentProvider()
  server = await discover(provider.issuer)
})
afterAll(() => provider?.close())

interface Login {
  readonly client?: Client
  readonly scope?: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** An authorization request, and what has to be remembered until its answer. */
async function startLogin({ client = app, scope = 'openid profile email', parameters = {} }: Login = {}) {
  const pkce = await createPkce()
  const [state, nonce] = [`state of ${pkce.codeChallenge}`, `nonce of ${pkce.codeChallenge}`]
  const url = buildAuthorizationUrl(server, {
    clientId: client.clientId,
    redirectUri,
    scope,
    state,
    nonce,
    codeChallenge: pkce.codeChallenge,
    parameters,
  })
  const exchange = { redirectUri, codeVerifier: pkce.codeVerifier, nonce, scope }
  const context = { server, client, keys: createKeySet({}), clock: systemClock, transport: {} }
  return { url, state, exchange, context }
}

/** Walks the pages of the provider: login, then consent. */
async function walkPages(agent: UserAgent, url: URL): Promise<Place> {
  const consent = await agent.submit(await agent.open(url), { login: account.sub, password: 'any' })
  return agent.submit(consent)
}

async function logIn(login: Login = {}) {
  const agent = createUserAgent(application)
  const started = await startLogin(login)
  const callback = await walkPages(agent, started.url)
  const response = validateAuthorizationResponse(server, callback.url, started.state)
  const tokens = await exchangeAuthorizationCode(started.context, response, started.exchange)
  return { ...started, agent, callback, response, tokens }
}

const offline: Login = { scope: 'openid profile offline_access', parameters: { prompt: 'consent' } }

describe('discovery at an independent provider', () => {
  test('takes the metadata of exactly this issuer, not of another spelling (OpenID Connect Discovery 1.0, 4.3)', async () => {
    expect(server.issuer).toBe(provider.issuer)
    expect(server.authorization_response_iss_parameter_supported).toBe(true)
    await expect(discover(`${provider.issuer}/`)).rejects.toMatchObject({ code: 'OIDC_DISCOVERY_ISSUER_MISMATCH' })
  })
})

describe('login at an independent provider', () => {
  test.each(idTokenAlgorithms)(
    'ends with an ID token signed with %s (OpenID Connect Core 1.0, 3.1.3.7)',
    async (alg) => {
      const client = { clientId: `app-${alg}`, idTokenSignedResponseAlg: alg }
      const { tokens, exchange } = await logIn({ client })
      expect(tokens.claims).toMatchObject({
        iss: provider.issuer,
        sub: account.sub,
        aud: client.clientId,
        nonce: exchange.nonce,
      })
      expect(JSON.parse(atob((tokens.idToken ?? '').split('.')[0] ?? ''))).toMatchObject({ alg })
      expect(tokens.scopes).toEqual(['openid', 'profile', 'email'])
      expect(tokens.expiresAt).toBeGreaterThan(Date.now())
    },
  )

  test('refuses an ID token of another algorithm than the registered one (RFC 8725, 3.1)', async () => {
    const client = { clientId: 'app-ES256', idTokenSignedResponseAlg: 'RS256' } as const
    await expect(logIn({ client })).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_ALG_MISMATCH' })
  })

  test('refuses an ID token with the nonce of another login (OpenID Connect Core 1.0, 3.1.3.7 rule 11)', async () => {
    const { url, state, context, exchange } = await startLogin()
    const callback = await walkPages(createUserAgent(application), url)
    const response = validateAuthorizationResponse(server, callback.url, state)
    const other = { ...exchange, nonce: 'of another login' }
    await expect(exchangeAuthorizationCode(context, response, other)).rejects.toMatchObject({
      code: 'OIDC_ID_TOKEN_NONCE_MISMATCH',
    })
  })

  test('takes the response of this issuer only (RFC 9207, 2.4)', async () => {
    const { callback, state } = await logIn()
    expect(callback.url.searchParams.get('iss')).toBe(provider.issuer)
    expect(() =>
      validateAuthorizationResponse({ ...server, issuer: `${server.issuer}/` }, callback.url, state),
    ).toThrow(expect.objectContaining({ code: 'OIDC_RESPONSE_ISS_MISMATCH' }))
    callback.url.searchParams.delete('iss')
    expect(() => validateAuthorizationResponse(server, callback.url, state)).toThrow(
      expect.objectContaining({ code: 'OIDC_RESPONSE_ISS_MISSING' }),
    )
  })

  test('proves itself by the code verifier, without which the provider gives nothing (RFC 7636, 4.6)', async () => {
    const { url, state, context, exchange } = await startLogin()
    const callback = await walkPages(createUserAgent(application), url)
    const response = validateAuthorizationResponse(server, callback.url, state)
    const { codeVerifier } = await createPkce()
    await expect(exchangeAuthorizationCode(context, response, { ...exchange, codeVerifier })).rejects.toMatchObject({
      code: 'OIDC_TOKEN_ENDPOINT_ERROR',
      error: 'invalid_grant',
      status: 400,
    })
  })

  test('reports the answer to a code that was used before (RFC 6749, 4.1.2)', async () => {
    const { context, response, exchange } = await logIn()
    await expect(exchangeAuthorizationCode(context, response, exchange)).rejects.toMatchObject({
      code: 'OIDC_TOKEN_ENDPOINT_ERROR',
      error: 'invalid_grant',
    })
  })

  test('reports that the user declined, after state and iss have been checked (RFC 6749, 4.1.2.1)', async () => {
    const agent = createUserAgent(application)
    const { url, state } = await startLogin()
    const { url: callback } = await agent.follow(await agent.open(url), 'Cancel')
    expect(() => validateAuthorizationResponse(server, callback, state)).toThrow(
      expect.objectContaining({ code: 'OIDC_AUTHORIZATION_ERROR', error: 'access_denied' }),
    )
    expect(() => validateAuthorizationResponse(server, callback, 'another')).toThrow(
      expect.objectContaining({ code: 'OIDC_STATE_MISMATCH' }),
    )
  })

  test('is silent with a session, and login_required without (OpenID Connect Core 1.0, 3.1.2.6)', async () => {
    const silent = { parameters: { prompt: 'none' } }
    const { agent, tokens } = await logIn()
    const again = await startLogin(silent)
    const callback = await agent.open(again.url)
    const response = validateAuthorizationResponse(server, callback.url, again.state)
    const renewed = await exchangeAuthorizationCode(again.context, response, again.exchange)
    expect(renewed.claims?.sub).toBe(tokens.claims?.sub)

    const stranger = await startLogin(silent)
    const { url } = await createUserAgent(application).open(stranger.url)
    expect(() => validateAuthorizationResponse(server, url, stranger.state)).toThrow(
      expect.objectContaining({ code: 'OIDC_LOGIN_REQUIRED' }),
    )
  })
})

describe('tokens of an independent provider', () => {
  test('are renewed with a refresh token that changes each time (RFC 9700, 2.2.2)', async () => {
    const { context, tokens } = await logIn(offline)
    expect(tokens.scopes).toContain('offline_access')
    // Without the old ID token, since a new one of the same second has the same text.
    const renewed = await refreshTokens(context, { ...tokens, idToken: undefined })
    expect(renewed.accessToken).not.toBe(tokens.accessToken)
    expect(renewed.refreshToken).not.toBe(tokens.refreshToken)
    expect(renewed.idToken).toBeTypeOf('string')
    expect(renewed.claims?.sub).toBe(account.sub)
    await expect(refreshTokens(context, tokens)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('show the user at userinfo, and nobody else (OpenID Connect Core 1.0, 5.3.2)', async () => {
    const { tokens } = await logIn()
    await expect(fetchUserInfo(server, app.clientId, tokens.accessToken, account.sub)).resolves.toEqual(account)
    await expect(fetchUserInfo(server, app.clientId, tokens.accessToken, 'noa')).rejects.toMatchObject({
      code: 'OIDC_USERINFO_SUB_MISMATCH',
    })
  })

  test.each(['access', 'refresh'] as const)(
    'are worth nothing once the %s token was revoked (RFC 7009, 2.1)',
    async (kind) => {
      const { context, tokens } = await logIn(offline)
      await fetchUserInfo(server, app.clientId, tokens.accessToken, account.sub)
      await revokeToken(server, app, tokens[`${kind}Token`] ?? '', `${kind}_token`)
      await expect(refreshTokens(context, tokens)).rejects.toMatchObject({
        code: 'OIDC_TOKEN_ENDPOINT_ERROR',
        error: 'invalid_grant',
      })
      await expect(fetchUserInfo(server, app.clientId, tokens.accessToken, account.sub)).rejects.toMatchObject({
        code: 'OIDC_USERINFO_REFUSED',
        error: 'invalid_token',
        status: 401,
      })
    },
  )

  test('that the provider does not know count as revoked (RFC 7009, 2.2)', async () => {
    await expect(revokeToken(server, app, 'never issued', 'access_token')).resolves.toBeUndefined()
  })
})

describe('logout at an independent provider', () => {
  test('ends the session and comes back with the state (RP-Initiated Logout 1.0, 2 and 3)', async () => {
    const { agent, tokens } = await logIn()
    const url = buildEndSessionUrl(server, {
      clientId: app.clientId,
      idTokenHint: tokens.idToken,
      postLogoutRedirectUri: signedOutUri,
      state: 'signed out',
    })
    const page = await agent.open(url ?? new URL('about:blank'))
    expect(page.status).toBe(200)
    const end = await agent.submit(page, { logout: 'yes' })
    expect(`${end.url}`).toBe(`${signedOutUri}?state=signed+out`)

    const silent = await startLogin({ parameters: { prompt: 'none' } })
    const { url: answer } = await agent.open(silent.url)
    expect(answer.searchParams.get('error')).toBe('login_required')
  })
})

describe('a token source at an independent provider', () => {
  const source = (place: 'basic' | 'post', more: { basicEncoding?: 'raw' } = {}) =>
    createTokenSource({
      issuer: provider.issuer,
      ...machines[place],
      clientAuthentication: place,
      scope: 'contacts.read',
      parameters: { resource: apis.RS256 },
      ...more,
    })

  test.each(['basic', 'post'] as const)(
    'gets in by %s with special characters in id and secret (S-440, RFC 6749, 2.3.1)',
    async (place) => {
      const tokens = source(place)
      await expect(tokens.getAccessToken()).resolves.toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      expect(tokens.scopes()).toEqual(['contacts.read'])
    },
  )

  test('is refused when it joins id and secret without encoding them', async () => {
    await expect(source('basic', { basicEncoding: 'raw' }).getAccessToken()).rejects.toMatchObject({
      code: 'OIDC_TOKEN_ENDPOINT_ERROR',
    })
  })

  test('is refused with a wrong secret as invalid_client (RFC 6749, 5.2)', async () => {
    const { clientId } = machines.basic
    const tokens = createTokenSource({ issuer: provider.issuer, clientId, clientSecret: 'wrong' })
    await expect(tokens.getAccessToken()).rejects.toMatchObject({ error: 'invalid_client', status: 401 })
  })
})

describe('JWT access tokens of an independent provider (RFC 9068)', () => {
  const machineToken = (algorithm: keyof typeof apis) =>
    createTokenSource({
      issuer: provider.issuer,
      ...machines.basic,
      scope: 'contacts.read',
      parameters: { resource: apis[algorithm] },
    }).getAccessToken()
  const verifier = (algorithm: keyof typeof apis, audience: string = apis[algorithm]) =>
    createAccessTokenVerifier({ issuer: provider.issuer, audience, algorithms: [algorithm], profile: 'rfc9068' })

  test.each(['RS256', 'ES256'] as const)('pass at the API that they are for, signed with %s', async (algorithm) => {
    const { clientId } = machines.basic
    const verified = await verifier(algorithm).authenticate(`Bearer ${await machineToken(algorithm)}`)
    expect(verified.claims).toMatchObject({ iss: provider.issuer, aud: apis[algorithm], client_id: clientId })
    expect(verified.principal).toEqual({ type: 'client', id: clientId, clientId })
    expect(verified.can(scope('contacts.read')).allowed).toBe(true)
    expect(verified.can(scope('contacts.write')).allowed).toBe(false)
  })

  test('name the user when a user logged in for the API (RFC 8707, 2)', async () => {
    const { tokens } = await logIn({ scope: 'openid contacts.write', parameters: { resource: apis.RS256 } })
    const verified = await verifier('RS256').verify(tokens.accessToken)
    expect(verified.principal).toEqual({ type: 'user', id: account.sub, clientId: app.clientId })
    expect([...verified.grant.scopes]).toEqual(['contacts.write'])
  })

  test('are refused at another API (RFC 9068, 4)', async () => {
    const token = await machineToken('RS256')
    await expect(verifier('RS256', apis.ES256).verify(token)).rejects.toMatchObject({ code: 'OIDC_TOKEN_AUD_REFUSED' })
  })

  test('are refused with an algorithm that the API does not accept (RFC 8725, 3.1)', async () => {
    const token = await machineToken('ES256')
    await expect(verifier('RS256', apis.ES256).verify(token)).rejects.toMatchObject({ code: 'OIDC_TOKEN_ALG_REFUSED' })
  })

  test('are not what an ID token is, although the same key signed it (RFC 9068, 2.1)', async () => {
    const { tokens } = await logIn()
    const lax = verifier('RS256', app.clientId)
    await expect(lax.verify(tokens.idToken ?? '')).rejects.toMatchObject({
      code: 'OIDC_TOKEN_TYP_REFUSED',
      claim: 'typ',
    })
  })
})
