import { html } from 'hono/html'
import type { RunnerLogEntry } from '../flows/runner-log.ts'
import type { Html } from './layout.ts'
import type { PageTexts } from './texts.ts'

/** The runner log under a page in debug mode (IDP-SPEC S-044). */
export function runnerLogSection(entries: readonly RunnerLogEntry[], texts: PageTexts): Html {
  return html`<section aria-label="${texts.logHeading}"><h2>${texts.logHeading}</h2>
<ol class="log" lang="en" dir="ltr">${entries.map(
    ({ kind, title, log, level, data }) => html`<li><code>${kind}</code> ${title}${
      level === 'info' ? '' : html` <span class="tag">${level}</span>`
    }: ${log}${
      data === undefined
        ? ''
        : html`
<details><summary lang="${texts.language}" dir="${texts.direction}">${texts.logData}</summary><pre><code>${JSON.stringify(data, null, 2)}</code></pre></details>`
    }</li>
`,
  )}</ol></section>`
}
