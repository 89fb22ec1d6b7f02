type Schema = Readonly<Record<string, unknown>> | boolean

/** Tells whether a value fits a JSON schema, for the keywords that the schema of the configuration uses. */
export function fits(schema: Schema, value: unknown): boolean {
  if (typeof schema === 'boolean') return schema
  return Object.entries(schema).every(([keyword, rule]) => {
    const check = keywords[keyword]
    if (!check) throw new Error(`the keyword ${keyword} is not known here`)
    return check(rule as never, value, schema)
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
}

const keywords: Readonly<
  Record<string, (rule: never, value: unknown, schema: Readonly<Record<string, unknown>>) => boolean>
> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  type: (rule: string | readonly string[], value) => [rule].flat().some((type) => types[type]?.(value)),
  enum: (rule: readonly unknown[], value) => rule.includes(value),
  minLength: (rule: number, value) => typeof value !== 'string' || value.length >= rule,
  maxLength: (rule: number, value) => typeof value !== 'string' || value.length <= rule,
  pattern: (rule: string, value) => typeof value !== 'string' || new RegExp(rule).test(value),
  minimum: (rule: number, value) => typeof value !== 'number' || value >= rule,
  maximum: (rule: number, value) => typeof value !== 'number' || value <= rule,
  items: (rule: Schema, value) => !Array.isArray(value) || value.every((one) => fits(rule, one)),
  anyOf: (rule: readonly Schema[], value) => rule.some((one) => fits(one, value)),
  required: (rule: readonly string[], value) => !isObject(value) || rule.every((name) => Object.hasOwn(value, name)),
  properties: (rule: Readonly<Record<string, Schema>>, value) =>
    !isObject(value) ||
    Object.entries(rule).every(([name, one]) => !Object.hasOwn(value, name) || fits(one, value[name])),
  additionalProperties: (rule: Schema, value, schema) =>
    !isObject(value) ||
    Object.entries(value).every(([name, one]) => Object.hasOwn(schema.properties ?? {}, name) || fits(rule, one)),
}
