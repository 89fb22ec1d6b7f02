import { createMockIdp, demoProject, type MockIdp } from '@countersign/mock-idp'
import { type BrowserClient, type BrowserClientOptions, createBrowserClient } from '../../src/browser/index.ts'

/** An app and its provider: real requests without a network, and a page that notes where it would go. */
export interface Site {
  readonly idp: MockIdp
  readonly client: BrowserClient
  /** Paths of all requests to the provider. */
  readonly requests: string[]
  /** Where the page was sent to. */
  readonly departures: string[]
  /** Creates another client of the same app, as another tab has one. */
  openTab(options?: Partial<BrowserClientOptions>): BrowserClient
  /** Puts the response of a real login into the address bar, as if the user came back. */
  returnFromProvider(user?: string): Promise<void>
  /** Signs in by a real login, in the first tab or another one. */
  signIn(user?: string, tab?: BrowserClient): Promise<void>
  /** Holds back the answers to requests of a path; the returned function lets them go. */
  hold(path: string): () => void
}

export function createSite(options: Partial<BrowserClientOptions> = {}): Site {
  const idp = createMockIdp()
  const requests: string[] = []
  const departures: string[] = []
  const held = new Map<string, Promise<void>>()

  const openTab = (more: Partial<BrowserClientOptions> = {}) =>
    createBrowserClient({
      issuer: idp.issuer,
      clientId: idp.projectId,
      redirectUri: `${location.origin}/callback`,
      scope: 'openid profile email offline_access descope.claims',
      restore: 'none',
      fetch: async (input, init) => {
        const request = new Request(input, init)
        const path = new URL(request.url).pathname.split('/').at(-1) ?? ''
        requests.push(path)
        await held.get(path)
        return idp.fetch(request)
      },
      navigate: (url) => void departures.push(url),
      ...options,
      ...more,
    })
  const client = openTab()

  const returnFromProvider = async (user: string = demoProject.users.mira.loginId, tab = client) => {
    await tab.login({ returnTo: '/orders?page=2' })
    history.replaceState(null, '', await idp.driver.login(departures.pop() ?? '', { user }))
    requests.length = 0
  }

  return {
    idp,
    client,
    requests,
    departures,
    openTab,
    returnFromProvider,
    async signIn(user, tab = client) {
      await returnFromProvider(user, tab)
      await tab.handleCallback()
      requests.length = 0
    },
    hold(path) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.set(path, promise)
      return () => {
        held.delete(path)
        resolve()
      }
    },
  }
}

/** Leaves nothing of a site behind in the browser. */
export function clearBrowser(): void {
  localStorage.clear()
  sessionStorage.clear()
  history.replaceState(null, '', '/')
}
