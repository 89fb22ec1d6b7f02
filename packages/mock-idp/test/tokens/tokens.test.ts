import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { compactVerify, createLocalJWKSet } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  claimsOf,
  codeFor,
  fixedIdp,
  get,
  headerOf,
  mira,
  noa,
  redeem,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const { projectId, tenants, users, spa } = demoProject

/** The claims of both tokens of one login, dates of the fixed clock included. */
async function tokensFor(scope: string, config: MockIdpConfig = {}, user = mira.loginId, more = {}) {
  const tokens = await signIn(fixedIdp(config), { scope, ...more }, 'oidc', user)
  return {
    id: claimsOf(tokens.id_token),
    access: claimsOf(tokens.access_token),
    refresh: claimsOf(tokens.refresh_token),
    header: headerOf(tokens.id_token),
  }
}

describe('ID token (3.3)', () => {
  it('is the example of 3.9, with the method of this login (S-105 to S-117, S-129 to S-134)', async () => {
    const { id, header } = await tokensFor('openid profile email')
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'mock-test-key-1' })
    expect(id).toEqual({
      amr: ['pwd'],
      aud: [projectId],
      drn: 'DS',
      email: 'mira@acme.example',
      email_verified: true,
      exp: 1767226200,
      family_name: 'Tal',
      given_name: 'Mira',
      iat: 1767225600,
      iss: `http://127.0.0.1:4455/${projectId}`,
      name: 'Mira Tal',
      nonce: 'nonce-1',
      picture: 'https://acme.example/mira.png',
      rexp: '2026-01-29T00:00:00Z',
      sub: users.mira.id,
    })
  })

  it('adds phone_number and phone_number_verified with their scope alone (S-113, S-114)', async () => {
    const { id } = await tokensFor('openid phone')
    expect(id).toMatchObject({ phone_number: '+15550100', phone_number_verified: true })
    const idp = fixedIdp()
    idp.users.update(mira.id, { phoneVerified: undefined } as object)
    expect(claimsOf((await signIn(idp, { scope: 'openid phone' })).id_token)).toMatchObject({
      phone_number: '+15550100',
      phone_number_verified: false,
    })
    expect((await tokensFor('openid profile email')).id).not.toHaveProperty('phone_number')
  })

  it('leaves out what the user does not have, and what hangs on it (S-110 to S-117, 3.1)', async () => {
    const users = [{ loginIds: ['bare'], password: 'pw', emailVerified: true, phoneVerified: true }]
    const { id, access } = await tokensFor('openid profile email phone', { users }, 'bare')
    expect(Object.keys(id).sort()).toEqual(['amr', 'aud', 'drn', 'exp', 'iat', 'iss', 'nonce', 'rexp', 'sub'])
    expect(id.sub).toMatch(/^U[A-Za-z0-9]{27}$/)
    for (const name of ['email_verified', 'phone_number_verified']) expect(access).not.toHaveProperty(name)
  })

  it('counts in whole seconds, whatever the clock shows (S-107, S-108, S-133)', async () => {
    const { id, access } = await tokensFor('openid', { deterministic: { now: 1767225600789 } })
    for (const claims of [id, access]) {
      expect(claims).toMatchObject({ iat: 1767225600, exp: 1767226200, rexp: '2026-01-29T00:00:00Z' })
    }
  })

  it('has the same sub for every client, and keys of one set (S-088, S-091)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'spa', name: 'Spa', clientType: 'public', clientId: 'spa-client' }] })
    const own = { client_id: 'spa-client' }
    const tokens = [
      await signIn(idp),
      (await redeem(idp, await codeFor(idp, own), own)).body,
      await signIn(idp, {}, 'inbound'),
    ]
    const { keys } = await (await get(idp, `/${projectId}/.well-known/jwks.json`)).json()
    for (const { id_token } of tokens) {
      expect(claimsOf(id_token).sub).toBe(users.mira.id)
      await expect(compactVerify(id_token, createLocalJWKSet({ keys }))).resolves.toBeDefined()
    }
  })

  it('gains authorization and custom claims with their scopes alone (S-118, S-123, S-128, 3.9)', async () => {
    const { id } = await tokensFor('openid descope.claims descope.custom_claims', {}, mira.loginId, {
      tenant: tenants.acme,
    })
    expect(id).toMatchObject({
      dct: tenants.acme,
      dob: '1991-04-30',
      roles: ['Staff', 'Contact Reader', 'Contact Editor', 'Book Keeper'],
      tenants: { [tenants.acme]: { roles: ['Book Keeper', 'Contact Reader', 'Contact Editor'] }, [tenants.globex]: {} },
    })
    const { id: plain } = await tokensFor('openid')
    for (const name of ['dct', 'dob', 'roles', 'permissions', 'tenants', 'name', 'email']) {
      expect(plain).not.toHaveProperty(name)
    }
  })

  it('has no nonce when none was sent', async () => {
    expect((await tokensFor('openid', {}, mira.loginId, { nonce: undefined })).id).not.toHaveProperty('nonce')
  })

  it('sets dct by hint for members alone (3.4)', async () => {
    const scope = 'openid descope.claims'
    expect((await tokensFor(scope)).id).not.toHaveProperty('dct')
    expect((await tokensFor(scope, {}, noa.loginId, { tenant: tenants.acme })).id.dct).toBe(tenants.globex)
    expect((await tokensFor(scope, {}, noa.loginId, { tenant: tenants.acme })).id.tenants).not.toHaveProperty(
      tenants.acme,
    )
  })

  it('follows the switches emitAuthTime, emitAtHash, audFormat, leanIdToken, addJti (S-106, 2.18)', async () => {
    const compat = {
      emitAuthTime: true,
      emitAtHash: true,
      audFormat: 'string',
      leanIdToken: true,
      addJti: true,
    } as const
    const { id, access } = await tokensFor('openid profile', { compat })
    expect(id).toMatchObject({ auth_time: 1767225600, at_hash: expect.any(String), aud: projectId })
    expect(id).not.toHaveProperty('name')
    expect(id.jti).not.toBe(access.jti)
    const plain = (await tokensFor('openid profile')).id
    for (const name of ['auth_time', 'at_hash', 'jti']) expect(plain).not.toHaveProperty(name)
  })

  it('computes at_hash as the left half of SHA-256 (OpenID Connect Core 3.1.3.6)', async () => {
    const tokens = await signIn(fixedIdp({ compat: { emitAtHash: true } }))
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(tokens.access_token))
    expect(claimsOf(tokens.id_token).at_hash).toBe(Buffer.from(digest).subarray(0, 16).toString('base64url'))
  })

  it('names both audiences and azp for inbound applications (3.3)', async () => {
    const { id_token } = await signIn(fixedIdp(), {}, 'inbound')
    expect(claimsOf(id_token)).toMatchObject({ aud: [projectId, spa.clientId], azp: spa.clientId })
    for (const [defaultAudience, aud] of [
      ['projectId', [projectId]],
      ['clientId', [spa.clientId]],
    ] as const) {
      const idp = fixedIdp()
      idp.inboundApps.update(spa.appId, { defaultAudience })
      expect(claimsOf((await signIn(idp, {}, 'inbound')).id_token)).toMatchObject({ aud, azp: spa.clientId })
    }
  })

  it('adds resources to aud, and then azp (2.4, RFC 8707)', async () => {
    const resource = 'https://api.example'
    const config = { defaultApp: { audienceWhitelist: [resource] } }
    const { id, access } = await tokensFor('openid', config, mira.loginId, { resource })
    expect(id).toMatchObject({ aud: [projectId, resource], azp: projectId })
    expect(access.aud).toEqual([projectId, resource])
  })
})

describe('access token (3.7)', () => {
  it('has custom claims whatever was asked, authorization claims with their scope, scopes in nsec (S-118, S-130)', async () => {
    const { access } = await tokensFor('openid')
    expect(access).toEqual({
      amr: ['pwd'],
      aud: [projectId],
      dob: '1991-04-30',
      drn: 'DS',
      exp: 1767226200,
      iat: 1767225600,
      iss: `http://127.0.0.1:4455/${projectId}`,
      nsec: { scope: 'openid' },
      rexp: '2026-01-29T00:00:00Z',
      sub: users.mira.id,
    })
    expect((await tokensFor('openid descope.claims')).access.roles).toContain('Staff')
    expect((await tokensFor('openid', { compat: { authClaimsAlwaysInAccess: true } })).access.roles).toContain('Staff')
  })

  it('has no aud with omitAudOnSession, while the ID token keeps it (S-135)', async () => {
    const { access, id } = await tokensFor('openid', { compat: { omitAudOnSession: true } })
    expect(access).not.toHaveProperty('aud')
    expect(id.aud).toEqual([projectId])
  })

  it('follows the lifetimes of project and application (2.6)', async () => {
    const { access } = await tokensFor('openid', { lifetimes: { accessTokenSeconds: 5 } })
    expect(access.exp - access.iat).toBe(5)
    const idp = fixedIdp()
    idp.inboundApps.update(spa.appId, { sessionSettings: { sessionTokenExpiration: 7, refreshTokenExpiration: 60 } })
    const tokens = await signIn(idp, {}, 'inbound')
    expect(tokens.expires_in).toBe(7)
    expect(claimsOf(tokens.access_token).rexp).toBe('2026-01-01T00:01:00Z')
  })
})

describe('refresh token (3.8)', () => {
  it('names the project alone as issuer, and inbound ones the issuer of their application (3.9)', async () => {
    const { refresh } = await tokensFor('openid')
    expect(refresh.iss).toBe(demoProject.projectId)
    const idp = fixedIdp()
    expect(claimsOf((await signIn(idp, {}, 'inbound')).refresh_token).iss).toBe(idp.inboundIssuer)
  })

  it('is a JWT with drn DSR, 28 days, and the names of custom claims (S-130, S-134)', async () => {
    const { refresh } = await tokensFor('openid')
    expect(refresh).toMatchObject({ drn: 'DSR', sub: users.mira.id, iat: 1767225600, exp: 1769644800, dcl: ['dob'] })
    const inbound = claimsOf((await signIn(fixedIdp(), {}, 'inbound')).refresh_token)
    expect(inbound).toMatchObject({ azp: spa.clientId, scope: 'openid contacts.read' })
  })
})

describe('idp.tokens.accessToken', () => {
  it('has the shape of the token endpoint for a user of the default application', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, { scope: 'openid descope.claims' })
    const made = await idp.tokens.accessToken({ user: mira.loginId, scope: 'openid descope.claims' })
    expect(claimsOf(made)).toEqual(claimsOf(access_token))
    expect(headerOf(made)).toEqual(headerOf(access_token))
    expect((await userinfo(fixedIdp(), made)).status).toBe(401)
  })

  it('has the shape of the inbound family with its scope as text, and of machines (S-430)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, {}, 'inbound')
    const made = await idp.tokens.accessToken({ user: mira.id, client: spa.clientId, scope: 'openid contacts.read' })
    expect(claimsOf(made)).toEqual(claimsOf(access_token))
    const machine = claimsOf(
      await idp.tokens.accessToken({ client: demoProject.agent.clientId, scope: 'contacts.read' }),
    )
    expect(machine).toMatchObject({ sub: demoProject.agent.clientId, scope: 'contacts.read' })
    expect(machine).not.toHaveProperty('amr')
  })

  it('lets claims, header and life be changed, and a claim be taken out', async () => {
    const token = await fixedIdp().tokens.accessToken({
      user: mira.id,
      claims: { aud: undefined, roles: ['x'] },
      header: { typ: 'at+jwt' },
      expiresInSeconds: -5,
    })
    expect(headerOf(token).typ).toBe('at+jwt')
    const claims = claimsOf(token)
    expect(claims).not.toHaveProperty('aud')
    expect([claims.roles, claims.exp - claims.iat]).toEqual([['x'], -5])
  })

  it('refuses unknown users and clients', async () => {
    const { tokens } = fixedIdp()
    await expect(tokens.accessToken({ user: 'nobody' })).rejects.toThrow(/"nobody" is unknown/)
    await expect(tokens.accessToken({ client: 'nobody' })).rejects.toThrow(/"nobody" is unknown/)
  })
})
