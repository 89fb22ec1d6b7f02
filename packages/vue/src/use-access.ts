import type { AccessDecision, AccessParameters, AccessRule } from '@countersign/core'
import { type ComputedRef, computed, type MaybeRefOrGetter, toValue } from 'vue'
import { useClient } from './use-client.ts'
import { useSession } from './use-session.ts'

/**
 * Decides an access rule for the signed-in user, and again when user or rule change.
 *
 * It decides what to show; the API decides what happens.
 *
 * @param rule - The rule, or a ref or getter of it.
 * @param parameters - What the parameters of the rule stand for, such as those of the route, or a ref or getter of it.
 *   Default: none.
 * @returns A ref of the decision, the same object until its content changes. Denied as long as nobody is signed in.
 * @throws {Error} Outside of setup functions, and in an app without the plugin.
 */
export function useAccess(
  rule: MaybeRefOrGetter<AccessRule>,
  parameters?: MaybeRefOrGetter<AccessParameters | undefined>,
): ComputedRef<AccessDecision> {
  const client = useClient()
  const session = useSession()
  const content = computed(() => {
    const asked = toValue(rule)
    // Not left to can() alone: while hydrating, the state of the server counts and not the one the client has by now.
    const signedIn = session.value.status === 'authenticated'
    return JSON.stringify(
      signedIn
        ? client.can(asked, toValue(parameters))
        : { allowed: false, gaps: [{ rule: asked, reason: 'not-granted' }] },
    )
  })
  return computed(() => JSON.parse(content.value) as AccessDecision)
}
