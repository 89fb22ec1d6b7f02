import { describe, expect, test } from 'vitest'
import { type AppSessionOptions, startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

/** A provider on another site, whose session cookie no frame of the app gets. */
const crossSite = (client: AppSessionOptions['client'] = {}) =>
  startAppSession({ hostname: '127.0.0.1', client: { restore: 'redirect', ...client } })

describe('a page without tokens, whose provider is on another site', () => {
  test('is signed in by one top-level hop, and shows the place the user was at (behaviour 34, complaint 13)', async () => {
    const { app, page, signInAtProvider } = await crossSite()
    await signInAtProvider()
    await page.goto(`${app.origin}/orders?page=2#latest`)
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}/orders?page=2#latest`)
    expect(app.visits).toEqual(['/orders', '/callback'])
  })

  test('is signed out quietly, at the same place, when the provider knows nobody (behaviour 34)', async () => {
    const { app, page } = await crossSite()
    await page.goto(`${app.origin}/orders?page=2#latest`)
    await whenStatus(page, 'unauthenticated')
    expect(page.url()).toBe(`${app.origin}/orders?page=2#latest`)
    expect(await inApp(page, ({ client }) => client.getSnapshot())).toEqual({
      status: 'unauthenticated',
      reason: 'never',
    })
    expect(app.visits).toEqual(['/orders', '/callback'])
  })

  test('asks no second time after a no: a reload stays where it is', async () => {
    const { app, page } = await crossSite()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.reload()
    await whenStatus(page, 'unauthenticated')
    expect(app.visits).toEqual(['/orders', '/callback', '/orders'])
  })

  test('stops going there and back when its tokens are lost each time (behaviour 34, complaint 18)', async () => {
    const { app, page, signInAtProvider } = await crossSite()
    await signInAtProvider()
    for (const _ of [1, 2]) {
      await page.goto(`${app.origin}/orders`)
      await whenStatus(page, 'authenticated')
    }
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    expect(app.visits.filter((path) => path === '/callback')).toHaveLength(2)
  })

  test('leaves no entry in the history that would lead away again', async () => {
    const { app, page, signInAtProvider } = await crossSite()
    await signInAtProvider()
    await page.goto(`${app.origin}/idle`)
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'authenticated')
    await page.goBack()
    expect(page.url()).toBe(`${app.origin}/idle`)
  })

  test('stays where it is after a logout, until somebody logs in', async () => {
    const { app, page, signInAtProvider } = await crossSite()
    await signInAtProvider()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'authenticated')
    await inApp(page, ({ client }) => client.logout({ localOnly: true }))
    await page.reload()
    await whenStatus(page, 'unauthenticated')
    expect(await inApp(page, ({ client }) => client.getSnapshot())).toMatchObject({ reason: 'signed-out' })
    expect(app.visits.filter((path) => path === '/callback')).toHaveLength(1)
  })

  test('stays where it is unless the app chose the hop (behaviour 34)', async () => {
    const { app, page, signInAtProvider } = await crossSite({ restore: 'silent-frame' })
    await signInAtProvider()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    expect(app.visits).toEqual(['/orders'])
  })

  test('stays where it is in a frame, which no provider lets itself be shown in', async () => {
    const { app, page, signInAtProvider } = await crossSite()
    await signInAtProvider()
    await page.goto(`${app.origin}/idle`)
    await page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: '/framed' }))")
    await page.frameLocator('iframe').locator('body[data-status=unauthenticated]').waitFor()
    expect(app.visits).toEqual(['/idle', '/framed'])
  })

  test('is not kept blank by a provider that never answers, and a login still works (behaviour 34, complaint 14)', async () => {
    const { app, page, mock, fillIn } = await crossSite()
    mock.idp.faults.next('authorize-silent-hang')
    // Until the hop is over no command gets into the page, so the page tells its status and clicks by itself. The ten
    // seconds that it waits are half a second here.
    await page.addInitScript(`
      const wait = setTimeout
      window.setTimeout = (act, ms) => wait(act, ms / 20)
      new MutationObserver(() => {
        if (document.body?.dataset.status !== 'unauthenticated' || window.told) return
        window.told = fetch('/told-' + document.body.dataset.reason).then(() => document.querySelector('#login').click())
      }).observe(document, { subtree: true, attributes: true })`)
    await page.goto(`${app.origin}/orders`, { waitUntil: 'commit' })
    await page.waitForURL((url) => url.origin === mock.url)
    expect(app.visits).toEqual(['/orders', '/told-never'])
    await fillIn()
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
  })

  test('is not kept blank by a provider that is broken (complaint 14)', async () => {
    const { app, page, mock } = await crossSite()
    mock.idp.faults.always('discovery-not-json')
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    expect(app.visits).toEqual(['/orders'])
  })
})

test('a page whose provider is on the same site opens a frame, also when the app chose the hop', async () => {
  const { app, page, signInAtProvider } = await startAppSession({ client: { restore: 'redirect' } })
  await signInAtProvider()
  await page.goto(`${app.origin}/orders`)
  await whenStatus(page, 'authenticated')
  expect(app.visits).toEqual(['/orders', '/callback'])
  expect(page.url()).toBe(`${app.origin}/orders`)
}, 60_000)
