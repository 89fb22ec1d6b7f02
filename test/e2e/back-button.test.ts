import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumAdvice, findChromium } from '../../examples/demo/chromium.ts'
import { startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

let browser: Browser

beforeAll(async () => {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(chromiumAdvice)
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}, 60_000)
afterAll(() => browser?.close())

describe('the way back from the provider by the back button', () => {
  test('shows an app that is usable at once, and a second login works (behaviour 36, complaint 21)', async () => {
    const { app, page, mock, fillIn } = await startAppSession({ browser })
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.evaluate("document.body.dataset.mark = 'the page of before'")
    await page.locator('#login').click()
    await page.waitForURL((url) => url.origin === mock.url)
    await page.goBack({ waitUntil: 'commit' })
    await whenStatus(page, 'unauthenticated')
    expect(await page.evaluate('document.body.dataset.mark')).toBe('the page of before')
    await page.locator('#login').click()
    await fillIn()
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
  })

  test('after a logout shows an app that is signed out, not one that is leaving (behaviour 36)', async () => {
    const { app, page, mock, fillIn } = await startAppSession({ browser })
    await page.goto(`${app.origin}/orders`)
    await page.locator('#login').click()
    await fillIn()
    await whenStatus(page, 'authenticated')
    await page.locator('#logout').click()
    await page.waitForURL((url) => url.origin === mock.url)
    await page.goBack({ waitUntil: 'commit' })
    await whenStatus(page, 'unauthenticated')
    expect(await inApp(page, ({ client }) => client.getSnapshot())).toMatchObject({ reason: 'signed-out' })
  })
})
