import { demoProject, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BrowserClientOptions, createBrowserClient } from '../../src/browser/index.ts'
import { role, scope } from '../../src/index.ts'
import { createBrowserSession, whenStatus } from './browser-session.ts'

const callbackUrl = `${location.origin}/packages/core/test/browser/callback.html`

describe('login', () => {
  it('sends code, S256 challenge, state and nonce, one of each (cases A-REQ-01 and A-CMP-02; behaviour 1; S-052, S-068, S-072, S-080, S-101, S-159, S-167, S-171 to S-175, S-427)', async () => {
    const { client, navigations, idp } = await createBrowserSession()
    await client.login({ parameters: { login_hint: 'mira', flow: 'sign-up-or-in' } })
    const { origin, pathname, searchParams } = new URL(navigations[0] ?? '')
    expect(origin + pathname).toBe(`${idp.url}/oauth2/v1/authorize`)
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: demoProject.oidc.clientId,
      redirect_uri: callbackUrl,
      scope: 'openid profile email descope.claims',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      login_hint: 'mira',
      flow: 'sign-up-or-in',
    })
    expect([...searchParams.keys()]).toHaveLength(10)
    expect(decodeURIComponent(navigations[0] ?? '')).not.toMatch(/[{}]/)
    expect(searchParams.get('state')).not.toBe(searchParams.get('nonce'))
  })

  it.runIf('navigation' in window)(
    'leaves the page for the authorization endpoint when nobody says how (S-177)',
    async () => {
      const { idp, openTab } = await createBrowserSession()
      const tab = openTab({ navigate: undefined } as unknown as Partial<BrowserClientOptions>)
      const departures: string[] = []
      const stay = (event: NavigateEvent) => {
        departures.push(event.destination.url)
        event.preventDefault()
      }
      navigation.addEventListener('navigate', stay)
      onTestFinished(() => navigation.removeEventListener('navigate', stay))
      await tab.login()
      const [url = '', ...others] = departures
      expect(others).toEqual([])
      expect(url.startsWith(`${idp.url}/oauth2/v1/authorize?`)).toBe(true)
    },
  )

  it('makes state, nonce and verifier anew, 32 random bytes each (S-164)', async () => {
    const { client, idp, navigations } = await createBrowserSession()
    await client.login()
    await client.login()
    const kept = Object.entries(localStorage).filter(
      ([key]) => key.includes(`${idp.issuer} `) && key.includes(' login '),
    )
    const verifiers = kept.map(([, text]) => JSON.parse(text).codeVerifier)
    const sent = navigations.flatMap((url) => {
      const query = new URL(url).searchParams
      return [query.get('state'), query.get('nonce')]
    })
    const all = [...verifiers, ...sent]
    for (const text of all) expect(text).toMatch(/^[\w-]{43}$/)
    expect(new Set(all).size).toBe(6)
  })

  it('asks for the metadata once for each login until it has got it (case E-47)', async () => {
    const { openTab, navigations, requests, idp } = await createBrowserSession()
    const tab = openTab()
    await idp.breakAlways('discovery-not-json')
    requests.length = 0
    await expect(tab.login()).rejects.toMatchObject({ code: 'OIDC_RESPONSE_NOT_JSON' })
    expect(requests).toHaveLength(1)
    await idp.mend()
    await tab.login()
    await tab.login()
    expect(requests).toHaveLength(2)
    expect(navigations).toHaveLength(2)
  })

  it('asks for openid alone unless told otherwise, and never for offline_access by itself (case K-10.2.3)', async () => {
    const { navigations, openTab } = await createBrowserSession()
    await openTab({ scope: undefined as never }).login()
    expect(new URL(navigations[0] ?? '').searchParams.get('scope')).toBe('openid')
  })

  it('refuses a parameter that would replace one of its own', async () => {
    const { client, navigations } = await createBrowserSession()
    await expect(client.login({ parameters: { state: 'mine' } })).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
    expect(navigations).toEqual([])
  })

  it('makes no navigation when discovery names another issuer (cases A-CNF-03 and K-10.5.3; behaviour 4)', async () => {
    const { client, navigations, idp } = await createBrowserSession()
    await idp.breakOnce('discovery-issuer-mismatch')
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_DISCOVERY_ISSUER_MISMATCH' })
    expect(navigations).toEqual([])
    await client.login()
    expect(navigations).toHaveLength(1)
  })

  it.each([
    'https://evil.example/x',
    '//evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    'http://[',
    '/\\evil.example',
    './\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    `https://${location.host}@evil.example`,
    `${location.protocol}//${location.hostname}.evil.example`,
    'https:evil.example',
    `https://${location.host}/`,
    // Both have the origin of the page.
    `${location.protocol}//${'x'.repeat(location.host.length)}javascript:alert(1)%2F%2F@${location.host}/`,
    `blob:${location.origin}/x`,
  ])('never returns to %j (cases G-31, G-32, G-34, G-35; behaviour 13)', async (returnTo) => {
    const { client, navigations, idp } = await createBrowserSession()
    await client.login({ returnTo })
    const callback = await idp.walkLogin(navigations[0] ?? '')
    await expect(client.handleCallback(callback.href)).resolves.toEqual({ returnTo: '/' })
  })

  it('is a typed error when the browser refuses storage', async () => {
    const { client } = await createBrowserSession({
      transactionStorage: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    })
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_STORAGE_UNAVAILABLE', retryable: true })
  })
})

describe('callback', () => {
  it('is a typed error when the browser refuses storage', async () => {
    let refuses = false
    const storage = {
      ...{ setItem: () => {}, removeItem: () => {} },
      getItem() {
        if (refuses) throw new DOMException('denied', 'SecurityError')
        return null
      },
    } as unknown as Storage
    const { client, walkLogin } = await createBrowserSession({ transactionStorage: () => storage })
    const callback = await walkLogin()
    refuses = true
    await expect(client.handleCallback(callback.href)).rejects.toMatchObject({ code: 'OIDC_STORAGE_UNAVAILABLE' })
  })

  it('signs in, shows the profile and lands where the user started (behaviour 10; S-178)', async () => {
    const { client, walkLogin } = await createBrowserSession()
    const result = await client.handleCallback((await walkLogin()).href)
    expect(result).toEqual({ returnTo: '/orders?page=2#latest' })
    expect(location.href).toBe(`${location.origin}/orders?page=2#latest`)
    const state = client.getSnapshot()
    expect(state).toMatchObject({ status: 'authenticated', renewing: false, stale: false })
    expect(state.status === 'authenticated' && state.claims.name).toBe(demoProject.users.mira.name)
    expect(Object.isFrozen(state)).toBe(true)
  })

  it('redeems the code by a form with client, way back and verifier, without a secret (case A-REQ-02; S-169, S-179 to S-185)', async () => {
    const sent: [string, RequestInit][] = []
    const { client, walkLogin, navigations } = await createBrowserSession({
      fetch: (url, init) => {
        sent.push([url, init])
        return fetch(url, init)
      },
    })
    const callback = await walkLogin()
    await client.handleCallback(callback.href)
    const [, init] = sent.find(([url]) => url.endsWith('/token')) ?? []
    const headers = new Headers(init?.headers)
    expect(init?.method).toBe('POST')
    expect(headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(headers.has('authorization')).toBe(false)
    const form = Object.fromEntries(new URLSearchParams(String(init?.body)))
    expect(form).toEqual({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code'),
      redirect_uri: callbackUrl,
      client_id: demoProject.oidc.clientId,
      code_verifier: expect.stringMatching(/^[\w.~-]{43}$/),
    })
    expect(new URL(navigations[0] ?? '').searchParams.get('redirect_uri')).toBe(callbackUrl)
  })

  it('keeps the verifier until it was sent, and erases it then (S-160)', async () => {
    const { client, idp, walkLogin } = await createBrowserSession()
    const kept = () => JSON.stringify(Object.entries(localStorage).filter(([key]) => key.includes(idp.issuer)))
    const callback = await walkLogin()
    expect(kept()).toContain('codeVerifier')
    await client.handleCallback(callback.href)
    expect(kept()).not.toContain('codeVerifier')
  })

  it('exchanges the code once for parallel and later calls (case C-43; behaviour 6)', async () => {
    const { client, walkLogin, tokenRequests } = await createBrowserSession()
    const callback = (await walkLogin()).href
    const results = await Promise.all([client.handleCallback(callback), client.handleCallback(callback)])
    results.push(await client.handleCallback(callback))
    expect(new Set(results.map(({ returnTo }) => returnTo)).size).toBe(1)
    expect(tokenRequests('authorization_code')).toBe(1)
  })

  it('can be taken again after a reload when the provider could not be discovered', async () => {
    const { openTab, walkLogin } = await createBrowserSession()
    const callback = await walkLogin()
    let offline = true
    const tab = openTab({
      fetch: (url, init) => (offline ? Promise.reject(new TypeError('Failed to fetch')) : fetch(url, init)),
    })
    const shown = `${callbackUrl}${callback.search}`
    history.replaceState(null, '', shown)
    await expect(tab.handleCallback(callback.href)).rejects.toMatchObject({
      code: 'OIDC_NETWORK_ERROR',
      retryable: true,
    })
    expect(location.href).toBe(new URL(shown, location.href).href)
    expect(tab.getSnapshot()).toMatchObject({ status: 'unauthenticated', error: { code: 'OIDC_NETWORK_ERROR' } })
    offline = false
    await expect(tab.handleCallback(callback.href)).resolves.toEqual({ returnTo: '/orders?page=2#latest' })
  })

  it('is used up when the metadata is refused, whose provider can not be trusted', async () => {
    const { idp, openTab, walkLogin } = await createBrowserSession()
    const callback = await walkLogin()
    const tab = openTab()
    await idp.breakOnce('discovery-issuer-mismatch')
    await expect(tab.handleCallback(callback.href)).rejects.toMatchObject({ code: 'OIDC_DISCOVERY_ISSUER_MISMATCH' })
    await expect(openTab().handleCallback(callback.href)).rejects.toMatchObject({ code: 'OIDC_TRANSACTION_MISSING' })
  })

  it('refuses what is no URL with a typed error', async () => {
    const { client } = await createBrowserSession()
    expect(client.isCallback('http://[')).toBe(false)
    await expect(client.handleCallback('http://[')).rejects.toMatchObject({ code: 'OIDC_STATE_MISSING' })
  })

  it('takes the same response once, however its URL is written, and keeps the fragment of the way back (case G-43)', async () => {
    const { client, walkLogin, tokenRequests } = await createBrowserSession()
    const callback = (await walkLogin()).href
    await client.handleCallback(callback)
    await expect(client.handleCallback(`${callback}#/`)).resolves.toEqual({ returnTo: '/orders?page=2#latest' })
    expect(tokenRequests('authorization_code')).toBe(1)
  })

  it.each([
    ['code=stolen&state=guessed', 'OIDC_TRANSACTION_MISSING'],
    ['code=stolen&state=__proto__', 'OIDC_TRANSACTION_MISSING'],
    ['code=stolen&state=constructor', 'OIDC_TRANSACTION_MISSING'],
    ['code=stolen&state=hasOwnProperty', 'OIDC_TRANSACTION_MISSING'],
    ['code=stolen', 'OIDC_STATE_MISSING'],
    ['code=stolen&state=', 'OIDC_STATE_MISSING'],
  ])(
    'refuses ?%s, which nobody asked for, with %s and without any request (cases C-13, C-14, C-21; S-173)',
    async (query, code) => {
      const { client, idp, requests, anotherTab } = await createBrowserSession()
      await whenStatus(client, 'unauthenticated')
      await idp.signIn()
      // A session at the provider must not turn a forged response into a sign-in.
      const tab = anotherTab({ restore: 'silent-frame', isCallback: (url) => url.search !== '' })
      history.replaceState(null, '', `?${query}`)
      await expect(tab.handleCallback(`${callbackUrl}?${query}`)).rejects.toMatchObject({ code })
      expect(requests).toEqual([])
      expect(tab.getSnapshot()).toMatchObject({ status: 'unauthenticated', error: { code } })
    },
  )

  it('refuses a used response in another tab without a token request (behaviour 8)', async () => {
    const { client, walkLogin, anotherTab, tokenRequests } = await createBrowserSession()
    const callback = (await walkLogin()).href
    await client.handleCallback(callback)
    await expect(anotherTab().handleCallback(callback)).rejects.toMatchObject({ code: 'OIDC_TRANSACTION_MISSING' })
    expect(tokenRequests()).toBe(1)
  })

  it('exposes the challenge of a token endpoint that answers 401, and asks once (case D-20)', async () => {
    const { client, idp, walkLogin, tokenRequests } = await createBrowserSession()
    const callback = await walkLogin()
    await idp.breakAlways('token-status-401-challenge')
    await expect(client.handleCallback(callback.href)).rejects.toMatchObject({
      code: 'OIDC_TOKEN_ENDPOINT_ERROR',
      status: 401,
      error: 'invalid_client',
      retryable: false,
      challenge: expect.stringMatching(/^Basic /),
    })
    expect(tokenRequests()).toBe(1)
  })

  it('finishes a login that another tab started (behaviour 12, complaint 10)', async () => {
    const { walkLogin, anotherTab } = await createBrowserSession()
    const tab = anotherTab()
    await tab.handleCallback((await walkLogin()).href)
    expect(tab.getSnapshot().status).toBe('authenticated')
  })

  it('refuses a login that is older than an hour (behaviour 12)', async () => {
    const { client, idp, walkLogin, tokenRequests } = await createBrowserSession()
    const callback = (await walkLogin()).href
    await idp.advance(3601)
    await expect(client.handleCallback(callback)).rejects.toMatchObject({ code: 'OIDC_TRANSACTION_MISSING' })
    expect(tokenRequests()).toBe(0)
  })

  it('finishes two logins in any order, each with its own verifier (behaviour 11)', async () => {
    const { client, walkLogin, anotherTab } = await createBrowserSession()
    const [first, second] = [await walkLogin(), await walkLogin(demoProject.users.noa.loginId)]
    const tab = anotherTab()
    await tab.handleCallback(second.href)
    await client.handleCallback(first.href)
    expect([client.getSnapshot().status, tab.getSnapshot().status]).toEqual(['authenticated', 'authenticated'])
  })

  it('tells only its own responses from pages of the app (behaviour 9, complaint 11)', async () => {
    const { client } = await createBrowserSession()
    expect(client.isCallback(`${callbackUrl}?code=x&state=y`)).toBe(true)
    expect(client.isCallback(`${callbackUrl}?error=access_denied&state=y`)).toBe(true)
    expect(client.isCallback(callbackUrl)).toBe(false)
    expect(client.isCallback(`${location.origin}/other?code=x&state=y`)).toBe(false)
  })

  it.each(['https://app.example', 'HTTPS://App.Example:443/', 'https://app.example/?tenant=1'])(
    'knows the response to %s, which browsers spell in their own way',
    (redirectUri) => {
      const client = createBrowserClient({ issuer: 'https://idp.example', clientId: 'app', redirectUri })
      expect(client.isCallback('https://app.example/?code=x&state=y')).toBe(true)
      expect(client.isCallback('https://app.example/other?code=x&state=y')).toBe(false)
    },
  )

  it('surfaces an error of the provider with the way back, and forgets the login (behaviour 14)', async () => {
    const { client, idp, navigations, tokenRequests } = await createBrowserSession()
    await client.login({ returnTo: '/orders' })
    await idp.breakOnce('response-error', { error: 'access_denied' })
    const callback = await idp.walkLogin(navigations[0] ?? '')
    await expect(client.handleCallback(callback.href)).rejects.toMatchObject({
      code: 'OIDC_AUTHORIZATION_ERROR',
      error: 'access_denied',
      returnTo: '/orders',
    })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', error: { error: 'access_denied' } })
    expect(tokenRequests()).toBe(0)
    expect(location.pathname).toBe('/orders')
    const kept = Object.entries(localStorage).filter(([key]) => key.includes(idp.issuer))
    expect(JSON.stringify(kept)).not.toMatch(/codeVerifier|nonce/)
  })

  it.each<FaultName>([
    'id-token-signature-foreign-key',
    'id-token-nonce-wrong',
    'id-token-iss-wrong',
    'id-token-aud-wrong',
    'id-token-expired',
    'id-token-alg-none',
    'id-token-at-hash-wrong',
    'response-state-missing',
    'response-iss-wrong',
    'response-code-duplicated',
    'token-not-json',
    'token-type-unknown',
    'jwks-empty',
  ])('leaves no session and sends nothing more after %s (behaviour 2)', async (fault) => {
    const { client, idp, walkLogin, requests } = await createBrowserSession()
    await idp.breakOnce(fault)
    const callback = (await walkLogin()).href
    await expect(client.handleCallback(callback)).rejects.toMatchObject({ name: 'ProtocolError' })
    const sent = requests.length
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', error: { name: 'ProtocolError' } })
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    await expect(client.fetchUserInfo()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(requests).toHaveLength(sent)
    expect(location.search).not.toMatch(/code|state/)
  })

  it.each([-86_400, -7200, 7200, 86_400])(
    'signs in with a clock that is %i s off (case D-39; behaviour 26, complaint 17)',
    async (offset) => {
      const clock = { now: () => 0 }
      const { client, idp, walkLogin } = await createBrowserSession({ clock })
      clock.now = () => idp.now() + offset * 1000
      await client.handleCallback((await walkLogin()).href)
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', stale: false })
      await expect(client.getAccessToken()).resolves.toBeTypeOf('string')
    },
  )

  it('keeps tokens out of state, URL and storage (cases G-17 and K-10.1.1)', async () => {
    // Other tests of this browser have databases, so none may be opened here.
    const open = vi.spyOn(indexedDB, 'open')
    onTestFinished(() => open.mockRestore())
    const { client, walkLogin } = await createBrowserSession()
    await client.handleCallback((await walkLogin()).href)
    const token = await client.getAccessToken()
    const seen = [
      JSON.stringify(client.getSnapshot()),
      location.href,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      document.cookie,
    ]
    expect(open).not.toHaveBeenCalled()
    for (const text of seen) expect(text).not.toContain(token.slice(-40))
  })
})

describe('automatic logins', () => {
  it('stop when two within a minute signed nobody in, and say why (complaint 18)', async () => {
    const { client, idp, navigations } = await createBrowserSession()
    await client.login({ automatic: true })
    await client.login({ automatic: true })
    await expect(client.login({ automatic: true })).rejects.toMatchObject({ code: 'OIDC_REDIRECT_LOOP' })
    expect(navigations).toHaveLength(2)
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', error: { code: 'OIDC_REDIRECT_LOOP' } })
    await client.login()
    await idp.advance(61)
    await client.login({ automatic: true })
    expect(navigations).toHaveLength(4)
  })

  it('are not counted when they could not go out', async () => {
    let offline = true
    const { client, navigations } = await createBrowserSession({
      fetch: (url, init) => (offline ? Promise.reject(new TypeError('Failed to fetch')) : fetch(url, init)),
    })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(client.login({ automatic: true })).rejects.toMatchObject({ code: 'OIDC_NETWORK_ERROR' })
    }
    offline = false
    await client.login({ automatic: true })
    expect(navigations).toHaveLength(1)
  })

  it('that are too many do not end a session (DESIGN 27)', async () => {
    const { client, login } = await createBrowserSession()
    await login()
    await client.login({ automatic: true })
    await client.login({ automatic: true })
    await expect(client.login({ automatic: true })).rejects.toMatchObject({ code: 'OIDC_REDIRECT_LOOP' })
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('do not go out uncounted, and no login fails on it, when the session storage is blocked (complaint 12)', async () => {
    const blocked = vi.spyOn(globalThis, 'sessionStorage', 'get').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError')
    })
    onTestFinished(() => blocked.mockRestore())
    const { client, login, navigations } = await createBrowserSession()
    await expect(client.login({ automatic: true })).rejects.toMatchObject({ code: 'OIDC_STORAGE_UNAVAILABLE' })
    expect(navigations).toEqual([])
    await login()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('are forgotten once somebody is signed in', async () => {
    const { client, login, navigations } = await createBrowserSession()
    await client.login({ automatic: true })
    await client.login({ automatic: true })
    await login()
    await client.login({ automatic: true })
    expect(navigations).toHaveLength(4)
  })
})

describe('access rules in the page', () => {
  it('decide with granted scopes and the roles of the ID token', async () => {
    const { client, walkLogin } = await createBrowserSession()
    expect(client.can(scope('email')).allowed).toBe(false)
    await client.handleCallback((await walkLogin()).href)
    expect(client.can(scope('email')).allowed).toBe(true)
    expect(client.can(role('Staff')).allowed).toBe(true)
    expect(client.can(role('Owner'))).toEqual({
      allowed: false,
      gaps: [{ rule: { type: 'role', role: 'Owner' }, reason: 'not-granted' }],
    })
  })

  it('say when the claims were never requested (N-16; S-123)', async () => {
    const { client, walkLogin } = await createBrowserSession({ scope: 'openid profile' })
    await client.handleCallback((await walkLogin()).href)
    expect(client.can(role('Staff')).gaps[0]?.reason).toBe('claims-not-requested')
  })
})

describe('options', () => {
  it.each([
    { scope: ['openid'] },
    { scope: 'profile' },
    { restore: ['none'] },
    { idTokenSignedResponseAlg: 'HS256' },
    { idTokenSignedResponseAlg: 'RS999' },
    { trustedAudiences: {} },
    { trustedAudiences: 'other' },
    { clockToleranceSeconds: 301 },
  ])('%j is refused when the client is created (cases B-20, B-34, K-9.1.2)', (wrong) => {
    const options = { issuer: 'https://idp.example', clientId: 'app', redirectUri: 'https://app.example/', ...wrong }
    expect(() => createBrowserClient(options as unknown as BrowserClientOptions)).toThrow(
      expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }),
    )
  })
})

describe('secrets', () => {
  it.each(['clientSecret', 'managementKey', 'accessKey'])(
    '%s is no option of a client in a browser (S-071, S-121, S-211)',
    (name) => {
      const good = { issuer: 'https://idp.example', clientId: 'app', redirectUri: 'https://app.example/' }
      expect(() => createBrowserClient(good)).not.toThrow()
      const options = { ...good, [name]: 'very-secret' } as BrowserClientOptions
      expect(() => createBrowserClient(options)).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_UNKNOWN' }))
      expect(() => createBrowserClient(options)).not.toThrow('very-secret')
    },
  )
})

describe('start', () => {
  it('settles a page without tokens as signed out', async () => {
    const { client } = await createBrowserSession()
    expect(client.getServerSnapshot()).toEqual({ status: 'pending' })
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'never' })
  })

  it('gives the same snapshot until something changed', async () => {
    const { client } = await createBrowserSession()
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toBe(client.getSnapshot())
  })
})
