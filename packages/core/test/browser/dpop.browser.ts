import { createStore, del, get, keys } from 'idb-keyval'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { proofOfPossession } from '../../src/browser/dpop.ts'
import { type BrowserClientOptions, localTokenStorage, type SessionEvent } from '../../src/browser/index.ts'
import { pushAuthorizationRequest } from '../../src/browser/par.ts'
import type { ApiAnswer } from '../support/scripted-api.ts'
import { startRemoteApi } from './browser-session.ts'
import { createStandardSession } from './standard-session.ts'

interface Proof {
  readonly header: { readonly typ: string; readonly alg: string; readonly jwk: JsonWebKey }
  readonly payload: Readonly<Record<string, string | number | undefined>>
}

function readProof(text: string | null | undefined): Proof {
  const [header, payload] = `${text}`
    .split('.', 2)
    .map((part) => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/'))))
  return { header, payload }
}

/** A client whose tokens are bound, and the proofs that it sent to its provider. */
async function boundSession(
  options: Partial<BrowserClientOptions> = {},
  standard: { dpopNonces?: 'required' | 'offered' | 'off'; requirePar?: boolean } = {},
) {
  const proofs: (Proof & { readonly path: string; readonly authorization: string | null })[] = []
  const session = await createStandardSession(
    {
      scope: 'openid profile offline_access',
      dpop: proofOfPossession(),
      fetch(url, init) {
        const headers = new Headers(init.headers)
        const authorization = headers.get('authorization')
        if (headers.has('dpop')) {
          proofs.push({ path: new URL(url).pathname, authorization, ...readProof(headers.get('dpop')) })
        }
        return fetch(url, init)
      },
      ...options,
    },
    { standard },
  )
  return { ...session, proofs }
}

/** A signed-in one, and an API that it may send its tokens to. */
async function apiSession(answers: readonly ApiAnswer[], options: Partial<BrowserClientOptions> = {}) {
  const api = await startRemoteApi(...answers)
  const session = await boundSession({ resourceOrigins: [new URL(api.url).origin], ...options })
  await session.login()
  return { ...session, api, apiProofs: async () => (await api.requests()).map(({ dpop }) => readProof(dpop)) }
}

const store = createStore('countersign-dpop', 'keys')

/** The key that a client keeps. */
async function keptKey(issuer: string) {
  const name = (await keys(store)).find((key) => `${key}`.includes(`${issuer} `))
  return name === undefined ? undefined : get<{ id: string; keys: CryptoKeyPair }>(name, store)
}

function blockDatabase(): void {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('blocked', 'SecurityError')
  })
}

afterEach(() => void vi.restoreAllMocks())

describe('a login with proofOfPossession', () => {
  it('binds code and tokens to a key, over the nonce of the provider (RFC 9449 5, 8, 10; case K-10.3.5)', async () => {
    const { client, login, navigations, proofs } = await boundSession()
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
    const sent = new URL(navigations[0] ?? '').searchParams.get('dpop_jkt')
    expect(sent).toMatch(/^[\w-]{43}$/)
    const [, payload = ''] = (await client.getAccessToken()).split('.')
    expect(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).cnf).toEqual({ jkt: sent })
    // The first request got the challenge, the second one has the nonce.
    expect(proofs.map(({ path, payload: { nonce } }) => [path, typeof nonce])).toEqual([
      ['/token', 'undefined'],
      ['/token', 'string'],
    ])
  })

  it('sends proofs of the right shape, never the same jti twice (case A-REQ-04)', async () => {
    const { client, idp, login, proofs } = await boundSession()
    await login()
    await client.renew()
    await client.fetchUserInfo()
    for (const { header, payload, path } of proofs) {
      expect(header).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256' } })
      expect(header.jwk).not.toHaveProperty('d')
      const method = path === '/token' ? 'POST' : 'GET'
      expect(payload).toMatchObject({ htm: method, htu: idp.url + path, iat: idp.now() / 1000 })
      expect(payload.ath).toEqual(path === '/token' ? undefined : expect.stringMatching(/^[\w-]{43}$/))
    }
    const all = proofs.map(({ payload }) => payload.jti)
    expect(new Set(all).size).toBe(all.length)
    expect(proofs.filter(({ path }) => path === '/userinfo').map(({ authorization }) => authorization)).toEqual([
      expect.stringMatching(/^DPoP /),
      expect.stringMatching(/^DPoP /),
    ])
  })

  it('sends no nonce that nobody gave out (case A-FAP-02)', async () => {
    const { client, login, proofs } = await boundSession({}, { dpopNonces: 'off' })
    await login()
    await client.fetchUserInfo()
    expect(proofs).toHaveLength(2)
    for (const { payload } of proofs) expect(payload).not.toHaveProperty('nonce')
  })

  it('sends proofs to no other endpoint of the provider', async () => {
    const { client, login, proofs } = await boundSession()
    await login()
    await client.logout()
    expect(new Set(proofs.map(({ path }) => path))).toEqual(new Set(['/token']))
  })

  it('works together with pushed requests', async () => {
    const pushedAuthorization = pushAuthorizationRequest()
    const { client, login, navigations } = await boundSession({ pushedAuthorization }, { requirePar: true })
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
    expect([...new URL(navigations[0] ?? '').searchParams.keys()]).toEqual(['client_id', 'request_uri'])
  })

  it('renews with the same key', async () => {
    const { client, login, proofs } = await boundSession()
    await login()
    const before = await client.getAccessToken()
    await client.renew()
    expect(await client.getAccessToken()).not.toBe(before)
    expect(new Set(proofs.map(({ header }) => header.jwk.x)).size).toBe(1)
  })
})

describe('the key', () => {
  it('can not be exported (behaviour 42)', async () => {
    const { idp, login } = await boundSession()
    await login()
    const { privateKey } = (await keptKey(idp.issuer))?.keys ?? {}
    expect(privateKey).toMatchObject({ extractable: false, usages: ['sign'] })
    await expect(crypto.subtle.exportKey('jwk', privateKey as CryptoKey)).rejects.toThrow()
  })

  it('is the same after a reload, and kept tokens go on (behaviour 42)', async () => {
    const { idp, client, login, anotherTab, proofs } = await boundSession({ tokenStorage: localTokenStorage() })
    await login()
    const token = await client.getAccessToken()
    const reloaded = anotherTab({ dpop: proofOfPossession() })
    await vi.waitUntil(() => reloaded.getSnapshot().status === 'authenticated')
    expect(await reloaded.getAccessToken()).toBe(token)
    await reloaded.renew()
    await reloaded.fetchUserInfo()
    expect(new Set(proofs.map(({ header }) => header.jwk.x)).size).toBe(1)
    expect(await keptKey(idp.issuer)).toBeDefined()
  })

  it('is forgotten by a logout, and the next login has a new one, in other tabs too (behaviour 42)', async () => {
    const { idp, client, login, anotherTab, walkLogin } = await boundSession()
    const other = anotherTab({ dpop: proofOfPossession() })
    await other.login()
    await login()
    const before = await keptKey(idp.issuer)
    await client.logout()
    await vi.waitUntil(async () => !(await keptKey(idp.issuer)))
    await walkLogin()
    const after = await keptKey(idp.issuer)
    expect(after?.id).not.toBe(before?.id)
    await other.login()
    expect((await keptKey(idp.issuer))?.id).toBe(after?.id)
  })

  it('is one for two tabs that need their first one at the same time', async () => {
    const { client, anotherTab, navigations } = await boundSession()
    await Promise.all([client.login(), anotherTab({ dpop: proofOfPossession() }).login()])
    const [first, second] = navigations.map((url) => new URL(url).searchParams.get('dpop_jkt'))
    expect(first).toBe(second)
  })

  it('that is gone makes kept tokens count as none', async () => {
    const tokenStorage = localTokenStorage()
    const { idp, login, anotherTab } = await boundSession({ tokenStorage })
    await login()
    const [name = ''] = (await keys(store)).filter((key) => `${key}`.includes(`${idp.issuer} `))
    await del(name, store)
    const reloaded = anotherTab({ dpop: proofOfPossession() })
    await vi.waitUntil(() => reloaded.getSnapshot().status === 'unauthenticated')
  })
})

describe('where IndexedDB is blocked', () => {
  it('a login is a typed error by default (behaviour 42)', async () => {
    const { client, navigations } = await boundSession()
    blockDatabase()
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_STORAGE_UNAVAILABLE', phase: 'storage' })
    expect(navigations).toEqual([])
  })

  it('a key in memory serves the page when that is allowed (behaviour 42)', async () => {
    const dpop = proofOfPossession({ whenStorageBlocked: 'memory' })
    const { idp, client, login, navigations, proofs } = await boundSession({ dpop })
    blockDatabase()
    await login()
    await client.renew()
    await client.fetchUserInfo()
    expect(client.getSnapshot().status).toBe('authenticated')
    expect(new Set(proofs.map(({ header }) => header.jwk.x)).size).toBe(1)
    // The page that comes back would have another key.
    expect(navigations[0]).not.toContain('dpop_jkt')
    vi.restoreAllMocks()
    expect(await keptKey(idp.issuer)).toBeUndefined()
  })

  it('a key in memory lets the page that comes back from the provider sign in', async () => {
    const dpop = proofOfPossession({ whenStorageBlocked: 'memory' })
    const { walkLogin, anotherTab } = await boundSession({ dpop })
    blockDatabase()
    const callback = await walkLogin()
    const returned = anotherTab({ dpop: proofOfPossession({ whenStorageBlocked: 'memory' }) })
    await returned.handleCallback(callback.href)
    expect(returned.getSnapshot().status).toBe('authenticated')
  })

  it('a logout still ends the session', async () => {
    const { client, login } = await boundSession({ dpop: proofOfPossession({ whenStorageBlocked: 'memory' }) })
    blockDatabase()
    await login()
    await client.logout({ localOnly: true })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })
})

describe('a token type', () => {
  /** Changes the answers of the token endpoint. */
  const answering = (tokenType: string) => async (url: string, init: RequestInit) => {
    const response = await fetch(url, init)
    if (!url.endsWith('/token') || !response.ok) return response
    return Response.json({ ...(await response.json()), token_type: tokenType }, { headers: response.headers })
  }

  it('Bearer is refused where a bound one was asked for (case K-10.3.5)', async () => {
    const { client, login } = await boundSession({ fetch: answering('Bearer') })
    await expect(login()).rejects.toMatchObject({ code: 'OIDC_TOKEN_TYPE_UNSUPPORTED' })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })

  it('Bearer is reported, and the token sent without proof, when that is configured', async () => {
    const events: string[] = []
    const api = await startRemoteApi({ status: 200 })
    const { client, login } = await boundSession({
      dpop: proofOfPossession({ whenBearer: 'report' }),
      onEvent: ({ type }) => void events.push(type),
      fetch: answering('Bearer'),
      resourceOrigins: [new URL(api.url).origin],
    })
    await login()
    expect(events.filter((type) => type === 'not-bound')).toHaveLength(1)
    await client.fetch(api.url)
    const [request] = await api.requests()
    expect(request?.authorization).toBe(`Bearer ${await client.getAccessToken()}`)
    expect(request).not.toHaveProperty('dpop')
  })

  it('DPoP is not an event where Bearer ones are reported', async () => {
    const events: string[] = []
    const { login } = await boundSession({
      dpop: proofOfPossession({ whenBearer: 'report' }),
      onEvent: ({ type }) => void events.push(type),
    })
    await login()
    expect(events).toContain('signed-in')
    expect(events).not.toContain('not-bound')
  })

  it('is read without regard to case (case A-FAP-21)', async () => {
    const api = await startRemoteApi({ status: 200 })
    const resourceOrigins = [new URL(api.url).origin]
    const { client, login } = await boundSession({ fetch: answering('dPOp'), resourceOrigins })
    await login()
    await client.fetch(api.url)
    expect((await api.requests())[0]?.authorization).toMatch(/^DPoP /)
  })

  it('DPoP is refused where nobody asked for it (case D-04)', async () => {
    const { client, login } = await createStandardSession({ scope: 'openid profile', fetch: answering('DPoP') })
    await expect(login()).rejects.toMatchObject({ code: 'OIDC_TOKEN_TYPE_UNSUPPORTED' })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })
})

describe('fetch with bound tokens', () => {
  const challenge = (scheme: string, nonce = 'nonce-of-the-api'): ApiAnswer => ({
    status: 401,
    headers: { 'www-authenticate': `${scheme} error="use_dpop_nonce"`, 'dpop-nonce': nonce },
  })
  const ok: ApiAnswer = { status: 200 }

  it('sends the token with a proof for it', async () => {
    const { client, api, apiProofs } = await apiSession([ok])
    await client.fetch(`${api.url}?page=2`, { method: 'POST', body: 'hello' })
    const token = await client.getAccessToken()
    expect(await api.requests()).toMatchObject([{ authorization: `DPoP ${token}`, body: 'hello' }])
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
    const ath = btoa(String.fromCharCode(...hash))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace('=', '')
    expect((await apiProofs())[0]?.payload).toMatchObject({ htm: 'POST', htu: api.url, ath })
  })

  it.each(['DPoP', 'dPoP', 'dpop'])(
    'answers the challenge %s for a nonce once, with a fresh jti (behaviour 39, case A-FAP-22)',
    async (scheme) => {
      const { client, api, apiProofs, proofs } = await apiSession([challenge(scheme), ok])
      proofs.length = 0
      const response = await client.fetch(api.url, { method: 'PUT', body: 'hello' })
      expect(response.status).toBe(200)
      expect((await api.requests()).map(({ body }) => body)).toEqual(['hello', 'hello'])
      const [first, second] = (await apiProofs()).map(({ payload }) => payload)
      expect([first?.nonce === 'nonce-of-the-api', second?.nonce]).toEqual([false, 'nonce-of-the-api'])
      expect(first?.jti).not.toBe(second?.jti)
      expect(proofs.filter(({ path }) => path === '/token')).toEqual([])
    },
  )

  it('keeps the nonces of provider and API apart (behaviour 42)', async () => {
    const { client, api, apiProofs, proofs } = await apiSession([challenge('DPoP'), ok])
    await client.fetch(api.url)
    await client.renew()
    await client.fetch(api.url)
    const atProvider = proofs.filter(({ path }) => path === '/token').map(({ payload }) => payload.nonce)
    expect(atProvider).not.toContain('nonce-of-the-api')
    expect((await apiProofs()).map(({ payload }) => payload.nonce)).toEqual([
      undefined,
      'nonce-of-the-api',
      'nonce-of-the-api',
    ])
  })

  it('takes the next nonce from a good answer', async () => {
    const { client, api, apiProofs } = await apiSession([{ status: 200, headers: { 'dpop-nonce': 'next' } }])
    await client.fetch(api.url)
    await client.fetch(api.url)
    expect((await apiProofs()).map(({ payload }) => payload.nonce)).toEqual([undefined, 'next'])
  })

  it('gives up after one further try and one renewal', async () => {
    const { client, api, proofs } = await apiSession([challenge('DPoP')])
    proofs.length = 0
    expect((await client.fetch(api.url)).status).toBe(401)
    expect(await api.requests()).toHaveLength(4)
    expect(proofs.filter(({ path }) => path === '/token')).toHaveLength(1)
  })

  it.each([
    ['1 MB long', 'x'.repeat(10_000)],
    ['with characters that are not allowed', 'a b'],
    ['there twice', 'one, two'],
  ])('ignores a nonce that is %s (case D-35)', async (_, nonce) => {
    const { client, api, apiProofs } = await apiSession([challenge('DPoP', nonce), ok])
    await client.fetch(api.url)
    for (const { payload } of await apiProofs()) expect(payload).not.toHaveProperty('nonce')
  })

  it('leaves a body that is a stream alone', async () => {
    let sent = 0
    const { client, api } = await apiSession([ok], {
      fetch(url, init) {
        if (!(init.body instanceof ReadableStream)) return fetch(url, init)
        sent += 1
        return Promise.resolve(new Response(null, challenge('DPoP')))
      },
    })
    const body = new Blob(['hello']).stream()
    const response = await client.fetch(api.url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect([response.status, sent]).toEqual([401, 1])
  })

  it('sends no token and no proof after a redirect (case D-21)', async () => {
    const target = await startRemoteApi(ok)
    const { client, api } = await apiSession([{ status: 307, headers: { location: target.url } }])
    await expect(client.fetch(api.url)).rejects.toMatchObject({ code: 'OIDC_REDIRECT_REFUSED' })
    expect(await target.requests()).toEqual([])
  })
})

describe('proofOfPossession', () => {
  it('refuses options that do not exist or do not fit', () => {
    const codeOf = (options: object) => {
      try {
        proofOfPossession(options)
        return undefined
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(codeOf({ key: 1 })).toBe('OIDC_OPTION_UNKNOWN')
    expect(codeOf({ whenBearer: 'ignore' })).toBe('OIDC_OPTION_INVALID')
    expect(codeOf({ whenBearer: 'report', whenStorageBlocked: 'memory' })).toBeUndefined()
  })

  it('fails typed at a provider without nonces when the clock is wrong by more than it allows', async () => {
    const { idp, client, walkLogin, anotherTab, navigations } = await boundSession({}, { dpopNonces: 'off' })
    const clock = { now: () => idp.now() + 100_000 }
    const wrong = anotherTab({ clock, dpop: proofOfPossession() })
    await wrong.login()
    const callback = await idp.walkLogin(navigations.at(-1) ?? '')
    await expect(wrong.handleCallback(callback.href)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    await client.handleCallback((await walkLogin()).href)
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  /** Shows the time of the provider as one does that exposes its `Date` header. */
  const withDate =
    (now: () => number) =>
    async (url: string, init: RequestInit): Promise<Response> => {
      const { body, status, headers } = await fetch(url, init)
      return new Response(body, {
        status,
        headers: { ...Object.fromEntries(headers), date: new Date(now()).toUTCString() },
      })
    }

  it.each([
    ['slow', -7_200_000, 'off'],
    ['fast', 7_200_000, 'off'],
    ['slow, and the provider wants its nonces too', -7_200_000, 'required'],
  ] as const)(
    'signs in although the clock is two hours %s, by the time that the provider shows',
    async (_, wrongBy, dpopNonces) => {
      const { idp, navigations, anotherTab, proofs } = await boundSession({}, { dpopNonces })
      const clock = { now: () => idp.now() + wrongBy }
      const sent: number[] = []
      const wrong = anotherTab({
        clock,
        dpop: proofOfPossession(),
        fetch(url, init) {
          const proof = new Headers(init.headers).get('dpop')
          if (proof) sent.push(Number(readProof(proof).payload.iat) - Math.floor(idp.now() / 1000))
          return withDate(idp.now)(url, init)
        },
      })
      await wrong.login()
      await wrong.handleCallback((await idp.walkLogin(navigations.at(-1) ?? '')).href)
      expect(wrong.getSnapshot().status).toBe('authenticated')
      expect(sent.map((away) => Math.abs(away) > 5)).toEqual([true, false])
      // From now on every proof has the right time at once.
      await wrong.renew()
      await wrong.fetchUserInfo()
      expect(sent.slice(1).every((away) => Math.abs(away) <= 5)).toBe(true)
      expect(proofs).toEqual([])
    },
  )

  it.each([
    ['agrees with the clock', 100_000, 1],
    ['is wrong too', 150_000, 2],
  ])('stops at a refused proof when the time that the provider shows %s', async (_, shown, tries) => {
    const { idp, anotherTab, navigations } = await boundSession({}, { dpopNonces: 'off' })
    let exchanges = 0
    const wrong = anotherTab({
      clock: { now: () => idp.now() + 100_000 },
      dpop: proofOfPossession(),
      fetch(url, init) {
        if (url.endsWith('/token')) exchanges += 1
        return withDate(() => idp.now() + shown)(url, init)
      },
    })
    await wrong.login()
    const callback = await idp.walkLogin(navigations.at(-1) ?? '')
    await expect(wrong.handleCallback(callback.href)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    expect(exchanges).toBe(tries)
  })

  it('tells when a logout can not forget the key', async () => {
    const events: SessionEvent[] = []
    const { client, login } = await boundSession({ onEvent: (event) => void events.push(event) })
    await login()
    vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    await expect(client.logout({ localOnly: true })).resolves.toMatchObject({ revoked: true })
    await vi.waitUntil(() => events.some(({ type }) => type === 'storage-failed'))
    expect(events.at(-1)).toMatchObject({ type: 'storage-failed', error: { code: 'OIDC_STORAGE_UNAVAILABLE' } })
  })

  it('tells nothing of the sort where the key was in memory alone', async () => {
    const events: SessionEvent[] = []
    blockDatabase()
    const { client, login } = await boundSession({
      dpop: proofOfPossession({ whenStorageBlocked: 'memory' }),
      onEvent: (event) => void events.push(event),
    })
    await login()
    await client.logout({ localOnly: true })
    expect(events.map(({ type }) => type)).not.toContain('storage-failed')
  })
})
