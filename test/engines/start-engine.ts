import type { Engine } from './engine.ts'
import { type EngineName, findEngine } from './find-engines.ts'
import { startPuppeteerEngine } from './puppeteer-engine.ts'
import { startWebKitEngine } from './webkit-engine.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The engine that the tests run in. */
    readonly engine: EngineName
  }
}

/** Starts an engine that is installed. */
export function startEngine(name: EngineName): Promise<Engine> {
  const { programs, missing } = findEngine(name)
  if (missing) throw new Error(missing)
  const [program = '', display = ''] = programs
  if (name === 'webkit') return startWebKitEngine(program, display)
  return startPuppeteerEngine(name === 'firefox' ? 'firefox' : 'chrome', program)
}
