import type { BrowserClient } from '@countersign/core/browser'
import { useBinding } from './plugin.ts'

/**
 * Finds the client, to call `login`, `logout`, `renew` or `fetchUserInfo` in event handlers.
 *
 * @returns The client that was given to `createCountersign`.
 * @throws {Error} Outside of setup functions, and in an app without the plugin.
 */
export function useClient(): BrowserClient {
  return useBinding().client
}
