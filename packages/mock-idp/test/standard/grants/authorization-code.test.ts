import { describe, expect, it } from 'vitest'
import { challenge, claimsOf, headerOf, mira, type pairs, verifier } from '../../support/relying-party.ts'
import {
  asWeb,
  codeFor,
  problemOf,
  redeem,
  refresh,
  resources,
  signIn,
  spa,
  standardIdp,
  token,
  userinfo,
  webAuth,
} from '../../support/standard-client.ts'

const invalidGrant = [400, 'invalid_grant']

describe('authorization_code', () => {
  it('gives an ID token by Core 2 and an access token by RFC 9068', async () => {
    const idp = standardIdp()
    const tokens = await signIn(idp)
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'openid profile email' })
    expect(headerOf(tokens.id_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(claimsOf(tokens.id_token)).toMatchObject({
      iss: idp.issuer,
      sub: mira.id,
      aud: spa.clientId,
      nonce: 'nonce-1',
      auth_time: 1767225600,
    })
    expect(headerOf(tokens.access_token).typ).toBe('at+jwt')
    expect(claimsOf(tokens.access_token)).toMatchObject({
      iss: idp.issuer,
      sub: mira.id,
      aud: idp.issuer,
      client_id: spa.clientId,
      scope: 'openid profile email',
      iat: 1767225600,
      exp: 1767226200,
      jti: expect.any(String),
    })
  })

  it('gives no claims of scopes in the ID token, but those that claims.id_token names (Core 5.4, 5.5)', async () => {
    const idp = standardIdp()
    expect(claimsOf((await signIn(idp)).id_token)).not.toHaveProperty('email')
    const claims = JSON.stringify({ id_token: { email: { essential: true } }, userinfo: { phone_number: null } })
    const tokens = await signIn(idp, { scope: 'openid', claims })
    expect(claimsOf(tokens.id_token).email).toBe(mira.loginId)
    expect((await userinfo(idp, tokens.access_token)).body).toEqual({ sub: mira.id, phone_number: '+15550100' })
  })

  it('infers the audience from the scopes where no resource is named (RFC 9068 3)', async () => {
    const idp = standardIdp()
    const tokens = await signIn(idp, { scope: 'openid contacts.read' })
    expect(claimsOf(tokens.access_token).aud).toBe(resources.contacts)
    expect((await userinfo(idp, tokens.access_token)).status).toBe(200)
  })

  it.each(['ES256', 'PS256', 'EdDSA'] as const)(
    'signs the ID token with %s for a client that wants it',
    async (alg) => {
      const idp = standardIdp()
      idp.clients.update(spa.clientId, { id_token_signed_response_alg: alg })
      const { id_token } = await signIn(idp)
      expect([headerOf(id_token).alg, headerOf(id_token).kid]).toEqual([alg, `mock-test-key-${alg}-1`])
    },
  )

  it('gives each sector its own sub with subject_type pairwise (Core 8.1)', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { subject_type: 'pairwise' })
    const tokens = await signIn(idp)
    const { sub } = claimsOf(tokens.id_token)
    expect(sub).not.toBe(mira.id)
    expect((await userinfo(idp, tokens.access_token)).body.sub).toBe(sub)
    expect(claimsOf((await signIn(idp)).id_token).sub).toBe(sub)
  })
})

describe('a code', () => {
  it('used twice ends what it gave (K-10.4.2)', async () => {
    const idp = standardIdp()
    const code = await codeFor(idp, { scope: 'openid offline_access' })
    const { body } = await redeem(idp, code)
    expect((await userinfo(idp, body.access_token)).status).toBe(200)
    expect(problemOf(await redeem(idp, code))).toEqual(invalidGrant)
    expect((await userinfo(idp, body.access_token)).status).toBe(401)
    expect(problemOf(await refresh(idp, body.refresh_token))).toEqual(invalidGrant)
  })

  it('replayed with a wrong verifier is refused and ends nothing (K-10.4.2)', async () => {
    const idp = standardIdp()
    const code = await codeFor(idp)
    const { body } = await redeem(idp, code)
    expect(problemOf(await redeem(idp, code, { code_verifier: 'x'.repeat(43) }))).toEqual(invalidGrant)
    expect((await userinfo(idp, body.access_token)).status).toBe(200)
  })

  it('lives 60 seconds by default, and never more than 10 minutes (K-10.4.3)', async () => {
    const idp = standardIdp()
    const first = await codeFor(idp)
    idp.clock.advance(59)
    expect((await redeem(idp, first)).status).toBe(200)
    const second = await codeFor(idp)
    idp.clock.advance(60)
    expect(problemOf(await redeem(idp, second))).toEqual(invalidGrant)
    expect(() => standardIdp({ lifetimes: { codeSeconds: 601 } })).toThrow('config.lifetimes.codeSeconds')
  })

  it.each([
    ['without verifier', { code_verifier: undefined }],
    ['with a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ['with another redirect URI', { redirect_uri: spa.silentRedirectUri }],
    ['without redirect URI', { redirect_uri: undefined }],
  ])('is refused %s (K-10.4.6, RFC 6749 4.1.3)', async (_, changes) => {
    const idp = standardIdp()
    expect(problemOf(await redeem(idp, await codeFor(idp), changes))).toEqual(invalidGrant)
  })

  it('without challenge is refused with a verifier, and good without one for a client without PKCE (K-10.4.6)', async () => {
    const idp = standardIdp()
    idp.clients.update('mock-web', { require_pkce: false })
    const ask = { ...asWeb, code_challenge: undefined, code_challenge_method: undefined }
    const send = async (code_verifier?: string) =>
      redeem(
        idp,
        await codeFor(idp, ask),
        { redirect_uri: asWeb.redirect_uri, client_id: undefined, code_verifier },
        webAuth,
      )
    expect(problemOf(await send(verifier))).toEqual(invalidGrant)
    expect((await send()).status).toBe(200)
    expect(challenge).toHaveLength(43)
  })

  it('of another client is refused', async () => {
    const idp = standardIdp()
    const code = await codeFor(idp)
    expect(problemOf(await redeem(idp, code, { client_id: undefined }, webAuth))).toEqual(invalidGrant)
    expect((await redeem(idp, code)).status).toBe(200)
  })
})

describe('token endpoint', () => {
  it.each<[string, Parameters<typeof pairs>[0], string]>([
    ['unsupported_grant_type', { grant_type: 'password', username: 'a', password: 'b' }, 'K-10.4.4'],
    ['unsupported_grant_type', { grant_type: 'implicit' }, 'RFC 6749 5.2'],
    ['unauthorized_client', { grant_type: 'client_credentials' }, 'RFC 6749 5.2'],
    ['invalid_request', { grant_type: undefined }, 'RFC 6749 5.2'],
    ['invalid_request', { grant_type: ['a', 'b'] }, 'RFC 6749 3.2'],
  ])('answers %s for %j (%s)', async (error, fields) => {
    const answer = await token(standardIdp(), { client_id: spa.clientId, ...fields })
    expect(problemOf(answer)).toEqual([400, error])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('takes forms alone', async () => {
    const idp = standardIdp()
    const body = JSON.stringify({ grant_type: 'authorization_code', client_id: spa.clientId, code: await codeFor(idp) })
    const headers = { 'content-type': 'application/json' }
    const response = await idp.fetch(new Request(`${idp.origin}/token`, { method: 'POST', headers, body }))
    expect([response.status, (await response.json()).error]).toEqual([400, 'invalid_request'])
  })
})
