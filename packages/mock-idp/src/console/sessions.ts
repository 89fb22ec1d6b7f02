/** Sessions: who is signed in at the provider, and the end of it. */
import { html } from 'hono/html'
import type { Html } from '../pages/layout.ts'
import type { Session } from '../records.ts'
import { liveSession } from '../sessions.ts'
import { actButton } from './actions.ts'
import { countOf, emptyState, facts, fromNow, timeTag } from './format.ts'
import { clientNameOf, userCell, userName } from './names.ts'
import { type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

/** All live sessions, newest first. */
export const sessionsRoute: ConsoleRoute = {
  path: '/sessions',
  show(visit) {
    const { records } = visit.runtime
    const all = [...records.sessions.values()].reverse()
    const live = all.filter((session) => liveSession(visit.runtime, session))
    return {
      title: 'Sessions',
      body: html`<h1>Sessions</h1>
<p class="soft">Logins at the provider. The next login of the same browser needs no password while one lasts.</p>
<p id="count" data-live>${countOf(live.length, 'live session')}, ${all.length - live.length} ended</p>
<div id="empty" data-live>${live.length === 0 ? emptyState('Nobody is signed in.') : ''}</div>
<ul class="cards" id="sessions" data-live-list>${live.map((session) => sessionCard(visit, session))}</ul>`,
    }
  },
}

/** Ends a session as a logout does. */
export const endSessionAct: ConsoleAct = {
  path: '/sessions/end',
  act({ idp }, form) {
    if (!idp.sessions.end(fieldOf(form, 'id'))) throw new TypeError('this session has ended already')
    return { tone: 'good', text: 'The session has ended. Its refresh tokens and userinfo do not work any more.' }
  },
}

function sessionCard({ runtime, now }: Visit, session: Session): Html {
  const { id, userId, authenticatedAt, expiresAt, amr, stepUpUntil = 0 } = session
  const accessTokens = [...runtime.records.accessTokens.values(), ...runtime.standard.records.accessTokens.values()]
  const accessGrants = accessTokens.map(({ grant }) => grant)
  const clients = new Set(
    [...runtime.records.idTokens.values(), ...runtime.standard.records.idTokens.values(), ...accessGrants].flatMap(
      (grant) => (grant?.sessionId === id && !grant.revoked ? [clientNameOf(runtime, grant)] : []),
    ),
  )
  return html`<li class="card" data-key="${id}"><p>${userCell(runtime, userId)}</p>
${facts([
  ['Signed in', timeTag(authenticatedAt)],
  ['By', amr.join(', ')],
  ['Ends', timeTag(expiresAt)],
  ['Step-up', stepUpUntil > now ? `ends ${fromNow(stepUpUntil, now)}` : undefined],
  ['Used by', [...clients].join(', ')],
])}
${actButton({ label: 'End session', about: `of ${userName(runtime, userId)}`, path: ['sessions', 'end'], fields: { id }, tone: 'bad' })}</li>`
}
