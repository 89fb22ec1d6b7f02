import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'
import type { PageTexts } from './texts.ts'

/**
 * The page after a logout that leads nowhere else, or that tells clients in frames before it leads back.
 *
 * @param options.frames - Addresses of clients to load (OpenID Connect Front-Channel Logout 1.0). Default none.
 * @param options.next - Where the page leads when that is done. Default nowhere.
 */
export function signedOutPage(
  texts: PageTexts,
  options: { readonly frames?: readonly string[]; readonly next?: string } = {},
): Html {
  const { frames = [], next } = options
  return layout({
    title: texts.signedOutHeading,
    texts,
    body: html`<h1>${texts.signedOutHeading}</h1>
<p class="soft">${texts.signedOutText}</p>
${next === undefined ? '' : html`<a class="button" href="${next}">${texts.signedOutButton}</a>`}
${frames.map((address) => html`<iframe src="${address}" hidden title=""></iframe>`)}`,
  })
}
