export { Guard, type GuardProps, type GuardSlots, type UnauthenticatedState } from './guard.ts'
export { createCountersign } from './plugin.ts'
export {
  type GuardedLocation,
  type RequireSessionOptions,
  requireSession,
} from './require-session.ts'
export { useAccess } from './use-access.ts'
export { useAccessToken } from './use-access-token.ts'
export { useClient } from './use-client.ts'
export { useSession } from './use-session.ts'
