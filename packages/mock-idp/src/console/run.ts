/** One run of a flow: the way it took, step by step, and its runner log. */
import { html } from 'hono/html'
import type { Execution, PathStep } from '../flows/execution.ts'
import type { RunnerLogEntry } from '../flows/runner-log.ts'
import type { Html } from '../pages/layout.ts'
import { runBadge } from './flows.ts'
import { facts, jsonBlock, timeTag } from './format.ts'
import { flowGraph } from './graph.ts'
import { edgesOf, nodeTitle } from './graph-edges.ts'
import { userName } from './names.ts'
import { addressOf, type ConsoleRoute, type Visit } from './visit.ts'

/** The page of one run. */
export const runRoute: ConsoleRoute = {
  path: '/runs/:id',
  show(visit) {
    const run = visit.runtime.flows.executions.get(visit.param('id'))
    if (!run) return undefined
    const { definition } = run.flow
    return {
      title: `Run of ${definition.id}`,
      body: html`<p class="back"><a href="${addressOf('flows')}">Flows</a></p>
<h1>Run of <a class="mono" href="${addressOf('flows', definition.id)}">${definition.id}</a></h1>
<p class="bar" id="run-state" data-live>${runBadge(run)}${timeTag(run.startedAt)}</p>
<div id="about" data-live>${about(visit, run)}</div>
<div id="trails" data-live>${trailsOf(run.path).map((trail, index) => trailSection(trail, index, run))}</div>
<section class="card" aria-labelledby="log"><h2 id="log">Runner log</h2>
<ol class="log" id="runner-log" data-live-list>${run.log.entries.map(logLine)}</ol></section>`,
    }
  },
}

function about({ runtime }: Visit, { transaction, userId, outcome, output, claims }: Execution): Html {
  const login = transaction?.login
  return html`${facts([
    ['Application', transaction?.app.name],
    ['User', userId === undefined ? undefined : userName(runtime, userId)],
    ['Login', login === undefined ? undefined : html`<a href="${addressOf()}?login=${login}">its requests</a>`],
    ['Failed with', outcome?.result === 'failure' ? `${outcome.code}: ${outcome.message}` : undefined],
    ['Custom claims', claims.size === 0 ? undefined : [...claims.keys()].join(', ')],
    ['Output', output === undefined ? undefined : Object.keys(output).join(', ')],
  ])}`
}

/** The steps of a run inside of one flow. */
type TrailOfFlow = readonly [PathStep, ...PathStep[]]

/** Cuts the way of a run into flows: the outer one first, then each subflow as it was entered. */
function trailsOf(path: readonly PathStep[]): readonly TrailOfFlow[] {
  const trails: [PathStep, ...PathStep[]][] = []
  const open: [PathStep, ...PathStep[]][] = []
  for (const step of path) {
    open.length = Math.min(open.length, step.depth + 1)
    const current = open[step.depth]
    if (current) current.push(step)
    else {
      const trail: [PathStep, ...PathStep[]] = [step]
      trails.push(trail)
      open[step.depth] = trail
    }
  }
  return trails
}

function trailSection(trail: TrailOfFlow, index: number, run: Execution): Html {
  const { definition } = trail[0].flow
  const label = index === 0 ? 'The way it took' : `Inside of ${definition.id}`
  const edges = edgesOf(definition)
  const steps = trail.map((step, place) => {
    const node = definition.nodes[step.node]
    const next = trail[place + 1]
    const way = edges.find(({ from, to }) => from === step.node && to === next?.node)
    return html`<li><code>${step.node}</code> <span class="tag">${node?.kind ?? ''}</span> ${nodeTitle(step.node, node)}
<span class="soft">${leaving(step, next, way?.label, run)}</span> ${timeTag(step.at, 'day')}</li>`
  })
  return html`<section aria-labelledby="way-${index}"><h2 id="way-${index}">${label}</h2>
${flowGraph(
  definition,
  `Run of ${definition.id}`,
  trail.map(({ node }) => node),
)}
<div class="card"><h3>Steps</h3><ol class="steps">${steps}</ol></div></section>`
}

/** How a step was left, in words. */
function leaving(step: PathStep, next: PathStep | undefined, label: string | undefined, run: Execution): string {
  if (next) return label === undefined ? 'failed, back to the screen' : label === '' ? 'went on' : `left by "${label}"`
  const isEnd = step.flow.definition.nodes[step.node]?.kind === 'end'
  if (isEnd) return 'the end'
  return step === run.path.at(-1) && run.status === 'waiting' ? 'waits here' : 'stopped here'
}

function logLine({ seq, at, level, kind, title, log, data }: RunnerLogEntry): Html {
  return html`<li data-key="${seq}" class="level-${level}"><p>${timeTag(at, 'day')} <code>${kind}</code> <b>${title}</b>
${level === 'info' ? '' : html`<span class="tag">${level}</span>`} ${log}</p>
${data === undefined ? '' : html`<details><summary>Data</summary>${jsonBlock(data, `Data of line ${seq}`)}</details>`}</li>`
}
