import type { TestProject } from 'vitest/node'
import { loadVectors } from './load-vectors.ts'
import type { Vector } from './vector.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Wycheproof vectors for tests in a browser; empty where they are missing. */
    readonly wycheproof: readonly Vector[]
  }
}

/** Hands the vectors to tests that can read no files. */
export default function setup(project: TestProject): void {
  project.provide('wycheproof', loadVectors() ?? [])
}
