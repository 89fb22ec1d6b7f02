import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program of the system, found by an environment variable or on the path. */
export function findProgram(variable: string, names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const files = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return process.env[variable] ?? files.find((file) => existsSync(file))
}
