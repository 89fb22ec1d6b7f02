/** Access guard for Express: verifies access tokens, enforces access rules, answers with RFC 6750 challenges. */
export {
  type AccessGuard,
  type AccessGuardOptions,
  type AccessMiddleware,
  createAccessGuard,
  type Names,
  type RightNeeds,
  type TenantOf,
} from './access-guard.ts'
export { accessRulesOf, type GuardedRoute } from './access-rules-of.ts'
export { serveMetadata } from './metadata-route.ts'
export { type AuthenticatedRequest, requireAuth } from './request-auth.ts'
