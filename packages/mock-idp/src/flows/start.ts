/** Creates executions: what a run begins with (IDP-SPEC 4.1). */
import type { MockUser } from '../model/user.ts'
import { textsFor } from '../pages/texts.ts'
import type { Session, Transaction } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { isEmail, isPhone } from './conditions.ts'
import type { Execution, FlowDevice, FlowVersion, RiskInfo } from './execution.ts'
import { formValue } from './form-values.ts'
import { createRunnerLog } from './runner-log.ts'

/** What a run begins with. */
export interface FlowStart {
  readonly flow: FlowVersion
  readonly transaction?: Transaction
  /** The live session of the browser. */
  readonly live?: { readonly session: Session; readonly user: MockUser } | undefined
  /** Value of the cookie that binds the run to its browser. */
  readonly browser: string
  readonly loginHint?: string | undefined
  readonly tenant?: string | undefined
  readonly form?: Readonly<Record<string, unknown>>
  readonly client?: Readonly<Record<string, unknown>>
  readonly device?: FlowDevice
  readonly risk?: RiskInfo | undefined
  readonly hints?: Readonly<Record<string, unknown>>
  readonly debug?: boolean
  readonly heading?: string | undefined
  readonly locale?: string | undefined
}

/** Creates the execution of a flow and remembers it; nothing has run yet. */
export function createExecution(runtime: Runtime, start: FlowStart): Execution {
  const { flows, random, clock } = runtime
  const { transaction, live, loginHint, device = {} } = start
  const { app, prompt = [] } = transaction ?? {}
  const isForced = app?.forceAuthentication || transaction?.request?.reauthenticate
  const mustAsk = isForced || prompt.includes('login') || prompt.includes('select_account')
  const isHinted = !live || loginHint === undefined || namesOf(live.user).includes(loginHint)
  const loggedIn = live !== undefined && !mustAsk && isHinted
  const tenant = start.tenant ?? transaction?.tenant ?? (loggedIn ? live.session.tenant : undefined)
  const ip = device.ip === undefined ? {} : { ip: device.ip }
  const execution: Execution = {
    id: random.text(16),
    status: 'running',
    frames: [{ flow: start.flow, node: start.flow.definition.start }],
    flow: start.flow,
    step: 0,
    log: createRunnerLog(clock, flows.settings.redact ?? []),
    path: [],
    startedAt: clock.now(),
    lastActivity: clock.now(),
    csrf: transaction?.csrf ?? random.text(16),
    browser: start.browser,
    debug: start.debug ?? false,
    ...(start.heading !== undefined && { heading: start.heading }),
    texts: textsFor(runtime.project, start.locale ?? transaction?.locale),
    ...(transaction && { transaction }),
    ...(live && { session: live.session }),
    loggedIn,
    ...(loggedIn && { userId: live.user.id }),
    ...(tenant !== undefined && { tenant }),
    tenantSelected: false,
    form: initialForm(loginHint, start.form ?? {}),
    client: start.client ?? {},
    documents: {},
    device,
    risk: start.risk ?? flows.riskProvider?.({ ...ip, ...(live && { userId: live.user.id }) }) ?? {},
    hints: start.hints ?? {},
    connectors: {},
    scripts: {},
    errors: {},
    steppedUp: false,
    consentRefused: false,
    claims: new Map(),
    fromClient: new Set(),
    claimRenewals: [],
    unknownRoots: new Set(),
  }
  flows.executions.set(execution.id, execution)
  return execution
}

/** `login_hint` goes to `form.externalId`, and to the field of its kind; inputs win. */
function initialForm(hint: string | undefined, form: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = {
    ...(hint !== undefined && { externalId: hint }),
    ...(isEmail(hint) && { email: hint }),
    ...(isPhone(hint) && { phone: hint }),
    ...form,
  }
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, formValue(name, value)]))
}

function namesOf({ id, email, phone, loginIds }: MockUser): readonly (string | undefined)[] {
  return [id, email, phone, ...loginIds]
}
