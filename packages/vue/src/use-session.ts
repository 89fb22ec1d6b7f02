import type { SessionState } from '@countersign/core/browser'
import { type ComputedRef, computed, getCurrentInstance, onMounted, shallowRef } from 'vue'
import { useBinding } from './plugin.ts'

/**
 * Reads who is signed in, as a ref that follows the client.
 *
 * @returns A ref of one frozen object; switch on `status`. On a server, and until a hydrated component is mounted,
 *   `pending`. It never holds a token.
 * @throws {Error} Outside of setup functions, and in an app without the plugin.
 */
export function useSession(): ComputedRef<SessionState> {
  const { client, session } = useBinding()
  // A component that is set up on top of markup of the server has its element already, and has to begin as the server did.
  const hydrating = shallowRef(!!getCurrentInstance()?.vnode.el)
  if (hydrating.value) {
    onMounted(() => {
      hydrating.value = false
    })
  }
  return computed(() => (hydrating.value ? client.getServerSnapshot() : session.value))
}
