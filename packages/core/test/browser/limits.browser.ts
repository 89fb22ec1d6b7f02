import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { BrowserClient } from '../../src/browser/index.ts'
import { limitSession, type SessionLimitOptions } from '../../src/browser/limits.ts'
import { createBrowserSession, whenStatus } from './browser-session.ts'

/** A signed-in client with limits, and a clock that stands still until time passes. */
async function limited(options: SessionLimitOptions) {
  let now = 1_800_000_000_000
  const said: string[] = []
  const session = await createBrowserSession({ clock: { now: () => now } })
  const limit = (client: BrowserClient) => {
    const limits = limitSession(client, {
      ...options,
      onWarning: ({ reason, endsAt }) => said.push(`${reason} in ${(endsAt - now) / 1000}`),
      onWarningOver: () => said.push('over'),
    })
    onTestFinished(() => limits.stop())
    return limits
  }
  const limits = limit(session.client)
  await session.login()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  // The timer that runs is a real one; who looks again sets one that the test controls.
  dispatchEvent(new Event('visibilitychange'))
  return {
    ...session,
    said,
    limit,
    limits,
    /** Time goes by, and timers run as they do in a visible page. */
    pass(seconds: number) {
      for (let left = seconds; left > 0; left -= 5) {
        now += Math.min(left, 5) * 1000
        vi.advanceTimersByTime(Math.min(left, 5) * 1000)
      }
    },
    /** Time goes by while the machine sleeps: no timer runs. */
    sleep(seconds: number) {
      now += seconds * 1000
    },
  }
}

const press = () => dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }))

describe('the idle limit', () => {
  it('warns, then ends the session with its reason, revokes, and goes nowhere', async () => {
    const { client, pass, said, requests, navigations } = await limited({ idleSeconds: 300, warnBeforeSeconds: 60 })
    const before = navigations.length
    pass(235)
    expect(said).toEqual([])
    pass(10)
    expect(said).toEqual(['idle-timeout in 60'])
    expect(client.getSnapshot().status).toBe('authenticated')
    pass(60)
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'idle-timeout' })
    expect(said).toEqual(['idle-timeout in 60', 'over'])
    expect(requests.at(-1)?.path).toMatch(/revoke$/)
    expect(navigations).toHaveLength(before)
  })

  it('starts anew when the user does something, which takes the warning back', async () => {
    const { client, pass, said } = await limited({ idleSeconds: 300 })
    pass(250)
    press()
    expect(said).toEqual(['idle-timeout in 60', 'over'])
    pass(235)
    expect(client.getSnapshot().status).toBe('authenticated')
    pass(70)
    await whenStatus(client, 'unauthenticated')
  })

  it.each(['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll'])('counts %s', async (name) => {
    const { client, pass } = await limited({ idleSeconds: 100 })
    pass(95)
    dispatchEvent(new Event(name))
    pass(95)
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('does not give the session back to somebody who comes after the end, as after a sleep', async () => {
    const { client, sleep } = await limited({ idleSeconds: 300 })
    sleep(7200)
    press()
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toMatchObject({ reason: 'idle-timeout' })
  })

  it.each(['focus', 'pageshow', 'visibilitychange', 'resume'])('is looked at on %s', async (name) => {
    const { client, sleep } = await limited({ idleSeconds: 300 })
    sleep(7200)
    document.dispatchEvent(new Event(name))
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toMatchObject({ reason: 'idle-timeout' })
  })

  it('is kept off by what happens in another tab', async () => {
    const { client, idp, pass, said } = await limited({ idleSeconds: 300 })
    pass(250)
    expect(said).toEqual(['idle-timeout in 60'])
    // A real tab hears of it by the storage event, which a page does not get of itself.
    const key = Object.keys(localStorage).find((name) => name.includes(idp.issuer) && name.endsWith(' limits')) ?? ''
    const { startedAt, activeAt } = JSON.parse(localStorage.getItem(key) ?? '')
    localStorage.setItem(key, JSON.stringify({ startedAt, activeAt: activeAt + 250_000 }))
    dispatchEvent(new StorageEvent('storage', { key }))
    expect(said).toEqual(['idle-timeout in 60', 'over'])
    pass(235)
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('ends the session in the other tabs with the same reason', async () => {
    const { walkLogin, anotherTab, pass } = await limited({ idleSeconds: 300 })
    vi.useRealTimers()
    const tab = anotherTab()
    await tab.handleCallback((await walkLogin()).href)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    dispatchEvent(new Event('visibilitychange'))
    pass(310)
    await whenStatus(tab, 'unauthenticated')
    expect(tab.getSnapshot()).toMatchObject({ reason: 'idle-timeout' })
  })

  it('survives a reload: a session that comes back too late ends at once, and is not restored again', async () => {
    const { idp, openTab, limit, limits, client, sleep } = await limited({ idleSeconds: 300 })
    await idp.signIn()
    limits.stop()
    sleep(400)
    const reloaded = openTab({ restore: 'silent-frame' })
    limit(reloaded)
    const seen: string[] = []
    reloaded.subscribe(() => seen.push(reloaded.getSnapshot().status))
    vi.useRealTimers()
    onTestFinished(reloaded.start())
    await whenStatus(reloaded, 'unauthenticated')
    expect(reloaded.getSnapshot()).toMatchObject({ reason: 'idle-timeout' })
    const again = openTab({ restore: 'silent-frame' })
    onTestFinished(again.start())
    await whenStatus(again, 'unauthenticated')
    expect(again.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'idle-timeout' })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })

  it('starts with the login, whatever happened to the session before', async () => {
    const { client, login, pass, sleep } = await limited({ idleSeconds: 300 })
    pass(310)
    await whenStatus(client, 'unauthenticated')
    sleep(1000)
    vi.useRealTimers()
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})

describe('the absolute limit', () => {
  it('ends a session that is used all the time, with a warning and its reason', async () => {
    const { client, pass, said } = await limited({ idleSeconds: 300, absoluteSeconds: 900, warnBeforeSeconds: 30 })
    for (let minute = 0; minute < 14; minute += 1) {
      pass(60)
      press()
    }
    expect(said).toEqual([])
    pass(35)
    press()
    expect(said).toEqual(['absolute-timeout in 30'])
    pass(30)
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'absolute-timeout' })
  })
})

describe('limits', () => {
  it('that are stopped end nothing', async () => {
    const { client, limits, pass } = await limited({ idleSeconds: 300 })
    limits.stop()
    pass(400)
    press()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('take the word of the app for activity', async () => {
    const { client, limits, pass } = await limited({ idleSeconds: 300 })
    pass(295)
    limits.noteActivity()
    pass(295)
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('count for one page where the storage is blocked, or holds something else', async () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(function (this: Storage, key: string, text: string) {
      if (key.endsWith(' limits')) throw new DOMException('full', 'QuotaExceededError')
      Object.defineProperty(this, key, { value: text, configurable: true, enumerable: true, writable: true })
    })
    onTestFinished(() => void vi.restoreAllMocks())
    const { client, pass } = await limited({ idleSeconds: 300 })
    pass(250)
    press()
    pass(250)
    expect(client.getSnapshot().status).toBe('authenticated')
    pass(60)
    await whenStatus(client, 'unauthenticated')
  })

  it('refuse unknown options and values out of bounds', async () => {
    const { client } = await createBrowserSession()
    expect(() => limitSession(client, { idleMinutes: 5 } as never)).toThrow('There is no option "idleMinutes"')
    expect(() => limitSession(client, { idleSeconds: 0 })).toThrow('"idleSeconds" must be in 1 to 31536000')
  })
})
