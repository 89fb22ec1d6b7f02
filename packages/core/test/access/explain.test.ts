import { describe, expect, test } from 'vitest'
import {
  type AccessRule,
  allOf,
  anyOf,
  authorizationDetail,
  claim,
  currentTenant,
  describeRule,
  evaluateAccess,
  explainDecision,
  not,
  param,
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
    [claim(['address', 'country'], ['NZ', 'AU']), 'claim address.country = NZ or AU'],
    [claim('sub', param('owner')), 'claim sub = parameter owner'],
    [claim('sub', { claim: 'azp' }), 'claim sub = claim azp'],
    [claim('groups', { contains: 'staff' }), 'claim groups with staff'],
    [claim('groups', { contains: param('team') }), 'claim groups with parameter team'],
    [
      authorizationDetail('payment', { actions: ['initiate'], identifier: param('id') }),
      'claim authorization_details with {"type":"payment","actions":["initiate"],"identifier":{"param":"id"}}',
    ],
    [role('Editor', { tenant: param('id') }), 'role Editor in the tenant of parameter id'],
    [tenant(currentTenant), 'membership of the tenant of claim dct'],
    [not(anyOf(scope('a'), scope('b'))), 'not (scope a or scope b)'],
    [allOf(scope('a'), anyOf(role('b'), permission('c'))), 'scope a and (role b or permission c)'],
    [anyOf(allOf(role('b'), permission('c')), scope('a')), '(role b and permission c) or scope a'],
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
    expect(explain(allOf(not(scope('a')), not(role('Reader'))))).toBe('Excluded by: not (scope a), not (role Reader).')
    expect(explain(anyOf())).toBe('Denied: no part of the rule can be granted.')
  })

  test('says when a role may only be missing because its claims were never requested', () => {
    const hint = /^Missing: role Editor\. The token does not tell: roles, .*descope\.claims/
    expect(explain(role('Editor'), grantOf({}))).toMatch(hint)
    expect(explain(role('Editor'), grantOf({ roles: [] }))).toBe('Missing: role Editor.')
    expect(explain(role('Editor'), grantOf({}, 'descope.claims'))).toBe('Missing: role Editor.')
    expect(explain(scope('b'), grantOf({}))).toBe('Missing: scope b.')
  })

  test.each([
    [
      'a claim whose scope was not granted',
      claim('email_verified', true),
      'no claim email_verified: request the scope email.',
    ],
    ['a claim inside another', claim(['address', 'country'], 'NZ'), 'no claim address: request the scope address.'],
    ['the opposite of a comparison', not(claim('email', 'a@b.example')), 'no claim email: request the scope email.'],
    ['a claim of the app', claim('plan'), 'no claim plan.'],
  ])('says that a claim may only be missing because its scope was not requested: %s', (_what, rule, hint) => {
    expect(explain(rule, grantOf({ level: 3 }, 'openid'))).toBe(`Missing: ${describeRule(rule)}. The token has ${hint}`)
  })

  test('names a parameter that was not handed in, and what can not be compared', () => {
    expect(explain(tenant(param('id')))).toBe(
      'Missing: membership of the tenant of parameter id. No value was given for the parameter id.',
    )
    expect(explain(claim('level', '3'), grantOf({ level: 3 }))).toBe(
      'Missing: claim level = 3. What claim level = 3 looks at can not be compared with it.',
    )
  })

  test('says a thing once, and advises no scope for a claim that is there', () => {
    const twice = allOf(claim('email'), claim('email', 'a@b.example'))
    expect(explain(twice).split('request the scope email')).toHaveLength(2)
    const grant = grantOf({ plan: 'free', email: 'a@b.example' }, 'openid')
    for (const rule of [claim('plan', 'team'), not(claim('email')), allOf(claim('email'), scope('a'))]) {
      expect(explain(rule, grant)).not.toContain('has no claim')
    }
  })
})
