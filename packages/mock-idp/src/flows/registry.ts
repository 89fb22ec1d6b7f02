/** The flows of a project and their versions (IDP-SPEC S-041). */

import type { Restorable } from '../snapshot.ts'
import type { FlowDefinition } from './definition.ts'
import { checkFlow, type KnownNames } from './definition-check.ts'
import type { FlowVersion } from './execution.ts'

const tokenKeys = /authInfo(\.(session|refresh)Jwt|["}\s])/

/** The current version of each flow. */
export interface FlowRegistry extends Restorable {
  get(id: string): FlowVersion | undefined
  list(): readonly FlowVersion[]
  /** Checks and stores a flow; its version counts up. Returns the warnings. Throws a `TypeError` that names the field. */
  put(definition: FlowDefinition): readonly string[]
  reset(): void
}

/**
 * Creates the registry.
 *
 * @param options.shipped - Flows that come with the mock.
 * @param options.configured - Flows of the configuration; one with the id of a shipped flow replaces it.
 * @param options.known - Names that flows may use, beside those of flows.
 */
export function createFlowRegistry(options: {
  readonly shipped: readonly FlowDefinition[]
  readonly configured: readonly FlowDefinition[]
  readonly known: () => Omit<KnownNames, 'flows'>
}): FlowRegistry {
  const { shipped, configured, known } = options
  const flows = new Map<string, FlowVersion>()
  const check = (definition: FlowDefinition, path: string, more: readonly string[]): readonly string[] =>
    checkFlow(definition, path, { ...known(), flows: [...new Set([...flows.keys(), ...more])] })
  const store = (definition: FlowDefinition, isShipped: boolean): void => {
    const version = (flows.get(definition.id)?.version ?? 0) + 1
    const copy = structuredClone({ ...definition, version })
    flows.set(
      definition.id,
      Object.freeze({
        definition: copy,
        version,
        shipped: isShipped,
        readsTokens: tokenKeys.test(JSON.stringify(copy)),
      }),
    )
  }
  const fill = (): void => {
    flows.clear()
    const ids = [...shipped, ...configured].map((flow) => String(Reflect.get(Object(flow), 'id')))
    for (const flow of shipped) check(flow, `shipped flow ${flow.id}`, ids)
    for (const [index, flow] of configured.entries()) check(flow, `config.flows[${index}]`, ids)
    const replaced = new Set(configured.map(({ id }) => id))
    for (const flow of shipped) if (!replaced.has(flow.id)) store(flow, true)
    for (const flow of configured) store(flow, false)
  }
  fill()
  return {
    get: (id) => flows.get(id),
    list: () => [...flows.values()],
    put(definition) {
      const warnings = check(definition, 'flow', [String(Reflect.get(Object(definition), 'id'))])
      store(definition, false)
      return warnings
    },
    reset: fill,
    save() {
      const kept = [...flows]
      return () => {
        flows.clear()
        for (const [id, flow] of kept) flows.set(id, flow)
      }
    },
  }
}
