/** `oidc-client-ts` in Chromium: an app on one origin, the mock on another. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { build } from 'esbuild'
import type { UserManagerSettings } from 'oidc-client-ts'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openContext } from '../e2e/open-context.ts'

const { mira } = demoProject.users
let script: string

async function bundleApp(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'oidc-client-ts-app.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** Serves the app: its script, its settings, and one page on every other path. */
function serveApp(settings: () => UserManagerSettings): Promise<Server> {
  const app = createServer((request, response) => {
    const page = '<!doctype html><title>App</title><script type="module" src="/app.js"></script>'
    if (request.url === '/app.js') response.setHeader('content-type', 'text/javascript').end(script)
    else if (request.url === '/settings.json') response.end(JSON.stringify(settings()))
    else response.setHeader('content-type', 'text/html').end(page)
  })
  return new Promise((resolve) => app.listen(0, 'localhost', () => resolve(app)))
}

/** A way to configure the mock, and the client that the app is there. */
interface Profile {
  readonly name: string
  readonly clientId: string
  readonly config: (origin: string) => MockIdpConfig
}

const profiles: readonly Profile[] = [
  { name: 'the Descope-like profile', clientId: demoProject.oidc.clientId, config: () => ({}) },
  {
    name: 'the standard profile',
    clientId: 'app',
    config: (origin) => ({
      profile: 'standard',
      clients: [
        {
          client_id: 'app',
          token_endpoint_auth_method: 'none',
          redirect_uris: [`${origin}/callback`, `${origin}/silent`],
          post_logout_redirect_uris: [`${origin}/signed-out`],
          application_type: 'native',
          grant_types: ['authorization_code', 'refresh_token'],
          first_party: true,
        },
      ],
    }),
  },
]

/** A mock of its own, the app that uses it, and a fresh browser. */
async function openApp({ config, clientId }: Profile) {
  let [origin, authority] = ['', '']
  const app = await serveApp(() => ({
    authority,
    client_id: clientId,
    redirect_uri: `${origin}/callback`,
    silent_redirect_uri: `${origin}/silent`,
    post_logout_redirect_uri: `${origin}/signed-out`,
    scope: 'openid profile email offline_access',
    loadUserInfo: true,
    automaticSilentRenew: false,
  }))
  origin = `http://localhost:${(app.address() as AddressInfo).port}`
  const { idp, close } = await startMockIdp({ deterministic: {}, ...config(origin) })
  // The client compares with the clock of the browser.
  idp.clock.set(Date.now())
  authority = idp.issuer
  onTestFinished(async () => {
    app.closeAllConnections()
    app.close()
    await close()
  })
  const page = await (await openContext()).newPage()
  await page.goto(origin)
  await ready(page)
  const returnFromLogin = async () => {
    await Promise.all([page.waitForURL(`${idp.origin}/**`), page.evaluate(() => void window.manager.signinRedirect())])
    await page.locator('input[name="loginId"]').fill(mira.loginId)
    await page.locator('input[name="password"]').fill(mira.password)
    await page.locator('button[type="submit"]').first().click()
    await page.waitForURL(`${origin}/callback?**`)
  }
  const login = async () => {
    await returnFromLogin()
    await ready(page)
  }
  return { idp, page, login, returnFromLogin }
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => 'manager' in window)
}

/** What the app knows of its user. */
function userOf(page: Page) {
  return page.evaluate(async () => {
    const user = await window.manager.getUser()
    return user && { ...user, profile: user.profile }
  })
}

describe.each(profiles)('oidc-client-ts against $name', { timeout: 60_000 }, (profile) => {
  beforeAll(async () => {
    script = await bundleApp()
  }, 60_000)

  test('signs a user in by redirect; userinfo is in the profile', async () => {
    const { page, login } = await openApp(profile)
    await login()
    expect(await userOf(page)).toMatchObject({
      access_token: expect.any(String),
      profile: { sub: mira.id, name: mira.name, email: mira.loginId },
    })
  })

  test('renews silently in a hidden frame', async () => {
    const { idp, page, login } = await openApp(profile)
    await login()
    const before = await userOf(page)
    idp.clock.advance(2)
    await page.evaluate(() => window.manager.signinSilent({ forceIframeAuth: true }))
    const after = await userOf(page)
    expect(after?.access_token).not.toBe(before?.access_token)
    expect(after?.profile.sub).toBe(mira.id)
    const silent = idp.log.entries.findLast(({ endpoint }) => endpoint === 'authorize')
    expect(silent?.parameters).toMatchObject({ prompt: 'none' })
  })

  test('is told login_required in a hidden frame once the session is over', async () => {
    const { idp, page, login } = await openApp(profile)
    await login()
    for (const { id } of idp.sessions.list()) idp.sessions.end(id)
    const error = await page.evaluate(() =>
      window.manager.signinSilent({ forceIframeAuth: true }).then(String, (reason) => reason.error),
    )
    expect(error).toBe('login_required')
  })

  test('renews with the refresh token', async () => {
    const { idp, page, login } = await openApp(profile)
    await login()
    const before = await userOf(page)
    idp.clock.advance(2)
    await page.evaluate(() => window.manager.signinSilent())
    expect((await userOf(page))?.access_token).not.toBe(before?.access_token)
    const grants = idp.log.entries.filter(({ endpoint }) => endpoint === 'token').map(({ parameters }) => parameters)
    expect(grants.map(({ grant_type }) => grant_type)).toEqual(['authorization_code', 'refresh_token'])
  })

  test('signs out at the provider and comes back', async () => {
    const { idp, page, login } = await openApp(profile)
    await login()
    expect(idp.sessions.list()).toHaveLength(1)
    await Promise.all([page.waitForURL('**/signed-out**'), page.evaluate(() => void window.manager.signoutRedirect())])
    await ready(page)
    expect(await userOf(page)).toBeNull()
    expect(idp.sessions.list()).toEqual([])
  })

  test('refuses an answer with another state, and redeems no code', async () => {
    const { idp, page, returnFromLogin } = await openApp(profile)
    idp.faults.next('response-state-wrong')
    const [error] = await Promise.all([page.waitForEvent('pageerror'), returnFromLogin()])
    expect(String(error)).toMatch(/state/i)
    expect(await page.evaluate(() => 'manager' in window)).toBe(false)
    expect(idp.log.entries.map(({ endpoint }) => endpoint)).not.toContain('token')
  })
})
