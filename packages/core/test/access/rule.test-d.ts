import { expectTypeOf, test } from 'vitest'
import {
  type AccessDecision,
  type AccessGap,
  type AccessRule,
  allOf,
  authorizationDetail,
  claim,
  evaluateAccess,
  not,
  param,
  permission,
  type readGrant,
  role,
  scope,
  tenant,
} from '../../src/index.ts'

declare const grant: ReturnType<typeof readGrant>

test('parameters and claims stand where their value is only known later', () => {
  const here = param('tenantId')
  expectTypeOf(tenant(here)).toEqualTypeOf<AccessRule>()
  role('Editor', { tenant: here })
  permission('edit', { tenant: { claim: 'org_id' } })
  claim('sub', param('owner'))
  claim('groups', { contains: param('team') })
  claim('entitlements', { contains: { plan: 'pro', seats: 5, tenant: here, at: ['a', here], nested: { on: true } } })
  authorizationDetail('payment', { actions: ['initiate', here], identifier: here, amount: { currency: 'EUR' } })
})

test('names are texts, and what could widen a rule is no rule', () => {
  // @ts-expect-error: names are no parameters.
  scope(param('scope'))
  // @ts-expect-error
  role(param('role'))
  // @ts-expect-error: a tenant that may be undefined must not be forgotten.
  role('Editor', { tenant: undefined })
  // @ts-expect-error: misspelled.
  role('Editor', { tennant: 'T1' })
  // @ts-expect-error
  tenant(7)
  // @ts-expect-error
  claim('plan', null)
  // @ts-expect-error: a parameter stands alone.
  claim('plan', ['team', param('plan')])
  // @ts-expect-error
  claim('groups', { contains: 7 })
  // @ts-expect-error
  claim('groups', { contain: 'staff' })
  // @ts-expect-error
  claim('entitlements', { contains: { plan: null } })
  // @ts-expect-error: actions are a list.
  authorizationDetail('payment', { actions: 'initiate' })
  // @ts-expect-error: there is one identifier.
  authorizationDetail('payment', { identifier: ['a'] })
  // @ts-expect-error: a name is no rule.
  allOf('contacts.read')
  // @ts-expect-error: a function that makes a rule is none.
  not(scope)
})

test('a rule from elsewhere has to be read first', () => {
  // @ts-expect-error: see parseAccessRule.
  evaluateAccess(JSON.parse('{}') as unknown, grant)
  // @ts-expect-error: there is no such type of rule.
  const group: AccessRule = { type: 'group', group: 'staff' }
  // @ts-expect-error: a scope has no tenant.
  const scoped: AccessRule = { type: 'scope', scope: 'a', tenant: 'T1' }
  evaluateAccess(allOf(group, scoped), grant)
})

test('a decision names every reason, and what is missing only where something is', () => {
  expectTypeOf(evaluateAccess(scope('a'), grant, { tenantId: 'T1' })).toEqualTypeOf<AccessDecision>()
  const wordsOf = ({ reason }: AccessGap): string => {
    switch (reason) {
      case 'not-granted':
      case 'claims-not-requested':
      case 'claim-absent':
      case 'parameter-missing':
      case 'undecided':
      case 'excluded':
        return reason
    }
  }
  expectTypeOf(wordsOf).returns.toEqualTypeOf<string>()
  expectTypeOf<AccessGap['missing']>().toEqualTypeOf<string | undefined>()
})
