import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'

/** Asks whether to end the session, when a logout request does not prove whose it is. */
export function confirmLogoutPage(options: { readonly action: string; readonly confirm: string }): Html {
  return layout({
    title: 'Sign out',
    body: html`<h1>Do you want to sign out?</h1>
<p class="soft">This ends your session at this provider for every application.</p>
<form method="post" action="${options.action}">
<input type="hidden" name="confirm" value="${options.confirm}">
<button type="submit">Sign out</button>
</form>`,
  })
}
