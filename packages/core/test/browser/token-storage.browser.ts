import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  customTokenStorage,
  localTokenStorage,
  type SessionEvent,
  sessionTokenStorage,
  type TextStorage,
} from '../../src/browser/index.ts'
import { createBrowserSession, whenStatus } from './browser-session.ts'

const { mira, noa } = demoProject.users
const rotating = { refreshTokenRotation: true }
const expiry = 601

/** Gives each tab its view of one storage: tabs are processes, and see what the others write a moment later. */
function createViews() {
  const views: Map<string, string>[] = []
  return () => {
    const view = new Map(views[0])
    views.push(view)
    const change = (apply: (view: Map<string, string>) => void) => {
      apply(view)
      setTimeout(() => views.forEach(apply), 50)
    }
    const storage: TextStorage = {
      getItem: (key) => view.get(key) ?? null,
      setItem: (key, text) => change((one) => one.set(key, text)),
      removeItem: (key) => change((one) => one.delete(key)),
    }
    return { tokenStorage: customTokenStorage(() => storage, { shared: true }) }
  }
}

/** A session whose tabs share the local storage, with what its clients told. */
async function sharedSession(fetchOf?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch) {
  const events: SessionEvent[] = []
  const session = await createBrowserSession(
    {
      tokenStorage: localTokenStorage(),
      onEvent: (event) => void events.push(event),
      ...(fetchOf && { fetch: fetchOf(fetch) as never }),
    },
    rotating,
  )
  /** Another user signs in, although the first one is signed in at the provider. */
  const loginAs = async (user: string) => {
    await session.client.login({ parameters: { prompt: 'login' } })
    await session.client.handleCallback((await session.idp.walkLogin(session.navigations.at(-1) ?? '', user)).href)
  }
  return { ...session, events, loginAs }
}

describe('tokens in the local storage', () => {
  it('sign a page in after a reload, without any request (behaviour 7)', async () => {
    const { client, login, requests, anotherTab } = await sharedSession()
    await login()
    const sent = requests.length
    const reloaded = anotherTab()
    await whenStatus(reloaded, 'authenticated')
    await expect(reloaded.getAccessToken()).resolves.toBe(await client.getAccessToken())
    expect(reloaded.getSnapshot()).toEqual(client.getSnapshot())
    expect(requests).toHaveLength(sent)
  })

  it('sign the other tabs in as soon as one is, without any request of theirs (behaviour 38)', async () => {
    const { login, requests, anotherTab, tokenRequests } = await sharedSession()
    const tab = anotherTab()
    await whenStatus(tab, 'unauthenticated')
    await login()
    await whenStatus(tab, 'authenticated')
    expect(tokenRequests()).toBe(1)
    expect(requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
  })

  it('are renewed once by two tabs at the same moment, under rotation with reuse detection (cases D-37 and D-38; behaviour 17, complaint 1; N-24)', async () => {
    const { client, login, idp, anotherTab, tokenRequests } = await sharedSession()
    await login()
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    const before = await client.getAccessToken()
    await idp.advance(expiry)
    const reads = [client, tab, client, tab].map((one) => one.getAccessToken())
    const [token, ...others] = await Promise.all(reads)
    expect(token).not.toBe(before)
    expect(others).toEqual([token, token, token])
    expect(tokenRequests('refresh_token')).toBe(1)
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('that another tab has renewed are read without a request', async () => {
    const { client, login, idp, openTab, tokenRequests } = await sharedSession()
    await login()
    const tab = openTab()
    const stop = tab.start()
    await whenStatus(tab, 'authenticated')
    // A tab that is frozen hears nothing.
    stop()
    await idp.advance(expiry)
    const renewed = await client.getAccessToken()
    await expect(tab.getAccessToken()).resolves.toBe(renewed)
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('show in every tab when they are renewed', async () => {
    const { client, login, idp, anotherTab } = await sharedSession()
    await login()
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    const before = tab.getSnapshot()
    const heard = new Promise((resolve) => tab.subscribe(() => resolve(undefined)))
    await idp.advance(expiry)
    await client.renew()
    await heard
    expect(tab.getSnapshot()).not.toBe(before)
    expect(tab.getSnapshot()).toEqual(client.getSnapshot())
  })

  it('are not waited for by a read of a fresh one (behaviour 19, complaint 16)', async () => {
    const { client, login, idp } = await sharedSession()
    await login()
    const lock = `countersign ${idp.issuer} ${demoProject.oidc.clientId} tokens renewal`
    let release = () => {}
    await new Promise((locked) => {
      void navigator.locks.request(lock, () => {
        locked(undefined)
        return new Promise<void>((resolve) => {
          release = resolve
        })
      })
    })
    await expect(client.getAccessToken()).resolves.toMatch(/\./)
    release()
  })

  it('are renewed by another tab when the one that holds the lock is closed (behaviour 18)', async () => {
    const { client, login, idp } = await sharedSession()
    await login()
    const lock = `countersign ${idp.issuer} ${demoProject.oidc.clientId} tokens renewal`
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const locks = frame.contentWindow?.navigator.locks
    await new Promise((locked) => {
      void locks
        ?.request(lock, () => {
          locked(undefined)
          return new Promise(() => {})
        })
        .catch(() => {})
    })
    await idp.advance(expiry)
    const reading = client.getAccessToken()
    frame.remove()
    await expect(reading).resolves.toMatch(/\./)
  })

  it('are renewed once also where there are no Web Locks (behaviour 20)', async () => {
    Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })
    onTestFinished(() => void Reflect.deleteProperty(navigator, 'locks'))
    const { client, login, idp, anotherTab, tokenRequests } = await sharedSession()
    await login()
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    await idp.advance(expiry)
    const [one, other] = await Promise.all([client.getAccessToken(), tab.getAccessToken()])
    expect(one).toBe(other)
    expect(tokenRequests('refresh_token')).toBe(1)
    await vi.waitFor(() => expect(Object.keys(localStorage).filter((key) => key.endsWith('renewal'))).toEqual([]))
  })

  it('show the next user, and the end, although what a tab writes reaches the others late (behaviours 37 and 38)', async () => {
    const openView = createViews()
    const session = await createBrowserSession(openView())
    const { client, login, idp, anotherTab, navigations } = session
    await login()
    const tab = anotherTab(openView())
    await whenStatus(tab, 'authenticated')
    await client.login({ parameters: { prompt: 'login' } })
    await client.handleCallback((await idp.walkLogin(navigations.at(-1) ?? '', noa.loginId)).href)
    await vi.waitFor(() => expect(tab.getSnapshot()).toMatchObject({ claims: { sub: noa.id } }))
    await client.logout({ localOnly: true })
    await whenStatus(tab, 'unauthenticated')
    expect(tab.getSnapshot()).toMatchObject({ reason: 'signed-out' })
  })

  it('are renewed once although what a tab writes reaches the next one late (behaviour 17)', async () => {
    const openView = createViews()
    const { client, login, idp, anotherTab, tokenRequests } = await createBrowserSession(openView(), rotating)
    await login()
    const tab = anotherTab(openView())
    await whenStatus(tab, 'authenticated')
    await idp.advance(expiry)
    const [one, other] = await Promise.all([client.getAccessToken(), tab.getAccessToken()])
    expect(one).toBe(other)
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('are gone in every tab when the provider refuses them, with the reason (behaviour 23)', async () => {
    const { client, login, idp, anotherTab, events, navigations } = await sharedSession()
    await login()
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    await idp.endSessions()
    await idp.advance(expiry)
    const walked = navigations.length
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_TOKEN_ENDPOINT_ERROR' })
    await whenStatus(tab, 'unauthenticated')
    expect(tab.getSnapshot()).toMatchObject({ reason: 'expired' })
    expect(client.getSnapshot()).toMatchObject({ reason: 'expired' })
    expect(events.filter(({ type }) => type === 'ended')).toMatchObject([{ reason: 'expired' }])
    expect(navigations).toHaveLength(walked)
  })

  it('are gone in every tab and from the storage after a logout', async () => {
    const { client, login, idp, anotherTab } = await sharedSession()
    await login()
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    await client.logout({ localOnly: true })
    await whenStatus(tab, 'unauthenticated')
    const key = `countersign ${idp.issuer} ${demoProject.oidc.clientId} tokens`
    expect(localStorage.getItem(key)).toBeNull()
    const later = anotherTab()
    await whenStatus(later, 'unauthenticated')
    expect(later.getSnapshot()).toMatchObject({ reason: 'signed-out' })
  })

  it('do not come back by a renewal that a logout in another tab has overtaken', async () => {
    let hold = false
    let arrive = () => {}
    let asked = () => {}
    const held = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const sent = new Promise<void>((resolve) => {
      asked = resolve
    })
    const { client, login, idp, anotherTab } = await sharedSession((send) => async (url, init) => {
      const answer = await send(url, init)
      if (hold && String(url).endsWith('/token')) {
        asked()
        await held
      }
      return answer
    })
    await login()
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    await idp.advance(expiry)
    hold = true
    const reading = tab.getAccessToken()
    await sent
    await client.logout({ localOnly: true })
    arrive()
    await expect(reading).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    const key = `countersign ${idp.issuer} ${demoProject.oidc.clientId} tokens`
    expect(localStorage.getItem(key)).toBeNull()
    expect(tab.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })

  it('of another user never answer a call of the first one (case G-23)', async () => {
    const { client, login, idp, openTab, loginAs } = await sharedSession()
    await login(mira.loginId)
    const tab = openTab()
    const stop = tab.start()
    await whenStatus(tab, 'authenticated')
    stop()
    await loginAs(noa.loginId)
    await idp.advance(expiry)
    await client.renew()
    await expect(tab.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(tab.getSnapshot()).toMatchObject({ status: 'authenticated', claims: { sub: noa.id } })
    await expect(tab.getAccessToken()).resolves.toBe(await client.getAccessToken())
  })

  it('of another user show in every tab (case G-23)', async () => {
    const { login, anotherTab, loginAs } = await sharedSession()
    await login(mira.loginId)
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    const heard = new Promise((resolve) => tab.subscribe(() => resolve(undefined)))
    await loginAs(noa.loginId)
    await heard
    expect(tab.getSnapshot()).toMatchObject({ claims: { sub: noa.id } })
  })

  it('that something else wrote are no tokens, and are removed (case G-20)', async () => {
    const { client, idp, login, anotherTab } = await sharedSession()
    await login()
    const [good = ''] = Object.entries(localStorage).flatMap(([name, text]) =>
      name.includes(idp.issuer) && name.endsWith(' tokens') ? [text] : [],
    )
    await client.logout({ localOnly: true })
    const { claims, ...rest } = JSON.parse(good)
    // After a logout nothing is looked for.
    localStorage.removeItem(`countersign ${idp.issuer} ${demoProject.oidc.clientId} signed-out`)
    const changed = (other: object) => JSON.stringify({ ...rest, claims: { ...claims, ...other } })
    const key = `countersign ${idp.issuer} ${demoProject.oidc.clientId} tokens`
    for (const junk of [
      'x',
      'null',
      '{}',
      '[]',
      '{"accessToken":"a"}',
      '{"accessToken":1,"scopes":[],"claims":{"sub":"a"}}',
      `{"__proto__":${good}}`,
      `{"constructor":{"prototype":${good}}}`,
      good.slice(0, -1),
      changed({ aud: 'another-client' }),
      changed({ aud: [] }),
      changed({ iss: 'https://evil.example' }),
      changed({ iss: `${idp.issuer}/` }),
    ]) {
      localStorage.setItem(key, junk)
      const tab = anotherTab()
      await whenStatus(tab, 'unauthenticated')
      expect(localStorage.getItem(key)).toBeNull()
    }
    localStorage.setItem(key, good)
    const tab = anotherTab()
    await whenStatus(tab, 'authenticated')
    await tab.logout({ localOnly: true })
  })

  it('are left there when another tab has put them in the place of junk meanwhile', async () => {
    const texts = ['junk', 'tokens of another tab']
    const removed: string[] = []
    const storage: TextStorage = {
      getItem: async () => texts.shift() ?? null,
      setItem: () => {},
      removeItem: (name) => void removed.push(name),
    }
    const { anotherTab } = await createBrowserSession()
    const tab = anotherTab({ tokenStorage: customTokenStorage(() => storage, { shared: true }) })
    await whenStatus(tab, 'unauthenticated')
    expect(removed).toEqual([])
  })

  it('are not kept from anybody by a reason that something else wrote (case G-20)', async () => {
    const { idp, client, login, anotherTab } = await createBrowserSession()
    const key = `countersign ${idp.issuer} ${demoProject.oidc.clientId} signed-out`
    for (const junk of ['', 'signed-in', 'because', '{"reason":"expired"}', 'signed-out<script>']) {
      localStorage.setItem(key, junk)
      const tab = anotherTab()
      await whenStatus(tab, 'unauthenticated')
      expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
      expect(localStorage.getItem(key)).toBeNull()
    }
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})

describe('an answer of the provider that was lost', () => {
  /** A session whose next token answer is lost after the provider has acted. */
  async function lossy() {
    let lose = false
    let refreshes = 0
    const session = await sharedSession((send) => async (url, init) => {
      if (String(init?.body).includes('grant_type=refresh_token')) refreshes += 1
      const answer = await send(url, init)
      if (!lose || !String(url).endsWith('/token')) return answer
      lose = false
      throw new TypeError('Failed to fetch')
    })
    await session.login()
    await session.idp.advance(expiry)
    return {
      ...session,
      refreshes: () => refreshes,
      loseNext() {
        lose = true
      },
    }
  }

  it('keeps the session, and is an event', async () => {
    const { client, loseNext, events } = await lossy()
    loseNext()
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_NETWORK_ERROR', retryable: true })
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', stale: true })
    expect(events.filter(({ type }) => /renew|ended/.test(type))).toMatchObject([
      { type: 'renewal-failed', error: { code: 'OIDC_NETWORK_ERROR' } },
    ])
  })

  it('ends in a clean state when the provider then calls the refresh token reused (case D-38; behaviour 22)', async () => {
    const { client, loseNext, refreshes } = await lossy()
    loseNext()
    await expect(client.getAccessToken()).rejects.toMatchObject({ retryable: true })
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_TOKEN_ENDPOINT_ERROR' })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(refreshes()).toBe(2)
  })

  it('is made up for by newer tokens of another tab (behaviour 22, complaint 3)', async () => {
    const { client, loseNext, idp } = await lossy()
    const key = `countersign ${idp.issuer} ${demoProject.oidc.clientId} tokens`
    loseNext()
    await expect(client.getAccessToken()).rejects.toMatchObject({ retryable: true })
    const kept = JSON.parse(localStorage.getItem(key) ?? '')
    const newer = { ...kept, accessToken: 'of-another-tab', expiresAt: idp.now() + 600_000 }
    localStorage.setItem(key, JSON.stringify(newer))
    await expect(client.getAccessToken()).resolves.toBe('of-another-tab')
  })
})

describe('tokens in the session storage', () => {
  it('sign the tab in after a reload, and no other tab', async () => {
    const { login, anotherTab, requests } = await createBrowserSession({ tokenStorage: sessionTokenStorage() })
    const other = anotherTab({ tokenStorage: customTokenStorage(() => emptyStorage(), { shared: false }) })
    await login()
    const sent = requests.length
    dispatchEvent(new PageTransitionEvent('pagehide'))
    const reloaded = anotherTab({ tokenStorage: sessionTokenStorage() })
    await whenStatus(reloaded, 'authenticated')
    expect(other.getSnapshot().status).toBe('unauthenticated')
    expect(requests).toHaveLength(sent)
  })

  it('are not used by a copy of the tab', async () => {
    const { client, login, anotherTab } = await createBrowserSession({ tokenStorage: sessionTokenStorage() })
    await login()
    // The browser copies the storage of a tab while its page is still there.
    const copy = anotherTab({ tokenStorage: sessionTokenStorage() })
    await whenStatus(copy, 'unauthenticated')
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('stay with a page that comes back from the back-forward cache', async () => {
    const { client, login, anotherTab } = await createBrowserSession({ tokenStorage: sessionTokenStorage() })
    await login()
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    const copy = anotherTab({ tokenStorage: sessionTokenStorage() })
    await whenStatus(copy, 'unauthenticated')
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})

describe('a custom storage', () => {
  it('may be asynchronous', async () => {
    const texts = new Map<string, string>()
    const storage: TextStorage = {
      getItem: async (key) => texts.get(key) ?? null,
      setItem: async (key, text) => void texts.set(key, text),
      removeItem: async (key) => void texts.delete(key),
    }
    const tokenStorage = customTokenStorage(() => storage, { shared: true })
    const { client, login, anotherTab } = await createBrowserSession({ tokenStorage })
    await login()
    const reloaded = anotherTab()
    await whenStatus(reloaded, 'authenticated')
    await client.logout({ localOnly: true })
    expect(texts.size).toBe(0)
  })

  it('that refuses to write leaves the session in memory, and is an event', async () => {
    const events: SessionEvent[] = []
    const { client, login } = await createBrowserSession({
      tokenStorage: customTokenStorage(() => emptyStorage('setItem'), { shared: false }),
      onEvent: (event) => void events.push(event),
    })
    await login()
    await expect(client.getAccessToken()).resolves.toMatch(/\./)
    expect(events.filter(({ type }) => type.endsWith('failed'))).toMatchObject([
      { type: 'storage-failed', error: { code: 'OIDC_STORAGE_UNAVAILABLE' } },
    ])
  })

  it('that refuses to read is a typed error of a page that starts, and login works', async () => {
    const { client, login } = await createBrowserSession({
      tokenStorage: customTokenStorage(() => emptyStorage('getItem'), { shared: false }),
    })
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toMatchObject({
      reason: 'never',
      error: { code: 'OIDC_STORAGE_UNAVAILABLE', retryable: true },
    })
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('that can not even be mentioned is the same typed error', async () => {
    const { client } = await createBrowserSession({
      tokenStorage: customTokenStorage(
        () => {
          throw new DOMException('denied', 'SecurityError')
        },
        { shared: true },
      ),
    })
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toMatchObject({ error: { code: 'OIDC_STORAGE_UNAVAILABLE' } })
  })
})

/** A storage that keeps nothing, and throws in one method. */
function emptyStorage(broken?: keyof TextStorage): TextStorage {
  const act = (method: keyof TextStorage) => {
    if (method === broken) throw new DOMException('full', 'QuotaExceededError')
  }
  return {
    getItem(key) {
      act('getItem')
      return key === '' ? '' : null
    },
    setItem: () => act('setItem'),
    removeItem: () => act('removeItem'),
  }
}
