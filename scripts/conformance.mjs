// @ts-check
// Keeps docs/conformance.md equal to the conformance cases of a browser client and the tests whose titles name them.
// A title names cases after the word: (case C-14), (cases B-03 and B-04; S-105), (RFC 9207 2.4, case C-23).
// A case needs a test or a line in test/data/conformance-open.json with the reason; that list only shrinks.
import { join } from 'node:path'
import { cell, finishPage, proofCell, proofsIn, root, syncOpen, testFiles } from './coverage.mjs'
import { readJson } from './workspace.mjs'

/** @typedef {{ id: string, group: string, title: string, level: string, applies: string[] }} Case */

const folders = [
  'packages/core/test',
  'packages/react/test',
  'packages/vue/test',
  'examples',
  'test/e2e',
  'test/interop',
]
/** Tests of the other entries prove nothing about a browser client. */
const otherEntries = /^packages\/core\/test\/(agent|api|http)\//
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
const cases = all.filter(({ applies }) => applies.includes('spa'))
const proven = proofsIn(
  folders.flatMap(testFiles).filter((file) => !otherEntries.test(file)),
  named,
)
const open = syncOpen('test/data/conformance-open.json', proven)

const problems = [
  ...[...proven]
    .filter(([name]) => !all.some((entry) => entry.id === name))
    .map(([name, [proof]]) => `${name} is not a case, but a title in ${proof?.file} names it`),
  ...cases
    .filter((entry) => !proven.has(entry.id) && !Object.hasOwn(open, entry.id))
    .map(({ id, title }) => `${id} (${title}) has no test; name it in a title or in test/data/conformance-open.json`),
  ...Object.keys(open)
    .filter((name) => proven.has(name))
    .map((name) => `${name} is proven: take it out of test/data/conformance-open.json (npm run docs:sync does it)`),
  ...Object.keys(open)
    .filter((name) => !cases.some((entry) => entry.id === name))
    .map((name) => `${name} in test/data/conformance-open.json is not a case of a browser client`),
]

/** @param {Case} entry */
const shown = ({ id }) =>
  proven.has(id) ? proofCell(proven.get(id) ?? []) : `**open**: ${cell(open[id] ?? 'not listed')}`

const provenCount = cases.filter((entry) => proven.has(entry.id)).length
const page = [
  '# Conformance of the browser client',
  '',
  `Every case of attack and conformance that applies to a browser client, with the tests whose titles name it: ${provenCount} of ${cases.length} are proven, ${cases.length - provenCount} are open, each with the reason. This page is generated from \`test/data/cases.json\`, \`test/data/conformance-open.json\` and the test files by \`npm run docs:sync\`.`,
  ...Object.entries(groups).flatMap(([group, heading]) => {
    const rows = cases.filter((entry) => entry.group === group)
    if (rows.length === 0) return []
    return [
      '',
      `## ${group}: ${heading}`,
      '',
      '| case | what | level | test |',
      '|---|---|---|---|',
      ...rows.map((entry) => `| ${entry.id} | ${cell(entry.title)} | ${entry.level} | ${shown(entry)} |`),
    ]
  }),
  '',
].join('\n')

finishPage('docs/conformance.md', page, problems, `${provenCount} of ${cases.length} cases`)
