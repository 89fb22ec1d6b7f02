import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AccessTokenVerifierOptions } from '../../src/api/index.ts'
import { createJwks } from '../../src/api/jwks.ts'
import { holdDeadlines } from '../support/deadlines.ts'
import { failure, type Intercept, setUpApi, signaturesUnderTest } from './api-fixture.ts'

const isJwks = (url: string) => url.endsWith('/jwks.json')
const keyFetches = (requests: readonly string[]) => requests.filter((path) => path === 'jwks.json').length

/** Waits, while timers stand still. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** Publishes other keys than the mock does. */
function publishing(keys: () => unknown): Intercept {
  return (url) => (isJwks(url) ? Response.json({ keys: keys() }) : undefined)
}

function withKid(keys: readonly Record<string, unknown>[], kid: string): Record<string, unknown>[] {
  return keys.map((key) => ({ ...key, kid }))
}

async function publishedKeys(api: ReturnType<typeof setUpApi>): Promise<Record<string, unknown>[]> {
  const response = await api.idp.fetch(new Request(`${api.idp.origin}/${api.idp.projectId}/.well-known/jwks.json`))
  return (await response.json()).keys
}

describe('loading keys', () => {
  test('asks once for metadata and once for keys, for 50 first requests at once', async () => {
    const { verifier, order, requests } = setUpApi()
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, index) => order({ claims: { n: index } })))
    await Promise.all(tokens.map((token) => verifier.verify(token)))
    expect(requests).toEqual(['openid-configuration', 'jwks.json'])
    await verifier.verify(await order())
    expect(requests).toHaveLength(2)
  })

  test('asks for no metadata when it knows where the keys are', async () => {
    const issuer = 'https://other-name.example'
    const { idp } = setUpApi()
    const jwksUri = `${idp.origin}/${idp.projectId}/.well-known/jwks.json`
    const { verifier, order, requests } = setUpApi({ issuer, jwksUri })
    await verifier.verify(await order({ claims: { iss: issuer } }))
    expect(requests).toEqual(['jwks.json'])
  })

  test.each([
    ['answers 500', () => new Response(null, { status: 500 })],
    ['answers HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['answers a list', () => Response.json([])],
    ['answers keys that are no list', () => Response.json({ keys: {} })],
    [
      'redirects (DESIGN 5; case E-37)',
      () => new Response(null, { status: 302, headers: { location: 'https://x.example' } }),
    ],
    ['is not reachable', () => Promise.reject(new TypeError('fetch failed'))],
    ['answers two megabytes', () => Response.json({ keys: [{ kty: 'x'.repeat(2 << 20) }] })],
  ])('says that keys are not available when the key endpoint %s, and recovers', async (_what, answer) => {
    let broken = true
    const api = setUpApi({}, { intercept: (url) => (broken && isJwks(url) ? answer() : undefined) })
    const error = await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
    expect(error).toMatchObject({ name: 'NetworkError', phase: 'api', retryable: true })
    broken = false
    api.idp.clock.advance(10)
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  })

  test.each([
    ['of another issuer (cases A-CNF-03 and K-10.5.3)', 'discovery-issuer-mismatch'],
    ['of an issuer with a slash more (case E-44)', 'discovery-issuer-slash'],
    ['of an issuer in capitals (case E-44)', 'discovery-issuer-case'],
    ['of an issuer on another port (case E-44)', 'discovery-issuer-port'],
    ['of an issuer with another path (case E-44)', 'discovery-issuer-path'],
    ['that is no JSON (case E-46)', 'discovery-not-json'],
    ['that is a list (case E-46)', 'discovery-array'],
    ['without jwks_uri (case E-46)', 'discovery-jwks-uri-missing'],
    ['with an http address (case E-38)', 'discovery-http-endpoint'],
    ['with http for the keys (case E-38)', 'discovery-jwks-uri-http'],
  ] as const)('takes no keys from metadata %s, and recovers when they are right (case E-47)', async (_, fault) => {
    const { verifier, order, idp, requests } = setUpApi()
    idp.faults.always(fault)
    await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
    expect(keyFetches(requests)).toBe(0)
    idp.faults.clear()
    idp.clock.advance(10)
    await expect(verifier.verify(await order())).resolves.toBeDefined()
  })

  test('looks again where the keys are after they were not where it thought', async () => {
    let moved = false
    const api = setUpApi(
      {},
      {
        intercept: (url) => {
          if (moved || !url.endsWith('openid-configuration')) return undefined
          return Response.json({ issuer: api.idp.inboundIssuer, jwks_uri: `${api.idp.origin}/old-place` })
        },
      },
    )
    await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
    moved = true
    api.idp.clock.advance(10)
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  })

  test('tries once more at once after a passing fault', async () => {
    const { verifier, order, idp } = setUpApi()
    idp.faults.next('jwks-status-500')
    await expect(verifier.verify(await order())).resolves.toBeDefined()
  })

  test('answers within its deadline when the key endpoint hangs (API behaviour 19)', async () => {
    const deadlines = holdDeadlines()
    const hang: Intercept = (url, init) => {
      if (!isJwks(url)) return undefined
      queueMicrotask(deadlines.pass)
      return new Promise((_resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    }
    const { verifier, order, requests } = setUpApi({ timeoutMs: 30 }, { intercept: hang })
    const error = await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
    expect(error.message).toContain('within 30 ms')
    expect(keyFetches(requests)).toBe(1)
  })

  test('answers within its deadline when a fetch of the app hangs and heeds no signal, and recovers', async () => {
    let hanging = true
    const deadlines = holdDeadlines()
    const { verifier, order, idp } = setUpApi(
      {},
      {
        intercept(url) {
          if (!hanging || !isJwks(url)) return undefined
          hanging = false
          queueMicrotask(deadlines.pass)
          return new Promise(() => undefined)
        },
      },
    )
    await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
    idp.clock.advance(10)
    await expect(verifier.verify(await order())).resolves.toBeDefined()
  })

  test('keeps nobody waiting whose key is known while the key endpoint hangs (API behaviour 19)', async () => {
    let hanging = false
    const hang: Intercept = (url, init) =>
      hanging && isJwks(url)
        ? new Promise((_resolve, reject) => {
            init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
          })
        : undefined
    const { verifier, order, idp } = setUpApi({ timeoutMs: 600_000 }, { intercept: hang })
    await verifier.verify(await order())
    hanging = true
    idp.faults.next('access-token-kid-unknown')
    let answered = false
    verifier.verify(await order()).then(
      () => expect.unreachable(),
      () => {
        answered = true
      },
    )
    for (let count = 0; count < 20; count += 1) {
      await expect(verifier.verify(await order({ claims: { n: count } }))).resolves.toBeDefined()
    }
    expect(answered).toBe(false)
  })

  test('takes the algorithm from its list and the type of the key where the set names none (case E-04)', async () => {
    const { verifier, order, idp } = setUpApi({ algorithms: ['RS256', 'ES256'] })
    idp.faults.always('jwks-alg-missing')
    await expect(verifier.verify(await order())).resolves.toBeDefined()
    idp.faults.next('access-token-alg-ps256')
    await failure('OIDC_TOKEN_ALG_REFUSED', verifier.verify(await order()))
  })

  test('finds the good key among others (RFC 7517 5; API behaviour 20)', async () => {
    const api = setUpApi(
      {},
      {
        intercept: publishing(() => [
          null,
          'text',
          ['list'],
          { kty: 'unknown', kid: api.idp.keys.kid },
          { kty: 'EC', crv: 'P-256', kid: api.idp.keys.kid, x: 'AA', y: 'AA' },
          { ...good, use: 'enc' },
          { ...good, alg: 'RS512' },
          { ...good, key_ops: ['encrypt'] },
          { kid: good.kid, kty: good.kty, n: good.n, e: good.e, x5c: ['x'.repeat(10_000)] },
        ]),
      },
    )
    const [good = {}] = await publishedKeys(api)
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  })

  test('does not use a key of less than 2048 bits (RFC 7518 3.3)', async () => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const sign = async (modulusLength: number) => {
      const pair = await crypto.subtle.generateKey(
        { ...algorithm, modulusLength, publicExponent: new Uint8Array([1, 0, 1]) },
        true,
        ['sign', 'verify'],
      )
      const { kty, n, e } = await crypto.subtle.exportKey('jwk', pair.publicKey)
      const api = setUpApi({}, { intercept: publishing(() => [{ kty, n, e, kid: api.idp.keys.kid }, other]) })
      const [other] = withKid(await publishedKeys(api), 'other')
      const input = (await api.order()).split('.').slice(0, 2).join('.')
      const signature = await crypto.subtle.sign(algorithm, pair.privateKey, Buffer.from(input))
      return api.verifier.verify(`${input}.${Buffer.from(signature).toString('base64url')}`)
    }
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', sign(1024))
    await expect(sign(2048)).resolves.toBeDefined()
  })

  test.each(['AQ', 'AAE', 'Ag', 'AQAA', '', '!', 7, undefined])(
    'does not use an RSA key with the public exponent %j (case E-09)',
    async (e) => {
      const api = setUpApi(
        {},
        {
          intercept: publishing(() => [
            { ...good, e },
            { ...good, kid: 'other' },
          ]),
        },
      )
      const [good = {}] = await publishedKeys(api)
      const input = (await api.order()).split('.').slice(0, 2).join('.')
      // With the exponent 1, a signature is the padded digest itself (RFC 8017 section 9.2).
      const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(input))).toString('hex')
      const padded = Buffer.from(`003031300d060960864801650304020105000420${digest}`, 'hex')
      const signature = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(254 - padded.length, 255), padded])
      const token = `${input}.${signature.toString('base64url')}`
      await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(token))
    },
  )

  test.each([
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ['a private key', { d: 'AQAB' }],
    ['a key with one member of a private key', { qi: 'AQAB' }],
    ['a key for encryption', { use: 'enc' }],
    ['a key for signing only', { key_ops: ['sign'] }],
    ['a key for another algorithm (case E-05)', { alg: 'PS256' }],
    ['a key whose alg is no text', { alg: ['RS256'] }],
    ['a key of an even modulus', { n: `${'A'.repeat(341)}Q` }],
  ])('does not verify with %s, even when it is the only one of its kid', async (_what, changes) => {
    const api = setUpApi(
      {},
      {
        intercept: publishing(() => [
          { ...good, ...changes },
          { ...good, kid: 'other' },
        ]),
      },
    )
    const [good = {}] = await publishedKeys(api)
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await api.order()))
  })

  test('takes no text for a key, whatever stands in front of it (case E-03)', async () => {
    const [good = {}] = await publishedKeys(setUpApi())
    const key = createPublicKey({ key: good, format: 'jwk' })
    const pem = `${key.export({ type: 'spki', format: 'pem' })}`
    for (const text of [pem, ` ${pem}`, `\uFEFF${pem}`, `// a comment\n${pem}`, JSON.stringify(good)]) {
      const api = setUpApi(
        {},
        { intercept: publishing(() => [text, { kty: 'RSA', kid: good.kid, n: text, e: 'AQAB' }]) },
      )
      await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
    }
  })

  test('calls a set in which it can use no key unavailable, and no token invalid for that', async () => {
    const api = setUpApi({}, { intercept: publishing(() => [{ kty: 'oct', k: 'c2VjcmV0' }]) })
    await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
  })

  test('verifies each token under its own algorithm, whatever its key was used with last (case E-06)', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one' }
    const jwks = createJwks({
      issuer: 'https://idp.example',
      jwksUri: 'https://idp.example/keys',
      transport: { timeoutMs: 1000, fetch: async () => Response.json({ keys: [jwk] }) },
      maxStaleSeconds: 0,
      clock: { now: () => 0 },
      signatures: signaturesUnderTest(),
    })
    const secret = privateKey.export({ format: 'jwk' })
    const signed = async (algorithm: string, signedWith = algorithm, kid: string | undefined = 'one') => {
      // workerd has the sign function of Node without a padding.
      const name = signedWith === 'PS256' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
      const key = await crypto.subtle.importKey('jwk', secret, { name, hash: 'SHA-256' }, false, ['sign'])
      const signature = await crypto.subtle.sign({ name, saltLength: 32 }, key, Buffer.from('a.b'))
      return { algorithm, kid, input: 'a.b', signature: new Uint8Array(signature) }
    }
    for (const algorithm of ['RS256', 'PS256', 'RS256', 'PS256', 'PS256']) {
      const other = algorithm === 'RS256' ? 'PS256' : 'RS256'
      expect(await jwks.verify(await signed(algorithm), undefined)).toMatchObject({ kid: 'one' })
      for (const wrong of [await signed(other, algorithm), await signed(algorithm, other)]) {
        await failure('OIDC_TOKEN_SIGNATURE_INVALID', Promise.resolve(jwks.verify(wrong, undefined)))
      }
    }
    const nameless = { ...(await signed('RS256')), kid: undefined }
    for (const _ of [1, 2]) expect(await jwks.verify(nameless, undefined)).toMatchObject({ kid: 'one' })
  })

  test('takes two entries of one kid for ambiguous, and the same entry twice for one key (case E-35)', async () => {
    let keys: unknown[] = []
    const api = setUpApi({}, { intercept: publishing(() => keys) })
    const [good = {}] = await publishedKeys(api)
    api.idp.keys.rotate()
    const [fresh = {}] = await publishedKeys(api)
    keys = [good, { ...fresh, kid: good.kid }]
    const token = await api.order({ header: { kid: good.kid } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(token))
    keys = [
      { ...fresh, kid: good.kid },
      { ...fresh, kid: good.kid },
    ]
    api.idp.clock.advance(10)
    await expect(api.verifier.verify(token)).resolves.toBeDefined()
  })

  test('refuses a set of more than 500 keys (case E-36)', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ kty: 'unknown', kid: `${index}` }))
    let keys: unknown[] = []
    const api = setUpApi({}, { intercept: publishing(() => keys) })
    const [good] = await publishedKeys(api)
    keys = [...many(500), good]
    const error = await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
    expect(error.message).toContain('more than 500')
    keys = [...many(499), good]
    api.idp.clock.advance(10)
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  })

  test('is done once for verifiers of one issuer, however many there are (API complaints 2, 27)', async () => {
    const one = setUpApi()
    const { idp } = one
    const requests: string[] = []
    const fetch = (url: string, init: RequestInit) => {
      requests.push(url)
      return idp.fetch(new Request(url, init))
    }
    const token = await one.order({ claims: { aud: ['first', 'second'] } })
    for (const audience of ['first', 'second']) {
      const { verifier } = setUpApi({ issuer: idp.inboundIssuer, audience, clock: idp.clock, fetch })
      await expect(verifier.verify(token)).resolves.toBeDefined()
    }
    expect(requests).toHaveLength(2)
  })

  test('is done apart for providers and for other settings, so that no key counts for another issuer', async () => {
    const [one, two] = [setUpApi(), setUpApi({}, { config: { origin: 'http://two.localhost:4455' } })]
    two.idp.keys.rotate()
    two.idp.keys.drop(one.idp.keys.kid)
    const requests: string[] = []
    const fetch = (url: string, init: RequestInit) => {
      requests.push(url)
      return (url.startsWith(two.idp.origin) ? two : one).idp.fetch(new Request(url, init))
    }
    const { clock } = one.idp
    const verifierOf = (api: typeof one, options: Partial<AccessTokenVerifierOptions> = {}) =>
      setUpApi({ issuer: api.idp.inboundIssuer, clock, fetch, verdictCache: false, ...options }).verifier
    const token = await one.order()
    await expect(verifierOf(one).verify(token)).resolves.toBeDefined()
    await expect(verifierOf(two).verify(await two.order())).resolves.toBeDefined()
    const forged = await one.order({ claims: { iss: two.idp.inboundIssuer } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifierOf(two).verify(forged))
    const jwksUri = `${one.idp.origin}/${one.idp.projectId}/.well-known/jwks.json`
    for (const options of [{ jwksUri }, { timeoutMs: 9999 }, { maxStaleSeconds: 1 }]) {
      const before = requests.length
      await verifierOf(one, options).verify(token)
      expect(requests.length).toBeGreaterThan(before)
      await verifierOf(one, options).verify(token)
      expect(requests.length).toBe(before + ('jwksUri' in options ? 1 : 2))
    }
  })
})

describe('keys that change', () => {
  test.each([[[]], [[null, 'text']]])(
    'are kept when the next set is %j, which has none (case E-32)',
    async (broken) => {
      let keys: unknown[] = broken
      const api = setUpApi({}, { intercept: publishing(() => keys) })
      keys = await publishedKeys(api)
      await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
      keys = broken
      api.idp.clock.advance(1801)
      await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
    },
  )

  test('verifies the first token with a new key one second after the last load (case A-CNF-06)', async () => {
    const { verifier, order, idp, requests } = setUpApi()
    const old = await order()
    await verifier.verify(old)
    idp.clock.advance(1)
    idp.keys.rotate()
    await expect(verifier.verify(await order())).resolves.toBeDefined()
    expect(keyFetches(requests)).toBe(2)
    await expect(verifier.verify(old)).resolves.toBeDefined()
  })

  test('loads keys at most twice in 10 s for 1000 unknown kids (API behaviour 14, DESIGN 24, case E-29)', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { verifier, order, idp, requests } = setUpApi()
    const good = await order()
    await verifier.verify(good)
    const orderUnknown = (index: number) => order({ header: { kid: `unknown-${index}` } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(await orderUnknown(0)))
    const unknown = await Promise.all(Array.from({ length: 1000 }, (_, index) => orderUnknown(index)))
    const codes: string[] = []
    const answers = Promise.all(
      unknown.map((token) => verifier.verify(token).catch((error: { code: string }) => codes.push(error.code))),
    )
    // Both loads are spent. 256 wait for the next time, the others are told to come back.
    await until(() => codes.length >= 1000 - 256 && vi.getTimerCount() === 1)
    expect(codes).toHaveLength(1000 - 256)
    expect(new Set(codes)).toEqual(new Set(['OIDC_KEYS_UNAVAILABLE']))
    expect(keyFetches(requests)).toBe(2)
    // Valid traffic goes on, known or not.
    await expect(verifier.verify(good)).resolves.toBeDefined()
    await expect(verifier.verify(await order())).resolves.toBeDefined()
    // A new key is not called unknown while nobody has looked.
    idp.keys.rotate()
    const fresh = await order()
    const error = await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(fresh))
    expect(error).toMatchObject({ retryable: true, retryAfterSeconds: 10 })
    idp.clock.advance(10)
    await vi.advanceTimersByTimeAsync(10_000)
    await answers
    expect(codes.filter((code) => code === 'OIDC_TOKEN_KEY_NOT_FOUND')).toHaveLength(256)
    await expect(verifier.verify(fresh)).resolves.toBeDefined()
    expect(keyFetches(requests)).toBe(3)
  })

  test('delays a new key by at most 10 s when unknown kids have spent the loads (API behaviour 15, case A-CNF-05)', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { verifier, order, idp, requests } = setUpApi()
    await verifier.verify(await order())
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(await order({ header: { kid: 'unknown' } })))
    idp.clock.advance(1)
    idp.keys.rotate()
    let done = false
    const first = verifier.verify(await order()).finally(() => {
      done = true
    })
    await until(() => vi.getTimerCount() === 1)
    await vi.advanceTimersByTimeAsync(8_999)
    expect(done).toBe(false)
    idp.clock.advance(9)
    await vi.advanceTimersByTimeAsync(1)
    await expect(first).resolves.toBeDefined()
    expect(keyFetches(requests)).toBe(3)
  })

  test('looks again for a token that came while keys were being loaded', async () => {
    let release = () => {}
    let rotated = false
    const api = setUpApi(
      {},
      {
        intercept: (url) => {
          if (!isJwks(url) || rotated) return undefined
          return new Promise((resolve) => {
            release = () => resolve(Response.json({ keys: old }))
          })
        },
      },
    )
    const old = await publishedKeys(api)
    const first = api.verifier.verify(await api.order())
    await vi.waitFor(() => expect(keyFetches(api.requests)).toBe(1))
    api.idp.keys.rotate()
    const second = api.verifier.verify(await api.order())
    rotated = true
    release()
    await expect(first).resolves.toBeDefined()
    await expect(second).resolves.toBeDefined()
    expect(keyFetches(api.requests)).toBe(2)
  })

  test('calls a kid unknown only after it has looked', async () => {
    const { verifier, order, idp, requests } = setUpApi()
    const token = await order({ header: { kid: 'unknown' } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(token))
    expect(keyFetches(requests)).toBe(1)
    idp.faults.always('jwks-status-500')
    idp.clock.advance(10)
    await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(token))
  })

  test('follows a new key under the old kid, and then refuses the old one (API complaint 3)', async () => {
    const api = setUpApi({}, { intercept: publishing(() => [published]) })
    const kid = api.idp.keys.kid
    let [published = {}] = await publishedKeys(api)
    const old = await api.order()
    await api.verifier.verify(old)
    api.idp.keys.rotate()
    published = { ...(await publishedKeys(api))[0], kid }
    await expect(api.verifier.verify(await api.order({ header: { kid } }))).resolves.toBeDefined()
    api.idp.clock.advance(10)
    await failure('OIDC_TOKEN_SIGNATURE_INVALID', api.verifier.verify(old))
  })

  test('loads keys at most twice in 10 s for forged signatures, and calls them invalid all the time', async () => {
    const { verifier, order, idp, requests } = setUpApi()
    await verifier.verify(await order())
    idp.faults.always('access-token-signature-foreign-key')
    const forged = await order()
    idp.faults.clear()
    for (let count = 0; count < 20; count += 1) {
      await failure('OIDC_TOKEN_SIGNATURE_INVALID', verifier.verify(forged))
    }
    expect(keyFetches(requests)).toBe(2)
    idp.faults.always('jwks-status-500')
    idp.clock.advance(10)
    await failure('OIDC_TOKEN_SIGNATURE_INVALID', verifier.verify(forged))
  })

  test('refuses tokens of a key that is no longer published, once its keys are old', async () => {
    const { verifier, order, idp } = setUpApi({}, { config: { compat: { metadataCacheControl: 'max-age=60' } } })
    const token = await order({ expiresInSeconds: 3600 })
    await verifier.verify(token)
    const { kid } = idp.keys
    idp.keys.rotate()
    idp.keys.drop(kid)
    await expect(verifier.verify(token)).resolves.toBeDefined()
    idp.clock.advance(121)
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(token))
  })

  test.each([
    ['no-store', 600],
    ['no-store, max-age=3600', 600],
    ['public', 600],
    ['public, max-age=3600', 3600],
    ['No-Store, Max-Age=3600', 600],
    ['Public, Max-Age=3600', 3600],
    ['max-age="3600"', 3600],
    ['max-age=', 600],
    ['max-age=soon', 600],
    ['max-age=0', 60],
    ['max-age=1', 60],
    ['max-age=99999999', 86_400],
  ])(
    'keeps keys with Cache-Control "%s" for %d s (N-25, DESIGN 24, case E-42)',
    async (metadataCacheControl, seconds) => {
      const { verifier, order, idp, requests } = setUpApi({}, { config: { compat: { metadataCacheControl } } })
      await verifier.verify(await order())
      idp.clock.advance(seconds)
      await verifier.verify(await order())
      expect(keyFetches(requests)).toBe(1)
      idp.clock.advance(1)
      await verifier.verify(await order())
      await vi.waitFor(() => expect(keyFetches(requests)).toBe(2))
    },
  )

  test('serve past their age for as long as is configured, and no second longer (API behaviour 18)', async () => {
    for (const maxStaleSeconds of [0, 60]) {
      const { verifier, order, idp } = setUpApi({ maxStaleSeconds })
      await verifier.verify(await order())
      idp.faults.always('jwks-status-500')
      idp.clock.advance(600 + maxStaleSeconds)
      await expect(verifier.verify(await order())).resolves.toBeDefined()
      idp.clock.advance(1)
      await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
    }
  })

  test('are loaded anew when the clock was set back, and no earlier than a clock that stands allows', async () => {
    const { verifier, order, idp, requests } = setUpApi()
    const claims = { iat: undefined, nbf: undefined }
    await verifier.verify(await order({ claims }))
    idp.clock.advance(-601)
    await verifier.verify(await order({ claims }))
    await vi.waitFor(() => expect(keyFetches(requests)).toBe(2))
  })

  test('tells how long the next try has to wait, rounded up (RFC 9110 10.2.3)', async () => {
    const { verifier, order, idp, requests } = setUpApi()
    idp.faults.always('jwks-status-500')
    const waits: unknown[] = []
    for (const seconds of [0, 0.4, 3, 6, 0.5]) {
      idp.clock.advance(seconds)
      const error = await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
      waits.push((error as { retryAfterSeconds?: number }).retryAfterSeconds)
    }
    expect(waits).toEqual([10, 10, 7, 1, 1])
    expect(keyFetches(requests)).toBe(2)
    idp.clock.advance(0.1)
    await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
    expect(keyFetches(requests)).toBe(4)
  })

  test('serves with the keys it has while new ones can not be loaded, for a day (API complaint 1; case E-31; API behaviour 18)', async () => {
    const { verifier, order, idp, requests } = setUpApi()
    await verifier.verify(await order())
    idp.faults.always('jwks-status-500')
    // Two tries each time, for which nobody waits, and none more within ten seconds.
    for (const [index, seconds] of [601, 3600, 86_400 - 3600 - 2].entries()) {
      idp.clock.advance(seconds)
      await expect(verifier.verify(await order())).resolves.toBeDefined()
      await vi.waitFor(() => expect(keyFetches(requests)).toBe(3 + 2 * index))
    }
    await Promise.all([order(), order()].map(async (token) => verifier.verify(await token)))
    expect(keyFetches(requests)).toBe(7)
    idp.clock.advance(700)
    await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(await order()))
    idp.faults.clear()
    idp.clock.advance(10)
    await expect(verifier.verify(await order())).resolves.toBeDefined()
  })
})
