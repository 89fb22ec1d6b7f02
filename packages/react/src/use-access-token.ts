import { useClient } from './use-client.ts'

/**
 * Gives the function that reads the access token, for calls to an API. The token itself never enters React state.
 *
 * @returns The client's `getAccessToken`: the same function in every render. It renews a token that is about to expire, and
 *   rejects with `OIDC_SESSION_MISSING` when nobody is signed in.
 * @throws {Error} When there is no `CountersignProvider` above.
 */
export function useAccessToken(): () => Promise<string> {
  return useClient().getAccessToken
}
