import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BrowserClientOptions, createBrowserClient } from '../../src/browser/index.ts'
import { loginWithPopup, type PopupLoginOptions } from '../../src/browser/popup.ts'
import { popupChannel } from '../../src/browser/popup-answer.ts'
import { startRemoteIdp } from './browser-session.ts'

/** A client whose redirect URI is a page that starts a client too, and the windows it opened. */
async function popupSession(options: Partial<BrowserClientOptions> = {}) {
  const idp = await startRemoteIdp({ allowAnyRedirect: true })
  const windows: Window[] = []
  const open = window.open.bind(window)
  vi.spyOn(window, 'open').mockImplementation((...of) => {
    const opened = open(...of)
    if (opened) windows.push(opened)
    return opened
  })
  onTestFinished(() => {
    vi.restoreAllMocks()
    for (const one of windows) one.close()
  })
  const client = createBrowserClient({
    issuer: idp.issuer,
    clientId: demoProject.oidc.clientId,
    redirectUri: `${location.origin}/packages/core/test/browser/callback.html?issuer=${encodeURIComponent(idp.issuer)}`,
    scope: 'openid profile email',
    restore: 'none',
    ...options,
  })
  onTestFinished(client.start())
  const login = (options?: PopupLoginOptions) => loginWithPopup(client, options)
  /** Resolves once the last window shows a page of the provider. */
  const atProvider = () =>
    vi.waitUntil(() => {
      try {
        return !windows.at(-1)?.location.href
      } catch {
        return true
      }
    })
  return { idp, client, windows, login, atProvider }
}

const keysOf = (issuer: string) => Object.keys(localStorage).filter((key) => key.includes(issuer))

describe('a login in a window', () => {
  it('signs the user in, closes the window and leaves this page alone', async () => {
    const { idp, client, windows, login } = await popupSession()
    await idp.signIn()
    const before = location.href
    await login()
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', claims: { sub: demoProject.users.mira.id } })
    expect(location.href).toBe(before)
    expect(windows).toHaveLength(1)
    await vi.waitUntil(() => windows[0]?.closed)
  })

  it('leaves no verifier, nonce or code in a storage', async () => {
    const { idp, login } = await popupSession()
    await idp.signIn()
    const setItem = vi.spyOn(Storage.prototype, 'setItem')
    await login()
    const written = setItem.mock.calls.map(([, text]) => text).join()
    expect(written).toContain('"popup":true')
    expect(written).not.toMatch(/verifier|nonce|code/i)
    for (const key of keysOf(idp.issuer)) expect(localStorage.getItem(key)).not.toMatch(/verifier|nonce/i)
  })

  it('sends further parameters', async () => {
    const { idp, login, atProvider } = await popupSession()
    await idp.signIn()
    const abort = new AbortController()
    // Without the parameter the session at the provider would end the login at once.
    const pending = login({ parameters: { prompt: 'login' }, signal: abort.signal })
    await atProvider()
    abort.abort()
    await expect(pending).rejects.toMatchObject({ code: 'OIDC_POPUP_ABORTED' })
  })

  it('fails with its own code when the browser blocks the window (case G-12; behaviour 35)', async () => {
    const { client, login } = await popupSession()
    vi.spyOn(window, 'open').mockReturnValue(null)
    const attempt = login()
    expect(window.open, 'in the same task as the click').toHaveBeenCalledOnce()
    await expect(attempt).rejects.toMatchObject({ code: 'OIDC_POPUP_BLOCKED', phase: 'authorization', retryable: true })
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
  })

  it('fails with its own code within a second after the user closed the window, and forgets the login (case G-13; behaviour 35, complaint 20)', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { idp, login, windows, atProvider } = await popupSession()
    const logins = () => keysOf(idp.issuer).filter((key) => key.includes(' login '))
    const timers = vi.getTimerCount()
    const pending = expect(login()).rejects.toMatchObject({ code: 'OIDC_POPUP_CLOSED' })
    await atProvider()
    vi.advanceTimersByTime(100)
    expect(logins()).toHaveLength(1)
    windows[0]?.close()
    await vi.waitUntil(() => windows[0]?.closed)
    vi.advanceTimersByTime(999)
    await pending
    expect(logins()).toEqual([])
    expect(vi.getTimerCount(), 'nobody looks at the window any more').toBe(timers)
  })

  it('takes an answer that comes after the window was seen closed, as its last page closes it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { idp, client, login } = await popupSession()
    const shown: URL[] = []
    const popup = {
      closed: false,
      close() {},
      location: {
        replace: (url: URL) => void shown.push(url),
        get href() {
          throw new DOMException('another origin', 'SecurityError')
        },
      },
    }
    vi.spyOn(window, 'open').mockReturnValue(popup as never)
    const pending = login()
    const url = await vi.waitUntil(() => shown[0])
    const response = await idp.walkLogin(url.href)
    vi.advanceTimersByTime(100)
    popup.closed = true
    vi.advanceTimersByTime(500)
    const name = `countersign ${idp.issuer} ${demoProject.oidc.clientId}`
    const channel = new BroadcastChannel(popupChannel(name, `${url.searchParams.get('state')}`))
    channel.postMessage(response.href)
    await pending
    channel.close()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('refuses a login that lacks what it was required to fulfil', async () => {
    const { idp, client, login } = await popupSession()
    await idp.signIn()
    await expect(login({ required: { acr_values: 'gold' } })).rejects.toMatchObject({ code: 'OIDC_STEP_UP_REQUIRED' })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })

  it('fails with its own code when a signal aborts it, and closes the window (behaviour 35, complaint 20)', async () => {
    const { login, windows, atProvider } = await popupSession()
    const abort = new AbortController()
    const pending = login({ signal: abort.signal })
    await atProvider()
    abort.abort()
    await expect(pending).rejects.toMatchObject({ code: 'OIDC_POPUP_ABORTED' })
    await vi.waitUntil(() => windows[0]?.closed)
    const aborted = login({ signal: abort.signal })
    await expect(aborted).rejects.toMatchObject({ code: 'OIDC_POPUP_ABORTED' })
  })

  it('fails with its own code at the deadline (behaviour 35, complaint 20)', async () => {
    const { login, windows } = await popupSession()
    await expect(login({ timeoutMs: 1000 })).rejects.toMatchObject({ code: 'OIDC_POPUP_TIMEOUT' })
    await vi.waitUntil(() => windows[0]?.closed)
  })

  it('says at the deadline that the window is still at the provider (complaint 15)', async () => {
    const { idp, login } = await popupSession()
    await expect(login({ timeoutMs: 2500 })).rejects.toMatchObject({
      message: expect.stringContaining(
        `The window is still at ${idp.url}: the user has not finished, or the redirect URI`,
      ),
    })
  })

  it('says at the deadline that the window never got to the provider (complaint 15)', async () => {
    const { idp, login } = await popupSession()
    await idp.breakAlways('authorize-hang')
    await expect(login({ timeoutMs: 1000 })).rejects.toMatchObject({
      message: expect.stringContaining(`The window never got to ${idp.url}: does it answer?`),
    })
  })

  it('says at the deadline that the page behind did not hand the response over (complaint 15)', async () => {
    const { idp, login } = await popupSession({
      redirectUri: `${location.origin}/packages/core/test/browser/silent.html`,
    })
    await idp.signIn()
    await expect(login({ timeoutMs: 2500 })).rejects.toMatchObject({
      message: expect.stringContaining('silent.html did not hand the answer over: it has to call client.start()'),
    })
  })

  it('ends the one before', async () => {
    const { idp, client, login, atProvider } = await popupSession()
    const first = login()
    await atProvider()
    await idp.signIn()
    const second = login()
    await expect(first).rejects.toMatchObject({ code: 'OIDC_POPUP_ABORTED' })
    await second
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('fails with the error of the provider (behaviour 35)', async () => {
    const { idp, client, login, windows } = await popupSession()
    await idp.signIn()
    await idp.breakOnce('response-error', { error: 'access_denied', description: 'No.' })
    await expect(login()).rejects.toMatchObject({ code: 'OIDC_AUTHORIZATION_ERROR', error: 'access_denied' })
    await vi.waitUntil(() => windows[0]?.closed)
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
  })

  it('refuses a tampered response like any other login', async () => {
    const { idp, client, login } = await popupSession()
    await idp.signIn()
    await idp.breakOnce('id-token-nonce-wrong')
    await expect(login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_NONCE_MISMATCH' })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })

  it.each(['hello', 'http://[', { href: 'https://attacker.example' }, null])(
    'ignores %j on its channel, and needs the state of the login',
    async (message) => {
      const { login, windows, atProvider } = await popupSession()
      const names: string[] = []
      const Channel = BroadcastChannel
      vi.stubGlobal(
        'BroadcastChannel',
        class extends Channel {
          constructor(name: string) {
            super(name)
            names.push(name)
          }
        },
      )
      onTestFinished(() => void vi.unstubAllGlobals())
      const pending = login()
      await atProvider()
      const channel = new Channel(names.find((name) => name.includes(' popup ')) ?? '')
      channel.postMessage(message)
      channel.postMessage(`${location.origin}/?code=stolen&state=other`)
      await expect(pending).rejects.toMatchObject({ code: 'OIDC_STATE_MISMATCH' })
      channel.close()
      await vi.waitUntil(() => windows[0]?.closed)
    },
  )

  it('refuses unknown options and foreign clients', async () => {
    const { client } = await popupSession()
    await expect(loginWithPopup(client, { widht: 1 } as never)).rejects.toMatchObject({ code: 'OIDC_OPTION_UNKNOWN' })
    await expect(loginWithPopup(client, { width: 1 })).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
    await expect(loginWithPopup({ ...client })).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
  })
})
