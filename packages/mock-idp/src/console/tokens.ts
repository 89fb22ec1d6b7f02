/** Tokens: paste one, or choose one that the mock gave, and read it. */
import { html } from 'hono/html'
import type { Html } from '../pages/layout.ts'
import { type DecodedToken, decodeToken, type Finding, kindNames } from './decoded-token.ts'
import { countOf, emptyState, fromNow, timeTag } from './format.ts'
import { type IssuedToken, issuedTokens } from './issued-tokens.ts'
import { userName } from './names.ts'
import { addressOf, type ConsoleRoute, type Visit } from './visit.ts'

const mostListed = 60

/** The list, and the form to paste a token into. The form is sent as a body, so that no address holds a token. */
export const tokensRoute: ConsoleRoute = {
  path: '/tokens',
  show: (visit) => ({ title: 'Tokens', body: html`<h1>Tokens</h1>${pasteForm()}${issuedList(visit)}` }),
  async submit(visit, form) {
    const token = (form.get('token') ?? '').trim().replace(/^bearer\s+/i, '')
    const decoded = token === '' ? undefined : await decodeToken(visit.runtime, token)
    return {
      title: decoded ? 'Decoded token' : 'Tokens',
      body: html`<h1>${decoded ? 'Decoded token' : 'Tokens'}</h1>
${decoded ? decodedSections(decoded, visit) : html`<p class="notice bad" role="alert">This is not a JWT: expected three parts of base64url with dots between, header and claims as JSON.</p>`}
${pasteForm()}${issuedList(visit)}`,
    }
  },
}

/** One token that the mock gave. */
export const tokenRoute: ConsoleRoute = {
  path: '/tokens/:kind/:number',
  async show(visit) {
    const token = issuedTokens(visit.runtime).find(
      ({ kind, number }) => kind === visit.param('kind') && String(number) === visit.param('number'),
    )
    if (!token) return undefined
    const decoded = await decodeToken(visit.runtime, token.text)
    const title = `${kindNames[token.kind]} of ${token.app}`
    return {
      title,
      body: html`<p class="back"><a href="${addressOf('tokens')}">Tokens</a></p><h1>${title}</h1>
${decoded ? decodedSections(decoded, visit) : emptyState('It is opaque: a random text that says nothing by itself.')}`,
    }
  },
}

function pasteForm(): Html {
  return html`<form class="card fields" method="post" action="${addressOf('tokens')}"><label class="wide">Token to decode
<textarea name="token" rows="4" required spellcheck="false" autocomplete="off" placeholder="eyJ..."></textarea></label>
<p class="soft wide">It is read by this mock alone and kept nowhere.</p><button type="submit">Decode</button></form>`
}

function issuedList(visit: Visit): Html {
  const all = issuedTokens(visit.runtime)
  return html`<section aria-labelledby="issued"><h2 id="issued">Issued by the mock</h2>
<p id="count" data-live>${all.length > mostListed ? `The newest ${mostListed} of ` : ''}${countOf(all.length, 'token')}</p>
<div id="empty" data-live>${all.length === 0 ? emptyState('None yet. Each token answer leaves its tokens here.') : ''}</div>
<ol class="rows" id="issued-list" data-live-list reversed>${all.slice(0, mostListed).map((token) => issuedRow(token, visit))}</ol></section>`
}

function issuedRow({ kind, number, app, subject, issuedAt, state }: IssuedToken, { runtime, now }: Visit): Html {
  return html`<li data-key="${kind}-${number}"><span class="tag">${kind}</span>
<a href="${addressOf('tokens', kind, String(number))}">${kindNames[kind]} ${number}</a>
<span>${app}</span><span class="soft">${userName(runtime, subject)}</span>
<span class="end">${state === '' ? '' : html`<span class="status ${state === 'live' ? 's2xx' : 's4xx'}">${state}</span> `}<span class="soft">${issuedAt === undefined ? '' : fromNow(issuedAt, now)}</span></span></li>`
}

function decodedSections({ header, claims, signature, time, record }: DecodedToken, { now }: Visit): Html {
  return html`<section class="card accent" aria-labelledby="findings"><h2 id="findings">Findings</h2>
<ul class="findings">${[signature, time, record].map(finding)}</ul></section>
<section class="card" aria-labelledby="claims"><h2 id="claims">Claims</h2>${claimTable(claims, 'Claims', now)}</section>
<section class="card" aria-labelledby="header"><h2 id="header">Header</h2>${claimTable(header, 'Header', now)}</section>`
}

function finding({ tone, text }: Finding): Html {
  const sign = { good: '✓', bad: '✗', plain: '–' }[tone]
  return html`<li class="${tone}"><span aria-hidden="true">${sign}</span> ${text}</li>`
}

const meanings: Readonly<Record<string, string>> = {
  iss: 'issuer',
  sub: 'subject: whom it is about',
  aud: 'audience: whom it is for',
  azp: 'authorized party: the client',
  exp: 'expires',
  iat: 'issued',
  nbf: 'not before',
  auth_time: 'time of the login',
  rexp: 'end of the refresh token',
  nonce: 'ties it to the authorize request',
  at_hash: 'hash of the access token',
  amr: 'methods of the login',
  scope: 'scopes',
  jti: 'id of the token',
  drn: 'kind of token: DS for a session, DSR for a refresh token',
  dct: 'current tenant',
  su: 'step-up just completed',
  alg: 'signature algorithm',
  kid: 'id of the key',
  typ: 'type of token',
}

const times: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at'])

function claimTable(claims: Readonly<Record<string, unknown>>, label: string, now: number): Html {
  return html`<div class="table" role="region" aria-label="${label}, table" tabindex="0"><table><thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody>${Object.entries(claims).map(
    ([name, value]) =>
      html`<tr><th scope="row"><code>${name}</code>${
        Object.hasOwn(meanings, name) ? html`<span class="meaning">${meanings[name]}</span>` : ''
      }</th><td>${claimValue(name, value, now)}</td></tr>`,
  )}</tbody></table></div>`
}

/** In one line where it is short. */
function jsonText(value: unknown): string {
  const line = JSON.stringify(value)
  return line.length < 60 ? line : JSON.stringify(value, null, 2)
}

function claimValue(name: string, value: unknown, now: number): Html {
  const seconds = times.has(name) && typeof value === 'number' ? value : undefined
  const parsed = name === 'rexp' && typeof value === 'string' ? Date.parse(value) / 1000 : undefined
  const time = seconds ?? parsed
  const text = typeof value === 'string' ? value : jsonText(value)
  if (time === undefined || Number.isNaN(time)) return html`<code class="value">${text}</code>`
  return html`${timeTag(time * 1000)} <b>${fromNow(time * 1000, now)}</b> <code>${text}</code>`
}
