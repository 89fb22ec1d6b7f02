import {
  allOf,
  anyOf,
  ConfigurationError,
  isOidcError,
  param,
  permission,
  role,
  scope,
  tenant,
} from '@countersign/core'
import { createAccessTokenVerifier } from '@countersign/core/api'
import type { ClaimsSchema } from '@countersign/core/claims'
import { demoProject } from '@countersign/mock-idp'
import express, { type Express, type RequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import { type AccessGuard, type AccessMiddleware, createAccessGuard, requireAuth } from '../src/index.ts'
import { createIdp, orderToken, startApi } from './support/running-api.ts'

const { acme, globex } = demoProject.tenants
const spa = demoProject.spa.clientId

const sayHello: RequestHandler = (req, res) => {
  res.json({ subject: requireAuth(req).subject })
}

/** An API with one guarded route, by default for any valid token. */
async function apiWith(
  middleware: (guard: AccessGuard) => AccessMiddleware = (guard) => guard.authenticate(),
  settings: { clockToleranceSeconds?: number } = {},
) {
  const { idp, verifierOptions, requests } = createIdp()
  const denied: string[] = []
  const guard = createAccessGuard({
    ...verifierOptions,
    ...settings,
    realm: 'contacts',
    onDenied: (error) => denied.push(`${error.code}: ${error.message}`),
  })
  const api = await startApi((app) => app.get('/contacts', middleware(guard), sayHello))
  return { idp, api, requests, denied }
}

describe('createAccessGuard', () => {
  test('refuses a wrong issuer at start-up (DESIGN 6)', () => {
    const { verifierOptions } = createIdp()
    const create = (options: object) => () => createAccessGuard({ ...verifierOptions, ...options })
    expect(create({ issuer: 'http://idp.example' })).toThrow(/"issuer" must be an https URL/)
    expect(create({ audience: undefined })).toThrow(/"audience" must be/)
    expect(create({ issuers: [] })).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_UNKNOWN' }))
    expect(create({ realm: '' })).toThrow(ConfigurationError)
    expect(create({ onDenied: 'log' })).toThrow(ConfigurationError)
    expect(create({})).not.toThrow()
  })

  test('takes a verifier, and then none of its options', () => {
    const { verifierOptions } = createIdp()
    const verifier = createAccessTokenVerifier(verifierOptions)
    expect(() => createAccessGuard({ verifier, realm: 'contacts' })).not.toThrow()
    const options = { verifier, audience: 'other' } as unknown as { verifier: typeof verifier }
    expect(() => createAccessGuard(options)).toThrow(/"audience" is no option beside "verifier"/)
    const broken = { verifier: {} } as unknown as { verifier: typeof verifier }
    expect(() => createAccessGuard(broken)).toThrow(/"verifier" must be the result of createAccessTokenVerifier/)
  })
})

describe('authenticate', () => {
  test('answers a request without token with a challenge that has no error code (RFC 6750 3.1; API behaviours 1 and 2, case F-01)', async () => {
    const { api, requests } = await apiWith()
    for (const headers of [{}, { authorization: 'Basic dXNlcjpwYXNz' }]) {
      const answer = await api.call('/contacts', { headers })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="contacts"')
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.json).toEqual({})
    }
    expect(requests).toEqual([])
  })

  test.each([
    ['two tokens in one header', 'Bearer a b', 400, 'invalid_request'],
    ['an empty token', 'Bearer ', 400, 'invalid_request'],
    ['a token of 20 000 characters', `Bearer ${'a'.repeat(14_000)}`, 401, 'invalid_token'],
    ['a text that is no JWS', 'Bearer opaque', 401, 'invalid_token'],
  ])(
    'answers %s without asking for keys (RFC 6750 3.1; API behaviour 3, case F-03)',
    async (_what, authorization, status, error) => {
      const { api, requests } = await apiWith()
      const answer = await api.call('/contacts', { headers: { authorization } })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('www-authenticate')).toContain(`error="${error}"`)
      expect(answer.json.error).toBe(error)
      expect(requests).toEqual([])
    },
  )

  test('lets a valid token pass and sets req.auth', async () => {
    const { api, idp } = await apiWith()
    const answer = await api.call('/contacts', { token: await orderToken(idp) })
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ subject: demoProject.agent.clientId })
  })

  test('counts a token as expired only beyond the tolerance (RFC 9068 4)', async () => {
    const { api, idp, denied } = await apiWith(undefined, { clockToleranceSeconds: 30 })
    const token = await orderToken(idp, { expiresInSeconds: 60 })
    idp.clock.advance(89)
    expect((await api.call('/contacts', { token })).status).toBe(200)
    idp.clock.advance(1)
    const answer = await api.call('/contacts', { token })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(denied).toEqual([
      expect.stringMatching(/^OIDC_TOKEN_EXPIRED: The token expired 30 s ago; 30 s are tolerated/),
    ])
  })

  test.each(['nonce', 'at_hash'])('refuses an ID token, known by its %s (RFC 9068 5)', async (claim) => {
    const { api, idp } = await apiWith()
    const token = await orderToken(idp, { claims: { [claim]: 'n-0S6_WzA2Mj' } })
    expect((await api.call('/contacts', { token })).status).toBe(401)
  })

  test.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('accepts the typ %s (RFC 9068 4)', async (typ) => {
    const { api, idp } = await apiWith()
    expect((await api.call('/contacts', { token: await orderToken(idp, { header: { typ } }) })).status).toBe(200)
  })

  test.each([
    'access-token-alg-none',
    'access-token-alg-hs256',
    'access-token-signature-foreign-key',
    'access-token-kid-unknown',
    'access-token-iss-wrong',
    'access-token-aud-missing',
    'access-token-exp-missing',
  ] as const)('answers 401 invalid_token for the fault %s (RFC 6750 3.1)', async (fault) => {
    const { api, idp } = await apiWith()
    idp.faults.next(fault)
    const answer = await api.call('/contacts', { token: await orderToken(idp) })
    expect(answer.status).toBe(401)
    expect(answer.json.error).toBe('invalid_token')
    expect((await api.call('/contacts', { token: await orderToken(idp) })).status).toBe(200)
  })

  test('accepts one of several audiences, and no part of a name (RFC 7519 4.1.3)', async () => {
    const { api, idp } = await apiWith()
    const call = async (aud: unknown) =>
      (await api.call('/contacts', { token: await orderToken(idp, { claims: { aud } }) })).status
    expect(await call(['other-api', idp.projectId])).toBe(200)
    expect(await call([`${idp.projectId}x`])).toBe(401)
    expect(await call([])).toBe(401)
    expect(await call('')).toBe(401)
  })

  test('answers 503 with Retry-After while the keys can not be loaded, and recovers (RFC 9110 15.6.4)', async () => {
    const { api, idp, requests } = await apiWith()
    const token = await orderToken(idp)
    idp.faults.always('jwks-status-500')
    const answer = await api.call('/contacts', { token })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(answer.headers.get('www-authenticate')).toBeNull()
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After')
    const asked = requests.length
    expect((await api.call('/contacts', { token })).status).toBe(503)
    expect(requests).toHaveLength(asked)
    idp.faults.clear()
    idp.clock.advance(10)
    expect((await api.call('/contacts', { token })).status).toBe(200)
  })

  test('refuses a header that comes twice (RFC 6750 3.1; API behaviour 27)', async () => {
    const { api, idp } = await apiWith()
    const line = ['authorization', `Bearer ${await orderToken(idp)}`]
    expect(await api.callRaw('/contacts', line)).toBe(200)
    expect(await api.callRaw('/contacts', [...line, ...line])).toBe(400)
    expect(await api.callRaw('/contacts', [...line, 'authorization', 'Basic dXNlcjpwYXNz'])).toBe(400)
  })

  test('refuses a token in header and body, and looks at none in query, body or cookie (RFC 6750 2; API behaviour 27, cases F-05, F-06 and F-09)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) =>
      app.post('/contacts', express.urlencoded(), express.json(), guard.authenticate(), sayHello),
    )
    const token = await orderToken(idp)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const post = async (options: Parameters<typeof api.call>[1], path = '/contacts') =>
      (await api.call(path, { method: 'POST', ...options })).status
    expect(await post({ token, headers: form, body: 'name=Mira' })).toBe(200)
    expect(await post({ token, headers: form, body: `access_token=${token}` })).toBe(400)
    const capitals = { 'content-type': 'Application/X-WWW-Form-URLencoded; charset=utf-8' }
    expect(await post({ token, headers: capitals, body: `access_token=${token}` })).toBe(400)
    expect(await post({ headers: form, body: `access_token=${token}` })).toBe(401)
    expect(await post({}, `/contacts?access_token=${token}`)).toBe(401)
    expect(await post({ token }, '/contacts?access_token=something+else')).toBe(200)
    expect(await post({ headers: { cookie: `access_token=${token}; session=${token}` } })).toBe(401)
    const json = { 'content-type': 'application/json' }
    expect(await post({ token, headers: json, body: '{"access_token":"a field of the app"}' })).toBe(200)
    const plain = await startApi((app) => app.post('/', guard.authenticate(), sayHello))
    const unread = await plain.call('/', { method: 'POST', token, headers: form, body: `access_token=${token}` })
    expect(unread.status).toBe(200)
  })

  test('lets a request without token pass when optional, but no invalid token (case F-39)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      app.get('/', guard.authenticate({ optional: true }), (req, res) => {
        res.json({ subject: req.auth?.subject ?? null })
      })
    })
    expect((await api.call('/')).json).toEqual({ subject: null })
    expect((await api.call('/', { token: await orderToken(idp) })).json).toEqual({
      subject: demoProject.agent.clientId,
    })
    expect((await api.call('/', { token: 'opaque' })).status).toBe(401)
  })

  test('decides by the request itself, whatever headers say that a proxy would send (case L-38)', async () => {
    const { verifierOptions, idp } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      app.get('/public', (_req, res) => void res.json({ open: true }))
      app.use(guard.authenticate())
      app.get('/contacts', sayHello)
    })
    const names = [
      'x-forwarded-uri',
      'x-original-url',
      'x-rewrite-url',
      'x-forwarded-path',
      'x-original-uri',
      'forwarded',
    ]
    for (const name of names) {
      const headers = { [name]: name === 'forwarded' ? 'for=127.0.0.1;path=/public' : '/public' }
      expect((await api.call('/contacts', { headers })).status).toBe(401)
      expect((await api.call('/contacts', { headers, token: await orderToken(idp) })).status).toBe(200)
    }
  })

  test('shows no stack, path, reason or library name in any answer, in development too (API behaviour 1, cases F-20 and F-42)', async () => {
    const { api, idp, denied } = await apiWith((guard) => guard.requireRoles('Nobody'))
    idp.faults.next('access-token-iss-wrong')
    const answers = [
      await api.call('/contacts'),
      await api.call('/contacts', { headers: { authorization: 'Bearer a b' } }),
      await api.call('/contacts', { token: await orderToken(idp) }),
      await api.call('/contacts', { token: await orderToken(idp) }),
    ]
    idp.faults.always('jwks-status-500')
    idp.clock.advance(100_000)
    answers.push(await api.call('/contacts', { token: await orderToken(idp, { expiresInSeconds: 9 }) }))
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 401, 403, 503])
    for (const { text, headers } of answers) {
      const all = `${text}\n${[...headers].map((header) => header.join(': ')).join('\n')}`
      expect(all).not.toMatch(/\.ts|\.js|\bat \/|node_modules|express|jose|countersign|OIDC_|attacker|Nobody|descope/i)
    }
    // A refusal is for one caller.
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store')
    expect(denied).toHaveLength(5)
    expect(denied[2]).toBe(
      `OIDC_TOKEN_ISS_REFUSED: Expected iss ${idp.inboundIssuer}, found "https://attacker.example".`,
    )
  })
})

describe('requireAccess and its short forms', () => {
  test('names every scope that the route needs in one 403 (S-388, S-430, RFC 6750 3.1; API behaviour 21, API complaint 28)', async () => {
    const { api, idp, denied } = await apiWith((guard) => guard.requireScopes(['contacts.read', 'contacts.write']))
    const answer = await api.call('/contacts', { token: await orderToken(idp) })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="contacts", error="insufficient_scope", ' +
        'error_description="The access token does not allow this request", scope="contacts.read contacts.write"',
    )
    expect(answer.json).toEqual({
      error: 'insufficient_scope',
      error_description: 'The access token does not allow this request',
      scope: 'contacts.read contacts.write',
    })
    expect(denied).toEqual(['OIDC_INSUFFICIENT_SCOPE: Missing: scope contacts.write.'])
    const scopes = 'contacts.read contacts.write'
    expect((await api.call('/contacts', { token: await orderToken(idp, { scope: scopes }) })).status).toBe(200)
  })

  test.each([
    ['role', (guard: AccessGuard) => guard.requireRoles('Staff', { tenant: acme })],
    ['permission', (guard: AccessGuard) => guard.requirePermissions('project.read', { tenant: acme })],
    ['tenant', (guard: AccessGuard) => guard.requireTenant('T-other')],
  ])(
    'answers a missing %s with 403 without a scope, since consent can not help (API behaviour 21)',
    async (_what, middleware) => {
      const { api, idp } = await apiWith(middleware)
      const token = await orderToken(idp, { client: spa, user: demoProject.users.mira.id, tenant: acme })
      const answer = await api.call('/contacts', { token })
      expect(answer.status).toBe(403)
      expect(answer.json.error).toBe('insufficient_scope')
      expect(answer.headers.get('www-authenticate')).not.toContain('scope=')
    },
  )

  test('counts a role or permission only in the tenant it is held in (S-388, S-401, DESIGN 21; API behaviour 24, API complaint 8)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      app.get('/acme', guard.requireRoles('Contact Reader', { tenant: acme }), sayHello)
      app.get('/globex', guard.requireRoles('Contact Reader', { tenant: globex }), sayHello)
      app.get('/acme/permission', guard.requirePermissions('contacts.view', { tenant: acme }), sayHello)
      app.get('/proto', guard.requireTenant('__proto__'), sayHello)
      app.get('/constructor', guard.requireRoles('Contact Reader', { tenant: 'constructor' }), sayHello)
      app.get(
        '/tenants/:id',
        guard.requireAccess((req) => tenant(String(req.params.id))),
        sayHello,
      )
    })
    const claims = {
      roles: ['Contact Reader'],
      tenants: { [acme]: { roles: ['Contact Reader'], permissions: ['contacts.view'] }, [globex]: {} },
    }
    const token = await orderToken(idp, { claims })
    const status = async (path: string) => (await api.call(path, { token })).status
    expect(await status('/acme')).toBe(200)
    expect(await status('/acme/permission')).toBe(200)
    expect(await status('/globex')).toBe(403)
    expect(await status('/proto')).toBe(403)
    expect(await status('/constructor')).toBe(403)
    expect(await status(`/tenants/${globex}`)).toBe(200)
    expect(await status('/tenants/constructor')).toBe(403)
  })

  test.each([
    [{ claim: 'dct' }, 403],
    [{ param: 'tenantId' }, 403],
    [[acme], 403],
    [7, 403],
    [true, 403],
    ['', 403],
    [null, 500],
    [undefined, 500],
  ])(
    'takes no tenant of a request that is %j: a caller who names a reference would choose what is decided',
    async (named, expected) => {
      const { idp, verifierOptions } = createIdp()
      const guard = createAccessGuard(verifierOptions)
      const fromBody = (req: express.Request) => req.body.tenant
      const api = await startApi((app) => {
        app.use(express.json())
        app.post('/members/:tenantId', guard.requireTenant(fromBody), sayHello)
        app.post('/editors/:tenantId', guard.requireRoles('Editor', { tenant: fromBody }), sayHello)
      })
      const token = await orderToken(idp, { claims: { dct: acme, roles: ['Editor'], tenants: undefined } })
      const post = async (path: string, tenant: unknown) => {
        const headers = { 'content-type': 'application/json' }
        const body = JSON.stringify({ tenant })
        return api.call(path, { method: 'POST', token, headers, body })
      }
      for (const path of [`/members/${acme}`, `/editors/${acme}`]) {
        expect((await post(path, acme)).status).toBe(200)
        const denied = await post(path, globex)
        const answer = await post(path, named)
        expect(answer.status).toBe(expected)
        if (expected === 403) expect(answer.json).toEqual(denied.json)
      }
    },
  )

  test('takes the tenant from a parameter of the path, as data or by a function (API behaviour 24)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const fromPath = (req: express.Request) => req.params.id
    const errors: unknown[] = []
    const api = await startApi((app) => {
      app.get('/data/:id', guard.requireTenant(param('id')), sayHello)
      app.get('/function/:id', guard.requireTenant(fromPath), sayHello)
      app.get('/roles/:id', guard.requireRoles(['Editor', 'Admin'], { tenant: param('id') }), sayHello)
      app.get('/permissions/:id', guard.requirePermissions('contacts.view', { tenant: fromPath }), sayHello)
      app.get('/lost', guard.requireTenant(param('id')), sayHello)
      const rule = allOf(scope('contacts.read'), role('Editor', { tenant: param('id') }))
      app.get('/rule/:id', guard.requireAccess(rule), sayHello)
      app.get('/misspelled/:tenant', guard.requireTenant(fromPath), sayHello)
      app.use(((error, _req, res, _next) => {
        errors.push(error)
        res.status(500).end()
      }) satisfies express.ErrorRequestHandler)
    })
    const claims = {
      roles: ['Editor', 'Admin'],
      permissions: ['contacts.view'],
      tenants: {
        [acme]: { roles: ['Editor', 'Admin'], permissions: ['contacts.view'] },
        [globex]: { roles: ['Editor'] },
      },
    }
    const token = await orderToken(idp, { claims })
    const status = async (path: string) => (await api.call(path, { token })).status
    for (const path of ['data', 'function', 'roles', 'permissions', 'rule']) {
      expect(await status(`/${path}/${acme}`)).toBe(200)
      for (const id of ['T-other', '__proto__', 'constructor', 'toString'])
        expect(await status(`/${path}/${id}`)).toBe(403)
    }
    expect([await status(`/data/${globex}`), await status(`/rule/${globex}`)]).toEqual([200, 200])
    expect([await status(`/roles/${globex}`), await status(`/permissions/${globex}`)]).toEqual([403, 403])
    expect(await status('/lost')).toBe(403)
    expect(await status(`/misspelled/${acme}`)).toBe(500)
    expect(errors).toEqual([expect.any(ConfigurationError)])
  })

  test('asks for a newer or better login, also with a token that was just accepted (RFC 9470 3; API behaviour 25, case F-36)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      app.get('/age', guard.requireAuthentication({ maxAgeSeconds: 300 }), sayHello)
      const authentication = { acrValues: ['phr', 'mfa'] }
      app.get('/class', guard.requireScopes('contacts.write', { authentication }), sayHello)
      app.get('/handler', guard.authenticate(), (req, res) => {
        requireAuth(req).requireAuthentication({ maxAgeSeconds: 60 })
        res.json({})
      })
      app.use(guard.errorHandler())
    })
    const authTime = Math.floor(idp.clock.now() / 1000)
    const token = await orderToken(idp, { expiresInSeconds: 3600, claims: { auth_time: authTime, acr: 'pwd' } })
    const answers = async () => [
      (await api.call('/age', { token })).status,
      (await api.call('/handler', { token })).status,
    ]
    expect(await answers()).toEqual([200, 200])
    idp.clock.advance(91)
    expect(await answers()).toEqual([200, 401])
    idp.clock.advance(240)
    expect(await answers()).toEqual([401, 401])
    const { status, headers, json } = await api.call('/class', { token })
    expect(status).toBe(401)
    expect(json).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'phr mfa',
      scope: 'contacts.write',
    })
    expect(headers.get('www-authenticate')).toContain('acr_values="phr mfa"')
    const strong = await orderToken(idp, { scope: 'contacts.write', claims: { acr: 'mfa' } })
    expect((await api.call('/class', { token: strong })).status).toBe(200)
  })

  test('needs scope and role together where the rule says so (N-11; S-433, S-434, S-435)', async () => {
    const rule = allOf(scope('contacts.write'), role('Contact Editor', { tenant: acme }))
    const { api, idp } = await apiWith((guard) => guard.requireAccess(rule))
    const status = async (granted: string, roles: string[]) => {
      const claims = { tenants: { [acme]: { roles } } }
      return (await api.call('/contacts', { token: await orderToken(idp, { scope: granted, claims }) })).status
    }
    expect(await status('contacts.read contacts.write', ['Contact Reader', 'Contact Editor'])).toBe(200)
    expect(await status('contacts.read contacts.write', ['Contact Reader'])).toBe(403)
    expect(await status('contacts.read', ['Contact Editor'])).toBe(403)
    expect(await status('contacts.read', [])).toBe(403)
  })

  test('gives one challenge for nested rules (API behaviour 23)', async () => {
    const rule = anyOf(scope('admin'), allOf(scope('contacts.read'), scope('contacts.write'), role('Editor')))
    const { api, idp } = await apiWith((guard) => guard.requireAccess(rule))
    const answer = await api.call('/contacts', { token: await orderToken(idp) })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')?.match(/Bearer/g)).toHaveLength(1)
    expect(answer.json.scope).toBe('admin')
    expect((await api.call('/contacts', { token: await orderToken(idp, { scope: 'admin' }) })).status).toBe(200)
  })

  test('decides the same for scope as text, scope as list and scp (S-431)', async () => {
    const { api, idp } = await apiWith((guard) => guard.requireScopes('contacts.read'))
    for (const claims of [
      { scope: 'openid contacts.read' },
      { scope: ['openid', 'contacts.read'] },
      { scope: undefined, scp: ['contacts.read'] },
      { scope: undefined, scp: 'openid contacts.read' },
    ]) {
      expect((await api.call('/contacts', { token: await orderToken(idp, { claims }) })).status).toBe(200)
    }
    for (const claims of [{ scope: 'contacts.reader' }, { scope: ['openid contacts.read'] }, { scope: '' }]) {
      expect((await api.call('/contacts', { token: await orderToken(idp, { claims }) })).status).toBe(403)
    }
  })

  test('checks the signature of a token once, however many requests bring it (API complaint 7)', async () => {
    const { verifierOptions, idp } = createIdp()
    const seen: string[] = []
    const guard = createAccessGuard({ ...verifierOptions, onEvent: ({ kind }) => void seen.push(kind) })
    const api = await startApi((app) => app.get('/contacts', guard.requireScopes('contacts.read'), sayHello))
    const token = await orderToken(idp)
    for (let count = 0; count < 20; count += 1) expect((await api.call('/contacts', { token })).status).toBe(200)
    expect(seen.filter((kind) => kind === 'verify')).toHaveLength(1)
    expect(seen.filter((kind) => kind === 'cache-hit')).toHaveLength(19)
  })

  test('needs no other guard in front of it (case F-38)', async () => {
    const { api } = await apiWith((guard) => guard.requireScopes('contacts.read'))
    expect((await api.call('/contacts')).status).toBe(401)
  })

  test('refuses to be built without a rule, so that a rule lost on the way opens nothing', () => {
    const guard = createAccessGuard(createIdp().verifierOptions)
    const lost = undefined as unknown as string
    expect(() => guard.requireAccess(lost as never)).toThrow(ConfigurationError)
    expect(() => guard.requireScopes([] as unknown as [string])).toThrow(ConfigurationError)
    expect(() => guard.requireScopes(lost)).toThrow(ConfigurationError)
    expect(() => guard.requireRoles('Editor', { tenant: lost })).toThrow(ConfigurationError)
    expect(() => guard.requirePermissions('', {})).toThrow(ConfigurationError)
    expect(() => guard.requireTenant(lost)).toThrow(ConfigurationError)
    // Also where the tenant is only known with a request.
    const tenantOf = () => acme
    for (const names of [[], ''] as unknown as [string][]) {
      expect(() => guard.requireRoles(names, { tenant: tenantOf })).toThrow(ConfigurationError)
      expect(() => guard.requirePermissions(names, { tenant: tenantOf })).toThrow(ConfigurationError)
    }
    expect(() => guard.requireRoles('Editor', { tenant: tenantOf })).not.toThrow()
    expect(() => guard.requireScopes([] as unknown as [string])).toThrow(/at least one name/)
  })

  test('takes what else a right needs: a login, or no token at all', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      const greet: RequestHandler = (req, res) => void res.json({ subject: guard.requireAuth(req).subject })
      const nobody: RequestHandler = (req, res) => void res.json({ subject: req.auth?.subject ?? null })
      app.get('/optional', guard.requireRoles('Editor', { optional: true }), nobody)
      app.get('/recent', guard.requireRoles('Editor', { authentication: { maxAgeSeconds: 60 } }), greet)
    })
    const now = Math.floor(idp.clock.now() / 1000)
    const fresh = await orderToken(idp, { claims: { roles: ['Editor'], auth_time: now } })
    const old = await orderToken(idp, { claims: { roles: ['Editor'], auth_time: now - 100 } })
    expect((await api.call('/optional')).json).toEqual({ subject: null })
    expect((await api.call('/optional', { token: await orderToken(idp) })).status).toBe(403)
    expect((await api.call('/recent')).status).toBe(401)
    expect((await api.call('/recent', { token: old })).status).toBe(401)
    expect((await api.call('/recent', { token: fresh })).json).toEqual({ subject: demoProject.agent.clientId })
  })
})

describe('claims of a schema', () => {
  /** A schema as libraries make it: a department, whose name it writes in capitals. */
  const claimsSchema: ClaimsSchema<{ readonly department: string }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { department } = value as { department?: unknown }
        return typeof department === 'string'
          ? { value: { department: department.toUpperCase() } }
          : { issues: [{ message: 'Expected a text.', path: ['department'] }] }
      },
    },
  }

  test('are what handlers get, and a token without them is refused (API behaviour 31)', async () => {
    const { idp, verifierOptions } = createIdp()
    const denied: string[] = []
    const guard = createAccessGuard({
      ...verifierOptions,
      claimsSchema,
      onDenied: (error) => denied.push(`${error.code} ${error.message}`),
    })
    const other = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      app.get('/', guard.requireScopes('contacts.read'), (req, res) => {
        const { claims } = guard.requireAuth(req)
        res.json({ department: claims.department, subject: claims.sub, same: requireAuth(req).claims === claims })
      })
      app.get('/other', other.authenticate(), (req, res) => void res.json(guard.requireAuth(req).claims))
      app.use(guard.errorHandler())
    })
    const token = await orderToken(idp, { claims: { department: 'sales' } })
    const subject = demoProject.agent.clientId
    expect((await api.call('/', { token })).json).toEqual({ department: 'SALES', subject, same: true })
    expect((await api.call('/', { token: await orderToken(idp, { claims: { department: 7 } }) })).status).toBe(401)
    expect(denied).toEqual([expect.stringMatching(/^OIDC_TOKEN_CLAIM_INVALID .*: department\./)])
    // A token that another guard has verified was not read by this schema.
    expect((await api.call('/other', { token })).status).toBe(401)
  })

  test('need a schema that is one', () => {
    const { verifierOptions } = createIdp()
    const broken = { ...verifierOptions, claimsSchema: {} as typeof claimsSchema }
    expect(() => createAccessGuard(broken)).toThrow(/"claimsSchema" must be a Standard Schema/)
  })
})

describe('several guards and the rest of the app', () => {
  test('asks for discovery and keys once for fifty first requests at the same time (API behaviour 13)', async () => {
    const { api, idp, requests } = await apiWith()
    const token = await orderToken(idp)
    const answers = await Promise.all([...Array(50)].map(() => api.call('/contacts', { token })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(requests).toHaveLength(2)
  })

  test('verifies the token of a request once, also for two guards over one verifier', async () => {
    const { idp, verifierOptions } = createIdp()
    const verdicts: string[] = []
    const verifier = createAccessTokenVerifier({ ...verifierOptions, onEvent: ({ kind }) => verdicts.push(kind) })
    const guard = createAccessGuard({ verifier })
    const api = await startApi((app) => {
      app.use(guard.authenticate())
      app.get('/', guard.requireScopes('contacts.read'), createAccessGuard({ verifier }).authenticate(), sayHello)
    })
    expect((await api.call('/', { token: await orderToken(idp) })).status).toBe(200)
    expect(verdicts).toEqual(['key-fetch', 'verify'])
    expect((await api.call('/', { token: await orderToken(idp) })).status).toBe(200)
    // A second token, or the same in the same second.
    expect(verdicts).toHaveLength(3)
  })

  test('lets a preflight pass an app-wide guard, with the CORS headers of the app (Fetch, CORS-preflight; API behaviour 28, case F-41)', async () => {
    const { verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const mount = (app: Express) => {
      app.use(guard.requireScopes('contacts.read'))
      app.use((req, res, next) => {
        res.set('Access-Control-Allow-Origin', 'https://app.example')
        if (req.method === 'OPTIONS') res.set('Access-Control-Allow-Headers', 'authorization').status(204).end()
        else next()
      })
      app.get('/contacts', sayHello)
    }
    const api = await startApi(mount)
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    const answer = await api.call('/contacts', { method: 'OPTIONS', headers: preflight })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(answer.headers.get('www-authenticate')).toBeNull()
    // An OPTIONS request that is no preflight, and a preflight at a handler for all methods.
    expect((await api.call('/contacts', { method: 'OPTIONS' })).status).toBe(401)
    const open = await startApi((app) => app.all('/contacts', guard.authenticate(), () => expect.unreachable()))
    expect((await open.call('/contacts', { method: 'OPTIONS', headers: preflight })).status).toBe(204)
  })

  test('keeps the CORS headers on each refusal and adds what a page may read (DESIGN 39; API behaviour 28)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const api = await startApi((app) => {
      app.use((_req, res, next) => {
        res.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ETag' })
        next()
      })
      app.get('/', guard.requireScopes('contacts.write'), sayHello)
      app.get('/recent', guard.requireAuthentication({ maxAgeSeconds: 60 }), sayHello)
    })
    const token = await orderToken(idp)
    const refused = async (path: string, options: Parameters<typeof api.call>[1]) => {
      const { status, headers } = await api.call(path, options)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toBe('ETag, WWW-Authenticate, DPoP-Nonce, Retry-After')
      expect(headers.get('cache-control')).toBe('no-store')
      return [status, headers.get('www-authenticate') !== null, headers.get('retry-after') !== null]
    }
    idp.faults.always('jwks-status-500')
    expect(await refused('/', { token })).toEqual([503, false, true])
    idp.faults.clear()
    idp.clock.advance(10)
    expect(await refused('/', { token })).toEqual([403, true, false])
    expect(await refused('/', {})).toEqual([401, true, false])
    expect(await refused('/recent', { token })).toEqual([401, true, false])
    expect(await refused('/', { token: 'a b' })).toEqual([400, true, false])
  })

  test('passes errors that are not about the token to next, once (case F-40)', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard({ ...verifierOptions, onDenied: () => expect.unreachable() })
    const seen: unknown[] = []
    const api = await startApi((app) => {
      app.get(
        '/rule',
        guard.requireAccess(() => {
          throw new RangeError('no such contact')
        }),
        sayHello,
      )
      app.get(
        '/promise',
        guard.requireAccess(() => Promise.reject(new RangeError('no database'))),
        sayHello,
      )
      app.get('/handler', guard.authenticate(), () => {
        throw new RangeError('handler')
      })
      app.get('/later', guard.authenticate(), async (_req, _res, next) => {
        await Promise.resolve()
        next(new RangeError('later'))
      })
      app.use(guard.errorHandler())
      app.use(((error, _req, res, _next) => {
        seen.push(error)
        res.status(418).end()
      }) satisfies express.ErrorRequestHandler)
    })
    const token = await orderToken(idp)
    expect((await api.call('/rule', { token })).status).toBe(418)
    expect((await api.call('/promise', { token })).status).toBe(418)
    expect((await api.call('/handler', { token })).status).toBe(418)
    expect((await api.call('/later', { token })).status).toBe(418)
    expect(seen).toEqual(['no such contact', 'no database', 'handler', 'later'].map((text) => new RangeError(text)))
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('log is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('log is full'))],
  ])('refuses the request also when the log hook %s, and survives it', async (_how, onDenied) => {
    const { verifierOptions } = createIdp()
    const guard = createAccessGuard({ ...verifierOptions, onDenied })
    let reached = false
    const api = await startApi((app) => {
      app.get('/', guard.authenticate(), () => {
        reached = true
      })
      app.use(((error, _req, res, _next) => {
        res.status(500).json({ message: error.message })
      }) satisfies express.ErrorRequestHandler)
    })
    expect(await api.call('/')).toMatchObject({ status: 500, json: { message: 'log is full' } })
    expect(reached).toBe(false)
  })

  test('passes on what the log hook throws about an error of a handler', async () => {
    const { idp, verifierOptions } = createIdp()
    const onDenied = () => Promise.reject(new Error('log is full'))
    const guard = createAccessGuard({ ...verifierOptions, onDenied })
    const seen: string[] = []
    const api = await startApi((app) => {
      app.get('/', guard.authenticate(), (req) => requireAuth(req).require(scope('contacts.write')))
      app.use(guard.errorHandler())
      app.use(((error, _req, res, _next) => {
        seen.push(error.message)
        res.status(500).end()
      }) satisfies express.ErrorRequestHandler)
    })
    expect((await api.call('/', { token: await orderToken(idp) })).status).toBe(500)
    expect(seen).toEqual(['log is full'])
  })

  test('hands no preflight to a handler, also where it was answered in front of the guard', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const handled: string[] = []
    const api = await startApi((app) => {
      // A mistake that is easily made: there is no return behind the answer.
      app.use((req, res, next) => {
        if (req.method === 'OPTIONS') res.sendStatus(204)
        next()
      })
      app.all('/contacts', guard.requireScopes('contacts.read'), (req, res) => {
        handled.push(req.method)
        if (!res.headersSent) res.end()
      })
    })
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'DELETE' }
    expect((await api.call('/contacts', { method: 'OPTIONS', headers })).status).toBe(204)
    expect(handled).toEqual([])
    expect((await api.call('/contacts', { method: 'DELETE', token: await orderToken(idp) })).status).toBe(200)
    expect(handled).toEqual(['DELETE'])
  })

  test('leaves an answer alone that has begun when the error comes, and lets Express end the connection', async () => {
    const { idp, verifierOptions } = createIdp()
    const guard = createAccessGuard(verifierOptions)
    const seen: unknown[] = []
    const api = await startApi((app) => {
      app.get('/', guard.authenticate(), (req, res) => {
        res.write('begun')
        requireAuth(req).require(scope('contacts.write'))
      })
      app.use(guard.errorHandler())
      app.use(((error, _req, _res, next) => {
        seen.push(isOidcError(error) && error.code)
        next(error)
      }) satisfies express.ErrorRequestHandler)
      app.set('env', 'test')
    })
    await expect(api.call('/', { token: await orderToken(idp) })).rejects.toThrow()
    expect(seen).toEqual(['OIDC_INSUFFICIENT_SCOPE'])
  })

  test('answers errors about the token that a handler throws', async () => {
    const { idp, verifierOptions } = createIdp()
    const denied: unknown[] = []
    const guard = createAccessGuard({ ...verifierOptions, onDenied: (error) => denied.push(error) })
    const api = await startApi((app) => {
      app.get('/open', sayHello)
      app.get('/contact', guard.authenticate(), (req, res) => {
        requireAuth(req).require(permission('contacts.edit', { tenant: acme }))
        res.json({})
      })
      app.use(guard.errorHandler())
    })
    const forbidden = await api.call('/contact', { token: await orderToken(idp) })
    expect([forbidden.status, forbidden.json.error]).toEqual([403, 'insufficient_scope'])
    expect((await api.call('/open')).status).toBe(401)
    expect(denied.map((error) => isOidcError(error) && error.code)).toEqual([
      'OIDC_ACCESS_DENIED',
      'OIDC_TOKEN_MISSING',
    ])
  })
})
