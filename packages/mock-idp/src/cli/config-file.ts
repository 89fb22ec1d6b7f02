/** The configuration file of the command line. */
import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MockIdpConfig } from '../config/config.ts'
import { UsageError } from './options.ts'

const modules: ReadonlySet<string> = new Set(['.js', '.mjs', '.ts', '.mts'])

/**
 * Reads a configuration; its fields are checked when the mock is created.
 *
 * @param path - Relative to the current folder: JSON, or a module whose default export is the configuration.
 * @throws {UsageError} When there is no such file, it cannot be read, or it holds no object.
 */
export async function readConfigFile(path: string): Promise<MockIdpConfig> {
  const file = resolve(path)
  const extension = extname(file)
  if (extension !== '.json' && !modules.has(extension)) {
    throw new UsageError(`--config takes a .json, .js, .mjs, .ts or .mts file, not ${path}.`)
  }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(error.code === 'ENOENT' ? `There is no file ${path}.` : `${path}: ${error.message}`)
  })
  const config: unknown = extension === '.json' ? parseJson(text, path) : await importDefault(file, path)
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    const where = extension === '.json' ? 'must hold an object' : 'must export an object as default'
    throw new UsageError(`${path} ${where}: the configuration.`)
  }
  const { $schema: _, ...fields } = config as { readonly $schema?: unknown }
  return fields
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${messageOf(error)}`)
  }
}

async function importDefault(file: string, path: string): Promise<unknown> {
  try {
    const { default: exported }: { readonly default?: unknown } = await import(pathToFileURL(file).href)
    return exported
  } catch (error) {
    throw new UsageError(`${path} could not be loaded: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
