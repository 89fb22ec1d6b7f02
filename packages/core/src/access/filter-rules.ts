/** Checks what a data filter is made of, and finds what applies to a row or a field. */
import { ConfigurationError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { ownMember } from './decide.ts'
import { parseRuleAt } from './parse-rule.ts'
import { type AccessRule, isClaimValue } from './rule.ts'

/** A rule that rows or fields need. */
export interface RowRule {
  readonly rule: AccessRule
  /** Whether the verdict depends on the row. */
  readonly hasParameters: boolean
}

/** Who may see which rows, checked. */
export interface CheckedRowGrant {
  readonly needs: RowRule
  readonly where: Condition | undefined
}

/** Values that fields have to have, by name. */
type Condition = Readonly<Record<string, unknown>>

/** Rules of fields, each with the name that it is about. */
export type FieldRules = readonly { readonly name: string; readonly rule: RowRule }[]

/** Checks an entry of `rows`. */
export function readRowGrant(value: unknown, index: number): CheckedRowGrant {
  const place = `rows[${index}]`
  if (!isObject(value)) return invalid(place, 'an object with "needs"')
  checkOptions(value as { needs: unknown; where?: unknown }, { needs: 'object', where: 'object' }, ['needs'])
  if (Object.hasOwn(value, 'where')) checkCondition(value.where, `${place}.where`)
  return { needs: readRule(value.needs, `${place}.needs`), where: value.where as Condition | undefined }
}

/** Checks `fields`. */
export function readFieldRules(fields: Readonly<Record<string, unknown>>): FieldRules {
  return Object.entries(fields).map(([name, value]) => {
    if (name !== '*' && !name.split('.').every((part) => part && part !== '*')) {
      invalid(`fields: "${name}"`, 'a name, names joined by dots, or "*"')
    }
    return { name, rule: readRule(value, `fields.${name}`) }
  })
}

/** Tells whether a row has the values of a condition; every row has those of none. */
export function fits(row: object, condition: Condition | undefined): boolean {
  return Object.entries(condition ?? {}).every(([name, wanted]) => {
    const value = ownMember(row, name)
    if (Array.isArray(wanted)) return wanted.includes(value)
    return isObject(wanted) ? isObject(value) && fits(value, wanted) : value === wanted
  })
}

/**
 * The rules of a field: all whose names its path ends with, else the one of `*`.
 *
 * @param path - Names from the row to the field, each with a dot in front; lists on the way do not count.
 */
export function rulesFor(fields: FieldRules, path: string): readonly RowRule[] {
  const named = fields.filter(({ name }) => path.endsWith(`.${name}`))
  return (named.length > 0 ? named : fields.filter(({ name }) => name === '*')).map(({ rule }) => rule)
}

function readRule(value: unknown, place: string): RowRule {
  const rule = parseRuleAt(value, place)
  // A text in the rule that looks like a parameter costs a second look at the rule, no more.
  return { rule, hasParameters: JSON.stringify(rule).includes('"param"') }
}

/** A condition that lost its values would fit every row. */
function checkCondition(value: unknown, place: string): asserts value is Condition {
  if (!isObject(value) || Object.keys(value).length === 0) invalid(place, 'an object with at least one field')
  for (const [name, wanted] of Object.entries(value)) {
    if (Array.isArray(wanted) ? wanted.every(isPlain) : isPlain(wanted)) continue
    checkCondition(wanted, `${place}.${name}`)
  }
}

function isPlain(value: unknown): boolean {
  return value === null || isClaimValue(value)
}

function isObject(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(place: string, expected: string): never {
  throw new ConfigurationError('OIDC_OPTION_INVALID', `A data filter needs ${expected} at ${place}.`)
}
