export {
  type CustomClaimProblem,
  checkCustomClaims,
  claimLimits,
  reservedClaims,
} from './custom-claims.ts'
export {
  type ClaimSource,
  type DescopeClaims,
  type DescopeServiceClaims,
  type ReadClaimsOptions,
  readDescopeClaims,
  type TenantMembership,
} from './read-claims.ts'
