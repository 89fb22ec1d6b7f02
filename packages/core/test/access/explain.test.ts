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
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { grantOf } from './access-fixture.ts'

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
