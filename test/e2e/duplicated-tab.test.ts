import { expect, test } from 'vitest'
import { startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

test('a tab whose session storage was copied uses no copied token, and the first tab keeps its session', async () => {
  const { app, page, signInAtProvider } = await startAppSession({
    client: { restore: 'none', tokens: 'session' },
  })
  await signInAtProvider()
  await page.goto(`${app.origin}/orders`)
  await whenStatus(page, 'unauthenticated')
  await inApp(page, ({ client }) => client.loginSilently())
  await whenStatus(page, 'authenticated')
  const opened = page.waitForEvent('popup')
  // A page that is opened from another one gets a copy of its session storage, as a duplicated tab does.
  await page.evaluate("void window.open('/orders')")
  const copy = await opened
  await whenStatus(copy, 'unauthenticated')
  const marks = (tab: typeof page) =>
    tab.evaluate("Object.keys(sessionStorage).map((key) => key.split(' ').at(-1)).sort()")
  expect(await marks(copy)).toEqual(['use'])
  expect(await marks(page)).toEqual(['tokens', 'use'])
  await inApp(page, ({ client }) => client.renew())
  await page.reload()
  await whenStatus(page, 'authenticated')
}, 60_000)
