/** Fixtures for Playwright Test. */
import {
  test as base,
  type Page,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestInfo,
  type TestType,
} from '@playwright/test'
import type { MockIdpConfig } from '../config/config.ts'
import { type ListenOptions, type RunningMockIdp, startMockIdp } from '../node.ts'
import { timeline } from '../timeline.ts'
import { firstUser } from './first-user.ts'

/** What a test gets; each is made when a test names it, for this test alone. */
export interface IdpFixtures {
  /** Options of the mock and where it listens, to be set with `test.use({ idpConfig })`. Default a free port. */
  readonly idpConfig: MockIdpConfig & ListenOptions
  /** Login id or user id of who signs in, to be set with `test.use({ idpUser })`. Default the first active user. */
  readonly idpUser: string | undefined
  /** A mock behind a server of its own, closed after the test. When the test fails, its timeline is attached. */
  readonly idp: RunningMockIdp
  /** A page whose browser is signed in at `idp` already: a login of the app comes back without a form. */
  readonly signedInPage: Page
  /** Fills in the hosted form that the page shows, and waits until the page has left the mock. */
  readonly signInOnPage: (page: Page, user?: string) => Promise<void>
}

/** Playwright's `test` with a mock of its own for each test. Extend it further with `test.extend` or `mergeTests`. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & IdpFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
> = base.extend<IdpFixtures>({
  idpConfig: [{}, { option: true }],
  idpUser: [undefined, { option: true }],
  async idp({ idpConfig }, use, testInfo) {
    const running = await startMockIdp({ ...idpConfig, compat: { deterministicKeys: true, ...idpConfig.compat } })
    await use(running)
    await attachTimeline(running, testInfo)
    await running.close()
  },
  async signedInPage({ idp: { idp, url }, idpUser, context, page }, use) {
    const { cookie } = await idp.sessions.create(idpUser ?? firstUser(idp))
    const [name = '', value = ''] = cookie.split(/=(.*)/s)
    await context.addCookies([{ name, value, url, httpOnly: true }])
    await use(page)
  },
  async signInOnPage({ idp: { idp, url }, idpUser }, use) {
    await use(async (page, user = idpUser ?? firstUser(idp)) => {
      const password = idp.users.get(user)?.password
      await page.locator('input[name="loginId"], input[name="email"]').first().fill(user)
      if (password !== undefined) await page.locator('input[name="password"]').fill(password)
      await page.locator('button[type="submit"]').first().click()
      await page.waitForURL((next) => next.origin !== url)
    })
  },
})

async function attachTimeline({ idp }: RunningMockIdp, testInfo: TestInfo): Promise<void> {
  if (testInfo.status === testInfo.expectedStatus) return
  await testInfo.attach('mock-idp', { body: timeline(idp), contentType: 'text/plain' })
}
