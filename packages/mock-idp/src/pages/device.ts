import { html, raw } from 'hono/html'
import { type Html, layout } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** The page of the device grant: a field for the code, or what came of it. */
export function devicePage(options: {
  readonly texts: PageTexts
  readonly userCode: string
  /** What came of the code; then there is no form. */
  readonly message?: string
  /** Why the last code was not taken. */
  readonly error?: string
}): Html {
  const { texts, userCode, message, error } = options
  return layout({
    title: error === undefined ? texts.deviceHeading : texts.errorPrefix + texts.deviceHeading,
    texts,
    body: html`<h1>${texts.deviceHeading}</h1>
${
  message === undefined
    ? html`<p class="soft">${texts.deviceText}</p>
<form method="post" action="/device">
${error === undefined ? '' : html`<p class="error" role="alert" id="device-error">${error}</p>`}
<label for="user_code">${texts.deviceCode}</label>
<input id="user_code" name="user_code" value="${userCode}" required autocomplete="off" autocapitalize="characters" spellcheck="false"${
        error === undefined ? '' : raw(' aria-invalid="true" aria-describedby="device-error"')
      }>
<button type="submit">${texts.deviceButton}</button>
</form>`
    : html`<p>${message}</p>`
}`,
  })
}
