/** The way back after a logout at the provider (OpenID Connect RP-Initiated Logout 1.0 sections 2 and 3). */
import { ConfigurationError, StorageError } from '../errors.ts'
import { checkOptions, type OptionRules, oneOf } from '../options.ts'
import { randomText } from '../protocol/pkce.ts'
import { useStorage } from '../session/transaction.ts'
import type { BrowserClient, CallbackResult, LogoutResult } from './client.ts'
import { partsOf } from './client-parts.ts'
import { safeReturnTo } from './return-to.ts'

/** Options of a logout that comes back. */
export interface ReturningLogoutOptions {
  /** Where to go afterwards: a path of this origin. Default `/`. */
  readonly returnTo?: string
  /**
   * How the request reaches the provider. `url`: its parameters are in the address. `form`: they are in the body of a POST,
   * so that the ID token is in no history, log or `Referer`. Default `url`, and `form` for an address of more than 2000
   * characters.
   */
  readonly by?: 'url' | 'form'
}

const optionRules: OptionRules<ReturningLogoutOptions> = { returnTo: 'string', by: oneOf('url form') }

/** Longest address that every server takes, in characters. */
const longestUrl = 2000

/**
 * Logs out as `client.logout()`, with a random `state`, and remembers where the user wants to go: the page at
 * `postLogoutRedirectUri` calls {@link takeLogoutReturn}. Where the session storage is blocked the logout goes on without.
 *
 * @param client - A client of `createBrowserClient` with a `postLogoutRedirectUri`.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see OpenID Connect RP-Initiated Logout 1.0 section 2
 */
export async function logoutAndReturn(
  client: BrowserClient,
  options: ReturningLogoutOptions = {},
): Promise<LogoutResult> {
  checkOptions(options, optionRules, [])
  const { name, options: own, leave } = partsOf(client)
  const { random = randomText, navigate = (to: string) => location.assign(to) } = own
  if (!own.postLogoutRedirectUri) {
    throw new ConfigurationError('OIDC_OPTION_INVALID', 'A logout that comes back needs postLogoutRedirectUri.')
  }
  return leave('signed-out', false, (url) => {
    const state = random()
    if (remember(name, { state, returnTo: safeReturnTo(options.returnTo ?? '/') })) url.searchParams.set('state', state)
    if (options.by === 'form' || (!options.by && url.href.length > longestUrl)) post(url)
    else navigate(url.href)
  })
}

/**
 * Takes the return of a logout, once: the address bar shows where the user wanted to go. Call it in the page at
 * `postLogoutRedirectUri`; that page works without it as well.
 *
 * @param url - Where the provider has led to. Default: the current page.
 * @returns Undefined when this is no return of a logout of this tab, so that nothing is to be followed: another path, or
 *   no `state`, or another one.
 * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
 * @see OpenID Connect RP-Initiated Logout 1.0 section 3
 */
export function takeLogoutReturn(client: BrowserClient, url: string = location.href): CallbackResult | undefined {
  const { name, options } = partsOf(client)
  const { origin, pathname, searchParams } = new URL(url)
  const registered = URL.parse(options.postLogoutRedirectUri ?? '')
  const [state, ...others] = searchParams.getAll('state')
  if (registered?.origin !== origin || registered.pathname !== pathname || others.length > 0) return undefined
  const logout = useStorage(session, (store) => {
    const found = parse(store.getItem(keyOf(name)))
    if (!state || found?.state !== state) return undefined
    store.removeItem(keyOf(name))
    return found
  })
  if (!logout) return undefined
  // What was remembered may have been changed since.
  const returnTo = safeReturnTo(logout.returnTo)
  history.replaceState(history.state, '', location.origin + returnTo)
  return { returnTo }
}

interface Logout {
  readonly state: string
  readonly returnTo: string
}

const session = () => sessionStorage
const keyOf = (name: string) => `${name} logout`

function remember(name: string, logout: Logout): boolean {
  try {
    useStorage(session, (store) => store.setItem(keyOf(name), JSON.stringify(logout)))
    return true
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    return false
  }
}

function parse(text: string | null): Logout | undefined {
  try {
    const { state, returnTo } = JSON.parse(text ?? '') as Partial<Logout>
    return typeof state === 'string' && typeof returnTo === 'string' ? { state, returnTo } : undefined
  } catch {
    return undefined
  }
}

/** Sends the parameters of a logout request in the body; a query that the endpoint has of its own stays. */
function post(url: URL): void {
  const form = document.createElement('form')
  for (const name of ['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state']) {
    const value = url.searchParams.get(name)
    url.searchParams.delete(name)
    if (value === null) continue
    const field = document.createElement('input')
    Object.assign(field, { type: 'hidden', name, value })
    form.append(field)
  }
  Object.assign(form, { method: 'post', action: url.href })
  document.body.append(form)
  form.submit()
  // A page that comes back from the back-forward cache should not hold the hint any more.
  form.remove()
}
