import { demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'
import { startStandardSession } from './standard-session.ts'

describe('a logout that comes back', () => {
  test.each(['url', 'form'] as const)(
    'by %s ends both sessions and shows where the user wanted to go (cases A-RPL-01 and H-01)',
    async (by) => {
      const { app, mock, page } = await startStandardSession()
      const requests: string[] = []
      page.on('request', (request) => {
        if (new URL(request.url()).pathname === '/logout') requests.push(`${request.method()} ${request.url()}`)
      })
      await inApp(
        page,
        by === 'url'
          ? ({ logoutAndReturn }) => void logoutAndReturn({ returnTo: '/shop?left=1#top', by: 'url' })
          : ({ logoutAndReturn }) => void logoutAndReturn({ returnTo: '/shop?left=1#top', by: 'form' }),
      )
      await page.waitForURL(`${app.origin}/shop?left=1#top`)
      await whenStatus(page, 'unauthenticated')
      expect(mock.idp.sessions.list()).toEqual([])
      expect(requests).toHaveLength(1)
      if (by === 'form') expect(requests).toEqual([`POST ${mock.url}/logout`])
      else expect(requests[0]).toMatch(/^GET .*[?&]id_token_hint=ey.*[?&]state=[\w-]{43}$/)
    },
  )
})

describe('a logout that comes back otherwise', () => {
  test.each(['logout-state-wrong', 'logout-state-missing'] as const)(
    'with %s shows the page of the app, signed out, and follows nothing (cases A-RPL-02 and A-RPL-03)',
    async (fault) => {
      const { app, mock, page } = await startStandardSession()
      mock.idp.faults.always(fault)
      await inApp(page, ({ logoutAndReturn }) => void logoutAndReturn({ returnTo: '/shop' }))
      await page.waitForURL((url) => url.origin === app.origin && url.pathname === '/goodbye')
      await whenStatus(page, 'unauthenticated')
      expect(new URL(page.url()).pathname).toBe('/goodbye')
      expect(await page.locator('body').getAttribute('data-reason')).toBe('signed-out')
    },
  )
})

describe('a login that a portal starts', () => {
  const start = (origin: string, query: Record<string, string>) => `${origin}/start-login?${new URLSearchParams(query)}`

  test('leads by the provider to the page that the portal named (case A-3PI-01)', async () => {
    const { app, mock, page, fillIn } = await startAppSession()
    const { mira } = demoProject.users
    const target = `${app.origin}/orders?page=2#latest`
    await page.goto(start(app.origin, { iss: mock.idp.issuer, login_hint: mira.loginId, target_link_uri: target }))
    await page.waitForURL((url) => url.origin === mock.url)
    await fillIn()
    await whenStatus(page, 'authenticated')
    expect(page.url()).toBe(target)
  })

  test('stays where it is for another provider (case A-3PI-01)', async () => {
    const { app, page } = await startAppSession()
    const url = start(app.origin, { iss: 'https://evil.example', target_link_uri: '/orders' })
    await page.goto(url)
    await expect.poll(() => page.locator('body').getAttribute('data-refused')).toBe('OIDC_LOGIN_INITIATION_INVALID')
    expect(page.url()).toBe(url)
  })
})

test('a provider that offers a session frame is polled by nobody, and its session_state goes unheard (case A-SES-01)', async () => {
  const { app, mock, page, context, fillIn } = await startAppSession()
  const well = `${mock.idp.issuer}/.well-known/openid-configuration`
  await context.route(well, async (route) => {
    const response = await route.fetch()
    const metadata = { ...(await response.json()), check_session_iframe: `${mock.url}/check-session` }
    await route.fulfill({ response, json: metadata })
  })
  const asked: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  await page.goto(`${app.origin}/orders`)
  await whenStatus(page, 'unauthenticated')
  mock.idp.faults.next('response-extra-parameters')
  await page.locator('#login').click()
  await fillIn()
  await whenStatus(page, 'authenticated')
  expect(page.url()).toBe(`${app.origin}/orders`)
  expect(asked.filter((url) => url.includes('/callback?') && url.includes('session_state='))).toHaveLength(1)
  expect(asked.filter((url) => url.includes('/check-session'))).toEqual([])
  expect(await page.locator('iframe').count()).toBe(0)
}, 60_000)
