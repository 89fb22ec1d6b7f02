import { describe, expect, test } from 'vitest'
import { type AccessTokenVerifier, combineVerifiers, createRequestGuard } from '../../src/api/index.ts'
import { createWebSignatures } from '../../src/api/web-signatures.ts'
import { scope, TokenVerificationError } from '../../src/index.ts'
import { failure, setUpApi, signaturesUnderTest, type TokenOrder } from './api-fixture.ts'

/** Whether this runtime can tell at once. */
const atOnce = signaturesUnderTest().digestsAtOnce

/** A verifier with one token that it has verified. */
async function setUpKnown(
  options: Parameters<typeof setUpApi>[0] = {},
  order: TokenOrder = {},
  surroundings: Parameters<typeof setUpApi>[1] = {},
) {
  const api = setUpApi(options, surroundings)
  const token = await api.order({ expiresInSeconds: 3600, ...order })
  const header = `Bearer ${token}`
  const verified = await api.verifier.authenticate(header)
  return { ...api, token, header, verified }
}

describe('recall', () => {
  test('gives the very token that was verified, without a promise, where the runtime has digests at once', async () => {
    const { verifier, header, verified } = await setUpKnown()
    expect(verifier.recall(header)).toBe(atOnce ? verified : undefined)
    expect(verifier.recall({ headers: { authorization: header } })).toBe(atOnce ? verified : undefined)
    expect(verifier.recall(new Headers({ authorization: header }))).toBe(atOnce ? verified : undefined)
  })

  test('knows no token of which one character differs, and none that was not verified', async () => {
    const { verifier, token, order } = await setUpKnown()
    const [head, payload, signature = ''] = token.split('.')
    const other = signature.startsWith('A') ? 'B' : 'A'
    expect(verifier.recall(`Bearer ${head}.${payload}.${other}${signature.slice(1)}`)).toBeUndefined()
    expect(verifier.recall(`Bearer  ${token}`)).toBeUndefined()
    expect(verifier.recall(`Bearer ${token} `)).toBeUndefined()
    for (const scheme of ['DPoP ', 'DPoP   ', 'Basic  ', 'bearer ']) {
      expect(verifier.recall(scheme + token)).toBeUndefined()
    }
    expect(verifier.recall(token)).toBeUndefined()
    expect(verifier.recall(undefined)).toBeUndefined()
    expect(verifier.recall(`Bearer ${await order()}`)).toBeUndefined()
  })

  test('leaves a request with two Authorization headers to authenticate, also when it knows both tokens', async () => {
    const { verifier, header } = await setUpKnown()
    const rawHeaders = ['Authorization', header, 'Authorization', header]
    const twice = { headers: { authorization: header }, rawHeaders }
    expect(verifier.recall(twice)).toBeUndefined()
    expect(verifier.recall({ headers: { authorization: [header, header] } })).toBeUndefined()
    await failure('OIDC_REQUEST_MALFORMED', verifier.authenticate(twice))
  })

  test('forgets a token in the second in which it expires, and knows none before it is valid', async () => {
    const { verifier, header, idp } = await setUpKnown({}, { expiresInSeconds: 120 })
    idp.clock.advance(149)
    expect(verifier.recall(header) !== undefined).toBe(atOnce)
    idp.clock.advance(1)
    expect(verifier.recall(header)).toBeUndefined()
    idp.clock.advance(-180)
    expect(verifier.recall(header) !== undefined).toBe(atOnce)
    idp.clock.advance(-1)
    expect(verifier.recall(header)).toBeUndefined()
  })

  test('knows no token before its nbf, when the clock was set back since', async () => {
    const now = Date.UTC(2026, 0, 1) / 1000
    const { verifier, header, idp } = await setUpKnown({}, { claims: { iat: now - 100, nbf: now } })
    idp.clock.advance(-30)
    expect(verifier.recall(header) !== undefined).toBe(atOnce)
    idp.clock.advance(-1)
    expect(verifier.recall(header)).toBeUndefined()
    await failure('OIDC_TOKEN_NOT_YET_VALID', verifier.authenticate(header))
  })

  test('knows nothing after maxAgeSeconds, forget() or without a cache', async () => {
    const { verifier, header, idp } = await setUpKnown({ verdictCache: { maxAgeSeconds: 60 } })
    idp.clock.advance(59)
    expect(verifier.recall(header) !== undefined).toBe(atOnce)
    idp.clock.advance(1)
    expect(verifier.recall(header)).toBeUndefined()
    await verifier.authenticate(header)
    expect(verifier.recall(header) !== undefined).toBe(atOnce)
    verifier.forget({})
    expect(verifier.recall(header)).toBeUndefined()
    const without = await setUpKnown({ verdictCache: false })
    expect(without.verifier.recall(without.header)).toBeUndefined()
  })

  test('leaves a token whose key is no longer published, or whose keys are old, to authenticate', async () => {
    const { verifier, header, idp, order } = await setUpKnown({ verdictCache: { maxAgeSeconds: 3600 } })
    const { kid } = idp.keys
    idp.clock.advance(1201)
    expect(verifier.recall(header)).toBeUndefined()
    await verifier.authenticate(header)
    expect(verifier.recall(header) !== undefined).toBe(atOnce)
    idp.keys.rotate()
    idp.keys.drop(kid)
    await verifier.authenticate(`Bearer ${await order()}`)
    expect(verifier.recall(header)).toBeUndefined()
  })

  test('leaves a token to authenticate that has to be asked about or told about, and every one on web runtimes', async () => {
    const asked: unknown[] = []
    const isRevoked = async (claims: unknown): Promise<boolean> => asked.push(claims) > 1
    const revoked = await setUpKnown({ isRevoked })
    expect(revoked.verifier.recall(revoked.header)).toBeUndefined()
    await failure('OIDC_TOKEN_REVOKED', revoked.verifier.authenticate(revoked.header))
    const watched = await setUpKnown({ onEvent: () => undefined })
    expect(watched.verifier.recall(watched.header)).toBeUndefined()
    const web = await setUpKnown({}, {}, { inside: { signatures: createWebSignatures() } })
    expect(web.verifier.recall(web.header)).toBeUndefined()
  })

  test('leaves a token that is bound to a key to authenticate, also when verified before', async () => {
    const { verifier, order } = setUpApi()
    const bound = await order({ claims: { cnf: { jkt: 'x'.repeat(43) } } })
    await failure('OIDC_TOKEN_BOUND', verifier.verify(bound))
    expect(verifier.recall(`Bearer ${bound}`)).toBeUndefined()
    await failure('OIDC_TOKEN_BOUND', verifier.authenticate(`Bearer ${bound}`))
  })
})

describe('a guard with a token that is known', () => {
  test('answers each time what rightsOf has against its claims', async () => {
    const { verifier, order } = setUpApi({
      rightsOf: ({ plan }) => {
        if (plan === 'expired') throw new TokenVerificationError('OIDC_TOKEN_CLAIM_INVALID', 'The plan has expired.')
        return {}
      },
    })
    const guard = createRequestGuard({ verifier })
    const check = async (plan: string) => {
      const headers = { authorization: `Bearer ${await order({ claims: { plan, jti: plan } })}` }
      const answers = []
      for (let time = 0; time < 3; time += 1) {
        const { auth, refusal } = await guard.check(
          new Request('https://api.example', { headers }),
          scope('contacts.read'),
        )
        answers.push(auth ? 200 : refusal.status)
      }
      return answers
    }
    expect(await check('expired')).toEqual([401, 401, 401])
    expect(await check('pro')).toEqual([200, 200, 200])
  })

  test.each<[string, (verifier: AccessTokenVerifier, authenticate: AccessTokenVerifier['authenticate']) => object]>([
    ['a copy', (verifier, authenticate) => ({ ...verifier, authenticate })],
    ['an heir', (verifier, authenticate) => Object.assign(Object.create(verifier), { authenticate })],
    ['a copy of a combined one', (verifier, authenticate) => ({ ...combineVerifiers([verifier]), authenticate })],
  ])('asks %s of a verifier whose authenticate asks for more, each time', async (_what, wrap) => {
    const { verifier, header } = await setUpKnown()
    let suspended = false
    const stricter = wrap(verifier, async (request) => {
      const token = await verifier.authenticate(request)
      if (suspended) throw new TokenVerificationError('OIDC_TOKEN_REVOKED', 'The account is suspended.')
      return token
    }) as AccessTokenVerifier
    const guard = createRequestGuard({ verifier: stricter })
    const request = () => new Request('https://api.example', { headers: { authorization: header } })
    expect((await guard.check(request())).auth).toBeDefined()
    suspended = true
    expect((await guard.check(request())).response?.status).toBe(401)
    expect((await createRequestGuard({ verifier }).check(request())).auth).toBeDefined()
  })

  test('still decides the rule, and the clock', async () => {
    const { verifier, header, idp } = await setUpKnown({}, { expiresInSeconds: 60 })
    const guard = createRequestGuard({ verifier })
    const request = () => new Request('https://api.example', { headers: { authorization: header } })
    expect((await guard.check(request(), scope('contacts.read'))).auth).toBeDefined()
    expect((await guard.check(request(), scope('contacts.write'))).response?.status).toBe(403)
    idp.clock.advance(90)
    expect((await guard.check(request(), scope('contacts.read'))).response?.status).toBe(401)
  })
})
