/** What the inbound application of a run asks its user for (IDP-SPEC 5.4 steps 2 to 5). */
import { type ConsentDecision, decideConsent } from '../consent/decision.ts'
import { checkInboundAccess, currentTenant } from '../endpoints/code-issue.ts'
import { Problem } from '../http/problem.ts'
import type { InboundApp } from '../model/inbound-app.ts'
import type { MockUser } from '../model/user.ts'
import type { Runtime } from '../runtime.ts'
import type { Execution } from './execution.ts'
import { FlowError } from './flow-error.ts'

/** Who asks whom for what. */
export interface FlowConsent {
  readonly app: InboundApp
  readonly user: MockUser
  /** Id of the current tenant, when there is one. */
  readonly tenant: string | undefined
  readonly decision: ConsentDecision
}

/**
 * Finds out what the consent of a run is about.
 *
 * @param hint - Id of a tenant in place of that of the run.
 * @returns `undefined` while no inbound application asks or nobody is signed in.
 * @throws {FlowError} `RoleMissing` when a mandatory scope cannot be given or the user belongs to no allowed tenant.
 */
export function consentOf(runtime: Runtime, execution: Execution, hint?: string): FlowConsent | undefined {
  const { transaction, userId } = execution
  const user = userId === undefined ? undefined : runtime.users.get(userId)
  if (transaction?.app.kind !== 'inbound' || !user) return undefined
  const { app, scopes: requested, prompt } = transaction
  const tenant = currentTenant(user, hint ?? execution.tenant)
  try {
    checkInboundAccess(app, user)
    return { app, user, tenant, decision: decideConsent(runtime, { app, user, tenant, requested, prompt }) }
  } catch (error) {
    if (error instanceof Problem) throw new FlowError('RoleMissing', error.message)
    throw error
  }
}
