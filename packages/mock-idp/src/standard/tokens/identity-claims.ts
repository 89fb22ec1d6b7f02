import type { MockUser } from '../../model/user.ts'
import { type Claims, claimsOfScopes } from '../../tokens/claims.ts'
import type { ClaimRequests, ClaimsParameter } from '../records.ts'

const scopeOfClaim: ReadonlyMap<string, string> = new Map(
  Object.entries({
    profile: ['name', 'given_name', 'middle_name', 'family_name', 'picture'],
    email: ['email', 'email_verified'],
    phone: ['phone_number', 'phone_number_verified'],
  }).flatMap(([scope, names]) => names.map((name) => [name, scope] as const)),
)

/** Names of the claims that the standard profile can release. */
export const releasableClaims: readonly string[] = [...scopeOfClaim.keys()]

/** Scopes that stand for what the parameter `claims` names: the user is asked about them (Core 5.5). */
export function scopesOfClaims({ id_token, userinfo }: ClaimsParameter): readonly string[] {
  const names = [...Object.keys(id_token), ...Object.keys(userinfo)]
  return [...new Set(names.flatMap((name) => scopeOfClaim.get(name) ?? []))]
}

/** The part of a `claims` parameter whose scopes are among those that were allowed. */
export function claimsWithin({ id_token, userinfo }: ClaimsParameter, scopes: readonly string[]): ClaimsParameter {
  const within = (requests: ClaimRequests): ClaimRequests =>
    Object.fromEntries(Object.entries(requests).filter(([name]) => scopes.includes(scopeOfClaim.get(name) ?? '')))
  return { id_token: within(id_token), userinfo: within(userinfo) }
}

/** Claims for userinfo: those of the scopes and those that `claims.userinfo` names (OpenID Connect Core 5.4, 5.5). */
export function userinfoClaims(user: MockUser, scopes: readonly string[], requests: ClaimRequests): Claims {
  return { ...claimsOfScopes(user, (scope) => scopes.includes(scope)), ...requestedClaims(user, requests) }
}

/** Claims that a member of the parameter `claims` names; what the user does not have is left out (Core 5.5.1). */
export function requestedClaims(user: MockUser, requests: ClaimRequests): Claims {
  const all = claimsOfScopes(user, () => true)
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(requests, name)))
}
