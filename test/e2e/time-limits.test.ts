import type { BrowserContext, Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { startAppSession } from './app-session.ts'
import { inApp, type ServedAppOptions, whenStatus } from './serve-app.ts'

/** Two tabs of a browser whose clock the test moves, both signed in. */
async function twoTabs(limits: NonNullable<ServedAppOptions['client']['limits']>) {
  const { app, context, page, mock, signInAtProvider } = await startAppSession({ client: { limits } })
  await context.clock.install({ time: mock.idp.clock.now() })
  await signInAtProvider()
  const second = await context.newPage()
  for (const tab of [page, second]) {
    await tab.goto(`${app.origin}/orders`)
    await whenStatus(tab, 'authenticated')
  }
  return { app, context, page, second }
}

/** Lets time pass in all tabs, as it does outside of tests. */
const pass = (context: BrowserContext, seconds: number) => context.clock.runFor(seconds * 1000)
const shownIn = (tab: Page, name: string) => tab.locator('body').getAttribute(`data-${name}`)

describe('time limits over two tabs', () => {
  test('end an idle session in both, with a warning in both', async () => {
    const { app, context, page, second } = await twoTabs({ idleSeconds: 300, warnBeforeSeconds: 60 })
    await pass(context, 245)
    for (const tab of [page, second]) await expect.poll(() => shownIn(tab, 'warning')).toBe('idle-timeout')
    const visits = app.visits.length
    await pass(context, 60)
    for (const tab of [page, second]) {
      await whenStatus(tab, 'unauthenticated')
      expect(await shownIn(tab, 'reason')).toBe('idle-timeout')
    }
    expect(app.visits.slice(visits), 'nobody is led anywhere').toEqual([])
    await page.reload()
    await whenStatus(page, 'unauthenticated')
    expect(await shownIn(page, 'reason')).toBe('idle-timeout')
  })

  test('let what the user does in one tab count for the other, whose warning is over', async () => {
    const { context, page, second } = await twoTabs({ idleSeconds: 300, warnBeforeSeconds: 60 })
    await pass(context, 245)
    await expect.poll(() => shownIn(second, 'warning')).toBe('idle-timeout')
    await page.mouse.move(10, 10)
    await page.mouse.move(20, 20)
    await expect.poll(() => shownIn(second, 'warning')).toBe('')
    await pass(context, 200)
    for (const tab of [page, second]) await whenStatus(tab, 'authenticated')
    await pass(context, 105)
    for (const tab of [page, second]) await whenStatus(tab, 'unauthenticated')
  })

  test('end a session in both when it lasted too long, whatever the user does', async () => {
    const { context, page, second } = await twoTabs({ absoluteSeconds: 600, idleSeconds: 300 })
    for (const _ of [1, 2]) {
      await pass(context, 240)
      await page.mouse.move(10, 10)
      await page.mouse.move(20, 20)
    }
    await pass(context, 125)
    for (const tab of [page, second]) {
      await whenStatus(tab, 'unauthenticated')
      expect(await shownIn(tab, 'reason')).toBe('absolute-timeout')
    }
    expect(await inApp(page, ({ client }) => client.getAccessToken().catch(({ code }) => code))).toBe(
      'OIDC_SESSION_MISSING',
    )
  })
})
