import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => JSON.parse(readFileSync(`${root}${path}`, 'utf8'))

interface Budget {
  readonly name: string
  readonly path: string
  readonly import?: string
  readonly limit: string
}

const budgets: readonly Budget[] = read('.size-limit.json')
const ofBrowser = budgets.filter(({ path }) => path.startsWith('packages/core/dist/browser/'))
const entries = Object.keys(read('packages/core/package.json').exports).filter((name) => name.startsWith('./browser'))
const sourceOf = (path: string) => path.replace('packages/core/dist/', 'packages/core/src/').replace(/js$/, 'ts')

/** Bundles what an app imports of an entry, with all it needs, from the sources of this moment. */
async function bundle({ path, import: names = '*' }: Pick<Budget, 'path' | 'import'>) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${names} from './${sourceOf(path)}'`, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@countersign/source'],
    metafile: true,
    write: false,
  })
  const [bundled] = Object.values(metafile.outputs)
  return {
    bytes: gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length,
    files: Object.entries(bundled?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  }
}

test('every entry of the browser client has a budget (complaint 23)', () => {
  const paths = new Set(ofBrowser.map(({ path }) => path))
  for (const entry of entries) {
    const file = entry === './browser' ? 'browser/index' : entry.slice(2)
    expect(paths).toContain(`packages/core/dist/${file}.js`)
  }
})

// The published files are bundled once more and packed a little tighter; `npm run check` holds them to the byte.
const tolerance = 1.1

test.each(ofBrowser)('$name keeps to its budget of $limit (complaint 23)', async (budget) => {
  const { bytes } = await bundle(budget)
  const limit = Number.parseFloat(budget.limit) * 1000
  expect(bytes).toBeLessThanOrEqual(limit * tolerance)
  // A budget that is far away would not notice that something doubles.
  expect(bytes).toBeGreaterThan(limit / 2)
})

test('a client without optional parts holds nothing of theirs (complaint 23)', async () => {
  const { files } = await bundle({ path: 'packages/core/dist/browser/index.js', import: '{ createBrowserClient }' })
  const optional = entries
    .filter((entry) => entry !== './browser')
    .map((entry) => `packages/core/src/${entry.slice(2)}.ts`)
  expect(optional.length).toBeGreaterThan(9)
  expect(files.filter((file) => optional.includes(file))).toEqual([])
  expect(files).toContain('packages/core/src/browser/browser-client.ts')
  expect(files.filter((file) => /idb-keyval|token-storages|protocol\/dpop/.test(file))).toEqual([])
})
