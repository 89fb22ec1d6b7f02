// @ts-check
// What the pages of coverage share: they name the test titles that prove something, and list what is open.
// --sync writes a page anew and takes proven lines out of the list of open ones, which only shrinks.
// --root <folder> checks another work tree, for the tests of these scripts.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, root as workspace } from './workspace.mjs'

/** @typedef {{ file: string, title: string }} Proof */

const rootFlag = process.argv.indexOf('--root')
export const root = rootFlag === -1 ? workspace : (process.argv[rootFlag + 1] ?? workspace)
export const sync = process.argv.includes('--sync')

/** @param {string} folder @returns {string[]} paths from the root */
export function testFiles(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : testFiles(path)
      return /\.(test|test-d|browser)\.tsx?$/.test(entry.name) ? [path] : []
    })
    .sort()
}

/** String literals of one line of code; comments and skipped tests hold none. @param {string} line */
function literals(line) {
  if (/^\s*(\/\/|\/?\*)|\.(skip|todo)\b/.test(line)) return []
  return [...line.matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)].map(([, , text = '']) => text)
}

/** What the titles in files name. @param {string[]} files @param {(title: string) => string[]} named @returns {Map<string, Proof[]>} */
export function proofsIn(files, named) {
  /** @type {Map<string, Proof[]>} */
  const found = new Map()
  for (const file of files) {
    for (const title of readFileSync(join(root, file), 'utf8').split('\n').flatMap(literals)) {
      for (const id of new Set(named(title))) found.set(id, [...(found.get(id) ?? []), { file, title }])
    }
  }
  return found
}

/** The list of open things, without the proven ones when syncing. @param {string} path @param {Map<string, Proof[]>} proven */
export function syncOpen(path, proven) {
  /** @type {Record<string, string>} */
  const open = readJson(join(root, path))
  if (!sync) return open
  const left = Object.fromEntries(Object.entries(open).filter(([id]) => !proven.has(id)))
  writeFileSync(join(root, path), `${JSON.stringify(left, null, 2)}\n`)
  return left
}

/**
 * What is wrong with the rows that need a test or a reason, and with the list of reasons.
 * @param {{ path: string, rows: { id: string, what: string }[], known: Set<string>, proven: Map<string, Proof[]>, open: Record<string, string> }} list
 */
export function problemsOf({ path, rows, known, proven, open }) {
  const needed = new Set(rows.map(({ id }) => id))
  return [
    ...[...proven]
      .filter(([id]) => !known.has(id))
      .map(([id, [proof]]) => `${id} does not exist, but a title in ${proof?.file} names it`),
    ...rows
      .filter(({ id }) => !proven.has(id) && !Object.hasOwn(open, id))
      .map(({ id, what }) => `${id} (${what}) has no test; name it in a title, or with the reason in ${path}`),
    ...Object.keys(open)
      .filter((id) => proven.has(id))
      .map((id) => `${id} is proven: take it out of ${path} (npm run docs:sync does it)`),
    ...Object.keys(open)
      .filter((id) => !needed.has(id))
      .map((id) => `${id} in ${path} is not to be proven there`),
  ]
}

/** Text of a table cell. @param {string} text */
export const cell = (text) =>
  text.replaceAll('\\', '').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('{', '&#123;')

/** Tests in a table cell. @param {Proof[]} tests */
export const proofCell = (tests) =>
  [...new Set(tests.map(({ file, title }) => `${cell(title)} (\`${file}\`)`))].join('<br>')

/** Writes or compares a page, and tells the outcome. @param {string} path @param {string} page @param {string[]} problems @param {string} summary */
export function finishPage(path, page, problems, summary) {
  const file = join(root, path)
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (sync) writeFileSync(file, page)
  const found =
    sync || old === page
      ? problems
      : [...problems, `${path} differs from the data and the test titles. Run: npm run docs:sync`]
  if (found.length > 0) {
    console.error(found.join('\n'))
    process.exitCode = 1
  } else console.log(summary)
}
