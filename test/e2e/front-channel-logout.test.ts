import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findChromium } from '../../examples/demo/chromium.ts'
import { inApp, whenStatus } from './serve-app.ts'
import { startStandardSession } from './standard-session.ts'

/** An app with two tabs of one session at a provider that calls its front-channel logout address. */
async function twoTabs(options: Parameters<typeof startStandardSession>[0] = {}) {
  const session = await startStandardSession(options, (origin) => ({
    frontchannel_logout_uri: `${origin}/ended`,
    frontchannel_logout_session_required: true,
  }))
  const { app, mock, context } = session
  const second = await context.newPage()
  await second.goto(`${app.origin}/contacts`)
  await second.locator('#login').click()
  await whenStatus(second, 'authenticated')
  const elsewhere = await context.newPage()
  return {
    ...session,
    second,
    elsewhere,
    visits: app.visits.length,
    /** Logs out at the provider itself, in a page of its own; gives the frame that it loads. */
    async logoutAtProvider() {
      const metadata = await (await fetch(`${mock.idp.issuer}/.well-known/openid-configuration`)).json()
      await elsewhere.goto(metadata.end_session_endpoint)
      await elsewhere.locator('button').first().click()
      return elsewhere.frameLocator('iframe').locator('body')
    },
  }
}

/** Chromium as it comes: Playwright turns off that frames of other sites have storage and channels of their own. */
async function launchPartitioned(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'profile-'))
  const args = `--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync --remote-debugging-pipe --user-data-dir=${profile}`
  const started = await chromium.launch({
    executablePath: findChromium() ?? '',
    ignoreDefaultArgs: true,
    args: args.split(' '),
  })
  onTestFinished(async () => {
    await started.close()
    rmSync(profile, { recursive: true, force: true })
  })
  return started
}

const reasonIn = (tab: Page) => tab.locator('body').getAttribute('data-reason')

describe('front-channel logout', () => {
  test('at the provider ends the session in all tabs of the app, by a frame and without navigation (case A-FCL-02)', async () => {
    const { app, page, second, visits, logoutAtProvider } = await twoTabs()
    const framed = await logoutAtProvider()
    for (const tab of [page, second]) {
      await whenStatus(tab, 'unauthenticated')
      expect(await reasonIn(tab)).toBe('signed-out')
    }
    expect(app.visits.slice(visits)).toEqual(['/ended'])
    expect(await framed.getAttribute('data-effective')).toBe('true')
  })

  test('follows a logout of the app too, whose page is then there again (case A-FCL-01)', async () => {
    const { app, page, second, visits } = await twoTabs()
    await inApp(page, ({ logoutAndReturn }) => void logoutAndReturn({ returnTo: '/orders?left=1' }))
    await page.waitForURL(`${app.origin}/orders?left=1`)
    await whenStatus(page, 'unauthenticated')
    await whenStatus(second, 'unauthenticated')
    expect(app.visits.slice(visits)).toEqual(['/ended', '/goodbye'])
  })

  test.each([
    'front-channel-iss-wrong',
    'front-channel-iss-missing',
    'front-channel-sid-missing',
    'front-channel-sid-duplicated',
    'front-channel-parameters-missing',
  ] as const)('ends nothing with %s (case A-FCL-02)', async (fault) => {
    const { mock, page, second, logoutAtProvider } = await twoTabs()
    mock.idp.faults.always(fault)
    const framed = await logoutAtProvider()
    await expect.poll(() => framed.getAttribute('data-refused')).toBe('OIDC_LOGOUT_REQUEST_INVALID')
    for (const tab of [page, second])
      expect(await inApp(tab, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
  })

  test('ends nothing for the session of somebody else (case A-FCL-02)', async () => {
    const { mock, page, second, logoutAtProvider } = await twoTabs()
    mock.idp.faults.always('front-channel-sid-wrong')
    const framed = await logoutAtProvider()
    await expect.poll(() => framed.getAttribute('data-effective')).toBe('true')
    for (const tab of [page, second])
      expect(await inApp(tab, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
  })

  test('works in a page that nobody keeps and only the provider may frame (cases A-FCL-01 and A-FCL-02)', async () => {
    const { app, page, mock, context, logoutAtProvider } = await twoTabs({
      headers: (path, provider) =>
        path === '/ended'
          ? { 'cache-control': 'no-store', 'content-security-policy': `frame-ancestors ${provider}` }
          : {},
    })
    const stranger = await context.newPage()
    await stranger.goto(`${app.origin}/idle`)
    const { sid } = await inApp(
      page,
      ({ client }) => (client.getSnapshot() as unknown as { claims: { sid: string } }).claims,
    )
    const call = `${app.origin}/ended?${new URLSearchParams({ iss: mock.idp.issuer, sid })}`
    const blocked = stranger.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
    await stranger.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: '${call}' }))`)
    await blocked
    expect(await inApp(page, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
    await logoutAtProvider()
    await whenStatus(page, 'unauthenticated')
  })

  test('of a provider on another site says that it reaches no tab, since the browser keeps its frame apart (case H-28)', async () => {
    const { page, second, logoutAtProvider } = await twoTabs({
      hostname: '127.0.0.1',
      browser: await launchPartitioned(),
    })
    const framed = await logoutAtProvider()
    await expect.poll(() => framed.getAttribute('data-effective')).toBe('false')
    for (const tab of [page, second])
      expect(await inApp(tab, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
  })

  test('in a frame without cookies says that it reaches no tab (case H-28)', async () => {
    const { mock, page, logoutAtProvider } = await twoTabs()
    mock.idp.faults.always('front-channel-without-cookies')
    const framed = await logoutAtProvider()
    await expect.poll(() => framed.getAttribute('data-effective')).toBe('false')
    expect(await inApp(page, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
  })
})
