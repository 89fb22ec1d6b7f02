// @ts-check
// Keeps docs/conformance.md equal to the conformance cases of each side and the tests whose titles name them.
// A title names cases after the word: (case C-14), (cases B-03 and B-04; S-105), (RFC 9207 2.4, case C-23).
// A case needs a test of each side that it applies to, or a line with the reason in the list of that side's open cases;
// those lists only shrink. Which tests belong to which side says sides.mjs.
import { join } from 'node:path'
import { cell, finishPage, problemsOf, proofCell, proofsIn, root, syncOpen } from './coverage.mjs'
import { filesOf, ruleOf, sides } from './sides.mjs'
import { readJson } from './workspace.mjs'

/** @typedef {{ id: string, group: string, title: string, level: string, applies: string[] }} Case */

/** Lists of open cases of the sides that are held to the cases. @type {[import('./sides.mjs').SideName, string][]} */
const lists = [
  ['spa', 'test/data/conformance-open.json'],
  ['api', 'test/data/conformance-open-api.json'],
]
const groups = {
  A: 'Relying-party modules of the OpenID Foundation',
  B: 'ID token',
  C: 'Authorization request and response',
  D: 'Token endpoint',
  E: 'Keys, signatures, discovery',
  F: 'Access tokens at an API',
  G: 'Browser',
  H: 'Logout',
  I: 'Web sessions',
  J: 'Agents',
  K: 'ASVS 5.0, chapters V9 and V10',
  L: 'Lessons of published advisories',
}

const id = '[A-L]-(?:[A-Z0-9]{3}-)?\\d+(?:\\.\\d+)*'
const list = new RegExp(`\\bcases? (${id}(?:(?:, | and )${id})*)`, 'g')

/** Case ids that a title names. @param {string} title */
const named = (title) =>
  [...title.matchAll(list)].flatMap(([, ids = '']) => [...ids.matchAll(new RegExp(id, 'g'))].map(([found]) => found))

/** @type {Case[]} */
const all = readJson(join(root, 'test/data/cases.json'))

const parts = lists.map(([name, path]) => {
  const { title } = sides[name]
  const cases = all.filter(({ applies }) => applies.includes(name))
  const proven = proofsIn(filesOf(name), named)
  const open = syncOpen(path, proven)
  const count = cases.filter((entry) => proven.has(entry.id)).length
  /** @param {Case} entry */
  const shown = (entry) =>
    proven.has(entry.id) ? proofCell(proven.get(entry.id) ?? []) : `**open**: ${cell(open[entry.id] ?? 'not listed')}`
  return {
    summary: `${title} ${count} of ${cases.length} cases`,
    problems: problemsOf({
      path,
      rows: cases.map((entry) => ({ id: entry.id, what: `${entry.title}; ${title}` })),
      known: new Set(all.map((entry) => entry.id)),
      proven,
      open,
    }),
    page: [
      '',
      `## ${title}`,
      '',
      `${count} of ${cases.length} cases are proven, ${cases.length - count} are open, each with the reason (\`${path}\`). ${ruleOf(name)}`,
      ...Object.entries(groups).flatMap(([group, heading]) => {
        const rows = cases.filter((entry) => entry.group === group)
        if (rows.length === 0) return []
        return [
          '',
          `### ${title}, ${group}: ${heading}`,
          '',
          '| case | what | level | test |',
          '|---|---|---|---|',
          ...rows.map((entry) => `| ${entry.id} | ${cell(entry.title)} | ${entry.level} | ${shown(entry)} |`),
        ]
      }),
    ],
  }
})

const page = [
  '# Conformance',
  '',
  'Every case of attack and conformance that applies to a browser client or to an API, with the tests whose titles name it. A case that applies to both needs a test of each. This page is generated from `test/data/cases.json`, the lists of open cases and the test files by `npm run docs:sync`.',
  ...parts.flatMap(({ page }) => page),
  '',
].join('\n')

finishPage(
  'docs/conformance.md',
  page,
  [...new Set(parts.flatMap(({ problems }) => problems))],
  parts.map(({ summary }) => summary).join(', '),
)
