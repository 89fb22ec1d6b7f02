import { html } from 'hono/html'
import type { RunnerLogEntry } from '../flows/runner-log.ts'
import { type Html, layout } from './layout.ts'
import { runnerLogSection } from './runner-log.ts'

/** The page at the end of a stand-alone run (IDP-SPEC S-146). */
export function flowResultPage(options: {
  readonly flow: string
  /** Who is signed in now. */
  readonly userName?: string
  /** Why the run failed. */
  readonly failure?: string
  readonly log?: readonly RunnerLogEntry[]
}): Html {
  const { flow, userName, failure, log } = options
  const heading = failure === undefined ? 'The flow has ended' : 'The flow has failed'
  return layout({
    title: heading,
    body: html`<h1>${heading}</h1>
<dl><dt>Flow</dt><dd><code>${flow}</code></dd>
${failure === undefined ? '' : html`<dt>Reason</dt><dd>${failure}</dd>`}
${userName === undefined ? '' : html`<dt>Signed in as</dt><dd>${userName}</dd>`}</dl>
<p class="soft">No application asked for this login, so there is nowhere to go back to.</p>
${log === undefined ? '' : runnerLogSection(log)}`,
  })
}
