import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  claimsOf,
  clientIdOf,
  fixedIdp,
  mira,
  noa,
  redeem,
  redirectUri,
  refresh,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const mandatoryApp = {
  id: 'TPA-worked-table',
  name: 'Worked table',
  clientId: clientIdOf.inbound,
  clientType: 'public' as const,
  skipConsentScreen: true,
  approvedCallbackUrls: ['http://localhost/*'],
  permissionsScopes: [
    { name: 'contacts.read', description: 'Read', values: ['Contact Reader'] },
    { name: 'contacts.write', description: 'Write', optional: true, values: ['Contact Editor'] },
  ],
  attributesScopes: [{ name: 'birthday', description: 'Birthday', optional: true, values: ['dob', 'display name'] }],
}

async function callback(idp: ReturnType<typeof fixedIdp>, scope: string, user = mira.loginId) {
  idp.driver.clearCookies()
  return (await idp.driver.login(authorizeUrl(idp, { scope }, 'inbound'), { user })).searchParams
}

describe('scopes of an inbound application (5.4)', () => {
  it.each([
    ['openid contacts.read', 'openid contacts.read'],
    ['openid', 'openid contacts.read'],
    ['openid contacts.write birthday', 'openid contacts.write birthday contacts.read'],
    ['', 'contacts.read'],
  ])('grants for %j: %j (S-423 to S-426)', async (asked, granted) => {
    const idp = fixedIdp({ inboundApps: [mandatoryApp] })
    const tokens = await signIn(idp, { scope: asked }, 'inbound')
    expect(tokens.scope).toBe(granted)
    expect(claimsOf(tokens.access_token).scope).toBe(granted)
    expect('id_token' in tokens).toBe(asked.includes('openid'))
  })

  it('comes back to the redirect URI, whole, with code and state; the code is good once (S-423, S-425, S-426)', async () => {
    const idp = fixedIdp()
    const redirect_uri = `${redirectUri}?keep=1`
    idp.inboundApps.update(clientIdOf.inbound, { approvedCallbackUrls: [redirect_uri] })
    const url = authorizeUrl(idp, { redirect_uri, state: 'a b&c' }, 'inbound')
    const back = await idp.driver.login(url, { user: mira.loginId })
    expect(back.href.startsWith(`${redirect_uri}&`)).toBe(true)
    expect(back.searchParams.get('state')).toBe('a b&c')
    const code = back.searchParams.get('code') ?? ''
    expect((await redeem(idp, code, { redirect_uri }, 'oidc')).status).toBe(400)
    const again = await idp.driver.login(url, { user: mira.loginId })
    const second = again.searchParams.get('code') ?? ''
    expect((await redeem(idp, second, { redirect_uri }, 'inbound')).status).toBe(200)
    expect((await redeem(idp, second, { redirect_uri }, 'inbound')).body.error).toBe('invalid_grant')
  })

  it('leaves an optional scope out when the user lacks its role (5.4 step 3)', async () => {
    const tokens = await signIn(fixedIdp(), { scope: 'openid contacts.read contacts.write' }, 'inbound', noa.loginId)
    expect(tokens.scope).toBe('openid contacts.read')
  })

  it('answers access_denied when the user lacks the role of a mandatory scope (5.4 step 3)', async () => {
    const idp = fixedIdp({ inboundApps: [mandatoryApp] })
    idp.users.update(mira.id, { roles: [], tenants: {} })
    const answer = await callback(idp, 'openid')
    expect([answer.get('error'), answer.get('state')]).toEqual(['access_denied', 'state-1'])
    expect(answer.get('error_description')).toContain('scope_not_grantable')
  })

  it('counts a role of the current tenant only (5.4 step 3)', async () => {
    const idp = fixedIdp()
    idp.users.update(mira.id, { roles: [] })
    expect((await signIn(idp, {}, 'inbound')).scope).toBe('openid')
    expect((await signIn(idp, { tenant: 'acme.example' }, 'inbound')).scope).toBe('openid contacts.read')
  })

  it('answers access_denied for members of other tenants than the allowed ones (5.1)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(clientIdOf.inbound, { allowedTenants: ['T2mockVb4Wn8Gx6Cd3Hp7Kq9Ls5M'] })
    expect((await callback(idp, 'openid', noa.loginId)).get('error')).toBe('access_denied')
    expect((await callback(idp, 'openid')).has('code')).toBe(true)
  })

  it('cuts roles and tenants to the granted scopes (S-433, 5.4 step 10)', async () => {
    const idp = fixedIdp()
    const scope = 'openid contacts.read'
    const { access_token } = await signIn(idp, { scope, tenant: 'acme.example' }, 'inbound')
    const acme = 'T2mockVb4Wn8Gx6Cd3Hp7Kq9Ls5M'
    expect(claimsOf(access_token)).toMatchObject({
      dct: acme,
      roles: ['Contact Reader'],
      permissions: ['contacts.view'],
      tenants: { [acme]: { roles: ['Contact Reader'], permissions: ['contacts.view'] } },
    })
    expect(Object.keys(claimsOf(access_token).tenants)).toEqual([acme])
    idp.inboundApps.update(clientIdOf.inbound, { forceAddAllAuthorizationInfo: true })
    const all = claimsOf((await signIn(idp, { scope }, 'inbound')).access_token)
    expect(all.roles).toContain('Staff')
    expect(Object.keys(all.tenants)).toHaveLength(2)
  })

  it('releases attributes in ID token and userinfo, custom ones inside nsec there (S-404, 5.3)', async () => {
    const idp = fixedIdp({ inboundApps: [mandatoryApp] })
    const tokens = await signIn(idp, { scope: 'openid birthday' }, 'inbound')
    expect(claimsOf(tokens.id_token)).toMatchObject({ dob: '1991-04-30', name: 'Mira Tal' })
    const { body } = await userinfo(idp, tokens.access_token, 'inbound')
    expect(body).toMatchObject({ name: 'Mira Tal', nsec: { dob: '1991-04-30' } })
  })

  it('drops a scope at the next refresh when the user lost its role, and never grows (5.4 steps 11, 13)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp, { scope: 'openid contacts.read contacts.write' }, 'inbound')
    idp.users.update(mira.id, { roles: ['Contact Reader', 'Book Keeper'] })
    const { body } = await refresh(idp, tokens.refresh_token, {}, 'inbound')
    expect(body.scope).toBe('openid contacts.read')
    expect(claimsOf(body.access_token).scope).toBe('openid contacts.read')
    const broader = await refresh(idp, tokens.refresh_token, { scope: 'openid billing.read' }, 'inbound')
    expect([broader.status, broader.body.error]).toEqual([400, 'invalid_scope'])
  })
})
