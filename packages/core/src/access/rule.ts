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

/** Needs a granted scope. */
export function scope(name: string): AccessRule {
  return { type: 'scope', scope: name }
}

/** Needs a role: outside any tenant, or in the given one. */
export function role(name: string, options: TenantOption = {}): AccessRule {
  return { type: 'role', role: name, ...options }
}

/** Needs a permission: outside any tenant, or in the given one. */
export function permission(name: string, options: TenantOption = {}): AccessRule {
  return { type: 'permission', permission: name, ...options }
}

/** Needs membership of a tenant. */
export function tenant(id: string): AccessRule {
  return { type: 'tenant', tenant: id }
}

/** Needs a claim at the root of the token, with exactly this value when one is given. */
export function claim(name: string, value?: string | number | boolean): AccessRule {
  return value === undefined ? { type: 'claim', claim: name } : { type: 'claim', claim: name, value }
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
