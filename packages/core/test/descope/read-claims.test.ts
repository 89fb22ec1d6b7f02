import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { validateClaims } from '../../src/claims-schema.ts'
import { type DescopeClaims, readDescopeClaims } from '../../src/descope/claims.ts'
import { evaluateAccess, fetchUserInfo, type IdTokenClaims, readGrant, role, type UserInfo } from '../../src/index.ts'
import { birthday } from '../support/birthday-schema.ts'
import { createTestClient } from '../support/login.ts'

const { mira } = demoProject.users
const { acme, globex } = demoProject.tenants

const idToken = (more: Record<string, unknown> = {}): IdTokenClaims => ({
  ...{ iss: 'https://idp.example', sub: 'mira', aud: 'app', exp: 2, iat: 1 },
  ...more,
})
const userInfo = (more: Record<string, unknown> = {}): UserInfo => ({ sub: 'mira', ...more })

/** Logs Mira in and asks userinfo. */
async function loginOfMira(scope: string, config: Parameters<typeof createMockIdp>[0] = {}, flow?: string) {
  const idp = createMockIdp(config)
  const client = await createTestClient(idp)
  const { claims, accessToken, scopes } = await client.login({ scope, parameters: flow ? { flow } : {} })
  const { server, transport } = client.context
  return {
    claims: claims as IdTokenClaims,
    scopes,
    accessToken,
    userInfo: await fetchUserInfo(server, client.context.client.clientId, accessToken, mira.id, transport),
  }
}

describe('custom claims', () => {
  test('are typed by a schema, and a date stays the text it is (N-12; S-032, S-037)', async () => {
    const { claims } = await loginOfMira('openid descope.custom_claims')
    const { custom } = readDescopeClaims(claims, { claimsSchema: birthday })
    expect(custom).toEqual({ dob: '1991-04-30' })
    expectTypeOf(custom).toEqualTypeOf<{ dob: string }>()
  })

  test('of the worked example arrive in ID token and userinfo (S-019)', async () => {
    const scope = 'openid descope.custom_claims'
    const { claims, userInfo: answer } = await loginOfMira(scope, { userTemplate: {} }, 'sign-up-or-in-with-dob')
    expect(readDescopeClaims(claims, { claimsSchema: birthday }).custom.dob).toBe('1984-02-09')
    const read = readDescopeClaims(idToken({ sub: mira.id }), { userInfo: answer, claimsSchema: birthday })
    expect(read.custom.dob).toBe('1984-02-09')
  })

  test('are never logged, whatever a connector has brought: neither read nor refused (S-034)', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const
    const logs = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => {}))
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    const scope = 'openid descope.custom_claims'
    const { claims, userInfo: answer } = await loginOfMira(scope, {}, 'sign-up-or-in-with-dob')
    const reply = { password: 'secret-1', insurance: 'secret-2', dob: 7 }
    readDescopeClaims({ ...claims, ...reply }, { userInfo: answer })
    expect(() => readDescopeClaims({ ...claims, ...reply }, { claimsSchema: birthday })).toThrow(/wants: dob\./)
    expect(() => readDescopeClaims({ ...claims, ...reply }, { claimsSchema: birthday })).not.toThrow(/secret|7/)
    expect(logs.flatMap((log) => log.mock.calls)).toEqual([])
  })

  test('are typed in ID token, userinfo and access token (S-043)', async () => {
    const { claims, userInfo: answer, accessToken } = await loginOfMira('openid descope.custom_claims')
    const payload = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
    for (const source of [claims, answer.nsec as object, payload]) {
      expectTypeOf(validateClaims(source, birthday)).toEqualTypeOf<{ dob: string }>()
      expect(validateClaims(source, birthday)).toEqual({ dob: '1991-04-30' })
    }
  })

  test('that do not fit the schema are a typed error (N-12)', async () => {
    const { claims } = await loginOfMira('openid')
    expect(() => readDescopeClaims(claims, { claimsSchema: birthday })).toThrow(
      expect.objectContaining({ code: 'OIDC_CLAIMS_INVALID' }),
    )
  })

  test('are unknown without a schema: no type can be claimed for them (N-12)', () => {
    const { custom } = readDescopeClaims(idToken({ dob: '1991-04-30' }))
    expectTypeOf(custom).toEqualTypeOf<Readonly<Record<string, unknown>>>()
    // @ts-expect-error: a type alone checks nothing.
    readDescopeClaims<{ dob: string }>(idToken())
  })

  test('tell where they stood: ID token before userinfo before nsec (N-13)', () => {
    const { custom, sources } = readDescopeClaims(
      idToken({ a: 'token', nsec: { a: 0, b: 0, c: 'token nsec', d: 0 } }),
      {
        userInfo: userInfo({ a: 1, b: 'userinfo', nsec: { a: 2, b: 2, c: 2, e: 'userinfo nsec' } }),
      },
    )
    expect(custom).toEqual({ a: 'token', b: 'userinfo', c: 'token nsec', d: 0, e: 'userinfo nsec' })
    expect(sources).toEqual({ a: 'id-token', b: 'userinfo', c: 'nsec', d: 'nsec', e: 'nsec' })
  })

  test('of nsec are never among the trusted ones, whatever their name (DESIGN 11; N-13)', () => {
    const said = { dob: 'x', roles: ['Admin'], email_verified: true, tenants: { T1: {} }, su: true, dct: 'T1' }
    const read = readDescopeClaims(idToken({ nsec: said, plan: 'free' }), { userInfo: userInfo({ nsec: said }) })
    expect(read.trusted).toEqual({ plan: 'free' })
    expect(read.custom).toEqual({ dob: 'x', plan: 'free' })
    expect(read).toMatchObject({ rights: {}, rightsSource: undefined, emailVerified: false, tenants: [] })
    expect(read.service).toMatchObject({ su: false, dct: undefined })
  })

  test('of userinfo come from its nsec, where the service puts them (S-192, S-193)', async () => {
    const { claims, userInfo: answer } = await loginOfMira('openid descope.custom_claims')
    const { dob: _, ...bare } = claims
    const read = readDescopeClaims(bare as IdTokenClaims, { userInfo: answer, claimsSchema: birthday })
    expect(answer.dob).toBeUndefined()
    expect(read.custom.dob).toBe('1991-04-30')
    expect(read.sources).toEqual({ dob: 'nsec' })
    expect(read.trusted).toEqual({})
  })

  test('are none of the standard claims, and hold no scope text (S-194)', async () => {
    const { claims, userInfo: answer } = await loginOfMira('openid profile email phone descope.claims')
    expect(answer.nsec).toEqual({ scope: expect.stringContaining('openid') })
    expect(readDescopeClaims(claims, { userInfo: answer }).custom).toEqual({})
  })

  test('named like members of every object are harmless', () => {
    const claims = JSON.parse('{"__proto__": {"admin": true}, "constructor": "x"}')
    const { custom, trusted } = readDescopeClaims(idToken({ nsec: claims }))
    expect(Object.getPrototypeOf(custom)).toBe(Object.prototype)
    expect(custom.admin).toBeUndefined()
    expect(trusted).toEqual({})
  })
})

describe('claims of the service', () => {
  test('are typed, and rexp is a time (N-14, N-39; S-129, S-130, S-133)', async () => {
    const { claims } = await loginOfMira('openid descope.claims')
    const { service } = readDescopeClaims(claims)
    expect(service).toMatchObject({ amr: ['pwd'], drn: 'DS', su: false })
    expect(service.rexp?.getTime()).toBe(Date.parse(String(claims.rexp)))
    expectTypeOf(service.amr).toEqualTypeOf<readonly string[]>()
    expectTypeOf(service.drn).toEqualTypeOf<'DS' | 'DSR' | undefined>()
    expectTypeOf(service.rexp).toEqualTypeOf<Date | undefined>()
  })

  test('of another form are left out (N-14)', () => {
    const wrong = { amr: 'pwd', drn: 'X', dct: 1, dsub: {}, azp: [], rexp: 'soon', su: 'true', act: null }
    expect(readDescopeClaims(idToken(wrong)).service).toEqual({
      ...{ amr: [], drn: undefined, dct: undefined, dsub: undefined, azp: undefined, rexp: undefined, su: false },
      act: {},
    })
    expect(readDescopeClaims(idToken({ su: true, dsub: 'U1', act: { sub: 'K1' } })).service).toMatchObject({
      ...{ su: true, dsub: 'U1', act: { sub: 'K1' } },
    })
  })
})

describe('tenants', () => {
  test('are listed with their rights, and the current one is named (N-07, N-08)', async () => {
    const { claims } = await loginOfMira('openid descope.claims')
    const { tenants } = readDescopeClaims(claims)
    expect(tenants).toEqual([
      { id: acme, roles: ['Book Keeper', 'Contact Reader', 'Contact Editor'], permissions: expect.any(Array) },
      { id: globex, roles: [], permissions: [] },
    ])
    expect(readDescopeClaims(idToken({ dct: 'T1', tenants: {} })).currentTenant).toBe('T1')
    expect(readDescopeClaims(idToken({ tenants: {} })).currentTenant).toBeUndefined()
  })

  test('are the current one alone when the token names no other (N-08)', () => {
    const current = { dct: 'T1', roles: ['Editor'], permissions: ['edit'] }
    expect(readDescopeClaims(idToken(current)).tenants).toEqual([
      { id: 'T1', roles: ['Editor'], permissions: ['edit'] },
    ])
    expect(readDescopeClaims(idToken({ roles: ['Editor'] })).tenants).toEqual([])
  })
})

describe('rights', () => {
  test('come from the ID token, else from userinfo, and say so (DESIGN 21; S-128)', async () => {
    const { claims, userInfo: answer } = await loginOfMira('openid descope.claims')
    expect(readDescopeClaims(claims, { userInfo: answer })).toMatchObject({ rightsSource: 'id-token' })
    const read = readDescopeClaims(idToken({ sub: mira.id }), { userInfo: answer })
    expect(read).toMatchObject({ rightsSource: 'userinfo', rights: { tenants: answer.tenants } })
    expect(readDescopeClaims(idToken()).rightsSource).toBeUndefined()
  })

  test('of userinfo go through the same rules as those of a token (S-196)', async () => {
    const { userInfo: answer, scopes } = await loginOfMira('openid descope.claims')
    const { rights } = readDescopeClaims(idToken({ sub: mira.id }), { userInfo: answer })
    const grant = readGrant({ ...rights }, scopes)
    expect(evaluateAccess(role('Book Keeper', { tenant: acme }), grant).allowed).toBe(true)
    expect(evaluateAccess(role('Book Keeper', { tenant: globex }), grant).allowed).toBe(false)
  })
})

describe('userinfo', () => {
  test('about another user is refused (Core 5.3.2)', () => {
    expect(() => readDescopeClaims(idToken(), { userInfo: { sub: 'noa' } })).toThrow(
      expect.objectContaining({ code: 'OIDC_USERINFO_SUB_MISMATCH' }),
    )
  })

  test('has members for what was requested only, and undefined ones for the rest (S-187, S-404)', async () => {
    const { userInfo: bare } = await loginOfMira('openid')
    expect([bare.email, bare.name, bare.roles, bare.tenants]).toEqual([undefined, undefined, undefined, undefined])
    const { userInfo: full } = await loginOfMira('openid profile email descope.claims')
    expect(full).toMatchObject({ email: mira.loginId, name: mira.name, roles: expect.any(Array) })
  })

  test('is not asked for aud and iss: no issuer or audience is read from it (S-188, S-190)', () => {
    const answer = userInfo({ aud: 'somebody', iss: 'https://elsewhere.example', nsec: {} })
    const { custom, trusted, service } = readDescopeClaims(idToken(), { userInfo: answer })
    expect({ custom, trusted, service }).toEqual({
      ...{ custom: {}, trusted: {}, service: readDescopeClaims(idToken()).service },
    })
  })

  test('tells the granted scopes where the session does not (N-10; S-194)', () => {
    const answer = userInfo({ nsec: { scope: 'openid contacts.read' } })
    expect(readDescopeClaims(idToken(), { userInfo: answer }).scopes).toEqual(['openid', 'contacts.read'])
    expect(readDescopeClaims(idToken(), { userInfo: answer, scopes: new Set(['openid']) }).scopes).toEqual(['openid'])
  })
})

describe('addresses', () => {
  test.each([true, false, 'true', 1, undefined])(
    'are verified for boolean true only, and this is %j (DESIGN 16; S-112, S-114)',
    (mark) => {
      const claims = { email: 'a@b.example', email_verified: mark, phone_number: '+1', phone_number_verified: mark }
      const { emailVerified, phoneVerified } = readDescopeClaims(idToken(claims))
      expect([emailVerified, phoneVerified]).toEqual([mark === true, mark === true])
    },
  )

  test('are not verified by the mark of another address', () => {
    const answer = userInfo({ email: 'other@b.example', email_verified: true })
    expect(readDescopeClaims(idToken({ email: 'a@b.example' }), { userInfo: answer }).emailVerified).toBe(false)
    expect(readDescopeClaims(idToken(), { userInfo: answer }).emailVerified).toBe(true)
    expect(readDescopeClaims(idToken({ email_verified: true })).emailVerified).toBe(false)
  })
})

test('profile claims are typed, and may all be absent (S-074 to S-076, S-110, S-111, S-113, S-115 to S-117, S-189, S-191)', () => {
  for (const type of ['name', 'given_name', 'family_name', 'picture', 'email', 'phone_number'] as const) {
    expectTypeOf<IdTokenClaims[typeof type]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<UserInfo[typeof type]>().toEqualTypeOf<string | undefined>()
  }
  expectTypeOf<IdTokenClaims['email_verified']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<UserInfo['phone_number_verified']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<DescopeClaims<{ dob: string }>['custom']>().toEqualTypeOf<{ dob: string }>()
})
