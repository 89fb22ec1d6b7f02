/** Applications and access keys: what clients need to know, and new secrets. */
import { html } from 'hono/html'
import type { ClientApp } from '../clients.ts'
import type { AccessKey } from '../model/access-key.ts'
import type { InboundScope } from '../model/inbound-app.ts'
import type { Html } from '../pages/layout.ts'
import type { StandardClient } from '../standard/client.ts'
import { actButton } from './actions.ts'
import { countOf, facts } from './format.ts'
import { allApps } from './names.ts'
import { newAppForm } from './new-app.ts'
import { type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

/** All applications, a form for another one, and access keys; in the standard profile its clients. */
export const appsRoute: ConsoleRoute = {
  path: '/apps',
  show: (visit) => ({
    title: 'Apps',
    body: html`<h1>Apps</h1>${visit.runtime.project.profile === 'standard' ? clientList(visit) : appList(visit)}`,
  }),
}

function appList(visit: Visit): Html {
  const apps = allApps(visit.runtime)
  return html`<p class="soft">${countOf(apps.length, 'application')}. Secrets are shown once, when they are new.</p>
${newAppForm(visit)}
<ul class="cards">${apps.map(appCard)}</ul>
<section aria-labelledby="access-keys"><h2 id="access-keys">Access keys</h2>
<ul class="cards">${visit.runtime.accessKeys.list().map(keyCard)}</ul></section>`
}

function clientList({ runtime }: Visit): Html {
  const clients = runtime.standard.clients.list()
  return html`<p class="soft">${countOf(clients.length, 'client')} of the standard profile.</p>
<ul class="cards">${clients.map(clientCard)}</ul>`
}

function clientCard(client: StandardClient): Html {
  return html`<li class="card"><p><b>${client.name}</b> <span class="tag">${client.token_endpoint_auth_method}</span></p>
${facts([
  ['Client ID', html`<code>${client.client_id}</code>`],
  ['Issuer', html`<a href="${client.issuer}/.well-known/openid-configuration">${client.issuer}</a>`],
  ['Redirect URIs', html`${client.redirect_uris.map((uri) => html`<code>${uri}</code> `)}`],
  ['Grants', client.grant_types.join(', ')],
])}</li>`
}

/** Replaces a secret: the first active one of an inbound application, all of an OIDC application. */
export const rotateSecretAct: ConsoleAct = {
  path: '/apps/rotate',
  act({ idp }, form) {
    const id = fieldOf(form, 'id')
    const apps = fieldOf(form, 'kind') === 'inbound' ? idp.inboundApps : idp.oidcApps
    const value = apps.rotate(id)
    const name = apps.get(id)?.name ?? id
    return {
      tone: 'good',
      text: `${name} has a new secret; the old one fails from now on.`,
      secret: { label: `New client secret of ${name}`, value },
    }
  },
}

function appCard(app: ClientApp): Html {
  const { id, kind, name, description, status, clientType, clientId, connection } = app
  const redirects = kind === 'inbound' ? app.approvedCallbackUrls : app.redirectUris
  return html`<li class="card"><p><b>${name}</b> <span class="tag">${kind === 'inbound' ? 'inbound' : 'OIDC'}</span>
<span class="tag">${clientType}</span>${status === 'active' ? '' : html` <span class="status s4xx">${status}</span>`}</p>
${description === '' ? '' : html`<p class="soft">${description}</p>`}
${facts([
  ['Client ID', html`<code>${clientId}</code>`],
  ['Issuer', html`<a href="${connection.discoveryUrl}">${connection.issuer}</a>`],
  [
    'Redirect URIs',
    redirects.length === 0 ? 'as the project allows' : html`${redirects.map((uri) => html`<code>${uri}</code> `)}`,
  ],
  ['Scopes', kind === 'inbound' ? scopeList([...app.permissionsScopes, ...app.attributesScopes]) : undefined],
  ['Secrets', secretLine(app)],
])}
${
  clientType === 'confidential'
    ? actButton({ label: 'Rotate secret', about: `of ${name}`, path: ['apps', 'rotate'], fields: { id, kind } })
    : ''
}</li>`
}

function scopeList(scopes: readonly InboundScope[]): Html | undefined {
  if (scopes.length === 0) return undefined
  return html`${scopes.map(({ name }) => html`<code class="scope">${name}</code> `)}`
}

function secretLine(app: ClientApp): string | undefined {
  if (app.clientType !== 'confidential') return undefined
  if (app.kind === 'oidc') return countOf(app.secrets.length, 'active secret')
  return app.secrets.map(({ name, status }) => `${name} (${status})`).join(', ')
}

function keyCard({ id, name, clientId, status, roles }: AccessKey): Html {
  return html`<li class="card"><p><b>${name}</b> <span class="status ${status === 'active' ? 's2xx' : 's4xx'}">${status}</span></p>
${facts([
  ['Key ID', html`<code>${id}</code>`],
  ['Client ID', html`<code>${clientId}</code>`],
  ['Roles', roles.join(', ')],
])}</li>`
}
