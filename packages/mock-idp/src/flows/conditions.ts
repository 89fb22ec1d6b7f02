/** The operators of conditions (IDP-SPEC 4.7). A key that is missing reads as `undefined`. */
import { matchesPattern } from './pattern.ts'
import { toText } from './template.ts'

/** What an operator gets beside the value of the key. */
export interface OperatorInput {
  /** The other side: a value, or a list of them. */
  readonly other: unknown
  readonly unit: 'minutes' | 'hours' | 'days'
  /** Milliseconds since the epoch. */
  readonly now: number
}

type Operator = (value: unknown, input: OperatorInput) => boolean

const isMissing = (value: unknown): value is undefined | null => value === undefined || value === null

const isEmpty = (value: unknown): boolean =>
  isMissing(value) ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0)

const sameText = (one: unknown, other: unknown): boolean => one === other || toText(one) === toText(other)

/** A finite number; booleans count 1 and 0, text is read. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const compare =
  (holds: (one: number, other: number) => boolean): Operator =>
  (value, { other }) => {
    const [left, right] = [toNumber(value), toNumber(other)]
    return left !== undefined && right !== undefined && holds(left, right)
  }

function contains(value: unknown, other: unknown): boolean {
  if (Array.isArray(value)) return value.some((entry) => sameText(entry, other))
  return !isMissing(value) && toText(value).includes(toText(other))
}

function listOf(other: unknown): readonly unknown[] | undefined {
  if (Array.isArray(other)) return other
  return isMissing(other)
    ? undefined
    : toText(other)
        .split(',')
        .map((entry) => entry.trim())
}

function rangeOf(other: unknown): readonly [number, number] | undefined {
  const [least, most, ...more] = (listOf(other) ?? []).map(toNumber)
  return least === undefined || most === undefined || more.length > 0 || least > most ? undefined : [least, most]
}

function inRange(value: unknown, other: unknown): boolean {
  const [number, range] = [toNumber(value), rangeOf(other)]
  return number !== undefined && range !== undefined && number >= range[0] && number <= range[1]
}

const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 }

/** Epoch seconds, epoch milliseconds above 10^11, or ISO text. */
function toTime(value: unknown): number | undefined {
  const number = toNumber(value)
  if (typeof value !== 'boolean' && number !== undefined) return number > 1e11 ? number : number * 1000
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(parsed) ? undefined : parsed
}

const age =
  (holds: (age: number, bound: number) => boolean): Operator =>
  (value, { other, unit, now }) => {
    const [time, bound] = [toTime(value), toNumber(other)]
    return time !== undefined && bound !== undefined && holds(now - time, bound * unitMs[unit])
  }

/** Reads text as an e-mail address. */
export function isEmail(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)
}

/** Reads text as a telephone number in E.164 form, spaces and hyphens allowed. */
export function isPhone(value: unknown): value is string {
  return typeof value === 'string' && /^\+[1-9]\d{5,14}$/.test(value.replaceAll(/[\s()-]/g, ''))
}

const isTrue: Operator = (value) => value === true || value === 'true' || (typeof value === 'number' && value !== 0)
const isFalse: Operator = (value) => value === false || value === 'false' || value === 0

/** Operators by name. */
export const operators: Readonly<Record<string, Operator>> = {
  equal: (value, { other }) => sameText(value, other),
  'not-equal': (value, { other }) => !sameText(value, other),
  contains: (value, { other }) => contains(value, other),
  'doesnt-contains': (value, { other }) => !isMissing(value) && !contains(value, other),
  'greater-than': compare((one, other) => one > other),
  'greater-than-or-equal': compare((one, other) => one >= other),
  'less-than': compare((one, other) => one < other),
  'less-than-or-equal': compare((one, other) => one <= other),
  empty: isEmpty,
  'not-empty': (value) => !isEmpty(value),
  'is-true': isTrue,
  'is-false': isFalse,
  in: (value, { other }) => !isMissing(value) && (listOf(other) ?? []).some((entry) => sameText(entry, value)),
  'not-in': (value, { other }) => listOf(other)?.every((entry) => !sameText(entry, value)) ?? false,
  matches: (value, { other }) => !isMissing(value) && matchesPattern(toText(other), toText(value)),
  'in-range': (value, { other }) => inRange(value, other),
  'not-in-range': (value, { other }) => !inRange(value, other),
  'devised-by': compare((one, other) => other !== 0 && one % other === 0),
  'is-email': isEmail,
  'is-phone': isPhone,
  'older-than': age((passed, bound) => passed > bound),
  within: age((passed, bound) => passed >= 0 && passed <= bound),
}

/** Operators that look at the key alone. */
export const withoutOperand: ReadonlySet<string> = new Set([
  'empty',
  'not-empty',
  'is-true',
  'is-false',
  'is-email',
  'is-phone',
])

/** Operators that take a unit. */
export const timeOperators: ReadonlySet<string> = new Set(['older-than', 'within'])
