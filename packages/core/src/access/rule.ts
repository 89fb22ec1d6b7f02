import { ConfigurationError } from '../errors.ts'

/** A rule about access, as plain data: it can be stored, sent and shared between page, API and agent. */
export type AccessRule =
  | { readonly type: 'scope'; readonly scope: string }
  | {
      readonly type: 'role'
      readonly role: string
      readonly tenant?: string
    }
  | {
      readonly type: 'permission'
      readonly permission: string
      readonly tenant?: string
    }
  | { readonly type: 'tenant'; readonly tenant: string }
  | { readonly type: 'claim'; readonly claim: string; readonly value?: string | number | boolean }
  | { readonly type: 'allOf'; readonly rules: readonly AccessRule[] }
  | { readonly type: 'anyOf'; readonly rules: readonly AccessRule[] }
  | { readonly type: 'not'; readonly rule: AccessRule }

/** Where a role or permission has to be held. */
export interface TenantOption {
  /** Tenant id. Without it, only roles and permissions outside any tenant count. */
  readonly tenant?: string
}

/**
 * Needs a granted scope.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when the name is not a text.
 */
export function scope(name: string): AccessRule {
  return { type: 'scope', scope: text('scope', name) }
}

/**
 * Needs a role: outside any tenant, or in the given one.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when name or tenant is not a text. A tenant that is given and turns out
 *   to be undefined must not widen the rule to roles outside any tenant.
 */
export function role(name: string, options: TenantOption = {}): AccessRule {
  return { type: 'role', role: text('role', name), ...tenantOf(options) }
}

/**
 * Needs a permission: outside any tenant, or in the given one.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when name or tenant is not a text, also for a given but undefined tenant.
 */
export function permission(name: string, options: TenantOption = {}): AccessRule {
  return { type: 'permission', permission: text('permission', name), ...tenantOf(options) }
}

/**
 * Needs membership of a tenant.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when the id is not a text.
 */
export function tenant(id: string): AccessRule {
  return { type: 'tenant', tenant: text('tenant', id) }
}

/**
 * Needs a claim at the root of the token, with exactly this value when one is given.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when the name is not a text, or a value is given and turns out to be
 *   undefined: that must not widen the rule to any value.
 */
export function claim(name: string, ...given: readonly [value?: string | number | boolean]): AccessRule {
  const base = { type: 'claim', claim: text('claim', name) } as const
  if (given.length === 0) return base
  const [value] = given
  if (value !== undefined) return { ...base, value }
  throw new ConfigurationError('OIDC_OPTION_INVALID', 'The value of an access rule is given, but undefined.')
}

/** Needs every rule. An empty list allows. */
export function allOf(...rules: readonly AccessRule[]): AccessRule {
  return { type: 'allOf', rules }
}

/** Needs at least one rule. An empty list denies. */
export function anyOf(...rules: readonly AccessRule[]): AccessRule {
  return { type: 'anyOf', rules }
}

/** Needs the rule not to hold. Denies too when the token can not tell whether it holds. */
export function not(rule: AccessRule): AccessRule {
  return { type: 'not', rule }
}

function tenantOf(options: TenantOption): TenantOption {
  return 'tenant' in options ? { tenant: text('tenant', options.tenant) } : {}
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value) return value
  throw new ConfigurationError(
    'OIDC_OPTION_INVALID',
    `The ${name} of an access rule must be a text, not ${typeof value}.`,
  )
}
