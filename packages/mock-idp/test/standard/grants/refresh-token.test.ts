import { describe, expect, it } from 'vitest'
import { claimsOf, get, mira } from '../../support/relying-party.ts'
import {
  asWeb,
  codeFor,
  problemOf,
  redeem,
  refresh,
  signIn,
  spa,
  standardIdp,
  token,
  userinfo,
  webAuth,
} from '../../support/standard-client.ts'

const scope = 'openid offline_access'
const invalidGrant = [400, 'invalid_grant']

describe('a refresh token', () => {
  it('comes with offline_access alone where openid was asked for (Core 11)', async () => {
    const idp = standardIdp()
    expect(await signIn(idp)).not.toHaveProperty('refresh_token')
    expect(await signIn(idp, { scope })).toHaveProperty('refresh_token')
    expect(await signIn(idp, { scope: 'contacts.read' })).toHaveProperty('refresh_token')
  })

  it('needs prompt=consent for a client that is not the own one of the provider (Core 11)', async () => {
    const idp = standardIdp()
    const ask = async (changes: object) =>
      (
        await redeem(
          idp,
          await codeFor(idp, { ...asWeb, scope, ...changes }),
          { ...asWeb, client_id: undefined },
          webAuth,
        )
      ).body
    expect(await ask({})).not.toHaveProperty('refresh_token')
    expect(await ask({ prompt: 'consent' })).toHaveProperty('refresh_token')
  })

  it('is rotated for a public client, and its second use ends the family (K-10.4.5)', async () => {
    const idp = standardIdp()
    const first = await signIn(idp, { scope })
    const second = await refresh(idp, first.refresh_token)
    expect(second.status).toBe(200)
    expect(claimsOf(second.body.id_token)).toMatchObject({ sub: mira.id, auth_time: 1767225600 })
    expect(claimsOf(second.body.id_token)).not.toHaveProperty('nonce')
    expect(problemOf(await refresh(idp, first.refresh_token))).toEqual(invalidGrant)
    expect(problemOf(await refresh(idp, second.body.refresh_token))).toEqual(invalidGrant)
    expect((await userinfo(idp, second.body.access_token)).status).toBe(401)
  })

  it('is good once for two requests at the same time', async () => {
    const idp = standardIdp()
    const { refresh_token } = await signIn(idp, { scope })
    const answers = await Promise.all([refresh(idp, refresh_token), refresh(idp, refresh_token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('stays the same for a client that authenticates, unless rotation is on', async () => {
    for (const refreshTokenRotation of [false, true]) {
      const idp = standardIdp({ refreshTokenRotation })
      const code = await codeFor(idp, { ...asWeb, scope, prompt: 'consent' })
      const { body } = await redeem(idp, code, { ...asWeb, client_id: undefined }, webAuth)
      const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
      const answer = await token(idp, fields, webAuth)
      expect('refresh_token' in answer.body).toBe(refreshTokenRotation)
    }
  })

  it('outlives a request for a resource that does not exist (RFC 8707 2)', async () => {
    const idp = standardIdp()
    const { refresh_token } = await signIn(idp, { scope })
    const wrong = await refresh(idp, refresh_token, { resource: 'https://other.example' })
    expect(problemOf(wrong)).toEqual([400, 'invalid_target'])
    expect((await refresh(idp, refresh_token)).status).toBe(200)
  })

  it('ends for good after its absolute lifetime, however often it was rotated (K-10.4.8)', async () => {
    const idp = standardIdp({ lifetimes: { refreshTokenSeconds: 100 } })
    let { refresh_token } = await signIn(idp, { scope })
    for (let round = 0; round < 3; round++) {
      idp.clock.advance(33)
      refresh_token = (await refresh(idp, refresh_token)).body.refresh_token
    }
    idp.clock.advance(1)
    expect(problemOf(await refresh(idp, refresh_token))).toEqual(invalidGrant)
  })

  it('gives no more than was granted', async () => {
    const idp = standardIdp()
    const { refresh_token } = await signIn(idp, { scope: `${scope} email` })
    const wide = await refresh(idp, refresh_token, { scope: `${scope} phone` })
    expect(problemOf(wide)).toEqual([400, 'invalid_scope'])
    expect((await refresh(idp, refresh_token, { scope: 'openid' })).body.scope).toBe('openid')
  })

  it('gives no more than the client is registered for now', async () => {
    const idp = standardIdp()
    const { refresh_token } = await signIn(idp, { scope: `${scope} email` })
    const first = await refresh(idp, refresh_token)
    expect(first.body.scope).toBe(`${scope} email`)
    idp.clients.update(spa.clientId, { scope })
    expect((await refresh(idp, first.body.refresh_token)).body.scope).toBe(scope)
  })

  it('lives on after the logout, because offline_access was allowed; what needs the session ends (Core 11)', async () => {
    const idp = standardIdp()
    const online = await signIn(idp)
    const offline = await signIn(idp, { scope })
    for (const { id } of idp.sessions.list()) idp.sessions.end(id)
    expect((await userinfo(idp, online.access_token)).status).toBe(401)
    expect((await refresh(idp, offline.refresh_token)).status).toBe(200)
  })

  it('ends when its user is disabled', async () => {
    const idp = standardIdp()
    const { refresh_token } = await signIn(idp, { scope })
    idp.users.update(mira.id, { status: 'disabled' })
    expect(problemOf(await refresh(idp, refresh_token))).toEqual(invalidGrant)
    expect((await get(idp, '/userinfo')).status).toBe(401)
  })
})
