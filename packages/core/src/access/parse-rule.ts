/** Reads access rules that come from outside: from a file, a database or another program. */
import { ConfigurationError } from '../errors.ts'
import {
  type AccessRule,
  type ClaimReference,
  type ClaimValue,
  type ContainedObject,
  type ContainedValue,
  isClaimValue,
  type ParameterReference,
  type TenantReference,
} from './rule.ts'

/** Where a value stands, and how many more of them are read. */
interface Place {
  readonly path: string
  readonly depth: number
  readonly budget: { left: number }
}

type Members = { readonly [name: string]: unknown }

const mostLevels = 32
const mostValues = 1000
const longestText = 1000

/**
 * Reads an access rule from unknown input, such as the result of `JSON.parse`.
 *
 * @param value - What should be a rule. At most 32 levels deep, with at most 1000 rules and values in all and texts of at
 *   most 1000 characters.
 * @returns A frozen copy that holds nothing but the rule.
 * @throws {ConfigurationError} `OIDC_ACCESS_RULE_INVALID` for an unknown type, a member that is missing, unknown or of a
 *   wrong type, and anything beyond the bounds. The message names the path of what is wrong, such as `rules[1].tenant`.
 * @example source: examples/snippets/stored-rule.ts
 */
export function parseAccessRule(value: unknown): AccessRule {
  return parseRuleAt(value, '')
}

/** As {@link parseAccessRule}, for a rule that is part of something else: `path` says where it stands there. */
export function parseRuleAt(value: unknown, path: string): AccessRule {
  return readRule(value, { path, depth: 0, budget: { left: mostValues } })
}

function readRule(value: unknown, place: Place): AccessRule {
  count(place)
  if (place.depth > mostLevels) fail(place, `at most ${mostLevels} levels`, 'more')
  if (typeof value === 'string') fail(place, 'an object', 'a text without scope()')
  const rule = readObject(value, place)
  switch (rule.type) {
    case 'scope':
      checkMembers(rule, place, ['scope'])
      return Object.freeze({ type: 'scope', scope: readScope(rule, place) })
    case 'role':
      checkMembers(rule, place, ['role', 'tenant'])
      return Object.freeze({ type: 'role', role: readText(rule, 'role', place), ...readTenantOption(rule, place) })
    case 'permission': {
      checkMembers(rule, place, ['permission', 'tenant'])
      const permission = readText(rule, 'permission', place)
      return Object.freeze({ type: 'permission', permission, ...readTenantOption(rule, place) })
    }
    case 'tenant':
      checkMembers(rule, place, ['tenant'])
      return Object.freeze({ type: 'tenant', tenant: readTenant(rule, place) })
    case 'claim':
      return readClaimRule(rule, place)
    case 'allOf':
    case 'anyOf':
      checkMembers(rule, place, ['rules'])
      return Object.freeze({ type: rule.type, rules: readList(rule, 'rules', place, readRule) })
    case 'not':
      checkMembers(rule, place, ['rule'])
      return Object.freeze({ type: 'not', rule: readRule(rule.rule, at(place, 'rule')) })
    default:
      return fail(
        at(place, 'type'),
        'one of scope, role, permission, tenant, claim, allOf, anyOf and not',
        typeof rule.type === 'string' && /^\w{1,20}$/.test(rule.type) ? rule.type : described(rule.type),
      )
  }
}

function readClaimRule(rule: Members, place: Place): AccessRule {
  const compares = Object.hasOwn(rule, 'contains') ? 'contains' : 'value'
  checkMembers(rule, place, ['claim', compares])
  const claim = Array.isArray(rule.claim) ? readList(rule, 'claim', place, checkText) : readText(rule, 'claim', place)
  if (claim.length === 0) fail(at(place, 'claim'), 'a text, or a list of at least one', 'an empty list')
  const base = { type: 'claim', claim } as const
  if (!Object.hasOwn(rule, compares)) return Object.freeze(base)
  if (compares === 'contains') return Object.freeze({ ...base, contains: readContained(rule, place) })
  return Object.freeze({ ...base, value: readComparedValue(rule, place) })
}

function readContained(rule: Members, place: Place): string | ContainedObject | ParameterReference | ClaimReference {
  return typeof rule.contains === 'object'
    ? readContainedObject(rule.contains, at(place, 'contains'))
    : readText(rule, 'contains', place)
}

function readContainedObject(value: unknown, place: Place): ContainedObject | ParameterReference | ClaimReference {
  count(place)
  if (place.depth > mostLevels) fail(place, `at most ${mostLevels} levels`, 'more')
  const members = readObject(value, place)
  if (isReference(members)) return readReference(members, place)
  const names = Object.keys(members)
  if (names.length === 0) fail(place, 'an object with at least one member', 'one without')
  // Not by assignment, which a member named __proto__ would escape.
  return Object.freeze(Object.fromEntries(names.map((name) => [name, readContainedValue(members, name, place)])))
}

function readContainedValue(members: Members, name: string, place: Place): ContainedValue {
  const value = members[name]
  if (!Array.isArray(value)) {
    return typeof value === 'object'
      ? readContainedObject(value, at(place, name))
      : checkClaimValue(value, at(place, name))
  }
  if (value.length === 0) fail(at(place, name), 'at least one text', 'an empty list')
  return readList(members, name, place, (one, itsPlace) =>
    typeof one === 'object' ? readReference(one, itsPlace) : checkText(one, itsPlace),
  )
}

function isReference(value: Members): boolean {
  return Object.hasOwn(value, 'param') || Object.hasOwn(value, 'claim')
}

function readComparedValue(
  rule: Members,
  place: Place,
): ClaimValue | readonly ClaimValue[] | ParameterReference | ClaimReference {
  const { value } = rule
  if (!Array.isArray(value)) {
    return typeof value === 'object'
      ? readReference(value, at(place, 'value'))
      : checkClaimValue(value, at(place, 'value'))
  }
  if (value.length === 0) fail(at(place, 'value'), 'at least one value', 'an empty list')
  return readList(rule, 'value', place, checkClaimValue)
}

function readTenantOption(rule: Members, place: Place): { readonly tenant?: TenantReference } {
  return Object.hasOwn(rule, 'tenant') ? { tenant: readTenant(rule, place) } : {}
}

function readTenant(rule: Members, place: Place): TenantReference {
  return typeof rule.tenant === 'object'
    ? readReference(rule.tenant, at(place, 'tenant'))
    : readText(rule, 'tenant', place)
}

function readReference(value: unknown, place: Place): ParameterReference | ClaimReference {
  const reference = readObject(value, place)
  const kind = Object.hasOwn(reference, 'param') ? 'param' : 'claim'
  const unknown = Object.keys(reference).find((name) => name !== kind)
  if (unknown !== undefined) fail(at(place, unknown), 'a value, or an object with param or claim alone,', 'one')
  const name = readText(reference, kind, place)
  return Object.freeze(kind === 'param' ? { param: name } : { claim: name })
}

function readObject(value: unknown, place: Place): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  return fail(place, 'an object', described(value))
}

/** A member that is not known may be a misspelled one, without which the rule says something else. */
function checkMembers(rule: Members, place: Place, known: readonly string[]): void {
  const unknown = Object.keys(rule).find((name) => name !== 'type' && !known.includes(name))
  if (unknown !== undefined) fail(at(place, unknown), `no member beside type, ${known.join(', ')}`, 'one')
}

function readList<Item>(
  rule: Members,
  name: string,
  place: Place,
  read: (value: unknown, place: Place) => Item,
): readonly Item[] {
  const list = rule[name]
  if (!Array.isArray(list)) return fail(at(place, name), 'a list', described(list))
  // Array.from visits holes as well, which then are no rules.
  return Object.freeze(
    Array.from(list as readonly unknown[], (item, index) => read(item, at(place, `${name}[${index}]`))),
  )
}

/** RFC 6749 section 3.3: a scope has no space, and no token could fulfil a rule for one that has. */
function readScope(rule: Members, place: Place): string {
  const scope = readText(rule, 'scope', place)
  return /\s/.test(scope) ? fail(at(place, 'scope'), 'one scope without spaces', 'one with') : scope
}

function readText(rule: Members, name: string, place: Place): string {
  return checkText(Object.hasOwn(rule, name) ? rule[name] : undefined, at(place, name))
}

function checkText(value: unknown, place: Place): string {
  count(place)
  if (typeof value === 'string' && value.length > 0 && value.length <= longestText) return value
  return fail(place, `a text of 1 to ${longestText} characters`, described(value))
}

function checkClaimValue(value: unknown, place: Place): ClaimValue {
  count(place)
  if (isClaimValue(value) && String(value).length <= longestText) return value
  return fail(place, `a number, true, false or a text of at most ${longestText} characters`, described(value))
}

function at({ path, depth, budget }: Place, name: string): Place {
  return { path: path ? `${path}.${name}` : name, depth: depth + 1, budget }
}

function count({ budget }: Place): void {
  budget.left -= 1
  if (budget.left < 0)
    throw invalid(`An access rule has at most ${mostValues} rules and values in all, this one has more.`)
}

/** Never a value itself: what is not a rule may be anything. */
function described(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? `a text of ${value.length} characters` : typeof value
}

function fail({ path }: Place, expected: string, found: string): never {
  throw invalid(`An access rule needs ${expected} at ${path || 'its root'}, found ${found}.`)
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('OIDC_ACCESS_RULE_INVALID', message)
}
