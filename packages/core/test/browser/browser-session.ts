import { demoProject, type FaultName, type MockIdpConfig } from '@countersign/mock-idp'
import { inject, onTestFinished } from 'vitest'
import { type BrowserClient, type BrowserClientOptions, createBrowserClient } from '../../src/browser/index.ts'
import type { ApiAnswer, ApiRequest } from '../support/scripted-api.ts'
import type { IdpCommand } from '../support/start-mock-idp.ts'

/** A mock IdP that runs as a real server, steered from the page. */
export interface RemoteIdp {
  readonly url: string
  readonly issuer: string
  /** Time of the provider, in milliseconds since the epoch; moves only by `advance`. */
  now(): number
  advance(seconds: number): Promise<void>
  /** Misbehaves once. */
  breakOnce(fault: FaultName, options?: Readonly<Record<string, unknown>>): Promise<void>
  /** Misbehaves until `mend`. */
  breakAlways(fault: FaultName): Promise<void>
  mend(): Promise<void>
  /** Walks the provider's pages without a browser and gives the callback URL. */
  walkLogin(authorizeUrl: string, user?: string): Promise<URL>
  /** Signs this browser in at the provider, as its login page would. */
  signIn(user?: string): Promise<void>
  /** Ends all sessions at the provider. */
  endSessions(): Promise<void>
}

/** A browser client of a mock of its own, and what it did. */
export interface BrowserSession {
  readonly idp: RemoteIdp
  readonly client: BrowserClient
  /** Requests of the clients of this session, in order. */
  readonly requests: { readonly path: string; readonly body: string }[]
  /** Where the clients navigated to, in order. */
  readonly navigations: string[]
  /** Starts a login and walks the provider's pages; gives the callback URL. */
  walkLogin(user?: string): Promise<URL>
  /** Signs the client in. */
  login(user?: string): Promise<void>
  /** Token requests so far, of one grant type or all. */
  tokenRequests(grantType?: string): number
  /** Another client of the same app, as another tab has it. */
  anotherTab(options?: Partial<BrowserClientOptions>): BrowserClient
  /** The same, before its start. */
  openTab(options?: Partial<BrowserClientOptions>): BrowserClient
}

const { mira } = demoProject.users

async function send<Result>(order: IdpCommand): Promise<Result> {
  const response = await fetch(inject('idpControl'), { method: 'POST', body: JSON.stringify(order) })
  const { result, error } = await response.json()
  if (error) throw new Error(error)
  return result
}

/** An API over HTTP that gives written-down answers. */
export interface RemoteApi {
  readonly url: string
  /** What it was asked so far. */
  requests(): Promise<readonly ApiRequest[]>
}

/** Starts an API on another origin than the page. */
export async function startRemoteApi(...answers: readonly ApiAnswer[]): Promise<RemoteApi> {
  const path = await send<string>({ command: 'createApi', answers })
  return { url: inject('idpControl') + path, requests: () => send({ command: 'apiRequests', path }) }
}

/** Starts a mock IdP; on 127.0.0.1 it is another site than the page. */
export async function startRemoteIdp(
  config: MockIdpConfig = {},
  hostname: 'localhost' | '127.0.0.1' = 'localhost',
): Promise<RemoteIdp> {
  const started = { command: 'start', hostname, config: { deterministic: {}, ...config } } as const
  let { url, issuer, now } = await send<{ url: string; issuer: string; now: number }>(started)
  onTestFinished(() => send({ command: 'stop', url }))
  return {
    url,
    issuer,
    now: () => now,
    async advance(seconds) {
      await send({ command: 'advance', url, seconds })
      now += seconds * 1000
    },
    breakOnce: (fault, options) => send({ command: 'break', url, fault, options, always: false }),
    breakAlways: (fault) => send({ command: 'break', url, fault, options: undefined, always: true }),
    mend: () => send({ command: 'mend', url }),
    walkLogin: async (authorizeUrl, user = mira.loginId) =>
      new URL(await send<string>({ command: 'walkLogin', url, authorizeUrl, user })),
    async signIn(user = mira.loginId) {
      // Cookies do not tell ports apart, so the page can set what the provider reads.
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context on every engine.
      document.cookie = `${await send<string>({ command: 'signIn', url, user })}; path=/; SameSite=Lax`
      onTestFinished(() => {
        // biome-ignore lint/suspicious/noDocumentCookie: as above.
        document.cookie = 'DSR=; path=/; Max-Age=0'
      })
    },
    endSessions: () => send({ command: 'endSessions', url }),
  }
}

/** Creates a client for the default application of a mock of its own; every test has its own issuer and so its own storage. */
export async function createBrowserSession(
  options: Partial<BrowserClientOptions> = {},
  config: MockIdpConfig = {},
): Promise<BrowserSession> {
  const idp = await startRemoteIdp(config)
  const requests: { path: string; body: string }[] = []
  const navigations: string[] = []
  const startedAt = location.href
  onTestFinished(() => history.replaceState(null, '', startedAt))
  const openTab = (more: Partial<BrowserClientOptions> = {}) =>
    createBrowserClient({
      issuer: idp.issuer,
      clientId: demoProject.oidc.clientId,
      redirectUri: `${location.origin}/packages/core/test/browser/callback.html`,
      scope: 'openid profile email descope.claims',
      restore: 'none',
      clock: { now: idp.now },
      navigate: (url) => void navigations.push(url),
      fetch(url, init) {
        requests.push({ path: new URL(url).pathname, body: String(init.body ?? '') })
        return fetch(url, init)
      },
      ...options,
      ...more,
    })
  const anotherTab = (more?: Partial<BrowserClientOptions>) => {
    const client = openTab(more)
    onTestFinished(client.start())
    return client
  }
  const client = anotherTab()
  const walkLogin = async (user?: string) => {
    await client.login({ returnTo: '/orders?page=2#latest' })
    return idp.walkLogin(navigations.at(-1) ?? '', user)
  }
  return {
    idp,
    client,
    requests,
    navigations,
    walkLogin,
    async login(user) {
      await client.handleCallback((await walkLogin(user)).href)
    },
    tokenRequests: (grantType = '') =>
      requests.filter(({ path, body }) => path.endsWith('/token') && body.includes(`grant_type=${grantType}`)).length,
    anotherTab,
    openTab,
  }
}

/** Resolves once the state of a client has a status. */
export function whenStatus(client: BrowserClient, status: string): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (client.getSnapshot().status !== status) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = client.subscribe(check)
    check()
  })
}
