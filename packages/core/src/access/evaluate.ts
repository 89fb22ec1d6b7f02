import { type AccessGrant, stringsOf } from './grant.ts'
import type { AccessRule } from './rule.ts'

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
      const verdicts = rule.rules.map((part) => decide(part, grant, gaps))
      return verdicts.includes(true) || (verdicts.includes(undefined) ? undefined : false)
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
      return rightsIn(rule.tenant, 'roles', grant).includes(rule.role)
    case 'permission':
      return rightsIn(rule.tenant, 'permissions', grant).includes(rule.permission)
    case 'tenant':
      return (
        ownMember(ownMember(grant.claims, 'tenants'), rule.tenant) !== undefined || currentTenant(grant) === rule.tenant
      )
    case 'claim': {
      const value = ownMember(grant.claims, rule.claim)
      return value !== undefined && value !== null && (rule.value === undefined || value === rule.value)
    }
    default:
      // Rules are data and may come from elsewhere: an unknown type never allows, not even inside a `not`.
      return undefined
  }
}

/** The roles or permissions that count: at the root, or in one tenant. */
function rightsIn(tenant: string | undefined, kind: 'roles' | 'permissions', grant: AccessGrant): readonly string[] {
  if (tenant === undefined || currentTenant(grant) === tenant) return stringsOf(ownMember(grant.claims, kind))
  return stringsOf(ownMember(ownMember(ownMember(grant.claims, 'tenants'), tenant), kind))
}

/** The tenant that root roles and permissions belong to: named by `dct`, and only when there is no `tenants` claim. */
function currentTenant(grant: AccessGrant): unknown {
  return Object.hasOwn(grant.claims, 'tenants') ? undefined : ownMember(grant.claims, 'dct')
}

/** A member of an object, never of its prototype or of a list: tenants named `constructor` or `length` are harmless. */
function ownMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
