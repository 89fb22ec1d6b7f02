import { describe, expect, it } from 'vitest'
import { createBrowserSession } from './browser-session.ts'

const loginsOf = (issuer: string) =>
  Object.keys(localStorage).filter((key) => key.includes(issuer) && key.includes(' login '))

describe('logins under way', () => {
  it('of twenty tabs succeed or fail each on its own, in any order (case C-18)', async () => {
    const { client, idp, navigations, anotherTab, openTab } = await createBrowserSession()
    for (let tab = 0; tab < 20; tab++) await openTab().login()
    const callbacks: URL[] = []
    for (const url of navigations) callbacks.push(await idp.walkLogin(url))
    expect(loginsOf(idp.issuer)).toHaveLength(20)
    // A fixed disorder: every seventh of a ring of twenty.
    const order = callbacks.map((_, index) => callbacks[(index * 7) % 20] ?? new URL('about:blank'))
    for (const [index, callback] of order.entries()) {
      const tab = index === 0 ? client : anotherTab()
      if (index % 5 === 4) callback.searchParams.set('iss', 'https://evil.example')
      const outcome = await tab.handleCallback(callback.href).then(
        () => 'signed in',
        (error) => error.code,
      )
      expect(outcome).toBe(index % 5 === 4 ? 'OIDC_RESPONSE_ISS_MISMATCH' : 'signed in')
    }
  })

  it('are at most fifty: the oldest makes way, and its response finds nothing (case C-18)', async () => {
    const { client, idp, walkLogin, openTab, anotherTab } = await createBrowserSession()
    const oldest = await walkLogin()
    await idp.advance(1)
    const second = await walkLogin()
    await idp.advance(1)
    for (let more = 0; more < 49; more++) await openTab().login()
    expect(loginsOf(idp.issuer)).toHaveLength(50)
    await expect(client.handleCallback(oldest.href)).rejects.toMatchObject({ code: 'OIDC_TRANSACTION_MISSING' })
    const tab = anotherTab()
    await tab.handleCallback(second.href)
    expect(tab.getSnapshot().status).toBe('authenticated')
  })

  it('that nobody finished within an hour are gone with the next one (case C-18)', async () => {
    const { client, idp } = await createBrowserSession()
    for (let tab = 0; tab < 3; tab++) await client.login()
    await idp.advance(3601)
    await client.login()
    expect(loginsOf(idp.issuer)).toHaveLength(1)
  })

  it('leave those of another client on the origin alone', async () => {
    const [one, other] = [await createBrowserSession(), await createBrowserSession()]
    const callback = await other.walkLogin()
    for (let tab = 0; tab < 60; tab++) await one.client.login()
    await other.client.handleCallback(callback.href)
    expect(other.client.getSnapshot().status).toBe('authenticated')
  })
})
