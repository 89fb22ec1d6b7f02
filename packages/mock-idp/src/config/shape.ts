/**
 * Checks of configuration values at run time: what a JavaScript caller passes is held to what the types say.
 *
 * Each check throws a `TypeError` that names the path of the field, what was given and what is allowed.
 */

/** A JSON schema; `false` for what JSON cannot hold. */
export type JsonSchema = Readonly<Record<string, unknown>> | false

/** Throws when `value` does not fit; `path` is the place of the value, such as `config.users[0].roles`. */
export interface Check {
  (value: unknown, path: string): void
  /** What a JSON schema can say of the same rule. Absent: nothing, so the schema takes any value. */
  readonly schema?: JsonSchema
}

/** Tells the JSON schema of a check. */
export function withSchema(check: (value: unknown, path: string) => void, schema: JsonSchema): Check {
  return Object.assign(check, { schema })
}

/** Refuses a configuration value. */
function refuse(path: string, value: unknown, allowed: string): never {
  throw new TypeError(`${path}: expected ${allowed}, got ${kindOf(value)}`)
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
  if (Array.isArray(value)) return 'an array'
  return value === null || typeof value !== 'object' ? String(value) : 'an object'
}

/** Accepts text of at least one character. */
export const text: Check = withSchema(
  (value, path) => {
    if (typeof value !== 'string' || value === '') refuse(path, value, 'text of at least one character')
  },
  { type: 'string', minLength: 1 },
)

/** Accepts `true` and `false`. */
export const flag: Check = withSchema(
  (value, path) => {
    if (typeof value !== 'boolean') refuse(path, value, 'true or false')
  },
  { type: 'boolean' },
)

/** Accepts any value that can stand in JSON; deep content is not looked at. */
export const json: Check = (value, path) => {
  if (value === undefined || ['function', 'symbol', 'bigint'].includes(typeof value))
    refuse(path, value, 'a JSON value')
}

/** Accepts functions and objects with a method `method`. */
export function withMethod(method: string): Check {
  return withSchema((value, path) => {
    const member = typeof value === 'function' || isObject(value) ? Reflect.get(value, method) : undefined
    if (typeof member !== 'function') refuse(path, value, `an object with a method ${method}()`)
  }, false)
}

/** Accepts whole numbers between two bounds, both included. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Check {
  return withSchema(
    (value, path) => {
      if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most) {
        refuse(path, value, `a whole number from ${least} to ${most}`)
      }
    },
    { type: 'integer', minimum: least, maximum: most },
  )
}

/** Accepts one of the listed texts. */
export function oneOf(...allowed: readonly string[]): Check {
  return withSchema(
    (value, path) => {
      if (typeof value !== 'string' || !allowed.includes(value)) {
        refuse(path, value, `one of ${allowed.map((entry) => JSON.stringify(entry)).join(', ')}`)
      }
    },
    { enum: allowed },
  )
}

/** Accepts text that matches a pattern; `allowed` says it in words. */
export function matching(pattern: RegExp, allowed: string): Check {
  return withSchema(
    (value, path) => {
      if (typeof value !== 'string' || !pattern.test(value)) refuse(path, value, allowed)
    },
    { type: 'string', pattern: pattern.source, description: allowed },
  )
}

/** Accepts text that is an absolute URL and matches a pattern, and no text where the pattern takes that. */
export function urlMatching(pattern: RegExp, allowed: string): Check {
  const check = matching(pattern, allowed)
  return withSchema((value, path) => {
    check(value, path)
    if (typeof value === 'string' && value !== '' && !URL.canParse(value)) refuse(path, value, allowed)
  }, check.schema ?? {})
}

/** Accepts arrays whose every entry fits. */
export function listOf(entry: Check): Check {
  return withSchema(
    (value, path) => {
      if (!Array.isArray(value)) return refuse(path, value, 'an array')
      for (const [index, element] of value.entries()) entry(element, `${path}[${index}]`)
    },
    { type: 'array', items: entry.schema ?? {} },
  )
}

/** Accepts objects used as maps: any key, every value fits. */
export function mapOf(entry: Check): Check {
  return withSchema(
    (value, path) => {
      if (!isObject(value)) return refuse(path, value, 'an object')
      for (const [key, element] of Object.entries(value)) entry(element, `${path}[${JSON.stringify(key)}]`)
    },
    { type: 'object', additionalProperties: entry.schema ?? {} },
  )
}

/** Accepts objects with exactly these fields; fields of `required` must be there, `undefined` counts as absent. */
export function shape(fields: {
  readonly required?: Readonly<Record<string, Check>>
  readonly optional?: Readonly<Record<string, Check>>
}): Check {
  const { required = {}, optional = {} } = fields
  const known: Readonly<Record<string, Check>> = { ...required, ...optional }
  const checkFields = (value: unknown, path: string): void => {
    if (!isObject(value)) refuse(path, value, 'an object')
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(known, name)) {
        throw new TypeError(`${path}.${name} is not an option; allowed are ${Object.keys(known).sort().join(', ')}`)
      }
    }
    for (const [name, check] of Object.entries(known)) {
      const member = Reflect.get(value, name)
      if (member === undefined && Object.hasOwn(required, name)) {
        throw new TypeError(`${path}.${name} is missing`)
      }
      if (member !== undefined) check(member, `${path}.${name}`)
    }
  }
  const properties = Object.entries(known)
    .map(([name, member]) => [name, member.schema ?? {}] as const)
    .filter(([, schema]) => schema !== false)
  return withSchema(checkFields, {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(Object.keys(required).length > 0 && { required: Object.keys(required) }),
    additionalProperties: false,
  })
}

/** Accepts what one of several checks accepts; `choose` tells which one, so that messages are about that one. */
export function choice(choose: (value: unknown) => Check, ...checks: readonly Check[]): Check {
  return withSchema((value, path) => choose(value)(value, path), { anyOf: checks.map(({ schema }) => schema ?? {}) })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
