import { html } from 'hono/html'
import type { RunnerLogEntry } from '../flows/runner-log.ts'
import { type ConsentParts, consentParts, signedInAs } from './consent.ts'
import { type Html, layout, withName } from './layout.ts'
import { runnerLogSection } from './runner-log.ts'
import type { PageTexts } from './texts.ts'

/** An input as the page shows it. */
export interface ScreenInput {
  readonly name: string
  readonly type: 'text' | 'email' | 'phone' | 'password' | 'code' | 'checkbox' | 'select' | 'file'
  readonly label: string
  readonly required: boolean
  /** Value to begin with; a password or a code has none. */
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

/** What a screen of a flow shows and sends back. */
export interface ScreenPage {
  /** Path that the form is sent to. */
  readonly action: string
  readonly heading: string
  /** Text under the heading. */
  readonly text?: string
  /** Name of the application that asks, when there is no other text. */
  readonly appName?: string
  readonly logo?: string
  readonly hidden: Readonly<Record<string, string>>
  readonly fields: readonly ScreenInput[]
  readonly buttons: readonly { readonly id: string; readonly label: string; readonly quiet: boolean }[]
  readonly error?: string
  /** What an inbound application asks for, on a consent screen. */
  readonly consent?: ConsentParts & { readonly userName: string }
  /** The runner log, in debug mode. */
  readonly log?: readonly RunnerLogEntry[]
  /** Texts of what does not stand in the flow. */
  readonly texts: PageTexts
}

/** A screen of a flow: server-rendered, works without script. */
export function screenPage(options: ScreenPage): Html {
  const { action, heading, text, appName, logo, hidden, fields, buttons, error, consent, log, texts } = options
  const hasFile = fields.some(({ type }) => type === 'file')
  // What has to be typed next gets the focus: the first field without a value.
  const focused = fields.find(({ type, value }) => value === '' && type !== 'checkbox') ?? fields[0]
  return layout({
    title: error === undefined ? heading : texts.errorPrefix + heading,
    texts,
    body: html`${logo === undefined ? '' : html`<img class="logo" src="${logo}" alt="" width="56" height="56">`}
<h1>${heading}</h1>
${introduction(text, appName, texts)}
${consent === undefined ? '' : signedInAs(consent.userName, texts)}
<form method="post" action="${action}"${hasFile ? html` enctype="multipart/form-data"` : ''}>
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${error === undefined ? '' : html`<p class="error" id="problem" role="alert">${error}</p>`}
${fields.map((field) => inputOf(field, { faulty: error !== undefined, focused: field === focused }))}
${consent === undefined ? '' : consentParts(consent, texts)}
${buttons.map(
  ({ id, label, quiet }) =>
    html`<button type="submit" name="button" value="${id}"${quiet ? html` class="quiet" formnovalidate` : ''}>${label}</button>
`,
)}</form>
${log === undefined ? '' : runnerLogSection(log, texts)}`,
  })
}

function introduction(text: string | undefined, appName: string | undefined, texts: PageTexts): Html | string {
  if (text !== undefined) return html`<p class="soft">${text}</p>`
  if (appName === undefined) return ''
  return html`<p class="soft">${withName(texts.screenApp, '{app}', html`<strong>${appName}</strong>`)}</p>`
}

const inputTypes: Readonly<Record<ScreenInput['type'], string>> = {
  text: 'text',
  email: 'email',
  phone: 'tel',
  password: 'password',
  code: 'text',
  checkbox: 'checkbox',
  select: 'text',
  file: 'file',
}

function inputOf(field: ScreenInput, state: { readonly faulty: boolean; readonly focused: boolean }): Html {
  const { name, type, label, required, value, options } = field
  const id = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-')
  const must = required ? html` required` : ''
  const faulty = state.faulty ? html` aria-invalid="true" aria-describedby="problem"` : ''
  const focus = state.focused ? html` autofocus` : ''
  if (type === 'checkbox') {
    return html`<div class="choice"><input id="${id}" name="${name}" type="checkbox"${value === 'true' ? html` checked` : ''}${must}${faulty}>
<label for="${id}">${label}</label></div>
`
  }
  if (type === 'select') {
    return html`<label for="${id}">${label}</label>
<select id="${id}" name="${name}"${must}${faulty}${focus}>
${options.map((option) => html`<option${option.label === option.value ? '' : html` value="${option.value}"`}${option.value === value ? html` selected` : ''}>${option.label}</option>`)}</select>
`
  }
  return html`<label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="${inputTypes[type]}"${hints(name, type)}${must}${
    value === '' ? '' : html` value="${value}"`
  }${faulty}${focus}>
`
}

/** Autofill and keyboard hints (WCAG 1.3.5). */
function hints(name: string, type: ScreenInput['type']): Html | string {
  if (name === 'loginId') {
    return html` inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false"`
  }
  if (type === 'password') return html` autocomplete="current-password"`
  if (type === 'code') return html` inputmode="numeric" autocomplete="one-time-code"`
  if (type === 'email') return html` autocomplete="email"`
  if (type === 'phone') return html` autocomplete="tel"`
  const known: Readonly<Record<string, string>> = {
    displayName: 'name',
    fullName: 'name',
    givenName: 'given-name',
    firstName: 'given-name',
    familyName: 'family-name',
    lastName: 'family-name',
  }
  return Object.hasOwn(known, name) ? html` autocomplete="${known[name] ?? ''}"` : ''
}
