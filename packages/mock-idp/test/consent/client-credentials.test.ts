import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { basic, claimsOf, fixedIdp, token, userinfo } from '../support/relying-party.ts'

const { agent, spa, tenants } = demoProject
const headers = basic(agent.clientId, agent.clientSecret)

const ask = (idp: MockIdp, fields: Record<string, string | readonly string[]> = {}) =>
  token(idp, { grant_type: 'client_credentials', ...fields }, 'inbound', headers)

describe('client credentials of an inbound application (5.5)', () => {
  it('without scope all grants, with scope the intersection in the order asked for (S-391, S-437)', async () => {
    const idp = fixedIdp()
    expect((await ask(idp)).body.scope).toBe('contacts.read contacts.write')
    expect((await ask(idp, { scope: 'contacts.write billing.read nonsense contacts.read' })).body.scope).toBe(
      'contacts.write contacts.read',
    )
    const none = await ask(idp, { scope: 'billing.read nonsense' })
    expect([none.status, none.body.error]).toEqual([400, 'invalid_scope'])
  })

  it('the grants are all permission scopes unless clientGrants lists them; never attribute scopes (S-437)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(agent.appId, {
      clientGrants: ['billing.read'],
      attributesScopes: [{ name: 'me', description: 'You', values: ['email'] }],
    })
    expect((await ask(idp)).body.scope).toBe('billing.read')
    expect((await ask(idp, { scope: 'me' })).body.error).toBe('invalid_scope')
    const app = idp.inboundApps.create({ name: 'New', permissionsScopes: [{ name: 'a', description: 'A' }] })
    expect(app.clientGrants).toEqual(['a'])
  })

  it('a public client is refused with unauthorized_client or invalid_client, a wrong secret too (S-436)', async () => {
    const idp = fixedIdp()
    const anonymous = await token(idp, { grant_type: 'client_credentials', client_id: spa.clientId }, 'inbound')
    expect([anonymous.status, anonymous.body.error]).toEqual([400, 'unauthorized_client'])
    const wrong = await token(idp, { grant_type: 'client_credentials' }, 'inbound', basic(agent.clientId, 'wrong'))
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
  })

  it('the token says sub and azp = client id, scope, and nothing about a user (S-436, 3.7)', async () => {
    const idp = fixedIdp()
    const { body } = await ask(idp, { scope: 'contacts.read' })
    const claims = claimsOf(body.access_token)
    expect(claims).toEqual({
      iss: idp.inboundIssuer,
      sub: agent.clientId,
      azp: agent.clientId,
      aud: [idp.projectId, agent.clientId],
      scope: 'contacts.read',
      iat: 1767225600,
      exp: 1767225600 + 600,
      drn: 'DS',
    })
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    expect((await userinfo(idp, body.access_token, 'inbound')).body.sub).toBe(agent.clientId)
  })

  it('tenantId puts the tenant in the token, with the roles behind the scopes (S-433)', async () => {
    const idp = fixedIdp()
    const { body } = await ask(idp, { scope: 'contacts.read', tenantId: tenants.acme })
    expect(claimsOf(body.access_token)).toMatchObject({
      dct: tenants.acme,
      tenants: { [tenants.acme]: { roles: ['Contact Reader'], permissions: ['contacts.view'] } },
    })
    expect((await ask(idp, { tenantId: 'T1' })).body.error_description).toBe('unknown_tenant')
    idp.inboundApps.update(agent.appId, { allowedTenants: [tenants.globex] })
    expect((await ask(idp, { tenantId: tenants.acme })).body.error_description).toBe('tenant_not_allowed')
    expect((await ask(idp, { tenantId: tenants.globex })).status).toBe(200)
  })

  it('requireTenantConsent cuts to the live consent of that whole tenant (S-419, S-420)', async () => {
    const idp = fixedIdp()
    const fields = { tenantId: tenants.acme }
    expect((await ask(idp, fields)).body.scope).toBe('contacts.read contacts.write')
    idp.inboundApps.update(agent.appId, { requireTenantConsent: true })
    expect((await ask(idp, fields)).body.error).toBe('invalid_scope')
    const consent = { appId: agent.appId, scopes: ['contacts.read'] }
    idp.consents.create({ ...consent, userId: demoProject.users.mira.id, tenantId: tenants.acme })
    expect((await ask(idp, fields)).body.error).toBe('invalid_scope')
    idp.consents.create({ ...consent, tenantId: tenants.acme, expireTime: 1767225600 + 5 })
    expect((await ask(idp, fields)).body.scope).toBe('contacts.read')
    expect((await ask(idp, { tenantId: tenants.globex })).body.error).toBe('invalid_scope')
    expect((await ask(idp)).body.scope).toBe('contacts.read contacts.write')
    idp.clock.advance(5)
    expect((await ask(idp, fields)).body.error).toBe('invalid_scope')
  })

  it('resource and audience must be in audienceWhitelist, and join aud (S-436)', async () => {
    const idp = fixedIdp()
    const api = 'https://api.example'
    expect((await ask(idp, { resource: api })).body.error).toBe('invalid_target')
    idp.inboundApps.update(agent.appId, { audienceWhitelist: [api] })
    for (const name of ['resource', 'audience']) {
      const { body } = await ask(idp, { [name]: api })
      expect(claimsOf(body.access_token).aud).toEqual([idp.projectId, agent.clientId, api])
    }
    expect((await ask(idp, { resource: [api, 'https://other.example'] })).body.error).toBe('invalid_target')
  })

  it('lives as long as keySessionTokenExpiration says, unless sessionSettings are not enabled (5.1)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(agent.appId, { sessionSettings: { keySessionTokenExpiration: 90 } })
    expect((await ask(idp)).body.expires_in).toBe(90)
    idp.inboundApps.update(agent.appId, { sessionSettings: { enabled: false, keySessionTokenExpiration: 90 } })
    expect((await ask(idp)).body.expires_in).toBe(600)
  })
})
