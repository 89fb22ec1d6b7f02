import { demoProject } from '@countersign/mock-idp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type AccessNeed,
  type createAccessTokenVerifier,
  createRequestGuard,
  type GuardableRequest,
  isPreflight,
  type RequestGuard,
} from '../../src/api/index.ts'
import type { ClaimsSchema } from '../../src/claims-schema.ts'
import {
  type AccessRule,
  allOf,
  anyOf,
  ConfigurationError,
  isOidcError,
  param,
  role,
  scope,
  TokenVerificationError,
  tenant,
} from '../../src/index.ts'
import { setUpApi } from './api-fixture.ts'
import { baseUrl, setUpDpop } from './dpop-fixture.ts'

const url = 'https://api.example/contacts'

/** A guard over a mock of its own. */
function setUpGuard(settings: { resourceMetadata?: string } = {}) {
  const { idp, verifier, requests, order } = setUpApi()
  const denied: string[] = []
  const guard = createRequestGuard({
    verifier,
    realm: 'contacts',
    ...settings,
    onDenied: (error, request) => denied.push(`${request.method} ${error.code}`),
  })
  const requestWith = (token?: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    if (token) headers.set('authorization', `Bearer ${token}`)
    return new Request(url, { ...init, headers })
  }
  return { idp, verifier, guard, requests, order, denied, requestWith }
}

/** The time that a request takes, which a test has in its hands. */
function timeOfRequests() {
  let now = Math.ceil(performance.now())
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => spy.mockRestore())
  return {
    advance(ms: number) {
      now += ms
    },
  }
}

async function statusOf(guard: RequestGuard, request: Request, ...need: AccessNeed<Request>) {
  const { auth, refusal } = await guard.check(request, ...need)
  return auth ? 200 : refusal.status
}

describe('createRequestGuard', () => {
  test('reads its options at once, and takes a verifier or the options of one (DESIGN 6)', () => {
    const { verifier } = setUpApi()
    const options = { issuer: 'https://idp.example', audience: 'api' }
    const create = (given: object) => () => createRequestGuard(given as typeof options)
    expect(create(options)).not.toThrow()
    expect(create({ verifier, realm: 'contacts' })).not.toThrow()
    expect(create({ ...options, audience: undefined })).toThrow(/"audience" must be/)
    expect(create({ ...options, realm: '' })).toThrow(ConfigurationError)
    expect(create({ ...options, resourceMetadata: 'http://api.example/metadata' })).toThrow(ConfigurationError)
    expect(create({ ...options, onDenied: 'log' })).toThrow(ConfigurationError)
    expect(create({ verifier, audience: 'other' })).toThrow(/"audience" is no option beside "verifier"/)
    expect(create({ verifier: {} })).toThrow(/"verifier" must be the result of createAccessTokenVerifier/)
  })
})

describe('check', () => {
  test('gives the caller of a request whose token fulfils the rule', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const { auth, response } = await guard.check(requestWith(await order()), scope('contacts.read'))
    expect(auth?.subject).toBe(demoProject.agent.clientId)
    expect(response).toBeUndefined()
  })

  test.each(['no Authorization', 'Basic dXNlcjpwYXNz'])(
    'answers %s with a challenge that has no error code, before keys are asked for (API behaviours 1 and 2, case F-01)',
    async (authorization) => {
      const resourceMetadata = 'https://api.example/.well-known/oauth-protected-resource'
      const { guard, requests, denied } = setUpGuard({ resourceMetadata })
      const headers = authorization.startsWith('Basic') ? { authorization } : {}
      const { response } = await guard.check(new Request(url, { headers }))
      expect(response?.status).toBe(401)
      expect(response?.headers.get('www-authenticate')).toBe(
        `Bearer realm="contacts", resource_metadata="${resourceMetadata}"`,
      )
      expect(response?.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(await response?.json()).toEqual({})
      expect(requests).toEqual([])
      expect(denied).toEqual(['GET OIDC_TOKEN_MISSING'])
    },
  )

  test.each([
    ['two tokens', 'Bearer a b', 400, 'invalid_request'],
    ['an empty token', 'Bearer ', 400, 'invalid_request'],
    ['20 000 characters', `Bearer ${'a'.repeat(20_000)}`, 401, 'invalid_token'],
    ['60 000 characters of a JWS', `Bearer ${'eyJh.'.repeat(12_000)}a`, 401, 'invalid_token'],
  ])(
    'answers %s at once and without asking for keys (API behaviour 3, cases F-03 and F-08)',
    async (_, authorization, status, error) => {
      const { guard, requests } = setUpGuard()
      const request = new Request(url, { headers: { authorization } })
      await guard.check(request.clone())
      const start = performance.now()
      const { response } = await guard.check(request)
      expect(performance.now() - start).toBeLessThan(50)
      expect(response?.status).toBe(status)
      expect(response?.headers.get('www-authenticate')).toContain(`error="${error}"`)
      expect(requests).toEqual([])
    },
  )

  test('names all missing scopes at once, and none where a right is missing that consent can not bring (API behaviour 21)', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const token = await order()
    const scopes = await guard.check(requestWith(token), allOf(scope('contacts.read'), scope('a'), scope('b')))
    expect(await scopes.response?.json()).toMatchObject({ error: 'insufficient_scope', scope: 'contacts.read a b' })
    const right = await guard.check(requestWith(token), allOf(scope('a'), role('Editor')))
    expect(right.response?.status).toBe(403)
    expect(await right.response?.json()).not.toHaveProperty('scope')
  })

  test('gives one challenge for nested rules (API behaviour 23)', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const rule = anyOf(
      role('Admin'),
      allOf(scope('contacts.read'), anyOf(allOf(scope('a'), scope('b')), role('Editor'))),
    )
    const { response } = await guard.check(requestWith(await order()), rule)
    const challenge = response?.headers.get('www-authenticate') ?? ''
    expect(challenge.match(/Bearer/g)).toHaveLength(1)
    expect(challenge).toContain('scope="contacts.read a b"')
  })

  test('asks for a newer login with the scopes of the rule, and for none where a right is missing (RFC 9470 3)', async () => {
    const { idp, guard, order, requestWith } = setUpGuard()
    const authTime = Math.floor(idp.clock.now() / 1000) - 100
    const token = await order({ claims: { auth_time: authTime } })
    const recent = { authentication: { maxAgeSeconds: 10 } }
    const stepUp = await guard.check(requestWith(token), scope('pay'), recent)
    expect(stepUp.response?.status).toBe(401)
    expect(await stepUp.response?.json()).toMatchObject({
      error: 'insufficient_user_authentication',
      max_age: '10',
      scope: 'pay',
    })
    expect(await statusOf(guard, requestWith(token), role('Editor'), recent)).toBe(403)
    expect(await statusOf(guard, requestWith(token), scope('contacts.read'), recent)).toBe(401)
    const fresh = await order({ claims: { auth_time: authTime + 100 } })
    expect(await statusOf(guard, requestWith(fresh), scope('contacts.read'), recent)).toBe(200)
    expect(await statusOf(guard, requestWith(fresh), scope('pay'), recent)).toBe(403)
  })

  test('lets only a request without any token pass where that is optional (case F-39)', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const check = (request: Request) => guard.check(request, scope('contacts.read'), { optional: true })
    expect(await check(requestWith())).toEqual({})
    expect((await check(requestWith('opaque'))).response?.status).toBe(401)
    expect((await check(requestWith(await order({ scope: 'other' })))).response?.status).toBe(403)
    expect((await check(requestWith(await order()))).auth).toBeDefined()
  })

  test('answers a preflight without handing it on, and takes no other OPTIONS request for one (API behaviour 28)', async () => {
    const { guard, order, requestWith, denied } = setUpGuard()
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    const request = requestWith(undefined, { method: 'OPTIONS', headers: preflight })
    const { auth, response, refusal } = await guard.check(request)
    expect([auth, response?.status, refusal?.error]).toEqual([undefined, 204, undefined])
    expect(denied).toEqual([])
    // No browser sends one with a token; it reaches no handler either.
    const token = await order()
    await guard.check(requestWith(token))
    const known = requestWith(token, { method: 'OPTIONS', headers: preflight })
    expect((await guard.check(known)).refusal?.status).toBe(204)
    expect(isPreflight({ method: 'OPTIONS', headers: preflight })).toBe(true)
    for (const [method, headers] of [
      ['GET', preflight],
      ['OPTIONS', {}],
      ['OPTIONS', { origin: 'https://app.example' }],
      ['OPTIONS', { 'access-control-request-method': 'GET' }],
    ] as const) {
      expect(isPreflight(new Request(url, { method, headers }))).toBe(false)
      expect((await guard.check(requestWith(undefined, { method, headers }))).response?.status).toBe(401)
    }
  })

  test('lets pages of other origins read why they are refused (DESIGN 39)', async () => {
    const { guard, idp, order, requestWith } = setUpGuard()
    const token = await order()
    idp.faults.always('jwks-status-500')
    const answers = [await guard.check(requestWith()), await guard.check(requestWith(token))]
    expect(answers.map(({ response }) => response?.status)).toEqual([401, 503])
    for (const { response } of answers) {
      expect(response?.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, DPoP-Nonce, Retry-After')
      expect(response?.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('challenges a caller with a proof of possession in its own scheme (RFC 9449 7.1)', async () => {
    const { verifier, token, prove } = await setUpDpop()
    const guard = createRequestGuard({ verifier, realm: 'contacts' })
    const call = async (proof: string | undefined, ...need: AccessNeed<Request>) => {
      const headers = { authorization: `DPoP ${token}`, ...(proof && { dpop: proof }) }
      const { auth, response } = await guard.check(new Request(`${baseUrl}/contacts`, { headers }), ...need)
      return auth ? 'allowed' : (response.headers.get('www-authenticate') ?? '')
    }
    expect(await call(await prove())).toBe('allowed')
    const missing = await call(await prove(), scope('contacts.delete'))
    expect(missing).toMatch(
      /^DPoP realm="contacts", error="insufficient_scope", .*scope="contacts\.delete", algs="ES256/,
    )
    const login = await call(await prove(), allOf(), { authentication: { acrValues: 'mfa' } })
    expect(login).toMatch(/^DPoP realm="contacts", error="insufficient_user_authentication"/)
    const unproven = await call(undefined)
    expect(unproven).toMatch(/^DPoP realm="contacts", error="invalid_dpop_proof", .*algs="ES256/)
    const bearer = new Request(`${baseUrl}/contacts`, { headers: { authorization: `Bearer ${token}` } })
    const { response } = await guard.check(bearer)
    expect(response?.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token".*, DPoP algs="ES256/)
  })

  test('takes requests of Node, and says which are one header too many (API behaviour 27)', async () => {
    const { verifier, order } = setUpApi()
    const guard = createRequestGuard<GuardableRequest>({ verifier })
    const authorization = `Bearer ${await order()}`
    const rawHeaders = ['Authorization', authorization]
    const once = await guard.check({ method: 'GET', headers: { authorization }, rawHeaders })
    expect(once.auth).toBeDefined()
    const twice = await guard.check({
      method: 'GET',
      headers: { authorization },
      rawHeaders: [...rawHeaders, ...rawHeaders],
    })
    expect(twice.refusal).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test('verifies the token of a request once, however many guards share its verifier', async () => {
    const verdicts: string[] = []
    const { verifier, order } = setUpApi({ onEvent: ({ kind }) => verdicts.push(kind) })
    const guards = [createRequestGuard({ verifier }), createRequestGuard({ verifier })]
    const request = new Request(url, { headers: { authorization: `Bearer ${await order()}` } })
    await Promise.all(guards.map((guard) => guard.check(request)))
    await guards[0]?.check(request)
    expect(verdicts).toEqual(['key-fetch', 'verify'])
    const { authorization, ...none } = { authorization: '' }
    const late: { headers: Record<string, string> } = { headers: none }
    const open = createRequestGuard<GuardableRequest>({ verifier })
    expect(await open.check(late, allOf(), { optional: true })).toEqual({})
    late.headers.authorization = `Bearer ${await order()}`
    expect((await open.check(late)).auth).toBeDefined()
  })

  test('verifies the token of a copied request anew, since a copy is another request', async () => {
    const verdicts: string[] = []
    const { verifier, order } = setUpApi({ onEvent: ({ kind }) => verdicts.push(kind) })
    const guard = createRequestGuard<GuardableRequest>({ verifier })
    const request = { method: 'GET', url: '/contacts', headers: { authorization: `Bearer ${await order()}` } }
    await guard.check(request)
    await guard.check({ ...request, method: 'DELETE' })
    await guard.check(request)
    expect(verdicts).toEqual(['key-fetch', 'verify', 'cache-hit'])
  })

  test('takes nobody for the caller before, where a server uses an object for the next request', async () => {
    const { verifier, order } = setUpApi()
    const guard = createRequestGuard<GuardableRequest>({ verifier })
    const { agent, spa, users } = demoProject
    const reused = { headers: { authorization: `Bearer ${await order()}` } }
    expect((await guard.check(reused)).auth?.subject).toBe(agent.clientId)
    reused.headers.authorization = `Bearer ${await order({ client: spa.clientId, user: users.mira.loginId })}`
    expect((await guard.check(reused)).auth?.subject).toBe(users.mira.id)
    reused.headers.authorization = 'Bearer opaque'
    expect((await guard.check(reused)).refusal?.status).toBe(401)
    reused.headers.authorization = ''
    expect((await guard.check(reused)).refusal?.status).toBe(401)
    // A token that the verifier does not know yet.
    const fresh = await order({ claims: { jti: 'fresh' } })
    const request = new Request(url, { headers: { authorization: `Bearer ${fresh}` } })
    expect((await guard.check(request)).auth?.subject).toBe(agent.clientId)
    request.headers.set('authorization', 'Bearer opaque')
    expect((await guard.check(request)).refusal?.status).toBe(401)
  })

  test('verifies the token of a request that is kept anew after a second: it may be over by then', async () => {
    const revoked: string[] = []
    const { verifier, order, idp } = setUpApi({ isRevoked: ({ subject }) => revoked.includes(subject) })
    const guard = createRequestGuard({ verifier })
    const keep = async () => new Request(url, { headers: { authorization: `Bearer ${await order()}` } })
    const clock = timeOfRequests()
    const [kept, again, other] = [await keep(), await keep(), await keep()]
    for (const request of [kept, again]) expect((await guard.check(request)).auth).toBeDefined()
    revoked.push(demoProject.agent.clientId)
    // Guards in a row are no two checks.
    clock.advance(999)
    expect((await guard.check(kept)).auth).toBeDefined()
    expect((await guard.check(other)).refusal?.error).toMatchObject({ code: 'OIDC_TOKEN_REVOKED' })
    clock.advance(1)
    expect((await guard.check(kept)).refusal?.error).toMatchObject({ code: 'OIDC_TOKEN_REVOKED' })
    revoked.pop()
    expect((await guard.check(again)).auth).toBeDefined()
    idp.clock.advance(3600)
    clock.advance(1000)
    expect((await guard.check(again)).refusal?.error).toMatchObject({ code: 'OIDC_TOKEN_EXPIRED' })
  })

  test('takes a proof for known for five minutes of its request, and no other proof', async () => {
    const { verifier, token, prove } = await setUpDpop()
    const guard = createRequestGuard<GuardableRequest>({ verifier })
    const clock = timeOfRequests()
    const keep = async () => {
      const headers = { authorization: `DPoP ${token}`, dpop: await prove() }
      return { method: 'GET', url: '/contacts', headers }
    }
    const [kept, reused] = [await keep(), await keep()]
    for (const request of [kept, reused]) expect((await guard.check(request)).auth).toBeDefined()
    reused.headers.dpop = await prove({ claims: { htm: 'DELETE' } })
    expect((await guard.check(reused)).refusal?.error).toMatchObject({ code: 'OIDC_DPOP_HTM_MISMATCH' })
    clock.advance(299_999)
    expect((await guard.check(kept)).auth).toBeDefined()
    clock.advance(1)
    expect((await guard.check(kept)).refusal?.error).toMatchObject({ code: 'OIDC_DPOP_REPLAYED' })
  })

  test('keeps apart what two verifiers say of one request, and asks each once', async () => {
    const { verifier, order } = setUpApi({ verdictCache: false })
    const asked: string[] = []
    const counting = (name: string): typeof verifier => ({
      ...verifier,
      authenticate(request) {
        asked.push(name)
        return verifier.authenticate(request)
      },
    })
    const [one, two] = ['one', 'two'].map((name) => createRequestGuard({ verifier: counting(name) }))
    const request = new Request(url, { headers: { authorization: `Bearer ${await order()}` } })
    for (const guard of [one, two, one, two]) expect((await guard?.check(request))?.auth).toBeDefined()
    expect(asked).toEqual(['one', 'two'])
  })

  test('takes no token for known that another verifier knows (API behaviour 29)', async () => {
    const { idp, verifier, order } = setUpApi()
    const elsewhere = setUpApi({ audience: 'another API', clock: idp.clock }).verifier
    const authorization = `Bearer ${await order()}`
    const [one, two] = [verifier, elsewhere].map((each) => createRequestGuard({ verifier: each }))
    for (let count = 0; count < 2; count += 1) {
      expect((await one?.check(new Request(url, { headers: { authorization } })))?.auth).toBeDefined()
      const request = new Request(url, { headers: { authorization } })
      expect((await one?.check(request))?.auth).toBeDefined()
      expect((await two?.check(request))?.response?.status).toBe(401)
    }
  })

  test('verifies the token of a request anew when that could not be done before', async () => {
    const { idp, guard, order, requestWith } = setUpGuard()
    const request = requestWith(await order())
    idp.faults.always('jwks-status-500')
    expect(await statusOf(guard, request)).toBe(503)
    idp.faults.clear()
    idp.clock.advance(10)
    expect(await statusOf(guard, request)).toBe(200)
  })

  test('fills the parameters of a rule from data, or from each request', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const { acme, globex } = demoProject.tenants
    const token = await order({ claims: { tenants: { [acme]: {} } } })
    const rule = tenant(param('tenantId'))
    const fromUrl = (request: Request) => ({ tenantId: new URL(request.url).searchParams.get('tenant') ?? '' })
    for (const [id, status] of [
      [acme, 200],
      [globex, 403],
    ] as const) {
      expect(await statusOf(guard, requestWith(token), rule, { parameters: { tenantId: id } })).toBe(status)
      const request = new Request(`${url}?tenant=${id}`, { headers: { authorization: `Bearer ${token}` } })
      expect(await statusOf(guard, request, rule, { parameters: fromUrl })).toBe(status)
    }
  })

  test('asks for discovery and keys once, however many first requests there are at once (API behaviour 13)', async () => {
    const { guard, requests, order, requestWith } = setUpGuard()
    const token = await order()
    const statuses = await Promise.all([...Array(50)].map(() => statusOf(guard, requestWith(token))))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(requests).toHaveLength(2)
  })

  test.each<[string, unknown[]]>([
    ['a rule lost on the way', [undefined]],
    ['no rule', ['contacts.read']],
    ['a rule of unknown type', [{ type: 'group', group: 'staff' }]],
    ['a rule that a misspelled member would widen', [{ type: 'role', role: 'Editor', tennant: 'T1' }]],
    ['a login that is no demand', [scope('a'), { authentication: {} }]],
    ['an unknown need', [scope('a'), { scopes: ['b'] }]],
    ['parameters that are neither data nor a function', [scope('a'), { parameters: 'tenantId' }]],
  ])('refuses %s when it is prepared, so that it opens nothing', async (_what, need) => {
    const { guard } = setUpGuard()
    const given = need as unknown as AccessNeed<Request>
    expect(() => guard.prepare(...given)).toThrow(ConfigurationError)
    await expect(guard.check(new Request(url), ...given)).rejects.toThrow(ConfigurationError)
    expect(() => guard.protect(() => new Response(), ...given)).toThrow(ConfigurationError)
  })

  test('throws on what a rule function throws, and handles no request whose rule function gave none', async () => {
    const { guard, order, requestWith, denied } = setUpGuard()
    const request = requestWith(await order())
    const failing = () => Promise.reject(new RangeError('no such contact'))
    await expect(guard.check(request, failing)).rejects.toThrow('no such contact')
    const lost = (() => undefined) as unknown as () => AccessRule
    await expect(guard.check(request, lost)).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
    expect(denied).toEqual([])
  })

  test('refuses a caller whose rule function finds no token, also where a token is optional', async () => {
    const { guard, order, requestWith, verifier } = setUpGuard()
    const lost = async (request: Request) => {
      await verifier.authenticate(request.headers.get('x-second-token'))
      return scope('admin')
    }
    const check = (request: Request) => guard.check(request, lost, { optional: true })
    expect((await check(requestWith(await order()))).response?.status).toBe(401)
    expect(await check(requestWith())).toEqual({})
    const headers = { 'x-second-token': `Bearer ${await order()}` }
    const admin = requestWith(await order({ scope: 'admin' }), { headers })
    expect((await check(admin)).auth?.grant.scopes).toContain('admin')
  })

  test.each([
    ['a role that loses its tenant', { type: 'role', role: 'Editor', tennant: 'T1' }],
    ['the opposite of a scope without a name', { type: 'not', rule: { type: 'scope', scopes: 'suspended' } }],
  ])('opens nothing for %s, which a function gave', async (_what, rule) => {
    const { guard, order, requestWith } = setUpGuard()
    const request = requestWith(await order({ claims: { roles: ['Editor'] } }))
    const invalid = { code: 'OIDC_ACCESS_RULE_INVALID' }
    await expect(guard.check(request, () => rule as unknown as AccessRule)).rejects.toMatchObject(invalid)
    expect(await statusOf(guard, request, () => role('Editor'))).toBe(200)
  })

  test('refuses the request also when the log hook fails', async () => {
    const { verifier } = setUpApi()
    const guard = createRequestGuard({ verifier, onDenied: () => Promise.reject(new Error('log is full')) })
    await expect(guard.check(new Request(url))).rejects.toThrow('log is full')
  })
})

describe('claims of a schema', () => {
  const reading = (validate: (value: unknown) => unknown) =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as ClaimsSchema<{ readonly level: number }>

  test('stand beside the others, and can not be changed either', async () => {
    const { verifier, order } = setUpApi()
    const claimsSchema = reading(() => ({ value: { level: 3 } }))
    const guard = createRequestGuard({ verifier, claimsSchema })
    const { auth } = await guard.check(new Request(url, { headers: { authorization: `Bearer ${await order()}` } }))
    expect(auth?.claims).toMatchObject({ level: 3, sub: demoProject.agent.clientId })
    expect([auth, auth?.claims].map(Object.isFrozen)).toEqual([true, true])
  })

  test('that do not fit are refused, and a schema that fails is no refusal', async () => {
    const { verifier, order } = setUpApi()
    const headers = { authorization: `Bearer ${await order()}` }
    const misfit = createRequestGuard({ verifier, claimsSchema: reading(() => ({ issues: [{ message: 'no' }] })) })
    expect(await statusOf(misfit, new Request(url, { headers }))).toBe(401)
    const late = createRequestGuard({ verifier, claimsSchema: reading(async () => ({ value: { level: 3 } })) })
    await expect(late.check(new Request(url, { headers }))).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
    const broken = createRequestGuard({
      verifier,
      claimsSchema: reading(() => {
        throw new RangeError('broken schema')
      }),
    })
    await expect(broken.check(new Request(url, { headers }))).rejects.toThrow('broken schema')
  })
})

describe('protect', () => {
  test('hands request, caller and what else comes to the handler, and refuses in front of it (N-40)', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const handler = guard.protect(
      (request, auth, id: string) => Response.json([request.method, auth.subject, id]),
      scope('contacts.read'),
    )
    const answer = await handler(requestWith(await order()), '7')
    expect(await answer.json()).toEqual(['GET', demoProject.agent.clientId, '7'])
    expect((await handler(requestWith(), '7')).status).toBe(401)
    expect((await handler(requestWith(await order({ scope: 'other' })), '7')).status).toBe(403)
  })

  test('answers errors about the token that the handler throws, and no others', async () => {
    const { guard, order, requestWith, denied } = setUpGuard()
    const request = requestWith(await order())
    const strict = guard.protect((_, auth) => {
      auth.require(scope('contacts.write'))
      return new Response()
    })
    expect((await strict(request)).status).toBe(403)
    expect(denied).toEqual(['GET OIDC_INSUFFICIENT_SCOPE'])
    const broken = guard.protect(() => Promise.reject(new RangeError('no such contact')))
    await expect(broken(request)).rejects.toThrow('no such contact')
  })

  test('is never optional, since a handler gets a caller', () => {
    const { guard } = setUpGuard()
    expect(() => guard.protect(() => new Response(), scope('a'), { optional: true })).toThrow(ConfigurationError)
  })
})

describe('refuse', () => {
  test('answers errors about the token for error handlers, and leaves the rest to them', async () => {
    const { guard, order, requestWith, denied } = setUpGuard()
    const request = requestWith(await order())
    const { auth } = await guard.check(request)
    const error = await (async () => auth?.require(scope('a')))().catch((reason: unknown) => reason)
    expect(isOidcError(error, 'OIDC_INSUFFICIENT_SCOPE')).toBe(true)
    const answer = await guard.refuse(error, request)
    expect(answer?.refusal).toMatchObject({ status: 403, body: { scope: 'a' }, error })
    expect(answer?.response.status).toBe(403)
    expect(await guard.refuse(new RangeError('other'), request)).toBeUndefined()
    expect(denied).toEqual(['GET OIDC_INSUFFICIENT_SCOPE'])
  })
})

test('a guard needs an audience: without one it would open for tokens of a sibling API (cases L-15 and F-13)', async () => {
  const { guard, order, requestWith } = setUpGuard()
  const options = { issuer: 'https://idp.example' } as Parameters<typeof createAccessTokenVerifier>[0]
  expect(() => createRequestGuard(options)).toThrow(ConfigurationError)
  for (const aud of ['sibling-api', undefined, []]) {
    expect(await statusOf(guard, requestWith(await order({ claims: { aud } })))).toBe(401)
  }
})

describe('a token in another place than the header', () => {
  const form = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) })

  test('opens nothing, and changes nothing beside the header in the query (RFC 6750 2.3, API behaviour 27, case F-05)', async () => {
    const { guard, order } = setUpGuard()
    const token = await order()
    const other = await order({ claims: { sub: 'somebody else' } })
    const headers = { authorization: `Bearer ${token}` }
    expect(await statusOf(guard, new Request(`${url}?access_token=${token}`))).toBe(401)
    const { auth } = await guard.check(new Request(`${url}?access_token=${other}`, { headers }))
    expect(auth?.subject).toBe(demoProject.agent.clientId)
    const node = createRequestGuard<GuardableRequest>({ verifier: setUpApi().verifier })
    const asked = await node.check({ method: 'GET', url: `/?access_token=${token}`, headers: {} })
    expect(asked.refusal?.status).toBe(401)
  })

  test('is left in the body for the handler, which gets the body whole', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const token = await order()
    expect(await statusOf(guard, requestWith(undefined, form({ access_token: token })))).toBe(401)
    const request = requestWith(token, form({ access_token: token, name: 'Mira' }))
    const { auth } = await guard.check(request, scope('contacts.read'))
    expect([auth?.subject, request.bodyUsed]).toEqual([demoProject.agent.clientId, false])
    expect((await request.formData()).get('name')).toBe('Mira')
  })

  test('is refused with 400 by a handler that says so (RFC 6750 2 and 3.1, case F-06)', async () => {
    const { guard, order, requestWith } = setUpGuard()
    const token = await order()
    const add = guard.protect(async (request) => {
      const fields = await request.formData()
      if (fields.has('access_token')) {
        throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', 'The request has a token in header and body.')
      }
      return Response.json({ added: fields.get('name') }, { status: 201 })
    }, scope('contacts.read'))
    const refused = await add(requestWith(token, form({ name: 'Mira', access_token: token })))
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
    expect(refused.headers.get('www-authenticate')).toMatch(/error="invalid_request"/)
    expect((await add(requestWith(token, form({ name: 'Mira' })))).status).toBe(201)
  })
})
