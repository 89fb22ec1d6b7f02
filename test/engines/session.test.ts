import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Tab } from './engine.ts'
import { begin, inApp, useEngine, whenAt, whenOpened, whenStatus } from './engine-session.ts'

const start = useEngine()

describe('renewal', () => {
  test('is done by a hidden frame without a refresh token, and leaves no frame behind', async () => {
    const { signIn, grants } = await start()
    const tab = await signIn('/orders')
    const before = await inApp(tab, ({ client }) => client.getAccessToken())
    await inApp(tab, ({ client }) => client.renew())
    expect(await inApp(tab, ({ client }) => client.getAccessToken())).not.toBe(before)
    expect(await inApp(tab, () => document.querySelectorAll('iframe').length)).toBe(0)
    expect(grants()).toEqual(['authorization_code', 'authorization_code'])
  })

  test('is done with a refresh token, and each of them is used once', async () => {
    const { signIn, grants } = await start({ client: { scope: 'openid offline_access' } })
    const tab = await signIn('/orders')
    for (const _ of [1, 2]) await inApp(tab, ({ client }) => client.renew())
    expect(grants()).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
    expect(await inApp(tab, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
  })

  test.each([
    ['is done once for two tabs that share tokens, under a Web Lock (behaviour 17, complaint 1)', true],
    ['is done once for two tabs that share tokens, under a lease where there are no Web Locks (behaviour 20)', false],
  ])('%s', async (_, locks) => {
    const { signIn, openApp, grants, advance } = await start({
      client: { scope: 'openid offline_access', tokens: 'local', locks },
    })
    const tabs = [await signIn('/orders'), await openApp('/contacts')]
    const keptIn = (tab: Tab) => inApp(tab, () => JSON.stringify(Object.entries(localStorage).sort()))
    for (const round of [1, 2, 3]) {
      // Only locks can tell a tab that its copy of the storage is old. Without them that takes time, which hours between
      // two renewals are enough of.
      if (!locks) await expect.poll(async () => new Set(await Promise.all(tabs.map(keptIn))).size).toBe(1)
      await advance(4000, ...tabs)
      const read = (tab: Tab) =>
        begin(tab, ({ client }) => Promise.all([client.getAccessToken(), client.getAccessToken()]))
      const outcomes = await Promise.all(tabs.map(read))
      const results = await Promise.all(outcomes.map((outcome) => outcome()))
      expect(results.filter(({ error }) => error)).toEqual([])
      const tokens = results.flatMap(({ value }) => value)
      expect(tokens).toHaveLength(4)
      expect(new Set(tokens).size).toBe(1)
      expect(grants()).toEqual(['authorization_code', ...Array(round).fill('refresh_token')])
    }
  })

  test('goes on when the tab that holds the lock is closed (behaviour 18)', async () => {
    const { signIn, openApp, advance, grants } = await start({
      client: { scope: 'openid offline_access', tokens: 'local' },
    })
    const first = await signIn('/orders')
    const second = await openApp('/contacts')
    await inApp(first, async () => {
      const key = Object.keys(localStorage).find((name) => name.endsWith(' tokens'))
      await new Promise((locked) => {
        void navigator.locks.request(`${key} renewal`, () => {
          locked(undefined)
          return new Promise(() => {})
        })
      })
    })
    await advance(4000, second)
    const outcome = await begin(second, ({ client }) => client.getAccessToken())
    expect(grants()).toEqual(['authorization_code'])
    await first.close()
    expect((await outcome()).value).toMatch(/\./)
    expect(grants()).toEqual(['authorization_code', 'refresh_token'])
  })
})

describe('tabs', () => {
  test('are signed in when one of them is, without a reload, each with tokens of its own (behaviour 38)', async () => {
    const { signIn, openApp, app, grants } = await start({ client: { restore: 'silent-frame' } })
    const other = await openApp('/contacts')
    await whenStatus(other, 'unauthenticated')
    const tab = await signIn('/orders')
    await whenStatus(other, 'authenticated')
    const tokens = [
      await inApp(tab, ({ client }) => client.getAccessToken()),
      await inApp(other, ({ client }) => client.getAccessToken()),
    ]
    expect(new Set(tokens).size).toBe(2)
    expect(grants()).toHaveLength(2)
    expect(app.visits.filter((path) => path === '/contacts')).toHaveLength(1)
  })

  test('are signed out when one of them logs out, without a reload (behaviour 37)', async () => {
    const { signIn, openApp, app, mock } = await start({ client: { restore: 'silent-frame' } })
    const tab = await signIn('/orders')
    const other = await openApp('/contacts')
    await whenStatus(other, 'authenticated')
    const visits = app.visits.length
    await tab.click('#logout')
    await whenStatus(other, 'unauthenticated')
    await whenAt(tab, mock.url)
    expect(await inApp(other, ({ client }) => client.getSnapshot())).toMatchObject({ reason: 'signed-out' })
    expect(app.visits).toHaveLength(visits)
    await tab.back()
    await whenStatus(tab, 'unauthenticated')
  })

  test('are signed in again when one of them is, after a logout', async () => {
    const { signIn, openApp } = await start({ client: { restore: 'silent-frame' } })
    const tab = await signIn('/orders')
    const other = await openApp('/contacts')
    await whenStatus(other, 'authenticated')
    for (const _ of [1, 2, 3]) {
      await inApp(tab, ({ client }) => client.logout({ localOnly: true }))
      await whenStatus(other, 'unauthenticated')
      await inApp(tab, ({ client }) => client.loginSilently())
      await whenStatus(other, 'authenticated')
    }
  })

  test.each([
    ['that share tokens in the local storage follow each login and logout (behaviours 37 and 38)', 'local'],
    ['that share tokens in the encrypted storage follow each login and logout (behaviours 37 and 38)', 'encrypted'],
  ] as const)('%s', async (_, tokens) => {
    const { signIn, openApp, grants } = await start({ client: { tokens } })
    const tab = await signIn('/orders')
    const other = await openApp('/contacts')
    for (const round of [1, 2, 3]) {
      await inApp(tab, ({ client }) => client.logout({ localOnly: true }))
      await whenStatus(other, 'unauthenticated')
      await inApp(tab, ({ client }) => client.loginSilently())
      await whenStatus(other, 'authenticated')
      expect(grants()).toHaveLength(round + 1)
    }
  })
})

describe('tokens', () => {
  test('in the session storage survive a reload, and are not used by a copy of the tab', async () => {
    const { signIn, profile, grants } = await start({ client: { tokens: 'session' } })
    const tab = await signIn('/orders')
    await tab.reload()
    await whenStatus(tab, 'authenticated')
    await tab.click('#copy')
    const copy = await whenOpened(profile)
    await whenStatus(copy, 'unauthenticated')
    await tab.reload()
    await whenStatus(tab, 'authenticated')
    expect(grants()).toEqual(['authorization_code'])
  })

  test.each([
    ['in the local storage survive a reload and are found by other tabs, without a request (behaviour 7)', 'local'],
    [
      'in the encrypted storage survive a reload and are found by other tabs, without a request (behaviour 7)',
      'encrypted',
    ],
  ] as const)('%s', async (_, tokens) => {
    const { signIn, openApp, mock } = await start({ client: { tokens } })
    const tab = await signIn('/orders')
    const requests = mock.idp.log.entries.length
    const token = await inApp(tab, ({ client }) => client.getAccessToken())
    await tab.reload()
    await whenStatus(tab, 'authenticated')
    const other = await openApp('/contacts')
    for (const one of [tab, other]) {
      expect(await inApp(one, ({ client }) => client.getAccessToken())).toBe(token)
    }
    expect(mock.idp.log.entries).toHaveLength(requests)
  })

  test('in the encrypted storage stand nowhere as text, and their key can not be exported', async () => {
    const { signIn } = await start({ client: { tokens: 'encrypted' } })
    const tab = await signIn('/orders')
    const found = await inApp(tab, async ({ client }) => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('countersign')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const entries = await new Promise<unknown[]>((resolve, reject) => {
        const request = database.transaction('tokens').objectStore('tokens').getAll()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const key = entries.find((entry) => entry instanceof CryptoKey) as CryptoKey
      const { data } = entries.find((entry) => !(entry instanceof CryptoKey)) as { data: ArrayBuffer }
      return {
        exported: await crypto.subtle.exportKey('raw', key).then(
          () => 'exported',
          ({ name }) => name,
        ),
        shown: new TextDecoder('latin1').decode(data).includes(await client.getAccessToken()),
        elsewhere: JSON.stringify([localStorage, sessionStorage]).includes(await client.getAccessToken()),
      }
    })
    expect(found).toEqual({ exported: 'InvalidAccessError', shown: false, elsewhere: false })
  })

  test('that are bound to a key that can not be exported keep it over a reload, and a logout forgets it (behaviour 42)', async () => {
    const { signIn } = await start({ client: { tokens: 'local', bound: true } })
    const tab = await signIn('/orders')
    await inApp(tab, ({ client }) => client.fetchUserInfo())
    const readKey = () =>
      inApp(tab, async () => {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open('countersign-dpop')
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
        const [entry] = await new Promise<{ id: string; keys: CryptoKeyPair }[]>((resolve, reject) => {
          const request = database.transaction('keys').objectStore('keys').getAll()
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
        database.close()
        return entry && { id: entry.id, extractable: entry.keys.privateKey.extractable }
      })
    const key = await readKey()
    expect(key).toEqual({ id: expect.any(String), extractable: false })
    await tab.reload()
    await whenStatus(tab, 'authenticated')
    await inApp(tab, ({ client }) => client.fetchUserInfo())
    expect(await readKey()).toEqual(key)
    await inApp(tab, ({ client }) => client.logout({ localOnly: true }))
    expect(await readKey()).not.toEqual(key)
  })
})

describe('a request to an API', () => {
  /** An API that wants another token than the first one, and sends requests for `/away` somewhere else. */
  async function startApi() {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-allow-headers', 'authorization')
      if (request.method === 'OPTIONS') return void response.end()
      asked.push(request.headers.authorization)
      const isAway = request.url === '/away'
      response.writeHead(isAway ? 302 : asked.length === 1 ? 401 : 200, isAway ? { location: '/elsewhere' } : {}).end()
    })
    server.listen(0, 'localhost')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return { asked, url: `http://localhost:${(server.address() as AddressInfo).port}` }
  }

  test('carries the token, is repeated once after a renewal, and follows no redirect (behaviour 39)', async () => {
    const { asked, url } = await startApi()
    const { signIn, grants } = await start({ client: { scope: 'openid offline_access', resourceOrigins: [url] } })
    const tab = await signIn('/orders')
    const ask = (path: string) =>
      begin(tab, ({ client }, target) => client.fetch(target).then(({ status }) => status), url + path)
    expect((await (await ask('/orders'))()).value).toBe(200)
    expect(grants()).toEqual(['authorization_code', 'refresh_token'])
    expect(asked).toEqual([expect.stringMatching(/^Bearer /), expect.stringMatching(/^Bearer /)])
    expect(asked[0]).not.toBe(asked[1])
    expect((await (await ask('/away'))()).error).toMatchObject({ code: 'OIDC_REDIRECT_REFUSED' })
    expect(asked).toHaveLength(3)
  })
})

describe('a provider that can not be reached', () => {
  test('costs a renewal, with a code of its own, and no session (behaviour 21)', async () => {
    const { mock, signIn } = await start({ client: { scope: 'openid offline_access', timeoutMs: 1_000 } })
    const tab = await signIn('/orders')
    for (const [fault, code] of [
      ['connection-dropped-before', 'OIDC_NETWORK_ERROR'],
      ['token-hang', 'OIDC_TIMEOUT'],
    ] as const) {
      mock.idp.faults.always(fault)
      const outcome = await begin(tab, ({ client }) => client.renew())
      expect((await outcome()).error).toMatchObject({ code })
      mock.idp.faults.clear()
    }
    await inApp(tab, ({ client }) => client.renew())
    expect(await inApp(tab, ({ client }) => client.getSnapshot().status)).toBe('authenticated')
  })
})
