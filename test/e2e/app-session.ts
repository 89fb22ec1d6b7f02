import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import type { Browser, BrowserContext, Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { openContext } from './open-context.ts'
import { type ServedApp, type ServedAppOptions, serveApp } from './serve-app.ts'

/** An app, its provider, and a browser that has been nowhere yet. */
export interface AppSession {
  readonly mock: RunningMockIdp
  readonly app: ServedApp
  readonly context: BrowserContext
  readonly page: Page
  /** Signs the browser in at the provider, as its login page would. */
  signInAtProvider(): Promise<void>
  /** Fills in the login page of the provider. */
  fillIn(page?: Page): Promise<void>
}

/** What an app session is made of. */
export interface AppSessionOptions extends Omit<Partial<ServedAppOptions>, 'policy' | 'headers'> {
  /** Where the provider listens. On `127.0.0.1` it is another site than the app. Default `localhost`. */
  readonly hostname?: string
  readonly config?: MockIdpConfig
  /** The policy of the app's pages, for its nonce and the origin of the provider. */
  readonly policy?: (nonce: string, provider: string) => string
  /** Further headers of a page, for its path and the origin of the provider. */
  readonly headers?: (path: string, provider: string) => Readonly<Record<string, string>>
  /** Default: the Chromium of all files. */
  readonly browser?: Browser
}

/** Starts all of it, for the test that runs. */
export async function startAppSession({
  hostname = 'localhost',
  config = {},
  client = {},
  policy,
  headers,
  browser,
}: AppSessionOptions = {}): Promise<AppSession> {
  const mock = await startMockIdp({
    hostname,
    // The standard profile knows the addresses of its clients.
    ...(config.profile !== 'standard' && { allowAnyRedirect: true }),
    ...config,
  })
  const { mira } = demoProject.users
  const app = await serveApp({
    client: { issuer: mock.idp.issuer, clientId: demoProject.oidc.clientId, ...client },
    ...(policy && { policy: (nonce) => policy(nonce, mock.url) }),
    ...(headers && { headers: (path) => headers(path, mock.url) }),
  })
  onTestFinished(async () => void (await Promise.all([app.close(), mock.close()])))
  const context = await openContext({}, browser)
  context.setDefaultTimeout(15_000)
  const first = await context.newPage()
  return {
    mock,
    app,
    context,
    page: first,
    async signInAtProvider() {
      const [name = '', value = ''] = (await mock.idp.sessions.create(mira.loginId)).cookie.split('=')
      await context.addCookies([{ name, value, domain: hostname, path: '/', sameSite: 'Lax' }])
    },
    async fillIn(page = first) {
      await page.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
      await page.locator('input[type=password]').fill(mira.password)
      await page.keyboard.press('Enter')
    },
  }
}
