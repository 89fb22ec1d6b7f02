import { describe, expect, test } from 'vitest'
import { startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

const policies = {
  nonce: (nonce: string) => `script-src 'nonce-${nonce}'`,
  'strict-dynamic': (nonce: string) => `script-src 'nonce-${nonce}' 'strict-dynamic'`,
}

/** Everything is forbidden but what a login needs. */
const strict = (script: string, provider: string, frames = `${provider} 'self'`) =>
  `default-src 'none'; ${script}; connect-src ${provider}; frame-src ${frames}; img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`

describe.each(Object.entries(policies))('under a strict policy with %s', (_, scriptSource) => {
  test('login, silent sign-in, renewal, popup and logout work, and nothing is reported (case G-37; behaviour 43)', async () => {
    const { app, page, context, mock, fillIn } = await startAppSession({
      policy: (nonce, provider) => strict(scriptSource(nonce), provider),
      client: { trustsProvider: true },
    })
    const reports: string[] = []
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy') && message.page()?.url().startsWith(app.origin))
        reports.push(message.text())
    })
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    await page.locator('#login').click()
    await fillIn()
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(`${app.origin}/orders`)
    await inApp(page, ({ client }) => client.renew())
    await inApp(page, ({ client }) => client.loginSilently())
    await inApp(page, ({ client }) => client.fetchUserInfo())
    const { userinfo_endpoint: api } = await (await fetch(`${mock.idp.issuer}/.well-known/openid-configuration`)).json()
    expect(await page.evaluate(`app.client.fetch('${api}').then(({ status }) => status)`)).toBe(200)
    await inApp(page, ({ loginWithPopup }) => loginWithPopup())
    expect(await inApp(page, ({ violations }) => violations)).toEqual([])
    const tokens = mock.idp.log.entries.filter(({ path }) => path.endsWith('/token'))
    expect(tokens).toHaveLength(4)
    await page.locator('#logout').click()
    await page.waitForURL((url) => url.origin === mock.url)
    expect(reports).toEqual([])
  })

  test('a logout by a form comes back, and nothing is reported', async () => {
    const { app, page, mock, signInAtProvider } = await startAppSession({
      policy: (nonce, provider) => strict(scriptSource(nonce), provider),
      client: { returns: true },
    })
    await signInAtProvider()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'authenticated')
    await inApp(page, ({ logoutAndReturn }) => void logoutAndReturn({ returnTo: '/shop', by: 'form' }))
    await page.waitForURL(`${app.origin}/shop`)
    await whenStatus(page, 'unauthenticated')
    expect(mock.idp.log.entries.filter(({ endpoint }) => endpoint === 'logout').map(({ method }) => method)).toEqual([
      'POST',
    ])
    expect(await inApp(page, ({ violations }) => violations)).toEqual([])
  })

  test('a page is restored by the hidden frame', async () => {
    const { app, page, signInAtProvider } = await startAppSession({
      policy: (nonce, provider) => strict(scriptSource(nonce), provider),
    })
    await signInAtProvider()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'authenticated')
    expect(await inApp(page, ({ violations }) => violations)).toEqual([])
  })
})

describe('a policy that is too strict', () => {
  test.each([
    ['the provider', "'self'"],
    ['the page itself, which the response comes back to', 'PROVIDER'],
  ])('and leaves out %s is named at once, not at the deadline (complaint 15)', async (_, frames) => {
    const { app, page, mock, signInAtProvider } = await startAppSession({
      policy: (nonce, provider) => strict(policies.nonce(nonce), provider, frames.replace('PROVIDER', provider)),
      client: { restore: 'none', silentTimeoutMs: 60_000 },
    })
    await signInAtProvider()
    await page.goto(`${app.origin}/orders`)
    await whenStatus(page, 'unauthenticated')
    const error = await inApp(page, ({ client }) =>
      client.loginSilently().then(
        () => undefined,
        ({ code, message, retryable }) => ({ code, message, retryable }),
      ),
    )
    expect(error).toMatchObject({ code: 'OIDC_FRAME_BLOCKED', retryable: false })
    expect(error?.message).toContain(`frame-src has to list ${mock.url} and 'self'`)
    expect(await page.locator('iframe').count()).toBe(0)
  })
})
