import { describe, expect, test } from 'vitest'
import { begin, inApp, useEngine, when, whenAt, whenOpened, whenStatus } from './engine-session.ts'

const start = useEngine()

describe('login', () => {
  test('by redirect comes back signed in, at the place the user was at', async () => {
    const { app, signIn, grants } = await start()
    const tab = await signIn('/orders?page=2#latest')
    expect(await tab.url()).toBe(`${app.origin}/orders?page=2#latest`)
    expect(await inApp(tab, ({ client }) => client.getSnapshot())).toMatchObject({ claims: { aud: 'spa' } })
    expect(app.visits).toEqual(['/orders', '/callback'])
    expect(grants()).toEqual(['authorization_code'])
  })

  test('works at the second try after the back button, in the very page of before (behaviour 36)', async () => {
    const { app, mock, openApp, fillIn } = await start()
    const tab = await openApp('/orders')
    await tab.run("document.body.dataset.mark = 'before'")
    await tab.click('#login')
    await whenAt(tab, mock.url)
    await tab.back()
    await when(tab, "document.body.dataset.mark === 'before'")
    await whenStatus(tab, 'unauthenticated')
    await tab.click('#login')
    await fillIn(tab)
    await whenStatus(tab, 'authenticated')
    expect(await tab.url()).toBe(`${app.origin}/orders`)
  })
})

describe('a page without tokens', () => {
  test('is signed in by a hidden frame with prompt=none', async () => {
    const { app, signIn, mock } = await start({ client: { restore: 'silent-frame' } })
    const tab = await signIn('/orders')
    await tab.reload()
    await whenStatus(tab, 'authenticated')
    expect(app.visits.slice(-2)).toEqual(['/orders', '/callback'])
    expect(mock.idp.log.entries.filter(({ parameters }) => parameters.prompt === 'none').at(-1)).toMatchObject({
      endpoint: 'authorize',
    })
    expect(await inApp(tab, () => document.querySelectorAll('iframe').length)).toBe(0)
  })

  test('whose provider is on another site is signed in by one top-level hop (behaviour 34)', async () => {
    const { app, signIn, openApp } = await start({
      hostname: '127.0.0.1',
      client: { restore: 'redirect' },
    })
    await signIn('/contacts')
    const visits = app.visits.length
    const tab = await openApp('/orders?page=2#latest')
    await whenStatus(tab, 'authenticated')
    expect(app.visits.slice(visits)).toEqual(['/orders', '/callback'])
    expect(await tab.url()).toBe(`${app.origin}/orders?page=2#latest`)
  })
})

describe('a login in a window', () => {
  test.each([
    ['signs the user in and closes the window', undefined],
    [
      'signs the user in where the provider cuts the window off by a Cross-Origin-Opener-Policy (behaviour 35, complaint 20)',
      'page-opener-severed',
    ],
  ] as const)('%s', async (_, fault) => {
    const { app, mock, openApp, fillIn, profile } = await start()
    if (fault) mock.idp.faults.always(fault)
    const tab = await openApp('/orders')
    await tab.click('#popup')
    const popup = await whenOpened(profile)
    await fillIn(popup)
    await whenStatus(tab, 'authenticated')
    await when(tab, "document.body.dataset.popup === 'done'")
    expect(app.visits).toEqual(['/orders', '/callback'])
  })

  test('fails with its own code when the user closes the window (behaviour 35)', async () => {
    const { mock, openApp, profile } = await start()
    const tab = await openApp('/orders')
    await tab.run(`
      const start = setInterval
      window.looks = 0
      window.setInterval = (look, ms) => start(() => { look(); window.looks += 1 }, ms)`)
    await tab.click('#popup')
    const popup = await whenOpened(profile)
    await whenAt(popup, mock.url)
    const looks = Number(await tab.run('return String(looks)'))
    await when(tab, `looks > ${looks + 1}`)
    await popup.close()
    await when(tab, "document.body.dataset.popup === 'OIDC_POPUP_CLOSED'")
  })

  test('fails with its own code when the browser blocks the window (behaviour 35)', async () => {
    const { openApp } = await start()
    const tab = await openApp('/unasked')
    await when(tab, "document.body.dataset.popup === 'OIDC_POPUP_BLOCKED'")
  })
})

describe('a strict Content-Security-Policy with Trusted Types', () => {
  const strict = (nonce: string, provider: string, frames = `${provider} 'self'`) =>
    `default-src 'none'; script-src 'nonce-${nonce}'; connect-src ${provider}; frame-src ${frames}; img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`

  test('allows login, renewal, silent sign-in, userinfo, window and logout (behaviour 43)', async () => {
    const { mock, signIn } = await start({ policy: strict })
    const tab = await signIn('/orders')
    await inApp(tab, ({ client }) => client.renew())
    await inApp(tab, ({ client }) => client.loginSilently())
    await inApp(tab, ({ client }) => client.fetchUserInfo())
    await tab.click('#popup')
    await when(tab, "document.body.dataset.popup === 'done'")
    expect(await inApp(tab, ({ violations }) => violations)).toEqual([])
    await tab.click('#logout')
    await whenAt(tab, mock.url)
  })

  test.each([
    ['that forbids frames of the provider is named at once (complaint 15)', "'self'"],
    ['that forbids frames of the page itself is named at once (complaint 15)', 'PROVIDER'],
  ])('%s', async (_, frames) => {
    const { signIn, mock } = await start({
      policy: (nonce, provider) => strict(nonce, provider, frames.replace('PROVIDER', provider)),
      client: { silentTimeoutMs: 600_000 },
    })
    const tab = await signIn('/orders')
    const outcome = await begin(tab, ({ client }) => client.loginSilently())
    const { error } = await outcome()
    expect(error).toMatchObject({ code: 'OIDC_FRAME_BLOCKED' })
    expect(error?.message).toContain(`frame-src has to list ${mock.url} and 'self'`)
  })
})
