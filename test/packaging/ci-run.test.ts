import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, run } from '../../scripts/workspace.mjs'

/** How the steps end, and what the tests print. */
interface Steps {
  readonly test?: number
  readonly check?: number
  readonly floor?: number
  readonly printed?: string
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-'))
  // In the place of npm: the steps themselves take minutes.
  const npm = join(folder, 'npm')
  writeFileSync(
    npm,
    '#!/bin/sh\ncase "$*" in\ntest) printf "$PRINTED"; exit $TEST;;\n"run check") exit $CHECK;;\n"run floor") exit $FLOOR;;\nesac\nexit 9\n',
  )
  chmodSync(npm, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function runCi({ test = 0, check = 0, floor = 0, printed = '3 passed, 0 failed\\n' }: Steps) {
  const programs = ['CHROMIUM_PATH', 'FIREFOX_PATH', 'WEBKIT_DRIVER_PATH', 'XVFB_PATH', 'REDIS_SERVER_PATH']
  const { ok, output } = await run(['bash', join(root, '.ci/run')], {
    env: {
      ...process.env,
      ...Object.fromEntries(programs.map((name) => [name, '/bin/true'])),
      PATH: [folder, process.env.PATH].join(delimiter),
      TMPDIR: folder,
      TEST: String(test),
      CHECK: String(check),
      FLOOR: String(floor),
      PRINTED: printed,
    },
  })
  return { ok, lastLine: output.split('\n').at(-1) }
}

describe('the run of CI', () => {
  test('passes when every step does, and ends with the count of the tests', async () => {
    const printed = '\\033[32mok\\033[39m\\n3 passed, 0 failed, 1 skipped\\nDuration 2 s\\n'
    expect(await runCi({ printed })).toEqual({ ok: true, lastLine: '3 passed, 0 failed, 1 skipped' })
  })

  test.each([
    ['a test fails', { test: 1, printed: '2 passed, 1 failed\\n' }, '2 passed, 1 failed'],
    ['the runner fails after its tests', { test: 1 }, '3 passed, 0 failed'],
    ['a check fails', { check: 1 }, '3 passed, 0 failed'],
    ['the lowest Node fails', { floor: 1 }, '3 passed, 0 failed'],
    ['the tests end without a count', { printed: 'nothing was found\\n' }, '0 passed, 1 failed'],
  ])('fails when %s', async (_, steps, lastLine) => {
    expect(await runCi(steps)).toEqual({ ok: false, lastLine })
  })
})
