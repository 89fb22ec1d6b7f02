/** Scriptlets: small functions of the configuration (IDP-SPEC S-382). */
import type { ScriptletNode } from '../definition.ts'
import { FlowError } from '../flow-error.ts'
import { resolveValue } from '../template.ts'
import type { NodeMove, NodeRun } from './node-run.ts'

/** Calls the function with the resolved arguments and keeps what it returns. */
export async function runScriptlet({
  runtime,
  execution,
  node,
  id,
  resolve,
}: NodeRun<ScriptletNode>): Promise<NodeMove> {
  const { fn, args = {}, contextKey = 'scriptletResult', name = fn, next } = node
  const scriptlet = Object.hasOwn(runtime.flows.scriptlets, fn) ? runtime.flows.scriptlets[fn] : undefined
  if (!scriptlet) throw new FlowError('ScriptletFailed', `the scriptlet ${fn} is gone`)
  const given = Object.entries(args).map(([key, spec]) => [key, resolveValue(spec, resolve)] as const)
  let result: unknown
  try {
    result = await scriptlet(Object.fromEntries(given.filter(([, value]) => value !== undefined)))
    result = result === undefined ? undefined : JSON.parse(JSON.stringify(result))
  } catch {
    throw new FlowError('ScriptletFailed', `the scriptlet ${fn} failed`)
  }
  execution.scripts[contextKey] = result
  execution.log.add({ title: name, log: 'done', nodeId: id, kind: 'script.done', data: { contextKey, result } })
  return { next }
}
