/** Walks an execution over the nodes of its flow (IDP-SPEC 4.1, 4.2). */
import { phrase } from '../pages/texts.ts'
import type { Runtime } from '../runtime.ts'
import { completeFlow, failFlow } from './completion.ts'
import type { EndNode, FlowNode, NodeId, OnError, ScreenNode } from './definition.ts'
import { createResolver } from './dynamic-values.ts'
import { currentFrame, type Execution } from './execution.ts'
import { FlowError } from './flow-error.ts'
import { runAction } from './nodes/action.ts'
import { runCondition } from './nodes/condition.ts'
import { runConnector } from './nodes/connector.ts'
import type { NodeMove, NodeRun } from './nodes/node-run.ts'
import { type FormInput, readSubmission, runScreen } from './nodes/screen.ts'
import { runScriptlet } from './nodes/scriptlet.ts'
import { resolveText, resolveValue } from './template.ts'

const mostSteps = 200
const idleMs = 15 * 60_000

/** What is submitted to a waiting run. */
export interface Submission {
  /** The step it is for; absent means the current one. */
  readonly stepId?: string
  /** The pressed button; absent means the first one. */
  readonly button?: string
  readonly input: FormInput
}

/** True when nothing was submitted for 15 minutes. */
export function isExpired(runtime: Runtime, execution: Execution): boolean {
  return runtime.clock.now() - execution.lastActivity > idleMs
}

/** The node at work, with what it needs. */
export function nodeRun(runtime: Runtime, execution: Execution): NodeRun<FlowNode> {
  const frame = currentFrame(execution)
  const node = frame.flow.definition.nodes[frame.node]
  if (!node) throw new Error(`the flow ${frame.flow.definition.id} has no node ${frame.node}`)
  return { runtime, execution, id: frame.node, node, resolve: createResolver(runtime, execution) }
}

/** Starts an execution. */
export async function beginFlow(runtime: Runtime, execution: Execution): Promise<void> {
  const { definition, version } = execution.flow
  execution.log.add({
    title: definition.name ?? definition.id,
    log: 'started',
    kind: 'flow.start',
    data: { flow: definition.id, version },
  })
  await walk(runtime, execution)
}

/** Takes a submission in and walks on. A stale or unfitting one changes nothing but the message of the screen. */
export async function submitStep(runtime: Runtime, execution: Execution, submission: Submission): Promise<void> {
  if (execution.status !== 'waiting') return
  execution.lastActivity = runtime.clock.now()
  const run = nodeRun(runtime, execution)
  if (submission.stepId !== undefined && submission.stepId !== String(execution.step)) {
    const data = { given: submission.stepId, current: String(execution.step) }
    execution.log.add({ title: run.id, log: 'an older step was submitted', nodeId: run.id, kind: 'step.stale', data })
    return
  }
  delete execution.screenError
  if (run.node.kind === 'screen') {
    const screen: NodeRun<ScreenNode> = { ...run, node: run.node }
    const result = readSubmission(screen, submission.button, submission.input)
    if ('problem' in result) {
      execution.screenError = result.problem
      execution.step += 1
      return
    }
    currentFrame(execution).node = result.button.next
  }
  await walk(runtime, execution)
}

async function walk(runtime: Runtime, execution: Execution): Promise<void> {
  execution.status = 'running'
  execution.step += 1
  for (let steps = 0; execution.status === 'running'; steps++) {
    if (steps >= mostSteps) {
      failFlow(execution, 'FlowLoop', `the flow made ${mostSteps} steps without a screen`)
      return
    }
    try {
      await step(runtime, execution)
    } catch (error) {
      if (!(error instanceof FlowError)) throw error
      takeErrorRoute(runtime, execution, error)
    }
  }
}

async function step(runtime: Runtime, execution: Execution): Promise<void> {
  const run = nodeRun(runtime, execution)
  const { node } = run
  const { flow } = currentFrame(execution)
  execution.path.push({ flow, node: run.id, depth: execution.frames.length - 1, at: runtime.clock.now() })
  if (node.kind === 'end') return endFlow({ ...run, node })
  if (node.kind === 'subflow') {
    const flow = runtime.flows.registry.get(node.flow)
    if (!flow) throw new FlowError('UnknownFlow', `the flow ${node.flow} is gone`)
    execution.frames.push({ flow, node: flow.definition.start })
    return
  }
  const move = await moveOf(run)
  if ('next' in move) currentFrame(execution).node = move.next
  else execution.status = 'waiting'
}

function moveOf(run: NodeRun<FlowNode>): NodeMove | Promise<NodeMove> {
  const { node } = run
  switch (node.kind) {
    case 'screen':
      return runScreen({ ...run, node })
    case 'condition':
      return runCondition({ ...run, node })
    case 'connector':
      return runConnector({ ...run, node })
    case 'scriptlet':
      return runScriptlet({ ...run, node })
    case 'action':
      return runAction({ ...run, node })
    default:
      throw new Error(`a node of kind ${node.kind} has no runner`)
  }
}

async function endFlow({ runtime, execution, node, resolve }: NodeRun<EndNode>): Promise<void> {
  const message = node.message === undefined ? undefined : resolveText(node.message, resolve)
  if (execution.frames.length > 1) return endSubflow(execution, node, message)
  if (node.outcome === 'failure') {
    // An application reads the message of the flow, a person the one of the own language (RFC 6749 4.1.2.1 is ASCII).
    const shown = node.message === undefined ? undefined : resolveText(phrase(execution.texts, node.message), resolve)
    return failFlow(execution, 'FlowEnded', message ?? 'the flow ended', shown)
  }
  const output = Object.entries(node.output ?? {}).map(([name, spec]) => [name, resolveValue(spec, resolve)] as const)
  execution.output = Object.fromEntries(output.filter(([, value]) => value !== undefined))
  await completeFlow(runtime, execution, node.sessionCookieName)
}

function endSubflow(execution: Execution, node: EndNode, message: string | undefined): void {
  execution.frames.pop()
  const frame = currentFrame(execution)
  const parent = frame.flow.definition.nodes[frame.node]
  if (parent?.kind !== 'subflow') throw new Error('a subflow ended without a node that called it')
  // A screen of the subflow is no place to go back to once it has ended.
  if (execution.lastScreen && execution.lastScreen.depth > execution.frames.length) delete execution.lastScreen
  if (node.outcome === 'failure') throw new FlowError('SubflowFailed', message ?? `the flow ${parent.flow} failed`)
  frame.node = parent.next
}

const loginFailures: ReadonlySet<string> = new Set(
  'WrongCredentials UserDisabled WrongCode TooManyAttempts UserNotFound NoPasskey ProviderError'.split(' '),
)

function auditFailure({ audit }: Runtime, { code, details }: FlowError): void {
  audit.add('login-failed', code, { userId: typeof details.userId === 'string' ? details.userId : undefined })
}

/** The error routes of IDP-SPEC 4.2. */
function takeErrorRoute(runtime: Runtime, execution: Execution, error: FlowError): void {
  const { id, node, resolve } = nodeRun(runtime, execution)
  const recorded = { code: error.code, message: error.message, ...error.details }
  execution.errors[id] = recorded
  execution.errors.last = recorded
  if (loginFailures.has(error.code)) auditFailure(runtime, error)
  if (node.kind === 'action') {
    execution.log.add({
      level: 'warn',
      title: node.name ?? node.action,
      log: error.message,
      nodeId: id,
      kind: 'action.failed',
      data: { action: node.action, error: error.code },
    })
  }
  const onError: OnError | undefined = 'onError' in node ? node.onError : undefined
  if (onError?.mode === 'custom') {
    const byCode = onError.byCode ?? {}
    moveTo(execution, (Object.hasOwn(byCode, error.code) ? byCode[error.code] : undefined) ?? onError.next)
    return
  }
  if (onError?.mode === 'ignore' && 'next' in node) {
    moveTo(execution, node.next)
    return
  }
  // A refusal is an answer, not a mistake to correct on the screen before (5.4 steps 3 and 7).
  if ((error.code === 'ConsentDenied' || error.code === 'RoleMissing') && onError === undefined) {
    failFlow(execution, error.code, error.message)
    return
  }
  const { lastScreen } = execution
  const failsWithSubflow = node.kind === 'subflow' && onError === undefined
  if (!lastScreen || failsWithSubflow) {
    // What fails a subflow is an error of the node that called it.
    if (execution.frames.length > 1) {
      execution.frames.pop()
      takeErrorRoute(runtime, execution, error)
    } else failFlow(execution, error.code, error.message)
    return
  }
  const message = onError?.mode === 'automatic' ? onError.message : undefined
  const { texts } = execution
  execution.screenError =
    message === undefined ? phrase(texts, error.message) : resolveText(phrase(texts, message), resolve)
  execution.frames.length = lastScreen.depth
  moveTo(execution, lastScreen.node)
}

function moveTo(execution: Execution, next: NodeId): void {
  currentFrame(execution).node = next
}
