// @ts-check
// Keeps docs/spec-coverage.md equal to the rows of the specification and the tests whose titles name them.
// A title names rows in parentheses: (S-180), (S-118, S-123), (S-233 to S-240), and needs of users likewise: (N-16). A row
// with a duty of the mock needs a test or a line in test/data/spec-open.json; that list only shrinks. --sync rewrites the page and drops proven lines.
// --root <folder> checks another work tree, for the test of this script.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, root as workspace } from './workspace.mjs'

/** @typedef {{ id: string, document: string, kind: string, thing: string, sdk: string, mock: string, priority: number }} Row */
/** @typedef {{ id: string, thing: string, sdk: string }} Need */
/** @typedef {{ file: string, title: string }} Proof */

const rootFlag = process.argv.indexOf('--root')
const root = rootFlag === -1 ? workspace : (process.argv[rootFlag + 1] ?? workspace)
const sync = process.argv.includes('--sync')

const columns = {
  mock: ['packages/mock-idp/test', 'test/interop', 'test/e2e', 'examples'],
  sdk: ['packages/core/test', 'packages/react/test', 'packages/vue/test', 'packages/express/test', 'test/interop'],
}
/** In test/interop a test counts for the side that it imports: the other party is somebody else's. */
const interopPackage = { mock: '@countersign/mock-idp', sdk: '@countersign/core' }
const noDuty = new Set(['—', 'Out of scope', 'Out of scope, no API', 'Documentation only'])

/** @param {string} folder @returns {string[]} paths from the root */
function testFiles(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : testFiles(path)
      return /\.(test|browser)\.tsx?$/.test(entry.name) ? [path] : []
    })
    .sort()
}

/** String literals of one line of code; comments and skipped tests hold none. @param {string} line */
function literals(line) {
  if (/^\s*(\/\/|\/?\*)|\.(skip|todo)\b/.test(line)) return []
  return [...line.matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)].map(([, , text = '']) => text)
}

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

/** @param {'mock' | 'sdk'} side @returns {Map<string, Proof[]>} */
function proofs(side) {
  /** @type {Map<string, Proof[]>} */
  const found = new Map()
  for (const file of columns[side].flatMap(testFiles)) {
    const code = readFileSync(join(root, file), 'utf8')
    if (file.startsWith('test/interop/') && !code.includes(interopPackage[side])) continue
    for (const title of code.split('\n').flatMap(literals)) {
      for (const id of new Set(named(title))) found.set(id, [...(found.get(id) ?? []), { file, title }])
    }
  }
  return found
}

/** @type {Row[]} */
const rows = readJson(join(root, 'test/data/spec-rows.json'))
/** @type {Need[]} */
const needs = readJson(join(root, 'test/data/need-rows.json'))
const openFile = join(root, 'test/data/spec-open.json')
/** @type {Record<string, string>} */
let open = readJson(openFile)
const proven = { mock: proofs('mock'), sdk: proofs('sdk') }
const known = new Set([...rows, ...needs].map(({ id }) => id))

if (sync) {
  open = Object.fromEntries(Object.entries(open).filter(([id]) => !proven.mock.has(id)))
  writeFileSync(openFile, `${JSON.stringify(open, null, 2)}\n`)
}

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

/** Text of a table cell. @param {string} text */
const cell = (text) =>
  text.replaceAll('\\', '').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('{', '&#123;')

/** @param {Row} row @param {'mock' | 'sdk'} side */
function shown(row, side) {
  const tests = proven[side].get(row.id) ?? []
  if (tests.length > 0) return listed(tests)
  if (!hasDuty(row, side)) return '—'
  return side === 'mock' ? `**open**: ${cell(open[row.id] ?? 'not listed')}` : '**open**'
}

/** Tests of a need: of the SDK as a rule, of the mock for what only the mock gives. @param {Need} need */
const proofsOfNeed = ({ id }) => [...(proven.sdk.get(id) ?? []), ...(proven.mock.get(id) ?? [])]
const openNeeds = needs.filter((need) => proofsOfNeed(need).length === 0)

/** @param {Proof[]} tests */
const listed = (tests) => [...new Set(tests.map(({ file, title }) => `${cell(title)} (\`${file}\`)`))].join('<br>')

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
    (need) => `| ${need.id} | ${cell(need.thing)} | ${cell(need.sdk)} | ${listed(proofsOfNeed(need)) || '**open**'} |`,
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

const pageFile = join(root, 'docs/spec-coverage.md')
if (sync) writeFileSync(pageFile, page)
else if (!existsSync(pageFile) || readFileSync(pageFile, 'utf8') !== page) {
  problems.push('docs/spec-coverage.md differs from the rows and the test titles. Run: npm run docs:sync')
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else {
  console.log(
    `mock ${provenCount} of ${duties.mock.length} rows, SDK ${duties.sdk.length - openSdk.length} of ${duties.sdk.length}, needs ${needs.length - openNeeds.length} of ${needs.length}`,
  )
}
