/** Faults: what the mock can do wrong, what is armed, and the switches. */
import { html } from 'hono/html'
import { type FaultName, faultDescriptions } from '../faults/catalogue.ts'
import type { Html } from '../pages/layout.ts'
import { actButton } from './actions.ts'
import { countOf, emptyState } from './format.ts'
import type { Notice } from './notices.ts'
import { addressOf, type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

interface Fault {
  readonly name: FaultName
  readonly description: string
  readonly isArmed: boolean
}

/** The catalogue of faults as the page shows it. */
function faultsOf({ runtime }: Visit): readonly Fault[] {
  return runtime.faults.names.map((name) => ({
    name,
    description: faultDescriptions[name],
    isArmed: runtime.faults.armed(name),
  }))
}

/** How many faults are armed. */
export function armedFaults(visit: Visit): number {
  return faultsOf(visit).filter(({ isArmed }) => isArmed).length
}

/** All faults by the part of the provider that they break. */
export const faultsRoute: ConsoleRoute = {
  path: '/faults',
  show(visit) {
    const text = visit.url.searchParams.get('q')?.trim() ?? ''
    const all = faultsOf(visit)
    const armed = all.filter(({ isArmed }) => isArmed)
    const found = all.filter(({ name, description }) =>
      `${name}\n${description}`.toLowerCase().includes(text.toLowerCase()),
    )
    return {
      title: 'Faults',
      body: html`<h1>Faults</h1><p class="soft">Each one breaks one rule that a client must enforce.</p>
<section class="card ${armed.length > 0 ? 'warn' : ''}" aria-labelledby="armed"><h2 id="armed">Armed</h2>
${
  armed.length === 0
    ? emptyState('None: the mock behaves.')
    : html`<ul class="rows">${armed.map((fault) => faultRow(fault, text))}</ul>${actButton({ label: 'Clear all', path: ['faults', 'clear'], tone: 'main' })}`
}</section>
<form class="filter" role="search" aria-label="Faults"><label>Text<input type="search" name="q" value="${text}" placeholder="nonce, expired, RFC 9207" autocomplete="off"></label>
<button type="submit">Filter</button>${text === '' ? '' : html`<a class="button quiet" href="${addressOf('faults')}">Show all</a>`}</form>
<p>${text === '' ? countOf(all.length, 'fault') : `${found.length} of ${countOf(all.length, 'fault')}`}</p>
${partsOf(found).map(
  ([part, faults]) =>
    html`<section class="card" aria-labelledby="part-${part}"><h2 id="part-${part}">${part}</h2><ul class="rows">${faults.map((fault) => faultRow(fault, text))}</ul></section>`,
)}`,
    }
  },
}

/** Arms and clears faults. */
export const faultActs: readonly ConsoleAct[] = [
  {
    path: '/faults/next',
    act({ idp }, form) {
      const name = fieldOf(form, 'name')
      idp.faults.next(name as FaultName)
      return done(form, `${name} is armed for the next place where it applies.`)
    },
  },
  {
    path: '/faults/always',
    act({ idp }, form) {
      const name = fieldOf(form, 'name')
      idp.faults.always(name as FaultName)
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

const parts = ['id-token', 'access-token', 'discovery', 'jwks', 'response', 'authorize', 'token', 'userinfo']

/** By the beginning of their names; the longer beginnings first. */
function partsOf(faults: readonly Fault[]): readonly (readonly [part: string, faults: readonly Fault[]])[] {
  const groups = new Map<string, Fault[]>()
  for (const fault of faults) {
    const part = parts.find((one) => fault.name.startsWith(`${one}-`)) ?? 'other'
    groups.set(part, [...(groups.get(part) ?? []), fault])
  }
  return [...groups]
}

/** A text whose names stand between backticks. */
function withCode(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

function faultRow({ name, description, isArmed }: Fault, filter: string): Html {
  const button = (label: string, act: string): Html =>
    actButton({ label, about: name, path: ['faults', act], fields: { name, q: filter } })
  return html`<li class="fault"><div><code>${name}</code>${isArmed ? html` <span class="status s4xx">armed</span>` : ''}<p class="soft">${withCode(description)}</p></div>
<div class="acts end">${button('Next time', 'next')}${button('Always', 'always')}${isArmed ? button('Clear', 'clear') : ''}</div></li>`
}
