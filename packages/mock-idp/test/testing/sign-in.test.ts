import { demoProject, standardDemo } from '@countersign/mock-idp'
import { createTestIdp, signIn } from '@countersign/mock-idp/testing'
import { describe, expect, it } from 'vitest'
import { claimsOf } from '../support/relying-party.ts'

describe('signIn', () => {
  it('signs the first active user in at the default application', async () => {
    const idp = createTestIdp()
    const { user, claims, scope, headers, accessToken, refreshToken } = await signIn(idp)
    expect(user.id).toBe(demoProject.users.mira.id)
    expect(claims.iss).toBe(idp.issuer)
    expect(scope).toContain('openid')
    expect(headers.authorization).toBe(`Bearer ${accessToken}`)
    expect(refreshToken).toBeTruthy()
  })

  it('asks an inbound application for all it offers', async () => {
    const idp = createTestIdp()
    const { scope, accessToken } = await signIn(idp, { client: demoProject.spa.clientId })
    expect(scope).toContain('contacts.read')
    expect(claimsOf(accessToken).scope).toContain('contacts.read')
  })

  it('signs in at a client of the standard profile', async () => {
    const idp = createTestIdp({ profile: 'standard' })
    const { claims, refreshToken } = await signIn(idp)
    expect(claims).toMatchObject({ iss: idp.origin, aud: standardDemo.spa.clientId })
    expect(refreshToken).toBeTruthy()
    const { clientId, clientSecret } = standardDemo.web
    await expect(signIn(idp, { client: clientId, clientSecret })).resolves.toHaveProperty('idToken')
  })

  it('signs a confidential client in with its secret', async () => {
    const { clientId, clientSecret } = demoProject.agent
    const { accessToken } = await signIn(createTestIdp(), { client: clientId, clientSecret, scope: 'openid' })
    expect(accessToken).toBeTruthy()
  })

  it('signs a second user in, whoever was signed in before', async () => {
    const idp = createTestIdp()
    await signIn(idp)
    const { user, claims } = await signIn(idp, { user: demoProject.users.noa.loginId })
    expect([user.id, claims.sub]).toEqual([demoProject.users.noa.id, demoProject.users.noa.id])
  })

  it('meets the faults that are on', async () => {
    const idp = createTestIdp()
    idp.faults.next('token-status-503')
    await expect(signIn(idp)).rejects.toThrow('signIn: the mock answered 503')
    idp.faults.next('response-error', { error: 'access_denied' })
    await expect(signIn(idp)).rejects.toThrow('signIn: access_denied')
    await expect(signIn(idp)).resolves.toHaveProperty('accessToken')
  })

  it.each([
    [{ user: 'nobody@acme.example' }, /driver: the login did not end/],
    [{ client: 'nothing' }, 'there is no application "nothing"'],
  ])('rejects %j and says why', async (options, message) => {
    await expect(signIn(createTestIdp(), options)).rejects.toThrow(message)
  })
})

describe('createTestIdp', () => {
  it('signs with public test keys, unless the configuration says otherwise', () => {
    expect(createTestIdp().keys.kid).toBe('mock-test-key-1')
    expect(createTestIdp({ compat: { deterministicKeys: false } }).keys.kid).not.toContain('mock-test-key')
  })
})
