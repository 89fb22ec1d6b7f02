import type { Runtime } from '../../runtime.ts'
import type { NodeId } from '../definition.ts'
import type { Execution } from '../execution.ts'
import type { Resolve } from '../template.ts'

/** What a node works with. */
export interface NodeRun<Node> {
  readonly runtime: Runtime
  readonly execution: Execution
  readonly id: NodeId
  readonly node: Node
  readonly resolve: Resolve
}

/** Where a node leads: to another node, or nowhere until something is submitted. */
export type NodeMove = { readonly next: NodeId } | { readonly wait: true }
