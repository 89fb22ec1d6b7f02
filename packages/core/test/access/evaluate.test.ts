import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AccessRule,
  allOf,
  anyOf,
  claim,
  evaluateAccess,
  not,
  permission,
  readGrant,
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { anyClaims, anyRule, anyScopes, grantOf, ruleWithoutNot } from './access-fixture.ts'

/** Allowed, and why not: the three values a rule can have. */
function verdict(rule: AccessRule, grant = mixed): 'true' | 'false' | 'unknown' {
  if (evaluateAccess(rule, grant).allowed) return 'true'
  return evaluateAccess(not(rule), grant).allowed ? 'false' : 'unknown'
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

describe('claims', () => {
  test('need to be there, or to have exactly the value', () => {
    const grant = grantOf({ level: 3, beta: false, plan: 'team', nothing: null })
    const allows = (rule: AccessRule) => evaluateAccess(rule, grant).allowed
    for (const rule of [
      claim('level'),
      claim('beta'),
      claim('level', 3),
      claim('beta', false),
      claim('plan', 'team'),
    ]) {
      expect(allows(rule)).toBe(true)
    }
    for (const rule of [
      claim('nothing'),
      claim('other'),
      claim('level', '3'),
      claim('beta', true),
      claim('plan', 'te'),
      { type: 'claim', claim: 'plan', value: undefined } as unknown as AccessRule,
    ]) {
      expect(allows(rule)).toBe(false)
    }
  })
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
      fc.property(anyRule, anyGrant, (rule, grant) => {
        expect(evaluateAccess(rule, grant).allowed && evaluateAccess(not(rule), grant).allowed).toBe(false)
        expect(verdict(not(not(rule)), grant)).toBe(verdict(rule, grant))
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
      fc.property(anyRule, anyGrant, (rule, grant) => {
        expect(evaluateAccess(JSON.parse(JSON.stringify(rule)), grant)).toEqual(evaluateAccess(rule, grant))
      }),
    )
  })

  test('gaps are there exactly when denied, unless nothing could have helped', () => {
    fc.assert(
      fc.property(anyRule, anyGrant, (rule, grant) => {
        const { allowed, gaps } = evaluateAccess(rule, grant)
        if (allowed) expect(gaps).toEqual([])
        for (const gap of gaps) expect(evaluateAccess(gap.rule, grant).allowed).toBe(false)
      }),
    )
  })
})
