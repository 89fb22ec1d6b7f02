/** Entries of `authorization_details` on the consent page, each with what it allows (RFC 9396 sections 2 and 13). */
import { html } from 'hono/html'
import type { Runtime } from '../runtime.ts'
import { type AuthorizationDetail, namesOfDetails, supportedTypes } from '../standard/authorization-details.ts'
import type { Html } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** Name of the fields that bring the ticked entries back. */
export const detailField = 'authorizationDetail'

/** One entry as the page shows it. */
export interface DetailLine {
  /** Name of the entry, which comes back when it is ticked. */
  readonly id: string
  /** What its type means. */
  readonly desc: string
  /** Its other members, as text. */
  readonly members: readonly (readonly [name: string, value: string])[]
}

/** The lines of these entries. */
export function detailLines(runtime: Runtime, details: readonly AuthorizationDetail[]): readonly DetailLine[] {
  const names = namesOfDetails(details)
  return details.map(({ type, ...members }, at) => ({
    id: names[at] ?? type,
    desc: supportedTypes(runtime).find((known) => known.type === type)?.description ?? type,
    members: Object.entries(members).flatMap(([name, value]) => linesOf(name, value)),
  }))
}

/** The entries with their boxes; nothing without any. */
export function detailParts(lines: readonly DetailLine[], texts: PageTexts): Html | string {
  if (lines.length === 0) return ''
  return html`<fieldset><legend>${texts.consentDetails}</legend>
${lines.map(detailLine)}</fieldset>`
}

function detailLine({ id, desc, members }: DetailLine, index: number): Html {
  const box = `detail-${index}`
  const about = `${box}-members`
  return html`<div class="choice"><input type="checkbox" id="${box}" name="${detailField}" value="${id}" checked aria-describedby="${about}">
<div><label for="${box}">${desc}</label>
<dl id="${about}">${members.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div></div>
`
}

/** A member with its value, one line for each text: nothing in a value can pass for another member. */
function linesOf(name: string, value: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [[name, value.join(', ')]]
  return Object.entries(value).flatMap(([inner, member]) => linesOf(`${name}.${inner}`, member))
}
