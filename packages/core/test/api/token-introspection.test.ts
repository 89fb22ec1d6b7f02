import { inspect } from 'node:util'
import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, test, vi } from 'vitest'
import { challengeFor, createDpopProofVerifier, createTokenIntrospection } from '../../src/api/index.ts'
import { clientSecretBasic, type ErrorCode, scope } from '../../src/index.ts'
import { holdDeadlines } from '../support/deadlines.ts'
import { failure, setUpApi } from './api-fixture.ts'
import { baseUrl, createProofKey, dpopRequest, makeProof } from './dpop-fixture.ts'
import { api, files, setUpIntrospection } from './introspection-fixture.ts'

describe('an opaque token', () => {
  test('is introspected, with the same result as a JWT (API behaviour 30, case F-23)', async () => {
    const { idp, verifier, token } = await setUpIntrospection()
    expect(token).not.toContain('.')
    const caller = await verifier.authenticate(`Bearer ${token}`)
    expect(caller).toMatchObject({
      issuer: idp.issuer,
      subject: 'agent',
      principal: { type: 'client', id: 'agent', clientId: 'agent' },
      claims: { iss: idp.issuer, aud: files, sub: 'agent', client_id: 'agent', scope: 'files.read' },
    })
    expect(caller.expiresAt).toBeGreaterThan(idp.clock.now() / 1000)
    expect(caller.can(scope('files.read')).allowed).toBe(true)
    expect(caller.claims).not.toHaveProperty('active')
    expect(Object.isFrozen(caller.claims)).toBe(true)
  })

  test('is refused without introspection (case F-23)', async () => {
    const { verifier } = setUpApi()
    const error = await failure('OIDC_TOKEN_MALFORMED', verifier.authenticate('Bearer b3BhcXVl'))
    expect(challengeFor(error)?.status).toBe(401)
  })

  test('does not send a JWT to introspection, nor a text that is too long or empty', async () => {
    const { idp, verifier, questions } = await setUpIntrospection()
    const jwt = await idp.tokens.accessToken({ client: 'agent', scope: 'files.read', claims: { aud: files } })
    await expect(verifier.verify(jwt)).resolves.toBeDefined()
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify('eyJ.eyJ'))
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify('x'.repeat(8193)))
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify(''))
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify(undefined as never))
    expect(questions()).toBe(0)
  })

  test.each<[FaultName, ErrorCode, 401 | 503]>([
    ['introspection-inactive', 'OIDC_TOKEN_INACTIVE', 401],
    ['introspection-aud-other', 'OIDC_TOKEN_AUD_REFUSED', 401],
    ['introspection-expired', 'OIDC_TOKEN_EXPIRED', 401],
    ['introspection-active-text', 'OIDC_INTROSPECTION_UNAVAILABLE', 503],
    ['introspection-active-missing', 'OIDC_INTROSPECTION_UNAVAILABLE', 503],
    ['introspection-cnf-missing', 'OIDC_TOKEN_BOUND', 401],
    ['introspection-deep', 'OIDC_INTROSPECTION_UNAVAILABLE', 503],
    ['introspection-array', 'OIDC_INTROSPECTION_UNAVAILABLE', 503],
    ['introspection-not-json', 'OIDC_INTROSPECTION_UNAVAILABLE', 503],
    ['introspection-status-500', 'OIDC_INTROSPECTION_UNAVAILABLE', 503],
  ])('opens nothing with %s (API behaviour 30, cases F-26, F-28 and K-10.3.1)', async (fault, code, status) => {
    const { verifier, order, breakNext } = await setUpIntrospection()
    breakNext(fault)
    const error = await failure(code, verifier.authenticate(`Bearer ${await order()}`))
    expect(challengeFor(error)?.status).toBe(status)
    await expect(verifier.authenticate(`Bearer ${await order()}`)).resolves.toBeDefined()
  })

  test.each<[string, object, ErrorCode]>([
    ['another issuer', { iss: 'https://other.example' }, 'OIDC_TOKEN_ISS_REFUSED'],
    ['no audience', { aud: undefined }, 'OIDC_TOKEN_AUD_REFUSED'],
    ['no expiry', { exp: undefined }, 'OIDC_TOKEN_CLAIM_INVALID'],
    ['an expiry as text', { exp: '2000000000' }, 'OIDC_TOKEN_CLAIM_INVALID'],
    ['neither subject nor client', { sub: undefined, client_id: undefined }, 'OIDC_TOKEN_CLAIM_INVALID'],
    ['a beginning in the future', { nbf: 2_000_000_000 }, 'OIDC_TOKEN_NOT_YET_VALID'],
    ['the type of a refresh token', { token_type: 'refresh_token' }, 'OIDC_TOKEN_TYP_REFUSED'],
    ['a type that begins like one of access tokens', { token_type: 'bearer_refresh' }, 'OIDC_TOKEN_TYP_REFUSED'],
    ['a type that ends like one of access tokens', { token_type: 'refresh_bearer' }, 'OIDC_TOKEN_TYP_REFUSED'],
    ['the use of a refresh token', { token_use: 'refresh_token' }, 'OIDC_TOKEN_TYP_REFUSED'],
  ])('is refused when the answer has %s', async (_, changes, code) => {
    const answers: object[] = [changes, {}, { token_type: 'Bearer', token_use: 'access_token' }]
    const usual = { active: true, aud: files, sub: 'u', client_id: 'c', exp: 1_900_000_000, token_type: 'bearer' }
    const { verifier } = await setUpIntrospection({}, {}, (url) =>
      url.endsWith('/introspect') ? Response.json({ ...usual, ...answers.shift() }) : undefined,
    )
    await failure(code, verifier.verify('first'))
    await expect(verifier.verify('second')).resolves.toMatchObject({ subject: 'u' })
    await expect(verifier.verify('third')).resolves.toMatchObject({ subject: 'u' })
  })

  test('speaks for its client when no user is involved (RFC 9068 2.2)', async () => {
    const { verifier } = await setUpIntrospection({}, {}, (url) =>
      url.endsWith('/introspect')
        ? Response.json({ active: true, aud: files, client_id: 'c', exp: 1_900_000_000 })
        : undefined,
    )
    await expect(verifier.verify('token')).resolves.toMatchObject({ subject: 'c', principal: { type: 'client' } })
  })

  test('may hold lists in one another, 100 levels and no more', async () => {
    const levels = [100, 101, 100_000]
    const { verifier } = await setUpIntrospection({}, {}, (url) => {
      if (!url.endsWith('/introspect')) return undefined
      const lists = (levels.shift() ?? 0) - 1
      const usual = `"active":true,"aud":"${files}","sub":"u","exp":1900000000`
      const answer = `{${usual},"authorization_details":${'['.repeat(lists)}${']'.repeat(lists)}}`
      return new Response(answer, { headers: { 'content-type': 'application/json' } })
    })
    await expect(verifier.verify('shallow')).resolves.toMatchObject({ subject: 'u' })
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify('deep'))
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify('deeper than a stack'))
  })

  test('bound to a key needs a proof, like a JWT', async () => {
    const { clock } = createMockIdp({ deterministic: {} })
    const dpop = createDpopProofVerifier({ baseUrl, clock })
    const { idp, verifier, order } = await setUpIntrospection({}, { dpop })
    const key = await createProofKey()
    const claims = { htm: 'POST', htu: `${idp.origin}/token`, ath: undefined }
    const offer = { dpop: await makeProof(key, '', idp.clock.now(), { claims }) }
    const bound = await order({}, offer)
    await failure('OIDC_TOKEN_BOUND', verifier.authenticate(`Bearer ${bound}`))
    const request = dpopRequest(bound, await makeProof(key, bound, idp.clock.now()))
    await expect(verifier.authenticate(request)).resolves.toMatchObject({ claims: { cnf: { jkt: key.thumbprint } } })
  })
})

describe('answers of introspection', () => {
  test('are used again for a while, and a revoked token is refused after it (API behaviour 30, API complaint 30)', async () => {
    const { idp, verifier, token, revoke, questions } = await setUpIntrospection({ cacheSeconds: 30 })
    for (let index = 0; index < 3; index += 1) await verifier.verify(token)
    expect(questions()).toBe(1)
    await revoke(token)
    idp.clock.advance(29)
    await expect(verifier.verify(token)).resolves.toBeDefined()
    idp.clock.advance(1)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    expect(questions()).toBe(2)
  })

  test('are never used beyond the expiry of the token (API behaviour 30)', async () => {
    const { idp, verifier, token, questions } = await setUpIntrospection({ cacheSeconds: 3600 })
    const { expiresAt } = await verifier.verify(token)
    idp.clock.advance(expiresAt - Math.floor(idp.clock.now() / 1000) - 1)
    await expect(verifier.verify(token)).resolves.toBeDefined()
    expect(questions()).toBe(1)
    idp.clock.advance(1)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    expect(questions()).toBe(2)
  })

  test('are not used for longer because the clock of the API was set back', async () => {
    const { now } = createMockIdp({ deterministic: {} }).clock
    const time = { value: now(), now: () => time.value }
    const { verifier, token, revoke, questions } = await setUpIntrospection({ clock: time })
    await verifier.verify(token)
    time.value += 10_000
    await verifier.verify(token)
    expect(questions()).toBe(1)
    await revoke(token)
    time.value -= 3_600_000
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
  })

  test('are not used again when that is switched off (API complaint 30)', async () => {
    const { verifier, token, revoke, questions } = await setUpIntrospection({
      cacheSeconds: 0,
      inactiveCacheSeconds: 0,
    })
    await verifier.verify(token)
    await verifier.verify(token)
    await revoke(token)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    expect(questions()).toBe(4)
  })

  test('that say "not active" are remembered for a shorter while', async () => {
    const { idp, verifier, questions } = await setUpIntrospection({ inactiveCacheSeconds: 10 })
    for (let index = 0; index < 3; index += 1) await failure('OIDC_TOKEN_INACTIVE', verifier.verify('unknown'))
    expect(questions()).toBe(1)
    idp.clock.advance(10)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify('unknown'))
    expect(questions()).toBe(2)
  })

  test('hold claims and no decisions: each route decides anew (cases F-27 and L-49)', async () => {
    const { verifier, token, questions } = await setUpIntrospection()
    const first = await verifier.verify(token)
    expect(first.can(scope('files.read')).allowed).toBe(true)
    const second = await verifier.verify(token)
    expect(second.can(scope('files.write')).allowed).toBe(false)
    expect(() => second.require(scope('files.write'))).toThrow(
      expect.objectContaining({ code: 'OIDC_INSUFFICIENT_SCOPE' }),
    )
    expect(questions()).toBe(1)
  })

  test('that failed are not remembered (case F-28)', async () => {
    const { verifier, token, breakNext, questions } = await setUpIntrospection()
    breakNext('introspection-status-500')
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    await expect(verifier.verify(token)).resolves.toBeDefined()
    expect(questions()).toBe(2)
  })

  test('are shared by callers at the same time, a failure too', async () => {
    const { verifier, token, breakNext, questions } = await setUpIntrospection({ cacheSeconds: 0 })
    const together = () => Promise.allSettled(Array.from({ length: 50 }, () => verifier.verify(token)))
    expect((await together()).every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(questions()).toBe(1)
    breakNext('introspection-status-500')
    expect((await together()).every(({ status }) => status === 'rejected')).toBe(true)
    expect(questions()).toBe(2)
    await expect(verifier.verify(token)).resolves.toBeDefined()
  })

  test('take bounded memory, and junk pushes no good token out', async () => {
    const { verifier, token, order, questions } = await setUpIntrospection({ maxEntries: 3 })
    await verifier.verify(token)
    for (let index = 0; index < 20; index += 1) await failure('OIDC_TOKEN_INACTIVE', verifier.verify(`junk${index}`))
    await verifier.verify(token)
    expect(questions()).toBe(21)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify('junk19'))
    expect(questions()).toBe(21)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify('junk0'))
    expect(questions()).toBe(22)
    for (let index = 0; index < 3; index += 1) await verifier.verify(await order())
    await verifier.verify(token)
    expect(questions()).toBe(26)
  })

  test('are there for any number of tokens at once, however few questions are allowed', async () => {
    const { verifier, order, questions } = await setUpIntrospection({ maxPending: 1 })
    const tokens = [await order(), await order(), await order()]
    for (const token of tokens) await verifier.verify(token)
    await expect(Promise.all(tokens.map((token) => verifier.verify(token)))).resolves.toHaveLength(3)
    expect(questions()).toBe(3)
  })

  test('are forgotten on demand', async () => {
    const { verifier, token, questions } = await setUpIntrospection()
    await verifier.verify(token)
    expect(verifier.forget({ subject: 'somebody else' })).toBe(0)
    await verifier.verify(token)
    expect(questions()).toBe(1)
    expect(verifier.forget({ subject: 'agent' })).toBe(1)
    await verifier.verify(token)
    expect(questions()).toBe(2)
  })

  test('are forgotten also when they are still under way, so that a revocation counts from its moment on', async () => {
    const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    let held = false
    const { idp, verifier, token, revoke } = await setUpIntrospection({}, {}, (url, init) => {
      if (held || !url.endsWith('/introspect')) return undefined
      held = true
      const answer = idp.fetch(new Request(url, init))
      asked.resolve()
      return mayAnswer.then(() => answer)
    })
    const early = verifier.verify(token)
    await asked.promise
    await revoke(token)
    verifier.forget({})
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    letAnswer()
    await expect(early).resolves.toBeDefined()
    idp.clock.advance(11)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
  })
})

describe('while the provider can not be asked', () => {
  test.each<[string, () => Promise<Response>]>([
    ['is not reachable', () => Promise.reject(new TypeError('fetch failed'))],
    ['answers 401, for wrong credentials', async () => Response.json({ error: 'invalid_client' }, { status: 401 })],
    [
      'answers a redirect',
      async () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
    ],
  ])('because it %s, opaque tokens get 503 and JWTs go on (API behaviour 30, case F-28)', async (_, answer) => {
    const { idp, verifier, token } = await setUpIntrospection({}, {}, (url) =>
      url.endsWith('/introspect') ? answer() : undefined,
    )
    const error = await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    expect(challengeFor(error)).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    const jwt = await idp.tokens.accessToken({ client: 'agent', claims: { aud: files } })
    await expect(verifier.verify(jwt)).resolves.toBeDefined()
  })

  test('a question that hangs ends at its deadline, and the number of questions is bounded', async () => {
    const hanging: RequestInit[] = []
    const deadlines = holdDeadlines()
    const { verifier } = await setUpIntrospection({ maxPending: 5 }, {}, (url, init) => {
      if (!url.endsWith('/introspect')) return undefined
      hanging.push(init)
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    })
    const reasons: { readonly code: string; readonly message: string }[] = []
    const verdicts = Array.from({ length: 20 }, (_, index) =>
      verifier.verify(`token${index}`).catch((reason) => reasons.push(reason)),
    )
    await vi.waitFor(() => expect([reasons, hanging].map(({ length }) => length)).toEqual([15, 5]))
    expect(reasons.every(({ message }) => message.includes('5 questions are under way'))).toBe(true)
    deadlines.pass()
    await Promise.all(verdicts)
    expect(reasons.map(({ code }) => code)).toEqual(Array(20).fill('OIDC_INTROSPECTION_UNAVAILABLE'))
    expect(hanging).toHaveLength(5)
  })

  test.each<[string, FaultName, RegExp]>([
    ['stops in its middle', 'answer-stalled', /deadline|in time|ms/],
    ['nests 20000 levels deep', 'answer-deep', /./],
    ['is cut off', 'answer-truncated', /./],
  ])('an answer that %s opens nothing, and the next one does', async (_, fault, says) => {
    const deadlines = holdDeadlines()
    const { verifier, idp, token } = await setUpIntrospection()
    idp.faults.next(fault, {}, { endpoint: 'introspect' })
    const refused = failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    await vi.waitFor(() => expect(idp.log.entries.flatMap(({ faults }) => faults)).toEqual([fault]))
    if (fault === 'answer-stalled') deadlines.pass()
    const { message } = await refused
    expect(message).toMatch(says)
    await expect(verifier.verify(token)).resolves.toMatchObject({ subject: 'agent' })
  })

  test('a question that a fetch of the app loses ends at its deadline too, and makes room for the next', async () => {
    let losing = true
    const deadlines = holdDeadlines()
    const { verifier, token } = await setUpIntrospection({ maxPending: 1 }, {}, (url) => {
      if (!losing || !url.endsWith('/introspect')) return undefined
      losing = false
      queueMicrotask(deadlines.pass)
      return new Promise(() => undefined)
    })
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    await expect(verifier.verify(token)).resolves.toBeDefined()
  })

  test('metadata are asked for again after a failure', async () => {
    let failures = 1
    const { verifier, token } = await setUpIntrospection({}, {}, (url) => {
      if (!url.includes('/.well-known/') || failures === 0) return undefined
      failures -= 1
      return new Response(null, { status: 500 })
    })
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    await expect(verifier.verify(token)).resolves.toBeDefined()
  })
})

test('errors of introspection hold neither token nor secret', async () => {
  const { verifier, token } = await setUpIntrospection({}, {}, (url, init) => {
    if (url.endsWith('/introspect')) throw new Error(`marked ${JSON.stringify(init)} ${init.body}`)
    return undefined
  })
  const error = await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
  const text = inspect(error, { showHidden: true, depth: 9 }) + JSON.stringify(error)
  for (const secret of [token, api.secret, 'marked', 'Basic']) expect(text).not.toContain(secret)
})

test.each([
  [{ issuer: undefined }, /issuer/],
  [{ authentication: 'secret' }, /authentication/],
  [{ cacheSeconds: 3601 }, /cacheSeconds/],
  [{ introspectionEndpoint: 'http://id.example.com/introspect' }, /introspectionEndpoint/],
  [{ ttl: 5 }, /ttl/],
])('options with %j are refused at creation', (changes, text) => {
  const good = { issuer: 'https://id.example.com', clientId: 'api', authentication: clientSecretBasic('s') }
  expect(createTokenIntrospection(good)).toBeDefined()
  expect(() => createTokenIntrospection({ ...good, ...changes } as never)).toThrow(text)
})

test('the endpoint may be configured, without discovery', async () => {
  const asked: string[] = []
  const { idp, token, verifier } = await setUpIntrospection(
    { introspectionEndpoint: 'https://id.example.com/introspect' },
    {},
    (url, init) => {
      asked.push(url)
      return url.startsWith('https://id.example.com')
        ? idp.fetch(new Request(`${idp.origin}/introspect`, init))
        : undefined
    },
  )
  await expect(verifier.verify(token)).resolves.toBeDefined()
  expect(asked).toEqual(['https://id.example.com/introspect'])
})
