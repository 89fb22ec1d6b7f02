import { describe, expect, test } from 'vitest'
import {
  type AccessGap,
  type AccessRule,
  allOf,
  anyOf,
  claim,
  currentTenant,
  evaluateAccess,
  not,
  param,
  readGrant,
  role,
  scope,
  tenant,
} from '../../src/index.ts'

describe('the gaps of a denial say why', () => {
  const T = scope('t')
  const F = scope('f')
  const U = role('u')
  const T1 = param('tenantId')
  const idToken = { rexp: '2026-01-01T00:00:00Z', sub: 'U1' }
  const granted = { ...idToken, scope: 'openid' }
  test.each<[string, AccessRule, Record<string, unknown>, Omit<AccessGap, 'rule'>]>([
    ['a scope that was not granted', F, {}, { reason: 'not-granted' }],
    ['a role that the caller does not have', U, { roles: [] }, { reason: 'not-granted' }],
    ['claims about rights that were not requested (N-16)', U, {}, { reason: 'claims-not-requested' }],
    ['a tenant without them', tenant('T1'), {}, { reason: 'claims-not-requested' }],
    ['a claim with another value', claim('plan', 'pro'), { plan: 'free' }, { reason: 'not-granted' }],
    ['a claim that is false', claim('beta', true), { beta: false }, { reason: 'not-granted' }],
    ['a claim of another type', claim('level', '3'), { level: 3 }, { reason: 'undecided' }],
    ['a list that is none', role('Editor'), { roles: 'Editor' }, { reason: 'undecided' }],
    ['an unknown type of rule', { type: 'group' } as unknown as AccessRule, {}, { reason: 'undecided' }],
    ['what not forbids', not(T), { scope: 't' }, { reason: 'excluded' }],
    ['a claim that is not there', claim('plan'), { scope: 'openid' }, { reason: 'claim-absent', missing: 'plan' }],
    ['its value', claim('plan', 'pro'), { scope: 'openid' }, { reason: 'claim-absent', missing: 'plan' }],
    ['a part of one', claim(['app', 'plan']), { app: {} }, { reason: 'claim-absent', missing: 'app.plan' }],
    [
      'a claim of OpenID Connect whose scope was not granted (Core 1.0 5.4)',
      claim('email_verified', true),
      { scope: 'openid' },
      { reason: 'claims-not-requested', missing: 'email_verified', scope: 'email' },
    ],
    ...[
      ['phone_number', 'phone'],
      ['updated_at', 'profile'],
    ].map(([missing = '', scope = '']): [string, AccessRule, Record<string, unknown>, Omit<AccessGap, 'rule'>] => [
      `${missing}, which comes with the scope ${scope} (Core 1.0 5.4)`,
      claim(missing),
      { scope: 'openid' },
      { reason: 'claims-not-requested', missing, scope },
    ]),
    [
      'one inside a claim whose scope was not granted',
      claim(['address', 'country'], 'NZ'),
      { scope: 'openid' },
      { reason: 'claims-not-requested', missing: 'address', scope: 'address' },
    ],
    [
      'one that is absent although its scope was granted',
      claim('email'),
      { scope: 'openid email' },
      { reason: 'claim-absent', missing: 'email' },
    ],
    [
      'a custom claim of an ID token of Descope, without its scope (S-118)',
      claim('plan', 'pro'),
      idToken,
      { reason: 'claims-not-requested', missing: 'plan', scope: 'descope.custom_claims' },
    ],
    [
      'one of an access token of Descope, which has them without it',
      claim('plan', 'pro'),
      { ...idToken, nsec: { scope: 'openid' } },
      { reason: 'claim-absent', missing: 'plan' },
    ],
    ['one of an access token of its inbound apps', claim('plan'), granted, { reason: 'claim-absent', missing: 'plan' }],
    [
      'the claim that another one is compared with',
      claim('sub', { claim: 'azp' }),
      granted,
      { reason: 'claim-absent', missing: 'azp' },
    ],
    [
      'the current tenant of a token with tenants',
      tenant(currentTenant),
      { tenants: { T1: {} } },
      { reason: 'claim-absent', missing: 'dct' },
    ],
    ['a parameter', tenant(T1), { tenants: {} }, { reason: 'parameter-missing', missing: 'tenantId' }],
    ['one of a role', role('Editor', { tenant: T1 }), {}, { reason: 'parameter-missing', missing: 'tenantId' }],
    [
      'one deep in what a list has to hold',
      claim('grants', { contains: { at: { tenants: [T1] } } }),
      { grants: [] },
      { reason: 'parameter-missing', missing: 'tenantId' },
    ],
    [
      'what keeps a not from being told',
      not(anyOf(F, allOf(T, tenant(T1)))),
      { scope: 't', tenants: {} },
      { reason: 'parameter-missing', missing: 'tenantId' },
    ],
    ['a not in a not', not(not(U)), {}, { reason: 'claims-not-requested' }],
  ])('%s', (_what, rule, claims, gap) => {
    expect(evaluateAccess(rule, readGrant(claims)).gaps).toEqual([{ rule, ...gap }])
  })
})
