import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'

/** The page after a logout that leads nowhere else. */
export function signedOutPage(): Html {
  return layout({
    title: 'Signed out',
    body: html`<h1>You are signed out</h1>
<p class="soft">Your session at this provider has ended. You can close this page.</p>`,
  })
}
