import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/workspace.mjs'
import { bundleSuite } from './bundle-suite.ts'
import differences from './differences.json' with { type: 'json' }
import { inFolder } from './in-folder.ts'
import { createPackedPackage } from './packed-package.ts'
import { fetchRuntime, type Runtime, runProgram, runtimes, runWorker } from './runtimes.ts'
import type { TestResult } from './vitest-stand-in.ts'

/** Test files that compare Node's own way of checking signatures with the one that other runtimes have. */
const aboutNode = ['signatures.test.ts', 'web-signatures.test.ts']

/** Every other test file of the neutral entries, and the vectors against ID tokens, as they are. */
const files = [
  ...['api', 'access', 'agent'].flatMap((folder) =>
    readdirSync(join(root, 'packages/core/test', folder))
      .filter((name) => name.endsWith('.test.ts') && !aboutNode.includes(name))
      .map((name) => `packages/core/test/${folder}/${name}`),
  ),
  'packages/core/test/wycheproof/id-token.test.ts',
]

function runSuite(
  { kind, args }: Pick<Runtime, 'kind' | 'args'>,
  executable: string,
  suite = files,
): Promise<readonly TestResult[]> {
  return inFolder(async (folder) => {
    const bundle = join(folder, 'suite.mjs')
    await bundleSuite(`run-${kind}.ts`, suite, bundle)
    if (kind === 'worker') return JSON.parse(await runWorker(executable, 'suite.mjs', folder, { nodeModules: true }))
    const results = join(folder, 'results.json')
    await runProgram(executable, [...args, bundle, results], folder)
    return JSON.parse(readFileSync(results, 'utf8'))
  })
}

// All at once, while the first suite runs.
const programs = runtimes.map(fetchRuntime)
const underNode = await runSuite({ kind: 'program', args: [] }, process.execPath)

test('the suites of the neutral entries run outside of Vitest, under Node, as they do in it', () => {
  expect(underNode.filter(({ error }) => error)).toEqual([])
  expect(underNode.length).toBeGreaterThan(500)
})

test('what takes the place of Vitest there lets nothing false pass', async () => {
  const results = await runSuite({ kind: 'program', args: [] }, process.execPath, [
    'test/runtimes/false-expectations.ts',
  ])
  expect(results.filter(({ error }) => !error)).toEqual([])
  expect(results.length).toBeGreaterThan(25)
})

const packed = await createPackedPackage()
afterAll(() => packed.remove())

test('the packed package discovers, verifies and gets tokens over HTTP under Node', async () => {
  expect(await packed.smokeUnder({ kind: 'program', args: [] }, process.execPath)).toMatchObject({
    authorization: ['/oauth2/v1/authorize', expect.stringContaining('code_challenge,code_challenge_method')],
    user: [expect.any(String), ['openid', 'contacts.read'], true],
    refusal: ['OIDC_TOKEN_SIGNATURE_INVALID', 401],
    agent: [true, expect.objectContaining({ type: 'client' }), ['contacts.read']],
  })
})

for (const [index, runtime] of runtimes.entries()) {
  const { name, version } = runtime
  const known: Readonly<Record<string, string>> = (differences as Record<string, Record<string, string>>)[name] ?? {}
  const executable = await programs[index]
  const results = executable ? await runSuite(runtime, executable) : []

  describe.skipIf(!executable)(`under ${name} ${version}`, () => {
    test('the same tests run as under Node', () => {
      const titles = results.map(({ title }) => title)
      expect(titles).toEqual(underNode.map(({ title }) => title))
      expect(Object.keys(known).filter((title) => !titles.includes(title))).toEqual([])
    })
    test('the packed package does over HTTP what it does under Node (S-147)', async () => {
      const found = await packed.smokeUnder(runtime, executable ?? '')
      expect(found).toEqual(await packed.smokeUnder({ kind: 'program', args: [] }, process.execPath))
    })
    for (const { title, error } of results) {
      test(title, () => {
        // A difference that is known stays one, or its line goes.
        if (known[title]) expect(error).toBeDefined()
        else expect(error).toBeUndefined()
      })
    }
  })
}
