import { describe, expect, it } from 'vitest'
import { answerOf, fixedIdp, get } from '../support/relying-party.ts'

const pid = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H'
const origin = 'http://127.0.0.1:4455'
const claims = [
  ...['iss', 'aud', 'iat', 'exp', 'sub', 'name', 'email', 'email_verified'],
  ...['phone_number', 'phone_number_verified', 'picture', 'family_name', 'given_name'],
]

describe('discovery', () => {
  it('serves the seed document for the default application, auth methods empty (S-064, S-087 to S-099, S-101)', async () => {
    const { status, body, headers } = await answerOf(await get(fixedIdp(), `/${pid}/.well-known/openid-configuration`))
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store, no-cache')
    expect(body).toEqual({
      issuer: `${origin}/${pid}`,
      jwks_uri: `${origin}/${pid}/.well-known/jwks.json`,
      authorization_endpoint: `${origin}/oauth2/v1/authorize`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint: `${origin}/oauth2/v1/token`,
      userinfo_endpoint: `${origin}/oauth2/v1/userinfo`,
      scopes_supported: ['openid', 'profile', 'email', 'phone'],
      claims_supported: claims,
      end_session_endpoint: `${origin}/oauth2/v1/logout`,
      revocation_endpoint: `${origin}/oauth2/v1/revoke`,
      token_endpoint_auth_methods_supported: [],
    })
  })

  it('serves the modern document for inbound applications, without logout (S-411, S-412, 2.3)', async () => {
    const { body } = await answerOf(await get(fixedIdp(), `/v1/apps/${pid}/.well-known/openid-configuration`))
    expect(body).toEqual({
      issuer: `${origin}/v1/apps/${pid}`,
      jwks_uri: `${origin}/${pid}/.well-known/jwks.json`,
      authorization_endpoint: `${origin}/oauth2/v1/apps/authorize`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint: `${origin}/oauth2/v1/apps/token`,
      userinfo_endpoint: `${origin}/oauth2/v1/apps/userinfo`,
      scopes_supported: ['openid'],
      claims_supported: claims,
      revocation_endpoint: `${origin}/oauth2/v1/apps/revoke`,
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    })
  })

  it('serves a named application under its own issuer, with endpoints that know it, and its claims (S-049, S-063, S-102, S-103)', async () => {
    const idp = fixedIdp({
      oidcApps: [
        { id: 'shop', name: 'Shop', claims: ['loyalty', 'email', 'born'] },
        { id: 'desk', name: 'Desk' },
      ],
    })
    const { body } = await answerOf(await get(idp, `/${pid}/shop/.well-known/openid-configuration`))
    expect(body.issuer).toBe(`${origin}/${pid}/shop`)
    expect(body.authorization_endpoint).toBe(`${origin}/shop/oauth2/v1/authorize`)
    expect(body.claims_supported).toEqual([...claims, 'loyalty', 'born'])
    for (const path of [`/${pid}`, `/${pid}/desk`]) {
      const other = await answerOf(await get(idp, `${path}/.well-known/openid-configuration`))
      expect([other.body.issuer, other.body.claims_supported]).toEqual([`${origin}${path}`, claims])
    }
  })

  it.each([
    [`/${pid}/.well-known/openid-configuration`, `/${pid}/.well-known/oauth-authorization-server`],
    [`/${pid}/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server/${pid}`],
    [`/v1/apps/${pid}/.well-known/openid-configuration`, `/v1/apps/${pid}/.well-known/oauth-authorization-server`],
    [`/v1/apps/${pid}/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server/v1/apps/${pid}`],
  ])('serves the body of %s at %s as well (2.3, RFC 8414 3.1)', async (path, alias) => {
    const idp = fixedIdp()
    expect(await (await get(idp, alias)).text()).toBe(await (await get(idp, path)).text())
  })

  it.each([
    '/P2other00000000000000000000/.well-known/openid-configuration',
    `/${pid}/nothing/.well-known/openid-configuration`,
    '/v1/apps/P2other00000000000000000000/.well-known/openid-configuration',
    '/P2other00000000000000000000/.well-known/jwks.json',
  ])('answers 404 in the service shape for %s (2.3)', async (path) => {
    const { status, body } = await answerOf(await get(fixedIdp(), path))
    expect(status).toBe(404)
    expect(body).toMatchObject({ errorCode: 'E011004', requestId: expect.any(String) })
  })

  it('hides a disabled named application (2.3)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'shop', name: 'Shop', status: 'disabled' }] })
    expect((await get(idp, `/${pid}/shop/.well-known/openid-configuration`)).status).toBe(404)
  })

  it('adds methods, grants and PKCE with the modern profile (S-101, Q-01 to Q-03)', async () => {
    const idp = fixedIdp({ compat: { metadataProfile: 'modern' } })
    const { body } = await answerOf(await get(idp, `/${pid}/.well-known/openid-configuration`))
    expect(body.code_challenge_methods_supported).toEqual(['S256'])
    expect(body.grant_types_supported).toContain('client_credentials')
    expect(body.token_endpoint_auth_methods_supported).toContain('client_secret_basic')
  })

  it('announces iss in the response only when the switch is on (RFC 9207 3)', async () => {
    const name = 'authorization_response_iss_parameter_supported'
    const on = fixedIdp({ compat: { authorizationResponseIss: true, metadataCacheControl: 'max-age=60' } })
    const answer = await answerOf(await get(on, `/${pid}/.well-known/openid-configuration`))
    expect(answer.body[name]).toBe(true)
    expect(answer.headers.get('cache-control')).toBe('max-age=60')
    const off = await answerOf(await get(fixedIdp(), `/${pid}/.well-known/openid-configuration`))
    expect(off.body).not.toHaveProperty(name)
  })

  it('writes every address for the configured origin (S-084, 2.3)', async () => {
    const idp = fixedIdp({ origin: 'https://login.acme.example' })
    const text = await (await get(idp, `/${pid}/.well-known/openid-configuration`)).text()
    expect(text).toContain(`https://login.acme.example/${pid}`)
    expect(text).not.toContain('127.0.0.1')
  })

  it('says that the hosted page is not for frames (2.5)', async () => {
    const { body } = await answerOf(await get(fixedIdp(), `/.well-known/project-configuration/${pid}`))
    expect(body).toEqual({ allowAuthHostingIframeEmbedding: false })
  })
})
