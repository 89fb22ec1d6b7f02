import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCoverageTree } from './coverage-tree.ts'

const row = (id: string, mock = 'Works', sdk = 'Works') => {
  return { id, document: 'A document', kind: 'verb', thing: `Thing ${id}`, sdk, mock, priority: 1 }
}
const testFile = 'packages/mock-idp/test/one.test.ts'
let tree: ReturnType<typeof createCoverageTree>

beforeEach(() => {
  tree = createCoverageTree('spec-coverage.mjs')
  tree.write('test/data/spec-rows.json', [row('S-001'), row('S-002'), row('S-003'), row('S-004', '—', '—')])
  tree.write('test/data/spec-open.json', { 'S-003': 'later' })
  tree.write('test/data/need-rows.json', [
    { id: 'N-01', thing: 'a name', sdk: 'Works' },
    { id: 'N-02', thing: 'a link', sdk: 'Works' },
  ])
  tree.write(testFile, "it('does the first two (S-001, S-002)', () => {})")
})
afterEach(() => tree.remove())

describe('the check of the spec coverage', () => {
  test('passes when every row with a duty of the mock is named by a title or listed', async () => {
    expect(await tree.synced()).toEqual({ ok: true, output: 'mock 2 of 3 rows, SDK 0 of 3, needs 0 of 2' })
    const page = tree.read('docs/spec-coverage.md')
    expect(page).toContain(
      `| S-001 | Thing S-001 | 1 | does the first two (S-001, S-002) (\`${testFile}\`) | **open** |`,
    )
    expect(page).toContain('| S-003 | Thing S-003 | 1 | **open**: later | **open** |')
    expect(page).toContain('| S-004 | Thing S-004 | 1 | — | — |')
    expect(page).toContain('SDK: S-001, S-002, S-003.')
  })

  test('names the tests of a need, of the SDK and of the mock', async () => {
    tree.write('packages/core/test/two.test.ts', "it('names it (N-01; S-001)', () => {})")
    tree.write('packages/mock-idp/test/two.test.ts', "it('links it (N-02)', () => {})")
    expect((await tree.synced()).output).toBe('mock 2 of 3 rows, SDK 1 of 3, needs 2 of 2')
    const page = tree.read('docs/spec-coverage.md')
    expect(page).toContain('| N-01 | a name | Works | names it (N-01; S-001) (`packages/core/test/two.test.ts`) |')
    expect(page).toContain('| N-02 | a link | Works | links it (N-02) (`packages/mock-idp/test/two.test.ts`) |')
    expect(page).toContain('Needs: none.')
  })

  test.each([
    ['a row that is neither named nor listed', 'test/data/spec-open.json', {}, 'S-003 (Thing S-003) has no test'],
    ['a title that lost its row', testFile, "it('does one (S-001)', () => {})", 'S-002 (Thing S-002) has no test'],
    ['a row that stands in a comment alone', testFile, '// (S-001, S-002)', 'S-001 (Thing S-001) has no test'],
    ['a skipped test', testFile, "it.skip('does two (S-001, S-002)', () => {})", 'S-001 (Thing S-001) has no test'],
    ['a title that names no row', testFile, "it('all (S-001, S-002, S-009)', () => {})", 'S-009 is not a row'],
    ['a title that names no need', testFile, "it('all (S-001, S-002, N-09)', () => {})", 'N-09 is not a row'],
    ['a listed row without a duty', 'test/data/spec-open.json', { 'S-003': 'x', 'S-004': 'x' }, 'S-004 in'],
  ])('fails for %s', async (_, path, content, message) => {
    tree.write(path, content)
    const { ok, output } = await tree.synced()
    expect(ok).toBe(false)
    expect(output).toContain(message)
  })

  test('fails for a listed row that is proven, which --sync takes out', async () => {
    tree.write(testFile, "it('does all (S-001 to S-003)', () => {})")
    expect((await tree.check()).output).toContain('S-003 is proven: take it out')
    expect(await tree.synced()).toEqual({ ok: true, output: 'mock 3 of 3 rows, SDK 0 of 3, needs 0 of 2' })
    expect(tree.read('test/data/spec-open.json')).toBe('{}\n')
  })

  test('takes a marked paragraph as the proof of a duty that is a text, and of no other', async () => {
    tree.write('test/data/spec-rows.json', [row('S-001'), row('S-002'), row('S-003', '—', 'Docs recipe')])
    tree.write('test/data/spec-open.json', {})
    tree.write('README.md', '<!-- S-001 -->\nIt works.\n\n<!-- S-003 -->\nRevoke the token. Then go on.\n')
    expect((await tree.synced()).output).toBe('mock 2 of 2 rows, SDK 1 of 3, needs 0 of 2')
    expect(tree.read('docs/spec-coverage.md')).toContain(
      '| S-003 | Thing S-003 | 1 | — | Revoke the token. (`README.md`) |',
    )
  })

  test('fails when the page is old', async () => {
    await tree.synced()
    tree.write('packages/core/test/two.test.ts', "it('does it in the SDK (S-001)', () => {})")
    expect((await tree.check()).output).toMatch(/^docs\/spec-coverage\.md differs/)
  })
})
