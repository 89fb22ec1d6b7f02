/** The form for a new application. */
import { html, raw } from 'hono/html'
import type { Html } from '../pages/layout.ts'
import { addressOf, type ConsoleAct, fieldOf, type Visit } from './visit.ts'

/** The form, folded; open and filled again after a mistake. */
export function newAppForm({ notice }: Visit): Html {
  const typed = notice?.typed
  const value = (name: string): string => typed?.get(name) ?? ''
  const choice = (name: string, values: readonly (readonly [value: string, label: string])[]): Html =>
    html`<select name="${name}">${values.map(
      ([one, label]) => html`<option value="${one}"${one === value(name) ? raw(' selected') : ''}>${label}</option>`,
    )}</select>`
  const lines = (name: string, label: string, hint: string): Html =>
    html`<div class="wide"><label for="${name}">${label}</label><textarea id="${name}" name="${name}" rows="2" spellcheck="false"
 aria-describedby="${name}-hint">${value(name)}</textarea><p class="soft hint" id="${name}-hint">${hint}</p></div>`
  return html`<details class="card"${typed ? raw(' open') : ''}><summary>Create an application</summary>
<form method="post" action="${addressOf('apps', 'create')}" class="fields">
<label>Name<input name="name" required maxlength="100" value="${value('name')}" autocomplete="off"></label>
<label>Kind${choice('kind', [
    ['oidc', 'OIDC application'],
    ['inbound', 'Inbound application'],
  ])}</label>
<label>Client type${choice('clientType', [
    ['public', 'public: PKCE, no secret'],
    ['confidential', 'confidential: with a secret'],
  ])}</label>
${lines('redirectUris', 'Redirect URIs', 'One in each line; none means as the project allows.')}
${lines('scopes', 'Scopes', 'Of an inbound application; one in each line, a name and a description after a space.')}
<button type="submit">Create</button></form></details>`
}

/** Creates an application; the secret of a confidential one is shown once. */
export const createAppAct: ConsoleAct = {
  path: '/apps/create',
  act({ idp }, form) {
    const name = fieldOf(form, 'name')
    const clientType = fieldOf(form, 'clientType') === 'confidential' ? 'confidential' : 'public'
    const uris = linesOf(form, 'redirectUris')
    const foreign = uris.find((uri) => !/^[a-z][a-z\d+.-]*:\/\/./i.test(uri))
    if (foreign !== undefined) throw new TypeError(`redirectUris: ${foreign} is not an absolute URI`)
    const isInbound = fieldOf(form, 'kind') === 'inbound'
    const apps = isInbound ? idp.inboundApps : idp.oidcApps
    const { id, clientId } = isInbound
      ? idp.inboundApps.create({ name, clientType, approvedCallbackUrls: uris, permissionsScopes: scopesOf(form) })
      : idp.oidcApps.create({ name, clientType, redirectUris: uris })
    const text = `${name} is created; its client ID is ${clientId}.`
    if (clientType === 'public') return { tone: 'good', text }
    return { tone: 'good', text, secret: { label: `Client secret of ${name}`, value: apps.secret(id) } }
  },
}

function linesOf(form: URLSearchParams, name: string): readonly string[] {
  return (form.get(name) ?? '').split(/\r?\n/).flatMap((line) => line.trim() || [])
}

function scopesOf(form: URLSearchParams) {
  return linesOf(form, 'scopes').map((line) => {
    const [name = '', ...words] = line.split(/\s+/)
    return { name, description: words.join(' ') || name, optional: true }
  })
}
