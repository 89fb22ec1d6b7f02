import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  basic,
  claimsOf,
  fixedIdp,
  get,
  mira,
  noa,
  redeem,
  refresh,
  signIn,
  token,
  userinfo,
} from '../support/relying-party.ts'

const { projectId, tenants, accessKey } = demoProject
const all = 'openid profile email phone descope.custom_claims descope.claims'

async function tokensOf(config: MockIdpConfig = {}, changes: Readonly<Record<string, string>> = {}) {
  const tokens = await signIn(fixedIdp(config), { scope: all, ...changes })
  return { id: claimsOf(tokens.id_token), access: claimsOf(tokens.access_token), tokens }
}

async function keyToken(config: MockIdpConfig = {}) {
  const headers = basic(accessKey.clientId, accessKey.clientSecret)
  const { body } = await token(fixedIdp(config), { grant_type: 'client_credentials' }, 'oidc', headers)
  return claimsOf(body.access_token)
}

describe('issuer forms (3.2)', () => {
  it.each([
    ['legacy', projectId],
    ['federated', `http://127.0.0.1:4455/${projectId}`],
    ['inbound', `http://127.0.0.1:4455/v1/apps/${projectId}`],
  ] as const)(
    '%s changes access tokens of users and keys, never an ID token (S-132, S-105)',
    async (issuerType, iss) => {
      const config = { jwtTemplates: { user: { issuerType }, accessKey: { issuerType } } }
      const { id, access } = await tokensOf(config)
      expect([id.iss, access.iss]).toEqual([`http://127.0.0.1:4455/${projectId}`, iss])
      expect((await keyToken(config)).iss).toBe(iss)
      const idp = fixedIdp(config)
      expect(claimsOf(await idp.tokens.accessToken({ user: mira.id })).iss).toBe(iss)
      expect(claimsOf((await signIn(idp, {}, 'inbound')).access_token).iss).toBe(idp.inboundIssuer)
    },
  )
})

describe('conformanceIssuer (3.2)', () => {
  it.each([
    [true, `http://127.0.0.1:4455/${projectId}`],
    [false, projectId],
  ])('%s: access tokens under a legacy template have the issuer %s', async (conformanceIssuer, iss) => {
    const config = { jwtTemplates: { user: { issuerType: 'legacy', conformanceIssuer } } } as const
    expect((await tokensOf(config)).access.iss).toBe(iss)
    expect(claimsOf(await fixedIdp(config).tokens.accessToken({ user: mira.id })).iss).toBe(iss)
  })
})

describe('a template with a subject (3.3)', () => {
  const config = { jwtTemplates: { user: { subject: 'dob' }, accessKey: { subject: 'number' } } }
  const custom = { sub: '1991-04-30', dsub: mira.id }

  it('puts the attribute into sub and the user id into dsub of every token and of userinfo', async () => {
    const idp = fixedIdp(config)
    const tokens = await signIn(idp, { scope: all })
    expect(claimsOf(tokens.id_token)).toMatchObject(custom)
    expect(claimsOf(tokens.access_token)).toMatchObject(custom)
    expect(claimsOf(await idp.tokens.accessToken({ user: mira.id }))).toMatchObject(custom)
    expect((await userinfo(idp, tokens.access_token)).body.sub).toBe(custom.sub)
    const renewed = await refresh(idp, tokens.refresh_token)
    expect(claimsOf(renewed.body.id_token)).toMatchObject(custom)
  })

  it('still knows the user at logout by the ID token', async () => {
    const idp = fixedIdp(config)
    const { id_token } = await signIn(idp)
    expect((await get(idp, `/oauth2/v1/logout?id_token_hint=${id_token}`)).status).toBe(200)
    expect(idp.sessions.list()).toEqual([])
  })

  it('leaves the id in sub without the setting, and for who lacks the attribute', async () => {
    const plain = (await tokensOf()).id
    expect([plain.sub, 'dsub' in plain]).toEqual([mira.id, false])
    const { id_token } = await signIn(fixedIdp(config), {}, 'oidc', noa.loginId)
    expect([claimsOf(id_token).sub, 'dsub' in claimsOf(id_token)]).toEqual([noa.id, false])
    expect((await keyToken(config)).sub).toBe(accessKey.id)
  })

  it('is there for access keys too', async () => {
    const key = { name: 'a', id: 'K1', secret: 's', customAttributes: { number: 'machine-7' } }
    const idp = fixedIdp({ ...config, accessKeys: [key] })
    const headers = basic(projectId, 's')
    const { body } = await token(idp, { grant_type: 'client_credentials' }, 'oidc', headers)
    expect(claimsOf(body.access_token)).toMatchObject({ sub: 'machine-7', dsub: 'K1' })
    expect((await userinfo(idp, body.access_token)).body.sub).toBe('machine-7')
  })
})

describe('authorization claims by schema (3.4)', () => {
  it('default: project roles at the root, every tenant beside them, all six scopes accepted (S-124, S-125)', async () => {
    const { id, access, tokens } = await tokensOf({}, { tenant: tenants.acme })
    expect(tokens.scope).toBe(all)
    expect(id).toMatchObject({
      dct: tenants.acme,
      roles: expect.arrayContaining(['Staff']),
      tenants: { [tenants.globex]: {} },
    })
    expect(access.tenants).toEqual(id.tenants)
  })

  it('tenantOnly: the roles of the current tenant at the root, no tenants; without one no roles', async () => {
    const config: MockIdpConfig = { jwtTemplates: { user: { authSchema: 'tenantOnly' } } }
    const { id } = await tokensOf(config, { tenant: tenants.acme })
    expect(id).toMatchObject({ dct: tenants.acme, roles: ['Book Keeper', 'Contact Reader', 'Contact Editor'] })
    expect(id.permissions).toContain('invoices.read')
    expect(id).not.toHaveProperty('tenants')
    const without = (await tokensOf(config)).id
    for (const name of ['dct', 'roles', 'permissions', 'tenants']) expect(without).not.toHaveProperty(name)
  })

  it('none: no authorization claims at all, for users and for keys', async () => {
    const config: MockIdpConfig = { jwtTemplates: { user: { authSchema: 'none' }, accessKey: { authSchema: 'none' } } }
    const { id, access } = await tokensOf(config, { tenant: tenants.acme })
    for (const claims of [id, access, await keyToken(config)]) {
      for (const name of ['dct', 'roles', 'permissions', 'tenants']) expect(claims).not.toHaveProperty(name)
    }
    expect((await keyToken()).roles).toEqual(['Worker'])
  })

  it('excludePermissions drops every member permissions and keeps the roles', async () => {
    const { id } = await tokensOf({ jwtTemplates: { user: { excludePermissions: true } } })
    expect(JSON.stringify(id)).not.toContain('permissions')
    expect(id.tenants[tenants.acme].roles).toContain('Book Keeper')
  })
})

describe('template claims (3.5, 3.6)', () => {
  const idpWith = (emptyClaimPolicy: 'none' | 'nil' | 'delete') => ({
    userTemplate: { dob: 'dob', Shoe_Size: 'shoeSize' },
    jwtTemplates: { user: { emptyClaimPolicy } },
  })

  it.each([
    ['none', ''],
    ['nil', null],
    ['delete', undefined],
  ] as const)(
    'a claim without a value under the policy %s is %j; names are kept byte for byte (S-122)',
    async (policy, value) => {
      const { id } = await tokensOf(idpWith(policy))
      expect(id.dob).toBe('1991-04-30')
      expect(id.Shoe_Size).toBe(value)
      expect('Shoe_Size' in id).toBe(policy !== 'delete')
    },
  )

  it('the access-key template adds attributes of the key to its tokens, its own claims come last (S-217)', async () => {
    const claims = await keyToken({
      accessKeyTemplate: { tier: 'tier', service: 'tier', none: 'none' },
      accessKeys: [
        {
          id: accessKey.id,
          name: 'Key',
          secret: accessKey.clientSecret,
          customAttributes: { tier: 'gold' },
          customClaims: { service: 'nightly-import' },
        },
      ],
    })
    expect(claims).toMatchObject({ tier: 'gold', service: 'nightly-import' })
    expect(claims).not.toHaveProperty('none')
    expect(() => fixedIdp({ accessKeyTemplate: { sub: 'tier' } })).toThrow(/RESERVED_CLAIM_KEY/)
  })

  it('customClaimsInTokens puts custom claims at the root, into nsec, or both', async () => {
    const shown = async (customClaimsInTokens: 'root' | 'nsec' | 'both') => {
      const { id, access } = await tokensOf({ compat: { customClaimsInTokens } })
      return [id.dob, id.nsec, access.dob, access.nsec]
    }
    const dob = '1991-04-30'
    expect(await shown('root')).toEqual([dob, undefined, dob, { scope: all }])
    expect(await shown('nsec')).toEqual([undefined, { dob }, undefined, { dob, scope: all }])
    expect(await shown('both')).toEqual([dob, { dob }, dob, { dob, scope: all }])
  })
})

describe('the session behind a token', () => {
  it('has su while a completed step-up lasts, and loses it at the next refresh (2.6, 3.3)', async () => {
    const idp = fixedIdp()
    const login = async (stepUp: boolean) => {
      const { cookie } = await idp.sessions.create(mira.id, { stepUp, amr: ['email', 'webauthn', 'mfa'] })
      const silent = await get(idp, authorizeUrl(idp, { prompt: 'none' }), { cookie })
      const code = new URL(silent.headers.get('location') ?? '').searchParams.get('code') ?? ''
      return (await redeem(idp, code)).body
    }
    const tokens = await login(true)
    const example = { su: true, amr: ['email', 'webauthn', 'mfa'] }
    expect(claimsOf(tokens.id_token)).toMatchObject(example)
    expect(claimsOf(tokens.access_token)).toMatchObject(example)
    idp.clock.advance(600)
    const { body } = await refresh(idp, tokens.refresh_token)
    expect(claimsOf(body.id_token)).not.toHaveProperty('su')
    expect(claimsOf((await login(false)).id_token)).not.toHaveProperty('su')
  })

  it('refuses a refresh after the inactivity limit, each use begins it anew (2.6)', async () => {
    const idp = fixedIdp({ lifetimes: { inactivitySeconds: 600 } })
    const { refresh_token } = await signIn(idp)
    idp.clock.advance(599)
    expect((await refresh(idp, refresh_token)).status).toBe(200)
    idp.clock.advance(599)
    expect((await refresh(idp, refresh_token)).status).toBe(200)
    idp.clock.advance(600)
    expect(await refresh(idp, refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('userinfo of a token with the legacy issuer still tells the issuer of the application (2.8)', async () => {
    const idp = fixedIdp({ jwtTemplates: { user: { issuerType: 'legacy' } } })
    expect((await userinfo(idp, (await signIn(idp)).access_token)).body.iss).toBe(idp.issuer)
  })
})
