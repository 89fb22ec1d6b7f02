/** Action nodes (IDP-SPEC 4.4). */
import { actions } from '../actions/index.ts'
import type { ActionNode } from '../definition.ts'
import { FlowError } from '../flow-error.ts'
import { resolveValue } from '../template.ts'
import type { NodeMove, NodeRun } from './node-run.ts'

/** Runs a built-in operation with resolved arguments; a missing value counts as not given. */
export async function runAction(run: NodeRun<ActionNode>): Promise<NodeMove> {
  const { execution, node, id, resolve } = run
  const action = Object.hasOwn(actions, node.action) ? actions[node.action] : undefined
  if (!action) throw new FlowError('UnknownAction', `there is no action ${node.action}`)
  const args = Object.fromEntries(
    Object.entries(node.args ?? {})
      .map(([name, spec]) => [name, resolveValue(spec, resolve)] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const outcome = await action({ ...run, args })
  if (outcome === 'wait') return { wait: true }
  execution.log.add({
    title: node.name ?? node.action,
    log: 'done',
    nodeId: id,
    kind: 'action.done',
    data: { action: node.action, ...outcome },
  })
  return { next: node.next }
}
