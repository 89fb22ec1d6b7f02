import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, claimsOf, fixedIdp, mira, redeem, refresh, userinfo } from '../support/relying-party.ts'

const { partner, tenants } = demoProject
const { appId, clientId } = partner
const now = 1767225600
const full = 'openid contacts.read contacts.write birthday'

const url = (idp: MockIdp, changes: Record<string, string | undefined> = {}) =>
  authorizeUrl(idp, { client_id: clientId, scope: full, tenant: 'acme.example', ...changes }, 'inbound')

/** A login without a consent page: fails when one comes up. */
async function silently(idp: MockIdp, changes: Record<string, string | undefined> = {}) {
  idp.driver.clearCookies()
  await idp.driver.login(authorizeUrl(idp, { scope: 'openid' }), { user: mira.loginId })
  return (await idp.driver.visit(url(idp, { prompt: 'none', ...changes }))).searchParams
}

async function signIn(idp: MockIdp, changes: Record<string, string | undefined> = {}) {
  idp.driver.clearCookies()
  const callback = await idp.driver.login(url(idp, changes), { user: mira.loginId })
  const code = callback.searchParams.get('code') ?? ''
  return (await redeem(idp, code, { client_id: clientId }, 'inbound')).body
}

const refreshed = (idp: MockIdp, token: string, changes = {}) =>
  refresh(idp, token, { client_id: clientId, ...changes }, 'inbound')

describe('which consents count (5.4 step 4)', () => {
  const scopes = ['contacts.read', 'contacts.write', 'birthday']
  const errorWith = async (consent: object, changes = {}) => {
    const idp = fixedIdp()
    idp.consents.create({ appId, scopes, ...consent })
    return (await silently(idp, changes)).get('error')
  }

  it('that of the user in the current tenant, not in another one (S-419, S-420)', async () => {
    expect(await errorWith({ userId: mira.id, tenantId: tenants.acme })).toBeNull()
    expect(await errorWith({ userId: mira.id, tenantId: tenants.globex })).toBe('consent_required')
  })

  it('that of the whole tenant, for its members in it (S-419, S-420)', async () => {
    expect(await errorWith({ tenantId: tenants.acme })).toBeNull()
    expect(await errorWith({ tenantId: tenants.globex })).toBe('consent_required')
  })

  it('that of the user outside of any tenant, in every tenant (S-420)', async () => {
    expect(await errorWith({ userId: mira.id })).toBeNull()
    expect(await errorWith({ userId: mira.id }, { tenant: undefined })).toBeNull()
  })

  it('not that of another user or application (S-419)', async () => {
    expect(await errorWith({ userId: demoProject.users.noa.id })).toBe('consent_required')
    expect(await errorWith({ userId: demoProject.users.noa.id, tenantId: tenants.acme })).toBe('consent_required')
    const idp = fixedIdp()
    idp.consents.create({ appId: demoProject.spa.appId, userId: mira.id, scopes })
    expect((await silently(idp)).get('error')).toBe('consent_required')
  })

  it('not one that has expired (5.1 expireTime)', async () => {
    const idp = fixedIdp()
    idp.consents.create({ appId, userId: mira.id, scopes, expireTime: now + 100 })
    expect((await silently(idp)).has('code')).toBe(true)
    idp.clock.advance(100)
    expect((await silently(idp)).get('error')).toBe('consent_required')
  })

  it('several together: their scopes are joined (S-418)', async () => {
    const idp = fixedIdp()
    idp.consents.create({ appId, userId: mira.id, scopes: ['contacts.read'] })
    expect((await silently(idp)).get('error')).toBe('consent_required')
    idp.consents.create({ appId, tenantId: tenants.acme, scopes: ['contacts.write', 'birthday'] })
    expect((await silently(idp)).has('code')).toBe(true)
  })

  it('where nothing is mandatory a record is needed all the same (5.4 step 9)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(appId, { permissionsScopes: [], attributesScopes: [] })
    expect((await silently(idp, { scope: 'openid' })).get('error')).toBe('consent_required')
    idp.consents.create({ appId, userId: mira.id, scopes: [] })
    expect((await silently(idp, { scope: 'openid' })).has('code')).toBe(true)
  })
})

describe('how a consent is stored (5.4 step 7)', () => {
  it('under one id for application, user and tenant; scopes join, times move (S-417, S-418, S-422)', () => {
    const idp = fixedIdp()
    const first = idp.consents.create({ appId, userId: mira.id, scopes: ['contacts.read'], expireTime: now + 9000 })
    idp.clock.advance(10)
    const second = idp.consents.create({ appId, userId: mira.id, scopes: ['birthday'] })
    expect(second).toEqual({ ...first, scopes: ['contacts.read', 'birthday'], modifiedTime: now + 10 })
    const third = idp.consents.create({ appId, userId: mira.id, scopes: [], expireTime: 0 })
    expect([third.expireTime, idp.consents.search().length]).toEqual([0, 1])
    expect(idp.consents.create({ appId, userId: mira.id, tenantId: tenants.acme, scopes: [] }).id).not.toBe(first.id)
  })

  it('without the scopes of an expired one (5.1)', () => {
    const idp = fixedIdp()
    idp.consents.create({ appId, userId: mira.id, scopes: ['birthday'], expireTime: now + 10 })
    idp.clock.advance(10)
    const renewed = idp.consents.create({ appId, userId: mira.id, scopes: ['contacts.read'] })
    expect(renewed).toMatchObject({ scopes: ['contacts.read'], expireTime: 0 })
  })

  it('with the user as granting user after a consent page, and the current tenant (S-420, S-421)', async () => {
    const idp = fixedIdp()
    await signIn(idp)
    expect(idp.consents.search()).toMatchObject([{ userId: mira.id, tenantId: tenants.acme, grantedBy: mira.id }])
  })

  it('by the server for an application that skips the page (5.1 skipConsentScreen)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(appId, { skipConsentScreen: true })
    expect((await silently(idp)).has('code')).toBe(true)
    expect(idp.consents.search()).toMatchObject([{ grantedBy: mira.id, scopes: full.split(' ').slice(1) }])
    const [record] = idp.consents.search()
    idp.clock.advance(5)
    await silently(idp)
    expect(idp.consents.search()).toEqual([record])
  })

  it('prompt=consent takes a scope back from the consent outside of tenants as well (5.4 step 7)', async () => {
    const idp = fixedIdp()
    idp.consents.create({ appId, userId: mira.id, scopes: ['contacts.read', 'birthday'] })
    await idp.driver.login(url(idp, { prompt: 'consent' }), { user: mira.loginId, consent: [] })
    const held = idp.consents.search().flatMap(({ scopes }) => scopes)
    expect([held.includes('contacts.read'), held.includes('birthday')]).toEqual([true, false])
  })
})

describe('what a consent means for refresh tokens (5.4 steps 11 to 13)', () => {
  it('gone: invalid_grant and 401 at userinfo, while the access token verifies until it expires (S-416)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    expect((await userinfo(idp, tokens.access_token, 'inbound')).status).toBe(200)
    expect((await refreshed(idp, tokens.refresh_token)).status).toBe(200)
    expect(idp.consents.delete({ userIds: [mira.id] })).toBe(1)
    const answer = await refreshed(idp, tokens.refresh_token)
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
    expect((await userinfo(idp, tokens.access_token, 'inbound')).status).toBe(401)
    expect(claimsOf(tokens.access_token).exp).toBe(now + 600)
  })

  it('expired: invalid_grant (5.4 step 11)', async () => {
    const idp = fixedIdp()
    idp.consents.create({ appId, userId: mira.id, scopes: full.split(' ').slice(1), expireTime: now + 60 })
    const tokens = await signIn(idp)
    expect((await refreshed(idp, tokens.refresh_token)).status).toBe(200)
    idp.clock.advance(60)
    expect((await refreshed(idp, tokens.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('smaller: the intersection; larger: no more than at the login (S-387)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp, { scope: 'openid contacts.read contacts.write' })
    await idp.driver.login(url(idp, { prompt: 'consent' }), { user: mira.loginId, consent: ['birthday'] })
    expect((await refreshed(idp, tokens.refresh_token)).body.scope).toBe('openid contacts.read')
    const broader = await refreshed(idp, tokens.refresh_token, { scope: 'openid birthday' })
    expect(broader.body.error).toBe('invalid_scope')
  })

  it('the role behind a scope is lost: the scope disappears at the next refresh, nothing earlier (S-401)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    idp.users.update(mira.id, { roles: [], tenants: { [tenants.acme]: { roles: ['Contact Reader'] } } })
    expect((await userinfo(idp, tokens.access_token, 'inbound')).body.nsec.scope).toBe(full)
    expect((await refreshed(idp, tokens.refresh_token)).body.scope).toBe('openid contacts.read birthday')
  })

  it('a tenant-level consent ends the tokens that rest on it alone (S-419, S-420)', async () => {
    const scopes = full.split(' ').slice(1)
    const idp = fixedIdp()
    idp.consents.create({ appId, tenantId: tenants.acme, scopes })
    const alone = await signIn(idp)
    idp.consents.delete({ tenantId: tenants.acme })
    expect((await refreshed(idp, alone.refresh_token)).body.error).toBe('invalid_grant')
    idp.consents.create({ appId, tenantId: tenants.acme, scopes })
    idp.consents.create({ appId, userId: mira.id, scopes })
    const both = await signIn(idp)
    idp.consents.delete({ tenantId: tenants.acme })
    expect((await refreshed(idp, both.refresh_token)).body.scope).toBe(full)
  })

  it("the user's own consent ends the tokens of its tenant, although the whole tenant consents too (S-419)", async () => {
    const scopes = full.split(' ').slice(1)
    const idp = fixedIdp()
    idp.consents.create({ appId, tenantId: tenants.acme, scopes })
    idp.consents.create({ appId, userId: mira.id, tenantId: tenants.acme, scopes })
    const tokens = await signIn(idp)
    expect(idp.consents.delete({ userIds: [mira.id] })).toBe(1)
    expect((await refreshed(idp, tokens.refresh_token)).body.error).toBe('invalid_grant')
    expect((await silently(idp)).has('code')).toBe(true)
  })

  it('a code that was not redeemed yet dies with the consent (5.4 step 12)', async () => {
    const idp = fixedIdp()
    const callback = await idp.driver.login(url(idp), { user: mira.loginId })
    idp.consents.delete({ appId })
    const answer = await redeem(idp, callback.searchParams.get('code') ?? '', { client_id: clientId }, 'inbound')
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
  })
})

describe('roles of permission scopes', () => {
  it('one of several is enough, at project level or in the current tenant; none is not (S-401)', async () => {
    const idp = fixedIdp()
    const scope = { name: 'contacts.write', description: 'Write', optional: true, values: ['Billing Admin', 'Worker'] }
    idp.inboundApps.update(appId, { permissionsScopes: [scope] })
    const granted = async (roles: string[], inAcme: string[], inGlobex: string[] = []) => {
      const memberships = { [tenants.acme]: { roles: inAcme }, [tenants.globex]: { roles: inGlobex } }
      idp.users.update(mira.id, { roles, tenants: memberships })
      return (await signIn(idp, { scope: 'openid contacts.write', tenant: 'acme.example' })).scope
    }
    expect(await granted(['Worker'], [])).toBe('openid contacts.write')
    expect(await granted([], ['Billing Admin'])).toBe('openid contacts.write')
    expect(await granted(['Staff'], ['Contact Editor'], ['Worker'])).toBe('openid')
  })
})

describe('roles of attribute scopes', () => {
  it('there is no gate, unless the scope lists roles (S-405, A-35)', async () => {
    const idp = fixedIdp()
    expect((await signIn(idp, { scope: 'openid birthday' })).scope).toBe('openid birthday contacts.read')
    const birthday = { name: 'birthday', description: 'Birthday', optional: true, values: ['dob'] }
    idp.inboundApps.update(appId, { attributesScopes: [{ ...birthday, roles: ['Worker'] }] })
    expect((await signIn(idp, { scope: 'openid birthday' })).scope).toBe('openid contacts.read')
    expect(() => idp.inboundApps.update(appId, { attributesScopes: [{ ...birthday, roles: ['King'] }] })).toThrow(
      'King',
    )
  })
})
