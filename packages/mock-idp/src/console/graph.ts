/** A flow as a drawing (SVG made on the server), and the same as a list. */
import { html, raw } from 'hono/html'
import type { FlowDefinition } from '../flows/definition.ts'
import type { Html } from '../pages/layout.ts'
import { edgesOf, type GraphEdge, nodeTitle } from './graph-edges.ts'
import { box, layoutGraph } from './graph-layout.ts'

/** The part of a run that happened inside of one flow: nodes in the order of their visits. */
export type Trail = readonly string[]

/** Draws a flow. With a trail the nodes and edges of a run stand out by weight and by numbers, not by colour alone. */
export function flowGraph(definition: FlowDefinition, label: string, trail: Trail = []): Html {
  const { nodes, start } = definition
  const ids = Object.keys(nodes)
  const edges = withReturns(edgesOf(definition), trail)
  const layout = layoutGraph(ids, start, edges)
  const marker = `arrow-${definition.id.replaceAll(/[^\w-]/g, '_')}`
  const isTaken = takenBy(trail)
  return html`<div class="graph" role="region" aria-label="${label}, drawing" tabindex="0">
<svg role="img" aria-label="${label}. The same follows as a list." width="${layout.width}" height="${layout.height}"
 viewBox="0 0 ${layout.width} ${layout.height}"${trail.length > 0 ? raw(' class="with-run"') : ''}>
<defs>${arrow(marker, '')}${arrow(`${marker}-taken`, 'taken')}</defs>
${layout.edges.map(({ edge, line }) => {
  const taken = isTaken(edge)
  return html`<path class="edge${edge.isError ? ' error' : ''}${taken ? ' taken' : ''}" d="${line}" marker-end="url(#${marker}${taken ? '-taken' : ''})"/>`
})}
${layout.edges.map(({ edge, label: { x, y, isBeside } }) =>
  edge.label === ''
    ? ''
    : html`<text class="label${isTaken(edge) ? ' taken' : ''}${isBeside ? ' beside' : ''}" x="${x}" y="${y}">${shorten(edge.label, 24)}</text>`,
)}
${ids.map((id) => nodeBox(id, definition, layout.nodes.get(id) ?? { x: 0, y: 0 }, trail))}
</svg></div>`
}

function arrow(id: string, name: string): Html {
  return html`<marker id="${id}" class="${name}" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="8" markerHeight="8"
 markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`
}

function nodeBox(id: string, definition: FlowDefinition, at: { x: number; y: number }, trail: Trail): Html {
  const node = definition.nodes[id]
  const visits = trail.flatMap((one, index) => (one === id ? [index + 1] : []))
  const name = id === nodeTitle(id, node) ? '' : id
  const kind = [node?.kind ?? '', name, id === definition.start ? 'start' : ''].filter(Boolean).join(' · ')
  const radius = node?.kind === 'end' ? box.height / 2 : 10
  const badge = shorten(visits.join(', '), 8)
  const badgeWidth = 14 + badge.length * 7
  return html`<g class="node ${node?.kind ?? ''}${visits.length > 0 ? ' visited' : ''}" transform="translate(${at.x} ${at.y})">
<title>${nodeTitle(id, node)}</title>
<rect class="box" width="${box.width}" height="${box.height}" rx="${radius}"/>
${node?.kind === 'end' ? '' : html`<rect class="mark" x="0.75" y="10" width="4" height="${box.height - 20}" rx="2"/>`}
<text class="kind" x="18" y="22">${shorten(kind, visits.length === 0 ? 30 : 22)}</text>
<text class="title" x="18" y="42">${shorten(nodeTitle(id, node), 22)}</text>
${
  visits.length === 0
    ? ''
    : html`<rect class="badge" x="${box.width - badgeWidth - 8}" y="8" width="${badgeWidth}" height="18" rx="9"/>
<text class="visits" x="${box.width - badgeWidth / 2 - 8}" y="21">${badge}</text>`
}</g>`
}

/** The edges, and those a run took although the flow does not name them: back to the screen that shows an error. */
function withReturns(edges: readonly GraphEdge[], trail: Trail): readonly GraphEdge[] {
  const all = [...edges]
  for (const [from, to] of stepsOf(trail)) {
    if (all.some((edge) => edge.from === from && edge.to === to)) continue
    all.push({ from, to, label: 'shows the error', isError: true })
  }
  return all
}

function takenBy(trail: Trail): (edge: GraphEdge) => boolean {
  const steps = new Set(stepsOf(trail).map((step) => JSON.stringify(step)))
  return ({ from, to }) => steps.has(JSON.stringify([from, to]))
}

function stepsOf(trail: Trail): (readonly [from: string, to: string])[] {
  return trail.flatMap((to, index) => {
    const from = trail[index - 1]
    return from === undefined ? [] : [[from, to] as const]
  })
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
