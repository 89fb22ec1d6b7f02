/** `idp.flows`: flows, headless runs and runner logs for tests. */
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'
import { liveSession } from '../sessions.ts'
import type { FlowDefinition } from './definition.ts'
import { createResolver } from './dynamic-values.ts'
import { beginFlow, nodeRun, submitStep } from './engine.ts'
import type { Execution, FlowDevice, RiskInfo } from './execution.ts'
import type { RunnerLogEntry } from './runner-log.ts'
import { type StandAloneTokens, standAloneTokens } from './stand-alone-tokens.ts'
import { createExecution } from './start.ts'

/** An answer to one screen of a headless run. */
export interface ScreenAnswer {
  /** Id of the button. Default the first one. */
  readonly button?: string
  /** Values by field name. Default none. */
  readonly input?: Readonly<Record<string, unknown>>
}

/** What a headless run begins with. */
export interface FlowRunInputs {
  /** Answers to the screens in their order. When they are used up, the run waits. */
  readonly screens?: readonly ScreenAnswer[]
  /** Initial values of `form`. */
  readonly form?: Readonly<Record<string, unknown>>
  /** Values of `client`. */
  readonly client?: Readonly<Record<string, unknown>>
  /** Id of a live session that the run begins with. */
  readonly sessionId?: string
  /** Login hint, also in `form.externalId`. */
  readonly loginHint?: string
  /** Id or domain of the hinted tenant. */
  readonly tenant?: string
  /** The device. Default none of its parts are known. */
  readonly device?: FlowDevice
  /** Risk of this run. Default what the risk provider says. */
  readonly risk?: RiskInfo
  /** `ssoAppID`. */
  readonly ssoAppId?: string
}

/** What a run came to. */
export interface FlowRunResult {
  /** Id of the run. */
  readonly executionId: string
  /** Where the run stands. */
  readonly status: 'waiting' | 'completed' | 'failed'
  /** The screen that waits: its node and the error it shows. */
  readonly screen?: { readonly id: string; readonly error?: string }
  /** Tokens of a run that signed somebody in, as the default application gets them for all scopes. */
  readonly tokens?: StandAloneTokens
  /** Why a run failed. */
  readonly error?: { readonly code: string; readonly message: string }
  /** Output of the end node. */
  readonly output?: Readonly<Record<string, unknown>>
  /** Custom claims that were set. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The runner log. */
  readonly log: readonly RunnerLogEntry[]
  /** Looks a dynamic value up as it is at the end of the run, such as `connectors.random`. */
  value(path: string): unknown
}

/** Flows of a project. */
export interface MockFlows {
  /**
   * Checks and stores a flow, and counts its version up; runs that began keep theirs.
   *
   * @returns The new version, and what looks wrong without being an error.
   * @throws {TypeError} With the path of the first field that does not fit and what is allowed there.
   */
  put(definition: FlowDefinition): { readonly version: number; readonly warnings: readonly string[] }
  /** The current version of a flow. */
  get(id: string): FlowDefinition | undefined
  /** The current version of every flow. */
  list(): readonly FlowDefinition[]
  /** Runs a flow without a browser. Throws a `TypeError` for an unknown flow or session. */
  run(id: string, inputs?: FlowRunInputs): Promise<FlowRunResult>
  /** The runner log of a run; `undefined` when there is no such run. */
  logs(executionId: string): readonly RunnerLogEntry[] | undefined
  /** Ids of runs, oldest first; those of one flow when it is named. */
  executions(flowId?: string): readonly string[]
  /** Says what risk each further run has. Without a provider every run has none. */
  setRiskProvider(provider: ((login: { readonly userId?: string; readonly ip?: string }) => RiskInfo) | undefined): void
}

/** Builds the control that tests get. */
export function createFlowControl(runtime: Runtime): MockFlows {
  const { flows } = runtime
  return {
    put(definition) {
      const warnings = flows.registry.put(definition)
      return { version: flows.registry.get(definition.id)?.version ?? 1, warnings }
    },
    get: (id) => flows.registry.get(id)?.definition,
    list: () => flows.registry.list().map(({ definition }) => definition),
    run: (id, inputs = {}) => run(runtime, id, inputs),
    logs: (executionId) => flows.executions.get(executionId)?.log.entries.slice(),
    executions: (flowId) =>
      [...flows.executions.values()]
        .filter(({ flow }) => flowId === undefined || flow.definition.id === flowId)
        .map(({ id }) => id),
    setRiskProvider(provider) {
      if (provider) flows.riskProvider = provider
      else delete flows.riskProvider
    },
  }
}

async function run(runtime: Runtime, id: string, inputs: FlowRunInputs): Promise<FlowRunResult> {
  const { flows, records, project } = runtime
  const flow = flows.registry.get(id)
  if (!flow) {
    const names = flows.registry.list().map(({ definition }) => definition.id)
    throw new TypeError(`flows: ${JSON.stringify(id)} is unknown; there is ${names.join(', ')}`)
  }
  const { sessionId, tenant, ssoAppId, screens = [], ...start } = inputs
  const live = sessionId === undefined ? undefined : liveSession(runtime, records.sessions.get(sessionId))
  if (sessionId !== undefined && !live) throw new TypeError('flows: the session is unknown or has ended')
  const execution = createExecution(runtime, {
    ...start,
    flow,
    live,
    browser: '',
    tenant: tenant === undefined ? undefined : findTenant(project, tenant)?.id,
    ...(ssoAppId !== undefined && { hints: { ssoAppId } }),
  })
  await beginFlow(runtime, execution)
  for (const { button, input = {} } of screens) {
    if (execution.status !== 'waiting') break
    await submitStep(runtime, execution, { input, ...(button !== undefined && { button }) })
  }
  return resultOf(runtime, execution)
}

async function resultOf(runtime: Runtime, execution: Execution): Promise<FlowRunResult> {
  const { id, status, outcome, output, screenError, log, claims } = execution
  const session = outcome?.result === 'success' ? outcome.session : undefined
  return {
    executionId: id,
    status: status === 'running' ? 'waiting' : status,
    ...(status === 'waiting' && {
      screen: { id: nodeRun(runtime, execution).id, ...(screenError !== undefined && { error: screenError }) },
    }),
    ...(session && { tokens: await standAloneTokens(runtime, execution, session) }),
    ...(outcome?.result === 'failure' && { error: { code: outcome.code, message: outcome.message } }),
    ...(output && { output }),
    claims: Object.fromEntries(claims),
    log: log.entries.slice(),
    value: createResolver(runtime, execution),
  }
}
