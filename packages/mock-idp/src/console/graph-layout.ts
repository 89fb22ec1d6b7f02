/** Coordinates of a flow's graph: boxes for nodes, smooth lines for edges. */
import type { GraphEdge } from './graph-edges.ts'
import { type LayeredEdge, layerGraph, linksOf, type Place } from './graph-layers.ts'

/** Size of the box of a node. */
export const box = { width: 196, height: 58 } as const

const bendWidth = 28
const gap = 28
const layerStep = box.height + 64
const margin = 14

/** A graph with coordinates; every number is in units of the drawing. */
export interface GraphLayout {
  readonly width: number
  readonly height: number
  /** Upper left corners. */
  readonly nodes: ReadonlyMap<string, { readonly x: number; readonly y: number }>
  readonly edges: readonly {
    readonly edge: GraphEdge
    /** Path data. */
    readonly line: string
    /** Its middle, or its beginning when it stands beside the line. */
    readonly label: { readonly x: number; readonly y: number; readonly isBeside: boolean }
  }[]
}

/** Lays a graph out from top to bottom. */
export function layoutGraph(nodes: readonly string[], start: string, edges: readonly GraphEdge[]): GraphLayout {
  const { layers, edges: layered } = layerGraph(nodes, start, edges)
  const centres = centresOf(layers, layered)
  const left = Math.min(...layers.flat().map((place) => (centres.get(place.id) ?? 0) - widthOf(place) / 2))
  const depths = new Map(layers.flatMap((layer, depth) => layer.map(({ id }) => [id, depth] as const)))
  const x = (id: string): number => (centres.get(id) ?? 0) - left + margin
  const y = (id: string): number => (depths.get(id) ?? 0) * layerStep + margin
  const right = Math.max(...layers.flat().map((place) => x(place.id) + widthOf(place) / 2))
  const ports = portsOf(layered, x)
  const backs = layered.filter(({ isBack }) => isBack)
  const lines = layered.map((one) => {
    const { edge, chain } = one
    if (one.isBack) {
      const lane = right + 26 + backs.indexOf(one) * 18
      const [fromX, fromY] = [x(edge.from) + box.width / 2, y(edge.from) + box.height * 0.5]
      const [toX, toY] = [x(edge.to) + box.width / 2, y(edge.to) + box.height * (edge.from === edge.to ? 0.85 : 0.3)]
      return {
        edge,
        line: `M${fromX} ${fromY}C${lane} ${fromY} ${lane} ${toY} ${toX} ${toY}`,
        label: { x: (fromX + toX) / 8 + lane * 0.75 + 8, y: (fromY + toY) / 2 + 4, isBeside: true },
      }
    }
    const points = chain.map((id, index) => {
      const isFirst = index === 0
      const isLast = index === chain.length - 1
      const port = isFirst ? ports.out.get(one) : isLast ? ports.in.get(one) : 0
      return { x: x(id) + (port ?? 0), top: y(id), bottom: y(id) + box.height, isNode: isFirst || isLast }
    })
    return { edge, line: curve(points), label: { ...labelPlace(points, edge), isBeside: false } }
  })
  const backWidth = backs.length === 0 ? 0 : 120 + backs.length * 18
  return {
    width: Math.ceil(right + margin + backWidth),
    height: layers.length * layerStep - (layerStep - box.height) + 2 * margin,
    nodes: new Map(nodes.map((id) => [id, { x: x(id) - box.width / 2, y: y(id) }])),
    edges: lines,
  }
}

function widthOf({ isBend }: Place): number {
  return isBend ? bendWidth : box.width
}

/** Horizontal middles: packed at first, then drawn towards the neighbours without touching. */
function centresOf(layers: readonly (readonly Place[])[], edges: readonly LayeredEdge[]): Map<string, number> {
  const links = linksOf(edges)
  const centres = new Map<string, number>()
  const settle = (layer: readonly Place[], wished: (place: Place) => number): void => {
    let edge = Number.NEGATIVE_INFINITY
    const placed = layer.map((place) => {
      const centre = Math.max(wished(place), edge + widthOf(place) / 2)
      edge = centre + widthOf(place) / 2 + gap
      return centre
    })
    const shift = layer.reduce((sum, place, index) => sum + wished(place) - (placed[index] ?? 0), 0) / layer.length
    for (const [index, place] of layer.entries()) centres.set(place.id, (placed[index] ?? 0) + shift)
  }
  for (const layer of layers) settle(layer, () => 0)
  for (let pass = 0; pass < 6; pass++) {
    const turn = pass % 2 === 0 ? layers : [...layers].reverse()
    for (const layer of turn) {
      const wished = new Map(
        layer.map(({ id }) => {
          const { above = [], below = [] } = links.get(id) ?? {}
          const near = pass % 2 === 0 ? above : below
          const sum = near.reduce((total, other) => total + (centres.get(other) ?? 0), 0)
          return [id, near.length === 0 ? (centres.get(id) ?? 0) : sum / near.length]
        }),
      )
      settle(layer, ({ id }) => wished.get(id) ?? 0)
    }
  }
  return centres
}

/** Where lines leave and reach a box: spread in the order of their other ends, so that they do not cross there. */
function portsOf(edges: readonly LayeredEdge[], x: (id: string) => number) {
  const spread = (end: 'out' | 'in'): Map<LayeredEdge, number> => {
    const ports = new Map<LayeredEdge, number>()
    const forward = edges.filter(({ isBack }) => !isBack)
    const nodeOf = ({ edge }: LayeredEdge): string => (end === 'out' ? edge.from : edge.to)
    const otherX = ({ chain }: LayeredEdge): number => x((end === 'out' ? chain[1] : chain.at(-2)) ?? '')
    for (const node of new Set(forward.map(nodeOf))) {
      const own = forward.filter((one) => nodeOf(one) === node).sort((one, other) => otherX(one) - otherX(other))
      const step = Math.min(36, (box.width - 40) / own.length)
      for (const [index, one] of own.entries()) ports.set(one, (index - (own.length - 1) / 2) * step)
    }
    return ports
  }
  return { out: spread('out'), in: spread('in') }
}

interface Point {
  readonly x: number
  readonly top: number
  readonly bottom: number
  readonly isNode: boolean
}

function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let from = { x: first.x, y: first.bottom }
  let line = `M${from.x} ${from.y}`
  for (const [index, point] of rest.entries()) {
    const isLast = index === rest.length - 1
    // The arrow head stands in front of the box.
    const to = { x: point.x, y: isLast ? point.top - 7 : point.top }
    const middle = (from.y + to.y) / 2
    line += `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`
    if (!isLast) line += `V${point.bottom}`
    from = { x: point.x, y: point.bottom }
  }
  return line
}

/** On the first stretch of the line, nearer to the lower end when the line goes to the left: labels then stand apart. */
function labelPlace(points: readonly Point[], { isError }: GraphEdge): { x: number; y: number } {
  const [from, to] = points
  if (!from || !to) return { x: 0, y: 0 }
  const share = isError ? 0.68 : to.x < from.x ? 0.56 : 0.4
  const ease = share * share * (3 - 2 * share)
  return { x: from.x + (to.x - from.x) * ease, y: from.bottom + (to.top - from.bottom) * share + 4 }
}
