import { expect, test } from 'vitest'
import { reachText } from '../../packages/core/test/support/reach-text.ts'
import { startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

test('nothing that a script finds from window on holds a token, also after errors (case G-21)', async () => {
  const { app, page, mock, fillIn } = await startAppSession({
    client: { scope: 'openid profile email offline_access', restore: 'none' },
  })
  await page.goto(`${app.origin}/orders`)
  await whenStatus(page, 'unauthenticated')
  await page.locator('#login').click()
  await fillIn()
  await whenStatus(page, 'authenticated')
  const issued = async () => {
    const tokens = mock.idp.log.entries.filter(({ path }) => path.endsWith('/token'))
    return { calls: tokens.length, accessToken: await inApp(page, ({ client }) => client.getAccessToken()) }
  }
  await inApp(page, ({ client }) => client.renew())
  await inApp(page, ({ client }) => client.fetchUserInfo().then(() => {}))
  // Errors that a page may keep.
  mock.idp.faults.next('token-status-503')
  await page.evaluate(`app.client.renew().catch((error) => { window.lastError = error })`)
  const { calls, accessToken } = await issued()
  expect(calls).toBe(3)
  const [, payload = '', signature = ''] = accessToken.split('.')
  // Every ID and access token of the mock begins alike; refresh tokens are found by their form.
  const needles = [payload, signature, 'eyJhbGciOi']
  const search = `(${reachText})(${JSON.stringify(needles)}, { window })`
  const found = (await page.evaluate(search)) as ReturnType<typeof reachText>
  expect(found.path).toBeUndefined()
  expect(found.visited).toBeGreaterThan(1000)
  // The same search finds a token that somebody puts somewhere deep.
  await page.evaluate(`window.lastError.detail = new Map([[{}, ['Bearer ${accessToken}']]])`)
  expect(await page.evaluate(search)).toMatchObject({ path: expect.stringMatching(/^window\..*lastError\.detail/) })
}, 60_000)
