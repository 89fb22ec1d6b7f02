import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

/** A page on another site that writes down every message it gets. */
async function serveStranger(body = ''): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>Elsewhere</title><body>${body}<script>
      window.heard = []
      addEventListener('message', ({ data, origin }) => heard.push([origin, data]))
    </script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('a page of another origin', () => {
  test('that shows the app in a frame gets no login to begin, by redirect or popup (case G-16)', async () => {
    const { app, page, mock } = await startAppSession()
    const stranger = await serveStranger(`<iframe src="${app.origin}/orders"></iframe>`)
    await page.goto(stranger)
    const frame = page.frameLocator('iframe')
    await frame.locator('body[data-status=unauthenticated]').waitFor()
    const codes = await page.frames()[1]?.evaluate(`(async ({ client, loginWithPopup }) => [
      await client.login().catch(({ code }) => code),
      await loginWithPopup().catch(({ code }) => code),
    ])(window.app)`)
    expect(codes).toEqual(['OIDC_FOREIGN_FRAME', 'OIDC_FOREIGN_FRAME'])
    expect(page.context().pages()).toHaveLength(1)
    expect(
      mock.idp.log.entries.filter(({ path, parameters }) => path.endsWith('/authorize') && !parameters.prompt),
    ).toEqual([])
  })

  test('is told apart from the app itself, in whose frame a login begins', async () => {
    const { app, page, mock } = await startAppSession()
    await page.goto(`${app.origin}/idle`)
    await page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: '/orders' }))")
    await page.frameLocator('iframe').locator('body[data-status=unauthenticated]').waitFor()
    void page
      .frames()[1]
      ?.evaluate('window.app.client.login()')
      .catch(() => {})
    await expect.poll(() => mock.idp.log.entries.filter(({ path }) => path.endsWith('/authorize')).length).toBe(2)
  })

  test('that loads the redirect URI in a frame like the hidden one, or opens it, hears nothing of a response (case G-03)', async () => {
    const { app, page, signInAtProvider } = await startAppSession({ client: { restore: 'none' } })
    await signInAtProvider()
    const response = `${app.origin}/callback?code=of-the-user&state=of-a-login`
    const stranger = await serveStranger(`<iframe id="countersign-silent-frame" src="${response}"></iframe>`)
    await page.goto(stranger)
    await page.frameLocator('iframe').locator('body[data-status=unauthenticated]').waitFor()
    const opened = page.waitForEvent('popup')
    await page.evaluate(`void open('${response}')`)
    const popup = await opened
    await whenStatus(popup, 'unauthenticated')
    expect(await popup.evaluate('!!window.opener'), 'it could have been told').toBe(true)
    // The two pages have said what they had to say before this message.
    await popup.evaluate("opener.postMessage('last', '*')")
    await expect.poll(() => page.evaluate('window.heard.at(-1)?.[1]')).toBe('last')
    expect(await page.evaluate('window.heard')).toEqual([[app.origin, 'last']])
  })

  test('that is the provider in a popup can tell the app nothing: only the response of its own redirect URI counts (case G-15)', async () => {
    const { app, page, context, mock, fillIn } = await startAppSession({ client: { restore: 'none' } })
    // The last page stays, so that it can be looked at.
    await context.addInitScript('window.close = () => {}')
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    const opened = page.waitForEvent('popup')
    const login = inApp(page, ({ loginWithPopup }) => loginWithPopup())
    const popup = await opened
    await popup.waitForURL((url) => url.origin === mock.url)
    const forged = `${app.origin}/callback?code=stolen&state=guessed`
    await popup.evaluate(`opener.postMessage('${forged}', '*')`)
    await popup.evaluate(`new BroadcastChannel('countersign').postMessage('${forged}')`)
    expect(await inApp(page, ({ client }) => client.getSnapshot().status)).toBe('unauthenticated')
    await fillIn(popup)
    await login
    expect(await inApp(page, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
  })

  test('that navigates the app away from its popup costs the app nothing but that page (case G-15)', async () => {
    const { app, page, mock, fillIn } = await startAppSession({ client: { restore: 'none' } })
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    mock.idp.faults.next('page-opener-navigated')
    const opened = page.waitForEvent('popup')
    void inApp(page, ({ loginWithPopup }) => void loginWithPopup().catch(() => {}))
    const popup = await opened
    await page.waitForURL((url) => url.origin === mock.url)
    await fillIn(popup)
    await popup.waitForEvent('close')
    await page.goBack()
    await whenStatus(page, 'unauthenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
    await page.locator('#login').click()
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
  })

  test('that is the provider and cuts the tie to its popup keeps nobody from signing in, and is no cancel (case G-14; behaviour 35, complaint 20)', async () => {
    const { app, page, mock, fillIn } = await startAppSession({ client: { restore: 'none' } })
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.evaluate('{ const { open } = window; window.open = (...of) => (window.opened = open(...of)) }')
    mock.idp.faults.always('page-opener-severed')
    const opened = page.waitForEvent('popup')
    const login = inApp(page, ({ loginWithPopup }) => loginWithPopup())
    const popup = await opened
    await popup.locator('input[type=password]').waitFor()
    expect(await popup.evaluate('window.opener')).toBeNull()
    expect(await page.evaluate('window.opened.closed'), 'a window that is there looks closed').toBe(true)
    await fillIn(popup)
    await login
    expect(await inApp(page, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
    await expect.poll(() => popup.isClosed()).toBe(true)
  })

  test('that is the provider and cuts the tie leaves a login that nobody finishes to a signal (behaviour 35)', async () => {
    const { app, page, mock } = await startAppSession({ client: { restore: 'none' } })
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    mock.idp.faults.always('page-opener-severed')
    const opened = page.waitForEvent('popup')
    const outcome = page.evaluate(`{
      window.abort = new AbortController()
      app.loginWithPopup({ signal: window.abort.signal }).catch(({ code }) => code)
    }`)
    const popup = await opened
    await popup.locator('input[type=password]').waitFor()
    await popup.close()
    await page.evaluate('window.abort.abort()')
    expect(await outcome).toBe('OIDC_POPUP_ABORTED')
  })

  test('that comes after the response in a popup finds no opener (case G-15)', async () => {
    const { app, page, context, mock, fillIn } = await startAppSession({ client: { restore: 'none' } })
    // A window that nobody closes.
    await context.addInitScript('window.close = () => {}')
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.evaluate(`{
      const { open } = window
      window.open = (...of) => {
        const { location, closed } = open(...of)
        return { location, closed, close() {} }
      }
    }`)
    const stranger = await serveStranger()
    const opened = page.waitForEvent('popup')
    const login = inApp(page, ({ loginWithPopup }) => loginWithPopup())
    const popup = await opened
    await popup.waitForURL((url) => url.origin === mock.url)
    expect(await popup.evaluate('!!window.opener')).toBe(true)
    await fillIn(popup)
    await login
    await popup.waitForURL((url) => url.origin === app.origin)
    await popup.evaluate(`void (location.href = '${stranger}')`)
    await popup.waitForURL(stranger)
    expect(await popup.evaluate('window.opener')).toBeNull()
  })
})
