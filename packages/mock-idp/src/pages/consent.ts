import { html } from 'hono/html'
import type { ConsentLine } from '../consent/decision.ts'
import { type DetailLine, detailParts } from './consent-details.ts'
import { type Html, layout, withName } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** What the consent page shows and sends back. */
export interface ConsentPage {
  /** Path that the form is sent to. */
  readonly action: string
  /** Name of the application that asks. */
  readonly appName: string
  /** Logo of the application: an https or data URL. The answer's policy must allow its origin. */
  readonly logo?: string
  /** Who is signed in. */
  readonly userName: string
  /** Hidden fields: the handle of the transaction and the CSRF token. */
  readonly hidden: Readonly<Record<string, string>>
  /** What is asked for. Required lines are ticked and locked, the others ticked and changeable. */
  readonly scopes: readonly ConsentLine[]
  /** Entries of `authorization_details` that are asked for, ticked and changeable. Default none. */
  readonly details?: readonly DetailLine[]
  /** What was asked for and cannot be given, because the user lacks the role. Default none. */
  readonly unavailable?: readonly ConsentLine[]
  /** Names that the user allowed before. Default none. */
  readonly held?: readonly string[]
  /** Why the last attempt failed. */
  readonly error?: string
  readonly texts: PageTexts
}

/** The consent form: server-rendered, works without script. Chosen names come back as `inboundAppApproveScopes`. */
export function consentPage(options: ConsentPage): Html {
  const {
    action,
    appName,
    logo,
    userName,
    hidden,
    scopes,
    details = [],
    unavailable = [],
    held = [],
    error,
    texts,
  } = options
  const heading = texts.consentHeading.replace('{app}', () => appName)
  return layout({
    title: error === undefined ? heading : texts.errorPrefix + heading,
    texts,
    body: html`${logo === undefined ? '' : html`<img class="logo" src="${logo}" alt="" width="56" height="56">`}
<h1>${heading}</h1>
${signedInAs(userName, texts)}
<form method="post" action="${action}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${error === undefined ? '' : html`<p class="error" role="alert">${error}</p>`}
${scopes.length === 0 && details.length > 0 ? '' : consentParts({ candidates: scopes, unavailable, held }, texts)}
${detailParts(details, texts)}
<button type="submit" name="decision" value="allow">${texts.consentAllow}</button>
<button type="submit" name="decision" value="deny" class="quiet">${texts.consentDeny}</button>
</form>`,
  })
}

/** Who is asked. */
export function signedInAs(userName: string, texts: PageTexts): Html {
  return html`<p class="soft">${withName(texts.consentUser, '{user}', html`<strong>${userName}</strong>`)}</p>`
}

/** The scopes of a consent. */
export interface ConsentParts {
  readonly candidates: readonly ConsentLine[]
  readonly unavailable: readonly ConsentLine[]
  /** Names that the user allowed before. */
  readonly held: readonly string[]
}

/** The scopes with their boxes, and what was asked for and cannot be given. */
export function consentParts({ candidates, unavailable, held }: ConsentParts, texts: PageTexts): Html {
  return html`${
    candidates.length === 0
      ? html`<p>${texts.consentNothing}</p>`
      : html`<fieldset><legend>${texts.consentAsks}</legend>
${candidates.map((line, index) => scopeLine(line, index, held.includes(line.id), texts))}</fieldset>`
  }
${unavailableLines(unavailable, texts)}`
}

/** What was asked for and cannot be given. */
function unavailableLines(lines: readonly ConsentLine[], texts: PageTexts): Html | string {
  if (lines.length === 0) return ''
  return html`<h2 class="small">${texts.consentUnavailable}</h2>
<ul class="soft">${lines.map(({ desc }) => html`<li>${desc}</li>`)}</ul>`
}

/** A locked box is not sent by browsers, so a hidden field says it. */
function scopeLine({ id, desc, required }: ConsentLine, index: number, allowedBefore: boolean, texts: PageTexts): Html {
  const box = `scope-${index}`
  const remarks = [required && texts.consentRequired, allowedBefore && texts.consentAllowedBefore]
    .filter(Boolean)
    .join(', ')
  return html`<div class="choice">${
    required
      ? html`<input type="hidden" name="inboundAppApproveScopes" value="${id}"
><input type="checkbox" id="${box}" checked disabled>`
      : html`<input type="checkbox" id="${box}" name="inboundAppApproveScopes" value="${id}" checked>`
  }
<label for="${box}">${desc}${remarks === '' ? '' : html` <span class="tag">${remarks}</span>`}</label></div>
`
}
