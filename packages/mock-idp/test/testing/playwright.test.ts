import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// Set by vitest.config.ts where Chromium is found; without it all browser tests are left out, which is said there.
const chromium = process.env.CHROMIUM_PATH

interface Result {
  readonly status: string
  readonly attachments: readonly { readonly name: string; readonly body?: string }[]
}

interface Suite {
  readonly specs: readonly {
    readonly title: string
    readonly tests: readonly { readonly results: readonly Result[] }[]
  }[]
  readonly suites?: readonly Suite[]
}

const specsOf = ({ specs, suites = [] }: Suite): Suite['specs'] => [...specs, ...suites.flatMap(specsOf)]

/** Runs Playwright Test as its users do, in a process of its own. */
function runPlaywright(output: string): Promise<Map<string, Result>> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js')
  const env = {
    ...process.env,
    NODE_OPTIONS: '--conditions=@countersign/source',
    PLAYWRIGHT_OUTPUT: output,
  }
  const cwd = join(import.meta.dirname, 'playwright')
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, 'test'], { cwd, env, maxBuffer: 1 << 24 }, (_, stdout, stderr) => {
      try {
        const { suites }: { readonly suites: readonly Suite[] } = JSON.parse(stdout)
        resolve(
          new Map(
            suites.flatMap(specsOf).flatMap(({ title, tests }) => {
              const result = tests[0]?.results[0]
              return result ? [[title, result] as const] : []
            }),
          ),
        )
      } catch {
        reject(new Error(`Playwright gave no report: ${stdout}${stderr}`))
      }
    })
  })
}

describe.skipIf(!chromium && process.env.CI !== 'true')('fixtures for Playwright Test', () => {
  const output = mkdtempSync(join(tmpdir(), 'mock-idp-playwright-'))
  let results: ReadonlyMap<string, Result> = new Map()
  beforeAll(async () => {
    results = await runPlaywright(output)
  }, 180_000)
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  it.each([
    'a page that is signed in comes back without a form',
    'one call fills the form in',
    'the session is theirs',
  ])('%s', (title) => {
    expect(results.get(title)).toMatchObject({ status: 'passed', attachments: [] })
  })

  it('a failed test carries what the mock was asked', () => {
    const failed = results.get('fails on purpose')
    const attached = failed?.attachments.find(({ name }) => name === 'mock-idp')?.body ?? ''
    expect(failed?.status).toBe('failed')
    expect(Buffer.from(attached, 'base64').toString()).toMatch(
      /^the mock IdP was asked 1 request:\n {2}.* GET {2}\/ 200$/,
    )
  })
})
