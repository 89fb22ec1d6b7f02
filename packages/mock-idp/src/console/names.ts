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
export function appName({ inboundApps, oidcApps, standard }: Runtime, id: string): string {
  return (inboundApps.get(id) ?? oidcApps.get(id) ?? standard.clients.get(id))?.name ?? id
}

/** Names of all applications and clients by client id. */
export function clientNames(runtime: Runtime): ReadonlyMap<string, string> {
  return new Map(
    [...allApps(runtime), ...runtime.standard.clients.list()].map(({ clientId, name }) => [clientId, name]),
  )
}

/** Name of the application of a grant; its client id when it is gone. */
export function clientNameOf(
  runtime: Runtime,
  grant: { readonly clientId?: string; readonly app?: { readonly clientId: string } },
): string {
  const id = grant.clientId ?? grant.app?.clientId ?? ''
  return clientNames(runtime).get(id) ?? id
}

/** All applications of the Descope-like profile, the default one first; none in the standard profile. */
export function allApps({ defaultApp, oidcApps, inboundApps, project }: Runtime): readonly ClientApp[] {
  return project.profile === 'standard' ? [] : [defaultApp, ...oidcApps.list(), ...inboundApps.list()]
}
