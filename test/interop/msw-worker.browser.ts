import { type BrowserClientOptions, createBrowserClient } from '@countersign/core/browser'
import { createMockIdp, demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { mockIdpHandlers } from '@countersign/mock-idp/msw'
import { setupWorker } from 'msw/browser'
import { describe, expect, it, onTestFinished } from 'vitest'

const { mira } = demoProject.users

/** A mock in this page, behind msw's service worker, and an app in the same page. */
async function start(config: MockIdpConfig, options: Partial<BrowserClientOptions> = {}) {
  const idp = createMockIdp({ deterministic: {}, ...config })
  const worker = setupWorker(...mockIdpHandlers(idp))
  await worker.start({ quiet: true, onUnhandledFrame: 'bypass' })
  onTestFinished(() => worker.stop())
  const navigations: string[] = []
  const client = createBrowserClient({
    issuer: idp.issuer,
    clientId: idp.projectId,
    redirectUri: `${location.origin}/packages/core/test/browser/callback.html`,
    scope: 'openid profile email offline_access',
    restore: 'none',
    clock: { now: () => idp.clock.now() },
    navigate: (url) => void navigations.push(url),
    ...options,
  })
  onTestFinished(client.start())
  const login = async () => {
    await client.login()
    const callback = await idp.driver.login(navigations.at(-1) ?? '', { user: mira.loginId })
    await client.handleCallback(callback.href)
  }
  return { idp, client, login }
}

describe('mockIdpHandlers in a service worker', () => {
  const origin = 'https://login.acme.example'

  it('answers the requests of a login for an origin that does not exist', async () => {
    const { client, login, idp } = await start({ origin })
    await login()
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', claims: { sub: mira.id, iss: idp.issuer } })
    expect(idp.log.entries.map(({ endpoint }) => endpoint)).toEqual(
      expect.arrayContaining(['discovery', 'token', 'jwks']),
    )
  })

  it('renews with the refresh token, and ends the session when the mock refuses it', async () => {
    const { client, login, idp } = await start({ origin })
    await login()
    const before = await client.getAccessToken()
    idp.clock.advance(3600)
    expect(await client.getAccessToken()).not.toBe(before)
    idp.faults.next('token-error', { error: 'invalid_grant' })
    await expect(client.renew()).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })

  it('keeps the cookies of the driver for requests of the page', async () => {
    const { login, idp } = await start({ origin })
    await login()
    expect(idp.driver.cookies).toContain('DSR=')
    const url = new URL(`${origin}/oauth2/v1/logout`)
    url.search = `${new URLSearchParams({ client_id: idp.projectId })}`
    const response = await fetch(url)
    expect([response.status, idp.driver.cookies]).toEqual([200, expect.not.stringContaining('DSR=')])
    expect(idp.sessions.list()).toEqual([])
  })
})

describe('mockIdpHandlers on the origin of the page', () => {
  it('answers a hidden prompt=none frame from the session of the driver', async () => {
    const { client, login, idp } = await start({ origin: location.origin })
    await login()
    await client.loginSilently()
    expect(client.getSnapshot().status).toBe('authenticated')
    expect(idp.log.entries.filter(({ reason }) => reason === 'code from the session')).toHaveLength(1)
  })

  it('answers the frame of the standard profile too', async () => {
    const redirectUri = `${location.origin}/packages/core/test/browser/callback.html`
    const client_id = 'app'
    const { client, login } = await start(
      {
        origin: location.origin,
        profile: 'standard',
        clients: [{ client_id, token_endpoint_auth_method: 'none', redirect_uris: [redirectUri], first_party: true }],
      },
      { issuer: location.origin, clientId: client_id, scope: 'openid profile' },
    )
    await login()
    await client.loginSilently()
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', claims: { aud: client_id } })
  })

  it('reports login_required without a session', async () => {
    const { client } = await start({ origin: location.origin })
    await expect(client.loginSilently()).rejects.toMatchObject({ error: 'login_required' })
  })

  it('leaves the files of the app alone', async () => {
    await start({ origin: location.origin })
    const page = await fetch('/packages/core/test/browser/callback.html')
    expect(await page.text()).toContain('callback-page.ts')
  })
})
