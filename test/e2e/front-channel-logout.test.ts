import { demoProject } from '@countersign/mock-idp'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumAdvice, findChromium, launchChromium } from '../../examples/demo/chromium.ts'
import { startAppSession } from './app-session.ts'
import { whenStatus } from './serve-app.ts'

const clientId = 'spa'
let browser: Browser

beforeAll(async () => {
  const chromium = findChromium()
  if (!chromium) throw new Error(chromiumAdvice)
  browser = await launchChromium(chromium)
}, 60_000)
afterAll(() => browser?.close())

test('a logout at the provider ends the session in all tabs of the app, by a frame and without navigation', async () => {
  const { app, mock, context, page } = await startAppSession(browser, {
    client: { clientId, scope: 'openid profile', restore: 'none' },
    config: {
      profile: 'standard',
      clients: [
        {
          client_id: clientId,
          application_type: 'native',
          redirect_uris: ['http://localhost/callback'],
          first_party: true,
        },
      ],
    },
  })
  mock.idp.clients.update(clientId, {
    redirect_uris: [`${app.origin}/callback`],
    frontchannel_logout_uri: `${app.origin}/ended`,
    frontchannel_logout_session_required: true,
  })
  const { mira } = demoProject.users
  const second = await context.newPage()
  await page.goto(`${app.origin}/orders`)
  await page.locator('#login').click()
  await page.locator('input[type=password]').fill(mira.password)
  await page.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
  await page.keyboard.press('Enter')
  await whenStatus(page, 'authenticated')
  await second.goto(`${app.origin}/contacts`)
  await second.locator('#login').click()
  await whenStatus(second, 'authenticated')
  const visits = app.visits.length

  const metadata = await (await fetch(`${mock.idp.issuer}/.well-known/openid-configuration`)).json()
  const elsewhere = await context.newPage()
  await elsewhere.goto(metadata.end_session_endpoint)
  await elsewhere.locator('button').first().click()
  for (const tab of [page, second]) {
    await whenStatus(tab, 'unauthenticated')
    expect(await tab.locator('body').getAttribute('data-reason')).toBe('signed-out')
  }
  expect(app.visits.slice(visits)).toEqual(['/ended'])
}, 60_000)
