import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { englishTexts, type PageTexts } from './texts.ts'
import { icon, mark, palette } from './theme.ts'

/** HTML text, escaped where it came from outside. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const styles = `
${palette}*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;
padding:1.5rem 1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{width:100%;max-width:25rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:2rem;
box-shadow:0 .5rem 2rem rgb(20 24 50/.08)}
main.wide{max-width:52rem}
main{overflow-wrap:anywhere}main>:last-child{margin-bottom:0}
.brand{display:flex;align-items:center;gap:.6rem;margin:0 0 1.25rem;color:var(--soft);font-size:.875rem}
.brand svg{width:1.75rem;height:1.75rem;flex:none}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .35rem;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.0625rem;margin:1.75rem 0 .5rem}
h3{font-size:1rem;margin:1rem 0 .35rem}.tag{font-weight:400;font-size:.8125rem;color:var(--soft);border:1px solid var(--line);
border-radius:1rem;padding:.05rem .55rem;margin-inline-start:.35rem;white-space:nowrap}
p{margin:0 0 1rem}.soft{color:var(--soft)}
label{display:block;font-weight:600;font-size:.9375rem;margin:1rem 0 .35rem}
input{width:100%;font:inherit;color:inherit;background:var(--field);border:1px solid var(--edge);border-radius:.6rem;
padding:.65rem .8rem;min-height:2.75rem}
select{width:100%;font:inherit;color:inherit;background:var(--field);border:1px solid var(--edge);border-radius:.6rem;
padding:.65rem .8rem;min-height:2.75rem}
ol.log{padding-inline-start:1.5rem;font-size:.875rem;overflow-wrap:anywhere}ol.log pre{overflow-x:auto;margin:.35rem 0}
input[aria-invalid=true]{border-color:var(--bad)}
button,.button{display:block;width:100%;margin-top:1.5rem;padding:.7rem 1rem;min-height:2.75rem;border:0;
border-radius:.6rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-align:center;
text-decoration:none;cursor:pointer}
button.quiet{margin-top:.75rem;background:transparent;color:var(--ink);border:1px solid var(--edge)}
fieldset{border:0;margin:1.25rem 0 0;padding:0}legend{padding:0;font-weight:600}
.choice{display:flex;gap:.75rem;align-items:flex-start;padding:.75rem 0;border-bottom:1px solid var(--line)}
.choice input{width:1.25rem;height:1.25rem;min-height:0;margin:.125rem 0 0;flex:none;accent-color:var(--accent)}
.choice label{margin:0;font-weight:400;font-size:1rem}.choice dl{font-size:.875rem;margin-top:.25rem;gap:.1rem .75rem}
h2.small{font-size:.9375rem;margin:1.25rem 0 .35rem}ul{margin:0;padding-inline-start:1.25rem}
.logo{display:block;width:3.5rem;height:3.5rem;object-fit:contain;margin:0 0 1rem;border-radius:.75rem}
button:hover,.button:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
.error{background:var(--bad-ground);color:var(--bad);border-radius:.6rem;padding:.65rem .8rem;margin:1rem 0 0}
code{font:.875em/1.4 ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--code);border-radius:.3rem;
padding:.1em .35em;overflow-wrap:anywhere}
dl{margin:0;display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.35rem 1rem}
dl+p{margin-top:.75rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.table{overflow-x:auto}table{width:100%;border-collapse:collapse;font-size:.9375rem}
th,td{text-align:start;padding-block:.5rem;padding-inline:0 .75rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}
@media (max-width:30rem){body{padding:.75rem}main{padding:1.25rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}
th,td{white-space:nowrap}}
footer{max-width:25rem;margin-top:1rem;color:var(--soft);font-size:.8125rem;text-align:center;text-wrap:balance}
`

/** The frame of every page: language, title, styles for light and dark, one `main`. No script. */
export function layout(options: {
  readonly title: string
  readonly wide?: boolean
  readonly body: Html
  /** Default the English ones. */
  readonly texts?: PageTexts
}): Html {
  const { texts = englishTexts } = options
  return html`<!doctype html>
<html lang="${texts.language}"${texts.direction === 'rtl' ? raw(' dir="rtl"') : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${options.title} - ${texts.titleSuffix}</title>
<link rel="icon" href="${icon}">
<style>${raw(styles)}</style>
</head>
<body>
<main${options.wide ? raw(' class="wide"') : ''}>
<p class="brand">${mark}<span>${texts.brand}</span></p>
${options.body}
</main>
<footer>${texts.footer}</footer>
</body>
</html>`
}

/** A text with one name in it, such as `{app}`, marked up. */
export function withName(text: string, placeholder: string, name: Html): Html {
  const [before, ...after] = text.split(placeholder)
  return html`${before}${after.length === 0 ? '' : html`${name}${after.join(placeholder)}`}`
}
