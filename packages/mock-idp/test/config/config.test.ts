import { createMockIdp, demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'

const create = (config: object) => () => createMockIdp(config as MockIdpConfig)
const user = { loginIds: ['a'] }
const app = { name: 'App' }
const scope = { name: 'a', description: 'A' }

describe('configuration: what does not fit is refused at creation, with path and what is allowed (2.18)', () => {
  it.each([
    [{ colour: 'red' }, /config\.colour is not an option; allowed are accessKeyTemplate, .*userTemplate, users/],
    [{ compat: { emitAtHesh: true } }, /config\.compat\.emitAtHesh is not an option; allowed are .*emitAtHash/],
    [{ compat: { emitAtHash: 'yes' } }, /config\.compat\.emitAtHash: expected true or false, got "yes"/],
    [{ compat: { audFormat: 'list' } }, /config\.compat\.audFormat: expected one of "array", "string"/],
    [{ compat: { corsOrigins: ['x/'] } }, /config\.compat\.corsOrigins\[0\]: expected an origin/],
    [{ compat: { metadataCacheControl: 'a\nb' } }, /expected a header value/],
    [{ origin: 'http://localhost:1/path' }, /config\.origin: expected scheme, host and port/],
    [{ origin: 'localhost' }, /config\.origin/],
    [{ projectId: 'P1' }, /config\.projectId: expected P and 27 or 31 letters or digits, got "P1"/],
    [{ lifetimes: { codeSeconds: 0 } }, /config\.lifetimes\.codeSeconds: expected a whole number from 1 to 600, got 0/],
    [{ lifetimes: { accessTokenSeconds: 1.5 } }, /expected a whole number/],
    [{ users: {} }, /config\.users: expected an array, got an object/],
    [{ users: [{}] }, /config\.users\[0\]\.loginIds is missing/],
    [{ users: [{ loginIds: [] }] }, /config\.users\[0\]\.loginIds: at least one/],
    [{ users: [{ ...user, email: 3 }] }, /config\.users\[0\]\.email: expected text/],
    [{ users: [{ ...user, roles: ['King'] }] }, /config\.users\[0\]\.roles: the role "King" is not defined/],
    [{ users: [{ ...user, tenants: { T9: {} } }] }, /config\.users\[0\]\.tenants: the tenant "T9" is not defined/],
    [{ users: [{ ...user, id: 'x' }, { loginIds: ['x'] }] }, /another user is already known as "x"/],
    [{ users: [{ ...user, customAttributes: { a: () => 1 } }] }, /customAttributes\["a"\]: expected a JSON value/],
    [{ tenants: [{ id: 'T1' }], users: [] }, /config\.tenants\[0\]\.name is missing/],
    [{ roles: { a: 'b' } }, /config\.roles\["a"\]: expected an array/],
    [{ userTemplate: { sub: 'x' } }, /RESERVED_CLAIM_KEY, the claim name sub/],
    [{ accessKeys: [{ name: 'k', customClaims: { roles: [] } }] }, /RESERVED_CLAIM_KEY, the claim name roles/],
    [{ oidcApps: [{ ...app, id: 'a b' }] }, /config\.oidcApps\[0\]\.id: expected 1 to 30/],
    [{ oidcApps: [{ ...app, secrets: ['x'] }] }, /only a confidential application has secrets/],
    [{ oidcApps: [{ ...app, clientId: 'x' }] }, /clientId: needs clientType/],
    [{ oidcApps: [{ ...app, loginPageUrl: '/p' }] }, /expected an absolute http or https URL/],
    [{ inboundApps: [{ ...app, clientType: 'public', secrets: ['x'] }] }, /a public application has no secrets/],
    [{ inboundApps: [{ ...app, permissionsScopes: [scope, scope] }] }, /the scope a is defined twice/],
    [{ inboundApps: [{ ...app, permissionsScopes: [{ ...scope, name: 'a b' }] }] }, /permissionsScopes\[0\]\.name/],
    [{ inboundApps: [{ ...app, permissionsScopes: [{ ...scope, values: ['King'] }] }] }, /the role "King"/],
    [{ inboundApps: [{ ...app, attributesScopes: [scope] }] }, /attributesScopes\[0\]\.values is missing/],
    [{ inboundApps: [{ ...app, attributesScopes: [{ ...scope, values: [] }] }] }, /at least one attribute/],
    [{ inboundApps: [{ ...app, clientGrants: ['z'] }] }, /clientGrants: z is not one of permissionsScopes/],
    [{ deterministic: { seed: '' } }, /config\.deterministic\.seed/],
    [{ deterministic: {}, clock: Date }, /config\.clock: leave it out/],
    [{ clock: {} }, /config\.clock: expected an object with a method now\(\)/],
    [{ defaultApp: { name: 'x' } }, /config\.defaultApp\.name is not an option/],
  ])('%j', (config, message) => {
    expect(create(config)).toThrow(TypeError)
    expect(create(config)).toThrow(message)
  })

  it('shortens long values in messages', () => {
    expect(create({ origin: 'x'.repeat(500) })).toThrow(/got "x{60}\.\.\."$/)
  })

  it('accepts undefined for an option that may be absent', () => {
    expect(create({ users: undefined, compat: { addJti: undefined } })).not.toThrow()
  })

  it('accepts every option at once', () => {
    const idp = createMockIdp({
      origin: 'https://idp.example',
      projectId: `Peuc1${'a'.repeat(27)}`,
      tenants: [{ id: 'T1', name: 'One', domains: ['one.example'] }],
      roles: { Reader: ['read'] },
      users: [{ ...user, roles: ['Reader'], tenants: { T1: { roles: ['Reader'] } } }],
      oidcApps: [{ ...app, id: 'shop' }],
      inboundApps: [],
      accessKeys: [],
      approvedDomains: ['app.example'],
      allowAnyRedirect: false,
      userTemplate: {},
      lifetimes: { codeSeconds: 5 },
      refreshTokenRotation: true,
      reuseRevokesFamily: false,
      compat: {},
      clock: Date,
    })
    expect(idp.issuer).toBe(`https://idp.example/Peuc1${'a'.repeat(27)}`)
  })
})

describe('the fixture project', () => {
  it('is there without configuration and matches its constants', () => {
    const idp = createMockIdp()
    expect(idp.projectId).toBe(demoProject.projectId)
    expect(idp.issuer).toBe(`http://127.0.0.1:4455/${demoProject.projectId}`)
    expect(idp.inboundIssuer).toBe(`http://127.0.0.1:4455/v1/apps/${demoProject.projectId}`)
    for (const one of Object.values(demoProject.users)) {
      expect(idp.users.get(one.loginId)).toMatchObject({ id: one.id, password: one.password, name: one.name })
    }
    expect(idp.inboundApps.get(demoProject.spa.clientId)).toMatchObject({ clientType: 'public', secrets: [] })
    expect(idp.inboundApps.get(demoProject.agent.appId)).toMatchObject({
      clientId: demoProject.agent.clientId,
      clientType: 'confidential',
      secrets: [{ name: 'default', cleartext: demoProject.agent.clientSecret }],
      clientGrants: demoProject.agent.scopes,
    })
    expect(idp.accessKeys.get(demoProject.accessKey.id)).toMatchObject({
      clientId: demoProject.accessKey.clientId,
      secret: demoProject.accessKey.clientSecret,
    })
  })

  it('encodes client ids as project id, colon, id, padding kept (S-210, S-409)', () => {
    expect(atob(demoProject.spa.clientId)).toBe(`${demoProject.projectId}:${demoProject.spa.appId}`)
    expect(atob(demoProject.accessKey.clientId)).toBe(`${demoProject.projectId}:${demoProject.accessKey.id}`)
    expect(demoProject.spa.appId).toMatch(/^TPA[A-Za-z0-9]{26,27}$/)
  })
})
