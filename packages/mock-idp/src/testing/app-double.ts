import type { MockIdp } from '../mock-idp.ts'
import { firstUser } from './first-user.ts'
import { findTestClient } from './test-client.ts'

/** The part of a browser client that a login needs; the client of `@countersign/core/browser` has it. */
export interface LoginClient {
  /** Begins a login: calls `navigate` of the options with the authorize URL. */
  login(): Promise<unknown>
  /** Takes the URL that the provider sent the browser back to. */
  handleCallback(url: string): Promise<unknown>
}

/** Options that tie a browser client to the mock; spread them into those of `createBrowserClient`. */
export interface AppOptions {
  /** Issuer of the mock. */
  readonly issuer: string
  /** Client id of the application. */
  readonly clientId: string
  /** Redirect URI that the application allows. */
  readonly redirectUri: string
  /** Scopes whose claims most apps show: `openid profile email`. */
  readonly scope: string
  /** Restores no session from a hidden frame: there is none to answer it. */
  readonly restore: 'none'
  /** Sends requests to the mock; nothing reaches the network. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Notes where the page would go. */
  readonly navigate: (url: string) => void
  /** Where logins under way are kept: a storage of this app alone, so that tests in one page do not meet. */
  readonly transactionStorage: () => Storage
  /** The clock of the mock. */
  readonly clock: { readonly now: () => number }
}

/** The browser around an app under test: requests end in the mock, and navigation is noted instead of followed. */
export interface AppDouble {
  /** Options for the browser client of the app. */
  readonly options: AppOptions
  /** Where the page was sent to, oldest first. */
  readonly departures: readonly string[]
  /**
   * Signs a user in, as a click on the login button does: `login`, the hosted pages, `handleCallback`. Whoever was signed
   * in at the mock before is forgotten.
   *
   * @param user - Login id or user id. Default the first active user, `mira@acme.example` in the fixture project.
   */
  signIn(client: LoginClient, user?: string): Promise<void>
  /**
   * Walks the hosted pages of a login that the app itself has begun, and gives the callback URL. A session at the mock
   * needs no form, as in a browser.
   */
  finishLogin(user?: string): Promise<string>
}

/**
 * Puts an in-process mock behind the browser client of an app, in Node, happy-dom, jsdom or a page.
 *
 * @param changes.clientId - Client id. Default the default OIDC application; in the standard profile the first client
 *   for users.
 * @param changes.redirectUri - Default `http://localhost/callback`; in the standard profile the first one of the client.
 * @throws {TypeError} When there is no such client.
 */
export function createAppDouble(
  idp: MockIdp,
  changes: Partial<Pick<AppOptions, 'clientId' | 'redirectUri'>> = {},
): AppDouble {
  const departures: string[] = []
  const storage = createStorage()
  const { issuer, clientId, redirectUri } = findTestClient(idp, changes.clientId)
  const finishLogin = async (user?: string): Promise<string> => {
    const authorizeUrl = departures.at(-1)
    if (authorizeUrl === undefined) throw new Error('the app has not begun a login: it called navigate with nothing')
    return (await idp.driver.login(authorizeUrl, { user: user ?? firstUser(idp) })).href
  }
  return {
    options: {
      issuer,
      clientId,
      redirectUri: changes.redirectUri ?? redirectUri,
      scope: 'openid profile email',
      restore: 'none',
      fetch: (url, init) => idp.fetch(new Request(url, init)),
      navigate: (url) => void departures.push(url),
      transactionStorage: () => storage,
      clock: { now: () => idp.clock.now() },
    },
    departures,
    async signIn(client, user) {
      idp.driver.clearCookies()
      await client.login()
      await client.handleCallback(await finishLogin(user))
    },
    finishLogin,
  }
}

/** A `Storage` in memory. */
function createStorage(): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, String(value)),
    removeItem: (name) => void items.delete(name),
    clear: () => items.clear(),
  }
}
