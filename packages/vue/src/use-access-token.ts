import { useClient } from './use-client.ts'

/**
 * Gives the function that reads the access token, for calls to an API. The token itself never enters a ref.
 *
 * @returns The client's `getAccessToken`. It renews a token that is about to expire, and rejects with
 *   `OIDC_SESSION_MISSING` when nobody is signed in.
 * @throws {Error} Outside of setup functions, and in an app without the plugin.
 */
export function useAccessToken(): () => Promise<string> {
  return useClient().getAccessToken
}
