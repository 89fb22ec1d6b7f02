import {
  createMockIdp,
  demoProject,
  type FaultName,
  type MockIdp,
  type MockIdpConfig,
  standardDemo,
} from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import {
  type BackChannelLogoutOptions,
  createAccessTokenVerifier,
  createBackChannelLogoutReceiver,
  createMemoryStore,
  createRevocationList,
  type SharedStore,
} from '../../src/api/index.ts'
import { type AnyOidcError, createPkce, type ErrorCode } from '../../src/index.ts'
import { failure, forge } from './api-fixture.ts'

const { web, spa, resources } = standardDemo
const { mira, noa } = demoProject.users
const uri = 'http://localhost:3000/backchannel-logout'

interface LogoutFixture {
  readonly idp: MockIdp
  /** Codes of the refusals so far. */
  readonly refusals: string[]
  receive(request: Request): Promise<Response>
  /** Sends a logout token as a provider does. */
  send(token: string): Promise<Response>
  /** Whether the API takes a token. */
  opens(token: string): Promise<boolean>
  /** A logout token. Default for Mira, without session. */
  order(request?: Partial<Parameters<MockIdp['tokens']['logoutToken']>[0]>): Promise<string>
  /** An access token. Default for Mira, without session. */
  orderAccess(user?: string, claims?: Readonly<Record<string, unknown>>): Promise<string>
  /** How often the keys were asked for. */
  keyRequests(): number
}

function setUpLogout(
  options: Partial<BackChannelLogoutOptions> = {},
  config: Pick<MockIdpConfig, 'origin'> = {},
): LogoutFixture {
  // Deliveries of the mock end in the receiver, which is made after it.
  const idp: MockIdp = createMockIdp({
    profile: 'standard',
    deterministic: {},
    ...config,
    standard: { fetch: (request) => receive(request) },
  })
  const { clock } = idp
  const fetch = (url: string, init: RequestInit) => idp.fetch(new Request(url, init))
  const revocations = createRevocationList({ clock })
  const { issuer } = idp
  const verifier = createAccessTokenVerifier({
    issuer,
    audience: resources.contacts,
    clock,
    fetch,
    isRevoked: revocations.isRevoked,
  })
  const refusals: string[] = []
  const receive = createBackChannelLogoutReceiver({
    issuer,
    clientId: web.clientId,
    revocations,
    verifiers: [verifier],
    onRefused: ({ code }: AnyOidcError) => refusals.push(code),
    clock,
    fetch,
    ...options,
  })
  return {
    idp,
    refusals,
    receive,
    send: (token) => receive(new Request(uri, { method: 'POST', body: new URLSearchParams({ logout_token: token }) })),
    opens: (token) =>
      verifier.verify(token).then(
        () => true,
        ({ code }) => {
          expect(code).toBe('OIDC_TOKEN_REVOKED')
          return false
        },
      ),
    order: (request) => idp.tokens.logoutToken({ client: web.clientId, user: mira.loginId, ...request }),
    orderAccess: (user = mira.loginId, claims = {}) =>
      idp.tokens.accessToken({ client: spa.clientId, user, scope: 'contacts.read', claims }),
    keyRequests: () => idp.log.entries.filter(({ endpoint }) => endpoint === 'jwks').length,
  }
}

describe('a logout', () => {
  test('counts for tokens under each spelling of the issuer that the verifier accepts', async () => {
    const spelling = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H'
    const revocations = createRevocationList()
    const { idp, send, order, orderAccess } = setUpLogout({ revocations, acceptIssuers: [spelling] })
    const verifier = createAccessTokenVerifier({
      issuer: idp.issuer,
      acceptIssuers: [spelling],
      audience: resources.contacts,
      clock: idp.clock,
      fetch: (url, init) => idp.fetch(new Request(url, init)),
      isRevoked: revocations.isRevoked,
    })
    const tokens = [await orderAccess(), await orderAccess(undefined, { iss: spelling })]
    for (const token of tokens) await expect(verifier.verify(token)).resolves.toBeDefined()
    expect((await send(await order())).status).toBe(200)
    for (const token of tokens) await failure('OIDC_TOKEN_REVOKED', verifier.verify(token))
    await expect(verifier.verify(await orderAccess(noa.loginId, { iss: spelling }))).resolves.toBeDefined()
  })

  test('at the provider closes the API for tokens that were issued before it, and not for later ones', async () => {
    const { idp, opens, orderAccess } = setUpLogout()
    idp.clients.update(web.clientId, { backchannel_logout_uri: uri })
    const pkce = await createPkce()
    const login = new URL('/authorize', idp.origin)
    login.search = String(
      new URLSearchParams({
        response_type: 'code',
        client_id: web.clientId,
        redirect_uri: web.redirectUri,
        scope: 'openid',
        nonce: 'n',
        state: 's',
        code_challenge: pkce.codeChallenge,
        code_challenge_method: 'S256',
      }),
    )
    const callback = await idp.driver.login(login, { user: mira.loginId })
    const redeemed = await idp.fetch(
      new Request(`${idp.origin}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${web.clientId}:${web.clientSecret}`)}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: callback.searchParams.get('code') ?? '',
          redirect_uri: web.redirectUri,
          code_verifier: pkce.codeVerifier,
        }),
      }),
    )
    expect(redeemed.status).toBe(200)
    const [mine, theirs] = [await orderAccess(), await orderAccess(noa.loginId)]
    expect([await opens(mine), await opens(theirs)]).toEqual([true, true])
    const [session] = idp.sessions.list()
    idp.sessions.end(session?.id ?? '')
    expect(await idp.logouts.settled()).toMatchObject([{ clientId: web.clientId, status: 200 }])
    expect([await opens(mine), await opens(theirs)]).toEqual([false, true])
    idp.clock.advance(1)
    expect(await opens(await orderAccess())).toBe(true)
  })

  test('is confirmed by 200 without a body, and not to be cached (2.8)', async () => {
    const { send, order } = setUpLogout()
    const response = await send(await order())
    expect([response.status, await response.text(), response.headers.get('cache-control')]).toEqual([
      200,
      '',
      'no-store',
    ])
  })

  test('of a subject ends all of its sessions, of one session that one alone (case H-13)', async () => {
    const { send, order, opens, orderAccess } = setUpLogout()
    const [one, two] = [await orderAccess(undefined, { sid: 's1' }), await orderAccess(undefined, { sid: 's2' })]
    await send(await order({ user: undefined, sid: 's1' } as object))
    expect([await opens(one), await opens(two)]).toEqual([false, true])
    await send(await order())
    expect([await opens(one), await opens(two)]).toEqual([false, false])
  })

  test('of a session and its subject ends no foreign session (case H-14)', async () => {
    const { send, order, opens, orderAccess } = setUpLogout()
    const [foreign, other] = [
      await orderAccess(noa.loginId, { sid: 's1' }),
      await orderAccess(undefined, { sid: 's2' }),
    ]
    const [named, unnamed] = [await orderAccess(undefined, { sid: 's1' }), await orderAccess()]
    expect((await send(await order({ sid: 's1' }))).status).toBe(200)
    expect(await Promise.all([foreign, other, named, unnamed].map(opens))).toEqual([true, true, false, false])
  })

  test('is asked about for tokens whose verdict was kept, which are forgotten too', async () => {
    const { idp, send, order, opens, orderAccess } = setUpLogout()
    const token = await orderAccess()
    expect([await opens(token), await opens(token)]).toEqual([true, true])
    await send(await order())
    expect(await opens(token)).toBe(false)
    expect(idp.log.entries.filter(({ endpoint }) => endpoint === 'jwks')).toHaveLength(1)
  })

  test('makes verifiers forget its subject, or its session where it names nobody', async () => {
    const forgotten: unknown[] = []
    const forget = (filter: unknown) => forgotten.push(filter)
    const { send, order } = setUpLogout({ verifiers: [{ forget }, { forget }] })
    await send(await order({ sid: 's1' }))
    await send(await order({ user: undefined, sid: 's2' } as object))
    const [bySubject, bySession] = [{ subject: mira.id }, { sessionId: 's2' }]
    expect(forgotten).toEqual([bySubject, bySubject, bySession, bySession])
  })

  test('that comes late leaves tokens alone that were issued after it', async () => {
    const { idp, send, order, opens, orderAccess } = setUpLogout()
    const [before, logout] = [await orderAccess(), await order()]
    idp.clock.advance(60)
    const after = await orderAccess()
    expect((await send(logout)).status).toBe(200)
    expect([await opens(before), await opens(after)]).toEqual([false, true])
  })

  test('is told to the app before it is confirmed', async () => {
    const told: unknown[] = []
    const { send, order } = setUpLogout({ onLogout: ({ sub, sid }) => told.push({ sub, sid }) })
    await send(await order({ sid: 's1' }))
    expect(told).toEqual([{ sub: mira.id, sid: 's1' }])
  })
})

/** What each fault of logout tokens is refused for; the ones that are valid are taken. */
const refusedFor: readonly (readonly [RegExp, ...ErrorCode[]])[] = [
  [/^alg-unprotected$/, 'OIDC_LOGOUT_TOKEN_MALFORMED'],
  [/^(alg-|crit-|b64-|signature-zero)/, 'OIDC_LOGOUT_TOKEN_ALG_REFUSED'],
  [/^iss-/, 'OIDC_LOGOUT_TOKEN_ISS_MISMATCH'],
  [/^aud-/, 'OIDC_LOGOUT_TOKEN_AUD_MISMATCH'],
  [/^(sub-|nobody)/, 'OIDC_LOGOUT_TOKEN_SUBJECT_MISSING'],
  [/^expired/, 'OIDC_LOGOUT_TOKEN_EXPIRED'],
  [/^(iat|nbf)-future/, 'OIDC_LOGOUT_TOKEN_NOT_YET_VALID'],
  [/^(exp|iat|nbf|jti)-/, 'OIDC_LOGOUT_TOKEN_CLAIM_INVALID'],
  [/^typ-/, 'OIDC_LOGOUT_TOKEN_TYP_REFUSED'],
  [/^(kid-number|signature-empty)/, 'OIDC_LOGOUT_TOKEN_MALFORMED'],
  [/^kid-/, 'OIDC_LOGOUT_TOKEN_KEY_NOT_FOUND'],
  [/^signature-truncated/, 'OIDC_LOGOUT_TOKEN_MALFORMED', 'OIDC_LOGOUT_TOKEN_SIGNATURE_INVALID'],
  [/^(signature-|jwk-|jku-|x5[uc]-)/, 'OIDC_LOGOUT_TOKEN_SIGNATURE_INVALID', 'OIDC_LOGOUT_TOKEN_KEY_NOT_FOUND'],
  [/^events-/, 'OIDC_LOGOUT_TOKEN_EVENT_MISSING'],
  [/^nonce$/, 'OIDC_LOGOUT_TOKEN_NONCE_PRESENT'],
  [/^is-id-token/, 'OIDC_LOGOUT_TOKEN_CLAIM_INVALID'],
  [/^is-access-token/, 'OIDC_LOGOUT_TOKEN_TYP_REFUSED'],
  [
    /^(header-|payload-|duplicate-|two-|four-|many-|base64-|json-|jwe-|huge)/,
    'OIDC_LOGOUT_TOKEN_MALFORMED',
    'OIDC_LOGOUT_TOKEN_ALG_REFUSED',
    'OIDC_LOGOUT_REQUEST_INVALID',
  ],
]
const eitherWay = [
  'logout-token-payload-deep',
  'logout-token-header-deep',
  'logout-token-proto-member',
  'logout-token-sid-other',
]
const faults = createMockIdp({ profile: 'standard' })
  .faults.list()
  .filter(({ name }) => name.startsWith('logout-token-') && !eitherWay.includes(name))

describe('a logout token', () => {
  test.each(faults.filter(({ valid }) => valid).map(({ name }) => name))(
    'with the fault %s is taken all the same (cases H-13 and H-15)',
    async (name) => {
      const { idp, send, order, opens, orderAccess, refusals } = setUpLogout()
      const token = await orderAccess(undefined, { sid: 's1' })
      idp.faults.next(name as FaultName)
      const { status } = await send(await order({ sid: 's1' }))
      expect([status, refusals]).toEqual([200, []])
      expect(await opens(token)).toBe(false)
    },
  )

  test.each(faults.filter(({ valid }) => !valid).map(({ name }) => name))(
    'with the fault %s ends nothing (cases H-10, H-11, H-15, H-20, H-21 and H-25)',
    async (name) => {
      const { idp, send, order, opens, orderAccess, refusals } = setUpLogout()
      const token = await orderAccess()
      idp.faults.next(name as FaultName)
      const response = await send(await order())
      expect(response.status).toBe(400)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.json()).toEqual({
        error: 'invalid_request',
        error_description: 'The logout token is not valid here',
      })
      const [, ...codes] = refusedFor.find(([pattern]) => pattern.test(name.slice('logout-token-'.length))) ?? []
      expect(refusals).toHaveLength(1)
      expect(codes).toContain(refusals[0])
      expect(await opens(token)).toBe(true)
      expect((await send(await order())).status).toBe(200)
      expect(await opens(token)).toBe(false)
    },
  )

  test.each(eitherWay)('with the fault %s does no harm beyond whom it names (case H-14)', async (name) => {
    const { idp, send, order, opens, orderAccess } = setUpLogout()
    const foreign = await orderAccess(noa.loginId)
    idp.faults.next(name as FaultName)
    const { status } = await send(await order({ sid: 's1' }))
    expect([200, 400]).toContain(status)
    expect(await opens(foreign)).toBe(true)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect((await send(await order())).status).toBe(200)
  })

  test('needs its own typ where that is demanded (case H-15)', async () => {
    const { idp, send, order, refusals } = setUpLogout({ requireTyp: true })
    idp.faults.next('logout-token-typ-missing')
    expect((await send(await order())).status).toBe(400)
    const jwt = await order()
    const signed = forge(jwt, { header: JSON.stringify({ ...JSON.parse(atob(jwt.split('.')[0] ?? '')), typ: 'JWT' }) })
    expect((await send(signed)).status).toBe(400)
    expect(refusals).toEqual(['OIDC_LOGOUT_TOKEN_TYP_REFUSED', 'OIDC_LOGOUT_TOKEN_TYP_REFUSED'])
    expect((await send(await order())).status).toBe(200)
  })

  test('is taken for ten minutes after its issue, whatever its exp is (case H-10)', async () => {
    const { idp, send, order, refusals } = setUpLogout()
    const now = Math.floor(idp.clock.now() / 1000)
    expect((await send(await order({ claims: { iat: now - 629, exp: now + 9e8 } }))).status).toBe(200)
    expect((await send(await order({ claims: { iat: now - 631, exp: now + 9e8 } }))).status).toBe(400)
    expect(refusals).toEqual(['OIDC_LOGOUT_TOKEN_EXPIRED'])
  })

  test('is taken with the tolerance that is configured', async () => {
    for (const clockToleranceSeconds of [0, 300]) {
      const { idp, send, order, refusals } = setUpLogout({ clockToleranceSeconds })
      const now = Math.floor(idp.clock.now() / 1000)
      const ages = [600 + clockToleranceSeconds - 1, 600 + clockToleranceSeconds + 1, -clockToleranceSeconds]
      const statuses = []
      for (const age of ages)
        statuses.push((await send(await order({ claims: { iat: now - age, exp: now + 9e8 } }))).status)
      expect([statuses, refusals]).toEqual([[200, 400, 200], ['OIDC_LOGOUT_TOKEN_EXPIRED']])
    }
  })

  test('is remembered for longer than it is taken, apart for each issuer', async () => {
    const remembered: [string, number][] = []
    const used = createMemoryStore()
    const store: SharedStore = {
      ...used,
      add(key, value, ttlMs) {
        remembered.push([key, ttlMs])
        return used.add(key, value, ttlMs)
      },
    }
    const jti = { claims: { jti: 'same' } }
    const [one, two] = [
      setUpLogout({ store }),
      setUpLogout({ store, clientId: web.clientId }, { origin: 'https://other.example.com' }),
    ]
    expect((await one.send(await one.order(jti))).status).toBe(200)
    expect((await two.send(await two.order(jti))).status).toBe(200)
    expect((await one.send(await one.order(jti))).status).toBe(400)
    const longestTaken = 600 + 2 * 300
    for (const [, ttlMs] of remembered) expect(ttlMs).toBeGreaterThan(1000 * longestTaken)
    expect(new Set(remembered.map(([key]) => key)).size).toBe(2)
  })

  test('that comes again is not told to the app again', async () => {
    let told = 0
    const { send, order } = setUpLogout({ onLogout: () => (told += 1) })
    const token = await order()
    expect([(await send(token)).status, (await send(token)).status, told]).toEqual([200, 400, 1])
  })

  test('is checked with the keys at the configured address, within the configured time', async () => {
    const asked: string[] = []
    const elsewhere = setUpLogout({
      jwksUri: 'https://keys.example.com/set',
      fetch: (url) => {
        asked.push(url)
        return elsewhere.idp.fetch(new Request(`${elsewhere.idp.issuer}/jwks`))
      },
    })
    expect((await elsewhere.send(await elsewhere.order())).status).toBe(200)
    expect(asked).toEqual(['https://keys.example.com/set'])
    const hanging = setUpLogout({
      timeoutMs: 20,
      fetch: (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    })
    expect((await hanging.send(await hanging.order())).status).toBe(503)
  })

  test('counts once (2.6)', async () => {
    const { send, order, refusals } = setUpLogout()
    const token = await order()
    expect([(await send(token)).status, (await send(token)).status]).toEqual([200, 400])
    expect(refusals).toEqual(['OIDC_LOGOUT_TOKEN_REPLAYED'])
    const again = await order()
    const statuses = (await Promise.all([send(again), send(again), send(again)])).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 400, 400])
  })

  test('is for one of the configured clients', async () => {
    const { send, order, refusals } = setUpLogout({ clientId: ['another', web.clientId] })
    expect((await send(await order())).status).toBe(200)
    expect((await send(await order({ client: spa.clientId }))).status).toBe(400)
    expect((await send(await order({ claims: { aud: [web.clientId, 'a third'] } }))).status).toBe(400)
    expect(refusals).toEqual(['OIDC_LOGOUT_TOKEN_AUD_MISMATCH', 'OIDC_LOGOUT_TOKEN_AUD_MISMATCH'])
  })

  test('may be signed with another algorithm when that is listed (case H-21)', async () => {
    const { idp, send, order } = setUpLogout({ algorithms: ['RS256', 'ES256'] })
    idp.faults.next('logout-token-alg-es256')
    expect((await send(await order())).status).toBe(200)
  })

  test('of a new key is taken after one more request for keys (case H-22)', async () => {
    const { idp, send, order, keyRequests } = setUpLogout()
    await send(await order())
    expect(keyRequests()).toBe(1)
    await idp.keys.rotate()
    expect((await send(await order())).status).toBe(200)
    expect(keyRequests()).toBe(2)
  })

  test('forged a thousand times causes no storm, and the good one after them is taken (case H-23)', async () => {
    const { send, order, keyRequests, refusals } = setUpLogout()
    const good = await order()
    const forged = forge(good, { payload: JSON.stringify({ ...JSON.parse(atob(good.split('.')[1] ?? '')), sub: 'x' }) })
    for (let index = 0; index < 1000; index += 1) await send(forged)
    expect(new Set(refusals)).toEqual(new Set(['OIDC_LOGOUT_TOKEN_SIGNATURE_INVALID']))
    expect(keyRequests()).toBeLessThanOrEqual(2)
    expect((await send(good)).status).toBe(200)
  })
})

describe('a request at the logout URI (case H-17)', () => {
  const form = 'application/x-www-form-urlencoded'
  test.each<[string, (token: string) => Request, number]>([
    ['with JSON', (logout_token) => new Request(uri, { method: 'POST', body: JSON.stringify({ logout_token }) }), 400],
    ['with the token in its query', (token) => new Request(`${uri}?logout_token=${token}`, { method: 'POST' }), 400],
    ['without a token', () => new Request(uri, { method: 'POST', body: new URLSearchParams({ token: 'x' }) }), 400],
    [
      'with an empty token',
      () => new Request(uri, { method: 'POST', body: new URLSearchParams({ logout_token: '' }) }),
      400,
    ],
    [
      'with two tokens',
      (token) =>
        new Request(uri, {
          method: 'POST',
          body: new URLSearchParams([
            ['logout_token', token],
            ['logout_token', token],
          ]),
        }),
      400,
    ],
    [
      'with 10 MB',
      (token) =>
        new Request(uri, {
          method: 'POST',
          headers: { 'content-type': form },
          body: `logout_token=${token}&a=${'x'.repeat(1e7)}`,
        }),
      400,
    ],
    [
      'as plain text',
      (token) =>
        new Request(uri, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: `logout_token=${token}` }),
      400,
    ],
    [
      'as a form inside of something else',
      (token) =>
        new Request(uri, { method: 'POST', headers: { 'content-type': `x/${form}` }, body: `logout_token=${token}` }),
      400,
    ],
    ['by GET', (token) => new Request(`${uri}?logout_token=${token}`), 405],
    ['by PUT', (token) => new Request(uri, { method: 'PUT', body: new URLSearchParams({ logout_token: token }) }), 405],
  ])('is refused %s', async (_, request, status) => {
    const { receive, send, order, opens, orderAccess } = setUpLogout()
    const [token, access] = [await order(), await orderAccess()]
    const response = await receive(request(token))
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null)
    expect(await opens(access)).toBe(true)
    expect((await send(token)).status).toBe(200)
  })

  test.each([form, `${form};charset=UTF-8`, form.toUpperCase(), `${form} ; charset=utf-8`])(
    'is taken as %s',
    async (contentType) => {
      const { receive, order } = setUpLogout()
      const headers = { 'content-type': contentType }
      const body = `logout_token=${await order()}`
      expect((await receive(new Request(uri, { method: 'POST', headers, body }))).status).toBe(200)
    },
  )

  test('may have 20,000 characters, and not one more', async () => {
    const { receive, order, refusals } = setUpLogout()
    const headers = { 'content-type': form }
    const body = `logout_token=${await order()}&a=`.padEnd(20_000, 'x')
    expect((await receive(new Request(uri, { method: 'POST', headers, body: `${body}x` }))).status).toBe(400)
    expect(refusals).toEqual(['OIDC_LOGOUT_REQUEST_INVALID'])
    expect((await receive(new Request(uri, { method: 'POST', headers, body }))).status).toBe(200)
  })

  test('stops to read a body that is too long', async () => {
    const { receive, refusals } = setUpLogout()
    let chunks = 0
    let cancelled = false
    const body = new ReadableStream({
      cancel() {
        cancelled = true
      },
      pull(controller) {
        chunks += 1
        controller.enqueue(new TextEncoder().encode('x'.repeat(1000)))
      },
    })
    const init = { method: 'POST', headers: { 'content-type': form }, body, duplex: 'half' }
    expect((await receive(new Request(uri, init as RequestInit))).status).toBe(400)
    expect(chunks).toBeLessThan(30)
    expect(cancelled).toBe(true)
    expect(refusals).toEqual(['OIDC_LOGOUT_REQUEST_INVALID'])
  })
})

describe('a logout that can not be recorded (case H-19)', () => {
  const fail = async () => Promise.reject(new Error('marked secret'))

  test.each<[string, Partial<BackChannelLogoutOptions>, ErrorCode?]>([
    ['because the list fails', { revocations: { revoke: fail, isRevoked: async () => false } }],
    ['because the memory of used tokens fails', { store: { ...createMemoryStore(), get: fail } }],
    ['because the app fails', { onLogout: fail }],
    [
      'because the keys can not be loaded',
      { jwksUri: 'https://keys.example.com', fetch: fail },
      'OIDC_KEYS_UNAVAILABLE',
    ],
  ])('is told 503 %s, so that the provider tries again', async (_, options, code = 'OIDC_STORE_UNAVAILABLE') => {
    const { send, order, refusals } = setUpLogout(options)
    const response = await send(await order())
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The logout could not be recorded',
    })
    expect(refusals).toEqual([code])
  })

  test('is received when it comes again', async () => {
    let failures = 1
    const { send, order, opens, orderAccess } = setUpLogout({
      onLogout() {
        failures -= 1
        if (failures >= 0) throw new Error('down')
      },
    })
    const [token, access] = [await order(), await orderAccess()]
    expect((await send(token)).status).toBe(503)
    expect((await send(token)).status).toBe(200)
    expect(await opens(access)).toBe(false)
  })
})

test.each([
  [{ issuer: undefined }, /issuer/],
  [{ clientId: [] }, /clientId/],
  [{ revocations: undefined }, /revocations/],
  [{ algorithms: ['none'] }, /algorithms/],
  [{ strict: true }, /strict/],
])('options with %j are refused at creation', (changes, text) => {
  const good = { issuer: 'https://id.example.com', clientId: 'web', revocations: createRevocationList() }
  expect(createBackChannelLogoutReceiver(good)).toBeDefined()
  expect(() => createBackChannelLogoutReceiver({ ...good, ...changes } as never)).toThrow(text)
})

test('a logout token opens no API, and an access token logs nobody out (case K-9.2.2)', async () => {
  const { idp, send, order, orderAccess, refusals } = setUpLogout()
  const verifier = createAccessTokenVerifier({
    issuer: idp.issuer,
    audience: web.clientId,
    clock: idp.clock,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  })
  await failure('OIDC_TOKEN_TYP_REFUSED', verifier.verify(await order()))
  expect((await send(await orderAccess(undefined, { aud: web.clientId }))).status).toBe(400)
  expect(refusals).toEqual(['OIDC_LOGOUT_TOKEN_TYP_REFUSED'])
})
