import type { MockIdp } from '@countersign/mock-idp'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { asService } from '../../support/client-assertion.ts'
import { answerOf, get, mira, post } from '../../support/relying-party.ts'
import { refresh, resources, signIn, spa, standardIdp, token, web, webAuth } from '../../support/standard-client.ts'

const introspect = async (idp: MockIdp, text: string, fields: object, headers = {}) =>
  answerOf(await post(idp, '/introspect', { token: text, ...fields }, headers))

describe('introspection (RFC 7662)', () => {
  it('tells an API about a token for it, as JWT or as random text', async () => {
    const idp = standardIdp()
    for (const [scope, aud] of [
      ['contacts.read', resources.contacts],
      ['files.read', resources.files],
    ] as const) {
      const { access_token } = await signIn(idp, { scope, resource: aud })
      const { body, headers } = await introspect(idp, access_token, await asService(idp))
      expect(body).toMatchObject({
        active: true,
        iss: idp.issuer,
        sub: mira.id,
        aud,
        client_id: spa.clientId,
        scope,
        username: mira.loginId,
        token_type: 'Bearer',
        iat: 1767225600,
        exp: 1767226200,
      })
      expect(headers.get('cache-control')).toBe('no-store')
      expect(access_token.split('.')).toHaveLength(aud === resources.files ? 1 : 3)
    }
  })

  it('says nothing but not active of tokens that are over, revoked, of others, or none', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, { scope: 'contacts.read' })
    const inactive = async (text: string, fields: object, headers = {}) =>
      expect((await introspect(idp, text, fields, headers)).body).toEqual({ active: false })
    await inactive('other', await asService(idp))
    await inactive(access_token, {}, webAuth)
    const revoked = await signIn(idp, { scope: 'contacts.read' })
    await post(idp, '/revoke', { token: revoked.access_token, client_id: spa.clientId })
    await inactive(revoked.access_token, await asService(idp))
    idp.clock.advance(600)
    await inactive(access_token, await asService(idp))
  })

  it('tells a client about its own tokens, refresh tokens as well, until they are rotated', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { token_endpoint_auth_method: 'client_secret_post', client_secret: 's' })
    const auth = { client_id: spa.clientId, client_secret: 's' }
    const fields = { grant_type: 'client_credentials', scope: 'contacts.read' }
    const own = await token(idp, fields, webAuth)
    expect((await introspect(idp, own.body.access_token, {}, webAuth)).body.active).toBe(true)
    expect((await introspect(idp, own.body.access_token, auth)).body.active).toBe(false)
  })

  it('says that the own token of a client that is no more is not active', async () => {
    const idp = standardIdp()
    const fields = { grant_type: 'client_credentials', resource: resources.contacts }
    const { body } = await token(idp, fields, webAuth)
    const ask = async () => (await introspect(idp, body.access_token, await asService(idp))).body.active
    expect(await ask()).toBe(true)
    idp.clients.delete(web.clientId)
    expect(await ask()).toBe(false)
  })

  it('answers a signed JWT for the client that asks for one, active or not (RFC 9701 4, 5)', async () => {
    const idp = standardIdp()
    const { body } = await token(idp, { grant_type: 'client_credentials', scope: 'contacts.read' }, webAuth)
    const accept = 'application/token-introspection+jwt'
    const ask = (text: string) => post(idp, '/introspect', { token: text }, { ...webAuth, accept })
    const plain = (await introspect(idp, body.access_token, {}, webAuth)).body
    const keys = createLocalJWKSet((await answerOf(await get(idp, '/jwks'))).body)
    for (const [text, content] of [
      [body.access_token, plain],
      ['unknown', { active: false }],
    ]) {
      const response = await ask(text)
      expect(response.headers.get('content-type')).toBe(accept)
      expect(response.headers.get('cache-control')).toBe('no-store')
      const { payload, protectedHeader } = await compactVerify(await response.text(), keys)
      expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'token-introspection+jwt', kid: expect.any(String) })
      expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
        iss: idp.issuer,
        aud: web.clientId,
        iat: 1767225600,
        token_introspection: content,
      })
    }
  })

  it('signs with the algorithm that the client is registered for (RFC 9701 6, 7)', async () => {
    const idp = standardIdp()
    idp.clients.update(web.clientId, { introspection_signed_response_alg: 'ES256' })
    const headers = { ...webAuth, accept: 'application/json;q=0.1, application/token-introspection+jwt' }
    const jwt = await (await post(idp, '/introspect', { token: 'unknown' }, headers)).text()
    expect(decodeProtectedHeader(jwt).alg).toBe('ES256')
    const { body } = await answerOf(await get(idp, '/.well-known/openid-configuration'))
    expect(body.introspection_signing_alg_values_supported).toContain('ES256')
  })

  it('is not for public clients, and not without authentication (K-10.4.10)', async () => {
    const idp = standardIdp()
    const { access_token, refresh_token } = await signIn(idp, { scope: 'openid offline_access' })
    const refused = await introspect(idp, access_token, { client_id: spa.clientId })
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect((await introspect(idp, access_token, {})).status).toBe(401)
    expect((await refresh(idp, refresh_token)).status).toBe(200)
  })
})
