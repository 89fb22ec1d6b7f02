/** The scopes that a rule is about: for challenges, metadata and descriptions of an API, and for clients that ask for them. */
import { decideAccess } from './decide.ts'
import { evaluateAccess } from './evaluate.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessParameters, AccessRule } from './rule.ts'

type Names = ReadonlySet<string>

/** One way to fulfil a rule, as far as scopes go. */
interface Way {
  /** Scopes that have to be granted. */
  readonly needs: Names
  /** Scopes that must not be. */
  readonly avoids: Names
}

/** What is known while ways are looked for. */
interface Known {
  readonly granted: Names
  /** Tells whether a condition about something else than a scope holds, or with `wanted` false its opposite. */
  holds(condition: AccessRule, wanted: boolean): boolean
  /** Whether ways are kept that need all of another one and more. Default false. */
  readonly keepsLonger?: boolean
}

/** How many ways are followed at once. Rules that have more keep those with the fewest scopes. */
const mostWays = 32
const none: Names = new Set()
const freely: Way = { needs: none, avoids: none }

/**
 * All scopes that a rule can need, each once and in the order of the rule: `scopes_supported` of an API is the list over
 * its rules (RFC 9728 section 2).
 *
 * @param rule - The rule. A scope that must not be granted does not count.
 */
export function scopesOf(rule: AccessRule): readonly string[] {
  return [...new Set(namedScopes(rule, true))]
}

/**
 * The lists of scopes each of which is enough for a rule, shortest first: the alternatives of a security requirement in
 * OpenAPI.
 *
 * @param rule - The rule. Its roles, permissions, tenants and claims are taken as given.
 * @returns Lists of which none holds all of another. One empty list when no scope is needed, none when no scope can help. Of
 *   a rule with more than 32 alternatives the shortest ones.
 */
export function scopeAlternatives(rule: AccessRule): readonly (readonly string[])[] {
  const order = scopesOf(rule)
  const ways = waysOf(rule, true, { granted: new Set(), holds: isCondition })
  const lists = ways.map(({ needs }) => order.filter((name) => needs.has(name)))
  return lists.filter(
    (list, index) => !lists.slice(0, index).some((shorter) => shorter.every((name) => list.includes(name))),
  )
}

/**
 * The scopes to ask for so that a rule holds: the alternative with the fewest scopes that are not granted yet.
 *
 * @param rule - The rule of the resource.
 * @param grant - The grant that was denied. Left out by a client that has no token yet: then roles, permissions, tenants and
 *   claims are taken as given.
 * @param parameters - What the parameters of the rule stand for. Default none.
 * @returns Everything that this alternative needs, also what is granted already, so that the caller asks once (RFC 6750
 *   section 3). An empty list when no scope can help. Where rights follow scopes (`rightsFollowScopes` of the grant), a role
 *   or permission beside a scope that is not granted counts as one that would come with it.
 */
export function requiredScopes(
  rule: AccessRule,
  grant?: AccessGrant,
  parameters?: AccessParameters,
): readonly string[] {
  const granted: Names = new Set(grant?.scopes)
  const holds: Known['holds'] = (condition, wanted) =>
    grant
      ? decideAccess(wanted ? condition : { type: 'not', rule: condition }, grant, parameters).allowed
      : isCondition(condition)
  const [least] = waysOf(rule, true, { granted, holds })
  const comes = (right: AccessRule): boolean =>
    grant !== undefined &&
    // No scope brings a parameter that nobody handed in.
    evaluateAccess(right, grant, parameters).gaps[0]?.reason !== 'parameter-missing'
  const needs = (least ?? (grant?.rightsFollowScopes ? wayToRights(rule, { granted, holds }, comes) : undefined))?.needs
  return scopesOf(rule).filter((name) => needs?.has(name))
}

/** A way that would hold with roles and permissions that are missing now, and that asks for a scope they may come with. */
function wayToRights(
  rule: AccessRule,
  { granted, holds }: Known,
  comes: (right: AccessRule) => boolean,
): Way | undefined {
  const ways = waysOf(rule, true, {
    granted,
    holds: (condition, wanted) =>
      holds(condition, wanted) || (wanted && /^(role|permission)$/.test(condition.type) && comes(condition)),
    // A role by itself is no shorter way: no scope would bring it.
    keepsLonger: true,
  })
  return ways.find(({ needs }) => !isWithin(needs, granted))
}

/** A rule of unknown type holds for nobody. */
function isCondition({ type }: AccessRule): boolean {
  return ['role', 'permission', 'tenant', 'claim'].includes(type)
}

function namedScopes(rule: AccessRule, wanted: boolean): readonly string[] {
  switch (rule.type) {
    case 'scope':
      return wanted ? [rule.scope] : []
    case 'not':
      return namedScopes(rule.rule, !wanted)
    case 'allOf':
    case 'anyOf':
      return rule.rules.flatMap((part) => namedScopes(part, wanted))
    default:
      return []
  }
}

/** Every way to make a rule hold, or with `wanted` false its opposite; the way with the fewest scopes to add first. */
function waysOf(rule: AccessRule, wanted: boolean, known: Known): readonly Way[] {
  switch (rule.type) {
    case 'scope':
      if (wanted) return [{ needs: new Set([rule.scope]), avoids: none }]
      return known.granted.has(rule.scope) ? [] : [{ needs: none, avoids: new Set([rule.scope]) }]
    case 'not':
      return waysOf(rule.rule, !wanted, known)
    case 'allOf':
    case 'anyOf': {
      const parts = rule.rules.map((part) => waysOf(part, wanted, known))
      // De Morgan: the opposite of "all" is "any of the opposites".
      if ((rule.type === 'allOf') !== wanted) return fewest(parts.flat(), known)
      return parts.reduce((ways, more) => fewest(combined(ways, more), known), [freely])
    }
    default:
      return known.holds(rule, wanted) ? [freely] : []
  }
}

/** Both of two ways, for every pair that does not contradict itself. */
function combined(ways: readonly Way[], more: readonly Way[]): readonly Way[] {
  return ways
    .flatMap((one) =>
      more.map((other) => ({
        needs: new Set([...one.needs, ...other.needs]),
        avoids: new Set([...one.avoids, ...other.avoids]),
      })),
    )
    .filter(({ needs, avoids }) => ![...avoids].some((name) => needs.has(name)))
}

/** New scopes count first, then all scopes; ways that need all of another one and more are left out. */
function fewest(ways: readonly Way[], { granted, keepsLonger = false }: Known): readonly Way[] {
  const weighed = ways.map((way) => ({ ...way, added: [...way.needs].filter((name) => !granted.has(name)).length }))
  weighed.sort((one, other) => one.added - other.added || one.needs.size - other.needs.size)
  const kept: Way[] = []
  for (const way of weighed) {
    if (kept.length === mostWays) break
    const isLonger = kept.some(({ needs, avoids }) => isWithin(needs, way.needs) && isWithin(avoids, way.avoids))
    if (keepsLonger || !isLonger) kept.push(way)
  }
  return kept
}

function isWithin(part: Names, whole: Names): boolean {
  for (const name of part) if (!whole.has(name)) return false
  return true
}
