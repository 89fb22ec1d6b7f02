'use client'

export { Guard, type GuardProps, type UnauthenticatedState } from './guard.ts'
export { CountersignProvider, type CountersignProviderProps } from './provider.ts'
export { useAccess } from './use-access.ts'
export { useAccessToken } from './use-access-token.ts'
export { useClient } from './use-client.ts'
export { useSession } from './use-session.ts'
