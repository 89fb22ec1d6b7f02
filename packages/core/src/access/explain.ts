import type { AccessDecision } from './evaluate.ts'
import type { AccessRule } from './rule.ts'

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
      return `membership of tenant ${rule.tenant}`
    case 'claim':
      return `claim ${rule.claim}${rule.value === undefined ? '' : ` = ${rule.value}`}`
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
 * Explains a denial in one or two sentences; for an allowed decision, says so.
 *
 * @param decision - Result of `evaluateAccess`.
 */
export function explainDecision(decision: AccessDecision): string {
  if (decision.allowed) return 'Allowed.'
  const missing = decision.gaps.filter((gap) => gap.reason !== 'excluded').map((gap) => describeRule(gap.rule))
  const excluded = decision.gaps.filter((gap) => gap.reason === 'excluded').map((gap) => describeRule(gap.rule))
  const parts = []
  if (missing.length > 0) parts.push(`Missing: ${missing.join(', ')}.`)
  if (excluded.length > 0) parts.push(`Excluded by: ${excluded.join(', ')}.`)
  if (decision.gaps.some((gap) => gap.reason === 'claims-not-requested')) {
    parts.push(
      'The token says nothing about roles, permissions and tenants: request the scope that releases them (descope.claims at Descope).',
    )
  }
  return parts.join(' ') || 'Denied: no part of the rule can be granted.'
}

function inTenant(tenant: string | undefined): string {
  return tenant === undefined ? '' : ` in tenant ${tenant}`
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
