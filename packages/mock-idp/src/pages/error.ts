import { html, raw } from 'hono/html'
import { type Html, layout } from './layout.ts'
import { englishTexts, type PageTexts, phrase } from './texts.ts'

/** The page for errors that must not be sent to a redirect URI. */
export function errorPage(options: {
  readonly code: string
  /** English, as it stands in the journal. */
  readonly description: string
  readonly requestId?: string
  /** Default the English ones. */
  readonly texts?: PageTexts
}): Html {
  const { code, description, requestId, texts = englishTexts } = options
  const shown = phrase(texts, description)
  // What nobody has translated says so, for screen readers.
  const isEnglish = shown === description && !/^en\b/i.test(texts.language)
  return layout({
    title: texts.errorHeading,
    texts,
    body: html`<h1>${texts.errorHeading}</h1>
<p class="soft">${texts.errorText}</p>
<dl>
<dt>${texts.errorReason}</dt><dd${isEnglish ? raw(' lang="en" dir="auto"') : ''}>${shown}</dd>
<dt>${texts.errorCode}</dt><dd><code>${code}</code></dd>
${requestId === undefined ? '' : html`<dt>${texts.errorRequest}</dt><dd><code>${requestId}</code></dd>`}
</dl>`,
  })
}
