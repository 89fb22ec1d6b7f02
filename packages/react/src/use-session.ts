import type { SessionState } from '@countersign/core/browser'
import { useSyncExternalStore } from 'react'
import { useClient } from './use-client.ts'

/**
 * Reads who is signed in, and renders again when that changes.
 *
 * @returns One frozen object; switch on `status`. On a server, and while hydrating, `pending`. It never holds a token.
 * @throws {Error} When there is no `CountersignProvider` above.
 */
export function useSession(): SessionState {
  const client = useClient()
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getServerSnapshot)
}
