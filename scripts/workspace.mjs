// @ts-check
// What the scripts share: where the workspace lies, which packages it has, and how a tool of node_modules is started.
// Tools run under the Node that runs the script, so that one command line checks everything under another Node too.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/**
 * @typedef {object} Subpath
 * @property {string} subpath as in `exports`: `.`, `./browser`
 * @property {string} specifier what a user imports: `@countersign/core/browser`
 * @property {string} label file-name form: `core`, `core.browser`
 * @property {string} source path of the source file inside the package
 * @property {string} types path of the declaration file inside the package
 * @property {string} output path of the JavaScript file inside the package
 */

/**
 * @typedef {object} WorkspacePackage
 * @property {string} name folder name: `core`
 * @property {string} folder absolute path
 * @property {any} manifest
 * @property {Subpath[]} subpaths
 */

/** @param {string} file @returns {any} */
export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** The public packages. A folder without a source yet is not a package. @returns {WorkspacePackage[]} */
export function listPackages() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => ({ name, folder: join(root, 'packages', name) }))
    .filter(({ folder }) => existsSync(join(folder, 'src/index.ts')))
    .map(({ name, folder }) => {
      const manifest = readJson(join(folder, 'package.json'))
      const subpaths = Object.entries(manifest.exports)
        .filter(([, target]) => typeof target === 'object')
        .map(([subpath, target]) => ({
          subpath,
          specifier: `${manifest.name}${subpath.slice(1)}`,
          label: `${name}${subpath.slice(1).replaceAll('/', '.')}`,
          source: target['@countersign/source'],
          types: target.types,
          output: target.default,
        }))
      return { name, folder, manifest, subpaths }
    })
}

/** @type {Record<string, { package: string, native?: string }>} */
const tools = {
  attw: { package: '@arethetypeswrong/cli' },
  biome: { package: '@biomejs/biome' },
  changeset: { package: '@changesets/cli' },
  knip: { package: 'knip' },
  pnpm: { package: 'pnpm', native: process.platform === 'win32' ? 'pnpm.exe' : 'pnpm' },
  publint: { package: 'publint' },
  'size-limit': { package: 'size-limit' },
  tsc: { package: 'typescript' },
  tsup: { package: 'tsup' },
  vitest: { package: 'vitest' },
}

/**
 * The command that starts a tool: the JavaScript entry of its `bin` under this Node, not the shim in node_modules/.bin,
 * which prefers the Node lying beside it.
 *
 * @param {keyof typeof tools} name
 * @returns {[command: string, ...args: string[]]}
 */
export function tool(name) {
  const entry = tools[name]
  if (!entry) throw new Error(`No tool is called ${name}.`)
  const folder = join(root, 'node_modules', entry.package)
  if (entry.native) return [join(folder, entry.native)]
  const { bin } = readJson(join(folder, 'package.json'))
  return [process.execPath, join(folder, typeof bin === 'string' ? bin : bin[name])]
}

/** Environment of every child: this Node first on PATH, then the tools. */
const childEnv = {
  ...process.env,
  PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter),
  NO_COLOR: '1',
}
delete (/** @type {NodeJS.ProcessEnv} */ (childEnv).FORCE_COLOR)

/**
 * Runs a command and collects what it prints.
 *
 * @param {readonly string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show` passes the output on as it comes
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function run([command = '', ...args], { cwd = root, env = childEnv, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    })
    let output = ''
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('error', (error) => resolve({ ok: false, output: `${command} could not be started: ${error.message}` }))
    child.on('close', (status) => resolve({ ok: status === 0, output: output.trimEnd() }))
  })
}

/**
 * Runs a task for each item, two at a time, and keeps the order of the results.
 *
 * @template Item, Result
 * @param {readonly Item[]} items
 * @param {(item: Item) => Promise<Result>} task
 * @returns {Promise<Result[]>}
 */
export async function twoAtATime(items, task) {
  /** @type {Result[]} */
  const results = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await task(/** @type {Item} */ (items[index]))
    }
  }
  await Promise.all([worker(), worker()])
  return results
}
