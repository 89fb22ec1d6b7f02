import { demoProject, standardDemo } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { claimsOf, fixedIdp, headerOf, mira } from '../support/relying-party.ts'
import { standardIdp } from '../support/standard-client.ts'

const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }

describe('a logout token to order (Back-Channel Logout 2.4)', () => {
  it('names issuer, client, user, session and the event of a logout', async () => {
    const idp = fixedIdp()
    const token = await idp.tokens.logoutToken({ user: mira.loginId, sid: 's-1' })
    expect(headerOf(token)).toEqual({ alg: 'RS256', typ: 'logout+jwt', kid: idp.keys.kid })
    const { iat, exp, jti, ...claims } = claimsOf(token)
    expect(claims).toEqual({ iss: idp.issuer, aud: demoProject.oidc.clientId, sub: mira.id, sid: 's-1', events })
    expect([exp - iat, typeof jti]).toEqual([120, 'string'])
  })

  it('is for a client of the standard profile as well', async () => {
    const idp = standardIdp()
    const token = await idp.tokens.logoutToken({ user: mira.id, client: standardDemo.web.clientId })
    expect(claimsOf(token)).toMatchObject({ iss: idp.issuer, aud: standardDemo.web.clientId, sub: mira.id, events })
    await expect(idp.tokens.logoutToken({ user: mira.id })).rejects.toThrow('the client "" is unknown')
  })

  it.each([[{}], [{ user: 'nobody' }], [{ sid: 's-1', client: 'nobody' }]])('%j is a TypeError', async (request) => {
    await expect(fixedIdp().tokens.logoutToken(request)).rejects.toThrow(TypeError)
  })

  it('says what it was told to', async () => {
    const claims = { nonce: 'n', events: undefined }
    const made = claimsOf(await fixedIdp().tokens.logoutToken({ sid: 's-1', claims }))
    expect(made).toMatchObject({ nonce: 'n', sid: 's-1' })
    expect(made).not.toHaveProperty('events')
  })
})
