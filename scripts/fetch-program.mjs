// @ts-check
// Programs that only some checks need, as packages of the registry: fetched when they are first needed, into
// node_modules/.cache, and refused when they are not the ones of programs.json. npm keeps what it has fetched, so
// another checkout on the machine only unpacks it.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJson, root, run } from './workspace.mjs'

/** @type {Record<string, string>} */
const integrities = readJson(join(root, 'scripts/programs.json'))

/** Whether a version is one of those that can be fetched. @param {string} name @param {string} version */
export const isKnownProgram = (name, version) => `${name}@${version}` in integrities

/** Where a program lies once it was fetched. @param {string} name @param {string} version @param {string} executable */
export function programPath(name, version, executable) {
  return join(folderOf(name, version), 'node_modules', name, executable)
}

/** @param {string} name @param {string} version */
const folderOf = (name, version) => join(root, 'node_modules/.cache/programs', name, version)

/**
 * Fetches a program unless it is there.
 *
 * @param {string} name of its package
 * @param {string} version
 * @param {string} executable path inside of the package
 * @returns {Promise<string>} path of the program
 * @throws {Error} When it can not be fetched, or is not what was recorded.
 */
export async function fetchProgram(name, version, executable) {
  const program = programPath(name, version, executable)
  if (existsSync(program)) return program
  const integrity = integrities[`${name}@${version}`]
  if (!integrity) throw new Error(`scripts/programs.json has no checksum of ${name}@${version}.`)
  const folder = folderOf(name, version)
  mkdirSync(dirname(folder), { recursive: true })
  // Elsewhere at first, so that nobody starts a program of which a part is there.
  const fresh = mkdtempSync(`${folder}-`)
  const dependencies = { [name]: version }
  const lock = {
    lockfileVersion: 3,
    packages: { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } },
  }
  writeFileSync(join(fresh, 'package.json'), JSON.stringify({ private: true, dependencies }))
  writeFileSync(join(fresh, 'package-lock.json'), JSON.stringify(lock))
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  const { ok, output } = await run(['npm', 'ci', ...flags], { cwd: fresh, env: process.env })
  if (ok && !existsSync(folder)) renameSync(fresh, folder)
  rmSync(fresh, { recursive: true, force: true })
  if (!existsSync(program)) throw new Error(`${name}@${version} could not be fetched:\n${output}`)
  return program
}
