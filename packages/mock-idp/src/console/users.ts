/** Users: who can sign in, and what they are. */
import { html } from 'hono/html'
import type { MockUser } from '../model/user.ts'
import type { Html } from '../pages/layout.ts'
import { liveSession } from '../sessions.ts'
import { actButton } from './actions.ts'
import { countOf, facts, jsonBlock } from './format.ts'
import { userCell } from './names.ts'
import { type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

/** All users. Their passwords stand on the index page alone. */
export const usersRoute: ConsoleRoute = {
  path: '/users',
  show(visit) {
    const users = visit.runtime.users.list()
    return {
      title: 'Users',
      body: html`<h1>Users</h1><p class="soft">${countOf(users.length, 'user')}. Passwords stand on the <a href="/">index page</a>.</p>
<ul class="cards">${users.map((user) => userCard(visit, user))}</ul>`,
    }
  },
}

/** Lets a user sign in again, or stops that. */
export const userStatusAct: ConsoleAct = {
  path: '/users/status',
  act({ idp, runtime }, form) {
    const user = runtime.users.get(fieldOf(form, 'id'))
    if (!user) throw new TypeError('this user is gone')
    const status = fieldOf(form, 'status') === 'active' ? 'active' : 'disabled'
    idp.users.update(user.id, { status })
    const name = user.name ?? user.loginIds[0] ?? user.id
    const text =
      status === 'active'
        ? `${name} can sign in again.`
        : `${name} cannot sign in any more. Sessions and grants of this user do not work while this lasts.`
    return { tone: 'good', text }
  },
}

function userCard({ runtime }: Visit, user: MockUser): Html {
  const { id, name, loginIds, status, email, emailVerified, phone, roles, tenants, customAttributes } = user
  const sessions = [...runtime.records.sessions.values()].filter(
    (session) => session.userId === id && liveSession(runtime, session),
  )
  const memberships = Object.entries(tenants).map(([tenant, membership]) => {
    const named = runtime.catalogue.tenants.list().find((one) => one.id === tenant)?.name ?? tenant
    const own = membership.roles ?? []
    return own.length === 0 ? named : `${named} (${own.join(', ')})`
  })
  const isActive = status === 'active'
  return html`<li class="card"><p>${userCell(runtime, id)} <span class="status ${isActive ? 's2xx' : 's4xx'}">${status}</span></p>
${facts([
  ['Id', html`<code>${id}</code>`],
  ['Login ids', loginIds.length > 1 ? loginIds.join(', ') : undefined],
  ['E-mail', email === undefined ? undefined : `${email}${emailVerified ? ', verified' : ''}`],
  ['Telephone', phone],
  ['Roles', roles.join(', ')],
  ['Tenants', memberships.join(', ')],
  ['Sessions', sessions.length === 0 ? undefined : `${sessions.length} live`],
])}
${Object.keys(customAttributes).length === 0 ? '' : html`<details><summary>Custom attributes</summary>${jsonBlock(customAttributes, `Custom attributes of ${name ?? id}`)}</details>`}
${actButton({
  label: isActive ? 'Disable' : 'Activate',
  about: name ?? loginIds[0] ?? id,
  path: ['users', 'status'],
  fields: { id, status: isActive ? 'disabled' : 'active' },
})}</li>`
}
