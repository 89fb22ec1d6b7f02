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

/** What a member of a {@link ContainedObject} has to be: a list has to hold every text, an object to have every member. */
export type ContainedValue =
  | ClaimValue
  | ParameterReference
  | ClaimReference
  | readonly (string | ParameterReference | ClaimReference)[]
  | ContainedObject

/**
 * Members that one object of a list must have, each as it is here or more: a list may hold more texts, an object may have
 * more members. An object with `param` or `claim` is a reference, so there are no members of these names.
 */
export interface ContainedObject {
  /** A member, by its name. */
  readonly [member: string]: ContainedValue
}

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
      /** The text that the claim, a list of texts, must hold, or what one object of a list of objects must have. Not beside `value`. */
      readonly contains?: string | ParameterReference | ClaimReference | ContainedObject
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
  throw invalid(`Expected one scope without spaces, not "${scope}".`)
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
      /** The text that the claim, a list of texts, must hold, or what one object of a list of objects must have. */
      readonly contains: string | ParameterReference | ClaimReference | ContainedObject
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
 *   values. {@link param}: the value that is handed in. `{ claim }`: the value of another claim. `{ contains }` with a text:
 *   the claim has to be a list of texts with this one; a text is never searched for a part. `{ contains }` with an object: the
 *   claim has to be a list of objects, one of which has all that this one has.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when a name is not a text, or the comparison is none of these. One that
 *   is given and turns out to be undefined must not widen the rule to any value.
 */
export function claim(name: string | readonly string[], ...given: readonly [comparison?: ClaimComparison]): AccessRule {
  const names = [name].flat()
  const rule = { type: 'claim', claim: name } as const
  for (const one of names.length > 0 ? names : [undefined]) text('claim', one)
  if (given.length === 0) return rule
  const [comparison] = given
  if (hasMember(comparison, 'contains')) return { ...rule, contains: contained(comparison.contains) }
  if (isReference(comparison)) return { ...rule, value: reference(comparison) }
  const values = [comparison].flat()
  if (values.length > 0 && values.every(isClaimValue)) return { ...rule, value: comparison as ClaimValue }
  throw invalid('The value of an access rule is given, but is no text, number or boolean, nor a list of them.')
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
  return isReference(value) ? reference(value) : text('tenant', value)
}

function reference(value: ParameterReference | ClaimReference): ParameterReference | ClaimReference {
  if (Object.keys(value).length > 1)
    throw invalid('A reference in an access rule has param or claim, and nothing beside.')
  return 'param' in value ? param(value.param) : { claim: text('claim', value.claim) }
}

/** What a list has to hold: a text, an object, or a reference to a text. */
function contained(value: unknown): string | ContainedObject | ParameterReference | ClaimReference {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? containedObject(value)
    : text('contained text', value)
}

function containedObject(value: object): ContainedObject | ParameterReference | ClaimReference {
  if (isReference(value)) return reference(value)
  const members = Object.entries(value)
  if (members.length === 0)
    throw invalid('The contained object of an access rule has no member, so that any object would do.')
  return Object.fromEntries(members.map(([name, member]) => [name, containedValue(name, member)]))
}

function containedValue(name: string, value: unknown): ContainedValue {
  if (isClaimValue(value)) return value
  if (Array.isArray(value) && value.length > 0) {
    return value.map((one) => (isReference(one) ? reference(one) : text(`${name} listed`, one)))
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return containedObject(value)
  throw invalid(`The ${name} of an access rule must be a text, number or boolean, a list of texts, or an object.`)
}

function isReference(value: unknown): value is ParameterReference | ClaimReference {
  return hasMember(value, 'param') || hasMember(value, 'claim')
}

function hasMember<Name extends string>(value: unknown, name: Name): value is { readonly [name in Name]: string } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value) return value
  throw invalid(`The ${name} of an access rule must be a text, not ${typeof value}.`)
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('OIDC_OPTION_INVALID', message)
}
