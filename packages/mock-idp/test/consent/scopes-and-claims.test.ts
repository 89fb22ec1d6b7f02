import { demoProject, type InboundAppConfig, type MockIdp, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, claimsOf, fixedIdp, mira, redeem, refresh, userinfo } from '../support/relying-party.ts'

const { partner, tenants } = demoProject

async function login(idp: MockIdp, scope: string, consent: 'allow' | readonly string[] = 'allow', changes = {}) {
  idp.driver.clearCookies()
  const url = authorizeUrl(idp, { client_id: partner.clientId, scope, tenant: 'acme.example', ...changes }, 'inbound')
  const callback = await idp.driver.login(url, { user: mira.loginId, consent })
  const code = callback.searchParams.get('code') ?? `no code: ${callback}`
  return (await redeem(idp, code, { client_id: partner.clientId }, 'inbound')).body
}

const attribute = (values: readonly string[], more: Partial<InboundAppConfig> = {}, config: MockIdpConfig = {}) => {
  const idp = fixedIdp(config)
  idp.inboundApps.update(partner.appId, {
    attributesScopes: [{ name: 'data', description: 'Data', optional: true, values }],
    ...more,
  })
  return idp
}

describe('attribute scopes and their claims (5.3)', () => {
  it.each([
    ['login id', { login_ids: [mira.loginId] }],
    ['email', { email: mira.loginId, email_verified: true }],
    ['phone', { phone_number: '+15550100', phone_number_verified: true }],
    ['display name', { name: 'Mira Tal' }],
    ['displayName', { name: 'Mira Tal' }],
    ['Given_Name', { given_name: 'Mira' }],
    ['family name', { family_name: 'Tal' }],
    ['picture', { picture: 'https://acme.example/mira.png' }],
    ['roles', { roles: ['Contact Reader'] }],
    ['permissions', { permissions: ['contacts.view'] }],
    ['tenant', { dct: tenants.acme, tenants: { [tenants.acme]: { roles: ['Contact Reader'] } } }],
  ])('%s releases %j in ID token and userinfo, and only when granted (S-404)', async (value, claims) => {
    const idp = attribute([value])
    const tokens = await login(idp, 'openid data')
    expect(claimsOf(tokens.id_token)).toMatchObject(claims)
    expect((await userinfo(idp, tokens.access_token, 'inbound')).body).toMatchObject(claims)
    const refused = await login(idp, 'openid data', [], { prompt: 'consent' })
    for (const name of Object.keys(claims)) expect(claimsOf(refused.id_token)).not.toHaveProperty(name)
  })

  it('a custom attribute of any JSON type: at the root of the ID token, inside nsec of userinfo (S-404)', async () => {
    const idp = attribute(['address'], {}, { userTemplate: { address: 'address' } })
    const address = { city: 'Haifa', lines: [1, null] }
    idp.users.update(mira.id, { customAttributes: { address } })
    const tokens = await login(idp, 'openid data')
    expect(claimsOf(tokens.id_token).address).toEqual(address)
    expect((await userinfo(idp, tokens.access_token, 'inbound')).body).toMatchObject({ nsec: { address } })
  })

  it('an attribute that no user has is refused (S-404)', () => {
    expect(() => attribute(['shoe size'])).toThrow('"shoe size" is no attribute')
  })

  it('access tokens hold none of it, unless attributeClaimsInAccess is on (5.3)', async () => {
    const off = await login(attribute(['display name']), 'openid data')
    expect(claimsOf(off.access_token)).not.toHaveProperty('name')
    const on = await login(
      attribute(['display name'], {}, { compat: { attributeClaimsInAccess: true } }),
      'openid data',
    )
    expect(claimsOf(on.access_token).name).toBe('Mira Tal')
  })
})

describe('built-in scopes of inbound applications (5.3, 5.4)', () => {
  it('work without a definition and without a consent line (S-398)', async () => {
    const idp = fixedIdp()
    const tokens = await login(idp, 'openid profile email', [])
    expect(tokens.scope).toBe('openid profile email contacts.read')
    expect(claimsOf(tokens.id_token)).toMatchObject({ name: 'Mira Tal', email: mira.loginId })
    expect(idp.consents.search()).toMatchObject([{ scopes: ['contacts.read'] }])
  })

  it('consentForStandardScopes makes lines of them, which can be refused and last over refresh (5.3)', async () => {
    const idp = fixedIdp({ compat: { consentForStandardScopes: true } })
    const tokens = await login(idp, 'openid profile email', ['email'])
    expect(tokens.scope).toBe('openid email contacts.read')
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('name')
    const fields = { client_id: partner.clientId }
    expect((await refresh(idp, tokens.refresh_token, fields, 'inbound')).body.scope).toBe('openid email contacts.read')
    await login(idp, 'openid email', [], { prompt: 'consent' })
    expect((await refresh(idp, tokens.refresh_token, fields, 'inbound')).body.scope).toBe('openid contacts.read')
  })

  it('a definition of the application replaces the built-in meaning (5.1)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(partner.appId, {
      attributesScopes: [{ name: 'profile', description: 'Your phone', optional: true, values: ['phone'] }],
    })
    const tokens = await login(idp, 'openid profile')
    expect(claimsOf(tokens.id_token)).toMatchObject({ phone_number: '+15550100' })
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('name')
    expect((await login(idp, 'openid profile', [], { prompt: 'consent' })).scope).toBe('openid contacts.read')
  })

  it('scopes for outbound connections are stored, not granted (5.1)', async () => {
    const idp = fixedIdp()
    const connectionsScopes = [{ name: 'calendar', description: 'Calendar', values: ['google'] }]
    idp.inboundApps.update(partner.appId, { connectionsScopes })
    expect(idp.inboundApps.get(partner.appId)?.connectionsScopes).toEqual(connectionsScopes)
    await expect(login(idp, 'openid calendar')).resolves.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('tokens of an inbound application (3.7)', () => {
  it('carry iss, azp, aud and scope of the application (S-386, S-430)', async () => {
    const idp = fixedIdp()
    const { access_token, id_token, refresh_token } = await login(idp, 'openid contacts.read')
    const common = { iss: idp.inboundIssuer, azp: partner.clientId, sub: mira.id }
    expect(claimsOf(access_token)).toMatchObject({ ...common, scope: 'openid contacts.read', drn: 'DS' })
    expect(claimsOf(access_token).aud).toEqual([idp.projectId, partner.clientId])
    expect(claimsOf(id_token)).toMatchObject({ ...common, aud: [idp.projectId, partner.clientId] })
    expect(claimsOf(refresh_token)).toMatchObject({ ...common, scope: 'openid contacts.read', drn: 'DSR' })
  })

  it('act is only there for agents: no user token has it (S-389)', async () => {
    const idp = fixedIdp()
    expect(claimsOf((await login(idp, 'openid contacts.read')).access_token)).not.toHaveProperty('act')
    const client = partner.clientId
    const forAgent = await idp.tokens.accessToken({ user: mira.id, client, claims: { act: { sub: 'agent-7' } } })
    expect(claimsOf(forAgent).act).toEqual({ sub: 'agent-7' })
  })

  it('resource must be in audienceWhitelist, and joins aud (5.1)', async () => {
    const idp = fixedIdp()
    const api = 'https://api.example'
    const refused = await idp.driver.login(
      authorizeUrl(idp, { client_id: partner.clientId, scope: 'openid', resource: api }, 'inbound'),
      { user: mira.loginId },
    )
    expect(refused.searchParams.get('error')).toBe('invalid_target')
    idp.inboundApps.update(partner.appId, { audienceWhitelist: [api] })
    const { access_token } = await login(idp, 'openid', 'allow', { resource: api })
    expect(claimsOf(access_token).aud).toEqual([idp.projectId, partner.clientId, api])
  })
})

describe('what never changes', () => {
  it('client type and client id of an inbound application (5.1)', () => {
    const idp = fixedIdp()
    expect(() => idp.inboundApps.update(partner.appId, { clientType: 'confidential' })).toThrow('clientType')
    expect(() => idp.inboundApps.update(partner.appId, { clientId: 'mine' })).toThrow('clientId')
    expect(idp.inboundApps.update(partner.appId, { name: 'Renamed' })).toMatchObject({ name: 'Renamed' })
    expect(idp.inboundApps.create({ name: 'Chosen', clientId: 'mine' }).clientId).toBe('mine')
  })
})
