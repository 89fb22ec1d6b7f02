import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import { afterAll, beforeAll, inject, onTestFinished, vi } from 'vitest'
import type { AppPage, PageOptions } from '../e2e/app/page.ts'
import { type ServedApp, serveApp } from '../e2e/serve-app.ts'
import type { Engine, Profile, Tab } from './engine.ts'
import { startEngine } from './start-engine.ts'

const clientId = 'spa'
const { mira } = demoProject.users

/** How long anything may take, and how often it is looked at, in milliseconds. */
const patience = { timeout: 15_000, interval: 25 }

/** An app, its provider, and a browser that has been nowhere yet. */
export interface EngineSession {
  readonly mock: RunningMockIdp
  readonly app: ServedApp
  readonly profile: Profile
  /** Opens a tab of the app at a path, and waits until its client knows who is signed in. */
  openApp(path: string): Promise<Tab>
  /** Opens one whose user signs in by a click. */
  signIn(path: string): Promise<Tab>
  /** Fills in the login page of the provider. */
  fillIn(tab: Tab): Promise<void>
  /** Grant types of the token requests so far. */
  grants(): unknown[]
  /** Sets the clocks of the provider and of tabs forward, in seconds. */
  advance(seconds: number, ...tabs: readonly Tab[]): Promise<void>
}

/** What a session is made of. */
export interface EngineSessionOptions {
  /** What the app is told about itself. */
  readonly client?: Partial<PageOptions>
  /** Where the provider listens. On `127.0.0.1` it is another site than the app. Default `localhost`. */
  readonly hostname?: string
  /** The policy of the app's pages, for its nonce and the origin of the provider. */
  readonly policy?: (nonce: string, provider: string) => string
}

/**
 * Starts the engine of the project for the tests of a file.
 *
 * @returns Starts an app, its provider and a browser for the test that runs.
 */
export function useEngine(): (options?: EngineSessionOptions) => Promise<EngineSession> {
  let engine: Engine
  beforeAll(async () => {
    engine = await startEngine(inject('engine'))
  })
  afterAll(() => engine?.close())
  return (options) => startSession(engine, options)
}

async function startSession(
  engine: Engine,
  { hostname = 'localhost', client, policy }: EngineSessionOptions = {},
): Promise<EngineSession> {
  const mock = await startMockIdp({
    hostname,
    profile: 'standard',
    refreshTokenRotation: true,
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        redirect_uris: ['http://localhost/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        first_party: true,
      },
    ],
  })
  const app = await serveApp({
    client: { issuer: mock.idp.issuer, clientId, scope: 'openid profile', restore: 'none', ...client },
    ...(policy && { policy: (nonce) => policy(nonce, mock.url) }),
  })
  const profile = await engine.openProfile()
  onTestFinished(async () => {
    await profile.close()
    await Promise.all([app.close(), mock.close()])
  })
  const openApp = async (path: string) => {
    const tab = await profile.openTab()
    await tab.visit(app.origin + path)
    await when(tab, "document.body.dataset.status !== 'pending'")
    return tab
  }
  const fillIn = async (tab: Tab) => {
    await when(tab, "!!document.querySelector('input[type=password]')")
    await tab.fill('input:not([type=hidden]):not([type=password])', mira.loginId)
    await tab.fill('input[type=password]', mira.password)
    await tab.click('button[type=submit]')
  }
  return {
    mock,
    app,
    profile,
    openApp,
    fillIn,
    async signIn(path) {
      const tab = await openApp(path)
      await tab.click('#login')
      await fillIn(tab)
      await whenStatus(tab, 'authenticated')
      return tab
    },
    grants: () =>
      mock.idp.log.entries
        .filter(({ endpoint, method }) => endpoint === 'token' && method === 'POST')
        .map(({ parameters }) => parameters.grant_type),
    async advance(seconds, ...tabs) {
      mock.idp.clock.advance(seconds)
      for (const tab of tabs) await tab.run(`const { now } = Date; Date.now = () => now() + ${seconds * 1000}`)
    },
  }
}

/** Resolves once an expression is true in a tab, whatever page it shows meanwhile. */
export async function when(tab: Tab, expression: string): Promise<void> {
  const ask = (question: string) => tab.run(`return String(${question})`).catch(String)
  try {
    await vi.waitUntil(async () => (await ask(expression)) === 'true', patience)
  } catch {
    const seen = await ask(
      "location.href + ' ' + JSON.stringify(document.body.dataset) + ' ' + document.body.innerText",
    )
    throw new Error(`${expression} did not come true in: ${seen.slice(0, 1000)}`)
  }
}

/** Resolves once the client of a tab has a status. */
export function whenStatus(tab: Tab, status: string): Promise<void> {
  return when(tab, `document.body.dataset.status === '${status}'`)
}

/** Resolves once a tab shows a page of an origin. */
export async function whenAt(tab: Tab, origin: string): Promise<void> {
  await vi.waitUntil(async () => (await tab.url()).startsWith(`${origin}/`), patience)
}

/** Resolves with the tab or window that a page opens. */
export function whenOpened(profile: Profile): Promise<Tab> {
  return vi.waitUntil(() => profile.openedTab(), patience)
}

/** What came of work in a page. */
interface Outcome<Result> {
  readonly value?: Result
  readonly error?: { readonly code?: string; readonly message: string }
}

/**
 * Begins work with what the page of a tab offers and a text from here, and gives the way to its result. Several tabs can so work at the same
 * moment, and one can wait for what another does.
 */
export async function begin<Result>(
  tab: Tab,
  work: (app: AppPage, given: string) => Result | Promise<Result>,
  given = '',
): Promise<() => Promise<Outcome<Result>>> {
  const place = `outcomes['${crypto.randomUUID()}']`
  await tab.run(`
    window.outcomes ??= {}
    const settle = (outcome) => void (${place} = JSON.stringify(outcome))
    const failed = ({ code, message }) => settle({ error: { code, message } })
    Promise.resolve().then(() => (${work})(app, ${JSON.stringify(given)})).then((value) => settle({ value }), failed)`)
  return async () => {
    await when(tab, `!!${place}`)
    return JSON.parse(await tab.run(`return ${place}`))
  }
}

/** Does work with what the page of a tab offers. */
export async function inApp<Result>(tab: Tab, work: (app: AppPage) => Result | Promise<Result>): Promise<Result> {
  const { value, error } = await (await begin(tab, work))()
  if (error) throw new Error(`${error.code}: ${error.message}`)
  return value as Result
}
