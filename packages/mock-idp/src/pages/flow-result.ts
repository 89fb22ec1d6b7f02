import { html } from 'hono/html'
import type { RunnerLogEntry } from '../flows/runner-log.ts'
import { type Html, layout } from './layout.ts'
import { runnerLogSection } from './runner-log.ts'

/** The page at the end of a stand-alone run (IDP-SPEC S-146). */
export function flowResultPage(options: {
  readonly flow: string
  /** Default says whether the flow ended well. */
  readonly heading?: string
  /** Who is signed in now. */
  readonly userName?: string
  /** Why the run failed. */
  readonly failure?: string
  /** What to do next. Default that there is nowhere to go back to. */
  readonly note?: string
  readonly log?: readonly RunnerLogEntry[]
}): Html {
  const {
    flow,
    userName,
    failure,
    log,
    note = 'No application asked for this login, so there is nowhere to go back to.',
  } = options
  const heading = options.heading ?? (failure === undefined ? 'The flow has ended' : 'The flow has failed')
  return layout({
    title: heading,
    body: html`<h1>${heading}</h1>
<dl><dt>Flow</dt><dd><code>${flow}</code></dd>
${failure === undefined ? '' : html`<dt>Reason</dt><dd>${failure}</dd>`}
${userName === undefined ? '' : html`<dt>Signed in as</dt><dd>${userName}</dd>`}</dl>
<p class="soft">${note}</p>
${log === undefined ? '' : runnerLogSection(log)}`,
  })
}
