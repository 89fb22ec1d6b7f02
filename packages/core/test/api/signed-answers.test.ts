import type { FaultName } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { challengeFor, signedAnswers } from '../../src/api/index.ts'
import { scope } from '../../src/index.ts'
import { failure } from './api-fixture.ts'
import { files, setUpIntrospection } from './introspection-fixture.ts'

const jwtType = 'application/token-introspection+jwt'

describe('introspection with signed answers (RFC 9701)', () => {
  test('tells of a token what a plain answer tells, asked for by its media type', async () => {
    const accepted: (string | null)[] = []
    const { idp, verifier, token, questions } = await setUpIntrospection(
      { answers: signedAnswers() },
      {},
      (url, init) => {
        if (url.endsWith('/introspect')) accepted.push(new Headers(init.headers).get('accept'))
        return undefined
      },
    )
    const caller = await verifier.authenticate(`Bearer ${token}`)
    expect(caller).toMatchObject({
      issuer: idp.issuer,
      subject: 'agent',
      claims: { iss: idp.issuer, aud: files, client_id: 'agent', scope: 'files.read' },
    })
    expect(caller.can(scope('files.read')).allowed).toBe(true)
    await verifier.verify(token)
    expect(accepted).toEqual([jwtType])
    expect(questions()).toBe(1)
  })

  test('says that a token is not active, and remembers it', async () => {
    const { verifier, token, revoke, questions } = await setUpIntrospection({ answers: signedAnswers() })
    await revoke(token)
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    await failure('OIDC_TOKEN_INACTIVE', verifier.verify(token))
    expect(questions()).toBe(1)
  })

  test.each<FaultName>([
    'introspection-jwt-aud-array',
    'introspection-jwt-typ-media-type',
    'introspection-jwt-typ-case',
    'introspection-jwt-payload-deep',
  ])('goes on with %s', async (fault) => {
    const { verifier, token, breakNext, idp } = await setUpIntrospection({ answers: signedAnswers() })
    breakNext(fault)
    await expect(verifier.verify(token)).resolves.toMatchObject({ subject: 'agent' })
    expect(idp.log.entries.flatMap((entry) => entry.faults)).toEqual([fault])
  })

  test.each<[FaultName, RegExp]>([
    ['introspection-jwt-is-json', /expected a JWT/],
    ['introspection-jwt-is-access-token', /expected typ/],
    ['introspection-jwt-typ-jwt', /expected typ/],
    ['introspection-jwt-typ-missing', /expected typ/],
    ['introspection-jwt-typ-wrong', /expected typ/],
    ['introspection-jwt-alg-none', /expected alg RS256/],
    ['introspection-jwt-alg-hs256', /expected alg RS256/],
    ['introspection-jwt-alg-es256', /expected alg RS256/],
    ['introspection-jwt-crit-unknown', /critical extension/],
    ['introspection-jwt-b64-false', /critical extension/],
    ['introspection-jwt-kid-number', /kid/],
    ['introspection-jwt-kid-unknown', /No single usable key/],
    ['introspection-jwt-jwk-embedded', /signature does not verify/],
    ['introspection-jwt-signature-foreign-key', /signature does not verify/],
    ['introspection-jwt-signature-flipped', /signature does not verify/],
    ['introspection-jwt-signature-empty', /compact form/],
    ['introspection-jwt-two-parts', /compact form/],
    ['introspection-jwt-four-parts', /compact form/],
    ['introspection-jwt-jwe-around-unsigned', /expected alg/],
    ['introspection-jwt-payload-array', /compact form/],
    ['introspection-jwt-member-twice', /compact form/],
    ['introspection-jwt-huge', /answered 200|compact form/],
    ['introspection-jwt-iss-wrong', /expected iss/],
    ['introspection-jwt-iss-missing', /expected iss/],
    ['introspection-jwt-aud-wrong', /expected aud files-api/],
    ['introspection-jwt-aud-missing', /expected aud files-api/],
    ['introspection-jwt-iat-missing', /expected an iat/],
    ['introspection-jwt-iat-text', /expected an iat/],
    ['introspection-jwt-iat-future', /expected an iat/],
    ['introspection-jwt-iat-old', /expected an iat/],
    ['introspection-jwt-sub', /sub and exp/],
    ['introspection-jwt-exp', /sub and exp/],
    ['introspection-jwt-content-missing', /boolean active/],
    ['introspection-jwt-content-text', /boolean active/],
    ['introspection-jwt-active-text', /boolean active/],
    ['introspection-jwt-active-missing', /boolean active/],
  ])('opens nothing with %s, says why, and asks again for the next request', async (fault, reason) => {
    const { verifier, token, breakNext } = await setUpIntrospection({ answers: signedAnswers() })
    breakNext(fault)
    const error = await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.authenticate(`Bearer ${token}`))
    expect(error.message).toMatch(reason)
    expect(challengeFor(error)?.status).toBe(503)
    await expect(verifier.authenticate(`Bearer ${token}`)).resolves.toBeDefined()
  })

  test('was made after the question, within the tolerance, however long the provider takes', async () => {
    let ahead = 0
    const answers = signedAnswers({ clockToleranceSeconds: 5 })
    const { idp, token, ...api } = await setUpIntrospection({ answers }, {}, (url) =>
      url.endsWith('/introspect') ? void idp.clock.advance(60) : undefined,
    )
    await expect(api.verifier.verify(token)).resolves.toBeDefined()
    const clock = { now: () => other.idp.clock.now() + 1000 * ahead }
    const other = await setUpIntrospection({ answers, clock, cacheSeconds: 0 })
    for (const [seconds, taken] of [
      [5, true],
      [6, false],
      [-5, true],
      [-6, false],
    ] as const) {
      ahead = seconds
      const verdict = await other.verifier.verify(other.token).then(
        () => true,
        ({ message }) => !/expected an iat/.test(message),
      )
      expect([seconds, verdict]).toEqual([seconds, taken])
    }
  })

  test('is signed by an algorithm that is expected, and by no other', async () => {
    const es256 = await setUpIntrospection({ answers: signedAnswers({ algorithms: ['ES256'] }) })
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', es256.verifier.verify(es256.token))
    es256.idp.clients.update('files-api', { introspection_signed_response_alg: 'ES256' })
    await expect(es256.verifier.verify(es256.token)).resolves.toBeDefined()
  })

  test('is checked with the keys of the verifier, and counts as none while they can not be had', async () => {
    let loads = 0
    let down = true
    const { idp, verifier, token } = await setUpIntrospection({ answers: signedAnswers() }, {}, (url) => {
      if (!url.endsWith('/jwks')) return undefined
      loads += 1
      return down ? new Response(null, { status: 500 }) : undefined
    })
    const error = await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    expect(error.message).toMatch(/keys of the provider/)
    down = false
    idp.clock.advance(10)
    loads = 0
    await expect(verifier.verify(token)).resolves.toBeDefined()
    const jwt = await idp.tokens.accessToken({ client: 'agent', claims: { aud: files } })
    await expect(verifier.verify(jwt)).resolves.toBeDefined()
    expect(loads).toBe(1)
  })

  test('bounds an answer that never ends, and ends one that hangs', async () => {
    const chunk = new Uint8Array(65_536).fill(65)
    const endless = () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(chunk) })
    const flooded = await setUpIntrospection({ answers: signedAnswers() }, {}, (url) =>
      url.endsWith('/introspect') ? new Response(endless(), { headers: { 'content-type': jwtType } }) : undefined,
    )
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', flooded.verifier.verify('token'))
    // As fetch ends a body; the signal of a pipe alone ends none that waits in workerd.
    const silence = (signal?: AbortSignal | null) =>
      new ReadableStream<Uint8Array>({
        start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
      })
    const hanging = await setUpIntrospection({ answers: signedAnswers(), timeoutMs: 50 }, {}, (url, init) =>
      url.endsWith('/introspect')
        ? new Response(silence(init?.signal), { headers: { 'content-type': jwtType } })
        : undefined,
    )
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', hanging.verifier.verify('token'))
  })

  test.each([
    [200, { 'content-type': 'application/jwt' }],
    [200, {}],
    [401, { 'content-type': jwtType }],
    [302, { location: 'https://evil.example' }],
  ])('takes nothing of an answer with status %i and %j', async (status, headers) => {
    let good: Response | undefined
    const { verifier, token, idp } = await setUpIntrospection({ answers: signedAnswers() }, {}, (url, init) =>
      url.endsWith('/introspect')
        ? idp.fetch(new Request(url, init)).then(async (answer) => {
            good = answer
            return new Response(await answer.text(), { status, headers })
          })
        : undefined,
    )
    await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
    expect(good?.status).toBe(200)
  })
})

test('a plain question takes no signed answer: the form of answers is an option, not for the provider to choose', async () => {
  const { verifier, token, idp } = await setUpIntrospection({}, {}, (url, init) => {
    if (!url.endsWith('/introspect')) return undefined
    const headers = new Headers(init.headers)
    headers.set('accept', jwtType)
    return idp.fetch(new Request(url, { ...init, headers }))
  })
  await failure('OIDC_INTROSPECTION_UNAVAILABLE', verifier.verify(token))
})

test.each([
  [{ algorithms: ['HS256'] }, /algorithms/],
  [{ algorithms: [] }, /algorithms/],
  [{ jwksUri: 'http://id.example.com/jwks' }, /jwksUri/],
  [{ clockToleranceSeconds: 301 }, /clockToleranceSeconds/],
  [{ encrypted: true }, /encrypted/],
])('options of signed answers with %j are refused at creation', (options, text) => {
  expect(() => signedAnswers(options as never)).toThrow(text)
})
