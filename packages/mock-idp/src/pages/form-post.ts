import { html, raw } from 'hono/html'
import { type Html, layout } from './layout.ts'
import type { PageTexts } from './texts.ts'

const script = 'document.forms[0].submit()'

/** CSP source of the one script of the page: the SHA-256 of its text. */
export const formPostScriptHash = "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='"

/** A form with an authorization response that submits itself; the button is for browsers without script. */
export function formPostPage(options: {
  readonly action: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly texts: PageTexts
}): Html {
  const { action, fields, texts } = options
  return layout({
    title: texts.formPostHeading,
    texts,
    body: html`<h1>${texts.formPostHeading}</h1>
<form method="post" action="${action}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">${texts.formPostButton}</button>
</form>
<script>${raw(script)}</script>`,
  })
}
