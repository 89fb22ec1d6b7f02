import { html } from 'hono/html'
import type { RunnerLogEntry } from '../flows/runner-log.ts'
import { type Html, layout } from './layout.ts'
import { runnerLogSection } from './runner-log.ts'
import type { PageTexts } from './texts.ts'

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
  readonly texts: PageTexts
}): Html {
  const { flow, userName, failure, log, texts, note = texts.resultText } = options
  const heading = options.heading ?? (failure === undefined ? texts.resultHeading : texts.resultFailedHeading)
  return layout({
    title: heading,
    texts,
    body: html`<h1>${heading}</h1>
<dl><dt>${texts.resultFlow}</dt><dd><code>${flow}</code></dd>
${failure === undefined ? '' : html`<dt>${texts.errorReason}</dt><dd>${failure}</dd>`}
${userName === undefined ? '' : html`<dt>${texts.resultUser}</dt><dd>${userName}</dd>`}</dl>
<p class="soft">${note}</p>
${log === undefined ? '' : runnerLogSection(log, texts)}`,
  })
}
