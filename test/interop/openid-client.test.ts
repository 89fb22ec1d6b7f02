import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUserAgent, type UserAgent } from './support/user-agent.ts'

const application = 'http://localhost:5173'
const redirectUri = `${application}/callback`
const signedOutUri = `${application}/signed-out`
const { mira } = demoProject.users

/** A mock as it is without configuration, and one with everything on that RFCs recommend and the service leaves out. */
const variants = {
  default: {},
  modern: {
    refreshTokenRotation: true,
    compat: {
      authorizationResponseIss: true,
      metadataProfile: 'modern',
      emitAtHash: true,
      emitAuthTime: true,
      addJti: true,
      audFormat: 'string',
      strictRedirectUri: true,
    },
  },
} as const
const families = ['oidc', 'inbound'] as const
type Variant = keyof typeof variants
type Family = (typeof families)[number]

const running = {} as Record<Variant, RunningMockIdp>
beforeAll(async () => {
  running.default = await startMockIdp(variants.default)
  running.modern = await startMockIdp(variants.modern)
})
afterAll(async () => {
  for (const mock of Object.values(running)) await mock.close()
})

/** What every public client of the fixture is called, and may ask for. */
const publicClients = {
  oidc: { clientId: demoProject.oidc.clientId, scope: 'openid profile email' },
  inbound: { clientId: demoProject.spa.clientId, scope: 'openid contacts.read billing.write' },
}

function discover(
  variant: Variant,
  family: Family,
  clientId: string = publicClients[family].clientId,
  authentication: openid.ClientAuth = openid.None(),
): Promise<openid.Configuration> {
  const { idp } = running[variant]
  const issuer = new URL(family === 'oidc' ? idp.issuer : idp.inboundIssuer)
  // Plain http is for the loopback host. By itself this client leaves the signature of an ID token that came over TLS unchecked.
  const execute = [openid.allowInsecureRequests, openid.enableNonRepudiationChecks]
  return openid.discovery(issuer, clientId, undefined, authentication, { execute })
}

/** An authorization request, and what its answer has to agree with. */
async function startLogin(
  config: openid.Configuration,
  family: Family,
  parameters: Readonly<Record<string, string>> = {},
) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const expected = { pkceCodeVerifier, expectedState: openid.randomState(), expectedNonce: openid.randomNonce() }
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: publicClients[family].scope,
    state: expected.expectedState,
    nonce: expected.expectedNonce,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { url, expected }
}

async function logIn(variant: Variant, family: Family) {
  const config = await discover(variant, family)
  const { url, expected } = await startLogin(config, family)
  const agent = createUserAgent(application)
  const form = await agent.open(url)
  const callback = await agent.submit(form, { loginId: mira.loginId, password: mira.password })
  const tokens = await openid.authorizationCodeGrant(config, callback.url, { ...expected, idTokenExpected: true })
  return { config, agent, callback: callback.url, expected, tokens }
}

/** A request that must be answered without a page. */
async function logInSilently(config: openid.Configuration, family: Family, agent: UserAgent) {
  const { url, expected } = await startLogin(config, family, { prompt: 'none' })
  const { url: callback } = await agent.open(url)
  return openid.authorizationCodeGrant(config, callback, expected)
}

describe.each(Object.keys(variants) as Variant[])('openid-client against the mock, %s configuration', (variant) => {
  describe.each(families)('family %s', (family) => {
    test('finds metadata of exactly this issuer (OpenID Connect Discovery 1.0, 4.3)', async () => {
      const { idp } = running[variant]
      const metadata = (await discover(variant, family)).serverMetadata()
      expect(metadata.issuer).toBe(family === 'oidc' ? idp.issuer : idp.inboundIssuer)
      expect(metadata.authorization_response_iss_parameter_supported).toBe(variant === 'modern' ? true : undefined)
      expect(metadata.supportsPKCE()).toBe(variant === 'modern' || family === 'inbound')
    })

    test('logs in with code, PKCE, state, nonce and a verified signature (S-142, S-147, OpenID Connect Core 1.0, 3.1.3.7)', async () => {
      const { config, callback, expected, tokens } = await logIn(variant, family)
      expect(tokens.claims()).toMatchObject({
        iss: config.serverMetadata().issuer,
        sub: mira.id,
        nonce: expected.expectedNonce,
        ...(variant === 'modern' && { at_hash: expect.any(String), auth_time: expect.any(Number) }),
      })
      expect([tokens.claims()?.aud].flat()).toContain(publicClients[family].clientId)
      expect(tokens.token_type).toBe('bearer')
      expect(tokens.expires_in).toBeGreaterThan(0)
      expect(callback.searchParams.get('iss')).toBe(variant === 'modern' ? config.serverMetadata().issuer : null)
    })

    test('gets only the scopes that the user may grant (RFC 6749, 3.3)', async () => {
      const { tokens } = await logIn(variant, family)
      const granted = family === 'oidc' ? ['openid', 'profile', 'email'] : ['openid', 'contacts.read']
      expect(tokens.scope?.split(' ')).toEqual(granted)
    })

    test('reads userinfo about the user of the ID token (OpenID Connect Core 1.0, 5.3)', async () => {
      const { config, tokens } = await logIn(variant, family)
      const { sub = '' } = tokens.claims() ?? {}
      await expect(openid.fetchUserInfo(config, tokens.access_token, sub)).resolves.toMatchObject({ sub: mira.id })
    })

    test('renews with the refresh token, for the same user (OpenID Connect Core 1.0, 12.2)', async () => {
      const { config, tokens } = await logIn(variant, family)
      running[variant].idp.clock.advance(1)
      const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
      expect(renewed.access_token).not.toBe(tokens.access_token)
      expect(renewed.claims()).toMatchObject({ sub: mira.id })
      if (variant !== 'modern') return
      expect(renewed.refresh_token).toEqual(expect.any(String))
      expect(renewed.refresh_token).not.toBe(tokens.refresh_token)
      await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      })
    })

    test('revokes: then renewal is invalid_grant and userinfo 401 (RFC 7009, 2.1)', async () => {
      const { config, tokens } = await logIn(variant, family)
      const { sub = '' } = tokens.claims() ?? {}
      await openid.tokenRevocation(config, tokens.access_token, { token_type_hint: 'access_token' })
      await expect(openid.fetchUserInfo(config, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 })
      await openid.tokenRevocation(config, tokens.refresh_token ?? '', { token_type_hint: 'refresh_token' })
      await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
        status: 400,
      })
    })

    test('reads the refusal of a spent code (RFC 6749, 4.1.2 and 5.2)', async () => {
      const { config, callback, expected } = await logIn(variant, family)
      await expect(openid.authorizationCodeGrant(config, callback, expected)).rejects.toMatchObject({
        error: 'invalid_grant',
        status: 400,
      })
    })

    test('is silent with a session, and login_required without (OpenID Connect Core 1.0, 3.1.2.6)', async () => {
      const { config, agent, tokens } = await logIn(variant, family)
      const again = await logInSilently(config, family, agent)
      expect(again.claims()?.sub).toBe(tokens.claims()?.sub)
      const stranger = createUserAgent(application)
      await expect(logInSilently(config, family, stranger)).rejects.toMatchObject({ error: 'login_required' })
    })
  })

  test('ends the session and comes back with the state (RP-Initiated Logout 1.0, 2 and 3)', async () => {
    const { config, agent, tokens } = await logIn(variant, 'oidc')
    const url = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: signedOutUri,
      state: 'signed out',
    })
    const { url: end } = await agent.open(url)
    expect(`${end.origin}${end.pathname}`).toBe(signedOutUri)
    expect(end.searchParams.get('state')).toBe('signed out')
    // Not the cookie alone is gone: the session itself is over.
    await expect(openid.fetchUserInfo(config, tokens.access_token, mira.id)).rejects.toMatchObject({ status: 401 })
    await expect(logInSilently(config, 'oidc', agent)).rejects.toMatchObject({ error: 'login_required' })
  })

  test.each([
    ['Basic', openid.ClientSecretBasic],
    ['post', openid.ClientSecretPost],
  ] as const)('gets client credentials of an inbound app by %s (RFC 6749, 4.4)', async (_place, authentication) => {
    const { clientId, clientSecret } = demoProject.agent
    const config = await discover(variant, 'inbound', clientId, authentication(clientSecret))
    const tokens = await openid.clientCredentialsGrant(config, { scope: 'contacts.read billing.read' })
    expect(tokens.scope).toBe('contacts.read')
    expect(tokens.refresh_token).toBeUndefined()
    expect(tokens.id_token).toBeUndefined()
  })

  test('gets client credentials of an access key by Basic, and not by post', async () => {
    const { clientId, clientSecret } = demoProject.accessKey
    const basic = await discover(variant, 'oidc', clientId, openid.ClientSecretBasic(clientSecret))
    await expect(openid.clientCredentialsGrant(basic)).resolves.toMatchObject({ token_type: 'bearer' })
    const post = await discover(variant, 'oidc', clientId, openid.ClientSecretPost(clientSecret))
    await expect(openid.clientCredentialsGrant(post)).rejects.toMatchObject({ error: 'invalid_client', status: 401 })
  })

  test('reads the challenge for a wrong secret (RFC 6749, 5.2)', async () => {
    const { clientId } = demoProject.agent
    const config = await discover(variant, 'inbound', clientId, openid.ClientSecretBasic('wrong'))
    await expect(openid.clientCredentialsGrant(config)).rejects.toMatchObject({
      code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
      status: 401,
    })
  })
})

describe('openid-client against a mock that breaks one rule', () => {
  test.each([
    ['id-token-signature-foreign-key', 'OAUTH_INVALID_RESPONSE'],
    ['id-token-nonce-wrong', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
    ['id-token-aud-wrong', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
    ['id-token-expired', 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'],
    ['response-iss-wrong', 'OAUTH_INVALID_RESPONSE'],
  ] as const)('refuses %s', async (fault, code) => {
    running.modern.idp.faults.next(fault)
    await expect(logIn('modern', 'oidc')).rejects.toMatchObject({ code })
    await expect(logIn('modern', 'oidc')).resolves.toMatchObject({ tokens: { token_type: 'bearer' } })
  })
})
