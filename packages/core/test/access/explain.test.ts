import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AccessRule,
  allOf,
  anyOf,
  claim,
  describeRule,
  evaluateAccess,
  explainDecision,
  not,
  permission,
  readGrant,
  requiredScopes,
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { anyClaims, anyRule, anyScopes, grantOf } from './access-fixture.ts'

describe('describeRule', () => {
  test.each([
    [scope('contacts.read'), 'scope contacts.read'],
    [role('Book Keeper', { tenant: 'T1' }), 'role Book Keeper in tenant T1'],
    [permission('contacts.edit'), 'permission contacts.edit'],
    [tenant('T1'), 'membership of tenant T1'],
    [claim('plan'), 'claim plan'],
    [claim('beta', false), 'claim beta = false'],
    [not(anyOf(scope('a'), scope('b'))), 'not (scope a or scope b)'],
    [allOf(scope('a'), anyOf(role('b'), permission('c'))), 'scope a and (role b or permission c)'],
    [allOf(anyOf(scope('a'))), 'scope a'],
    [allOf(), 'nothing'],
    [anyOf(), 'something that can not be granted'],
    [{ type: 'group' } as unknown as AccessRule, 'a rule of unknown type'],
  ])('puts %j into words', (rule, words) => {
    expect(describeRule(rule)).toBe(words)
  })
})

describe('explainDecision', () => {
  const explain = (rule: AccessRule, grant = grantOf({ roles: ['Reader'] }, 'a')) =>
    explainDecision(evaluateAccess(rule, grant))

  test('says what is missing, and what is in the way', () => {
    expect(explain(scope('a'))).toBe('Allowed.')
    expect(explain(allOf(scope('a'), scope('b'), role('Editor')))).toBe('Missing: scope b, role Editor.')
    expect(explain(not(role('Reader')))).toBe('Excluded by: not (role Reader).')
    expect(explain(allOf(scope('b'), not(scope('a'))))).toBe('Missing: scope b. Excluded by: not (scope a).')
    expect(explain(anyOf())).toBe('Denied: no part of the rule can be granted.')
  })

  test('says when a role may only be missing because its claims were never requested', () => {
    const hint = /^Missing: role Editor\. The token says nothing about roles.*descope\.claims/
    expect(explain(role('Editor'), grantOf({}))).toMatch(hint)
    expect(explain(role('Editor'), grantOf({ roles: [] }))).toBe('Missing: role Editor.')
    expect(explain(role('Editor'), grantOf({}, 'descope.claims'))).toBe('Missing: role Editor.')
    expect(explain(scope('b'), grantOf({}))).toBe('Missing: scope b.')
  })
})

describe('requiredScopes', () => {
  test.each([
    ['all of allOf', allOf(scope('a'), scope('b')), ['a', 'b']],
    ['every way of anyOf', anyOf(scope('b'), allOf(scope('c'), scope('a'))), ['b', 'c', 'a']],
    ['one that two parts name once', allOf(scope('b'), anyOf(scope('b'), scope('c'))), ['b', 'c']],
    ['none when a role is missing too', allOf(scope('b'), role('Editor')), []],
    ['those beside a role that is there', allOf(scope('b'), role('Reader')), ['b']],
    ['none for a scope that must not be', allOf(scope('b'), not(scope('a'))), []],
    ['none inside a not', not(scope('a')), []],
    ['none without a scope', tenant('T1'), []],
  ])('names %s (RFC 6750 3)', (_what, rule, expected) => {
    expect(requiredScopes(rule, grantOf({ roles: ['Reader'] }, 'a'))).toEqual(expected)
  })

  test('with them granted, the rule allows; without any, they would not have helped', () => {
    fc.assert(
      fc.property(anyRule, anyClaims, anyScopes, (rule, claims, scopes) => {
        const grant = readGrant(claims, scopes)
        const required = requiredScopes(rule, grant)
        if (required.length === 0) return
        const widened = { ...grant, scopes: new Set([...scopes, ...required]) }
        expect(evaluateAccess(rule, widened).allowed).toBe(true)
      }),
    )
  })
})
