import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import { build, type Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allPackages, createPackedApp, type PackedApp } from '../packaging/packed-app.ts'
import { inFolder } from './in-folder.ts'
import { fetchRuntime, type Runtime, runProgram, runtimes, runWorker } from './runtimes.ts'
import type { SmokeSettings } from './smoke.ts'

let app: PackedApp
let server: RunningMockIdp
let settings: SmokeSettings

beforeAll(async () => {
  app = await createPackedApp(allPackages.filter(({ name }) => name === 'core'))
  server = await startMockIdp({ port: 0 })
  const { idp, url: baseUrl } = server
  const { agent, spa, users } = demoProject
  settings = {
    projectId: idp.projectId,
    baseUrl,
    issuer: idp.issuer,
    clientId: agent.clientId,
    clientSecret: agent.clientSecret,
    token: await idp.tokens.accessToken({
      user: users.mira.loginId,
      client: spa.clientId,
      scope: 'openid contacts.read',
    }),
  }
}, 180_000)

afterAll(async () => {
  await server?.close()
  app?.remove()
})

/** Takes the package from the project that installed it, not from the workspace. */
const fromPackedApp: Plugin = {
  name: 'from-packed-app',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@countersign\/core/ }, ({ path, kind, pluginData }) =>
      pluginData ? undefined : resolve(path, { kind, resolveDir: app.folder, pluginData: true }),
    )
  },
}

/** Runs the smoke test with the packed package, which programs import by its name and workers have in their bundle. */
async function smokeUnder({ kind, args }: Pick<Runtime, 'kind' | 'args'>, executable: string): Promise<unknown> {
  const bundle = join(app.folder, `smoke-${kind}.mjs`)
  await build({
    entryPoints: [join(import.meta.dirname, `smoke-${kind}.ts`)],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import'],
    logLevel: 'error',
    ...(kind === 'program' ? { external: ['@countersign/core'] } : { plugins: [fromPackedApp] }),
  })
  const text = JSON.stringify(settings)
  if (kind === 'program') {
    const output = await inFolder((folder) => runProgram(executable, [...args, bundle, text], folder))
    return JSON.parse(/^smoke: (.*)$/m.exec(output)?.[1] ?? 'null')
  }
  return inFolder(async (folder) => {
    copyFileSync(bundle, join(folder, 'smoke.mjs'))
    return JSON.parse(
      await runWorker(executable, 'smoke.mjs', folder, { nodeModules: false, variables: { settings: text } }),
    )
  })
}

const expected = {
  authorization: ['/oauth2/v1/authorize', expect.stringContaining('code_challenge,code_challenge_method')],
  user: [expect.any(String), ['openid', 'contacts.read'], true],
  refusal: ['OIDC_TOKEN_SIGNATURE_INVALID', 401],
  agent: [true, expect.objectContaining({ type: 'client' }), ['contacts.read']],
}

describe('the packed package', () => {
  test('discovers, verifies and gets tokens over HTTP under Node', async () => {
    expect(await smokeUnder({ kind: 'program', args: [] }, process.execPath)).toMatchObject(expected)
  })

  test.for(runtimes)('does the same under $name $version (S-147)', { timeout: 120_000 }, async (runtime, { skip }) => {
    const executable = await fetchRuntime(runtime)
    if (!executable) return skip(`${runtime.name} is not there`)
    const underNode = await smokeUnder({ kind: 'program', args: [] }, process.execPath)
    expect(await smokeUnder(runtime, executable)).toEqual(underNode)
  })
})
