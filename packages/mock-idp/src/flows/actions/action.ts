import type { ActionNode } from '../definition.ts'
import { FlowError } from '../flow-error.ts'
import type { NodeRun } from '../nodes/node-run.ts'

/** What an action works with: its node, and its arguments with every placeholder filled in. */
export interface ActionRun extends NodeRun<ActionNode> {
  readonly args: Readonly<Record<string, unknown>>
}

/** What an action leaves in the log, or `wait` when it goes on later. */
export type ActionOutcome = Readonly<Record<string, unknown>> | 'wait'

/** One built-in operation. Throws a {@link FlowError}. */
export type FlowAction = (run: ActionRun) => ActionOutcome | Promise<ActionOutcome>

/** An argument that must be given, as text. */
export function requiredText({ args, node }: ActionRun, name: string): string {
  const value = args[name]
  if (value === undefined || typeof value === 'object') {
    throw new FlowError('MissingArgument', `the action ${node.action} needs ${name}`)
  }
  return String(value)
}

/** An argument that is one of a few words. */
export function choice<Word extends string>(
  run: ActionRun,
  name: string,
  words: readonly Word[],
  fallback?: Word,
): Word {
  const value = run.args[name] ?? fallback
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw new FlowError('MissingArgument', `${name} of ${run.node.action} must be one of ${words.join(', ')}`)
}
