/** Consents: what users and tenants allowed inbound applications. */
import { html } from 'hono/html'
import { type Consent, isLive } from '../consent/consent.ts'
import type { Html } from '../pages/layout.ts'
import { actButton } from './actions.ts'
import { countOf, emptyState, facts, timeTag } from './format.ts'
import { appName, userName } from './names.ts'
import { type ConsoleAct, type ConsoleRoute, fieldOf, type Visit } from './visit.ts'

/** All consents, newest first. */
export const consentsRoute: ConsoleRoute = {
  path: '/consents',
  show(visit) {
    const consents = [...visit.idp.consents.search()].reverse()
    return {
      title: 'Consents',
      body: html`<h1>Consents</h1><p class="soft">What users, and administrators for whole tenants, allowed inbound applications.</p>
<p id="count" data-live>${countOf(consents.length, 'consent')}</p>
<div id="empty" data-live>${consents.length === 0 ? emptyState('Nobody has allowed anything yet. A login of an inbound application leaves a consent here.') : ''}</div>
<ul class="cards" id="consents" data-live-list>${consents.map((consent) => consentCard(visit, consent))}</ul>`,
    }
  },
}

/** Deletes a consent. */
export const deleteConsentAct: ConsoleAct = {
  path: '/consents/delete',
  act({ idp }, form) {
    if (idp.consents.delete({ consentIds: [fieldOf(form, 'id')] }) === 0) throw new TypeError('this consent is gone')
    return {
      tone: 'good',
      text: 'The consent is deleted, and the refresh tokens that rested on it have ended. The next login asks again.',
    }
  },
}

function consentCard({ runtime }: Visit, consent: Consent): Html {
  const { id, appId, userId, tenantId, scopes, grantedBy, createdTime, modifiedTime, expireTime } = consent
  const who = userId === '' ? 'Everybody in the tenant' : userName(runtime, userId)
  return html`<li class="card" data-key="${id}"><p><b>${who}</b> to <b>${appName(runtime, appId)}</b>
${isLive(runtime, consent) ? '' : html`<span class="status s4xx">expired</span>`}</p>
<p>${scopes.length === 0 ? html`<span class="soft">sign-in alone</span>` : scopes.map((scope) => html`<code class="scope">${scope}</code> `)}</p>
${facts([
  ['Tenant', tenantId],
  ['Granted by', grantedBy === userId ? undefined : userName(runtime, grantedBy)],
  ['Granted', timeTag(createdTime * 1000)],
  ['Changed', modifiedTime === createdTime ? undefined : timeTag(modifiedTime * 1000)],
  ['Ends', expireTime === 0 ? undefined : timeTag(expireTime * 1000)],
])}
${actButton({ label: 'Delete consent', about: `of ${who} to ${appName(runtime, appId)}`, path: ['consents', 'delete'], fields: { id }, tone: 'bad' })}</li>`
}
