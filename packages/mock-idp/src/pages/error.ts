import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'

/** The page for errors that must not be sent to a redirect URI. */
export function errorPage(options: {
  readonly code: string
  readonly description: string
  readonly requestId?: string
}): Html {
  const { code, description, requestId } = options
  return layout({
    title: 'Something is wrong with this request',
    body: html`<h1>This request cannot go on</h1>
<p class="soft">The application that sent you here asked for something this provider refuses.</p>
<dl>
<dt>Reason</dt><dd>${description}</dd>
<dt>Code</dt><dd><code>${code}</code></dd>
${requestId === undefined ? '' : html`<dt>Request</dt><dd><code>${requestId}</code></dd>`}
</dl>`,
  })
}
