import { allOf, anyOf, claim, mapScopesToRoles, not, param, scope, tenant } from '@countersign/core'
import type { VerifiedAccessToken } from '@countersign/core/api'

const rolesOfScopes = { 'contacts.write': ['Contact Editor', 'Admin'] }

export const editContacts = allOf(
  mapScopesToRoles(scope('contacts.write'), rolesOfScopes, { tenant: param('tenantId') }),
  anyOf(claim('plan', ['team', 'pro']), tenant('T-internal')),
  not(claim('suspended')),
)

export function mayEdit(caller: VerifiedAccessToken, tenantId: string) {
  const { allowed, gaps } = caller.can(editContacts, { tenantId })
  return allowed || gaps
}
