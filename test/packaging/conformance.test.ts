import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCoverageTree } from './coverage-tree.ts'

const browserTest = 'packages/core/test/protocol/one.test.ts'
const apiTest = 'packages/core/test/api/one.test.ts'
const openList = 'test/data/conformance-open.json'
const openListOfApi = 'test/data/conformance-open-api.json'
let tree: ReturnType<typeof createCoverageTree>

beforeEach(() => {
  tree = createCoverageTree('conformance.mjs')
  tree.write('test/data/cases.json', [
    { id: 'A-BAS-02', group: 'A', title: 'Wrong iss', level: 'must', applies: ['rp', 'spa'] },
    { id: 'B-03', group: 'B', title: 'Issuer look-alike', level: 'should', applies: ['spa', 'api'] },
    { id: 'F-13', group: 'F', title: 'Audience', level: 'must', applies: ['api'] },
  ])
  tree.write(openList, { 'B-03': 'not yet' })
  tree.write(openListOfApi, { 'B-03': 'later' })
  tree.write(browserTest, "it('refuses another issuer (RFC 9207 2.4, case A-BAS-02; S-105)', () => {})")
  tree.write(apiTest, "it('refuses another audience (case F-13)', () => {})")
})
afterEach(() => tree.remove())

const before = 'Browser client 1 of 2 cases, API 1 of 2 cases'

describe('the check of the conformance cases', () => {
  test('passes when a title of each side names every case or the list of that side gives the reason', async () => {
    expect(await tree.synced()).toEqual({ ok: true, output: before })
    const [browser = '', api = ''] = tree.read('docs/conformance.md').split('\n## API\n')
    expect(browser).toContain('| A-BAS-02 | Wrong iss | must | refuses another issuer')
    expect(browser).toContain('| B-03 | Issuer look-alike | should | **open**: not yet |')
    expect(browser).not.toContain('F-13')
    expect(api).toContain('| B-03 | Issuer look-alike | should | **open**: later |')
    expect(api).toContain(`| F-13 | Audience | must | refuses another audience (case F-13) (\`${apiTest}\`) |`)
  })

  test.each([
    ['a case that is neither named nor listed', openList, {}, 'B-03 (Issuer look-alike; Browser client) has no'],
    ['a case of an API that is not listed', openListOfApi, {}, 'B-03 (Issuer look-alike; API) has no test'],
    ['a title that lost its case', browserTest, "it('refuses (A-BAS-02)', () => {})", 'A-BAS-02 (Wrong iss; B'],
    ['a title that names no case', browserTest, "it('all (cases A-BAS-02 and B-99)', () => {})", 'B-99 does not exist'],
    ['a listed case of the other side', openList, { 'B-03': 'x', 'F-13': 'x' }, `F-13 in ${openList} is not`],
  ])('fails for %s', async (_, path, content, message) => {
    tree.write(path, content)
    const { ok, output } = await tree.synced()
    expect(ok).toBe(false)
    expect(output).toContain(message)
  })

  test.each([
    ['of the browser client', 'packages/core/test/browser/a.browser.ts', '', '2 of 2, 1 of 2'],
    ['of an API', 'packages/express/test/a.test.ts', '', '1 of 2, 2 of 2'],
    ['of access rules, for both', 'packages/core/test/access/a.test.ts', '', '2 of 2, 2 of 2'],
    ['of an agent, for neither', 'packages/core/test/agent/a.test.ts', '', '1 of 2, 1 of 2'],
    ['that imports the verifier', 'test/interop/a.test.ts', "'@countersign/core/api'", '1 of 2, 2 of 2'],
    ['that imports both', 'examples/a/a.test.ts', "'@countersign/express', '@countersign/react'", '2 of 2, 2 of 2'],
    ['that imports neither', 'test/e2e/a.test.ts', "'playwright'", '2 of 2, 1 of 2'],
  ])('counts a test %s by its folder, then by its imports', async (_, path, imports, counts) => {
    tree.write(path, `import ${imports}\nit('does (case B-03)', () => {})`)
    const [browser, api] = counts.split(', ')
    expect(await tree.synced()).toEqual({ ok: true, output: `Browser client ${browser} cases, API ${api} cases` })
  })

  test('fails for a listed case that is proven, which --sync takes out', async () => {
    tree.write(browserTest, "it('refuses all (cases A-BAS-02, B-03)', () => {})")
    expect((await tree.check()).output).toContain(`B-03 is proven: take it out of ${openList}`)
    expect(await tree.synced()).toEqual({ ok: true, output: 'Browser client 2 of 2 cases, API 1 of 2 cases' })
    expect(tree.read(openList)).toBe('{}\n')
    expect(JSON.parse(tree.read(openListOfApi))).toEqual({ 'B-03': 'later' })
  })
})
