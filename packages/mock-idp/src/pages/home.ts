import { html } from 'hono/html'
import { type Html, layout, withName } from './layout.ts'
import { type PageTexts, phrase } from './texts.ts'

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
  readonly users: readonly { readonly loginId: string; readonly password?: string; readonly remark: string }[]
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  /** Parameters of an authorization response that came back to this page. */
  readonly callback: readonly (readonly [name: string, value: string])[]
  readonly texts: PageTexts
}

/** The index page: what can be tried against this mock. */
export function homePage({
  projectId,
  consolePath,
  applications,
  flows,
  users,
  endpoints,
  callback,
  texts,
}: HomePage): Html {
  return layout({
    title: texts.homeHeading,
    texts,
    wide: true,
    body: html`<h1>${texts.homeHeading}</h1>
<p class="soft">${withName(texts.homeText, '{project}', html`<code>${projectId}</code>`)}</p>
${
  consolePath === undefined
    ? ''
    : html`<p><a href="${consolePath}">${texts.homeConsole}</a>. ${texts.homeConsoleText}</p>`
}
${
  callback.length === 0
    ? ''
    : html`<section aria-labelledby="came-back"><h2 id="came-back">${texts.homeCallback}</h2>
<dl>${callback.map(([name, value]) => html`<dt><code>${name}</code></dt><dd><code>${value}</code></dd>`)}</dl></section>`
}
<h2>${texts.homeApplications}</h2>
${applications.map(
  (
    app,
  ) => html`<section aria-label="${phrase(texts, app.name)}"><h3>${phrase(texts, app.name)} <span class="tag">${phrase(texts, app.kind)}</span></h3>
<dl><dt>${texts.homeClientId}</dt><dd><code>${app.clientId}</code></dd>
<dt>${texts.homeIssuer}</dt><dd><a href="${app.issuer}/.well-known/openid-configuration"><code>${app.issuer}</code></a></dd></dl>
${app.tryUrl === undefined ? '' : html`<p><a href="${app.tryUrl}">${texts.homeTry.replace('{app}', () => phrase(texts, app.name))}</a></p>`}</section>`,
)}
<h2>${texts.homeFlows}</h2>
<ul>${flows.map(({ id, url }) => html`<li><a href="${url}"><code>${id}</code></a></li>`)}</ul>
<h2>${texts.homeUsers}</h2>
<div class="table" role="region" aria-label="${texts.homeUsers}" tabindex="0"><table>
<thead><tr><th scope="col">${texts.homeLoginId}</th><th scope="col">${texts.homePassword}</th><th scope="col">${texts.homeRemark}</th></tr></thead>
<tbody>${users.map(
      (
        user,
      ) => html`<tr><td><code>${user.loginId}</code></td><td>${user.password === undefined ? texts.homeNoPassword : html`<code>${user.password}</code>`}</td>
<td>${user.remark}</td></tr>`,
    )}</tbody></table></div>
<h2>${texts.homeEndpoints}</h2>
<dl>${endpoints.map((endpoint) => html`<dt>${phrase(texts, endpoint.name)}</dt><dd><code>${endpoint.url}</code></dd>`)}</dl>`,
  })
}
