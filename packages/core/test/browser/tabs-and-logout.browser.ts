import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createBrowserSession, whenStatus } from './browser-session.ts'

describe('logout', () => {
  it('revokes, drops the tokens, then goes to the provider with hint and return address (behaviour 37; S-079, S-153, S-199, S-200, S-202)', async () => {
    const { client, login, requests, navigations, idp } = await createBrowserSession({
      postLogoutRedirectUri: `${location.origin}/goodbye`,
    })
    await login()
    const refreshTokens = requests.length
    const result = await client.logout()
    expect(result).toEqual({ revoked: true, providerSessionOpen: false })
    const revocation = requests.at(-1)
    expect(requests).toHaveLength(refreshTokens + 1)
    expect(revocation?.path).toMatch(/\/revoke$/)
    expect(new URLSearchParams(revocation?.body).get('token_type_hint')).toBe('refresh_token')
    const url = new URL(navigations.at(-1) ?? '')
    expect(url.origin + url.pathname).toBe(`${idp.url}/oauth2/v1/logout`)
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${location.origin}/goodbye`)
    expect(url.searchParams.get('id_token_hint')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(url.searchParams.get('client_id')).toBeTruthy()
    expect(client.getSnapshot()).toEqual({ status: 'ending' })
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
  })

  it.each(['?state=foreign', ''])(
    'ends on a page like any other, which follows nothing: "%s" (cases A-RPL-02 and A-RPL-03)',
    async (query) => {
      const { login, client, anotherTab, navigations, requests } = await createBrowserSession()
      await login()
      await client.logout()
      const sent = [navigations.length, requests.length]
      history.replaceState(null, '', `/goodbye${query}`)
      const tab = anotherTab()
      await whenStatus(tab, 'unauthenticated')
      expect(tab.isCallback()).toBe(false)
      expect(location.href).toBe(`${location.origin}/goodbye${query}`)
      expect([navigations.length, requests.length]).toEqual(sent)
    },
  )

  it('enters ending at once, so that guards start no login meanwhile (behaviour 37, complaint 19)', async () => {
    const { client, login } = await createBrowserSession()
    await login()
    const leaving = client.logout()
    expect(client.getSnapshot()).toEqual({ status: 'ending' })
    await leaving
  })

  it('ends here when the provider can not be reached, and says what was not done', async () => {
    let offline = false
    const { client, login } = await createBrowserSession({
      fetch: (url, init) => (offline ? Promise.reject(new TypeError('Failed to fetch')) : fetch(url, init)),
    })
    await login()
    offline = true
    await expect(client.logout({ localOnly: true })).resolves.toEqual({ revoked: false, providerSessionOpen: true })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })

  it('works where the provider has no logout endpoint (N-28; S-097)', async () => {
    const session = await createBrowserSession()
    const { idp } = session
    const metadata = {
      issuer: idp.issuer,
      authorization_endpoint: `${idp.url}/oauth2/v1/authorize`,
      token_endpoint: `${idp.url}/oauth2/v1/token`,
      jwks_uri: `${idp.issuer}/.well-known/jwks.json`,
      revocation_endpoint: `${idp.url}/oauth2/v1/revoke`,
    }
    const client = session.anotherTab({ metadata })
    await client.login()
    await client.handleCallback((await idp.walkLogin(session.navigations[0] ?? '')).href)
    await expect(client.logout()).resolves.toEqual({ revoked: true, providerSessionOpen: true })
    expect(session.navigations).toHaveLength(1)
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })

  it('is over after ten seconds for a page that did not leave', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { client, login } = await createBrowserSession()
    await login()
    await client.logout()
    vi.advanceTimersByTime(9_999)
    expect(client.getSnapshot()).toEqual({ status: 'ending' })
    vi.advanceTimersByTime(1)
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })

  it('is over for a page that comes back from the back-forward cache (behaviour 36)', async () => {
    const { client, login } = await createBrowserSession()
    await login()
    await client.logout()
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })
})

describe('a logout while a login is under way', () => {
  /** A session with another tab, whose token requests wait until they are let through. */
  async function waitingTab() {
    let arrive = () => {}
    const answered = new Promise<void>((resolve) => {
      arrive = resolve
    })
    let sent = () => {}
    const asked = new Promise<void>((resolve) => {
      sent = resolve
    })
    const session = await createBrowserSession()
    const tab = session.openTab({
      restore: 'silent-frame',
      async fetch(url, init) {
        if (url.endsWith('/token')) {
          sent()
          await answered
        }
        return fetch(url, init)
      },
    })
    return { ...session, tab, asked, arrive }
  }

  it('keeps a silent login from signing the user in again', async () => {
    const { idp, tab, asked, arrive } = await waitingTab()
    await idp.signIn()
    const silent = tab.loginSilently()
    await asked
    await tab.logout({ localOnly: true })
    arrive()
    await expect(silent).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed-out' })
  })

  it('keeps a callback from signing the user in again', async () => {
    const { walkLogin, tab, asked, arrive } = await waitingTab()
    const callback = tab.handleCallback((await walkLogin()).href)
    await asked
    await tab.logout()
    arrive()
    await expect(callback).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(tab.getSnapshot()).toEqual({ status: 'ending' })
  })

  it('in another tab keeps one that is being restored from signing the user in again', async () => {
    const { client, idp, login, tab, asked, arrive } = await waitingTab()
    await login()
    await idp.signIn()
    onTestFinished(tab.start())
    await asked
    await client.logout({ localOnly: true })
    await whenStatus(tab, 'unauthenticated')
    const silent = tab.loginSilently()
    arrive()
    await expect(silent).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed-out' })
  })
})

describe('tabs', () => {
  it('are signed out by a logout in another tab, without reload (case G-42; behaviour 37)', async () => {
    const { client, walkLogin, login, anotherTab } = await createBrowserSession()
    const tab = anotherTab()
    await login()
    await tab.handleCallback((await walkLogin()).href)
    await client.logout({ localOnly: true })
    await whenStatus(tab, 'unauthenticated')
    expect(tab.getSnapshot()).toMatchObject({ reason: 'signed-out' })
  })

  it('hear words, never tokens (case G-42)', async () => {
    const { idp, login, client } = await createBrowserSession()
    const channel = new BroadcastChannel(
      `countersign ${idp.issuer} ${client.isCallback() ? '' : idp.issuer.split('/').at(-1)}`,
    )
    const heard: unknown[] = []
    const done = new Promise<void>((resolve) => {
      channel.onmessage = ({ data }) => {
        heard.push(data)
        if (data === 'signed-out') resolve()
      }
    })
    await login()
    await client.logout({ localOnly: true })
    await done
    channel.close()
    expect(heard).toEqual(['signed-in', 'signed-out'])
  })

  it('are left alone by a client that was stopped in the middle of a login', async () => {
    const { client, idp, navigations, openTab } = await createBrowserSession()
    const stopped = openTab()
    const stop = stopped.start()
    await client.login()
    const callback = await idp.walkLogin(navigations[0] ?? '')
    const done = stopped.handleCallback(callback.href)
    stop()
    await done
    expect(stopped.getSnapshot().status).toBe('authenticated')
  })

  it('ignore what they do not understand', async () => {
    const { idp, login, client } = await createBrowserSession()
    await login()
    const channel = new BroadcastChannel(`countersign ${idp.issuer} ${idp.issuer.split('/').at(-1)}`)
    for (const message of [{ type: 'signed-out' }, 'SIGNED-OUT', null, ['signed-out']]) channel.postMessage(message)
    channel.postMessage('signed-in')
    channel.close()
    await client.renew()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('of other clients on the same origin are left alone', async () => {
    const [one, other] = [await createBrowserSession(), await createBrowserSession()]
    await one.login()
    await other.login()
    await one.client.logout({ localOnly: true })
    await other.client.renew()
    expect(other.client.getSnapshot().status).toBe('authenticated')
  })
})
