/** How the console calls users and applications. */

import { html } from 'hono/html'
import type { ClientApp } from '../clients.ts'
import type { Html } from '../pages/layout.ts'
import type { Runtime } from '../runtime.ts'

/** Name, login id, or id of a user; the id alone when the user is gone. */
export function userName({ users }: Runtime, id: string): string {
  const user = users.get(id)
  return user?.name ?? user?.loginIds[0] ?? id
}

/** Name and login id of a user. */
export function userCell(runtime: Runtime, id: string): Html {
  const loginId = runtime.users.get(id)?.loginIds[0]
  return html`<b>${userName(runtime, id)}</b>${loginId === undefined ? '' : html`<br><span class="soft">${loginId}</span>`}`
}

/** Name of an application by its id; the id when it is gone. */
export function appName({ inboundApps, oidcApps }: Runtime, id: string): string {
  return (inboundApps.get(id) ?? oidcApps.get(id))?.name ?? id
}

/** All applications, the default one first. */
export function allApps({ defaultApp, oidcApps, inboundApps }: Runtime): readonly ClientApp[] {
  return [defaultApp, ...oidcApps.list(), ...inboundApps.list()]
}
