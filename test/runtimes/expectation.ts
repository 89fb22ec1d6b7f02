/** `expect` of Vitest, as far as the shared suites use it, for runtimes that Vitest does not run in. */
import { equal, type Pattern } from './equality.ts'

type Check = (found: unknown, ...expected: never[]) => boolean

function thrown(found: unknown): { readonly error?: unknown } {
  // A rejected promise has thrown already.
  if (typeof found !== 'function') return { error: found }
  try {
    found()
    return {}
  } catch (error) {
    return { error }
  }
}

function fits(error: unknown, wanted: unknown): boolean {
  const message = String((error as Error | undefined)?.message ?? error)
  if (wanted === undefined) return true
  if (typeof wanted === 'string') return message.includes(wanted)
  if (wanted instanceof RegExp) return wanted.test(message)
  if (typeof wanted === 'function') return error instanceof wanted
  return wanted instanceof Error ? message === wanted.message : equal(error, wanted)
}

function contains(found: unknown, item: unknown): boolean {
  if (typeof found === 'string') return found.includes(item as string)
  return [...(found as Iterable<unknown>)].includes(item)
}

const checks: Record<string, Check> = {
  toBe: (found, wanted) => Object.is(found, wanted),
  toEqual: (found, wanted) => equal(found, wanted),
  toStrictEqual: (found, wanted) => equal(found, wanted),
  toMatchObject: (found, wanted) => typeof found === 'object' && equal(found, wanted, true),
  toBeDefined: (found) => found !== undefined,
  toBeUndefined: (found) => found === undefined,
  toBeNull: (found) => found === null,
  toBeTruthy: (found) => Boolean(found),
  toBeTypeOf: (found, type) => typeof found === type,
  toBeInstanceOf: (found, type: new () => unknown) => found instanceof type,
  toBeLessThan: (found, limit: number) => (found as number) < limit,
  toBeLessThanOrEqual: (found, limit: number) => (found as number) <= limit,
  toBeGreaterThan: (found, limit: number) => (found as number) > limit,
  toBeGreaterThanOrEqual: (found, limit: number) => (found as number) >= limit,
  toHaveLength: (found, length) => (found as unknown[]).length === length,
  toContain: (found, item) => contains(found, item),
  toContainEqual: (found, item) => [...(found as Iterable<unknown>)].some((one) => equal(one, item)),
  toMatch: (found, text: string | RegExp) =>
    typeof text === 'string' ? (found as string).includes(text) : text.test(found as string),
  toHaveProperty: (found, name: string) => name in (found as object),
  toThrow: (found, wanted) => {
    const result = thrown(found)
    return 'error' in result && fits(result.error, wanted)
  },
}

function show(value: unknown): string {
  try {
    return (typeof value === 'function' ? String(value) : (JSON.stringify(value) ?? String(value))).slice(0, 400)
  } catch {
    return String(value)
  }
}

/** An object with every check; one that this file lacks throws rather than passes. */
function matchers(found: unknown, negated: boolean, hint: string): object {
  return new Proxy(
    {},
    {
      get: (_, name: string) => {
        if (name === 'not') return matchers(found, !negated, hint)
        if (name === 'resolves' || name === 'rejects') return settled(found, name, negated, hint)
        const check = checks[name]
        if (!check) throw new Error(`expect().${name} does not exist here`)
        return (...expected: unknown[]) => {
          if (check(found, ...(expected as never[])) === negated) {
            const wanted = `${negated ? 'not ' : ''}${name}(${expected.map(show).join(', ')})`
            throw new Error(`${hint}expected ${show(found)} ${wanted}`)
          }
        }
      },
    },
  )
}

function settled(found: unknown, way: 'resolves' | 'rejects', negated: boolean, hint: string): object {
  const promise = typeof found === 'function' ? found() : found
  const value = Promise.resolve(promise).then(
    (result) => {
      if (way === 'rejects') throw new Error(`${hint}expected a rejection, found ${show(result)}`)
      return result
    },
    (error) => {
      if (way === 'resolves') throw error
      return error
    },
  )
  return new Proxy(
    {},
    {
      get: (_, name: string) => {
        if (name === 'not') return settled(found, way, !negated, hint)
        return async (...expected: unknown[]) => {
          const check = (matchers(await value, negated, hint) as Record<string, (...all: unknown[]) => void>)[name]
          check?.(...expected)
        }
      },
    },
  )
}

const pattern = (asymmetricMatch: Pattern['asymmetricMatch']): Pattern => ({ asymmetricMatch })

/** The same checks by the same names. */
export const expect = Object.assign(
  (found: unknown, hint?: string) => matchers(found, false, hint ? `${hint}: ` : ''),
  {
    any: (type: new () => unknown) =>
      pattern((value) => value instanceof type || typeof value === type.name.toLowerCase()),
    anything: () => pattern((value) => value !== undefined && value !== null),
    objectContaining: (wanted: object) => pattern((value) => typeof value === 'object' && equal(value, wanted, true)),
    arrayContaining: (wanted: unknown[]) =>
      pattern((value) => Array.isArray(value) && wanted.every((item) => value.some((one) => equal(one, item)))),
    stringContaining: (text: string) => pattern((value) => typeof value === 'string' && value.includes(text)),
    stringMatching: (text: string | RegExp) =>
      pattern((value) => typeof value === 'string' && new RegExp(text).test(value)),
    unreachable: (message = 'this place must not be reached') => {
      throw new Error(message)
    },
  },
)
