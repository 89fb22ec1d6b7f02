import { createMockIdp, type MockIdpConfig, standardDemo } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { get } from '../support/relying-party.ts'

const refusal = (config: MockIdpConfig) => () => createMockIdp(config)

describe('profile', () => {
  it.each([
    [{ profile: 'standard', inboundApps: [] }, 'config.inboundApps'],
    [{ profile: 'standard', projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H' }, 'config.projectId'],
    [{ profile: 'standard', compat: { emitAtHash: true } }, 'config.compat.emitAtHash'],
    [{ clients: [] }, 'config.clients'],
    [{ profile: 'descope', standard: {} }, 'config.standard'],
  ] as const)('refuses %j, which belongs to the other profile', (config, path) => {
    expect(refusal(config)).toThrow(`${path}: belongs to the profile`)
  })

  it.each([
    [{ client_secret: 'x', token_endpoint_auth_method: 'none', redirect_uris: ['http://a/'] }, 'client_secret'],
    [{}, 'redirect_uris'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris[0]'],
    [{ redirect_uris: ['https://a/#b'] }, 'redirect_uris[0]'],
    [{ redirect_uris: ['https://*.a/'] }, 'redirect_uris[0]'],
    [{ redirect_uris: ['com.app:/cb'] }, 'redirect_uris'],
    [{ grant_types: ['password'] }, 'grant_types[0]'],
    [{ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' }, 'grant_types'],
    [{ grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    [{ redirect_uris: ['https://a/'], token_endpoint_auth_method: 'none', require_pkce: false }, 'require_pkce'],
  ] as const)('refuses the client %j', (client, path) => {
    expect(refusal({ profile: 'standard', clients: [client] as never })).toThrow(`config.clients[0].${path}: `)
  })

  it('standard has the clients of standardDemo and no application of the other profile', async () => {
    const idp = createMockIdp({ profile: 'standard' })
    expect(idp.clients.list().map(({ client_id }) => client_id)).toEqual([
      standardDemo.spa.clientId,
      standardDemo.web.clientId,
      standardDemo.service.clientId,
      standardDemo.device.clientId,
    ])
    expect([idp.oidcApps.list(), idp.inboundApps.list(), idp.accessKeys.list()]).toEqual([[], [], []])
    const html = await (await get(idp, '/')).text()
    expect(html).toContain('Mock web application')
    expect((await get(idp, '/oauth2/v1/authorize')).status).toBe(404)
  })

  it('descope has nothing of the standard one', async () => {
    const idp = createMockIdp()
    expect(idp.clients.list()).toEqual([])
    for (const path of ['/authorize', '/par', '/introspect', '/register', '/device']) {
      expect((await get(idp, path)).status).toBe(404)
    }
  })
})
