import type { BrowserClient } from '@countersign/core/browser'
import { useContext } from 'react'
import { ClientContext } from './context.ts'

/**
 * Finds the client, to call `login`, `logout`, `renew` or `fetchUserInfo` in event handlers.
 *
 * @returns The client that was given to the nearest `CountersignProvider`.
 * @throws {Error} When there is no `CountersignProvider` above.
 */
export function useClient(): BrowserClient {
  const client = useContext(ClientContext)
  if (!client) throw new Error('<CountersignProvider client={client}> is missing above this component.')
  return client
}
