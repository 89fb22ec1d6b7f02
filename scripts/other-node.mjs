// @ts-check
// Other versions of Node for checks, from the registry's platform packages, kept in node_modules/.cache.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './workspace.mjs'

/** The lowest Node that every tool accepts: size-limit asks for ^22.19, tsup for ^22.18. */
export const toolFloor = '22.19.0'

/** The lowest Node the packages name in `engines`; ky asks for >= 22. */
export const runtimeFloor = '22.0.0'

const platformPackage = `node-${process.platform}-${process.arch}`

/** Whether the platform has packages of Node; the same ones as in the root's optionalDependencies. */
export const hasPlatformPackage =
  platformPackage in JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies

/** Where a version lies once it was fetched. @param {string} version */
export function nodePath(version) {
  return join(root, 'node_modules/.cache/node', version, 'node_modules', platformPackage, 'bin/node')
}

/**
 * Fetches a version unless it is there.
 *
 * @param {string} version
 * @returns {Promise<string>} path of its executable
 */
export async function fetchNode(version) {
  const executable = nodePath(version)
  if (!existsSync(executable)) {
    const folder = join(root, 'node_modules/.cache/node', version)
    mkdirSync(folder, { recursive: true })
    const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts']
    const command = ['npm', 'install', '--prefix', folder, ...flags, `${platformPackage}@${version}`]
    const { ok, output } = await run(command, { cwd: folder, env: process.env })
    if (!ok || !existsSync(executable)) throw new Error(`Node ${version} could not be fetched:\n${output}`)
  }
  return executable
}
