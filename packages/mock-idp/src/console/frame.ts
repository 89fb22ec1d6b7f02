/** The frame of every page of the console: name, navigation, clock, and what an act has left behind. */
import { html, raw } from 'hono/html'
import type { Html } from '../pages/layout.ts'
import { icon, mark } from '../pages/theme.ts'
import { armedFaults } from './faults.ts'
import { timeTag } from './format.ts'
import type { Notice } from './notices.ts'
import { consolePath, type Section, type View, type Visit } from './visit.ts'

/** Puts a page into its frame. */
export function frame(visit: Visit, view: View, sections: readonly Section[], current?: Section): Html {
  const { notice, runtime, now } = visit
  const armed = armedFaults(visit)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${notice?.tone === 'bad' ? 'Error: ' : ''}${view.title} - Countersign console</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${consolePath}/console.css">
<script src="${consolePath}/console.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="side">
<p class="brand">${mark}<span><b>Countersign console</b><br><span class="soft">${runtime.project.id}</span></span></p>
<nav aria-label="Console"><ul>${sections.map((section) => navItem(section, section === current))}</ul></nav>
<dl class="state"><div><dt>Mock clock</dt><dd id="mock-time" data-live>${timeTag(now)}</dd></div>
<div><dt>Faults</dt><dd id="armed-count" data-live>${armed === 0 ? 'none armed' : html`<a href="${consolePath}/faults"><b>${armed} armed</b></a>`}</dd></div></dl>
<p class="away"><a href="/">Index page of the mock</a></p>
</header>
<main id="main" tabindex="-1">
${notice === undefined ? '' : noticeBox(notice)}
${view.body}
</main>
</body>
</html>`
}

function navItem({ label, path, icon: drawing }: Section, isCurrent: boolean): Html {
  const href = path === '/' ? consolePath : `${consolePath}${path}`
  return html`<li><a href="${href}"${isCurrent ? raw(' aria-current="page"') : ''}><svg viewBox="0 0 16 16" aria-hidden="true">${raw(drawing)}</svg>${label}</a></li>`
}

function noticeBox({ tone, text, secret }: Notice): Html {
  return html`<div class="notice ${tone}" role="${tone === 'bad' ? 'alert' : 'status'}"><p>${text}</p>${
    secret === undefined
      ? ''
      : html`<p><b>${secret.label}</b><br><code class="secret" tabindex="0">${secret.value}</code></p>
<p class="soft">Copy it now: it is not shown again.</p>`
  }</div>`
}
