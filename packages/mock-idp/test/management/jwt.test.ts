import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { manage } from '../support/management.ts'
import { basic, claimsOf, fixedIdp, refresh, signIn, token, userinfo } from '../support/relying-party.ts'

const update = (idp: MockIdp, body: object, headers = {}) => manage(idp, '/v1/mgmt/jwt/update', body, headers)

describe('custom claims by the management API', () => {
  it('stand at the root of the new token and of later ones, byte for byte (S-120, S-122)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp, { scope: 'openid descope.custom_claims' })
    const customClaims = { plan: 'gold', Plan: 2, 'odd name': { deep: [true, null] } }
    const { status, body } = await update(idp, { jwt: tokens.access_token, customClaims })
    expect(status).toBe(200)
    expect(claimsOf(body.jwt)).toMatchObject({ ...customClaims, sub: claimsOf(tokens.access_token).sub, drn: 'DS' })
    const later = (await refresh(idp, tokens.refresh_token)).body
    expect(claimsOf(later.access_token)).toMatchObject(customClaims)
    expect(claimsOf(later.id_token)).toMatchObject(customClaims)
    expect((await userinfo(idp, body.jwt)).body.nsec).toMatchObject(customClaims)
    expect(claimsOf(tokens.access_token)).not.toHaveProperty('plan')
  })

  it('take a refresh token as well; a second call adds to the first (S-120)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    await update(idp, { jwt: tokens.access_token, customClaims: { a: 1, b: 1 } })
    const { body } = await update(idp, { jwt: tokens.refresh_token, customClaims: { b: 2 } })
    expect(claimsOf(body.jwt).drn).toBe('DSR')
    const later = (await refresh(idp, body.jwt)).body
    expect(claimsOf(later.access_token)).toMatchObject({ a: 1, b: 2 })
  })

  it('need the management key (S-121)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    const fields = { jwt: access_token, customClaims: { a: 1 } }
    const wrong = await update(idp, fields, { authorization: `Bearer ${access_token}` })
    expect([wrong.status, wrong.body.errorCode]).toEqual([401, 'E011001'])
    expect((await update(idp, fields)).status).toBe(200)
  })

  it.each([
    [{ customClaims: undefined }, 400, 'E011002'],
    [{ customClaims: 'x' }, 400, 'E011003'],
    [{ customClaims: { roles: ['King'] } }, 400, 'E011003'],
    [{ customClaims: { ['x'.repeat(61)]: 1 } }, 400, 'E011003'],
    [{ customClaims: { long: 'x'.repeat(501) } }, 400, 'E011003'],
    [{ customClaims: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`c${n}`, n])) }, 400, 'E011003'],
    [{ jwt: undefined }, 400, 'E011002'],
    [{ jwt: 'x.y.z' }, 401, 'E061005'],
  ])('are refused: %j', async (changes, status, code) => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    const answer = await update(idp, { jwt: access_token, customClaims: { a: 1 }, ...changes })
    expect([answer.status, answer.body.errorCode]).toEqual([status, code])
  })

  it('are refused for machine tokens, expired ones and ended sessions', async () => {
    const idp = fixedIdp()
    const { clientId, secret } = { clientId: idp.projectId, secret: idp.accessKeys.list()[0]?.secret ?? '' }
    const machine = (await token(idp, { grant_type: 'client_credentials' }, 'oidc', basic(clientId, secret))).body
    const customClaims = { a: 1 }
    expect((await update(idp, { jwt: machine.access_token, customClaims })).body.errorCode).toBe('E061005')
    const tokens = await signIn(idp)
    idp.clock.advance(600)
    expect((await update(idp, { jwt: tokens.access_token, customClaims })).status).toBe(401)
    expect((await update(idp, { jwt: tokens.refresh_token, customClaims })).status).toBe(200)
    for (const { id } of idp.sessions.list()) idp.sessions.end(id)
    expect((await update(idp, { jwt: tokens.refresh_token, customClaims })).status).toBe(401)
  })
})
