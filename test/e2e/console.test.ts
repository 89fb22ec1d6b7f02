import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import type { Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { judgePage, looks, openLook } from './judge-page.ts'
import { openContext } from './open-context.ts'

const { mira } = demoProject.users

let mock: RunningMockIdp

/** A login with tokens, so that every page has something to show. */
async function signIn(): Promise<void> {
  const { clientId } = demoProject.partner
  const redirectUri = 'http://localhost:9/callback'
  const query = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: `openid ${demoProject.partner.scopes.join(' ')}`,
    state: 'state',
    acr_values: 'high',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }
  const url = `${mock.url}/oauth2/v1/apps/authorize?${new URLSearchParams(query)}`
  const callback = await mock.idp.driver.login(url, { user: mira.loginId })
  await send('/oauth2/v1/apps/token', {
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  })
}

async function send(path: string, fields?: Record<string, string>): Promise<number> {
  const init = fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}
  return (await mock.idp.fetch(new Request(`${mock.url}${path}`, init))).status
}

/** The subject of a client is a long word without a place to break. */
async function signInAsClient(): Promise<void> {
  const { clientId, clientSecret } = demoProject.agent
  const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  expect(await send('/oauth2/v1/apps/token', fields)).toBe(200)
}

async function signInTwice(): Promise<void> {
  const input = { loginId: mira.loginId, password: mira.password }
  await mock.idp.flows.run('sign-up-or-in', { screens: [{ input: { ...input, password: 'wrong' } }, { input }] })
}

/** Each page of the console with something on it, by its address. */
const pages: readonly (readonly [name: string, path: () => string])[] = [
  ['timeline', () => ''],
  ['timeline by login', () => '?by=login'],
  ['request', () => '/requests/mock-000001'],
  ['flows', () => '/flows'],
  ['flow', () => '/flows/inbound-consent-dob'],
  ['run', () => `/runs/${mock.idp.flows.executions().at(-1)}`],
  ['sessions', () => '/sessions'],
  ['users', () => '/users'],
  ['apps', () => '/apps'],
  ['consents', () => '/consents'],
  ['tokens', () => '/tokens'],
  ['token', () => '/tokens/id/1'],
  ['clock and keys', () => '/clock'],
  ['faults', () => '/faults'],
  ['fault', () => '/faults/token-error'],
  ['missing', () => '/nothing'],
]

describe('the console of the mock', () => {
  beforeAll(async () => {
    mock = await startMockIdp()
  })
  beforeEach(() => mock.idp.reset())
  afterAll(async () => {
    await mock?.close()
  })

  /** A page under the policy that the console sends; what the policy stops is an error. */
  async function open(path: string, options: { readonly javaScriptEnabled?: boolean } = {}) {
    const page = await (await openContext({ viewport: { width: 1024, height: 600 }, ...options })).newPage()
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${mock.consoleUrl}${path}`)
    return { page, errors }
  }

  const rows = (page: Page) => page.locator('#timeline > li')

  describe.each(looks)('%s', (...look) => {
    test.each(pages)('%s: axe finds nothing, and nothing is cut off', async (_name, path) => {
      await signIn()
      await signInAsClient()
      await signInTwice()
      mock.idp.faults.always('id-token-expired')
      mock.idp.faults.next('token-error')
      await send('/oauth2/v1/token', { client_id: demoProject.projectId })
      const page = await (await openLook(...look)).newPage()
      await page.goto(`${mock.consoleUrl}${path()}`)
      for (const details of await page.locator('details').all())
        await details.evaluate((one) => one.toggleAttribute('open', true))
      await judgePage(page)
    })

    test.each([
      ['new secret', '/apps', (page: Page) => page.getByRole('button', { name: /^Rotate secret/ }).click()],
      [
        'mistake in a form',
        '/tokens',
        async (page: Page) => {
          await page.getByLabel('Token to decode').fill('nonsense')
          await page.getByRole('button', { name: 'Decode' }).click()
        },
      ],
    ])('%s: axe finds nothing, and nothing is cut off', async (_name, path, act) => {
      const page = await (await openLook(...look)).newPage()
      await page.goto(`${mock.consoleUrl}${path}`)
      await act(page)
      await page.locator('.notice').waitFor()
      await judgePage(page)
    })
  })

  test('new requests come in by themselves and leave focus and scroll position alone', async () => {
    for (let count = 0; count < 40; count++) await send('/no/such/path')
    const { page, errors } = await open('')
    const link = rows(page).nth(25).getByRole('link').first()
    await link.focus()
    const before = await link.evaluate((element) => element.getBoundingClientRect().top)
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0)
    await send('/somewhere/else/entirely')
    await rows(page).filter({ hasText: '/somewhere/else/entirely' }).waitFor({ state: 'attached' })
    expect(await rows(page).count()).toBe(41)
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(false)
    const focused = page.locator(':focus')
    const after = await focused.evaluate((element) => element.getBoundingClientRect().top)
    expect(Math.abs(after - before)).toBeLessThan(3)
    await page.locator('#count', { hasText: '41 requests' }).waitFor()
    await page.locator('#live-news', { hasText: '1 new request' }).waitFor({ state: 'attached' })
    expect(errors).toEqual([])
  })

  test('a pause holds the timeline still, and the end of it brings what was missed', async () => {
    await send('/first')
    const { page } = await open('')
    const pause = page.getByRole('button', { name: 'Pause' })
    await pause.click()
    expect(await pause.getAttribute('aria-pressed')).toBe('true')
    await send('/while/paused')
    // Another open page has the event by now, so this one would have had it as well.
    const other = await open('')
    await send('/while/paused')
    await rows(other.page).nth(2).waitFor()
    expect(await rows(page).count()).toBe(1)
    await pause.click()
    await rows(page).nth(2).waitFor()
  })

  test('the requests of a login join their group, and other pages stay up to date too', async () => {
    const { page } = await open('?by=login')
    const sessions = await open('/sessions')
    await signIn()
    const group = page.locator('#timeline > li', { hasText: 'code redeemed' })
    await group.waitFor()
    expect(await group.locator('ol > li').count()).toBe(mock.idp.log.entries.length)
    await sessions.page.getByText('1 live session').waitFor()
    await sessions.page.locator('#sessions > li', { hasText: 'Mira Tal' }).waitFor()
  })

  test('the drawing of a run grows while somebody signs in', async () => {
    const login = await (await openContext()).newPage()
    await login.goto(`${mock.url}/login/${mock.idp.projectId}`)
    const { page } = await open(`/runs/${mock.idp.flows.executions().at(-1)}`)
    await page.getByText('waits here').waitFor()
    await login.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
    await login.locator('input[type=password]').fill(mira.password)
    await login.keyboard.press('Enter')
    await page.locator('#run-state', { hasText: 'completed' }).waitFor()
    await page.getByText('the end', { exact: true }).waitFor()
    expect(await page.locator('.node.visited').count()).toBe(4)
  })

  test('an act by keyboard alone: the skip link, a form, and the answer in words', async () => {
    const { page, errors } = await open('/clock')
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to the content' })
    expect(await skip.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'has moved' }).waitFor()
    expect(new URL(page.url()).search).toBe('')
    expect(Math.round((mock.idp.clock.now() - Date.now()) / 10_000)).toBe(6)
    expect(errors).toEqual([])
  })

  test('works without script', async () => {
    await send('/first')
    const { page } = await open('', { javaScriptEnabled: false })
    expect(await page.locator('#live').isVisible()).toBe(false)
    await page.getByLabel('Text').fill('first')
    await page.getByRole('button', { name: 'Filter' }).click()
    await rows(page).getByRole('link', { name: '/first' }).click()
    await page.getByRole('heading', { name: 'Decision' }).waitFor()
    await page.getByRole('link', { name: 'Apps' }).click()
    await page.getByText('Create an application').click()
    await page.getByLabel('Name', { exact: true }).fill('Without script')
    await page.getByLabel('Client type').selectOption('confidential')
    await page.getByRole('button', { name: 'Create' }).click()
    const secret = await page.locator('.secret').textContent()
    expect(secret).toBe(mock.idp.oidcApps.secret(mock.idp.oidcApps.list().at(-1)?.id ?? ''))
    await page.reload()
    expect(await page.locator('.secret').count()).toBe(0)
  })

  test('a form on a page of another port is refused, and the same form of the console is not', async () => {
    const form = `<!doctype html><form method="post" action="${mock.consoleUrl}/clock/advance">
<input name="seconds" value="3600"><button>Win a prize</button></form>`
    const attacker = createServer((_, answer) => void answer.setHeader('Content-Type', 'text/html').end(form))
    await new Promise<void>((resolve) => void attacker.listen(0, 'localhost', resolve))
    const { port } = attacker.address() as AddressInfo
    const { page } = await open('/clock')
    const isAhead = () => mock.idp.clock.now() - Date.now() > 3_000_000

    await page.goto(`http://localhost:${port}/`)
    const answer = page.waitForResponse(`${mock.consoleUrl}/clock/advance`)
    await page.getByRole('button').click()
    expect([(await answer).status(), isAhead()]).toEqual([403, false])

    await page.goto(`${mock.consoleUrl}/clock`)
    await page.getByRole('button', { name: '+ 1 h' }).click()
    await page.getByRole('status').filter({ hasText: 'has moved' }).waitFor()
    expect(isAhead()).toBe(true)
    attacker.close()
  })
})
