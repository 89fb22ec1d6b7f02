/** Flows: the list, and one flow as a drawing, as a list of its nodes, and with its runs. */
import { html } from 'hono/html'
import type { FlowDefinition } from '../flows/definition.ts'
import type { Execution } from '../flows/execution.ts'
import type { Html } from '../pages/layout.ts'
import { countOf, emptyState, facts, fromNow } from './format.ts'
import { flowGraph } from './graph.ts'
import { edgesOf, nodeTitle } from './graph-edges.ts'
import { userName } from './names.ts'
import { addressOf, type ConsoleRoute, type Visit } from './visit.ts'

/** All flows, and the newest runs. */
export const flowsRoute: ConsoleRoute = {
  path: '/flows',
  show(visit) {
    const { registry, executions } = visit.runtime.flows
    const runs = [...executions.values()]
    const items = registry.list().map(({ definition, version, shipped }) => {
      const own = runs.filter(({ flow }) => flow.definition.id === definition.id)
      return html`<li class="card"><h2><a href="${addressOf('flows', definition.id)}">${definition.id}</a></h2>
<p>${definition.name ?? ''}</p><p class="soft">${countOf(Object.keys(definition.nodes).length, 'node')}, version ${version}${
        shipped ? ', comes with the mock' : ''
      }, ${countOf(own.length, 'run')}</p></li>`
    })
    return {
      title: 'Flows',
      body: html`<h1>Flows</h1><p class="soft">What a login walks through. Each one is drawn with the way that a run took.</p>
<ul class="cards">${items}</ul>
<section aria-labelledby="runs"><h2 id="runs">Newest runs</h2>${runList(visit, runs)}</section>`,
    }
  },
}

/** One flow. */
export const flowRoute: ConsoleRoute = {
  path: '/flows/:id',
  show(visit) {
    const { registry, executions } = visit.runtime.flows
    const flow = registry.get(visit.param('id'))
    if (!flow) return undefined
    const { definition, version } = flow
    const { id, name, requires = {} } = definition
    const runs = [...executions.values()].filter((run) => run.flow.definition.id === id)
    const needs = Object.entries(requires).flatMap(([need, on]) => (on ? [need] : []))
    const address = `/login/${visit.runtime.project.id}?${new URLSearchParams({ flow: id, debug: 'true' })}`
    return {
      title: `Flow ${id}`,
      body: html`<p class="back"><a href="${addressOf('flows')}">Flows</a></p><h1 class="mono">${id}</h1>
<p class="soft">${name ?? ''}</p>
${facts([
  ['Version', String(version)],
  ['Needs', needs.join(', ')],
])}
<p><a class="button" href="${address}">Run it alone</a></p>
${flowGraph(definition, `Flow ${id}`)}
<section class="card" aria-labelledby="nodes"><h2 id="nodes">Nodes</h2>${nodeList(definition)}</section>
<section aria-labelledby="runs"><h2 id="runs">Runs</h2>${runList(visit, runs)}</section>`,
    }
  },
}

/** The same as the drawing, in words. */
function nodeList(definition: FlowDefinition): Html {
  const edges = edgesOf(definition)
  const ids = [definition.start, ...Object.keys(definition.nodes).filter((id) => id !== definition.start)]
  return html`<ul class="nodes">${ids.map((id) => {
    const node = definition.nodes[id]
    const ways = edges.filter(({ from }) => from === id)
    return html`<li><code>${id}</code> <span class="tag">${node?.kind ?? ''}</span> ${
      node?.kind === 'subflow' ? html`<a href="${addressOf('flows', node.flow)}">${node.flow}</a>` : nodeTitle(id, node)
    }${id === definition.start ? html` <span class="tag">start</span>` : ''}
${ways.length === 0 ? '' : html`<ul>${ways.map(({ to, label }) => html`<li>${label === '' ? 'then' : label} → <code>${to}</code></li>`)}</ul>`}</li>`
  })}</ul>`
}

const mostRuns = 50

function runList(visit: Visit, runs: readonly Execution[]): Html {
  if (runs.length === 0) return emptyState('No run yet. A login that shows the hosted page starts one.')
  return html`<ol class="rows" data-live-list reversed>${runs
    .slice(-mostRuns)
    .reverse()
    .map((run) => {
      const { id, flow, startedAt, userId, transaction, path } = run
      return html`<li data-key="${id}">${runBadge(run)}<a href="${addressOf('runs', id)}">${flow.definition.id}</a>
<span class="soft">${[transaction?.app.name, userId === undefined ? undefined : userName(visit.runtime, userId)].filter(Boolean).join(', ')}</span>
<span class="soft end">${countOf(path.length, 'step')}, ${fromNow(startedAt, visit.now)}</span></li>`
    })}</ol>`
}

/** Where a run stands, in words and colour. */
export function runBadge({ status }: Execution): Html {
  const tone = status === 'completed' ? 's2xx' : status === 'failed' ? 's4xx' : 's3xx'
  return html`<span class="status ${tone}">${status}</span>`
}
