import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'

/** What the index page lists. */
export interface HomePage {
  readonly projectId: string
  /** Path of the console; absent where there is none. */
  readonly consolePath?: string
  readonly applications: readonly {
    readonly name: string
    readonly kind: string
    readonly clientId: string
    readonly issuer: string
    /** A ready-made authorize request that comes back to this page; absent when the application does not allow that. */
    readonly tryUrl?: string
  }[]
  readonly flows: readonly { readonly id: string; readonly url: string }[]
  readonly users: readonly { readonly loginId: string; readonly password: string; readonly remark: string }[]
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  /** Parameters of an authorization response that came back to this page. */
  readonly callback: readonly (readonly [name: string, value: string])[]
}

/** The index page: what can be tried against this mock. */
export function homePage({ projectId, consolePath, applications, flows, users, endpoints, callback }: HomePage): Html {
  return layout({
    title: 'Overview',
    wide: true,
    body: html`<h1>The mock is running</h1>
<p class="soft">Project <code>${projectId}</code>. Point a client at one of these applications and sign in as one of these users.</p>
${
  consolePath === undefined
    ? ''
    : html`<p><a href="${consolePath}">Open the console</a>: requests and decisions as they happen, flows, tokens, faults.</p>`
}
${
  callback.length === 0
    ? ''
    : html`<section aria-labelledby="came-back"><h2 id="came-back">The login came back</h2>
<dl>${callback.map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}</dl></section>`
}
<h2>Applications</h2>
${applications.map(
  (app) => html`<section aria-label="${app.name}"><h3>${app.name} <span class="tag">${app.kind}</span></h3>
<dl><dt>Client ID</dt><dd><code>${app.clientId}</code></dd>
<dt>Issuer</dt><dd><a href="${app.issuer}/.well-known/openid-configuration">${app.issuer}</a></dd></dl>
${app.tryUrl === undefined ? '' : html`<p><a href="${app.tryUrl}">Try a login of ${app.name}</a></p>`}</section>`,
)}
<h2>Flows</h2>
<ul>${flows.map(({ id, url }) => html`<li><a href="${url}"><code>${id}</code></a></li>`)}</ul>
<h2>Users</h2>
<div class="table" role="region" aria-label="Users" tabindex="0"><table>
<thead><tr><th scope="col">Login ID</th><th scope="col">Password</th><th scope="col">Remark</th></tr></thead>
<tbody>${users.map(
      (user) => html`<tr><td><code>${user.loginId}</code></td><td><code>${user.password}</code></td>
<td>${user.remark}</td></tr>`,
    )}</tbody></table></div>
<h2>Endpoints</h2>
<dl>${endpoints.map((endpoint) => html`<dt>${endpoint.name}</dt><dd><code>${endpoint.url}</code></dd>`)}</dl>`,
  })
}
