/** The order of a flow's nodes: layers from top to bottom, and places inside of a layer (after Sugiyama). */
import type { GraphEdge } from './graph-edges.ts'

/** A place in a layer: a node, or a bend of an edge that passes the layer. */
export interface Place {
  readonly id: string
  readonly isBend: boolean
}

/** An edge as it was layered. */
export interface LayeredEdge {
  readonly edge: GraphEdge
  /** From the upper end to the lower one, with the bends between them. */
  readonly chain: readonly string[]
  /** True for an edge that leads back up, or to its own node; it has no bends. */
  readonly isBack: boolean
}

/** A graph in layers. */
export interface Layers {
  readonly layers: readonly (readonly Place[])[]
  readonly edges: readonly LayeredEdge[]
}

/** Puts nodes into layers so that edges lead down where that can be, and sorts each layer for few crossings. */
export function layerGraph(nodes: readonly string[], start: string, edges: readonly GraphEdge[]): Layers {
  const order = [start, ...nodes.filter((id) => id !== start)]
  const { back, depths } = depthsOf(order, edges)
  const places: Place[][] = Array.from({ length: Math.max(0, ...depths.values()) + 1 }, () => [])
  for (const id of order) places[depths.get(id) ?? 0]?.push({ id, isBend: false })
  const layered = edges.map((edge, index): LayeredEdge => {
    if (back.has(edge)) return { edge, chain: [edge.from, edge.to], isBack: true }
    const bends: string[] = []
    for (let depth = (depths.get(edge.from) ?? 0) + 1; depth < (depths.get(edge.to) ?? 0); depth++) {
      const id = `bend:${index}:${depth}`
      bends.push(id)
      places[depth]?.push({ id, isBend: true })
    }
    return { edge, chain: [edge.from, ...bends, edge.to], isBack: false }
  })
  sortLayers(places, layered)
  return { layers: places, edges: layered }
}

/** The longest way from the start to each node, and the edges that would close a circle. */
function depthsOf(order: readonly string[], edges: readonly GraphEdge[]) {
  const back = new Set<GraphEdge>()
  const open = new Set<string>()
  const done: string[] = []
  const seen = new Set<string>()
  const visit = (id: string): void => {
    seen.add(id)
    open.add(id)
    for (const edge of edges.filter(({ from }) => from === id)) {
      if (open.has(edge.to)) back.add(edge)
      else if (!seen.has(edge.to)) visit(edge.to)
    }
    open.delete(id)
    done.push(id)
  }
  for (const id of order) if (!seen.has(id)) visit(id)
  const depths = new Map(order.map((id) => [id, 0]))
  for (const id of done.reverse()) {
    for (const edge of edges.filter((one) => one.from === id && !back.has(one))) {
      depths.set(edge.to, Math.max(depths.get(edge.to) ?? 0, (depths.get(id) ?? 0) + 1))
    }
  }
  return { back, depths }
}

const sweeps = 8

/** Moves each place towards the middle of its neighbours, down and up in turns. */
function sortLayers(layers: Place[][], edges: readonly LayeredEdge[]): void {
  const links = linksOf(edges)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const turn = sweep % 2 === 0 ? layers : [...layers].reverse()
    const direction = sweep % 2 === 0 ? 'above' : 'below'
    turn.forEach((layer, index) => {
      const positions = new Map((turn[index - 1] ?? []).map(({ id }, position) => [id, position]))
      const weights = new Map(
        layer.map(({ id }, position) => {
          const near = (links.get(id)?.[direction] ?? []).flatMap((other) => positions.get(other) ?? [])
          return [id, near.length === 0 ? position : near.reduce((sum, one) => sum + one, 0) / near.length]
        }),
      )
      layer.sort((one, other) => (weights.get(one.id) ?? 0) - (weights.get(other.id) ?? 0))
    })
  }
}

/** The neighbours of each place in the layers above and below. */
export function linksOf(edges: readonly LayeredEdge[]): ReadonlyMap<string, { above: string[]; below: string[] }> {
  const links = new Map<string, { above: string[]; below: string[] }>()
  const of = (id: string) => {
    const known = links.get(id) ?? { above: [], below: [] }
    links.set(id, known)
    return known
  }
  for (const { chain, isBack } of edges) {
    if (isBack) continue
    chain.forEach((id, index) => {
      const next = chain[index + 1]
      if (next === undefined) return
      of(id).below.push(next)
      of(next).above.push(id)
    })
  }
  return links
}
