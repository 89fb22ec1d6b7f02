import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { isSameSite } from '../../src/browser/silent-frame.ts'
import { createBrowserSession, startRemoteIdp, whenStatus } from './browser-session.ts'

const frames = () => document.querySelectorAll('#countersign-silent-frame').length

describe('silent login', () => {
  it('signs a page without tokens in by a hidden prompt=none frame (S-053, S-218)', async () => {
    const { client, idp, navigations } = await createBrowserSession()
    await idp.signIn()
    await client.loginSilently()
    expect(client.getSnapshot()).toMatchObject({
      status: 'authenticated',
      claims: { name: demoProject.users.mira.name },
    })
    expect(navigations).toEqual([])
    expect(frames()).toBe(0)
  })

  it('shares one frame among parallel calls (case G-10)', async () => {
    const { client, idp, tokenRequests } = await createBrowserSession()
    await idp.signIn()
    await Promise.all([client.loginSilently(), client.loginSilently()])
    expect(tokenRequests()).toBe(1)
  })

  it('reports login_required and leaves nothing behind (S-223, behaviour 31)', async () => {
    const { client } = await createBrowserSession()
    await expect(client.loginSilently()).rejects.toMatchObject({ code: 'OIDC_LOGIN_REQUIRED', error: 'login_required' })
    expect(frames()).toBe(0)
  })

  it.each([
    ['interaction_required', 'OIDC_INTERACTION_REQUIRED'],
    ['consent_required', 'OIDC_CONSENT_REQUIRED'],
    ['account_selection_required', 'OIDC_ACCOUNT_SELECTION_REQUIRED'],
  ])('maps %s and keeps the session as it is (S-223, behaviour 31)', async (error, code) => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    await idp.signIn()
    await idp.breakOnce('response-error', { error })
    await expect(client.loginSilently()).rejects.toMatchObject({ code })
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('rejects at the deadline when the provider never answers, and removes the frame (behaviour 32; S-219)', async () => {
    const { client, idp } = await createBrowserSession({ silentTimeoutMs: 200 })
    await idp.breakOnce('authorize-hang')
    await expect(client.loginSilently()).rejects.toMatchObject({ code: 'OIDC_FRAME_TIMEOUT', retryable: true })
    expect(frames()).toBe(0)
  })

  it('ends at once when the policy of the page forbids the frame, and not for any other violation (complaint 15)', async () => {
    const { client, idp } = await createBrowserSession()
    await idp.breakOnce('authorize-hang')
    const silent = client.loginSilently()
    const rejected = expect(silent).rejects.toMatchObject({ code: 'OIDC_FRAME_BLOCKED', retryable: false })
    await vi.waitUntil(() => frames() === 1)
    const violate = (effectiveDirective: string, blockedURI: string) =>
      dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', { effectiveDirective, blockedURI }))
    violate('img-src', idp.url)
    violate('frame-src', 'https://ads.example')
    violate('frame-src', 'inline')
    expect(frames()).toBe(1)
    violate('frame-src', idp.url)
    await rejected
    expect(frames()).toBe(0)
  })

  it('says that the authorization endpoint alone does not answer (complaint 15)', async () => {
    const { client, idp } = await createBrowserSession({ silentTimeoutMs: 800 })
    await idp.breakOnce('authorize-hang')
    const message = `${idp.url} can be reached, but its authorization endpoint does not answer.`
    await expect(client.loginSilently()).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })

  it('says that nothing of the provider answers (complaint 15)', async () => {
    const { openTab, idp } = await createBrowserSession()
    await idp.breakOnce('authorize-hang')
    const issuer = 'http://localhost:9/nobody'
    const metadata = {
      issuer,
      authorization_endpoint: `${idp.url}/oauth2/v1/authorize`,
      token_endpoint: `${idp.url}/oauth2/v1/token`,
      jwks_uri: `${idp.url}/keys`,
    }
    const client = openTab({ issuer, metadata, silentTimeoutMs: 800 })
    const message = `${idp.url} does not answer: it is down, this machine is offline, or connect-src`
    await expect(client.loginSilently()).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })

  it('says that the page at the redirect URI did not hand the response over (complaint 15)', async () => {
    const { anotherTab, idp } = await createBrowserSession({}, { allowAnyRedirect: true })
    const redirectUri = `${location.origin}/packages/core/test/browser/silent.html`
    const client = anotherTab({ redirectUri, silentTimeoutMs: 1500 })
    await idp.signIn()
    const message = `The provider answered, but ${redirectUri} did not hand the answer over: it has to call client.start()`
    const failure = await client.loginSilently().catch((error: Error) => error.message)
    expect(failure).toContain(message)
    expect(failure).not.toContain('code=')
  })

  it('says what is likely when the provider shows a page of its own (complaint 15)', async () => {
    const { idp, anotherTab } = await createBrowserSession()
    const redirectUri = 'https://not-registered.example/callback'
    const client = anotherTab({ redirectUri, silentTimeoutMs: 1500 })
    await idp.signIn()
    await expect(client.loginSilently()).rejects.toMatchObject({
      message: expect.stringMatching(
        /shows a page of its own. Likeliest causes: the redirect URI is not registered there, .*X-Frame-Options.*prompt=none\.$/,
      ),
    })
  })

  it('adds that a provider on another site may see no cookie (complaint 15)', async () => {
    const idp = await startRemoteIdp({}, '127.0.0.1')
    await idp.breakOnce('authorize-frame-refused')
    const { anotherTab } = await createBrowserSession()
    const client = anotherTab({ issuer: idp.issuer, silentTimeoutMs: 1500 })
    await expect(client.loginSilently()).rejects.toMatchObject({
      message: expect.stringContaining('It is another site, so its cookie may be blocked.'),
    })
  })

  it('rejects at the deadline when the provider forbids framing (case G-08, complaint 15)', async () => {
    const { client, idp } = await createBrowserSession({ silentTimeoutMs: 1000 })
    await idp.signIn()
    await idp.breakOnce('authorize-frame-refused')
    await expect(client.loginSilently()).rejects.toMatchObject({
      code: 'OIDC_FRAME_TIMEOUT',
      message: expect.stringContaining('it forbids frames (X-Frame-Options, frame-ancestors)'),
    })
    expect(frames()).toBe(0)
  })

  it('ignores messages of another source, origin or state (case G-02; behaviour 33; S-219)', async () => {
    const { client, idp } = await createBrowserSession({ silentTimeoutMs: 400 })
    await idp.breakOnce('authorize-hang')
    const silent = client.loginSilently()
    const forged = `${location.origin}/packages/core/test/browser/callback.html?code=stolen&state=guessed`
    postMessage(forged, location.origin)
    dispatchEvent(new MessageEvent('message', { data: forged, origin: 'https://evil.example' }))
    await expect(silent).rejects.toMatchObject({ code: 'OIDC_FRAME_TIMEOUT' })
    expect(client.getSnapshot().status).not.toBe('authenticated')
  })

  it('finds no session at a provider on another site, whose cookie the browser withholds', async () => {
    const idp = await startRemoteIdp({}, '127.0.0.1')
    await idp.signIn()
    const { anotherTab } = await createBrowserSession()
    const client = anotherTab({ issuer: idp.issuer, clock: { now: idp.now } })
    await expect(client.loginSilently()).rejects.toMatchObject({ code: 'OIDC_LOGIN_REQUIRED' })
  })
})

describe('what a silent login leaves behind', () => {
  /** Counts what the page listens to and waits for from now on. */
  function watchPage() {
    const held = new Set<unknown>()
    const original = { addEventListener, setTimeout, clearTimeout }
    vi.stubGlobal('addEventListener', (name: string, listener: EventListener, options?: AddEventListenerOptions) => {
      const entry = { name }
      held.add(entry)
      options?.signal?.addEventListener('abort', () => held.delete(entry))
      original.addEventListener.call(window, name, listener, options)
    })
    vi.stubGlobal('setTimeout', (work: () => void, ms?: number) => {
      const timer = original.setTimeout.call(
        window,
        () => {
          held.delete(timer)
          work()
        },
        ms,
      )
      held.add(timer)
      return timer
    })
    vi.stubGlobal('clearTimeout', (timer: number) => {
      held.delete(timer)
      original.clearTimeout.call(window, timer)
    })
    onTestFinished(() => void vi.unstubAllGlobals())
    return held
  }

  it.each([
    ['an answer', undefined, 'signed in'],
    ['an error of the provider', 'login_required', 'OIDC_LOGIN_REQUIRED'],
    ['the deadline', 'hang', 'OIDC_FRAME_TIMEOUT'],
    ['an abort', 'abort', 'OIDC_FRAME_ABORTED'],
    ['an abort before it began', 'aborted', 'OIDC_FRAME_ABORTED'],
  ])('after %s is no frame, listener or timer (case G-09, behaviour 32)', async (_, what, outcome) => {
    const { client, idp } = await createBrowserSession({ silentTimeoutMs: what === 'hang' ? 300 : 5000 })
    if (what !== 'login_required') await idp.signIn()
    if (what === 'hang' || what === 'abort') await idp.breakOnce('authorize-hang')
    // Discovered before, so that only what is of the frame counts.
    await client.login()
    const abort = new AbortController()
    if (what === 'aborted') abort.abort()
    const held = watchPage()
    const silent = client.loginSilently({ signal: abort.signal }).then(
      () => 'signed in',
      (error) => error.code,
    )
    if (what === 'abort') {
      await vi.waitUntil(() => frames() === 1)
      expect(held.size).toBeGreaterThan(2)
      abort.abort()
    }
    expect(await silent).toBe(outcome)
    expect(frames()).toBe(0)
    expect([...held]).toEqual([])
    expect(client.getSnapshot().status).toBe(outcome === 'signed in' ? 'authenticated' : 'unauthenticated')
  })

  it('after an abort is room for another attempt, which signs in', async () => {
    const { client, idp } = await createBrowserSession()
    await idp.signIn()
    await idp.breakOnce('authorize-hang')
    const abort = new AbortController()
    const first = client.loginSilently({ signal: abort.signal })
    await vi.waitUntil(() => frames() === 1)
    abort.abort()
    await expect(first).rejects.toMatchObject({ code: 'OIDC_FRAME_ABORTED', retryable: true })
    await client.loginSilently()
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})

describe('a provider', () => {
  it.each([
    ['https://app.example.com', 'https://login.example.com', true],
    ['https://example.com', 'https://example.com:8443', true],
    ['https://app.example.com', 'http://login.example.com', false],
    ['https://app.example.com', 'https://login.example.org', false],
    ['https://app.one.co.uk', 'https://login.one.co.uk', true],
    ['https://one.co.uk', 'https://two.co.uk', false],
    ['https://one.com.au', 'https://two.com.au', false],
    ['https://app.co.com', 'https://login.co.com', true],
    ['http://localhost:1', 'http://localhost:2', true],
    ['http://localhost', 'http://127.0.0.1', false],
    ['http://10.0.0.1', 'http://10.1.0.1', false],
    // Not on the short list of suffixes: a frame is tried that finds nobody.
    ['https://one.github.io', 'https://two.github.io', true],
  ])('of the page %s at %s counts as the same site: %s', (page, provider, isSame) => {
    expect(isSameSite(new URL(page), new URL(provider))).toBe(isSame)
  })
})

describe('restore', () => {
  it('signs a new tab in by itself when the provider is on the same site', async () => {
    const { idp, anotherTab } = await createBrowserSession()
    await idp.signIn()
    const tab = anotherTab({ restore: 'silent-frame' })
    await whenStatus(tab, 'authenticated')
    expect(frames()).toBe(0)
  })

  it('settles as signed out when the provider knows nobody', async () => {
    const { anotherTab } = await createBrowserSession()
    const tab = anotherTab({ restore: 'silent-frame' })
    await whenStatus(tab, 'unauthenticated')
    expect(tab.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
  })

  it('opens no frame for a provider on another site (behaviour 34)', async () => {
    const idp = await startRemoteIdp({}, '127.0.0.1')
    const { anotherTab, requests } = await createBrowserSession()
    const tab = anotherTab({ issuer: idp.issuer, restore: 'silent-frame' })
    await whenStatus(tab, 'unauthenticated')
    expect(requests).toEqual([])
  })

  it('does not sign a user in again who logged out', async () => {
    const { client, idp, login, anotherTab } = await createBrowserSession({ restore: 'silent-frame' })
    await login()
    await idp.signIn()
    await client.logout({ localOnly: true })
    const reloaded = anotherTab()
    await whenStatus(reloaded, 'unauthenticated')
    expect(reloaded.getSnapshot()).toMatchObject({ status: 'unauthenticated' })
  })

  it('follows a login in another tab without reload (behaviour 38)', async () => {
    const { login, idp, anotherTab } = await createBrowserSession()
    const tab = anotherTab({ restore: 'silent-frame' })
    await whenStatus(tab, 'unauthenticated')
    await idp.signIn()
    await login()
    await whenStatus(tab, 'authenticated')
  })

  it('takes over from a response that was used before (behaviour 7, complaint 9)', async () => {
    const { idp, walkLogin, client, anotherTab, tokenRequests } = await createBrowserSession()
    const callback = await walkLogin()
    await client.handleCallback(callback.href)
    await idp.signIn()
    const reloaded = anotherTab({ restore: 'silent-frame' })
    await reloaded.handleCallback(callback.href)
    expect(reloaded.getSnapshot().status).toBe('authenticated')
    expect(tokenRequests('authorization_code')).toBeGreaterThan(1)
  })

  it('renews by a hidden frame when there is no refresh token, and only for the same user (S-220)', async () => {
    const { client, idp, login, tokenRequests } = await createBrowserSession(
      {},
      { compat: { refreshRequiresOfflineAccess: true } },
    )
    await idp.signIn()
    await login()
    await client.renew()
    expect(tokenRequests('refresh_token')).toBe(0)
    expect(tokenRequests('authorization_code')).toBe(2)
    await idp.signIn(demoProject.users.noa.loginId)
    await expect(client.renew()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_SUB_MISMATCH' })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'user-changed' })
  })
})
