/** The clock, the signing keys, and the way back to the start. */
import { html } from 'hono/html'
import type { Html } from '../pages/layout.ts'
import { actButton } from './actions.ts'
import { facts, lengthOf, timeTag } from './format.ts'
import { addressOf, type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

/** Clock, keys, reset. */
export const clockRoute: ConsoleRoute = {
  path: '/clock',
  show: (visit) => ({
    title: 'Clock and keys',
    body: html`<h1>Clock and keys</h1>${clockCard(visit)}${keysCard(visit)}
<section class="card" aria-labelledby="start-over"><h2 id="start-over">Start over</h2>
<p class="soft">Data, sessions, tokens, consents, faults, timeline, clock and keys go back to how they were after the start.</p>
${actButton({ label: 'Reset the mock', path: ['clock', 'reset'], tone: 'bad' })}</section>`,
  }),
}

const jumps: readonly (readonly [label: string, seconds: number])[] = [
  ['+ 1 min', 60],
  ['+ 10 min', 600],
  ['+ 1 h', 3600],
  ['+ 1 day', 86_400],
  ['+ 30 days', 2_592_000],
  ['- 1 h', -3600],
]

function clockCard({ now }: Visit): Html {
  const ahead = now - Date.now()
  const beside = Math.abs(ahead) < 1500 ? 'the same as' : `${lengthOf(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'}`
  const iso = new Date(now).toISOString().slice(0, 19)
  return html`<section class="card" aria-labelledby="clock"><h2 id="clock">Clock</h2>
<p class="big">${timeTag(now)}</p><p class="soft">${beside} this machine</p>
<div class="acts">${jumps.map(([label, seconds]) =>
    actButton({ label, path: ['clock', 'advance'], fields: { seconds: String(seconds) } }),
  )}${actButton({ label: 'As this machine', path: ['clock', 'now'] })}</div>
<form method="post" action="${addressOf('clock', 'set')}" class="line"><label>Set to (UTC)
<input type="datetime-local" name="time" step="1" value="${iso}" required></label><button type="submit">Set</button></form>
</section>`
}

function keysCard({ runtime }: Visit): Html {
  const { kid, published } = runtime.keys
  return html`<section class="card" aria-labelledby="keys"><h2 id="keys">Signing keys</h2>
${facts([
  ['Signs now', html`<code>${kid}</code>${published.includes(kid) ? '' : ' which is not in the key set'}`],
  ['Key set', html`<a href="/${runtime.project.id}/.well-known/jwks.json">jwks.json</a>, RS256`],
])}
<ul class="rows">${published.map(
    (
      one,
    ) => html`<li><code>${one}</code>${one === kid ? html`<span class="status s2xx">signs</span>` : html`<span class="soft">kept for tokens it signed</span>`}
<span class="end">${actButton({ label: 'Take out of the key set', about: one, path: ['clock', 'drop-key'], fields: { kid: one }, tone: 'bad' })}</span></li>`,
  )}</ul>
${actButton({ label: 'Rotate keys', path: ['clock', 'rotate-keys'], tone: 'main' })}</section>`
}

/** What can be done with time and keys. */
export const clockActs: readonly ConsoleAct[] = [
  {
    path: '/clock/advance',
    act({ idp }, form) {
      const seconds = Number(fieldOf(form, 'seconds'))
      if (!Number.isSafeInteger(seconds)) throw new TypeError('seconds: expected a whole number')
      return moved(() => idp.clock.set(timeInRange(idp.clock.now() + seconds * 1000)))
    },
  },
  {
    path: '/clock/set',
    act: ({ idp }, form) => moved(() => idp.clock.set(timeInRange(Date.parse(`${fieldOf(form, 'time')}Z`)))),
  },
  { path: '/clock/now', act: ({ idp }) => moved(() => idp.clock.set(Date.now())) },
  {
    path: '/clock/rotate-keys',
    act({ idp }) {
      const kid = idp.keys.rotate()
      return { tone: 'good', text: `New tokens are signed by ${kid}. Old keys stay in the key set.` }
    },
  },
  {
    path: '/clock/drop-key',
    act({ idp }, form) {
      const kid = fieldOf(form, 'kid')
      if (!idp.keys.published.includes(kid)) throw new TypeError('this key is not in the key set')
      idp.keys.drop(kid)
      return { tone: 'good', text: `${kid} is not in the key set any more.` }
    },
  },
  {
    path: '/clock/reset',
    act({ idp }) {
      idp.reset()
      return { tone: 'good', text: 'The mock is as it was after its start.' }
    },
  },
]

function moved(move: () => void): { readonly tone: 'good'; readonly text: string } {
  move()
  return { tone: 'good', text: 'The clock of the mock has moved.' }
}

/** Years that fit into the claims of tokens and into the form. */
function timeInRange(milliseconds: number): number {
  if (!(milliseconds >= 0 && milliseconds < Date.UTC(10_000, 0))) {
    throw new TypeError('time: expected a date between the years 1970 and 9999')
  }
  return milliseconds
}
