// @ts-check
// Keeps docs/behaviours.md equal to the behaviours and complaints of test/data/behaviours.json and the tests whose
// titles name them: (behaviour 23), (behaviours 27, 28, complaint 5), (API behaviours 1 and 2; case F-13).
// Each needs a test of its side or a line in test/data/behaviours-open.json with the reason; that list only shrinks.
// Which tests belong to which side says sides.mjs.
import { join } from 'node:path'
import { cell, finishPage, problemsOf, proofCell, proofsIn, root, syncOpen } from './coverage.mjs'
import { filesOf, ruleOf, sides } from './sides.mjs'
import { readJson } from './workspace.mjs'

/** @typedef {{ id: string, side: import('./sides.mjs').SideName, text: string }} Behaviour */

const path = 'test/data/behaviours-open.json'
const list = /\b(API |agent )?(behaviour|complaint)s? (\d+(?:(?:, | and )\d+)*)\b/g

/** Ids that a title names. @param {string} title */
const named = (title) =>
  [...title.matchAll(list)].flatMap(([, prefix = '', kind, numbers = '']) =>
    [...numbers.matchAll(/\d+/g)].map(([number]) => `${prefix}${kind} ${number}`),
  )

/** @type {Behaviour[]} */
const all = readJson(join(root, 'test/data/behaviours.json'))
const names = /** @type {import('./sides.mjs').SideName[]} */ (Object.keys(sides)).filter((name) =>
  all.some(({ side }) => side === name),
)

/** A test proves the behaviours of its own side alone. @type {Map<string, import('./coverage.mjs').Proof[]>} */
const proven = new Map()
for (const name of names) {
  for (const [id, proofs] of proofsIn(filesOf(name), named)) {
    if (!all.some((entry) => entry.id === id && entry.side !== name)) proven.set(id, proofs)
  }
}
const open = syncOpen(path, proven)
const problems = problemsOf({
  path,
  rows: all.map(({ id, text }) => ({ id, what: text })),
  known: new Set(all.map(({ id }) => id)),
  proven,
  open,
})

/** @param {Behaviour} entry */
const shown = ({ id }) =>
  proven.has(id) ? proofCell(proven.get(id) ?? []) : `**open**: ${cell(open[id] ?? 'not listed')}`

/** @param {Behaviour[]} rows */
const count = (rows) => `${rows.filter(({ id }) => proven.has(id)).length} of ${rows.length}`

const page = [
  '# Behaviours',
  '',
  `What each side does, seen from outside, and what users of other libraries complain about, with the tests whose titles name it. This page is generated from \`test/data/behaviours.json\`, \`${path}\` and the test files by \`npm run docs:sync\`.`,
  ...names.flatMap((name) => {
    const rows = all.filter(({ side }) => side === name)
    return [
      '',
      `## ${sides[name].title}`,
      '',
      `${count(rows)} are proven; the others are open, each with the reason. ${ruleOf(name)}`,
      '',
      '| id | what | test |',
      '|---|---|---|',
      ...rows.map((entry) => `| ${entry.id} | ${cell(entry.text)} | ${shown(entry)} |`),
    ]
  }),
  '',
].join('\n')

finishPage(
  'docs/behaviours.md',
  page,
  problems,
  names.map((name) => `${sides[name].title} ${count(all.filter(({ side }) => side === name))} behaviours`).join(', '),
)
