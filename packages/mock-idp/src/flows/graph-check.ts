/** The graph of a flow: every name leads somewhere, and every way ends (IDP-SPEC 4.3). */
import type { FlowDefinition, FlowNode, NodeId, OnError } from './definition.ts'

/** The ways out of a node: the field that names each, and the node it names. */
function exitsOf(node: FlowNode): readonly (readonly [field: string, next: NodeId])[] {
  if (node.kind === 'end') return []
  if (node.kind === 'screen') {
    return node.buttons.map((button, index): [string, NodeId] => [`buttons[${index}].next`, button.next])
  }
  if (node.kind === 'condition') {
    return [
      ...node.rules.map((rule, index): [string, NodeId] => [`rules[${index}].next`, rule.next]),
      ['else', node.else],
    ]
  }
  return [['next', node.next], ...errorExits(node.onError)]
}

function errorExits(onError: OnError | undefined): [string, NodeId][] {
  if (onError?.mode !== 'custom') return []
  const byCode = Object.entries(onError.byCode ?? {})
  return [
    ['onError.next', onError.next],
    ...byCode.map(([code, next]): [string, NodeId] => [`onError.byCode[${JSON.stringify(code)}]`, next]),
  ]
}

/** Throws for a name that leads nowhere and for a way without an end; returns a warning per node that nothing leads to. */
export function checkGraph({ start, nodes }: FlowDefinition, path: string): readonly string[] {
  const ids = Object.keys(nodes)
  const mustExist = (id: NodeId, place: string): void => {
    if (Object.hasOwn(nodes, id)) return
    throw new TypeError(`${place}: there is no node ${JSON.stringify(id)}; the flow has ${ids.join(', ') || 'none'}`)
  }
  mustExist(start, `${path}.start`)
  for (const [id, node] of Object.entries(nodes)) {
    for (const [field, next] of exitsOf(node)) mustExist(next, `${path}.nodes[${JSON.stringify(id)}].${field}`)
  }
  const reached = closure([start], (id) => nextOf(nodes, id))
  const resting = ids.filter((id) => ['end', 'screen'].includes(nodes[id]?.kind ?? ''))
  const ending = closure(resting, (id) => ids.filter((other) => nextOf(nodes, other).includes(id)))
  const endless = ids.find((id) => reached.has(id) && !ending.has(id))
  if (endless !== undefined) {
    throw new TypeError(
      `${path}.nodes[${JSON.stringify(endless)}]: every way must reach an end or a screen; none does from here`,
    )
  }
  return ids
    .filter((id) => !reached.has(id))
    .map((id) => `${path}.nodes[${JSON.stringify(id)}]: nothing leads to this node`)
}

function nextOf(nodes: FlowDefinition['nodes'], id: NodeId): readonly NodeId[] {
  const node = nodes[id]
  return node ? exitsOf(node).map(([, next]) => next) : []
}

function closure(first: readonly NodeId[], more: (id: NodeId) => readonly NodeId[]): ReadonlySet<NodeId> {
  const seen = new Set(first)
  for (const id of seen) for (const next of more(id)) seen.add(next)
  return seen
}
