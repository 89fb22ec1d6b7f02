import { ConfigurationError } from '../errors.ts'

/** Stands in a rule for a value that is only known when the rule is decided. */
export interface ParameterReference {
  /** Name of the parameter. */
  readonly param: string
}

/** Stands in a rule for the value of a claim at the root of the token. */
export interface ClaimReference {
  /** Name of the claim. */
  readonly claim: string
}

/** A tenant: its id, or where the id comes from. */
export type TenantReference = string | ParameterReference | ClaimReference

/** A value that a claim is compared with. */
export type ClaimValue = string | number | boolean

/** A rule about access, as plain data: it can be stored, sent and shared between page, API and agent. */
export type AccessRule =
  | { readonly type: 'scope'; readonly scope: string }
  | {
      readonly type: 'role'
      readonly role: string
      readonly tenant?: TenantReference
    }
  | {
      readonly type: 'permission'
      readonly permission: string
      readonly tenant?: TenantReference
    }
  | { readonly type: 'tenant'; readonly tenant: TenantReference }
  | {
      readonly type: 'claim'
      /** Name at the root of the token, or the names of the way into nested objects. */
      readonly claim: string | readonly string[]
      /** The value the claim must have; of a list, one. Not beside `contains`. */
      readonly value?: ClaimValue | readonly ClaimValue[] | ParameterReference | ClaimReference
      /** The text that the claim, a list of texts, must hold. Not beside `value`. */
      readonly contains?: string
    }
  | { readonly type: 'allOf'; readonly rules: readonly AccessRule[] }
  | { readonly type: 'anyOf'; readonly rules: readonly AccessRule[] }
  | { readonly type: 'not'; readonly rule: AccessRule }

/** Values of the parameters of a rule, by name. */
export type AccessParameters = Readonly<Record<string, unknown>>

/** Where a role or permission has to be held. */
export interface TenantOption {
  /** The tenant. Without it, only roles and permissions outside any tenant count. */
  readonly tenant?: TenantReference
}

/**
 * Needs a granted scope.
 *
 * @param name - One scope. Several are joined by {@link allOf} or {@link anyOf}.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when the name is not a text, or has a space in it, which no scope has
 *   (RFC 6749 section 3.3), so that no token could ever fulfil it.
 */
export function scope(name: string): AccessRule {
  const scope = text('scope', name)
  if (!/\s/.test(scope)) return { type: 'scope', scope }
  throw new ConfigurationError('OIDC_OPTION_INVALID', `Expected one scope without spaces, not "${scope}".`)
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
 * @param id - Its id, {@link param} for one that is known when the rule is decided, or {@link currentTenant}.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when the id is none of these.
 */
export function tenant(id: TenantReference): AccessRule {
  return { type: 'tenant', tenant: tenantReference(id) }
}

/**
 * Stands for a value that is handed in when a rule is decided: `tenant(param('tenantId'))`.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when the name is not a text.
 */
export function param(name: string): ParameterReference {
  return { param: text('parameter', name) }
}

/** The tenant that the user has chosen, or that is the only one: the claim `dct` of the Descope-like service. */
export const currentTenant: ClaimReference = { claim: 'dct' }

/** What {@link claim} compares a claim with. */
export type ClaimComparison =
  | ClaimValue
  | readonly ClaimValue[]
  | ParameterReference
  | ClaimReference
  | {
      /** The text that the claim, a list of texts, must hold. */
      readonly contains: string
    }

/**
 * Needs a claim: one that is there, or one with a certain value.
 *
 * A claim that is not there, or has another type than it is compared with, does not tell: the comparison denies, and so does
 * its opposite. `not(claim('suspended'))` asks for the absence itself.
 *
 * @param name - Name at the root of the token, or the names of the way into nested objects. A claim that is null counts as
 *   not there.
 * @param given - Left out: the claim has to be there. A value: it has to be exactly that. A list: it has to be one of its
 *   values. {@link param}: the value that is handed in. `{ claim }`: the value of another claim. `{ contains }`: the claim has to be a list of texts with this one;
 *   a text is never searched for a part.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when a name is not a text, or the comparison is none of these. One that
 *   is given and turns out to be undefined must not widen the rule to any value.
 */
export function claim(name: string | readonly string[], ...given: readonly [comparison?: ClaimComparison]): AccessRule {
  const names = [name].flat()
  const rule = { type: 'claim', claim: name } as const
  for (const one of names.length > 0 ? names : [undefined]) text('claim', one)
  if (given.length === 0) return rule
  const [comparison] = given
  if (hasMember(comparison, 'contains')) return { ...rule, contains: text('contained text', comparison.contains) }
  if (hasMember(comparison, 'param') || hasMember(comparison, 'claim')) return { ...rule, value: reference(comparison) }
  const values = [comparison].flat()
  if (values.length > 0 && values.every(isClaimValue)) return { ...rule, value: comparison as ClaimValue }
  throw new ConfigurationError(
    'OIDC_OPTION_INVALID',
    'The value of an access rule is given, but is no text, number or boolean, nor a list of them.',
  )
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

/** Tells whether a claim can be compared with a value; numbers that JSON does not have are none. */
export function isClaimValue(value: unknown): value is ClaimValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function tenantOf(options: TenantOption): TenantOption {
  return 'tenant' in options ? { tenant: tenantReference(options.tenant) } : {}
}

function tenantReference(value: TenantReference | undefined): TenantReference {
  return hasMember(value, 'param') || hasMember(value, 'claim') ? reference(value) : text('tenant', value)
}

function reference(value: ParameterReference | ClaimReference): ParameterReference | ClaimReference {
  return 'param' in value ? param(value.param) : { claim: text('claim', value.claim) }
}

function hasMember<Name extends string>(value: unknown, name: Name): value is { readonly [name in Name]: string } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value) return value
  throw new ConfigurationError(
    'OIDC_OPTION_INVALID',
    `The ${name} of an access rule must be a text, not ${typeof value}.`,
  )
}
