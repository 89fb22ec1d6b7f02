import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorize, authorizeUrl, claimsOf, fixedIdp, get, mira, pairs, redeem } from '../support/relying-party.ts'

const partner = (idp: MockIdp) => {
  const app = idp.inboundApps.list().find(({ name }) => name === 'Demo Partner')
  if (!app) throw new Error('the fixture has no Demo Partner')
  return app
}

/** Mira with just these roles at project level, so that no tenant takes part. */
function idpWith(roles: readonly string[]): MockIdp {
  const idp = fixedIdp()
  idp.users.update(mira.id, { roles, tenants: {} })
  return idp
}

const both = ['Contact Reader', 'Contact Editor']
const reader = ['Contact Reader']

describe('the worked table of consent (5.4)', () => {
  it.each([
    { scope: 'openid contacts.read', roles: reader, result: 'openid contacts.read' },
    { scope: 'openid', roles: reader, result: 'openid contacts.read' },
    { scope: 'openid contacts.read contacts.write birthday', roles: reader, result: 'openid contacts.read birthday' },
    {
      scope: 'openid contacts.write birthday',
      roles: both,
      consent: ['contacts.write'],
      result: 'openid contacts.write contacts.read',
    },
  ])('$scope as $roles, choice $consent, gives $result (S-387, S-401, S-424)', async (row) => {
    const idp = idpWith(row.roles)
    const { clientId } = partner(idp)
    const url = authorizeUrl(idp, { client_id: clientId, scope: row.scope }, 'inbound')
    const callback = await idp.driver.login(url, { user: mira.loginId, ...(row.consent && { consent: row.consent }) })
    const code = callback.searchParams.get('code') ?? ''
    const { body } = await redeem(idp, code, { client_id: clientId }, 'inbound')
    expect(body.scope).toBe(row.result)
    expect(claimsOf(body.access_token).scope).toBe(row.result)
    expect(claimsOf(body.refresh_token).scope).toBe(row.result)
  })

  it('openid contacts.read without roles gives access_denied, scope_not_grantable (S-401)', async () => {
    const idp = idpWith([])
    const url = authorizeUrl(idp, { client_id: partner(idp).clientId, scope: 'openid contacts.read' }, 'inbound')
    const { searchParams } = await idp.driver.login(url, { user: mira.loginId })
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('error_description')).toContain('scope_not_grantable')
  })

  it('openid contacts.delete gives invalid_scope before any page (S-398)', async () => {
    const idp = idpWith(both)
    const changes = { client_id: partner(idp).clientId, scope: 'openid contacts.delete' }
    expect((await authorize(idp, changes, 'inbound')).get('error')).toBe('invalid_scope')
  })

  it('a denial gives access_denied, consent_refused, and stores nothing (S-424)', async () => {
    const idp = idpWith(reader)
    const url = authorizeUrl(idp, { client_id: partner(idp).clientId, scope: 'openid contacts.read' }, 'inbound')
    const { searchParams } = await idp.driver.login(url, { user: mira.loginId, consent: 'deny' })
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('error_description')).toBe('consent_refused')
    expect(searchParams.get('state')).toBe('state-1')
    expect(idp.consents.search()).toEqual([])
  })

  it('a login that ends without consent gives access_denied, consent_missing (S-415)', async () => {
    const idp = idpWith(reader)
    const response = await endWithoutConsent(idp, { client_id: partner(idp).clientId, scope: 'openid' })
    const answer = new URL(response.headers.get('location') ?? '').searchParams
    expect([answer.get('error'), answer.get('error_description')]).toEqual(['access_denied', 'consent_missing'])
  })

  it('without a mandatory scope an empty consent must exist all the same (S-415, 5.4 step 9)', async () => {
    const idp = idpWith(reader)
    const app = partner(idp)
    idp.inboundApps.update(app.id, { permissionsScopes: [] })
    const errorOf = async () => {
      const response = await endWithoutConsent(idp, { client_id: app.clientId, scope: 'openid' })
      return new URL(response.headers.get('location') ?? '').searchParams.get('error_description')
    }
    expect(await errorOf()).toBe('consent_missing')
    idp.consents.create({ appId: app.id, userId: mira.id, scopes: [] })
    expect(await errorOf()).toBeNull()
  })

  it('a consent given elsewhere is enough, without a page (S-415)', async () => {
    const idp = idpWith(reader)
    idp.consents.create({ appId: partner(idp).id, userId: mira.id, scopes: ['contacts.read'] })
    const response = await endWithoutConsent(idp, { client_id: partner(idp).clientId, scope: 'openid' })
    expect(new URL(response.headers.get('location') ?? '').searchParams.has('code')).toBe(true)
  })
})

/** Signs in and calls the finish endpoint itself, as a flow without a consent action does. */
async function endWithoutConsent(idp: MockIdp, changes: Record<string, string>): Promise<Response> {
  const { cookie } = await idp.sessions.create(mira.loginId)
  const first = await get(idp, authorizeUrl(idp, { flow: 'sign-up-or-in', ...changes }, 'inbound'), { cookie })
  const bound = `${cookie}; ${(first.headers.get('set-cookie') ?? '').split(';')[0]}`
  const page = new URL(first.headers.get('location') ?? '')
  await get(idp, page, { cookie: bound })
  const query = pairs({ state_id: page.searchParams.get('third_party_app_state_id') ?? '' })
  return get(idp, `/oauth2/v1/apps/finish-authorize?${query}`, { cookie: bound })
}
