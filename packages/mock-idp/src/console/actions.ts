/** Buttons that act: a form with hidden fields each, so that they work without script. */
import { html } from 'hono/html'
import type { Html } from '../pages/layout.ts'
import { addressOf } from './visit.ts'

/**
 * A form with one button.
 *
 * @param options.path - Address of the act below the console.
 * @param options.fields - What is sent along.
 * @param options.about - What the button is about, read out after its label.
 * @param options.tone - `bad` for what cannot be undone. Default `quiet`.
 */
export function actButton(options: {
  readonly label: string
  readonly path: readonly string[]
  readonly fields?: Readonly<Record<string, string>>
  readonly about?: string
  readonly tone?: 'quiet' | 'bad' | 'main'
}): Html {
  const { label, path, fields = {}, about, tone = 'quiet' } = options
  return html`<form method="post" action="${addressOf(...path)}" class="act">${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button type="submit" class="small ${tone}">${label}${
    about === undefined ? '' : html`<span class="hidden"> ${about}</span>`
  }</button></form>`
}
