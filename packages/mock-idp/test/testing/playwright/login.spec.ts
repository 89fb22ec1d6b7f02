import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test as base } from '@countersign/mock-idp/testing/playwright'
import { expect } from '@playwright/test'

/** An app that is nothing but its redirect URI, and a link that begins a login. */
const test = base.extend<{ authorizeUrl: string }>({
  async authorizeUrl({ idp: { idp } }, use) {
    const app = createServer((_, response) => response.setHeader('content-type', 'text/html').end('The app'))
    await new Promise<void>((resolve) => app.listen(0, 'localhost', resolve))
    const url = new URL('/oauth2/v1/authorize', idp.origin)
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: idp.projectId,
      redirect_uri: `http://localhost:${(app.address() as AddressInfo).port}/callback`,
      scope: 'openid',
      state: 'state-1',
      code_challenge: 'KM6LN2hMVS5xeS3CHhoNuHtqtWD0-EIbkIq8u_KZl3U',
      code_challenge_method: 'S256',
    }).toString()
    await use(url.href)
    app.closeAllConnections()
    app.close()
  },
})

// #region signed-in
test('a page that is signed in comes back without a form', async ({ idp: { idp }, authorizeUrl, signedInPage }) => {
  await signedInPage.goto(authorizeUrl)
  expect(new URL(signedInPage.url()).searchParams.get('code')).toBeTruthy()
  expect(idp.log.entries.map(({ method }) => method)).not.toContain('POST')
})

test('one call fills the form in', async ({ idp: { idp }, authorizeUrl, page, signInOnPage }) => {
  await page.goto(authorizeUrl)
  await signInOnPage(page)
  expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()
  expect(idp.sessions.list()).toHaveLength(1)
})
// #endregion

test.describe('as another user', () => {
  test.use({ idpUser: 'noa@globex.example' })

  test('the session is theirs', async ({ idp: { idp }, authorizeUrl, signedInPage }) => {
    await signedInPage.goto(authorizeUrl)
    expect(idp.sessions.list().map(({ userId }) => userId)).toEqual([idp.users.get('noa@globex.example')?.id])
  })
})

test('fails on purpose', async ({ idp: { idp, url } }) => {
  await fetch(url)
  expect(idp.log.entries).toEqual([])
})
