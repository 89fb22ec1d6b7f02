import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { answerOf, get, mira, post } from '../../support/relying-party.ts'
import { signIn, spa, standardIdp, token, userinfo, webAuth } from '../../support/standard-client.ts'

describe('userinfo', () => {
  it('has the claims of the scopes (Core 5.4)', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp)
    const answer = await userinfo(idp, access_token)
    expect(answer.body).toEqual({
      sub: mira.id,
      name: mira.name,
      given_name: 'Mira',
      family_name: 'Tal',
      picture: 'https://acme.example/mira.png',
      email: mira.loginId,
      email_verified: true,
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('is a JWT for a client with userinfo_signed_response_alg (Core 5.3.2)', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { userinfo_signed_response_alg: 'ES256' })
    const { access_token } = await signIn(idp)
    const answer = await userinfo(idp, access_token)
    expect(answer.headers.get('content-type')).toBe('application/jwt')
    const { body: jwks } = await answerOf(await get(idp, '/jwks'))
    const options = { issuer: idp.issuer, audience: spa.clientId, algorithms: ['ES256'] }
    const { payload } = await jwtVerify(answer.body, createLocalJWKSet(jwks), options)
    expect(payload).toMatchObject({ sub: mira.id, email: mira.loginId })
  })

  it('asks for a token without a code when none was sent, and says invalid_token otherwise (RFC 6750 3.1)', async () => {
    const idp = standardIdp()
    const none = await answerOf(await get(idp, '/userinfo'))
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer, DPoP algs=/),
    ])
    const wrong = await userinfo(idp, 'wrong')
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/invalid_token/)])
  })

  it('refuses a token without openid, of a user or a machine, with 403 (RFC 6750 3.1)', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, { scope: 'contacts.read' })
    const fields = { grant_type: 'client_credentials', scope: 'contacts.read' }
    const machine = await token(idp, fields, webAuth)
    for (const text of [access_token, machine.body.access_token]) {
      const answer = await userinfo(idp, text)
      expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope'])
    }
  })
})

describe('revoke (RFC 7009)', () => {
  it('ends an access token, or the whole family of a refresh token', async () => {
    const idp = standardIdp()
    const tokens = await signIn(idp, { scope: 'openid offline_access' })
    const other = await signIn(idp)
    const revoke = (text: string) => post(idp, '/revoke', { token: text, client_id: spa.clientId })
    expect((await revoke(other.access_token)).status).toBe(200)
    expect((await userinfo(idp, other.access_token)).status).toBe(401)
    expect((await userinfo(idp, tokens.access_token)).status).toBe(200)
    await revoke(tokens.refresh_token)
    expect((await userinfo(idp, tokens.access_token)).status).toBe(401)
  })

  it('leaves tokens of other clients alone, and needs a client that authenticates (K-10.4.10)', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp)
    expect((await post(idp, '/revoke', { token: access_token }, webAuth)).status).toBe(200)
    expect((await userinfo(idp, access_token)).status).toBe(200)
    const unnamed = await answerOf(await post(idp, '/revoke', { token: access_token, client_id: 'mock-web' }))
    expect([unnamed.status, unnamed.body.error]).toEqual([401, 'invalid_client'])
  })
})
