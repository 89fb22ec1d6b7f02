/** `update-user-consent`: stores what the user allowed an inbound application (IDP-SPEC 5.4 step 7). */
import { epochSeconds } from '../../clock.ts'
import { type ConsentDecision, decideConsent, readChoice } from '../../consent/decision.ts'
import { recordConsent } from '../../consent/record-consent.ts'
import { currentTenant } from '../../endpoints/code-issue.ts'
import { Problem } from '../../http/problem.ts'
import type { MockUser } from '../../model/user.ts'
import { FlowError } from '../flow-error.ts'
import type { ActionRun, FlowAction } from './action.ts'
import { choice } from './action.ts'

/** Stores a consent, or ends with `ConsentDenied`. */
export const updateUserConsent: FlowAction = (run) => {
  const { runtime, execution, args, node, id } = run
  const { transaction } = execution
  const user = consentingUser(run)
  if (transaction?.app.kind !== 'inbound') {
    throw new FlowError('NoInboundApp', 'no inbound application asks for this consent')
  }
  const { app, scopes: requested, prompt } = transaction
  if (choice(run, 'decision', ['approve', 'deny'], 'approve') === 'deny') {
    execution.consentRefused = true
    throw new FlowError('ConsentDenied', 'consent_refused')
  }
  const tenant = currentTenant(user, typeof args.tenant === 'string' ? args.tenant : execution.tenant)
  const decision = decide(() => decideConsent(runtime, { app, user, tenant, requested, prompt }))
  const { approved, ignored, refusedMandatory } = readChoice(decision, chosen(run, decision))
  if (refusedMandatory.length > 0) {
    throw new FlowError('MandatoryScopeRefused', 'This application cannot work without what is marked as required.')
  }
  const seconds = Number(args.expiresInSeconds)
  recordConsent(runtime, {
    appId: app.id,
    userId: user.id,
    tenantId: tenant ?? '',
    scopes: approved,
    grantedBy: user.id,
    ...(Number.isFinite(seconds) && { expireTime: epochSeconds(runtime.clock) + seconds }),
    ...(prompt.includes('consent') && { replaces: decision.candidates.map((line) => line.id) }),
  })
  execution.log.add({
    title: node.name ?? node.action,
    log: approved.join(' '),
    nodeId: id,
    kind: 'consent.stored',
    data: { scopes: approved, ...(ignored.length > 0 && { ignored }) },
  })
  return { scopes: approved }
}

function consentingUser({ runtime, execution }: ActionRun): MockUser {
  const id = execution.userId ?? (execution.loggedIn ? execution.session?.userId : undefined)
  const user = id === undefined ? undefined : runtime.users.get(id)
  if (!user) throw new FlowError('NoSession', 'Nobody is signed in, so nobody can consent.')
  return user
}

function decide(work: () => ConsentDecision): ConsentDecision {
  try {
    return work()
  } catch (error) {
    if (error instanceof Problem) throw new FlowError('RoleMissing', error.message)
    throw error
  }
}

/** The argument, else what the consent screen brought in, else everything that was asked for. */
function chosen({ args, execution }: ActionRun, decision: ConsentDecision): readonly string[] {
  const given = args.scopes ?? execution.form.inboundAppApproveScopes
  if (given === undefined) return decision.candidates.map((line) => line.id)
  return [given]
    .flat()
    .flatMap((entry) => String(entry).split(' '))
    .filter((name) => name !== '')
}
