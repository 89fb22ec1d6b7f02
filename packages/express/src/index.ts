/** Access guard for Express: verifies access tokens, enforces access rules, answers with RFC 6750 challenges. */
export {
  type AccessGuard,
  type AccessMiddleware,
  type AccessRuleOf,
  type AuthenticateOptions,
  createAccessGuard,
} from './access-guard.ts'
export type { DenialHook } from './denial.ts'
export type {
  AccessGuardOptions,
  AccessGuardSettings,
  AccessGuardVerifierOptions,
  AccessGuardWithVerifier,
} from './guard-options.ts'
export { type GuardedRequest, requireAuth } from './request-auth.ts'
