/** Reading the input of a management call: each reader refuses a value of another type with `E011003`. */
import { type Problem, serviceProblem } from '../http/problem.ts'

/** Members of a JSON body or parameters of a query. `null` counts as absent. */
export interface Fields {
  /** Everything that was sent. */
  readonly all: Readonly<Record<string, unknown>>
  /** A text that must be there and not be empty: `E011002` otherwise. */
  required(name: string): string
  /** A text. */
  text(name: string): string | undefined
  /** A number, also as digits. */
  whole(name: string): number | undefined
  /** `true` or `false`, also as text. */
  flag(name: string): boolean | undefined
  /** A list of texts. */
  texts(name: string): readonly string[] | undefined
  /** A list of objects. */
  objects(name: string): readonly Fields[] | undefined
  /** An object. */
  object(name: string): Readonly<Record<string, unknown>> | undefined
}

const refused = (name: string, allowed: string): Problem => serviceProblem(400, 'E011003', `${name} must be ${allowed}`)

/** Wraps what was sent. */
export function createFields(all: Readonly<Record<string, unknown>>): Fields {
  const value = (name: string): unknown => (Object.hasOwn(all, name) ? (all[name] ?? undefined) : undefined)
  const text = (name: string): string | undefined => {
    const given = value(name)
    if (given !== undefined && typeof given !== 'string') throw refused(name, 'text')
    return given
  }
  return {
    all,
    text,
    required(name) {
      const given = text(name)
      if (given === undefined || given === '') throw serviceProblem(400, 'E011002', `${name} is missing`)
      return given
    },
    whole(name) {
      const given = value(name)
      if (given === undefined) return undefined
      const number = typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given
      if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw refused(name, 'a whole number')
      return number
    },
    flag(name) {
      const given = value(name)
      if (given === undefined || typeof given === 'boolean') return given
      if (given === 'true' || given === 'false') return given === 'true'
      throw refused(name, 'true or false')
    },
    texts(name) {
      const given = value(name)
      if (given === undefined) return undefined
      const isText = (one: unknown): one is string => typeof one === 'string'
      if (!Array.isArray(given) || !given.every(isText)) throw refused(name, 'a list of texts')
      return given
    },
    objects(name) {
      const given = value(name)
      if (given === undefined) return undefined
      if (!Array.isArray(given) || !given.every(isObject)) throw refused(name, 'a list of objects')
      return given.map(createFields)
    },
    object(name) {
      const given = value(name)
      if (given === undefined) return undefined
      if (!isObject(given)) throw refused(name, 'an object')
      return given
    },
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Drops members that are `undefined`, for options that must be absent rather than `undefined`. */
export function given<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>
  }
}

/**
 * One page of a list (IDP-SPEC 5.6): `page` counts from 0, `limit` is 1 to 100, 100 by default. A page beyond the end is
 * empty.
 */
export function pageOf<Entry>(entries: readonly Entry[], input: Fields): readonly Entry[] {
  const page = input.whole('page') ?? 0
  const limit = input.whole('limit') ?? 100
  if (limit < 1 || limit > 100) throw refused('limit', 'a whole number from 1 to 100')
  return page < 0 ? [] : entries.slice(page * limit, (page + 1) * limit)
}
