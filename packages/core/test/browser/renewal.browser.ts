import type { FaultName } from '@countersign/mock-idp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { scope } from '../../src/access/rule.ts'
import { createBrowserSession } from './browser-session.ts'

describe('getAccessToken', () => {
  it('reads a fresh token without a request', async () => {
    const { client, login, requests } = await createBrowserSession()
    await login()
    const sent = requests.length
    const tokens = await Promise.all([client.getAccessToken(), client.getAccessToken()])
    expect(new Set(tokens).size).toBe(1)
    expect(requests).toHaveLength(sent)
  })

  it('renews once for ten parallel reads of an expired token (case D-37; behaviour 15)', async () => {
    const { client, idp, login, tokenRequests } = await createBrowserSession()
    await login()
    const before = await client.getAccessToken()
    await idp.advance(601)
    const tokens = await Promise.all(Array.from({ length: 10 }, () => client.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).not.toBe(before)
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('renews a token that expires within the margin', async () => {
    const { client, idp, login, tokenRequests } = await createBrowserSession({ renewBeforeExpirySeconds: 60 })
    await login()
    await idp.advance(539)
    await client.getAccessToken()
    expect(tokenRequests('refresh_token')).toBe(0)
    await idp.advance(2)
    await client.getAccessToken()
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('takes no margin of more than half of the life of a token, as its answer tells it (behaviour 29; S-131)', async () => {
    let renewals = 0
    const { client, idp, login } = await createBrowserSession({
      async fetch(url, init) {
        const response = await fetch(url, init)
        if (!url.endsWith('/token')) return response
        renewals += 1
        return Response.json({ ...(await response.json()), expires_in: 20 })
      },
    })
    await login()
    renewals = 0
    await client.getAccessToken()
    await idp.advance(9)
    await client.getAccessToken()
    expect(renewals).toBe(0)
    await idp.advance(1)
    await client.getAccessToken()
    await client.getAccessToken()
    expect(renewals).toBe(1)
  })

  it('keeps a token that is still good when its renewal fails for now', async () => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    const before = await client.getAccessToken()
    await idp.advance(580)
    await idp.breakAlways('token-status-503')
    await expect(client.getAccessToken()).resolves.toBe(before)
  })

  it('does not renew in a loop when the lifetime is unknown (behaviour 29)', async () => {
    const { client, idp, login, tokenRequests } = await createBrowserSession()
    await idp.breakOnce('expires-in-missing')
    await login()
    await idp.advance(7200)
    await client.getAccessToken()
    expect(tokenRequests('refresh_token')).toBe(0)
    expect(client.getSnapshot()).toMatchObject({ expiresAt: undefined, stale: false })
  })
})

describe('renewal', () => {
  it('takes a lifetime that is a number in a text as that number (behaviour 29)', async () => {
    const { client, idp, login, tokenRequests } = await createBrowserSession()
    await idp.breakOnce('expires-in-string')
    await login()
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', stale: false })
    await client.getAccessToken()
    expect(tokenRequests('refresh_token')).toBe(0)
    await idp.advance(599)
    await client.getAccessToken()
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('renews a token without any lifetime for a read, and else only when the page looks, every 15 s (behaviour 29)', async () => {
    // Pages look at moments of their own, the latest of which is this one.
    vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => void vi.restoreAllMocks())
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { client, idp, login, tokenRequests } = await createBrowserSession()
    await idp.breakAlways('expires-in-zero')
    await login()
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', stale: true })
    await Promise.all([client.getAccessToken(), client.getAccessToken()])
    expect(tokenRequests('refresh_token')).toBe(1)
    for (const looks of [1, 2, 3]) {
      vi.advanceTimersByTime(14_999)
      expect(tokenRequests('refresh_token')).toBe(looks)
      vi.advanceTimersByTime(1)
      await vi.waitFor(() => expect(tokenRequests('refresh_token')).toBe(looks + 1))
      await vi.waitFor(() => expect(client.getSnapshot()).toMatchObject({ renewing: false }))
    }
    await idp.mend()
    await client.renew()
    expect(client.getSnapshot()).toMatchObject({ stale: false })
  })

  it('shares one request among ten forced renewals (behaviour 16, complaint 2)', async () => {
    const { client, login, tokenRequests } = await createBrowserSession()
    await login()
    await Promise.all(Array.from({ length: 10 }, () => client.renew()))
    expect(tokenRequests('refresh_token')).toBe(1)
  })

  it('shows a renewal under way without leaving the signed-in state', async () => {
    const { client, login } = await createBrowserSession()
    await login()
    const seen: unknown[] = []
    client.subscribe(() => {
      const state = client.getSnapshot()
      seen.push(state.status === 'authenticated' ? state.renewing : state.status)
    })
    await client.renew()
    expect(seen).toEqual([true, false])
  })

  it.each<FaultName>(['token-status-503', 'token-not-json'])(
    'keeps the session after %s and recovers (behaviour 21)',
    async (fault) => {
      const { client, idp, login, navigations } = await createBrowserSession()
      await login()
      await idp.advance(700)
      await idp.breakOnce(fault)
      await expect(client.getAccessToken()).rejects.toMatchObject({ code: expect.stringMatching(/^OIDC_/) })
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', stale: true, renewing: false })
      await expect(client.getAccessToken()).resolves.toBeTypeOf('string')
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', stale: false })
      expect(navigations).toHaveLength(1)
    },
  )

  it('asks nothing until the time after 429 is over, and then recovers (behaviour 21, complaint 4)', async () => {
    const { client, idp, login, tokenRequests } = await createBrowserSession()
    await login()
    await idp.advance(700)
    await idp.breakOnce('token-status-429', { retryAfterSeconds: 20 })
    await expect(client.getAccessToken()).rejects.toMatchObject({ status: 429 })
    await idp.advance(19)
    await expect(client.getAccessToken()).rejects.toMatchObject({ status: 429, retryAfterSeconds: 20 })
    expect(tokenRequests('refresh_token')).toBe(1)
    await idp.advance(1)
    await expect(client.getAccessToken()).resolves.toBeTypeOf('string')
    expect(tokenRequests('refresh_token')).toBe(2)
  })

  it('says how long to wait after 429 (RFC 6585 4)', async () => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    await idp.breakOnce('token-status-429')
    await expect(client.renew()).rejects.toMatchObject({
      status: 429,
      retryable: true,
      retryAfterSeconds: expect.any(Number),
    })
  })

  it('keeps the session when the provider can not be reached (behaviour 21, complaint 7)', async () => {
    let offline = false
    const { client, login } = await createBrowserSession({
      fetch: (url, init) => (offline ? Promise.reject(new TypeError('Failed to fetch')) : fetch(url, init)),
    })
    await login()
    offline = true
    await expect(client.renew()).rejects.toMatchObject({ code: 'OIDC_NETWORK_ERROR', retryable: true })
    expect(client.getSnapshot().status).toBe('authenticated')
    offline = false
    await client.renew()
  })

  it('shows the scopes that are left when a renewal grants fewer, and decides by them (behaviour 25)', async () => {
    const { client, login } = await createBrowserSession({
      async fetch(url, init) {
        const response = await fetch(url, init)
        if (!`${init.body}`.includes('grant_type=refresh_token')) return response
        return Response.json({ ...(await response.json()), scope: 'openid profile' })
      },
    })
    await login()
    expect(client.can(scope('email'))).toMatchObject({ allowed: true })
    await client.renew()
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', scopes: new Set(['openid', 'profile']) })
    expect(client.can(scope('email'))).toMatchObject({ allowed: false, gaps: [{ reason: 'not-granted' }] })
  })

  it('takes an opaque access token as any other: login, renewal and logout (behaviour 30)', async () => {
    const { client, idp, login } = await createBrowserSession()
    await idp.breakAlways('access-token-opaque')
    await login()
    await expect(client.getAccessToken()).resolves.not.toContain('.')
    await client.renew()
    await expect(client.getAccessToken()).resolves.not.toContain('.')
    await expect(client.logout({ localOnly: true })).resolves.toMatchObject({ revoked: true })
  })

  it('ends the session on invalid_grant, with the reason (behaviour 23)', async () => {
    const { client, idp, login, navigations } = await createBrowserSession()
    await login()
    await idp.endSessions()
    await expect(client.renew()).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(navigations).toHaveLength(1)
  })

  it('ends the session when the provider answers with another user (case A-RFT-03; behaviour 24, Core 12.2)', async () => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    await idp.breakOnce('refresh-sub-other')
    await expect(client.renew()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_SUB_MISMATCH' })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'user-changed' })
  })

  it('refuses a renewed ID token of another issuer and keeps nothing of the answer (case A-RFT-02)', async () => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    const before = await client.getAccessToken()
    await idp.breakOnce('id-token-iss-wrong')
    await expect(client.renew()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_ISS_MISMATCH' })
    await expect(client.getAccessToken()).resolves.toBe(before)
  })

  it('keeps the old refresh token when none is returned, and takes a rotated one (cases A-RFT-01 and D-13; behaviour 24; N-23)', async () => {
    for (const refreshTokenRotation of [false, true]) {
      const { client, login, requests } = await createBrowserSession({}, { refreshTokenRotation })
      await login()
      await client.renew()
      await client.renew()
      const sent = requests.flatMap(({ body }) => new URLSearchParams(body).get('refresh_token') ?? [])
      expect(sent).toHaveLength(2)
      expect(sent[0] === sent[1]).toBe(!refreshTokenRotation)
    }
  })

  it('renews with a clock that is two hours fast (behaviour 26)', async () => {
    const clock = { now: () => 0 }
    const { client, idp, login } = await createBrowserSession({ clock })
    clock.now = () => idp.now() + 7_200_000
    await login()
    await idp.advance(601)
    await expect(client.getAccessToken()).resolves.toBeTypeOf('string')
  })

  it('does not bring back a session that was logged out while the answer was on its way', async () => {
    let arrive = () => {}
    const answered = new Promise<void>((resolve) => {
      arrive = resolve
    })
    let sent = () => {}
    const asked = new Promise<void>((resolve) => {
      sent = resolve
    })
    const { client, login } = await createBrowserSession({
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        if (String(init.body).includes('grant_type=refresh_token')) {
          sent()
          await answered
        }
        return response
      },
    })
    await login()
    const renewal = client.renew()
    await asked
    await client.logout({ localOnly: true })
    arrive()
    await expect(renewal).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'signed-out' })
  })
})

describe('fetchUserInfo', () => {
  it('returns the claims of the user (S-151)', async () => {
    const { client, login } = await createBrowserSession()
    await login()
    const state = client.getSnapshot()
    await expect(client.fetchUserInfo()).resolves.toMatchObject({
      sub: state.status === 'authenticated' && state.claims.sub,
      email: 'mira@acme.example',
    })
  })

  it.each([
    ['userinfo-sub-wrong', 'OIDC_USERINFO_SUB_MISMATCH'],
    ['userinfo-not-json', 'OIDC_RESPONSE_NOT_JSON'],
    ['userinfo-status-500', 'OIDC_USERINFO_REFUSED'],
  ] as const)('refuses %s with %s (Core 5.3.2)', async (fault, code) => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    await idp.breakOnce(fault)
    await expect(client.fetchUserInfo()).rejects.toMatchObject({ code, phase: 'userinfo' })
    await expect(client.fetchUserInfo()).resolves.toBeDefined()
  })

  it('sends the access token in the Authorization header only (case A-REQ-03; S-186)', async () => {
    const seen: [string, Headers][] = []
    const { client, login } = await createBrowserSession({
      fetch: (url, init) => {
        seen.push([url, new Headers(init.headers)])
        return fetch(url, init)
      },
    })
    await login()
    await client.fetchUserInfo()
    const [url, headers] = seen.at(-1) ?? ['', new Headers()]
    expect(headers.get('authorization')).toBe(`Bearer ${await client.getAccessToken()}`)
    expect(new URL(url).search).toBe('')
  })
})
