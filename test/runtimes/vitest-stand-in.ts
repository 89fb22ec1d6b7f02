/**
 * Takes the place of `vitest` in a bundle of test files, so that the very same files run in runtimes that Vitest itself
 * does not run in: collects the tests, runs them one after another and says how each ended.
 */
import { timers } from './fake-timers.ts'

export { expect } from './expectation.ts'

/** How one test ended. */
export interface TestResult {
  readonly title: string
  /** Absent when it passed. */
  readonly error?: string
}

interface CollectedTest {
  readonly title: string
  readonly run: () => unknown
}

const deadlineMs = 60_000
const { setTimeout, clearTimeout } = globalThis
const collected: CollectedTest[] = []
let path: readonly string[] = []
let cleanups: (() => unknown)[] = []

function group(name: string, define: () => void): void {
  const outer = path
  path = [...path, name]
  define()
  path = outer
}

/** Groups tests. */
export const describe = Object.assign(group, {
  each:
    (rows: readonly unknown[]) =>
    (title: string, define: (...values: unknown[]) => void): void => {
      for (const row of rows) {
        const values = Array.isArray(row) ? row : [row]
        group(fill(title, values), () => define(...values))
      }
    },
})

function add(name: string, run: () => unknown): void {
  collected.push({ title: [...path, name].join(' > '), run })
}

/** `%s`, `%i`, `%d`, `%j`, `%o` by position and `$name` by member, as in the titles of Vitest. */
function fill(title: string, values: readonly unknown[]): string {
  let index = 0
  const byPosition = title.replace(/%([sdijo%])/g, (_, kind: string) => {
    if (kind === '%') return '%'
    const value = values[index]
    index += 1
    return kind === 's' ? String(value) : (JSON.stringify(value) ?? String(value))
  })
  const [first] = values
  return byPosition.replace(/\$(\w+)/g, (text, name: string) =>
    typeof first === 'object' && first !== null && name in first
      ? String((first as Record<string, unknown>)[name])
      : text,
  )
}

const createTest = () =>
  Object.assign((name: string, run: () => unknown): void => add(name, run), {
    each:
      (rows: readonly unknown[]) =>
      (title: string, run: (...values: unknown[]) => unknown): void => {
        for (const row of rows) {
          const values = Array.isArray(row) ? row : [row]
          add(fill(title, values), () => run(...values))
        }
      },
    skip: (): void => undefined,
    skipIf: (condition: unknown) => (condition ? () => undefined : add),
  })

/** Adds a test. */
export const test: ReturnType<typeof createTest> = createTest()

/** Adds a test. */
export const it: ReturnType<typeof createTest> = createTest()

/** Runs a function when the running test has ended. */
export function onTestFinished(cleanup: () => unknown): void {
  cleanups.push(cleanup)
}

/** The few parts of `vi` that the shared suites use. */
export const vi = {
  ...timers,
  // Deadlines are generous here for every test.
  setConfig: (): void => undefined,
  spyOn(owner: Record<string, unknown>, name: string) {
    const original = owner[name] as (...values: unknown[]) => unknown
    const calls: unknown[][] = []
    let answer: typeof original = original
    owner[name] = function (this: unknown, ...values: unknown[]) {
      calls.push(values)
      return answer.apply(this, values)
    }
    const spy = {
      mock: { calls },
      mockImplementation(implementation: typeof original) {
        answer = implementation
        return spy
      },
      mockRestore() {
        owner[name] = original
      },
    }
    return spy
  },
  async waitFor<Value>(attempt: () => Value | Promise<Value>): Promise<Value> {
    for (const end = Date.now() + 5000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      try {
        return await attempt()
      } catch (error) {
        if (Date.now() > end) throw error
      }
    }
  },
}

/** Runs everything that was collected. */
export async function runTests(): Promise<readonly TestResult[]> {
  const results: TestResult[] = []
  for (const { title, run } of collected.splice(0)) {
    cleanups = []
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no end after ${deadlineMs} ms`)), deadlineMs)
      })
      await Promise.race([run(), late])
      results.push({ title })
    } catch (error) {
      const { stack, cause } = error as Partial<Error>
      results.push({ title, error: `${stack ?? error}${cause ? `\nbecause of ${cause}` : ''}` })
    } finally {
      clearTimeout(timer)
      for (const cleanup of cleanups) await cleanup()
    }
  }
  return results
}
