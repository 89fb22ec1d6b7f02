import { demoProject } from '@countersign/mock-idp'
import ky from 'ky'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { BrowserClient, BrowserClientOptions } from '../../src/browser/index.ts'
import { kyHooks } from '../../src/browser/ky.ts'
import type { ApiAnswer } from '../support/scripted-api.ts'
import { createBrowserSession, startRemoteApi } from './browser-session.ts'

const ok: ApiAnswer = { status: 200 }
const expired: ApiAnswer = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }

const ways: [string, (client: BrowserClient) => BrowserClient['fetch']][] = [
  ['client.fetch', (client) => client.fetch],
  ['ky with its hooks', (client) => ky.create({ hooks: kyHooks(client), throwHttpErrors: false }) as typeof fetch],
]

describe.each(ways)('%s:', (_way, fetchOf) => {
  /** A client that asks in this way. */
  async function openSession(options: Partial<BrowserClientOptions> = {}) {
    const session = await createBrowserSession(options)
    return { ...session, client: { ...session.client, fetch: fetchOf(session.client) } }
  }

  /** A signed-in one, and an API that it may send its token to. */
  async function apiSession(answers: readonly ApiAnswer[], options: Partial<BrowserClientOptions> = {}) {
    const api = await startRemoteApi(...answers)
    const session = await openSession({ resourceOrigins: [new URL(api.url).origin], ...options })
    await session.login()
    return { ...session, api }
  }

  describe('fetch', () => {
    it('sends the access token to an origin that is listed (behaviour 39; S-429)', async () => {
      const { client, api } = await apiSession([ok])
      const response = await client.fetch(api.url)
      expect(await response.json()).toEqual({ number: 1 })
      expect(await api.requests()).toMatchObject([
        { method: 'GET', authorization: `Bearer ${await client.getAccessToken()}` },
      ])
    })

    it.each([
      'https://attacker.example/',
      '//attacker.example/',
      'http://localhost.attacker.example/',
      '/same-origin',
      'http://localhost:1/',
      'data:text/plain,x',
    ])('sends nothing to %s, which is not listed (case G-26; S-429)', async (url) => {
      const sent = vi.fn()
      const { client } = await apiSession([ok], {
        fetch: (to, init) => {
          sent(to)
          return fetch(to, init)
        },
      })
      sent.mockClear()
      await expect(client.fetch(url)).rejects.toMatchObject({ code: 'OIDC_ORIGIN_NOT_ALLOWED' })
      expect(sent).not.toHaveBeenCalled()
    })

    it('sends nothing while nobody is signed in', async () => {
      const api = await startRemoteApi(ok)
      const { client } = await openSession({ resourceOrigins: [new URL(api.url).origin] })
      await expect(client.fetch(api.url)).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
      expect(await api.requests()).toEqual([])
    })

    it('keeps method, body and headers of the request, and replaces its authorization', async () => {
      const { client, api } = await apiSession([ok])
      const headers = { authorization: 'Basic eDp5', 'content-type': 'text/plain' }
      await client.fetch(new Request(api.url, { method: 'PUT', body: 'hello', headers }))
      const [request] = await api.requests()
      expect(request).toMatchObject({ method: 'PUT', body: 'hello' })
      expect(request?.authorization).toMatch(/^Bearer /)
    })

    it.each([301, 302, 303, 307, 308])(
      'follows no redirect (%i), not even to a listed origin (case G-26; behaviour 39)',
      async (status) => {
        const target = await startRemoteApi(ok)
        const { client, api } = await apiSession([{ status, headers: { location: target.url } }])
        await expect(client.fetch(api.url)).rejects.toMatchObject({ code: 'OIDC_REDIRECT_REFUSED', phase: 'api' })
        await expect(client.fetch(api.url, { redirect: 'follow' })).rejects.toMatchObject({
          code: 'OIDC_REDIRECT_REFUSED',
        })
        expect(await target.requests()).toEqual([])
      },
    )

    it('is aborted by the signal of the request', async () => {
      const { client, api } = await apiSession([ok])
      await expect(client.fetch(api.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
      expect(await api.requests()).toEqual([])
    })
  })

  describe('a 401 of an API', () => {
    it.each([expired, { status: 401 }])(
      'leads to one renewal and one further request (%o) (behaviour 39)',
      async (refusal) => {
        const { client, api, tokenRequests } = await apiSession([refusal, ok])
        const response = await client.fetch(api.url, { method: 'POST', body: 'hello' })
        expect(response.status).toBe(200)
        expect(tokenRequests('refresh_token')).toBe(1)
        const requests = await api.requests()
        expect(requests.map(({ body }) => body)).toEqual(['hello', 'hello'])
        expect(requests[1]?.authorization).toBe(`Bearer ${await client.getAccessToken()}`)
      },
    )

    it('is the answer when the second request gets it too (case A-FAP-23)', async () => {
      const { client, api, tokenRequests } = await apiSession([expired])
      expect((await client.fetch(api.url)).status).toBe(401)
      expect(tokenRequests('refresh_token')).toBe(1)
      expect(await api.requests()).toHaveLength(2)
    })

    it('of parallel requests leads to one renewal', async () => {
      const { client, api, idp, tokenRequests } = await apiSession([{ ...expired, whileTokenIsFirst: true }, ok])
      // Within the same second the provider would sign the same token again.
      await idp.advance(2)
      const responses = await Promise.all([1, 2, 3].map(() => client.fetch(api.url)))
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(tokenRequests('refresh_token')).toBe(1)
    })

    it('is the answer for a body that is a stream, which can not be sent again (behaviour 39)', async () => {
      const sent: unknown[] = []
      const { client, tokenRequests, api } = await apiSession([ok], {
        // A browser streams over HTTP/2 only, so the request ends here.
        fetch(url, init) {
          if (!(init.body instanceof ReadableStream)) return fetch(url, init)
          sent.push(init.body)
          return Promise.resolve(new Response(null, { status: 401 }))
        },
      })
      const body = new Blob(['hello']).stream()
      const response = await client.fetch(api.url, { method: 'POST', body, duplex: 'half' } as RequestInit)
      expect(response.status).toBe(401)
      expect(sent).toHaveLength(1)
      expect(tokenRequests('refresh_token')).toBe(0)
    })

    it('is a typed error when the session turns out to be over', async () => {
      const { client, api, idp } = await apiSession([expired])
      await idp.endSessions()
      await expect(client.fetch(api.url)).rejects.toMatchObject({ code: 'OIDC_TOKEN_ENDPOINT_ERROR' })
      expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    })
  })

  describe('Retry-After of an API', () => {
    it.each([429, 503])('is waited for once by a reading request (%i)', async (status) => {
      vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: false })
      onTestFinished(() => void vi.useRealTimers())
      const { client, api } = await apiSession([{ status, headers: { 'retry-after': '3' } }, ok])
      const reading = client.fetch(api.url)
      await vi.waitUntil(() => vi.getTimerCount() > 0)
      expect(await api.requests()).toHaveLength(1)
      vi.advanceTimersByTime(3000)
      expect((await reading).status).toBe(200)
      expect(await api.requests()).toHaveLength(2)
    })

    it.each([
      ['of a writing request', { method: 'POST' }, '1'],
      ['longer than ten seconds', {}, '11'],
      ['that is no number of seconds', {}, 'soon'],
    ])('%s is left to the app', async (_, init, after) => {
      const { client, api } = await apiSession([{ status: 503, headers: { 'retry-after': after } }])
      expect((await client.fetch(api.url, init)).status).toBe(503)
      expect(await api.requests()).toHaveLength(1)
    })
  })

  describe('an API that wants a better login', () => {
    const challenge = (text: string): ApiAnswer => ({ status: 401, headers: { 'www-authenticate': text } })
    const stepUpChallenge = challenge(
      'Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="60"',
    )
    const scopeChallenge: ApiAnswer = {
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="openid phone"' },
    }

    it('is a typed error with what it wants, without a renewal (case F-37; behaviour 40)', async () => {
      const { client, api, tokenRequests } = await apiSession([stepUpChallenge])
      await expect(client.fetch(api.url)).rejects.toMatchObject({
        code: 'OIDC_STEP_UP_REQUIRED',
        wanted: { acr_values: 'gold silver', max_age: '60' },
      })
      expect(tokenRequests('refresh_token')).toBe(0)
      expect(await api.requests()).toHaveLength(1)
    })

    it('is a typed error with every scope it needs', async () => {
      const { client, api } = await apiSession([scopeChallenge])
      await expect(client.fetch(api.url)).rejects.toMatchObject({ wanted: { scope: 'openid phone' } })
    })

    it('answers 403 like any other status when no scope would help', async () => {
      const { client, api } = await apiSession([
        { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } },
      ])
      expect((await client.fetch(api.url)).status).toBe(403)
    })

    it('gets the request again after a login that was asked for its acr and max_age, and shows both (behaviour 40)', async () => {
      const asked: (string | null)[][] = []
      const session = await apiSession([stepUpChallenge, ok], {
        pushedAuthorization: async (_server, _client, url) => {
          asked.push(['acr_values', 'max_age'].map((name) => url.searchParams.get(name)))
          return url
        },
        async stepUp(wanted) {
          const { idp, client } = session
          await idp.signIn()
          await idp.breakOnce('id-token', { set: { acr: 'silver', auth_time: Math.floor(idp.now() / 1000) } })
          await client.loginSilently({ required: wanted })
        },
      })
      expect((await session.client.fetch(session.api.url)).status).toBe(200)
      expect(asked).toEqual([
        [null, null],
        ['gold silver', '60'],
      ])
      expect(await session.api.requests()).toHaveLength(2)
    })

    it('gets the request again after a login that gave the scopes', async () => {
      const asked: unknown[] = []
      const session = await apiSession([scopeChallenge, ok], {
        async stepUp(wanted) {
          asked.push(wanted)
          await session.idp.signIn()
          await session.client.loginSilently({ scope: `openid profile email descope.claims ${wanted.scope}` })
        },
      })
      expect((await session.client.fetch(session.api.url)).status).toBe(200)
      expect(asked).toEqual([{ scope: 'openid phone' }])
      expect(session.client.getSnapshot()).toMatchObject({ scopes: expect.toSatisfy((set) => set.has('phone')) })
    })

    it.each([
      ['acr', stepUpChallenge],
      ['auth_time', challenge('Bearer error="insufficient_user_authentication", max_age="60"')],
      ['scope', scopeChallenge],
    ])('gets no second request when the new login lacks %s (behaviour 40)', async (lacking, answer) => {
      const { client, api } = await apiSession([answer, ok], { stepUp: async () => {} })
      await expect(client.fetch(api.url)).rejects.toMatchObject({
        code: 'OIDC_STEP_UP_REQUIRED',
        message: expect.stringContaining(lacking),
      })
      expect(await api.requests()).toHaveLength(1)
    })

    it('gets one further request, and then its wish is an error (case F-37)', async () => {
      const { client, api } = await apiSession(
        [{ ...scopeChallenge, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="openid"' } }],
        {
          stepUp: async () => {},
        },
      )
      await expect(client.fetch(api.url)).rejects.toMatchObject({ code: 'OIDC_STEP_UP_REQUIRED' })
      expect(await api.requests()).toHaveLength(2)
    })

    it('gets no second request in the name of another user, who signed in for it', async () => {
      const session = await apiSession([scopeChallenge, ok], {
        async stepUp(wanted) {
          await session.idp.signIn(demoProject.users.noa.loginId)
          await session.client.loginSilently({ scope: `openid profile ${wanted.scope}` })
        },
      })
      await expect(session.client.fetch(session.api.url)).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
      expect(await session.api.requests()).toHaveLength(1)
      expect(session.client.getSnapshot()).toMatchObject({ claims: { sub: demoProject.users.noa.id } })
      expect((await session.client.fetch(session.api.url)).status).toBe(200)
    })

    it('gets nothing when the user gave up', async () => {
      const { client, api } = await apiSession([stepUpChallenge, ok], {
        stepUp: () => Promise.reject(new Error('given up')),
      })
      await expect(client.fetch(api.url)).rejects.toThrow('given up')
      expect(await api.requests()).toHaveLength(1)
    })
  })
})

describe('resourceOrigins', () => {
  it.each([['https://api.example.com/'], ['https://api.example.com/v1'], ['http://api.example.com'], ['*'], ['']])(
    'refuses %j, which is no origin of https',
    async (origin) => {
      const { openTab } = await createBrowserSession()
      expect(() => openTab({ resourceOrigins: [origin] })).toThrow(
        expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }),
      )
    },
  )
})
