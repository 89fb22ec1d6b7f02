import { demoProject } from '@countersign/mock-idp'
import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { type AppSession, startAppSession } from './app-session.ts'
import { inApp, type ServedAppOptions, whenStatus } from './serve-app.ts'

/** Two tabs of one app that share their tokens, nobody signed in. */
async function twoTabs(client: ServedAppOptions['client'] = {}) {
  const session = await startAppSession({
    client: { restore: 'none', tokens: 'local', ...client },
    config: { refreshTokenRotation: true },
  })
  const second = await session.context.newPage()
  return { ...session, tabs: [session.page, second] as const }
}

/** Two that are signed in, and whose access token has expired since. */
async function twoExpiredTabs(prepare?: (session: AppSession) => Promise<unknown>) {
  const session = await twoTabs()
  await prepare?.(session)
  const { app, mock, tabs, signInAtProvider } = session
  await signInAtProvider()
  const [first, second] = tabs
  await first.goto(`${app.origin}/orders`)
  await inApp(first, ({ client }) => client.loginSilently())
  await second.goto(`${app.origin}/contacts`)
  for (const tab of tabs) await whenStatus(tab, 'authenticated')
  for (const tab of tabs) await tab.evaluate('{ const { now } = Date; Date.now = () => now() + 7_200_000 }')
  // Within the same second the provider would sign the same tokens again.
  mock.idp.clock.advance(2)
  return session
}

const read = (tab: Page) =>
  inApp(tab, ({ client }) =>
    client.getAccessToken().then(
      (token) => token,
      ({ code }) => String(code),
    ),
  )
const refreshes = ({ mock }: AppSession) =>
  mock.idp.log.entries.filter(
    ({ endpoint, parameters }) => endpoint === 'token' && parameters?.grant_type === 'refresh_token',
  )

describe('two tabs of a browser', () => {
  test('finish two logins in the other order, each with its own verifier (behaviour 11)', async () => {
    const { app, mock, tabs, fillIn } = await twoTabs()
    for (const tab of tabs) {
      await tab.goto(`${app.origin}/orders`)
      await whenStatus(tab, 'unauthenticated')
      await tab.locator('#login').click()
      await tab.waitForURL((url) => url.origin === mock.url)
    }
    const [first, second] = tabs
    for (const tab of [second, first]) {
      await fillIn(tab)
      await tab.waitForURL(`${app.origin}/orders`)
      await whenStatus(tab, 'authenticated')
    }
    const used = mock.idp.log.entries.filter(({ endpoint, status }) => endpoint === 'token' && status === 200)
    expect(used).toHaveLength(2)
  })

  test('finish in the second a login that the first has started, and the first is signed in too (behaviours 12 and 38)', async () => {
    const { app, mock, tabs, fillIn } = await twoTabs()
    const [first, second] = tabs
    await first.goto(`${app.origin}/orders?page=2`)
    await whenStatus(first, 'unauthenticated')
    // As a link in a mail does: the page of the provider is opened elsewhere.
    const away = first.waitForRequest((request) => request.url().includes('/authorize'))
    await first.locator('#login').click()
    const link = (await away).url()
    await first.waitForURL((url) => url.origin === mock.url)
    await first.goto(`${app.origin}/contacts`)
    await second.goto(link)
    await fillIn(second)
    await whenStatus(second, 'authenticated')
    expect(second.url()).toBe(`${app.origin}/orders?page=2`)
    await whenStatus(first, 'authenticated')
    expect(first.url()).toBe(`${app.origin}/contacts`)
  })

  test('go on without waiting when the one that renews is closed in the middle of it (behaviour 18)', async () => {
    const session = await twoExpiredTabs()
    const [first, second] = session.tabs
    // The request gets stuck before it reaches the provider.
    await first.evaluate(`{
      const { fetch } = window
      window.fetch = (url, init) => {
        if (!String(url).endsWith('/token')) return fetch(url, init)
        window.isAsking = true
        return new Promise(() => {})
      }
    }`)
    void read(first).catch(() => {})
    await expect.poll(() => first.evaluate('window.isAsking')).toBe(true)
    const reading = read(second)
    const closedAt = performance.now()
    await first.close()
    expect(await reading).toMatch(/^ey/)
    // The deadline of a request, after which a tab that is alive would give way, is ten seconds.
    expect(performance.now() - closedAt).toBeLessThan(5000)
    expect(refreshes(session)).toHaveLength(1)
    await whenStatus(second, 'authenticated')
  })

  test('read a token that is still good while the other one holds the lock (behaviour 19)', async () => {
    const { app, tabs, signInAtProvider } = await twoTabs()
    const [first, second] = tabs
    await signInAtProvider()
    await first.goto(`${app.origin}/orders`)
    await inApp(first, ({ client }) => client.loginSilently())
    await second.goto(`${app.origin}/orders`)
    await whenStatus(second, 'authenticated')
    await first.route('**/token', () => {})
    void inApp(first, ({ client }) => void client.renew())
    await expect
      .poll(() => second.evaluate('navigator.locks.query().then(({ held }) => held.map(({ name }) => name).join())'))
      .toContain('tokens renewal')
    expect(await read(second)).toMatch(/^ey/)
  })

  test('both stay signed in where there are no Web Locks, and renew once (behaviour 20)', async () => {
    const session = await twoExpiredTabs(({ context }) =>
      context.addInitScript("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"),
    )
    expect(await session.page.evaluate('typeof navigator.locks')).toBe('undefined')
    const [one, other] = await Promise.all(session.tabs.map(read))
    expect(one).toMatch(/^ey/)
    expect(other).toBe(one)
    expect(refreshes(session)).toHaveLength(1)
    for (const tab of session.tabs) await whenStatus(tab, 'authenticated')
  })

  test('are both signed out with the reason when the provider refuses to renew, and stay where they are (behaviour 23)', async () => {
    const { app, mock, tabs } = await twoExpiredTabs()
    for (const { id } of mock.idp.sessions.list()) mock.idp.sessions.end(id)
    const visits = app.visits.length
    expect(await read(tabs[0])).toBe('OIDC_TOKEN_ENDPOINT_ERROR')
    for (const tab of tabs) {
      await whenStatus(tab, 'unauthenticated')
      expect(await tab.locator('body').getAttribute('data-reason')).toBe('expired')
    }
    expect(app.visits.slice(visits)).toEqual([])
    expect(tabs.map((tab) => new URL(tab.url()).pathname)).toEqual(['/orders', '/contacts'])
  })

  test('are both signed out by a logout in one, whose token is revoked before it leaves (behaviour 37)', async () => {
    const { app, mock, tabs } = await twoExpiredTabs()
    const [first, second] = tabs
    const visits = app.visits.length
    await first.locator('#logout').click()
    await first.waitForURL((url) => url.origin === mock.url)
    await whenStatus(second, 'unauthenticated')
    expect(await second.locator('body').getAttribute('data-reason')).toBe('signed-out')
    expect(app.visits.slice(visits)).toEqual([])
    const order = mock.idp.log.entries
      .map(({ endpoint }) => endpoint)
      .filter((name) => name === 'revoke' || name === 'logout')
    expect(order).toEqual(['revoke', 'logout'])
  })
})

describe('one tab', () => {
  test('that was frozen for two hours and wakes without a network renews once, when it is online again (behaviour 27)', async () => {
    const session = await twoTabs()
    const { app, context, page, signInAtProvider } = session
    await signInAtProvider()
    await page.goto(`${app.origin}/orders`)
    await inApp(page, ({ client }) => client.loginSilently())
    const before = await read(page)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    await context.setOffline(true)
    session.mock.idp.clock.advance(7200)
    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    await page.evaluate(
      '{ const { now } = Date; Date.now = () => now() + 7_200_000; dispatchEvent(new Event("focus")) }',
    )
    expect(await page.evaluate('navigator.onLine')).toBe(false)
    expect(await read(page)).toBe('OIDC_NETWORK_ERROR')
    await whenStatus(page, 'authenticated')
    expect(refreshes(session)).toHaveLength(0)
    await context.setOffline(false)
    await expect.poll(() => refreshes(session).length).toBe(1)
    await page.evaluate('{ for (const name of ["focus", "online", "pageshow"]) dispatchEvent(new Event(name)) }')
    const after = await read(page)
    expect(after).toMatch(/^ey/)
    expect(after).not.toBe(before)
    expect(refreshes(session)).toHaveLength(1)
  })

  test('whose callback is loaded anew shows the app, signed in, and sends nothing (behaviour 7)', async () => {
    const { app, mock, page, fillIn } = await twoTabs()
    const callbacks: string[] = []
    page.on('framenavigated', (frame) => {
      if (frame.url().includes('/callback?')) callbacks.push(frame.url())
    })
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.locator('#login').click()
    await fillIn()
    await whenStatus(page, 'authenticated')
    const sent = mock.idp.log.entries.length
    await page.goto(callbacks[0] ?? '')
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
    expect(mock.idp.log.entries.slice(sent).map(({ endpoint }) => endpoint)).toEqual([])
  })

  test('that has no such login shows a typed error, a clean address, and can log in (behaviour 8)', async () => {
    const { app, page, fillIn } = await twoTabs()
    await page.goto(`${app.origin}/callback?code=used&state=gone`)
    await whenStatus(page, 'unauthenticated')
    expect(page.url()).toBe(`${app.origin}/`)
    const { error } = await inApp(page, ({ client }) => {
      const state = client.getSnapshot()
      return { error: state.status === 'unauthenticated' ? state.error?.code : undefined }
    })
    expect(error).toBe('OIDC_TRANSACTION_MISSING')
    await page.locator('#login').click()
    await fillIn()
    await whenStatus(page, 'authenticated')
  })

  test('leaves code and state of the app itself alone, also while a login is under way (behaviour 9)', async () => {
    const { app, mock, page, fillIn } = await twoTabs()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.locator('#login').click()
    await page.waitForURL((url) => url.origin === mock.url)
    const provider = page.url()
    const sent = mock.idp.log.entries.filter(({ endpoint }) => endpoint === 'token').length
    await page.goto(`${app.origin}/coupons?code=SPRING&state=CA#top`)
    await whenStatus(page, 'unauthenticated')
    expect(page.url()).toBe(`${app.origin}/coupons?code=SPRING&state=CA#top`)
    expect(mock.idp.log.entries.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(sent)
    await page.goto(provider)
    await fillIn()
    await whenStatus(page, 'authenticated')
  })

  test.each([
    '/orders?page=2&sort=a%20b#latest',
    '/#/route/3?tab=2',
    '/orders#a=1&b=2',
    '/orders?x=%26&state=CA&code=SPRING#?leading=1',
    '/orders?iss=mine&empty=&again=1&again=2',
  ])('comes back from a login to %s as it was, without anything of the response (behaviour 10)', async (path) => {
    const { app, mock, page, fillIn } = await twoTabs()
    await page.goto(`${app.origin}${path}`)
    await whenStatus(page, 'unauthenticated')
    await page.locator('#login').click()
    await page.waitForURL((url) => url.origin === mock.url)
    mock.idp.faults.next('response-extra-parameters')
    await fillIn()
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}${path}`)
    expect(await inApp(page, ({ client }) => client.getSnapshot())).toMatchObject({
      claims: { sub: demoProject.users.mira.id },
    })
  })
})
