// @ts-check
// Keeps the table of docs/browsers.md equal to the titles of the tests that run in every engine.
// A title stands as a literal in test('...') or first in a row of test.each([['...', ...]])('%s'). No test is left out in
// one engine alone: what an engine can not do is a test of what happens instead, or stands in the text of the page.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cell, finishPage, root, testFiles } from './coverage.mjs'

const path = 'docs/browsers.md'
const engines = ['Chromium', 'Firefox', 'WebKitGTK']
const text = `'((?:[^'\\\\]|\\\\.)*)'`
const blocks = new RegExp(
  `\\bdescribe\\(\\s*${text}|\\btest\\(\\s*${text}|\\btest\\.each\\(\\[([\\s\\S]*?)\\](?: as const)?\\)\\(\\s*'%s'`,
  'g',
)
const rows = new RegExp(`^\\s*\\[\\s*${text}`, 'gm')
/** Which behaviours a title proves says docs/behaviours.md. */
const ids = / \((?:behaviour|complaint)s? [\w ,]+\)$/

/** @type {string[]} */
const table = []
/** @type {string[]} */
const problems = []
for (const file of testFiles('test/engines')) {
  const source = readFileSync(join(root, file), 'utf8')
  if (/\.(skip|skipIf|runIf|todo|only)\b/.test(source)) problems.push(`${file} leaves a test out in some engine`)
  let area = ''
  for (const [, group, title, each] of source.matchAll(blocks)) {
    if (group !== undefined) area = group
    const titles = title === undefined ? [...(each ?? '').matchAll(rows)].map(([, first = '']) => first) : [title]
    for (const one of titles)
      table.push(`| ${cell(`${area} ${one.replace(ids, '')}`)} |${' yes |'.repeat(engines.length)}`)
  }
}
if (table.length === 0) problems.push('test/engines has no tests')

const page = readFileSync(join(root, path), 'utf8')
const [before = '', , after = ''] = page.split(/^(?:<!-- the table is generated -->|<!-- end of the table -->)$/m)
const head = [`| behaviour | ${engines.join(' | ')} |`, `|---|${'---|'.repeat(engines.length)}`]
const generated = ['<!-- the table is generated -->', '', ...head, ...table, '', '<!-- end of the table -->'].join('\n')
finishPage(path, before + generated + after, problems, `${table.length} behaviours in ${engines.length} engines`)
