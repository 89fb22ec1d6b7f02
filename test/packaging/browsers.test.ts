import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCoverageTree } from './coverage-tree.ts'

const file = 'test/engines/one.test.ts'
const page = 'docs/browsers.md'
const tests = `describe('login', () => {
  test('comes back (behaviour 1)', () => {})
  test.each([
    ['works in one tab (behaviours 2 and 3, complaint 4)', true],
    [
      'works in two tabs',
      false,
    ],
  ] as const)('%s', () => {})
})
`
let tree: ReturnType<typeof createCoverageTree>

beforeEach(() => {
  tree = createCoverageTree('browsers.mjs')
  tree.write(page, 'Before.\n\n<!-- the table is generated -->\n<!-- end of the table -->\n\nAfter.\n')
  tree.write(file, tests)
})
afterEach(() => tree.remove())

describe('the check of the page about browsers', () => {
  test('passes when its table holds the title of every test, and leaves the text around it alone', async () => {
    expect(await tree.synced()).toEqual({ ok: true, output: '3 behaviours in 3 engines' })
    const text = tree.read(page)
    expect(text).toMatch(/^Before\.\n\n.*\n\nAfter\.\n$/s)
    for (const row of ['login comes back', 'login works in one tab', 'login works in two tabs']) {
      expect(text).toContain(`\n| ${row} | yes | yes | yes |\n`)
    }
  })

  test('fails when a test is not in the table', async () => {
    await tree.synced()
    tree.write(file, tests.replace('comes back', 'comes back at once'))
    expect(await tree.check()).toMatchObject({ ok: false, output: expect.stringContaining(`${page} differs`) })
  })

  test.each(['skip', 'skipIf(isWebKit)', 'todo', 'only'])('fails for test.%s, which leaves out tests', async (how) => {
    tree.write(file, tests.replace('  test(', `  test.${how}(`))
    expect(await tree.synced()).toMatchObject({ ok: false, output: expect.stringContaining(`${file} leaves`) })
  })
})
