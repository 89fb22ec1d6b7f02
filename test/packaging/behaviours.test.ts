import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCoverageTree } from './coverage-tree.ts'

const browserTest = 'packages/core/test/browser/one.browser.ts'
const apiTest = 'packages/express/test/one.test.ts'
const openList = 'test/data/behaviours-open.json'
let tree: ReturnType<typeof createCoverageTree>

beforeEach(() => {
  tree = createCoverageTree('behaviours.mjs')
  tree.write('test/data/behaviours.json', [
    { id: 'behaviour 1', side: 'spa', text: 'Sends PKCE' },
    { id: 'complaint 1', side: 'spa', text: 'Tabs race' },
    { id: 'API behaviour 1', side: 'api', text: 'No header: 401' },
  ])
  tree.write(openList, { 'complaint 1': 'not yet' })
  tree.write(browserTest, "it('sends a challenge (behaviour 1; S-105)', () => {})")
  tree.write(apiTest, "it('asks for a token (RFC 6750 3, API behaviour 1)', () => {})")
})
afterEach(() => tree.remove())

describe('the check of the behaviours', () => {
  test('passes when a title names every behaviour or the list gives the reason', async () => {
    expect(await tree.synced()).toEqual({ ok: true, output: 'Browser client 1 of 2 behaviours, API 1 of 1 behaviours' })
    const page = tree.read('docs/behaviours.md')
    expect(page).toContain(`| behaviour 1 | Sends PKCE | sends a challenge (behaviour 1; S-105) (\`${browserTest}\`) |`)
    expect(page).toContain('| complaint 1 | Tabs race | **open**: not yet |')
    expect(page).toContain('| API behaviour 1 | No header: 401 | asks for a token')
  })

  test.each([
    ['a behaviour that is neither named nor listed', openList, {}, 'complaint 1 (Tabs race) has no test'],
    [
      'a behaviour of another side',
      apiTest,
      "it('does (behaviour 1)', () => {})",
      'API behaviour 1 (No header: 401) has no',
    ],
    ['a title that names none', browserTest, "it('does (behaviours 1 and 9)', () => {})", 'behaviour 9 does not exist'],
    [
      'a listed behaviour that is none',
      openList,
      { 'complaint 1': 'x', 'complaint 9': 'x' },
      `complaint 9 in ${openList}`,
    ],
  ])('fails for %s', async (_, path, content, message) => {
    tree.write(path, content)
    const { ok, output } = await tree.synced()
    expect(ok).toBe(false)
    expect(output).toContain(message)
  })

  test('takes a proven one out of the list', async () => {
    tree.write(browserTest, "it('sends it once (behaviour 1, complaint 1)', () => {})")
    expect((await tree.check()).output).toContain('complaint 1 is proven: take it out')
    expect((await tree.synced()).ok).toBe(true)
    expect(tree.read(openList)).toBe('{}\n')
  })
})
