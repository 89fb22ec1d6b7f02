import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodePath, runtimeFloor } from '../../scripts/other-node.mjs'
import { root, run, tool } from '../../scripts/workspace.mjs'
import { allPackages, createPackedApp, filesIn, type PackedApp } from './packed-app.ts'

/** One export that each subpath must have; a new subpath needs a line here. */
const expectedExports: Readonly<Record<string, string>> = {
  '@countersign/core': 'OidcError',
  '@countersign/core/browser': 'createBrowserClient',
  '@countersign/core/browser/encrypted-storage': 'encryptedTokenStorage',
  '@countersign/core/browser/popup': 'loginWithPopup',
  '@countersign/core/browser/limits': 'limitSession',
  '@countersign/core/browser/recorder': 'createRecordedClient',
  '@countersign/core/browser/front-channel-logout': 'receiveFrontChannelLogout',
  '@countersign/core/browser/logout-return': 'logoutAndReturn',
  '@countersign/core/browser/initiated-login': 'initiateLogin',
  '@countersign/core/browser/par': 'pushAuthorizationRequest',
  '@countersign/core/browser/dpop': 'proofOfPossession',
  '@countersign/core/browser/resources': 'createResourceTokens',
  '@countersign/core/browser/ky': 'kyHooks',
  '@countersign/core/api': 'createAccessTokenVerifier',
  '@countersign/core/keyv': 'createKeyvStore',
  '@countersign/core/agent': 'createTokenSource',
  '@countersign/core/claims': 'validateClaims',
  '@countersign/core/descope/claims': 'readDescopeClaims',
  '@countersign/core/descope/client': 'switchTenant',
  '@countersign/mock-idp': 'createMockIdp',
  '@countersign/mock-idp/node': 'startMockIdp',
  '@countersign/mock-idp/msw': 'mockIdpHandlers',
  '@countersign/mock-idp/testing': 'signIn',
  '@countersign/mock-idp/testing/playwright': 'test',
}

/** Vitest can be imported under Vitest only, and so can what extends it. */
const underVitest = '@countersign/mock-idp/testing/vitest'

const entries = allPackages.flatMap(({ subpaths }) => subpaths.map(({ specifier }) => specifier))
const importable = entries.filter((entry) => entry !== underVitest)
const nodes = [
  { version: process.version, executable: process.execPath },
  ...(existsSync(nodePath(runtimeFloor)) ? [{ version: `v${runtimeFloor}`, executable: nodePath(runtimeFloor) }] : []),
]
let app: PackedApp

beforeAll(async () => {
  app = await createPackedApp()
}, 120_000)
afterAll(() => app?.remove())

describe.each(allPackages.map(({ name }) => name))('the tarball of %s', (name) => {
  const read = (file: string) => readFileSync(join(app.installed(name), file), 'utf8')
  const manifest = () => JSON.parse(read('package.json'))
  const targets = () => JSON.stringify([manifest().exports, manifest().bin ?? {}]).match(/\.\/[^"]*\.[a-z.]+/g) ?? []

  test('holds the build, its declarations, a README and the licence, and nothing else', () => {
    const files = filesIn(app.installed(name)).filter((file) => !file.startsWith('node_modules/'))
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(js|js\.map|d\.ts)|schema\/.+\.schema\.json)$/
    expect(files.filter((file) => !allowed.test(file))).toEqual([])
    expect(
      files.filter((file) => /(^|[./])(test|spec|browser)\.(js|d\.ts)$|(^|\/)(test|src|temp)\//.test(file)),
    ).toEqual([])
    expect(['LICENSE', 'README.md'].filter((file) => !files.includes(file))).toEqual([])
  })

  test('has no install script', () => {
    expect(
      Object.keys(manifest().scripts ?? {}).filter((script) => /install|prepare|^(pre|post)?pack$/.test(script)),
    ).toEqual([])
    expect(existsSync(join(app.installed(name), 'binding.gyp'))).toBe(false)
  })

  test('exports built files only, each of them present', () => {
    expect(JSON.stringify(manifest().exports)).not.toMatch(/@countersign\/source|src\/|\*/)
    expect(targets().length).toBeGreaterThan(0)
    for (const target of targets()) expect(existsSync(join(app.installed(name), target)), target).toBe(true)
  })

  test('names versions, not the workspace, as dependencies', () => {
    const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest()
    expect(JSON.stringify([dependencies, peerDependencies, devDependencies])).not.toMatch(/workspace:|link:|file:/)
  })

  test('names no path of the machine that built it', () => {
    for (const file of filesIn(join(app.installed(name), 'dist')).map((path) => `dist/${path}`)) {
      const text = read(file)
      expect(text.includes(root) || text.includes('node_modules/.pnpm') || text.includes('packed-app-'), file).toBe(
        false,
      )
      if (file.endsWith('.map')) {
        expect(
          JSON.parse(text).sources.filter((source: string) => !/^\.\.?\//.test(source)),
          file,
        ).toEqual([])
      }
    }
  })
})

describe.each(nodes)('a project on Node $version that installed the tarballs', ({ executable }) => {
  const program = `
    const found = {}
    for (const name of ${JSON.stringify(importable)}) found[name] = Object.keys(await import(name))
    const { startMockIdp } = await import('@countersign/mock-idp/node')
    const mock = await startMockIdp()
    const { status } = await fetch(mock.url)
    await mock.close()
    console.log(JSON.stringify({ found, status }))`
  let found: Record<string, string[]>
  let status: number

  beforeAll(async () => {
    const { NODE_OPTIONS: _, ...env } = process.env
    const { ok, output } = await run([executable, '--input-type=module', '--eval', program], { cwd: app.folder, env })
    if (!ok) throw new Error(output)
    // Any warning would stand in front of the answer and make it unreadable as JSON.
    const answer = JSON.parse(output)
    found = answer.found
    status = answer.status
  }, 60_000)

  test.each(importable)('imports %s', (entry) => {
    const expected = expectedExports[entry]
    if (expected) expect(found[entry]).toContain(expected)
    else expect(found[entry]?.length).toBeGreaterThan(0)
  })

  test('starts the mock IdP and gets its first page', () => {
    expect(status).toBe(200)
  })

  test('has the program mock-idp', async () => {
    const { bin, version } = JSON.parse(readFileSync(join(app.installed('mock-idp'), 'package.json'), 'utf8'))
    const { NODE_OPTIONS: _, ...env } = process.env
    const { ok, output } = await run([executable, join(app.installed('mock-idp'), bin['mock-idp']), '--version'], {
      env,
    })
    expect([ok, output]).toEqual([true, version])
  })
})

test('a CommonJS program on this Node may require every entry', async () => {
  const program = `
    const counts = ${JSON.stringify(importable)}.map((name) => Object.keys(require(name)).length)
    console.log(JSON.stringify(counts))`
  const { NODE_OPTIONS: _, ...env } = process.env
  const command = [process.execPath, '--input-type=commonjs', '--eval', program]
  const { ok, output } = await run(command, { cwd: app.folder, env })
  expect([ok, output]).toEqual([true, expect.stringMatching(/^\[\d+(,\d+)*\]$/)])
  expect(JSON.parse(output)).not.toContain(0)
}, 60_000)

test('a strict project without skipLibCheck, its CommonJS files too, finds no fault in the declarations', async () => {
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}'`).join('\n')
  const program = `${imports}\nexport const all = [${entries.map((_, index) => `entry${index}`).join(', ')}]\n`
  for (const file of ['consumer.ts', 'consumer.cts']) writeFileSync(join(app.folder, file), program)
  writeFileSync(
    join(app.folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
      },
      files: ['consumer.ts', 'consumer.cts'],
    }),
  )
  const { output } = await run([...tool('tsc'), '-p', app.folder, '--pretty', 'false'], { cwd: app.folder })
  const ours = output.split('\n').filter((line) => /^(consumer\.c?ts|.*@countersign[+/])/.test(line))
  expect(ours).toEqual([])
}, 120_000)
