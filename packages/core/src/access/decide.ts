/** Decides rules. It is part of every page, so it knows three reasons only; `evaluate` finds out more about a denial. */
import { isListOfTexts } from '../options.ts'
import type { AccessDecision, AccessGap } from './evaluate.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessParameters, AccessRule } from './rule.ts'

/** `undefined` stands for "the token does not tell". */
type Verdict = boolean | undefined

/** All that a rule is decided with. */
interface Given {
  readonly grant: AccessGrant
  readonly parameters: AccessParameters | undefined
}

/**
 * Decides a rule for a grant. The reason of a gap is `not-granted`, `excluded`, or `claims-not-requested` for whatever the
 * token does not tell.
 *
 * @param parameters - What the parameters of the rule stand for. Only own members count.
 */
export function decideAccess(rule: AccessRule, grant: AccessGrant, parameters?: AccessParameters): AccessDecision {
  const gaps: AccessGap[] = []
  return { allowed: decide(rule, { grant, parameters }, gaps) === true, gaps }
}

function decide(rule: AccessRule, given: Given, gaps: AccessGap[]): Verdict {
  switch (rule.type) {
    case 'allOf':
      return joined(
        rule.rules.map((part) => decide(part, given, gaps)),
        false,
      )
    case 'anyOf': {
      const tried: AccessGap[] = []
      const verdict = joined(
        rule.rules.map((part) => decide(part, given, tried)),
        true,
      )
      if (!verdict) gaps.push(...tried)
      return verdict
    }
    case 'not': {
      const verdict = decide(rule.rule, given, [])
      if (verdict === false) return true
      gaps.push({ rule, reason: verdict ? 'excluded' : 'claims-not-requested' })
      return verdict && false
    }
    default: {
      const verdict = holds(rule, given)
      if (verdict) return true
      gaps.push({ rule, reason: verdict === false ? 'not-granted' : 'claims-not-requested' })
      return verdict
    }
  }
}

/** Several verdicts as one: the decisive one where it is among them; else, what is not told keeps the other from being certain. */
function joined(verdicts: readonly Verdict[], decisive: boolean): Verdict {
  return verdicts.includes(decisive) ? decisive : verdicts.includes(undefined) ? undefined : !decisive
}

type Condition = Exclude<AccessRule, { type: 'allOf' | 'anyOf' | 'not' }>

function holds(rule: Condition, given: Given): Verdict {
  // What a condition is about stands in the member that is called as its type.
  const name = (rule as unknown as Readonly<Record<string, string>>)[rule.type] as string
  if (!name) return undefined
  switch (rule.type) {
    case 'scope':
      return given.grant.scopes.has(name)
    case 'role':
    case 'permission': {
      // A tenant that is given, even undefined, must not widen the rule to rights outside any tenant.
      const rights = 'tenant' in rule ? rightsOf(rule.tenant, given) : given.grant.claims
      const kind = `${rule.type}s`
      return (
        rights &&
        (Object.hasOwn(rights, kind)
          ? contains(ownMember(rights, kind), name, given)
          : !given.grant.tellsRights && undefined)
      )
    }
    case 'tenant':
      return rightsOf(rule.tenant, given) && true
    case 'claim': {
      const value = [rule.claim].flat().reduce<unknown>(ownMember, given.grant.claims) ?? undefined
      if ('contains' in rule) return contains(value, rule.contains, given)
      if (!('value' in rule)) return value !== undefined
      // A claim that is not there, or of another type, does not tell, so that a `not` around it opens nothing.
      const found = [rule.value].flat().map((one) => fits(value, one, given))
      return found.includes(true) || (found.includes(false) ? false : undefined)
    }
    default:
      // Rules are data and may come from elsewhere: an unknown type never allows, not even inside a `not`.
      return undefined
  }
}

/** Whether a list of texts holds one, whole, or a list of objects one that has all of it; anything else does not tell. */
function contains(list: unknown, wanted: unknown, given: Given): Verdict {
  const value = standsFor(wanted, given)
  if (typeof value === 'string') return isListOfTexts(list) ? list.includes(value) : undefined
  return isObject(value) && Array.isArray(list) && list.every(isObject)
    ? joined(
        list.map((one) => fits(one, value, given)),
        true,
      )
    : undefined
}

/** Whether a value has all that is wanted: of an object each member, of a list each item. What is not there does not tell. */
function fits(value: unknown, wanted: unknown, given: Given): Verdict {
  const whole = standsFor(wanted, given)
  const parts = Array.isArray(wanted)
    ? wanted.map((one) => contains(value, one, given))
    : isObject(whole) && Object.entries(whole).map(([name, one]) => fits(ownMember(value, name), one, given))
  if (parts) return joined(parts, false)
  return whole !== undefined && typeof value === typeof whole ? value === whole : undefined
}

/**
 * The rights in a tenant: the root ones when there is no `tenants` claim and `dct` names the tenant. False when the token
 * does not name it; undefined, as the token does not tell, when rule or claim have a wrong type.
 */
function rightsOf(named: unknown, given: Given): object | false | undefined {
  const { claims } = given.grant
  const tenant = standsFor(named, given)
  if (typeof tenant !== 'string') return undefined
  if (!Object.hasOwn(claims, 'tenants'))
    return ownMember(claims, 'dct') === tenant ? claims : !given.grant.tellsRights && undefined
  const { tenants } = claims
  const rights = ownMember(tenants, tenant)
  if (isObject(rights)) return rights
  return isObject(tenants) && !Object.hasOwn(tenants, tenant) ? false : undefined
}

/** A value of a rule as it is, or what it refers to, a parameter or a claim. What it refers to is never an object or a list. */
function standsFor(value: unknown, { grant, parameters }: Given): unknown {
  if (!isObject(value)) return value
  const found =
    'param' in value
      ? ownMember(parameters, value.param as string)
      : 'claim' in value
        ? ownMember(grant.claims, value.claim as string)
        : value
  return found === value || typeof found !== 'object' ? found : undefined
}

/** A member of an object, never of its prototype or of a list: tenants named `constructor` or `length` are harmless. */
export function ownMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
