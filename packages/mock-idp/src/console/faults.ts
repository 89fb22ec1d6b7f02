/** Faults: what the mock can do wrong, what is armed, and the switches. */
import { html } from 'hono/html'
import type { FaultInfo, FaultName } from '../faults/catalogue.ts'
import type { ArmedFault } from '../faults/fault-switch.ts'
import type { Html } from '../pages/layout.ts'
import { actButton } from './actions.ts'
import { countOf, emptyState } from './format.ts'
import type { Notice } from './notices.ts'
import { addressOf, type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

/** How many faults are armed. */
export function armedFaults({ idp }: Visit): number {
  return new Set(idp.faults.armed().map(({ name }) => name)).size
}

/** All faults by the part of the protocol that they break. */
export const faultsRoute: ConsoleRoute = {
  path: '/faults',
  show({ idp, url }) {
    const text = url.searchParams.get('q')?.trim() ?? ''
    const all = idp.faults.list()
    const armed = idp.faults.armed()
    const found = all.filter(({ name, description, rule, spec, cases }) =>
      [name, description, rule, spec, ...cases].join('\n').toLowerCase().includes(text.toLowerCase()),
    )
    return {
      title: 'Faults',
      body: html`<h1>Faults</h1><p class="soft">Each one breaks one rule that a client must enforce, or does something unusual that is right.</p>
<section class="card ${armed.length > 0 ? 'warn' : ''}" aria-labelledby="armed"><h2 id="armed">Armed</h2>
${
  armed.length === 0
    ? emptyState('None: the mock behaves.')
    : html`<ul class="rows">${armed.map((fault) => armedRow(fault, text))}</ul>${actButton({ label: 'Clear all', path: ['faults', 'clear'], tone: 'main' })}`
}</section>
<form class="filter" role="search" aria-label="Faults"><label>Text<input type="search" name="q" value="${text}" placeholder="nonce, expired, RFC 9207, B-14" autocomplete="off"></label>
<button type="submit">Filter</button>${text === '' ? '' : html`<a class="button quiet" href="${addressOf('faults')}">Show all</a>`}</form>
<p>${text === '' ? countOf(all.length, 'fault') : `${found.length} of ${countOf(all.length, 'fault')}`}</p>
${[...areasOf(found)].map(
  ([area, faults]) =>
    html`<details class="card area" ${text === '' ? '' : 'open'}><summary><h2>${area}</h2> <span class="soft">${countOf(faults.length, 'fault')}</span></summary><ul class="rows">${faults.map((fault) => faultRow(fault, text))}</ul></details>`,
)}`,
    }
  },
}

/** One fault with its rule, and the form that arms it for a client, an endpoint or some requests. */
export const faultRoute: ConsoleRoute = {
  path: '/faults/:name',
  show({ idp, param }) {
    const fault = idp.faults.list().find(({ name }) => name === param('name'))
    return fault && { title: fault.name, body: faultPage(fault) }
  },
}

/** Arms and clears faults. */
export const faultActs: readonly ConsoleAct[] = [
  {
    path: '/faults/next',
    act({ idp }, form) {
      const name = fieldOf(form, 'name') as FaultName
      const counts = ['times', 'after'].flatMap((field) => filled(form, field).map((text) => [field, Number(text)]))
      idp.faults.next(name, optionsOf(form) as never, { ...Object.fromEntries(counts), ...scopeOf(form) })
      return done(form, `${name} is armed for the next place where it applies.`)
    },
  },
  {
    path: '/faults/always',
    act({ idp }, form) {
      const name = fieldOf(form, 'name') as FaultName
      idp.faults.always(name, optionsOf(form) as never, scopeOf(form))
      return done(form, `${name} is armed until it is cleared.`)
    },
  },
  {
    path: '/faults/clear',
    act({ idp }, form) {
      const name = form.get('name')
      idp.faults.clear(name === null ? undefined : (name as FaultName))
      return done(form, name === null ? 'All faults are cleared.' : `${name} is cleared.`)
    },
  },
]

/** Leads back to the page as it was filtered. */
function done(form: URLSearchParams, text: string): Notice {
  const filter = form.get('q') ?? ''
  return { tone: 'good', text, to: filter === '' ? '/faults' : `/faults?${new URLSearchParams({ q: filter })}` }
}

function filled(form: URLSearchParams, name: string): readonly string[] {
  return [form.get(name)?.trim() ?? ''].filter((text) => text !== '')
}

function optionsOf(form: URLSearchParams): unknown {
  const [text = '{}'] = filled(form, 'options')
  try {
    return JSON.parse(text)
  } catch {
    throw new TypeError('options: expected a JSON object')
  }
}

function scopeOf(form: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries(['client', 'endpoint'].flatMap((name) => filled(form, name).map((text) => [name, text])))
}

function areasOf(faults: readonly FaultInfo[]): ReadonlyMap<string, readonly FaultInfo[]> {
  const areas = new Map<string, FaultInfo[]>()
  for (const fault of faults) areas.set(fault.area, [...(areas.get(fault.area) ?? []), fault])
  return areas
}

/** A text whose names stand between backticks. */
function withCode(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

function faultRow({ name, description, valid }: FaultInfo, filter: string): Html {
  const button = (label: string, act: string): Html =>
    actButton({ label, about: name, path: ['faults', act], fields: { name, q: filter } })
  return html`<li class="fault"><div><a href="${addressOf('faults', name)}"><code>${name}</code></a>${valid ? html` <span class="tag">valid</span>` : ''}<p class="soft">${withCode(description)}</p></div>
<div class="acts end">${button('Next time', 'next')}${button('Always', 'always')}</div></li>`
}

function armedRow({ name, times, after, client, endpoint, options }: ArmedFault, filter: string): Html {
  const given = JSON.stringify(options)
  const parts = [
    times === undefined ? 'until it is cleared' : countOf(times, 'request'),
    ...(after === undefined ? [] : [`after ${after}`]),
    ...(endpoint === undefined ? [] : [`at ${endpoint}`]),
    ...(client === undefined ? [] : [`for ${client}`]),
    ...(given === '{}' ? [] : [given]),
  ]
  return html`<li class="fault"><div><a href="${addressOf('faults', name)}"><code>${name}</code></a> <span class="status s4xx">armed</span><p class="soft">${parts.join(', ')}</p></div>
<div class="acts end">${actButton({ label: 'Clear', about: name, path: ['faults', 'clear'], fields: { name, q: filter } })}</div></li>`
}

function faultPage({ name, description, rule, spec, endpoints, cases, valid, options }: FaultInfo): Html {
  const named = Object.entries(options)
  return html`<p class="back"><a href="${addressOf('faults')}">Faults</a></p><h1 class="mono">${name}</h1><p>${withCode(description)}</p>
<dl class="facts"><dt>${valid ? 'Go on' : 'Rule'}</dt><dd>${withCode(rule)}</dd><dt>Specification</dt><dd>${spec}</dd>
<dt>Endpoints</dt><dd>${endpoints.join(', ')}</dd><dt>Cases</dt><dd>${cases.join(', ') || 'none'}</dd></dl>
<form method="post" action="${addressOf('faults', 'next')}" class="fields card"><input type="hidden" name="name" value="${name}">
${
  named.length === 0
    ? ''
    : html`<div class="wide"><label for="options">Options, as JSON</label><textarea id="options" name="options" rows="3" spellcheck="false" placeholder="{}"></textarea>
<ul>${named.map(([option, text]) => html`<li><code>${option}</code>: ${withCode(text)}</li>`)}</ul></div>`
}<label>Requests<input name="times" type="number" min="1" value="1"></label>
<label>After good ones<input name="after" type="number" min="0" value="0"></label>
<label>Endpoint<select name="endpoint"><option value="">All</option>${endpoints.map((endpoint) => html`<option>${endpoint}</option>`)}</select></label>
<label class="wide">Client id, empty for every one<input name="client" autocomplete="off" spellcheck="false"></label>
<div class="acts wide"><button type="submit">Arm</button><button type="submit" class="quiet" formaction="${addressOf('faults', 'always')}">Arm until cleared</button></div></form>`
}
