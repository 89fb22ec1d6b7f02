/** `update-user-consent`: stores what the user allowed an inbound application (IDP-SPEC 5.4 step 7). */
import { epochSeconds } from '../../clock.ts'
import { type ConsentDecision, readChoice } from '../../consent/decision.ts'
import { recordConsent } from '../../consent/record-consent.ts'
import { consentOf } from '../consent-request.ts'
import { FlowError } from '../flow-error.ts'
import type { ActionRun, FlowAction } from './action.ts'
import { choice } from './action.ts'

/** Stores a consent, or ends with `ConsentDenied`. */
export const updateUserConsent: FlowAction = (run) => {
  const { runtime, execution, args, node, id } = run
  const { transaction } = execution
  if (transaction?.app.kind !== 'inbound') {
    throw new FlowError('NoInboundApp', 'no inbound application asks for this consent')
  }
  if (choice(run, 'decision', ['approve', 'deny'], 'approve') === 'deny') {
    execution.consentRefused = true
    throw new FlowError('ConsentDenied', 'consent_refused')
  }
  const asked = consentOf(runtime, execution, typeof args.tenant === 'string' ? args.tenant : undefined)
  if (!asked) throw new FlowError('NoSession', 'Nobody is signed in, so nobody can consent.')
  const { app, user, tenant, decision } = asked
  const { prompt } = transaction
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

/** The argument, else what the consent screen brought in, else everything that was asked for. */
function chosen({ args, execution }: ActionRun, decision: ConsentDecision): readonly string[] {
  const given = args.scopes ?? execution.form.inboundAppApproveScopes
  if (given === undefined) return decision.candidates.map((line) => line.id)
  return [given]
    .flat()
    .flatMap((entry) => String(entry).split(' '))
    .filter((name) => name !== '')
}
