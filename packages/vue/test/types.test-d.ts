import type { AccessDecision, IdTokenClaims, OidcError } from '@countersign/core'
import type { BrowserClient } from '@countersign/core/browser'
import { expectTypeOf } from 'vitest'
import { type ComputedRef, h } from 'vue'
import type { NavigationGuard } from 'vue-router'
import { Guard, requireSession, useAccess, useAccessToken, useSession } from '../src/index.ts'

export function narrowing(): void {
  const session = useSession()
  // @ts-expect-error claims exist only when somebody is signed in
  session.value.claims
  if (session.value.status === 'authenticated') expectTypeOf(session.value.claims).toEqualTypeOf<IdTokenClaims>()
  if (session.value.status === 'unauthenticated') {
    expectTypeOf(session.value.error).toEqualTypeOf<OidcError | undefined>()
  }
  // @ts-expect-error the ref is the client's to set
  session.value = { status: 'ending' }
}

export function results(): void {
  expectTypeOf(useAccess(() => ({ type: 'scope', scope: 'email' }))).toEqualTypeOf<ComputedRef<AccessDecision>>()
  expectTypeOf(useAccessToken()).toEqualTypeOf<() => Promise<string>>()
  // @ts-expect-error a rule is data, not a text
  useAccess('email')
}

export function guards(client: BrowserClient): void {
  expectTypeOf(requireSession(client)).toExtend<NavigationGuard>()
  h(Guard, { rule: { type: 'role', role: 'Admin' }, login: { returnTo: '/' } })
  // @ts-expect-error login takes no text
  h(Guard, { login: 'now' })
}
