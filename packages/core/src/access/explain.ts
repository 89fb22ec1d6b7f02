import { type AccessDecision, ownMember } from './evaluate.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessRule, TenantReference } from './rule.ts'

/**
 * Puts a rule into words, such as `scope contacts.read and (role Editor in tenant T1 or permission contacts.edit)`.
 *
 * @param rule - The rule.
 */
export function describeRule(rule: AccessRule): string {
  switch (rule.type) {
    case 'scope':
      return `scope ${rule.scope}`
    case 'role':
      return `role ${rule.role}${inTenant(rule.tenant)}`
    case 'permission':
      return `permission ${rule.permission}${inTenant(rule.tenant)}`
    case 'tenant':
      return `membership of ${tenantText(rule.tenant)}`
    case 'claim':
      return `claim ${[rule.claim].flat().join('.')}${comparisonText(rule)}`
    case 'not':
      return `not (${describeRule(rule.rule)})`
    case 'allOf':
      return joined(rule.rules, 'and') || 'nothing'
    case 'anyOf':
      return joined(rule.rules, 'or') || 'something that can not be granted'
    default:
      return 'a rule of unknown type'
  }
}

/**
 * Explains a denial in a few sentences; for an allowed decision, says so.
 *
 * @param decision - Result of `evaluateAccess`.
 * @param grant - The grant that was denied. With it, the text also says which claims are not there because the scope that
 *   releases them was not granted.
 */
export function explainDecision(decision: AccessDecision, grant?: AccessGrant): string {
  if (decision.allowed) return 'Allowed.'
  const missing = decision.gaps.filter((gap) => gap.reason !== 'excluded').map((gap) => describeRule(gap.rule))
  const excluded = decision.gaps.filter((gap) => gap.reason === 'excluded').map((gap) => describeRule(gap.rule))
  const parts = []
  if (missing.length > 0) parts.push(`Missing: ${missing.join(', ')}.`)
  if (excluded.length > 0) parts.push(`Excluded by: ${excluded.join(', ')}.`)
  const untold = decision.gaps.filter((gap) => gap.reason === 'claims-not-requested')
  if (untold.flatMap((gap) => conditionsOf(gap.rule)).some(({ type }) => type !== 'scope' && type !== 'claim')) {
    parts.push(
      'The token says nothing about roles, permissions and tenants: request the scope that releases them (descope.claims at Descope).',
    )
  }
  if (grant) parts.push(...unreleasedClaims(decision, grant))
  return parts.join(' ') || 'Denied: no part of the rule can be granted.'
}

/** OpenID Connect Core 1.0 section 5.4: the claims that come with each scope. */
const claimsOfScope = {
  email: 'email email_verified',
  phone: 'phone_number phone_number_verified',
  address: 'address',
  profile:
    'name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale updated_at',
}

/** A sentence for each claim that is missing while the scope that releases it was not granted. */
function unreleasedClaims({ gaps }: AccessDecision, { claims, scopes }: AccessGrant): readonly string[] {
  const conditions = gaps.filter(({ reason }) => reason !== 'excluded').flatMap(({ rule }) => conditionsOf(rule))
  const names = conditions.flatMap((rule) => (rule.type === 'claim' ? [rule.claim].flat().slice(0, 1) : []))
  return [...new Set(names)]
    .filter((name) => ownMember(claims, name) === undefined)
    .flatMap((name) => {
      const standard = Object.entries(claimsOfScope).find(([, released]) => released.split(' ').includes(name))
      const scope = standard?.[0] ?? 'descope.custom_claims'
      if (scopes.has(scope)) return []
      const which = standard ? scope : `that releases it (${scope} for custom claims at Descope)`
      return [`The token has no claim ${name}: request the scope ${which}.`]
    })
}

/** The single conditions of a rule. */
function conditionsOf(rule: AccessRule): readonly AccessRule[] {
  if (rule.type === 'not') return conditionsOf(rule.rule)
  return rule.type === 'allOf' || rule.type === 'anyOf' ? rule.rules.flatMap(conditionsOf) : [rule]
}

function inTenant(tenant: TenantReference | undefined): string {
  return tenant === undefined ? '' : ` in ${tenantText(tenant)}`
}

function tenantText(tenant: TenantReference): string {
  if (typeof tenant === 'string') return `tenant ${tenant}`
  return 'param' in tenant ? `the tenant of parameter ${tenant.param}` : `the tenant of claim ${tenant.claim}`
}

function comparisonText({ value, contains }: Extract<AccessRule, { type: 'claim' }>): string {
  if (contains !== undefined) return ` with ${contains}`
  if (value === undefined) return ''
  if (typeof value !== 'object') return ` = ${value}`
  if ('param' in value) return ` = parameter ${value.param}`
  return 'claim' in value ? ` = claim ${value.claim}` : ` = ${value.join(' or ')}`
}

function joined(rules: readonly AccessRule[], word: string): string {
  return rules
    .map((part) =>
      rules.length > 1 && (part.type === 'allOf' || part.type === 'anyOf')
        ? `(${describeRule(part)})`
        : describeRule(part),
    )
    .join(` ${word} `)
}
