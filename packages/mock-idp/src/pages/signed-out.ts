import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** A frame of the page. */
interface SignedOutFrame {
  readonly uri: string
  readonly withoutCookies: boolean
}

/**
 * The page after a logout that leads nowhere else, or that tells clients in frames before it leads back.
 *
 * @param options.frames - Addresses of clients to load, with their cookies or without (OpenID Connect Front-Channel
 *   Logout 1.0). Default none.
 * @param options.next - Where the page leads when that is done. Default nowhere.
 */
export function signedOutPage(
  texts: PageTexts,
  options: { readonly frames?: readonly SignedOutFrame[]; readonly next?: string } = {},
): Html {
  const { frames = [], next } = options
  return layout({
    title: texts.signedOutHeading,
    texts,
    body: html`<h1>${texts.signedOutHeading}</h1>
<p class="soft">${texts.signedOutText}</p>
${next === undefined ? '' : html`<a class="button" href="${next}">${texts.signedOutButton}</a>`}
${frames.map(
  ({ uri, withoutCookies }) =>
    html`<iframe src="${uri}" hidden title=""${withoutCookies ? html` credentialless` : ''}></iframe>`,
)}`,
  })
}
