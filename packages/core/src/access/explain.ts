import type { AccessDecision, AccessGap } from './evaluate.ts'
import type { AccessRule, ContainedValue, TenantReference } from './rule.ts'

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
 * Explains a denial in a few sentences; for an allowed decision, says so. For logs and developers: it names rules.
 *
 * @param decision - Result of {@link evaluateAccess}.
 */
export function explainDecision(decision: AccessDecision): string {
  if (decision.allowed) return 'Allowed.'
  const missing = decision.gaps.filter((gap) => gap.reason !== 'excluded').map((gap) => describeRule(gap.rule))
  const excluded = decision.gaps.filter((gap) => gap.reason === 'excluded').map((gap) => describeRule(gap.rule))
  const parts = new Set<string>()
  if (missing.length > 0) parts.add(`Missing: ${missing.join(', ')}.`)
  if (excluded.length > 0) parts.add(`Excluded by: ${excluded.join(', ')}.`)
  for (const gap of decision.gaps) parts.add(causeText(gap))
  return [...parts].filter(Boolean).join(' ') || 'Denied: no part of the rule can be granted.'
}

function causeText({ rule, reason, missing, scope }: AccessGap): string {
  switch (reason) {
    case 'claims-not-requested':
      if (scope) return `The token has no claim ${missing}: request the scope ${scope}.`
      return 'The token does not tell: roles, permissions and tenants come with a scope (descope.claims at Descope).'
    case 'claim-absent':
      return `The token has no claim ${missing}.`
    case 'parameter-missing':
      return `No value was given for the parameter ${missing}.`
    case 'undecided':
      return `What ${describeRule(rule)} looks at can not be compared with it.`
    default:
      return ''
  }
}

function inTenant(tenant: TenantReference | undefined): string {
  return tenant === undefined ? '' : ` in ${tenantText(tenant)}`
}

function tenantText(tenant: TenantReference): string {
  if (typeof tenant === 'string') return `tenant ${tenant}`
  return 'param' in tenant ? `the tenant of parameter ${tenant.param}` : `the tenant of claim ${tenant.claim}`
}

function comparisonText({ value, contains }: Extract<AccessRule, { type: 'claim' }>): string {
  if (contains !== undefined) return ` with ${valueText(contains)}`
  if (value === undefined) return ''
  return ` = ${[value].flat().map(valueText).join(' or ')}`
}

function valueText(value: ContainedValue): string {
  if (typeof value !== 'object') return String(value)
  if ('param' in value) return `parameter ${value.param}`
  return 'claim' in value ? `claim ${value.claim}` : JSON.stringify(value)
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
