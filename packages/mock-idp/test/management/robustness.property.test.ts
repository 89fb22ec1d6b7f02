import { demoProject } from '@countersign/mock-idp'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { load, manage } from '../support/management.ts'
import { authorizeUrl, fixedIdp, get, mira, signIn } from '../support/relying-party.ts'

const inbound = '/v1/mgmt/thirdparty'
const oidc = '/v1/mgmt/sso/idp'
const posts = [
  ...['create', 'update', 'patch', 'delete', 'delete/batch', 'rotate', 'secret/add', 'secret/revoke'].map(
    (name) => `${inbound}/app/${name}`,
  ),
  ...['search', 'delete', 'delete/tenant'].map((name) => `${inbound}/consents/${name}`),
  ...['oidc/create', 'oidc/update', 'delete', 'rotate'].map((name) => `${oidc}/app/${name}`),
  ...['create', 'update', 'delete', 'search'].map((name) => `/v1/mgmt/user/${name}`),
  ...['create', 'search', 'activate', 'deactivate', 'rotate', 'delete'].map((name) => `/v1/mgmt/accesskey/${name}`),
  ...['tenant', 'role', 'permission'].map((name) => `/v1/mgmt/${name}/create`),
  '/v1/mgmt/jwt/update',
  '/v1/auth/accesskey/exchange',
  '/api/contacts',
]
const gets = [
  `${inbound}/app/load`,
  `${inbound}/apps/load`,
  `${inbound}/app/secret`,
  `${oidc}/app/load`,
  `${oidc}/apps/load`,
  `${oidc}/app/secret`,
  '/v1/mgmt/user',
  '/v1/mgmt/accesskey',
  '/v1/mgmt/tenant',
  '/api/contacts',
  '/api/files',
]
const names = (
  'id ids clientId name description logo status loginPageUrl approvedCallbackUrls permissionsScopes attributesScopes ' +
  'connectionsScopes clientGrants clientType nonConfidentialClient sessionSettings allowedTenants expireTime page limit ' +
  'secretName appId userId userIds tenantId consentIds consentId loginId loginIds roleNames userTenants customAttributes ' +
  'keyTenants customClaims selfProvisioningDomains permissionNames jwt claims type text email __proto__ constructor'
).split(' ')
const known = [
  ...Object.values(demoProject.tenants),
  demoProject.spa.appId,
  demoProject.partner.clientId,
  mira.id,
  mira.loginId,
  demoProject.accessKey.id,
  'Staff',
  'public',
  'saml',
  'https://[',
  'http://a b/',
  'https://cdn.example/x.png',
  'default',
]
const scope = fc.record(
  {
    name: fc.oneof(fc.string(), fc.constant('a')),
    description: fc.string(),
    values: fc.array(fc.constantFrom(...known)),
  },
  { requiredKeys: [] },
)
const value = fc.oneof(
  fc.constantFrom(...known),
  fc.constantFrom(...known).map((one) => [one]),
  fc.array(scope, { maxLength: 3 }),
  fc.array(fc.record({ tenantId: fc.constantFrom(...known), roleNames: fc.array(fc.constantFrom(...known)) })),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer(),
)
const body = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 })

describe('malformed management calls', { timeout: 30_000 }, () => {
  it('get an answer that is no server error, and leave a mock whose pages still work (2.14)', async () => {
    const idp = fixedIdp()
    const untouched = fixedIdp().inboundApps.get(demoProject.partner.appId)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts, ...gets), body, async (path, fields) => {
        const answer = posts.includes(path)
          ? await manage(idp, path, fields)
          : await load(
              idp,
              path,
              Object.fromEntries(
                Object.entries(fields).map(([name, one]) => [
                  name,
                  typeof one === 'string' ? one : JSON.stringify(one),
                ]),
              ),
            )
        expect([200, 400, 401, 405, 415]).toContain(answer.status)
        expect(typeof answer.body).toBe('object')
        if (answer.status !== 200) expect(answer.body).toMatchObject({ requestId: expect.any(String) })
      }),
      { numRuns: 1500, seed: 20260102 },
    )
    for (const app of idp.inboundApps.list()) {
      const url = authorizeUrl(idp, { client_id: app.clientId, scope: '' }, 'inbound')
      expect((await get(idp, url)).status).toBeLessThan(500)
    }
    expect((await get(idp, '/')).status).toBe(200)
    idp.reset()
    expect(idp.inboundApps.get(demoProject.partner.appId)).toMatchObject({ name: untouched?.name ?? '' })
    expect((await signIn(idp)).token_type).toBe('Bearer')
  })
})
