/**
 * Reads the vectors of the Wycheproof project, which are no part of this repository: from the folder `shared/vectors` beside
 * the checkout, or the one that WYCHEPROOF_DIR names.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readVectors, type Vector } from './vector.ts'

const files = ['json_web_signature_test', 'json_web_key_test'] as const
const root = join(import.meta.dirname, '../../../..')

/** What to say when the vectors are not there. */
export const missingVectors =
  'The Wycheproof vectors are not there, so they are not run: put json_web_signature_test.json and json_web_key_test.json into ../shared/vectors beside the checkout, or name their folder in WYCHEPROOF_DIR.'

/** Where the folder is named, and whether a missing one is a failure. */
type Environment = Partial<Record<'WYCHEPROOF_DIR' | 'CI', string>>

/**
 * All vectors, or undefined without their folder.
 *
 * @throws {Error} In CI, where they must not be missing.
 */
export function loadVectors(environment: Environment = process.env): readonly Vector[] | undefined {
  const named = environment.WYCHEPROOF_DIR ?? join(root, '../shared/vectors')
  const folder = [named, join(named, 'wycheproof')].find((place) =>
    files.every((file) => existsSync(join(place, `${file}.json`))),
  )
  if (folder) {
    return files.flatMap((file) => readVectors(file, JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'))))
  }
  if (environment.CI === 'true') throw new Error(missingVectors)
  console.warn(missingVectors)
  return undefined
}
