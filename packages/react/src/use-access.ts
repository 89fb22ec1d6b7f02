import type { AccessDecision, AccessParameters, AccessRule } from '@countersign/core'
import { useMemo } from 'react'
import { useClient } from './use-client.ts'
import { useSession } from './use-session.ts'

/**
 * Decides an access rule for the signed-in user, and again when user or rule change.
 *
 * It decides what to show; the API decides what happens.
 *
 * @param rule - The rule. Writing it inline is fine: it is compared by content.
 * @param parameters - What the parameters of the rule stand for, such as those of the route. Default: none.
 * @returns The decision, the same object until its content changes. Denied as long as nobody is signed in.
 * @throws {Error} When there is no `CountersignProvider` above.
 */
export function useAccess(rule: AccessRule, parameters?: AccessParameters): AccessDecision {
  const client = useClient()
  // Not left to can() alone: while hydrating, the state of the server counts and not the one the client has by now.
  const signedIn = useSession().status === 'authenticated'
  const content = JSON.stringify(
    signedIn ? client.can(rule, parameters) : { allowed: false, gaps: [{ rule, reason: 'not-granted' }] },
  )
  return useMemo(() => JSON.parse(content) as AccessDecision, [content])
}
