// @ts-check
// Keeps docs/spec-coverage.md equal to the rows of the specification and the tests whose titles name them.
// A title names rows in parentheses: (S-180), (S-118, S-123), (S-233 to S-240), and needs of users likewise: (N-16). A row
// with a duty of the mock needs a test or a line in test/data/spec-open.json; that list only shrinks. --sync rewrites the page and drops proven lines.
// A duty that is a text, such as a recipe, is proven by the paragraph that a mark stands in front of: <!-- S-206 -->.
// --root <folder> checks another work tree, for the test of this script.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cell, finishPage, proofCell, proofsIn, root, syncOpen, testFiles } from './coverage.mjs'
import { readJson } from './workspace.mjs'

/** @typedef {{ id: string, document: string, kind: string, thing: string, sdk: string, mock: string, priority: number }} Row */
/** @typedef {{ id: string, thing: string, sdk: string }} Need */

const columns = {
  mock: ['packages/mock-idp/test', 'test/interop', 'test/e2e'],
  sdk: [
    'packages/core/test',
    'packages/react/test',
    'packages/vue/test',
    'packages/express/test',
    'examples/express-api',
    'test/runtimes',
    'test/interop',
  ],
}
/** The demo shows the SDK in its example apps. In test/interop a test counts for the side that it imports: the other party is somebody else's. */
const interopPackage = { mock: '@countersign/mock-idp', sdk: '@countersign/core' }
const noDuty = new Set(['—', 'Out of scope', 'Out of scope, no API', 'Documentation only'])

/** Duties of the SDK that a test of the mock with somebody else's client fulfils. */
const clientDuties = new Set(['Interop test drives a generic client'])
/** Duties of the SDK that no code can have. */
const textDuties = new Set([
  'Docs recipe',
  'Docs say: use the client id the console shows',
  'Not read by the SDK; documented for setup',
  'TypeScript counterpart only',
])
const pages = ['README.md', 'packages/core/README.md', 'packages/express/README.md', 'examples/README.md']

/** Ids of rows and needs that a title names. @param {string} title */
function named(title) {
  const parts = /^(S-\d{3}|N-\d{2})$/.test(title)
    ? [title]
    : [...title.matchAll(/\(([^()]*(?:S-\d{3}|N-\d{2})[^()]*)\)/g)].map(([, p = '']) => p)
  return parts.flatMap((part) =>
    [...part.matchAll(/\b([SN])-(\d{2,3})\b(?: to \1-(\d{2,3})\b)?/g)].flatMap(([, kind, from = '', to = from]) =>
      Array.from(
        { length: Number(to) - Number(from) + 1 },
        (_, step) => `${kind}-${String(Number(from) + step).padStart(from.length, '0')}`,
      ),
    ),
  )
}

/** @param {'mock' | 'sdk'} side */
function proofs(side) {
  const files = [
    ...columns[side].flatMap(testFiles),
    ...(side === 'sdk' ? testFiles('test/e2e').filter((file) => /\/demo\./.test(file)) : []),
  ].filter(
    (file) =>
      !file.startsWith('test/interop/') || readFileSync(join(root, file), 'utf8').includes(interopPackage[side]),
  )
  return proofsIn(files, named)
}

/** @type {Row[]} */
const rows = readJson(join(root, 'test/data/spec-rows.json'))
/** @type {Need[]} */
const needs = readJson(join(root, 'test/data/need-rows.json'))
const proven = { mock: proofs('mock'), sdk: proofs('sdk') }
for (const { id } of rows.filter(({ sdk }) => clientDuties.has(sdk))) {
  const tests = (proven.mock.get(id) ?? []).filter(({ file }) => file.startsWith('test/interop/'))
  if (tests.length > 0) proven.sdk.set(id, tests)
}
for (const row of rows.filter(({ sdk }) => textDuties.has(sdk))) {
  for (const file of pages.filter((path) => existsSync(join(root, path)))) {
    const [, paragraph] = readFileSync(join(root, file), 'utf8').split(`<!-- ${row.id} -->\n`)
    const [sentence] = paragraph?.trim().split(/(?<=[.:])\s/, 1) ?? []
    if (sentence) proven.sdk.set(row.id, [{ file, title: sentence }])
  }
}
const open = syncOpen('test/data/spec-open.json', proven.mock)
const known = new Set([...rows, ...needs].map(({ id }) => id))

/** @param {Row} row @param {'mock' | 'sdk'} side */
const hasDuty = (row, side) => !noDuty.has(row[side])
const duties = {
  mock: rows.filter((row) => hasDuty(row, 'mock')),
  sdk: rows.filter((row) => hasDuty(row, 'sdk')),
}
const openSdk = duties.sdk.filter(({ id }) => !proven.sdk.has(id))

const problems = [
  ...[...proven.mock, ...proven.sdk]
    .filter(([id]) => !known.has(id))
    .map(([id, [proof]]) => `${id} is not a row, but a title in ${proof?.file} names it`),
  ...duties.mock
    .filter(({ id }) => !proven.mock.has(id) && !Object.hasOwn(open, id))
    .map(
      ({ id, thing }) => `${id} (${thing}) has no test of the mock; name it in a title or in test/data/spec-open.json`,
    ),
  ...Object.keys(open)
    .filter((id) => proven.mock.has(id))
    .map((id) => `${id} is proven: take it out of test/data/spec-open.json (npm run docs:sync does it)`),
  ...Object.keys(open)
    .filter((id) => !duties.mock.some((row) => row.id === id))
    .map((id) => `${id} in test/data/spec-open.json is not a row with a duty of the mock`),
]

/** @param {Row} row @param {'mock' | 'sdk'} side */
function shown(row, side) {
  const tests = proven[side].get(row.id) ?? []
  if (tests.length > 0) return proofCell(tests)
  if (!hasDuty(row, side)) return '—'
  return side === 'mock' ? `**open**: ${cell(open[row.id] ?? 'not listed')}` : '**open**'
}

/** Tests of a need: of the SDK as a rule, of the mock for what only the mock gives. @param {Need} need */
const proofsOfNeed = ({ id }) => [...(proven.sdk.get(id) ?? []), ...(proven.mock.get(id) ?? [])]
const openNeeds = needs.filter((need) => proofsOfNeed(need).length === 0)

const provenCount = duties.mock.filter(({ id }) => proven.mock.has(id)).length
const documents = [...new Set(rows.map(({ document }) => document))]
const page = [
  '# Coverage of the specification',
  '',
  `Every row of the source documents, with the tests whose titles name it. The mock has a duty in ${duties.mock.length} rows: ${provenCount} are proven, ${duties.mock.length - provenCount} are open. The SDK has a duty in ${duties.sdk.length} rows: ${duties.sdk.length - openSdk.length} are proven, ${openSdk.length} are open, because they belong to a later release. This page is generated from \`test/data/spec-rows.json\`, \`test/data/spec-open.json\` and the test files by \`npm run docs:sync\`.`,
  ...documents.flatMap((document) => [
    '',
    `## ${document}`,
    '',
    '| row | what | priority | mock | SDK |',
    '|---|---|---|---|---|',
    ...rows
      .filter((row) => row.document === document)
      .map(
        (row) => `| ${row.id} | ${cell(row.thing)} | ${row.priority} | ${shown(row, 'mock')} | ${shown(row, 'sdk')} |`,
      ),
  ]),
  '',
  '## Needs of users of the Descope-like service',
  '',
  `What a generic library does not give: ${needs.length - openNeeds.length} of ${needs.length} are proven.`,
  '',
  '| need | what | wanted | tests |',
  '|---|---|---|---|',
  ...needs.map(
    (need) =>
      `| ${need.id} | ${cell(need.thing)} | ${cell(need.sdk)} | ${proofCell(proofsOfNeed(need)) || '**open**'} |`,
  ),
  '',
  '## Open rows',
  '',
  `Mock: ${Object.keys(open).join(', ') || 'none'}.`,
  '',
  `SDK: ${openSdk.map(({ id }) => id).join(', ') || 'none'}.`,
  '',
  `Needs: ${openNeeds.map(({ id }) => id).join(', ') || 'none'}.`,
  '',
].join('\n')

finishPage(
  'docs/spec-coverage.md',
  page,
  problems,
  `mock ${provenCount} of ${duties.mock.length} rows, SDK ${duties.sdk.length - openSdk.length} of ${duties.sdk.length}, needs ${needs.length - openNeeds.length} of ${needs.length}`,
)
