import { ConfigurationError } from '../errors.ts'
import { isListOfTexts } from '../options.ts'
import { type AccessRule, allOf, anyOf, role, scope, type TenantOption } from './rule.ts'

/** For each scope the roles of which a user needs one to make use of it. */
export type RolesOfScopes = Readonly<Record<string, readonly string[]>>

/**
 * Maps the scopes of a rule to roles: what a client may do for a user is no more than what the user may do.
 *
 * Every scope that the mapping names is replaced by "this scope, and one of its roles". Other scopes, and scopes that must not
 * be granted, stay as they are. Clients that act for themselves have no roles, as a rule; give them a scope of their own.
 *
 * @param rule - The rule.
 * @param rolesOfScopes - The mapping.
 * @param options - Where the roles have to be held. Default: outside any tenant.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when a scope is mapped to anything but a list of at least one role.
 * @example source: examples/snippets/scopes-and-roles.ts
 */
export function mapScopesToRoles(
  rule: AccessRule,
  rolesOfScopes: RolesOfScopes,
  options: TenantOption = {},
): AccessRule {
  const roles = new Map(Object.entries(rolesOfScopes))
  for (const [name, names] of roles) {
    if (isListOfTexts(names) && names.length > 0) continue
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      `The scope ${name} must be mapped to a list of at least one role. Leave it out when it needs none.`,
    )
  }
  return mapped(rule, true, (name) => {
    const names = roles.get(name)
    return names ? allOf(scope(name), anyOf(...names.map((one) => role(one, options)))) : scope(name)
  })
}

/** Inside a `not` the scope alone counts: there, one more condition would forbid less. */
function mapped(rule: AccessRule, wanted: boolean, ruleOf: (scope: string) => AccessRule): AccessRule {
  switch (rule.type) {
    case 'scope':
      return wanted ? ruleOf(rule.scope) : rule
    case 'not':
      return { ...rule, rule: mapped(rule.rule, !wanted, ruleOf) }
    case 'allOf':
    case 'anyOf':
      return { ...rule, rules: rule.rules.map((part) => mapped(part, wanted, ruleOf)) }
    default:
      return rule
  }
}
