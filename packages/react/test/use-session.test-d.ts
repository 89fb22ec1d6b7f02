import type { AccessDecision, IdTokenClaims, OidcError } from '@countersign/core'
import type { SignedOutReason } from '@countersign/core/browser'
import { expectTypeOf } from 'vitest'
import { type GuardProps, useAccess, useAccessToken, useSession } from '../src/index.ts'

export function useNarrowing(): void {
  const session = useSession()
  expectTypeOf(session.status).toEqualTypeOf<'pending' | 'unauthenticated' | 'authenticated' | 'ending'>()
  // @ts-expect-error claims exist only when somebody is signed in
  session.claims
  if (session.status === 'authenticated') expectTypeOf(session.claims).toEqualTypeOf<IdTokenClaims>()
  if (session.status === 'unauthenticated') {
    expectTypeOf(session.reason).toEqualTypeOf<SignedOutReason>()
    expectTypeOf(session.error).toEqualTypeOf<OidcError | undefined>()
  }
}

export function useResults(): void {
  expectTypeOf(useAccess({ type: 'scope', scope: 'email' })).toEqualTypeOf<AccessDecision>()
  expectTypeOf(useAccessToken()).toEqualTypeOf<() => Promise<string>>()
  // @ts-expect-error a rule is data, not a text
  useAccess('email')
}

export function guardProps(isAdmin: boolean): GuardProps[] {
  return [
    {},
    { login: false, unauthenticated: 'Hello', denied: undefined },
    { rule: isAdmin ? { type: 'role', role: 'Admin' } : undefined },
    { unauthenticated: (state) => state.reason, denied: ({ gaps }) => gaps.length },
    // @ts-expect-error login takes no text
    { login: 'now' },
  ]
}
