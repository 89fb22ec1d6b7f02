import { isListOfTexts } from '../options.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessRule, TenantOption } from './rule.ts'

/** Why one part of a rule did not hold. */
export interface AccessGap {
  /** The part: a single condition, or a `not`. */
  readonly rule: AccessRule
  /**
   * `not-granted`: the caller does not have it. `claims-not-requested`: the token says nothing about roles, permissions
   * and tenants, most likely because their scope was not requested. `excluded`: the caller has what `not` forbids.
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

/**
 * Decides a rule for a grant, and says what was missing.
 *
 * @param rule - The rule.
 * @param grant - Result of {@link readGrant}.
 */
export function evaluateAccess(rule: AccessRule, grant: AccessGrant): AccessDecision {
  const gaps: AccessGap[] = []
  const allowed = decide(rule, grant, gaps) === true
  return { allowed, gaps: allowed ? [] : gaps }
}

function decide(rule: AccessRule, grant: AccessGrant, gaps: AccessGap[]): Verdict {
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

function holds(rule: Condition, grant: AccessGrant): Verdict {
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
      const value = ownMember(grant.claims, rule.claim)
      return value !== undefined && value !== null && (!Object.hasOwn(rule, 'value') || value === rule.value)
    }
    default:
      // Rules are data and may come from elsewhere: an unknown type never allows, not even inside a `not`.
      return undefined
  }
}

/** Whether a role or permission is held: in one tenant when the rule has that member, even an undefined one; else at the root. */
function rightIn(rule: TenantOption, kind: 'roles' | 'permissions', name: string, grant: AccessGrant): Verdict {
  const rights = Object.hasOwn(rule, 'tenant') ? rightsOf(rule.tenant, grant) : grant.claims
  if (!rights) return rights
  if (!Object.hasOwn(rights, kind)) return false
  const names = ownMember(rights, kind)
  return isListOfTexts(names) ? names.includes(name) : undefined
}

/**
 * The rights in a tenant: the root ones when there is no `tenants` claim and `dct` names the tenant. False when the token
 * does not name it; undefined, as the token does not tell, when rule or claim have a wrong type.
 */
function rightsOf(tenant: unknown, { claims }: AccessGrant): object | false | undefined {
  if (typeof tenant !== 'string') return undefined
  if (!Object.hasOwn(claims, 'tenants')) return ownMember(claims, 'dct') === tenant && claims
  const { tenants } = claims
  if (!isObject(tenants)) return undefined
  if (!Object.hasOwn(tenants, tenant)) return false
  const rights = ownMember(tenants, tenant)
  return isObject(rights) ? rights : undefined
}

/** A member of an object, never of its prototype or of a list: tenants named `constructor` or `length` are harmless. */
function ownMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
