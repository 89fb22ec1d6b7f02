import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  basePath,
  basic,
  clientIdOf,
  codeFor,
  fixedIdp,
  type Kind,
  post,
  redeem,
  refresh,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const revoke = async (idp: ReturnType<typeof fixedIdp>, fields: object, kind: Kind = 'oidc', headers = {}) =>
  answerOf(await post(idp, `${basePath(kind)}/revoke`, { client_id: clientIdOf[kind], ...fields }, headers))

describe('revoke (2.10)', () => {
  it.each(['oidc', 'inbound'] as const)(
    'ends the family of a refresh token, not the session (%s; S-203, S-206)',
    async (kind) => {
      const idp = fixedIdp()
      const tokens = await signIn(idp, {}, kind)
      const { status, body } = await revoke(idp, { token: tokens.refresh_token }, kind)
      expect([status, body]).toEqual([200, ''])
      expect((await refresh(idp, tokens.refresh_token, {}, kind)).body.error).toBe('invalid_grant')
      expect((await userinfo(idp, tokens.access_token, kind)).status).toBe(401)
      expect(idp.sessions.list()).toHaveLength(1)
    },
  )

  it('ends an access token alone', async () => {
    const idp = fixedIdp({ compat: { addJti: true } })
    const tokens = await signIn(idp)
    expect((await revoke(idp, { token: tokens.access_token, token_type_hint: 'refresh_token' })).status).toBe(200)
    expect((await userinfo(idp, tokens.access_token)).status).toBe(401)
    const next = await refresh(idp, tokens.refresh_token)
    expect((await userinfo(idp, next.body.access_token)).status).toBe(200)
  })

  it('answers 200 for an unknown token and 400 for a missing one (S-203, S-204)', async () => {
    const idp = fixedIdp()
    expect((await revoke(idp, { token: 'unknown' })).status).toBe(200)
    const missing = await revoke(idp, {})
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request'])
  })

  it('answers 200 for a token of another client and revokes nothing', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'spa', name: 'Spa', clientType: 'public', clientId: 'spa-client' }] })
    const tokens = await signIn(idp)
    expect((await revoke(idp, { token: tokens.refresh_token, client_id: 'spa-client' })).status).toBe(200)
    expect((await refresh(idp, tokens.refresh_token)).status).toBe(200)
  })

  it('asks a confidential client to authenticate, and an unknown one too', async () => {
    const idp = fixedIdp()
    const { clientId, clientSecret } = demoProject.agent
    const secret = { client_id: clientId, client_secret: clientSecret }
    const { body } = await redeem(idp, await codeFor(idp, { client_id: clientId }, 'inbound'), secret, 'inbound')
    const bare = await revoke(idp, { token: body.refresh_token, client_id: clientId }, 'inbound')
    expect([bare.status, bare.body.error]).toEqual([401, 'invalid_client'])
    expect((await revoke(idp, { token: 'x', client_id: 'nobody' })).status).toBe(401)
    const header = basic(clientId, clientSecret)
    expect((await revoke(idp, { token: body.refresh_token, client_id: undefined }, 'inbound', header)).status).toBe(200)
    expect((await refresh(idp, body.refresh_token, secret, 'inbound')).body.error).toBe('invalid_grant')
  })

  it('answers 400 for a repeated parameter and revokes nothing (RFC 6749 3.2)', async () => {
    const idp = fixedIdp()
    const { refresh_token } = await signIn(idp)
    const twice = { token: [refresh_token, refresh_token], client_id: idp.projectId }
    const answer = await answerOf(await post(idp, '/oauth2/v1/revoke', twice))
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
    expect((await refresh(idp, refresh_token)).status).toBe(200)
  })

  it('accepts a JSON body (S-204)', async () => {
    const idp = fixedIdp()
    const { refresh_token } = await signIn(idp)
    const response = await idp.fetch(
      new Request(`${idp.origin}/oauth2/v1/revoke`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: refresh_token, client_id: idp.projectId }),
      }),
    )
    expect(response.status).toBe(200)
    expect((await refresh(idp, refresh_token)).status).toBe(400)
  })
})
