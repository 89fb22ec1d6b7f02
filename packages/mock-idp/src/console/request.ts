/** One request: what was asked, what was answered, and why. */
import { html } from 'hono/html'
import type { JournalAnswer, JournalEntry } from '../journal.ts'
import type { Html } from '../pages/layout.ts'
import { emptyState, facts, jsonBlock, timeTag } from './format.ts'
import { faultChips, loginRows, statusBadge } from './timeline.ts'
import { addressOf, type ConsoleRoute, type Visit } from './visit.ts'

/** The page of one request. */
export const requestRoute: ConsoleRoute = {
  path: '/requests/:id',
  show(visit) {
    const entry = visit.runtime.journal.entries.find(({ id }) => id === visit.param('id'))
    if (!entry) return undefined
    const { method, path, status, time, id, endpoint, login, answer } = entry
    return {
      title: `${method} ${path}`,
      body: html`<p class="back"><a href="${addressOf()}">Timeline</a></p>
<h1 class="mono"><span class="method">${method}</span> ${path}</h1>
<p class="bar">${statusBadge(status)}<span class="tag">${endpoint}</span>${timeTag(time)}<span class="id">${id}</span></p>
${decision(visit, entry)}
<section class="card" aria-labelledby="asked"><h2 id="asked">Parameters</h2>${parameters(entry)}</section>
<section class="card" aria-labelledby="answered"><h2 id="answered">Answer</h2>${answerFacts(answer)}</section>
${
  login === undefined
    ? ''
    : html`<section aria-labelledby="login"><h2 id="login">The login it belongs to</h2>
<ol class="timeline">${loginRows(visit, entry)}</ol></section>`
}`,
    }
  },
}

function decision({ runtime }: Visit, { id, login, reason, notes, faults }: JournalEntry): Html {
  const events = runtime.audit.entries.filter(({ requestId }) => requestId === id)
  const runs = [...runtime.flows.executions.values()].filter(
    ({ transaction }) => transaction?.login === login && login !== undefined,
  )
  return html`<section class="card accent" aria-labelledby="decided"><h2 id="decided">Decision</h2>
<p class="verdict">${reason ?? 'Nothing had to be decided.'}</p>
${notes.map((note) => html`<p class="note">${note}</p>`)}
<p>${faultChips(faults)}</p>
${facts([
  ...events.map(({ event, detail }) => [event, detail] as const),
  [
    'Flow',
    runs.length === 0
      ? undefined
      : html`${runs.map((run) => html`<a href="${addressOf('runs', run.id)}">${run.flow.definition.id}, ${run.status}</a> `)}`,
  ],
])}</section>`
}

function parameters(entry: JournalEntry): Html {
  const pairs = Object.entries(entry.parameters)
  if (pairs.length === 0) return emptyState('The request had none.')
  const shown = (value: string): Html =>
    value === '[redacted]' ? html`<span class="redacted">redacted</span>` : html`<code>${value}</code>`
  return facts(pairs.map(([name, value]) => [name, html`${[value].flat().map((one) => html`${shown(one)} `)}`]))
}

function answerFacts(answer: JournalAnswer | undefined): Html {
  if (!answer) return emptyState('There was none: the request was left hanging, or it broke off.')
  const { contentType, location, cookies, body } = answer
  const isBare = contentType === undefined && location === undefined && cookies.length === 0
  return html`${isBare ? emptyState('An answer without a body.') : ''}${facts([
    ['Content type', contentType],
    ['Leads to', location === undefined ? undefined : html`<code>${location}</code>`],
    ['Cookies', cookies.join(', ')],
  ])}${body === undefined ? '' : jsonBlock(body, 'Body of the answer')}`
}
