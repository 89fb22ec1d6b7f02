import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { basic, claimsOf, fixedIdp, token, userinfo } from '../support/relying-party.ts'

const { accessKey, agent, projectId, spa, tenants } = demoProject
const grant = { grant_type: 'client_credentials' }
const keyHeader = basic(accessKey.clientId, accessKey.clientSecret)
const agentFields = { ...grant, client_id: agent.clientId, client_secret: agent.clientSecret }

describe('client_credentials of an access key', () => {
  it('answers a token with the roles and claims of the key, and no other token (S-208 to S-217, 3.7)', async () => {
    const idp = fixedIdp()
    const { status, body } = await token(idp, { ...grant, scope: 'openid profile unknown' }, 'oidc', keyHeader)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'scope'])
    expect(body.scope).toBe('openid profile')
    expect(claimsOf(body.access_token)).toEqual({
      aud: projectId,
      drn: 'DS',
      exp: 1767226200,
      iat: 1767225600,
      iss: idp.issuer,
      permissions: ['jobs.run'],
      roles: ['Worker'],
      service: 'nightly-import',
      sub: accessKey.id,
    })
  })

  it('takes both spellings of the client id (S-213, A-04)', async () => {
    const idp = fixedIdp()
    expect((await token(idp, grant, 'oidc', basic(projectId, accessKey.clientSecret))).status).toBe(200)
    expect((await token(idp, grant, 'oidc', keyHeader)).status).toBe(200)
  })

  it('refuses the client id of one key with the secret of another', async () => {
    const idp = fixedIdp()
    const other = idp.accessKeys.create({ name: 'Other' })
    expect((await token(idp, grant, 'oidc', basic(other.clientId, accessKey.clientSecret))).status).toBe(401)
    expect((await token(idp, grant, 'oidc', basic(other.clientId, other.secret))).status).toBe(200)
  })

  it('refuses a secret in the body and says Basic, unless allowPostForM2M is on (S-209, 2.6)', async () => {
    const fields = { ...grant, client_id: projectId, client_secret: accessKey.clientSecret }
    const { status, body } = await token(fixedIdp(), fields)
    expect([status, body.error]).toEqual([401, 'invalid_client'])
    expect(body.error_description).toContain('Basic')
    expect((await token(fixedIdp({ compat: { allowPostForM2M: true } }), fields)).status).toBe(200)
  })

  it('refuses a request without any secret', async () => {
    expect((await token(fixedIdp(), { ...grant, client_id: projectId })).body.error).toBe('invalid_client')
  })

  it('gives the same bytes within one second, and others with addJti (2.6)', async () => {
    const both = async (idp: ReturnType<typeof fixedIdp>) =>
      new Set([
        (await token(idp, grant, 'oidc', keyHeader)).body.access_token,
        (await token(idp, grant, 'oidc', keyHeader)).body.access_token,
      ]).size
    expect(await both(fixedIdp())).toBe(1)
    expect(await both(fixedIdp({ compat: { addJti: true } }))).toBe(2)
  })

  it('is known to userinfo, which tells little (2.8)', async () => {
    const idp = fixedIdp()
    const { body } = await token(idp, { ...grant, scope: 'openid' }, 'oidc', keyHeader)
    expect((await userinfo(idp, body.access_token)).body).toEqual({
      sub: accessKey.id,
      iss: idp.issuer,
      aud: projectId,
      nsec: { scope: 'openid' },
    })
  })

  it('answers unauthorized_client when the grant is off', async () => {
    const idp = fixedIdp({ defaultApp: { clientCredentialsDisabled: true } })
    expect((await token(idp, grant, 'oidc', keyHeader)).body.error).toBe('unauthorized_client')
  })
})

describe('client_credentials of an inbound application (5.5)', () => {
  it('answers a token whose sub and azp are the client id, with its scopes (S-391, S-436, S-437, S-440, 3.7)', async () => {
    const idp = fixedIdp()
    const { body } = await token(idp, { ...agentFields, scope: 'contacts.write nothing billing.read' }, 'inbound')
    expect(body.scope).toBe('contacts.write')
    expect(claimsOf(body.access_token)).toEqual({
      aud: [projectId, agent.clientId],
      azp: agent.clientId,
      drn: 'DS',
      exp: 1767226200,
      iat: 1767225600,
      iss: idp.inboundIssuer,
      scope: 'contacts.write',
      sub: agent.clientId,
    })
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'scope'])
  })

  it('gives all grants without scope, and invalid_scope when none is left', async () => {
    const idp = fixedIdp()
    expect((await token(idp, agentFields, 'inbound')).body.scope).toBe('contacts.read contacts.write')
    const { status, body } = await token(idp, { ...agentFields, scope: 'billing.read birthday' }, 'inbound')
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  it('accepts Basic as well, and refuses a wrong secret and a missing one', async () => {
    const idp = fixedIdp()
    expect((await token(idp, grant, 'inbound', basic(agent.clientId, agent.clientSecret))).status).toBe(200)
    expect((await token(idp, grant, 'inbound', basic(agent.clientId, 'wrong'))).status).toBe(401)
    expect((await token(idp, { ...grant, client_id: agent.clientId }, 'inbound')).status).toBe(401)
  })

  it('answers unauthorized_client to a public application (5.5)', async () => {
    expect((await token(fixedIdp(), { ...grant, client_id: spa.clientId }, 'inbound')).body.error).toBe(
      'unauthorized_client',
    )
  })

  it('adds the tenant that was asked for, with the roles behind the scopes (5.5)', async () => {
    const fields = { ...agentFields, scope: 'contacts.read', tenantId: tenants.acme }
    expect(claimsOf((await token(fixedIdp(), fields, 'inbound')).body.access_token)).toMatchObject({
      dct: tenants.acme,
      tenants: { [tenants.acme]: { roles: ['Contact Reader'], permissions: ['contacts.view'] } },
    })
    const unknown = await token(fixedIdp(), { ...fields, tenantId: 'T0' }, 'inbound')
    expect(unknown.body.error).toBe('invalid_request')
  })

  it('adds a listed resource to aud, and answers invalid_target for another (5.5, RFC 8707)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(agent.appId, { audienceWhitelist: ['https://api.example'] })
    const good = await token(idp, { ...agentFields, resource: 'https://api.example' }, 'inbound')
    expect(claimsOf(good.body.access_token).aud).toContain('https://api.example')
    const bad = await token(idp, { ...agentFields, audience: 'https://other.example' }, 'inbound')
    expect(bad.body.error).toBe('invalid_target')
  })

  it('follows the lifetime of the application', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(agent.appId, { sessionSettings: { keySessionTokenExpiration: 30 } })
    expect((await token(idp, agentFields, 'inbound')).body.expires_in).toBe(30)
  })
})
