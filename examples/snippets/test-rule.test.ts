import { evaluateAccess, param, readGrant, tenant } from '@countersign/core'
import { expect, test } from 'vitest'
import { editContacts } from './access-rules.ts'

test('an editor of a tenant may edit the contacts of that tenant', () => {
  const caller = readGrant({
    scope: 'contacts.write',
    tenants: { T1: { roles: ['Contact Editor'] }, T2: { roles: [] } },
    plan: 'team',
  })
  expect(evaluateAccess(editContacts, caller, { tenantId: 'T1' }).allowed).toBe(true)
  expect(evaluateAccess(editContacts, caller, { tenantId: 'T2' }).allowed).toBe(false)
})

test('a parameter that nobody hands in denies, and says so', () => {
  const rule = tenant(param('tenantId'))
  const { gaps } = evaluateAccess(rule, readGrant({ tenants: { T1: {} } }))
  expect(gaps).toEqual([{ rule, reason: 'parameter-missing', missing: 'tenantId' }])
})
