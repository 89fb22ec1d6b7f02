import { createStore, del, entries, get, set } from 'idb-keyval'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { encryptedTokenStorage } from '../../src/browser/encrypted-storage.ts'
import { createBrowserSession, whenStatus } from './browser-session.ts'

const database = createStore('countersign', 'tokens')

/** A session whose tabs share encrypted tokens, and the name they are kept under. */
async function encryptedSession() {
  const session = await createBrowserSession({ tokenStorage: encryptedTokenStorage() }, { refreshTokenRotation: true })
  const name = `countersign ${session.idp.issuer} ${session.idp.issuer.split('/').at(-1)} tokens`
  return { ...session, name }
}

describe('encrypted tokens', () => {
  it('sign a page in after a reload, without any request', async () => {
    const { client, login, requests, anotherTab } = await encryptedSession()
    await login()
    const sent = requests.length
    const reloaded = anotherTab({ tokenStorage: encryptedTokenStorage() })
    await whenStatus(reloaded, 'authenticated')
    await expect(reloaded.getAccessToken()).resolves.toBe(await client.getAccessToken())
    expect(requests).toHaveLength(sent)
  })

  it('are renewed once by two tabs at the same moment', async () => {
    const { client, login, idp, anotherTab, tokenRequests } = await encryptedSession()
    await login()
    const tab = anotherTab({ tokenStorage: encryptedTokenStorage() })
    await whenStatus(tab, 'authenticated')
    await idp.advance(601)
    const [one, other] = await Promise.all([client.getAccessToken(), tab.getAccessToken()])
    expect(one).toBe(other)
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('stand nowhere as text, and their key can not be exported', async () => {
    const { client, login } = await encryptedSession()
    await login()
    const token = await client.getAccessToken()
    const kept = await entries<string, unknown>(database)
    expect(kept.length).toBeGreaterThan(1)
    const bytes = kept.map(([, value]) => {
      const { data } = value as { data?: ArrayBuffer }
      return data ? new TextDecoder('latin1').decode(data) : ''
    })
    expect(bytes.join()).not.toContain(token.slice(0, 20))
    expect(JSON.stringify(Object.entries(localStorage))).not.toContain(token)
    const key = await get<CryptoKey>('key', database)
    expect(key?.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', key as CryptoKey)).rejects.toThrow()
  })

  it('of one client are nothing in the place of another one’s', async () => {
    const one = await encryptedSession()
    const other = await encryptedSession()
    await one.login()
    await set(other.name, await get(one.name, database), database)
    const tab = other.anotherTab()
    await whenStatus(tab, 'unauthenticated')
    expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
  })

  it.each([['text'], [{ iv: new Uint8Array(12), data: new ArrayBuffer(40) }], [{}]])(
    'that are damaged count as none: %o',
    async (damaged) => {
      const { login, name, anotherTab } = await encryptedSession()
      await login()
      await set(name, damaged, database)
      const tab = anotherTab()
      await whenStatus(tab, 'unauthenticated')
      expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
    },
  )

  it('are gone after a logout', async () => {
    const { client, login, name } = await encryptedSession()
    await login()
    expect(await get(name, database)).toBeDefined()
    await client.logout({ localOnly: true })
    await vi.waitUntil(async () => (await get(name, database)) === undefined)
  })

  it('get one key from two tabs of a new browser', async () => {
    const key = await get<CryptoKey>('key', database)
    await del('key', database)
    onTestFinished(() => key && set('key', key, database))
    const keep = () => {
      const [iss, aud] = ['https://idp.example', `client-${Math.random()}`]
      const kept = encryptedTokenStorage()(`countersign ${iss} ${aud}`)
      return { kept, tokens: { accessToken: 'a', scopes: [], claims: { iss, aud, sub: 'b' } } as never }
    }
    const tabs = [keep(), keep(), keep()]
    await Promise.all(tabs.map(({ kept, tokens }) => kept.write(tokens)))
    for (const { kept, tokens } of tabs) {
      expect(await kept.read()).toEqual(tokens)
      await kept.write(undefined)
    }
  })

  it('are a typed error where there is no IndexedDB, and login works', async () => {
    const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError')
    })
    onTestFinished(() => open.mockRestore())
    const { client, login } = await encryptedSession()
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toMatchObject({ error: { code: 'OIDC_STORAGE_UNAVAILABLE', retryable: true } })
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})
