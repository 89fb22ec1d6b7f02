import type { OidcError } from '../errors.ts'
import type { BrowserClient } from './client.ts'

const attempts = new WeakMap<BrowserClient, Promise<void>>()

/**
 * Starts the one automatic login of a client on this page, for guards of UI frameworks: all of them share it, so that none
 * can begin a redirect loop.
 *
 * @param client - The client that signs in.
 * @param login - Starts a login, an automatic one when called with true.
 * @param onStay - Called when the page did not leave: with the error, or without one after the user came back.
 * @returns A function that ends the listening.
 */
export function loginOnce(
  client: BrowserClient,
  login: (automatic: boolean) => Promise<void>,
  onStay: (error?: OidcError) => void,
): () => void {
  const attempt = attempts.get(client) ?? login(true)
  attempts.set(client, attempt)
  attempt.catch(onStay)
  // Back from the provider by the back button, out of the back-forward cache: this page was never left.
  const onPageShow = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return
    attempts.delete(client)
    onStay()
  }
  addEventListener('pageshow', onPageShow)
  return () => removeEventListener('pageshow', onPageShow)
}
