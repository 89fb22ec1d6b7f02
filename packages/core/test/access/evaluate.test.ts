import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideAccess } from '../../src/access/decide.ts'
import {
  type AccessParameters,
  type AccessRule,
  allOf,
  anyOf,
  claim,
  currentTenant,
  evaluateAccess,
  not,
  param,
  parseAccessRule,
  permission,
  readGrant,
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { anyClaims, anyParameters, anyRule, anyScopes, grantOf, ruleWithoutNot } from './access-fixture.ts'

/** Allowed, and why not: the three values a rule can have. */
function verdict(rule: AccessRule, grant = mixed, parameters?: AccessParameters): 'true' | 'false' | 'unknown' {
  if (evaluateAccess(rule, grant, parameters).allowed) return 'true'
  return evaluateAccess(not(rule), grant, parameters).allowed ? 'false' : 'unknown'
}

/** Scope `t` is granted; the token says nothing about roles. */
const mixed = grantOf({}, 't')
const T = scope('t')
const F = scope('f')
const U = role('u')

describe('the truth table of rules, with "the token does not tell" as third value', () => {
  test.each([
    ['a granted scope', T, 'true'],
    ['a scope that is not granted', F, 'false'],
    ['a role, when rights were not requested', U, 'unknown'],
    ['not true', not(T), 'false'],
    ['not false', not(F), 'true'],
    ['not unknown', not(U), 'unknown'],
    ['not not unknown', not(not(U)), 'unknown'],
    ['allOf true true', allOf(T, T), 'true'],
    ['allOf true false', allOf(T, F), 'false'],
    ['allOf true unknown', allOf(T, U), 'unknown'],
    ['allOf false unknown', allOf(F, U), 'false'],
    ['allOf unknown false', allOf(U, F), 'false'],
    ['allOf unknown unknown', allOf(U, U), 'unknown'],
    ['allOf of nothing', allOf(), 'true'],
    ['anyOf false false', anyOf(F, F), 'false'],
    ['anyOf true false', anyOf(T, F), 'true'],
    ['anyOf true unknown', anyOf(T, U), 'true'],
    ['anyOf unknown true', anyOf(U, T), 'true'],
    ['anyOf false unknown', anyOf(F, U), 'unknown'],
    ['anyOf unknown unknown', anyOf(U, U), 'unknown'],
    ['anyOf of nothing', anyOf(), 'false'],
    ['nested', anyOf(allOf(T, not(F)), U), 'true'],
    ['nested with unknown', allOf(anyOf(F, U), not(F)), 'unknown'],
  ] as const)('%s is %s', (_what, rule, expected) => {
    expect(verdict(rule)).toBe(expected)
  })

  test.each(['scope', 'role', 'permission', 'tenant', 'claim'])(
    'a rule of type %s without the member of that name never allows, inside a not either',
    (type) => {
      const misspelled = { type, [`${type}s`]: 't' } as unknown as AccessRule
      expect(verdict(misspelled, grantOf({ roles: [], permissions: [], tenants: {} }, 't'))).toBe('unknown')
    },
  )

  test('a rule of unknown type never allows, inside a not either', () => {
    const strange = { type: 'group', group: 'staff' } as unknown as AccessRule
    for (const rule of [strange, not(strange), not(not(strange)), allOf(strange), anyOf(not(strange), F)]) {
      expect(evaluateAccess(rule, mixed).allowed).toBe(false)
    }
  })
})

describe('scopes', () => {
  test('are compared whole and by case', () => {
    const grant = grantOf({}, 'contacts.read openid')
    expect(evaluateAccess(scope('contacts.read'), grant).allowed).toBe(true)
    for (const name of ['contacts', 'contacts.rea', 'Contacts.read', 'contacts.read openid', '']) {
      expect(evaluateAccess({ type: 'scope', scope: name }, grant).allowed).toBe(false)
    }
  })
})

describe('roles, permissions and tenants (DESIGN 21)', () => {
  const grant = grantOf({
    roles: ['Staff'],
    permissions: ['project.read'],
    tenants: { T1: { roles: ['Book Keeper'], permissions: ['invoices.read'] }, T2: {} },
    dct: 'T2',
  })
  const allows = (rule: AccessRule, given = grant) => evaluateAccess(rule, given).allowed

  test('count where they are held (N-09; S-125 to S-127)', () => {
    expect(allows(role('Staff'))).toBe(true)
    expect(allows(role('Book Keeper', { tenant: 'T1' }))).toBe(true)
    expect(allows(permission('invoices.read', { tenant: 'T1' }))).toBe(true)
    expect(allows(tenant('T1')) && allows(tenant('T2'))).toBe(true)
  })

  test('do not count elsewhere (N-09; S-125 to S-127)', () => {
    expect(allows(role('Book Keeper'))).toBe(false)
    expect(allows(role('Book Keeper', { tenant: 'T2' }))).toBe(false)
    expect(allows(role('Staff', { tenant: 'T1' }))).toBe(false)
    expect(allows(role('Staff', { tenant: 'T2' }))).toBe(false)
    expect(allows(permission('project.read', { tenant: 'T1' }))).toBe(false)
    expect(allows(tenant('T3'))).toBe(false)
  })

  test('are compared whole: a name with a space is one name', () => {
    expect(allows(role('Book'))).toBe(false)
    const text = grantOf({ roles: 'Book Keeper', tenants: { T1: { roles: 'Book Keeper' } } })
    expect(allows(role('Book Keeper'), text)).toBe(false)
    expect(allows(role('Book'), text)).toBe(false)
    expect(allows(role('Keeper', { tenant: 'T1' }), text)).toBe(false)
  })

  test('at the root belong to the current tenant when there is no tenants claim', () => {
    const current = grantOf({ roles: ['Editor'], permissions: ['edit'], dct: 'T1' })
    expect(allows(role('Editor', { tenant: 'T1' }), current)).toBe(true)
    expect(allows(permission('edit', { tenant: 'T1' }), current)).toBe(true)
    expect(allows(tenant('T1'), current)).toBe(true)
    expect(allows(role('Editor', { tenant: 'T2' }), current)).toBe(false)
    expect(allows(tenant('T2'), current)).toBe(false)
    expect(allows(role('Editor', { tenant: 'T1' }), grantOf({ roles: ['Editor'], dct: 'T1', tenants: {} }))).toBe(false)
    expect(allows(tenant('T1'), grantOf({ dct: 'T1', tenants: {} }))).toBe(false)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0', ''])(
    'are not found in a tenant named "%s" that nobody has',
    (id) => {
      const rules: AccessRule[] = [
        { type: 'tenant', tenant: id },
        { type: 'role', role: 'name', tenant: id },
        { type: 'permission', permission: 'prototype', tenant: id },
        { type: 'claim', claim: id },
      ]
      for (const claims of [
        { tenants: {} },
        { tenants: { T1: {} } },
        { tenants: ['T1'] },
        { tenants: 'T1' },
        { tenants: null },
      ]) {
        for (const rule of rules) expect(allows(rule, grantOf(claims))).toBe(false)
      }
    },
  )

  test('are found in a tenant of such a name when the token has it', () => {
    const claims = JSON.parse('{"tenants":{"__proto__":{"roles":["Editor"]},"constructor":{}}}')
    expect(allows(role('Editor', { tenant: '__proto__' }), readGrant(claims))).toBe(true)
    expect(allows(tenant('constructor'), readGrant(claims))).toBe(true)
    expect(allows(role('Editor', { tenant: 'constructor' }), readGrant(claims))).toBe(false)
  })

  test.each([[{}], [{ roles: [7] }], [{ roles: { Editor: true } }], [{ roles: [['Editor']] }], [{ roles: null }]])(
    'do not count when the claim is %j',
    (claims) => {
      expect(allows(role('Editor'), grantOf(claims))).toBe(false)
    },
  )

  test.each([
    [role('Blocked'), { roles: 'Blocked' }],
    [role('Blocked'), { roles: ['Blocked', 7] }],
    [role('Blocked'), { roles: null }],
    [permission('x', { tenant: 'T1' }), { tenants: { T1: { permissions: 'x' } } }],
    [role('Blocked', { tenant: 'T1' }), { tenants: [{ T1: {} }] }],
    [tenant('T1'), { tenants: ['T1'] }],
    [tenant('T1'), { tenants: 'T1' }],
    [tenant('T1'), { tenants: { T1: true } }],
    [tenant('T1'), { tenants: { T1: false } }],
    [tenant('T1'), { tenants: { T1: null } }],
  ])('do not tell, and so deny %j and its opposite, when the claims are %j', (rule, claims) => {
    expect(verdict(rule, grantOf(claims))).toBe('unknown')
  })

  test.each([
    { type: 'tenant' },
    { type: 'tenant', tenant: null },
    { type: 'tenant', tenant: ['T1'] },
    { type: 'role', role: 'Editor', tenant: undefined },
    { type: 'permission', permission: 'edit', tenant: null },
  ])('deny %j, whose tenant was lost, and its opposite', (rule) => {
    for (const claims of [
      { dct: null },
      { dct: 'T1' },
      { tenants: { T1: {} } },
      { tenants: { null: {}, undefined: {} } },
    ]) {
      const given = grantOf({ roles: ['Editor'], permissions: ['edit'], ...claims })
      expect(verdict(rule as unknown as AccessRule, given)).toBe('unknown')
    }
  })
})

test('an alternative that was not needed is no gap', () => {
  const { gaps } = evaluateAccess(allOf(anyOf(F, T), scope('g')), mixed)
  expect(gaps).toEqual([{ rule: scope('g'), reason: 'not-granted' }])
})

test('the gaps of a choice are those of each of its parts', () => {
  const grant = grantOf({ roles: ['a'] }, 'b')
  const reason = 'not-granted'
  expect(evaluateAccess(anyOf(scope('c'), allOf(scope('b'), role('d'))), grant).gaps).toEqual([
    { rule: scope('c'), reason },
    { rule: role('d'), reason },
  ])
})

test('where the token tells no rights, the gap says so, for each kind of right and for its opposite', () => {
  const silent = grantOf({}, 'a')
  for (const rule of [role('a'), permission('a'), tenant('a'), not(role('a')), not(tenant('a'))]) {
    expect(evaluateAccess(rule, silent)).toEqual({ allowed: false, gaps: [{ rule, reason: 'claims-not-requested' }] })
  }
  const told = grantOf({ roles: [], permissions: [], tenants: {} }, 'a')
  for (const rule of [role('a'), permission('a'), tenant('a')]) {
    expect(evaluateAccess(rule, told)).toEqual({ allowed: false, gaps: [{ rule, reason: 'not-granted' }] })
    expect(evaluateAccess(not(rule), told).allowed).toBe(true)
  }
})

describe('tenants that are known when a rule is decided (API behaviour 24)', () => {
  const grant = grantOf({
    roles: ['Editor'],
    tenants: { T1: { roles: ['Editor'], permissions: ['edit'] }, T2: { roles: ['Reader'] } },
    dct: 'T2',
  })
  const inPath = { tenant: param('tenantId') }

  test('a role in tenant A opens tenant A and no other', () => {
    const rule = role('Editor', inPath)
    expect(verdict(rule, grant, { tenantId: 'T1' })).toBe('true')
    expect(verdict(rule, grant, { tenantId: 'T2' })).toBe('false')
    expect(verdict(rule, grant, { tenantId: 'T3' })).toBe('false')
    expect(verdict(permission('edit', inPath), grant, { tenantId: 'T1' })).toBe('true')
    expect(verdict(permission('edit', inPath), grant, { tenantId: 'T2' })).toBe('false')
    expect(verdict(tenant(param('tenantId')), grant, { tenantId: 'T2' })).toBe('true')
    expect(verdict(tenant(param('tenantId')), grant, { tenantId: 'T3' })).toBe('false')
  })

  test.each(['__proto__', 'constructor', 'toString', 'length', ''])('the tenant "%s" opens nothing', (tenantId) => {
    for (const rule of [tenant(param('tenantId')), role('Editor', inPath), permission('name', inPath)]) {
      expect(verdict(rule, grant, { tenantId })).toBe('false')
      expect(verdict(rule, grantOf({ roles: ['Editor'], dct: 'T1' }), { tenantId })).toBe('false')
    }
  })

  test('a role outside any tenant counts where it is asked for, and for the current tenant of a token without tenants', () => {
    expect(verdict(role('Editor'), grantOf({ roles: ['Editor'], tenants: { T1: {} } }))).toBe('true')
    expect(
      verdict(role('Editor', inPath), grantOf({ roles: ['Editor'], tenants: { T1: {} } }), { tenantId: 'T1' }),
    ).toBe('false')
    const current = grantOf({ roles: ['Editor'], dct: 'T1' })
    expect(verdict(role('Editor', inPath), current, { tenantId: 'T1' })).toBe('true')
    expect(verdict(role('Editor', inPath), current, { tenantId: 'T2' })).toBe('false')
  })

  test('the current tenant is the one that the token names', () => {
    expect(verdict(role('Reader', { tenant: currentTenant }), grant)).toBe('true')
    expect(verdict(role('Editor', { tenant: currentTenant }), grant)).toBe('false')
    expect(verdict(tenant(currentTenant), grant)).toBe('true')
    expect(verdict(tenant(currentTenant), grantOf({ tenants: { T1: {} }, dct: 'T2' }))).toBe('false')
    expect(verdict(role('Editor', { tenant: currentTenant }), grantOf({ roles: ['Editor'], dct: 'T1' }))).toBe('true')
    expect(verdict(role('Editor', { tenant: currentTenant }), grantOf({ roles: ['Editor'] }))).toBe('unknown')
    const renamed = grantOf({ tenants: { T1: { roles: ['Editor'] } }, org: 'T1' })
    expect(verdict(role('Editor', { tenant: { claim: 'org' } }), renamed)).toBe('true')
  })

  test.each([
    ['is missing', {}],
    ['is undefined', { tenantId: undefined }],
    ['is a list, as for a path with a wildcard', { tenantId: ['T1'] }],
    ['is null', { tenantId: null }],
    ['is inherited', Object.create({ tenantId: 'T1' })],
  ])('a parameter that %s denies the rule and its opposite', (_what, parameters) => {
    for (const rule of [tenant(param('tenantId')), role('Editor', inPath), permission('edit', inPath)]) {
      expect(verdict(rule, grant, parameters)).toBe('unknown')
    }
    expect(verdict(tenant(param('tenantId')), grant)).toBe('unknown')
  })

  test.each([{}, { param: undefined }, { claim: undefined }, { param: 7 }])(
    'a reference like %j, which lost its name, denies the rule and its opposite',
    (reference) => {
      const rule = { type: 'tenant', tenant: reference } as unknown as AccessRule
      expect(verdict(rule, grant, { tenantId: 'T1' })).toBe('unknown')
    },
  )
})

describe('claims', () => {
  const grant = grantOf({
    level: 3,
    beta: false,
    plan: 'team',
    nothing: null,
    groups: ['staff', 'book keepers'],
    blocked: ['staff', 'book keepers'],
    address: { country: 'NZ', nothing: null },
    'https://api.example/tier': 'gold',
    sub: 'U1',
    azp: 'U1',
  })

  test.each([
    ['that is there', claim('level')],
    ['that is there and false', claim('beta')],
    ['with the value', claim('level', 3)],
    ['with the value false', claim('beta', false)],
    ['with one of the values', claim('plan', ['pro', 'team'])],
    ['with one of values of several types', claim('level', ['3', 3])],
    ['with the value of a parameter', claim('sub', param('owner'))],
    ['with the value of another claim', claim('sub', { claim: 'azp' })],
    ['inside another', claim(['address', 'country'])],
    ['inside another, with the value', claim(['address', 'country'], 'NZ')],
    ['whose name has dots and slashes', claim('https://api.example/tier', 'gold')],
    ['that is a list with the text', claim('groups', { contains: 'book keepers' })],
  ])('hold: one %s', (_what, rule) => {
    expect(verdict(rule, grant, { owner: 'U1' })).toBe('true')
  })

  test.each([
    ['that is not there', claim('other')],
    ['that is null', claim('nothing')],
    ['inside one that is null', claim(['address', 'nothing'])],
    ['inside one that is not there', claim(['other', 'country'])],
    ['inside a text', claim(['plan', 'length'])],
    ['inside a list', claim(['groups', '0'])],
    ['of a prototype', claim('constructor')],
    ['of a nested prototype', claim(['address', '__proto__'])],
    ['with a part of the value', claim('plan', 'te')],
    ['with another value', claim('plan', ['pro', 'enterprise'])],
    ['without the value of another claim', claim('plan', { claim: 'sub' })],
    ['with the value of another parameter', claim('sub', param('other'))],
    ['that is a list without the text', claim('groups', { contains: 'keepers' })],
  ])('do not hold: one %s', (_what, rule) => {
    expect(verdict(rule, grant, { owner: 'U1', other: 'U2' })).toBe('false')
  })

  test.each([
    ['that is not there', claim('other', 'team')],
    ['that is null', claim('nothing', 'team')],
    ['of another type', claim('level', '3')],
    ['that is a list, with a value', claim('groups', 'staff')],
    ['that is an object, with a value', claim('address', 'NZ')],
    ['that is a text, for what it contains', claim('plan', { contains: 'team' })],
    ['that is not there, for what it contains', claim('other', { contains: 'team' })],
    ['whose parameter is missing', claim('sub', param('owner'))],
    ['that is not there, like the claim it is compared with', claim('other', { claim: 'another' })],
    ['whose other claim is not there', claim('sub', { claim: 'other' })],
    ['that is not there, like its parameter', claim('other', param('owner'))],
    ['that is a list, as what it is compared with', claim('groups', { claim: 'blocked' })],
    ['that is an object, as what it is compared with', claim('address', param('place'))],
    ['whose value was lost', { type: 'claim', claim: 'plan', value: undefined } as unknown as AccessRule],
  ])('do not tell, and so deny a rule and its opposite: one %s', (_what, rule) => {
    expect(verdict(rule, grant, { place: { country: 'NZ' } })).toBe('unknown')
  })

  test.each([
    ['a list', ['Editor'], 'true'],
    ['another list', ['Reader'], 'false'],
    ['a text', 'Editor', 'unknown'],
    ['a text with the name in it', 'Reader Editor', 'unknown'],
    ['a list of objects', [{ value: 'Editor' }], 'unknown'],
  ] as const)('about groups are read from lists alone: %s (case F-19)', (_what, held, expected) => {
    expect(verdict(role('Editor'), grantOf({ roles: held }))).toBe(expected)
    expect(verdict(claim('groups', { contains: 'Editor' }), grantOf({ groups: held }))).toBe(expected)
    expect(
      verdict(claim(['entitlements', 'app'], { contains: 'Editor' }), grantOf({ entitlements: { app: held } })),
    ).toBe(expected)
  })
})

test.each([
  ['scope as text', { scope: 'openid contacts.read' }],
  ['scope as list', { scope: ['openid', 'contacts.read'] }],
  ['scp as list', { scp: ['openid', 'contacts.read'] }],
  ['scp as text', { scp: 'openid contacts.read' }],
])('%s gives the same verdict (API behaviour 22; N-10)', (_what, claims) => {
  const grant = readGrant(claims)
  expect(evaluateAccess(scope('contacts.read'), grant)).toEqual({ allowed: true, gaps: [] })
  const gaps = [{ rule: scope('contacts'), reason: 'not-granted' }]
  expect(evaluateAccess(scope('contacts'), grant)).toEqual({ allowed: false, gaps })
})

describe('for every rule and grant', () => {
  const anyGrant = fc.tuple(anyClaims, anyScopes).map(([claims, scopes]) => readGrant(claims, scopes))

  test('De Morgan holds', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 4 }), anyGrant, (parts, grant) => {
        const negated = parts.map((part) => not(part))
        expect(verdict(not(allOf(...parts)), grant)).toBe(verdict(anyOf(...negated), grant))
        expect(verdict(not(anyOf(...parts)), grant)).toBe(verdict(allOf(...negated), grant))
      }),
    )
  })

  test('a rule and its opposite never both allow', () => {
    fc.assert(
      fc.property(anyRule, anyGrant, anyParameters, (rule, grant, parameters) => {
        const [asked, opposite] = [rule, not(rule)].map((one) => evaluateAccess(one, grant, parameters).allowed)
        expect(asked && opposite).toBe(false)
        expect(verdict(not(not(rule)), grant, parameters)).toBe(verdict(rule, grant, parameters))
      }),
    )
  })

  test('more scopes never deny what a rule without not allowed', () => {
    fc.assert(
      fc.property(ruleWithoutNot, anyClaims, anyScopes, anyScopes, (rule, claims, scopes, more) => {
        const before = evaluateAccess(rule, readGrant(claims, scopes)).allowed
        const after = evaluateAccess(rule, readGrant(claims, [...scopes, ...more])).allowed
        expect(before && !after).toBe(false)
      }),
    )
  })

  test('a rule is data: it decides the same after a round trip through JSON', () => {
    fc.assert(
      fc.property(anyRule, anyGrant, anyParameters, (rule, grant, parameters) => {
        const copy = parseAccessRule(JSON.parse(JSON.stringify(rule)))
        expect(evaluateAccess(copy, grant, parameters)).toEqual(evaluateAccess(rule, grant, parameters))
      }),
    )
  })

  test('any JSON for a grant is decided, and read alike by a page and an API', () => {
    const json = fc.dictionary(
      fc.constantFrom('roles', 'permissions', 'tenants', 'dct', 'a', 'b', 'scope'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(anyRule, json, anyScopes, anyParameters, (rule, claims, scopes, parameters) => {
        const grant = readGrant(claims as Record<string, unknown>, scopes)
        const { allowed, gaps } = evaluateAccess(rule, grant, parameters)
        const decided = decideAccess(rule, grant, parameters)
        expect(decided.allowed).toBe(allowed)
        expect(decided.gaps.map((gap) => gap.rule)).toEqual(gaps.map((gap) => gap.rule))
      }),
    )
  })

  test('gaps are there exactly when denied, unless nothing could have helped', () => {
    fc.assert(
      fc.property(anyRule, anyGrant, (rule, grant) => {
        const { allowed, gaps } = evaluateAccess(rule, grant)
        if (allowed) expect(gaps).toEqual([])
        for (const gap of gaps) expect(evaluateAccess(gap.rule, grant).allowed).toBe(false)
        for (const { reason, missing, scope: name } of gaps) {
          expect(missing !== undefined).toBe(name !== undefined || /absent|missing/.test(reason))
          expect(name !== undefined && grant.scopes.has(name)).toBe(false)
        }
      }),
    )
  })
})
