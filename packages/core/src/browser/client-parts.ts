/** What the optional entries, such as `/browser/popup`, use of a browser client beside its methods. */
import { ConfigurationError } from '../errors.ts'
import type { SessionEvent } from '../session/events.ts'
import type { TokenSet } from '../tokens.ts'
import type { BrowserClientOptions } from './browser-client-options.ts'
import type { BrowserClient } from './client.ts'
import type { RedirectLogin } from './redirect-login.ts'

/** The inside of a browser client. */
export interface ClientParts extends Omit<RedirectLogin, 'client'> {
  readonly options: BrowserClientOptions
  /** Tells a function what happens, as the option `onEvent`; the returned function ends that. */
  observe(listener: (event: SessionEvent) => void): () => void
  /** Start of every name that this client gives to keys, locks and channels. */
  readonly name: string
  /**
   * Makes a `fetch` for APIs.
   *
   * @param origins - Origins that get tokens.
   * @param token - Finds the tokens for an origin; other ones than those it has refused.
   */
  fetchWith(
    origins: readonly string[],
    token: (origin: string, refused?: string) => Promise<Pick<TokenSet, 'accessToken' | 'tokenType'>>,
  ): BrowserClient['fetch']
}

const partsByClient = new WeakMap<BrowserClient, ClientParts>()

/** Remembers the inside of a client. */
export function registerParts(client: BrowserClient, parts: ClientParts): void {
  partsByClient.set(client, parts)
}

/**
 * The inside of a client.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for anything but a client of this copy of the package.
 */
export function partsOf(client: BrowserClient): ClientParts {
  const parts = partsByClient.get(client)
  if (!parts) {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      '"client" must be a result of createBrowserClient, of the same copy of @countersign/core.',
    )
  }
  return parts
}
