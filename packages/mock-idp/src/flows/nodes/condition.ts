/** Conditions: the first rule that matches, else the else branch (IDP-SPEC 4.7). */
import { operators } from '../conditions.ts'
import type { ConditionNode, FlowTest } from '../definition.ts'
import { barePath, resolveValue } from '../template.ts'
import type { NodeMove, NodeRun } from './node-run.ts'

interface TestResult {
  readonly key: string
  readonly op: string
  readonly value: unknown
  readonly other: unknown
  readonly result: boolean
}

/** Runs a condition. */
export function runCondition(run: NodeRun<ConditionNode>): NodeMove {
  const { node, execution, id } = run
  const tests: TestResult[] = []
  const holds = (test: FlowTest): boolean => {
    const evaluated = evaluate(run, test)
    tests.push(evaluated)
    return evaluated.result
  }
  const rule = node.rules.find(({ all, any }) => (all?.every(holds) ?? true) && (any?.some(holds) ?? true))
  const next = rule?.next ?? node.else
  const branch = rule ? (rule.name ?? `rule ${node.rules.indexOf(rule) + 1}`) : 'else'
  execution.log.add({
    title: node.name ?? id,
    log: `branch: ${branch}`,
    nodeId: id,
    kind: 'condition.evaluated',
    data: { branch, next, tests: tests.map((test) => ({ ...test, ...secretOf(test) })) },
  })
  return { next }
}

function evaluate({ runtime, resolve }: NodeRun<ConditionNode>, test: FlowTest): TestResult {
  const { op, unit = 'minutes' } = test
  const key = barePath(test.key)
  const value = resolve(key)
  const other = Array.isArray(test.value)
    ? test.value.map((entry) => resolveValue(entry, resolve))
    : test.value === undefined
      ? undefined
      : resolveValue(test.value as Exclude<typeof test.value, readonly unknown[]>, resolve)
  const result = operators[op]?.(value, { other, unit, now: runtime.clock.now() }) ?? false
  return { key, op, value, other, result }
}

/** The value of a secret key must not be read in the log, nor what it is compared with. */
function secretOf({ key, value, other }: TestResult): Partial<TestResult> {
  if (!/password|secret|token|code|jwt/i.test(key.split('.').at(-1) ?? '')) return {}
  if (typeof value === 'boolean' || value === undefined) return {}
  return { value: '[redacted]', ...(other !== undefined && { other: '[redacted]' }) }
}
