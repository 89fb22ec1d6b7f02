import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** Asks whether to end the session, when a logout request does not prove whose it is. */
export function confirmLogoutPage(options: {
  readonly action: string
  readonly confirm: string
  /** Further hidden fields. Default none. */
  readonly kept?: Readonly<Record<string, string>>
  readonly texts: PageTexts
}): Html {
  const { texts, kept = {} } = options
  return layout({
    title: texts.signOutHeading,
    texts,
    body: html`<h1>${texts.signOutHeading}</h1>
<p class="soft">${texts.signOutText}</p>
<form method="post" action="${options.action}">
<input type="hidden" name="confirm" value="${options.confirm}">
${Object.entries(kept).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">${texts.signOutButton}</button>
</form>`,
  })
}
