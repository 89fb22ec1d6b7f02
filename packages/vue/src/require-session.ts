import type { AccessParameters, AccessRule, OidcError } from '@countersign/core'
import type { BrowserClient, LoginOptions } from '@countersign/core/browser'

/** Options of {@link requireSession}. */
export interface RequireSessionOptions {
  /**
   * What the user needs. `param('id')` in it stands for a parameter of the route; such a rule belongs in `router.beforeEach`,
   * since `beforeEnter` does not run when only parameters change. Default: to be signed in.
   */
  readonly rule?: AccessRule
  /** Path of the page for users whom the rule denies. Default: the navigation is cancelled. */
  readonly deniedPath?: string
  /** Path of the page for failed logins; it gets the error's code as `?code=`. Default: the error goes to `router.onError`. */
  readonly errorPath?: string
  /** Options of the login. Default: it leads back to the page that was asked for. */
  readonly login?: LoginOptions
}

/** The part of a vue-router location that the guard reads. */
export interface GuardedLocation {
  /** Path without query. */
  readonly path: string
  /** Path with query and hash. */
  readonly fullPath: string
  /** Parameters of the route. */
  readonly params?: AccessParameters
  /** Path with the router's base, which vue-router has too although its types do not say so. Default: `fullPath`. */
  readonly href?: string
}

/**
 * Creates a navigation guard: lets signed-in users pass, sends others to the provider and brings them back to the same page.
 *
 * The first navigation waits until it is known who is signed in. On the redirect URI's route it finishes the login and leads
 * to the page the user wanted, so put it on that route too, or use it for all with `router.beforeEach`. A failed login is
 * reported once; the next navigation starts a new one. During a logout, navigations are cancelled; the login of a user who
 * has logged out asks the provider for the password again (`prompt=login`). On a server everyone passes.
 *
 * @param client - The client, also given to `createCountersign`.
 * @param options - Rule and pages for denials and failures.
 * @returns A guard for `beforeEach` or `beforeEnter`: true goes on, false cancels, a text leads elsewhere.
 * @throws {OidcError} From the returned guard, without `errorPath`: why the login failed or could not be started.
 */
export function requireSession(
  client: BrowserClient,
  { rule, deniedPath, errorPath, login }: RequireSessionOptions = {},
): (to: GuardedLocation) => Promise<boolean | string> {
  let reported: unknown

  return async ({ path, fullPath, params, href = fullPath }) => {
    if (typeof window === 'undefined' || path === errorPath || path === deniedPath) return true
    const url = new URL(href, location.href).href
    try {
      if (client.isCallback(url)) {
        const { returnTo } = await client.handleCallback(url)
        return pathInRouter(returnTo, href.slice(0, -fullPath.length))
      }
      if (client.getSnapshot().status === 'pending') await settled(client)
      const state = client.getSnapshot()
      if (state.status === 'authenticated') return !rule || client.can(rule, params).allowed || (deniedPath ?? false)
      if (state.status === 'unauthenticated') {
        if (state.reason === 'never' && state.error && state.error !== reported) throw state.error
        // Who logged out, or was signed out by a time-out, is asked for the password, also where the provider kept its session.
        const parameters = { ...login?.parameters, ...(/out$/.test(state.reason) && { prompt: 'login' }) }
        await client.login({ returnTo: url, automatic: true, ...login, parameters })
      }
      return false
    } catch (error) {
      reported = error
      const { code } = error as Partial<OidcError>
      if (errorPath && code) return `${errorPath}?code=${code}`
      throw error
    }
  }
}

/** The path as the router knows it: without the base, which is what its links have more than its paths; `/` outside it. */
function pathInRouter(returnTo: string, base: string): string {
  if (base.endsWith('#')) return returnTo.split('#')[1] || '/'
  return (returnTo.startsWith(base) && returnTo.slice(base.length)) || '/'
}

/** Waits until it is known who is signed in; the client may not have been started yet. */
function settled(client: BrowserClient): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = client.subscribe(() => {
      unsubscribe()
      stop()
      resolve()
    })
    const stop = client.start()
  })
}
