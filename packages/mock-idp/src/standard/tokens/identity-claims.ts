import type { MockUser } from '../../model/user.ts'
import { type Claims, claimsOfScopes } from '../../tokens/claims.ts'
import type { ClaimRequests } from '../records.ts'

/** Names of the claims that the standard profile can release. */
export const releasableClaims: readonly string[] =
  'name given_name middle_name family_name picture email email_verified phone_number phone_number_verified'.split(' ')

/** Claims for userinfo: those of the scopes and those that `claims.userinfo` names (OpenID Connect Core 5.4, 5.5). */
export function userinfoClaims(user: MockUser, scopes: readonly string[], requests: ClaimRequests): Claims {
  return { ...claimsOfScopes(user, (scope) => scopes.includes(scope)), ...requestedClaims(user, requests) }
}

/** Claims that a member of the parameter `claims` names; what the user does not have is left out (Core 5.5.1). */
export function requestedClaims(user: MockUser, requests: ClaimRequests): Claims {
  const all = claimsOfScopes(user, () => true)
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(requests, name)))
}
