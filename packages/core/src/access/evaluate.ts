import { isListOfTexts } from '../options.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessParameters, AccessRule, ClaimReference, TenantOption } from './rule.ts'

/** Why one part of a rule did not hold. */
export interface AccessGap {
  /** The part: a single condition, or a `not`. */
  readonly rule: AccessRule
  /**
   * `not-granted`: the caller does not have it. `claims-not-requested`: the token says nothing about roles, permissions
   * and tenants, or not enough for a `not`, most likely because the scope of the claims was not requested. `excluded`: the
   * caller has what `not` forbids.
   */
  readonly reason: 'not-granted' | 'claims-not-requested' | 'excluded'
}

/** The verdict on a rule. */
export interface AccessDecision {
  /** Whether the rule holds. */
  readonly allowed: boolean
  /** What was missing; empty when allowed. */
  readonly gaps: readonly AccessGap[]
}

/** `undefined` stands for "the token does not tell". */
type Verdict = boolean | undefined

/** All that a rule is decided with. */
interface Given extends AccessGrant {
  readonly parameters: AccessParameters
}

/**
 * Decides a rule for a grant, and says what was missing.
 *
 * @param rule - The rule.
 * @param grant - Result of {@link readGrant}.
 * @param parameters - What the parameters of the rule stand for now, such as those of a path. A rule whose parameter is not
 *   among them, or no text where a tenant is meant, denies, and so does its opposite. Only own members count. Default none.
 */
export function evaluateAccess(
  rule: AccessRule,
  grant: AccessGrant,
  parameters: AccessParameters = {},
): AccessDecision {
  const gaps: AccessGap[] = []
  return { allowed: decide(rule, { ...grant, parameters }, gaps) === true, gaps }
}

function decide(rule: AccessRule, grant: Given, gaps: AccessGap[]): Verdict {
  switch (rule.type) {
    case 'allOf': {
      const verdicts = rule.rules.map((part) => decide(part, grant, gaps))
      return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true
    }
    case 'anyOf': {
      const tried: AccessGap[] = []
      const verdicts = rule.rules.map((part) => decide(part, grant, tried))
      if (verdicts.includes(true)) return true
      gaps.push(...tried)
      return verdicts.includes(undefined) ? undefined : false
    }
    case 'not': {
      const verdict = decide(rule.rule, grant, [])
      if (verdict === false) return true
      gaps.push({ rule, reason: verdict ? 'excluded' : 'claims-not-requested' })
      return verdict && false
    }
    default: {
      const verdict = holds(rule, grant)
      if (verdict) return true
      const untold = !grant.tellsRights && ['role', 'permission', 'tenant'].includes(rule.type)
      gaps.push({ rule, reason: untold ? 'claims-not-requested' : 'not-granted' })
      return untold ? undefined : verdict
    }
  }
}

type Condition = Exclude<AccessRule, { type: 'allOf' | 'anyOf' | 'not' }>

function holds(rule: Condition, grant: Given): Verdict {
  switch (rule.type) {
    case 'scope':
      return grant.scopes.has(rule.scope)
    case 'role':
      return rightIn(rule, 'roles', rule.role, grant)
    case 'permission':
      return rightIn(rule, 'permissions', rule.permission, grant)
    case 'tenant':
      return rightsOf(rule.tenant, grant) && true
    case 'claim': {
      const value = [rule.claim].flat().reduce<unknown>(ownMember, grant.claims) ?? undefined
      if (Object.hasOwn(rule, 'contains')) return holdsText(value, rule.contains)
      if (!Object.hasOwn(rule, 'value')) return value !== undefined
      const wanted = [rule.value].flat().map((one) => standsFor(one, grant))
      // A claim that is not there, or of another type, does not tell, so that a `not` around it opens nothing.
      return wanted.some((one) => one !== undefined && typeof one === typeof value) ? wanted.includes(value) : undefined
    }
    default:
      // Rules are data and may come from elsewhere: an unknown type never allows, not even inside a `not`.
      return undefined
  }
}

/** Whether a role or permission is held: in one tenant when the rule has that member, even an undefined one; else at the root. */
function rightIn(rule: TenantOption, kind: 'roles' | 'permissions', name: string, grant: Given): Verdict {
  const rights = Object.hasOwn(rule, 'tenant') ? rightsOf(rule.tenant, grant) : grant.claims
  if (!rights) return rights
  if (!Object.hasOwn(rights, kind)) return false
  return holdsText(ownMember(rights, kind), name)
}

/** Whether a list of texts holds one, whole; anything else does not tell. */
function holdsText(list: unknown, text: string | undefined): Verdict {
  return isListOfTexts(list) ? list.includes(text as string) : undefined
}

/**
 * The rights in a tenant: the root ones when there is no `tenants` claim and `dct` names the tenant. False when the token
 * does not name it; undefined, as the token does not tell, when rule or claim have a wrong type.
 */
function rightsOf(named: unknown, grant: Given): object | false | undefined {
  const { claims } = grant
  const tenant = standsFor(named, grant)
  if (typeof tenant !== 'string') return undefined
  if (!Object.hasOwn(claims, 'tenants')) return ownMember(claims, 'dct') === tenant && claims
  const { tenants } = claims
  if (!isObject(tenants)) return undefined
  if (!Object.hasOwn(tenants, tenant)) return false
  const rights = ownMember(tenants, tenant)
  return isObject(rights) ? rights : undefined
}

/** A value of a rule as it is, or what it refers to: a parameter or a claim. */
function standsFor(value: unknown, { claims, parameters }: Given): unknown {
  if (!isObject(value)) return value
  return 'param' in value
    ? ownMember(parameters, value.param as string)
    : ownMember(claims, (value as ClaimReference).claim)
}

/** A member of an object, never of its prototype or of a list: tenants named `constructor` or `length` are harmless. */
export function ownMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
