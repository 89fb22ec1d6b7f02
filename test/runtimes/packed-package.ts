/** The packed package in a project that installed it, and a mock that it talks to over HTTP. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoProject } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { build, type Plugin } from 'esbuild'
import { allPackages, createPackedApp } from '../packaging/packed-app.ts'
import { inFolder } from './in-folder.ts'
import { type Runtime, runProgram, runWorker } from './runtimes.ts'
import type { SmokeSettings } from './smoke.ts'

/** A packed package that runtimes can be tried with. */
export interface PackedPackage {
  /** Runs `smoke.ts` with the package, which programs import by its name and workers have in their bundle. */
  smokeUnder(runtime: Pick<Runtime, 'kind' | 'args'>, executable: string): Promise<unknown>
  remove(): Promise<void>
}

/** Packs and installs core, and starts a mock. */
export async function createPackedPackage(): Promise<PackedPackage> {
  const app = await createPackedApp(allPackages.filter(({ name }) => name === 'core'))
  const server = await startMockIdp({ port: 0 })
  const { idp, url: baseUrl } = server
  const { agent, spa, users } = demoProject
  const settings: SmokeSettings = {
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
  /** Takes the package from the project that installed it, not from the workspace. */
  const fromApp: Plugin = {
    name: 'from-app',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^@countersign\/core/ }, ({ path, kind, pluginData }) =>
        pluginData ? undefined : resolve(path, { kind, resolveDir: app.folder, pluginData: true }),
      )
    },
  }
  const bundle = async (kind: Runtime['kind']): Promise<string> => {
    const outfile = join(app.folder, `smoke-${kind}.mjs`)
    await build({
      entryPoints: [join(import.meta.dirname, `smoke-${kind}.ts`)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['workerd', 'import'],
      logLevel: 'error',
      ...(kind === 'program' ? { external: ['@countersign/core'] } : { plugins: [fromApp] }),
    })
    return outfile
  }
  return {
    async smokeUnder({ kind, args }, executable) {
      const file = await bundle(kind)
      const text = JSON.stringify(settings)
      return inFolder(async (folder) => {
        if (kind === 'program') {
          const output = await runProgram(executable, [...args, file, text], folder)
          return JSON.parse(/^smoke: (.*)$/m.exec(output)?.[1] ?? 'null')
        }
        copyFileSync(file, join(folder, 'smoke.mjs'))
        const variables = { settings: text }
        return JSON.parse(await runWorker(executable, 'smoke.mjs', folder, { nodeModules: false, variables }))
      })
    },
    async remove() {
      await server.close()
      app.remove()
    },
  }
}
