import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** The page after a logout that leads nowhere else. */
export function signedOutPage(texts: PageTexts): Html {
  return layout({
    title: texts.signedOutHeading,
    texts,
    body: html`<h1>${texts.signedOutHeading}</h1>
<p class="soft">${texts.signedOutText}</p>`,
  })
}
