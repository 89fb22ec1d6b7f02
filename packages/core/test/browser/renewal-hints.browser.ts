import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createBrowserSession } from './browser-session.ts'

/** Makes a property of the page say something else for the rest of the test. */
function pretend(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true })
  onTestFinished(() => void Reflect.deleteProperty(object, name))
}

/** A signed-in page whose access token expires within the margin. */
async function expiringSession() {
  const session = await createBrowserSession()
  await session.login()
  await session.idp.advance(601)
  const renewals = () => session.tokenRequests('refresh_token')
  /** Resolves when a renewal has ended. */
  const renewed = () => vi.waitUntil(() => !isStale())
  const isStale = () => {
    const state = session.client.getSnapshot()
    return state.status === 'authenticated' && (state.stale || state.renewing || state.expiresAt === expiresAt)
  }
  const before = session.client.getSnapshot()
  const expiresAt = before.status === 'authenticated' ? before.expiresAt : undefined
  return { ...session, renewals, renewed }
}

describe('a page whose token has expired', () => {
  it.each([
    ['focus', () => window],
    ['online', () => window],
    ['pageshow', () => window],
    ['visibilitychange', () => document],
    ['resume', () => document],
  ] as const)('renews it on %s, before anybody reads it (behaviours 27, 28, complaint 5)', async (name, target) => {
    const { renewals, renewed } = await expiringSession()
    target().dispatchEvent(new Event(name))
    await renewed()
    expect(renewals()).toBe(1)
  })

  it('renews it after a sleep without any event (case G-29)', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { renewals, renewed } = await expiringSession()
    vi.advanceTimersByTime(15_000)
    await renewed()
    expect(renewals()).toBe(1)
  })

  it.each([
    [0, 15_000],
    [0.5, 11_250],
    [1, 7_500],
  ])('renews it by itself, at moments that differ between pages: %d, %d ms (S-221)', async (random, wait) => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    vi.spyOn(Math, 'random').mockReturnValue(random)
    onTestFinished(() => {
      vi.useRealTimers()
      vi.restoreAllMocks()
    })
    const { client, renewals, renewed } = await expiringSession()
    vi.advanceTimersByTime(wait - 1)
    expect(client.getSnapshot()).toMatchObject({ renewing: false })
    vi.advanceTimersByTime(1)
    await renewed()
    expect(renewals()).toBe(1)
  })

  it('renews it once for a storm of events (case G-29)', async () => {
    const { renewals, renewed } = await expiringSession()
    for (let round = 0; round < 20; round += 1) for (const name of ['focus', 'online']) dispatchEvent(new Event(name))
    await renewed()
    for (let round = 0; round < 20; round += 1) dispatchEvent(new Event('focus'))
    expect(renewals()).toBe(1)
  })

  it('sends nothing while it is hidden (behaviour 28)', async () => {
    const { client, renewals, renewed } = await expiringSession()
    pretend(document, 'visibilityState', 'hidden')
    for (const name of ['focus', 'online', 'pageshow']) dispatchEvent(new Event(name))
    expect(client.getSnapshot()).toMatchObject({ renewing: false })
    expect(renewals()).toBe(0)
    pretend(document, 'visibilityState', 'visible')
    document.dispatchEvent(new Event('visibilitychange'))
    await renewed()
    expect(renewals()).toBe(1)
  })

  it('sends nothing while it is offline, and once when it is back (behaviour 27)', async () => {
    const { client, renewals, renewed } = await expiringSession()
    pretend(navigator, 'onLine', false)
    for (const name of ['focus', 'pageshow']) dispatchEvent(new Event(name))
    expect(client.getSnapshot()).toMatchObject({ renewing: false })
    pretend(navigator, 'onLine', true)
    dispatchEvent(new Event('online'))
    await renewed()
    expect(renewals()).toBe(1)
  })

  it('leaves a provider alone that has just failed, unless the network is back (complaint 6)', async () => {
    const { client, idp, renewals, renewed } = await expiringSession()
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    onTestFinished(() => void vi.restoreAllMocks())
    await idp.breakOnce('token-status-503')
    await expect(client.renew()).rejects.toMatchObject({ status: 503 })
    dispatchEvent(new Event('focus'))
    expect(client.getSnapshot()).toMatchObject({ renewing: false })
    expect(renewals()).toBe(1)
    dispatchEvent(new Event('online'))
    await renewed()
    expect(renewals()).toBe(2)
  })

  it('leaves a provider alone for as long as it asked, whatever the network says', async () => {
    const { client, idp, renewals, renewed } = await expiringSession()
    await idp.breakOnce('token-status-429', { retryAfterSeconds: 60 })
    await expect(client.renew()).rejects.toMatchObject({ status: 429 })
    for (const name of ['focus', 'online']) dispatchEvent(new Event(name))
    expect(renewals()).toBe(1)
    await idp.advance(60)
    dispatchEvent(new Event('focus'))
    await renewed()
    expect(renewals()).toBe(2)
  })

  it('hears nothing after the client was stopped', async () => {
    const { openTab, idp, tokenRequests, walkLogin } = await createBrowserSession()
    const tab = openTab()
    const stop = tab.start()
    await tab.handleCallback((await walkLogin()).href)
    await idp.advance(601)
    stop()
    for (const name of ['focus', 'online', 'pageshow']) dispatchEvent(new Event(name))
    expect(tab.getSnapshot()).toMatchObject({ renewing: false })
    expect(tokenRequests('refresh_token')).toBe(0)
  })
})

describe('a clock that somebody sets back', () => {
  it('does not make an expired token fresh (behaviour 26)', async () => {
    const { client, login, idp, tokenRequests } = await createBrowserSession()
    await login()
    const now = performance.now.bind(performance)
    const skipped = 700_000
    vi.spyOn(performance, 'now').mockImplementation(() => now() + skipped)
    onTestFinished(() => void vi.restoreAllMocks())
    // The provider's time has gone on too; the clock of the client has not.
    await idp.advance(0)
    await client.getAccessToken()
    expect(tokenRequests('refresh_token')).toBe(1)
  })
})
