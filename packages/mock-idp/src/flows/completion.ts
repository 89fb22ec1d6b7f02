/** The end of a run: sessions start and claims are bound here, and nowhere earlier (IDP-SPEC 4.1). */
import { phrase } from '../pages/texts.ts'
import type { Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { completeStepUp, startSession } from '../sessions.ts'
import { amrOf, type Execution } from './execution.ts'
import { flowClaimsOf } from './flow-claims.ts'
import { recordLogin } from './history.ts'

/**
 * Ends a run well.
 *
 * @param cookieName - Name of the cookie of a session that starts here. Default `DSR`.
 */
export async function completeFlow(runtime: Runtime, execution: Execution, cookieName?: string): Promise<void> {
  const { auth, session, loggedIn, log, flow, transaction } = execution
  const user = auth && runtime.users.get(auth.userId)
  const kept = auth || !loggedIn ? undefined : session
  if (auth && user?.status !== 'active') {
    return failFlow(execution, 'UserDisabled', 'the user cannot sign in')
  }
  const started = user && (await startSession(runtime, user, amrOf(execution)))
  if (started && cookieName !== undefined) started.cookieName = cookieName
  if (started && execution.steppedUp) completeStepUp(runtime, started)
  if (user) recordLogin(runtime.flows.histories, user.id, execution, runtime.clock.now())
  const ended = started ?? kept
  if (transaction && !ended) return failFlow(execution, 'NoLogin', 'the flow ended without a login')
  execution.status = 'completed'
  execution.outcome = { result: 'success', newSession: started !== undefined, ...(ended && { session: ended }) }
  if (ended) keepLogin(execution, ended)
  if (transaction && ended) {
    transaction.sessionId = ended.id
    transaction.flow = {
      claims: ended.claims ?? flowClaimsOf(execution),
      ...(execution.tenantSelected && execution.tenant !== undefined && { tenant: execution.tenant }),
    }
  }
  log.add({
    title: flow.definition.name ?? flow.definition.id,
    log: 'ended well',
    kind: 'flow.end',
    data: { outcome: 'success' },
  })
}

/** What later logins by the session take over. A step-up goes on with the session that it strengthens. */
function keepLogin(execution: Execution, ended: Session): void {
  const { session, steppedUp, tenant, device } = execution
  ended.claims = flowClaimsOf(execution, ended === session || steppedUp ? session?.claims : undefined)
  if (tenant !== undefined) ended.tenant = tenant
  if (device.id !== undefined) ended.deviceId ??= device.id
}

/**
 * Ends a run badly.
 *
 * @param shown - The message as pages show it. Default the message in the language of the run.
 */
export function failFlow(execution: Execution, code: string, message: string, shown?: string): void {
  const { log, flow, texts } = execution
  execution.status = 'failed'
  execution.outcome = { result: 'failure', code, message, shown: shown ?? phrase(texts, message) }
  const title = flow.definition.name ?? flow.definition.id
  if (code === 'FlowEnded') {
    log.add({ title, log: message, kind: 'flow.end', data: { outcome: 'failure', message } })
  } else log.add({ level: 'error', title, log: message, kind: 'flow.error', data: { error: code, message } })
}
