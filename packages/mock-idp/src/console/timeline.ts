/** The timeline: every request with its decision, newest first, as it happens. */
import { html, raw } from 'hono/html'
import type { JournalEntry } from '../journal.ts'
import type { Html } from '../pages/layout.ts'
import { countOf, emptyState, timeTag } from './format.ts'
import { clientNames } from './names.ts'
import { addressOf, type ConsoleRoute, type Visit } from './visit.ts'

const rowsPerPage = 200

interface Filter {
  readonly endpoint: string
  readonly status: string
  readonly text: string
  readonly login: string
  readonly by: string
}

/** The first page of the console. */
export const timelineRoute: ConsoleRoute = {
  path: '/',
  show(visit) {
    const all = visit.runtime.journal.entries
    const filter = filterOf(visit.url.searchParams)
    const clients = clientNames(visit.runtime)
    const found = all.filter((entry) => fits(entry, filter, clients)).reverse()
    const shown = found.slice(0, rowsPerPage)
    return {
      title: 'Timeline',
      body: html`<div class="head"><h1>Timeline</h1>${liveControls}</div>
<p class="soft">Every request and why it was answered so. Tokens, codes and secrets are redacted.</p>
${filterForm(all, filter)}
<div class="bar"><p id="count" data-live>${countLine(found.length, shown.length, all.length)}</p>${viewSwitch(filter)}</div>
${listOf(shown, filter, clients)}`,
    }
  },
}

/** Shown by the script alone: without it a page does not change by itself. */
const liveControls = raw(
  '<div class="live" id="live" hidden><span class="pulse" aria-hidden="true"></span><span id="live-state">Live</span>' +
    '<button type="button" class="quiet small" id="pause" aria-pressed="false">Pause</button>' +
    '<span class="hidden" role="status" id="live-news"></span></div>',
)

function filterOf(query: URLSearchParams): Filter {
  const text = (name: string): string => query.get(name)?.trim() ?? ''
  return { endpoint: text('endpoint'), status: text('status'), text: text('q'), login: text('login'), by: text('by') }
}

function fits(entry: JournalEntry, filter: Filter, clients: ReadonlyMap<string, string>): boolean {
  const { endpoint, status, text, login } = filter
  if (endpoint !== '' && entry.endpoint !== endpoint) return false
  if (status !== '' && familyOf(entry.status) !== status) return false
  if (login !== '' && entry.login !== login) return false
  if (text === '') return true
  const { id, method, path, reason, notes, faults, parameters } = entry
  const words = [
    id,
    method,
    path,
    reason ?? '',
    ...notes,
    ...faults,
    clientOf(entry, clients) ?? '',
    JSON.stringify(parameters),
  ]
  return words.join('\n').toLowerCase().includes(text.toLowerCase())
}

/** `2xx` and so on; `none` for a request that was never answered. */
function familyOf(status: number): string {
  return status === 0 ? 'none' : `${Math.floor(status / 100)}xx`
}

/** Name of the client of a request; the id that was sent where a fault answered before the client was looked at. */
function clientOf({ clientId, parameters }: JournalEntry, clients: ReadonlyMap<string, string>): string | undefined {
  const id = clientId ?? [parameters.client_id].flat()[0]
  return id === undefined ? undefined : (clients.get(id) ?? id)
}

function filterForm(entries: readonly JournalEntry[], filter: Filter): Html {
  const endpoints = [...new Set([...entries.map(({ endpoint }) => endpoint), filter.endpoint])].filter(Boolean).sort()
  const option = (value: string, label: string, chosen: string): Html =>
    html`<option value="${value}"${value === chosen ? raw(' selected') : ''}>${label}</option>`
  const isOn = [filter.endpoint, filter.status, filter.text, filter.login].some((value) => value !== '')
  return html`<form class="filter" role="search" aria-label="Timeline">
<label>Text<input type="search" name="q" value="${filter.text}" placeholder="path, reason, parameter, id" autocomplete="off"></label>
<label>Endpoint<select name="endpoint">${option('', 'All', filter.endpoint)}${endpoints.map((name) =>
    option(name, name, filter.endpoint),
  )}</select></label>
<label>Status<select name="status">${[
    ['', 'All'],
    ['2xx', '2xx answered'],
    ['3xx', '3xx redirected'],
    ['4xx', '4xx refused'],
    ['5xx', '5xx failed'],
    ['none', 'never answered'],
  ].map(([value = '', label = '']) => option(value, label, filter.status))}</select></label>
${filter.by === '' ? '' : html`<input type="hidden" name="by" value="${filter.by}">`}
${filter.login === '' ? '' : html`<input type="hidden" name="login" value="${filter.login}">`}
<button type="submit">Filter</button>${isOn ? html`<a class="button quiet" href="${addressOf()}">Show all</a>` : ''}
</form>`
}

function countLine(found: number, shown: number, all: number): string {
  if (all === 0) return 'No requests yet'
  if (found === all)
    return shown < found ? `The newest ${shown} of ${countOf(all, 'request')}` : countOf(all, 'request')
  return `${found} of ${countOf(all, 'request')}${shown < found ? `, the newest ${shown} are shown` : ''}`
}

function viewSwitch({ by, login, endpoint, status, text }: Filter): Html {
  const link = (value: string, label: string): Html => {
    const pairs = Object.entries({ q: text, endpoint, status, login, by: value }).filter(([, one]) => one !== '')
    const query = new URLSearchParams(pairs).toString()
    const current = by === value ? raw(' aria-current="true"') : ''
    return html`<a href="${addressOf()}${query === '' ? '' : `?${query}`}"${current}>${label}</a>`
  }
  return html`<div class="switch" role="group" aria-label="Order">${link('', 'By time')}${link('login', 'By login')}</div>`
}

function listOf(entries: readonly JournalEntry[], filter: Filter, clients: ReadonlyMap<string, string>): Html {
  const empty =
    entries.length === 0
      ? emptyState('Nothing fits yet. Send the mock a request, for example with "Try a login" on its index page.')
      : ''
  const rows = filter.by === 'login' ? groups(entries, clients) : entries.map((entry) => requestRow(entry, clients))
  return html`<div id="empty" data-live>${empty}</div><ol class="timeline" id="timeline" data-live-list reversed>${rows}</ol>`
}

/** The requests of one login together, oldest first inside; what belongs to no login stands between. */
function groups(entries: readonly JournalEntry[], clients: ReadonlyMap<string, string>): Html[] {
  const byLogin = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    const key = entry.login ?? entry.id
    byLogin.set(key, [...(byLogin.get(key) ?? []), entry])
  }
  return [...byLogin]
    .sort(([one], [other]) => (one < other ? 1 : -1))
    .map(([key, members]) => {
      const [newest] = members
      if (newest?.login === undefined) return html`${members.map((entry) => requestRow(entry, clients))}`
      const client = clientOf(newest, clients)
      return html`<li class="login ${hueOf(key)}" data-key="login-${key}"><p class="login-head" data-head><b>Login ${numberOf(key)}</b>
${client === undefined ? '' : html`<span>${client}</span>`}<span class="soft">${countOf(members.length, 'request')}, last: ${newest.reason ?? newest.endpoint}</span></p>
<ol data-live-list>${members.toReversed().map((entry) => requestRow(entry, clients))}</ol></li>`
    })
}

/** One request as a row. */
function requestRow(entry: JournalEntry, clients: ReadonlyMap<string, string>, current = ''): Html {
  const { id, time, method, path, endpoint, status, reason, notes, faults, login } = entry
  const client = clientOf(entry, clients)
  return html`<li class="request ${login === undefined ? '' : hueOf(login)}" data-key="${id}"${id === current ? raw(' aria-current="true"') : ''}>
<p class="when">${timeTag(time, 'day')}<span class="id">${id}</span></p>${statusBadge(status)}
<div class="what"><a href="${addressOf('requests', id)}"><span class="method">${method}</span> ${path}</a>
${reason === undefined ? '' : html`<p class="reason">${reason}</p>`}${notes.map((note) => html`<p class="note">${note}</p>`)}${faultChips(faults)}</div>
<p class="about"><span class="tag">${endpoint}</span>${client === undefined ? '' : html`<span class="client">${client}</span>`}
${
  login === undefined ? '' : html`<a class="chip" href="${addressOf()}?login=${login}">login ${numberOf(login)}</a>`
}</p></li>`
}

/** The faults that acted on a request, each with its page. */
export function faultChips(faults: readonly string[]): Html {
  return html`${faults.map((name) => html`<a class="chip fault-chip" href="${addressOf('faults', name)}">fault ${name}</a> `)}`
}

/** The status in words and colour. */
export function statusBadge(status: number): Html {
  return html`<span class="status s${familyOf(status)}">${status === 0 ? 'no answer' : status}</span>`
}

/** A small number for people: `mock-000012` is 12. */
function numberOf(requestId: string): string {
  return requestId.replace(/^\D*0*/, '')
}

/** One of six colours, the same for all requests of a login. */
function hueOf(login: string): string {
  return `hue-${Number(numberOf(login)) % 6}`
}

/** The rows of the requests that belong to the login of one of them, oldest first. */
export function loginRows({ runtime }: Visit, entry: JournalEntry): readonly Html[] {
  const all = runtime.journal.entries
  const clients = clientNames(runtime)
  return all.filter(({ login }) => login === entry.login).map((one) => requestRow(one, clients, entry.id))
}
