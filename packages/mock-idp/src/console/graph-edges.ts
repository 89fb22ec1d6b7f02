/** The edges of a flow: every way that leads from one of its nodes to another. */
import type { FlowDefinition, FlowNode } from '../flows/definition.ts'

/** One way from a node to another. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** What takes this way: a button, a rule, an error; empty for the only way. */
  readonly label: string
  /** True for the ways of errors. */
  readonly isError: boolean
}

type Way = Omit<GraphEdge, 'from'>

/** All edges of a flow. Several ways between the same two nodes are one edge with all their labels. */
export function edgesOf({ nodes }: FlowDefinition): readonly GraphEdge[] {
  const edges = new Map<string, GraphEdge>()
  for (const [from, node] of Object.entries(nodes)) {
    for (const way of waysOf(node).filter(({ to }) => Object.hasOwn(nodes, to))) {
      const key = JSON.stringify([from, way.to])
      const known = edges.get(key)
      const label = known ? `${known.label || 'then'} / ${way.label}` : way.label
      edges.set(key, { ...way, from, label, isError: way.isError && (known?.isError ?? true) })
    }
  }
  return [...edges.values()]
}

function waysOf(node: FlowNode): readonly Way[] {
  switch (node.kind) {
    case 'end':
      return []
    case 'screen':
      return node.buttons.map(({ label, next }) => ({ to: next, label, isError: false }))
    case 'condition':
      return [
        ...node.rules.map(({ name, next }, index) => ({
          to: next,
          label: name ?? `rule ${index + 1}`,
          isError: false,
        })),
        { to: node.else, label: 'else', isError: false },
      ]
    default:
      return [{ to: node.next, label: '', isError: false }, ...errorWays(node.onError)]
  }
}

function errorWays(onError: Extract<FlowNode, { onError?: unknown }>['onError']): readonly Way[] {
  if (onError?.mode !== 'custom') return []
  const byCode = Object.entries(onError.byCode ?? {})
  return [
    { to: onError.next, label: 'error', isError: true },
    ...byCode.map(([code, to]) => ({ to, label: code, isError: true })),
  ]
}

/** Name of a node for people. */
export function nodeTitle(id: string, node: FlowNode | undefined): string {
  switch (node?.kind) {
    case 'screen':
      return node.title ?? id
    case 'subflow':
      return node.flow
    case 'end':
      return node.outcome === 'success' ? 'Success' : (node.message ?? 'Failure')
    case 'action':
      return node.name ?? node.action
    case 'connector':
      return node.name ?? node.connector
    case 'scriptlet':
      return node.name ?? node.fn
    default:
      return node?.name ?? id
  }
}
