import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root, run } from '../../scripts/workspace.mjs'

const testFile = 'packages/core/test/protocol/one.test.ts'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  mkdirSync(join(folder, 'docs'))
  write('test/data/cases.json', [
    { id: 'A-BAS-02', group: 'A', title: 'Wrong iss', level: 'must', applies: ['rp', 'spa'] },
    { id: 'B-03', group: 'B', title: 'Issuer look-alike', level: 'should', applies: ['spa'] },
    { id: 'F-13', group: 'F', title: 'Audience', level: 'must', applies: ['api'] },
  ])
  write('test/data/conformance-open.json', { 'B-03': 'not yet' })
  write(testFile, "it('refuses another issuer (RFC 9207 2.4, case A-BAS-02; S-105)', () => {})")
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}

const check = (...flags: string[]) =>
  run([process.execPath, join(root, 'scripts/conformance.mjs'), '--root', folder, ...flags])

async function synced() {
  await check('--sync')
  return check()
}

describe('the check of the conformance cases', () => {
  test('passes when a title names every case of a browser client or the list gives the reason', async () => {
    expect(await synced()).toEqual({ ok: true, output: '1 of 2 cases' })
    const page = readFileSync(join(folder, 'docs/conformance.md'), 'utf8')
    expect(page).toContain(`| A-BAS-02 | Wrong iss | must | refuses another issuer`)
    expect(page).toContain('| B-03 | Issuer look-alike | should | **open**: not yet |')
    expect(page).not.toContain('F-13')
  })

  test.each([
    [
      'a case that is neither named nor listed',
      'test/data/conformance-open.json',
      {},
      'B-03 (Issuer look-alike) has no',
    ],
    ['a title that lost its case', testFile, "it('refuses (A-BAS-02)', () => {})", 'A-BAS-02 (Wrong iss) has no test'],
    ['a title that names no case', testFile, "it('all (cases A-BAS-02 and B-99)', () => {})", 'B-99 is not a case'],
    ['a listed case of an API', 'test/data/conformance-open.json', { 'B-03': 'x', 'F-13': 'x' }, 'F-13 in'],
    ['a test of an API', 'packages/core/test/api/two.test.ts', "it('does (case B-03)', () => {})", undefined],
  ])('knows %s', async (_, path, content, message) => {
    write(path, content)
    const { ok, output } = await synced()
    expect(ok).toBe(message === undefined)
    expect(output).toContain(message ?? '1 of 2 cases')
  })

  test('fails for a listed case that is proven, which --sync takes out', async () => {
    write(testFile, "it('refuses all (cases A-BAS-02, B-03)', () => {})")
    expect((await check()).output).toContain('B-03 is proven: take it out')
    expect(await synced()).toEqual({ ok: true, output: '2 of 2 cases' })
    expect(readFileSync(join(folder, 'test/data/conformance-open.json'), 'utf8')).toBe('{}\n')
  })
})
