import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { challengeFor, createDpopProofVerifier, createMemoryStore, type SharedStore } from '../../src/api/index.ts'
import { type ErrorCode, NetworkError, scope } from '../../src/index.ts'
import { failure, forge } from './api-fixture.ts'
import {
  baseUrl,
  createProofKey,
  dpopRequest,
  makeProof,
  orderBoundToken,
  type ProofChanges,
  setUpDpop,
} from './dpop-fixture.ts'

const fixture = await setUpDpop()
const { idp, verifier, key, token, prove, authenticate } = fixture
const otherKey = await createProofKey()
const rsaKey = await createProofKey('RS256')
const largerKey = await createProofKey('ES384')
const now = Math.floor(idp.clock.now() / 1000)

/** What the error of a rule names for the log. */
const claimOf: Readonly<Partial<Record<ErrorCode, string>>> = {
  OIDC_DPOP_TYP_REFUSED: 'typ',
  OIDC_DPOP_ALG_REFUSED: 'alg',
  OIDC_DPOP_KEY_REFUSED: 'jwk',
  OIDC_DPOP_JKT_MISMATCH: 'jkt',
  OIDC_DPOP_HTM_MISMATCH: 'htm',
  OIDC_DPOP_HTU_MISMATCH: 'htu',
  OIDC_DPOP_IAT_REFUSED: 'iat',
  OIDC_DPOP_ATH_MISMATCH: 'ath',
}

describe('a proof at an API', () => {
  test('opens it with the same result as a Bearer token (API behaviour 26, case K-10.3.5)', async () => {
    const { claims, subject, can } = await authenticate()
    expect(claims.cnf).toEqual({ jkt: key.thumbprint })
    expect(subject).toBe('mock-service')
    expect(can(scope('contacts.read')).allowed).toBe(true)
  })

  test.each<[string, ErrorCode, ProofChanges, claim?: string]>([
    ['another typ', 'OIDC_DPOP_TYP_REFUSED', { header: { typ: 'JWT' } }],
    ['no typ', 'OIDC_DPOP_TYP_REFUSED', { header: { typ: undefined } }],
    ['a typ around application/', 'OIDC_DPOP_TYP_REFUSED', { header: { typ: 'dpop+application/jwt' } }],
    ['another algorithm (case F-47)', 'OIDC_DPOP_ALG_REFUSED', { header: { alg: 'ES384' }, signedBy: largerKey }],
    ['no jwk (case F-49)', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: undefined } }],
    ['a kid in place of jwk (case F-49)', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: undefined, kid: 'one' } }],
    ['a symmetric key (case F-49)', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }],
    ['a list as jwk', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: [key.jwk] } }],
    ['a private key', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: { ...key.jwk, d: 'AAAA' } } }],
    ['a key for encryption', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: { ...key.jwk, use: 'enc' } } }],
    ['another curve', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: { ...key.jwk, crv: 'P-384' } } }],
    ['a key of another type', 'OIDC_DPOP_KEY_REFUSED', { header: { jwk: { ...key.jwk, kty: 'OKP' } } }],
    [
      'another key than that of the token',
      'OIDC_DPOP_JKT_MISMATCH',
      { header: { jwk: otherKey.jwk }, signedBy: otherKey },
    ],
    ['a signature by another key (case F-56)', 'OIDC_DPOP_SIGNATURE_INVALID', { signedBy: otherKey }],
    ['another method', 'OIDC_DPOP_HTM_MISMATCH', { claims: { htm: 'POST' } }],
    ['the method in lower case (case F-50)', 'OIDC_DPOP_HTM_MISMATCH', { claims: { htm: 'get' } }],
    ['another path (case F-50)', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: `${baseUrl}/files` } }],
    ['a trailing slash (case F-50)', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: `${baseUrl}/contacts/` } }],
    ['another host', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: 'https://evil.example/contacts' } }],
    ['another scheme', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: 'http://api.example.com/contacts' } }],
    ['another port', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: `${baseUrl}:8443/contacts` } }],
    ['a user in the address', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: 'https://me@api.example.com/contacts' } }],
    ['a password in the address', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: 'https://:p@api.example.com/contacts' } }],
    ['a path alone', 'OIDC_DPOP_HTU_MISMATCH', { claims: { htu: '/contacts' } }],
    ['an iat 61 s ago', 'OIDC_DPOP_IAT_REFUSED', { claims: { iat: now - 61 } }],
    ['an iat in 61 s', 'OIDC_DPOP_IAT_REFUSED', { claims: { iat: now + 61 } }],
    ['the hash of another token', 'OIDC_DPOP_ATH_MISMATCH', { claims: { ath: 'A'.repeat(43) } }],
    ...['jti', 'htm', 'htu', 'iat', 'ath'].map((name): [string, ErrorCode, ProofChanges] => [
      `no ${name}`,
      'OIDC_DPOP_PROOF_MALFORMED',
      { claims: { [name]: undefined } },
    ]),
    ['an empty jti', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { jti: '' } }],
    ['a jti of 257 characters', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { jti: 'j'.repeat(257) } }],
    ['an iat as text', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { iat: String(now) } }],
    ['an iat of 0', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { iat: 0 } }],
    ['an iat of 1', 'OIDC_DPOP_IAT_REFUSED', { claims: { iat: 1 } }],
    ['an iat beyond all time', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { iat: 1e11 } }],
    ['an iat in the year 5138', 'OIDC_DPOP_IAT_REFUSED', { claims: { iat: 1e11 - 1 } }],
    ['an exp 30 s ago', 'OIDC_DPOP_LIFETIME_REFUSED', { claims: { exp: now - 30 } }, 'exp'],
    ['an nbf in 31 s', 'OIDC_DPOP_LIFETIME_REFUSED', { claims: { nbf: now + 31 } }, 'nbf'],
    ...['exp', 'nbf'].flatMap((name) =>
      [String(now), null, 0, 1e11].map((time): [string, ErrorCode, ProofChanges] => [
        `${name} ${JSON.stringify(time)}`,
        'OIDC_DPOP_PROOF_MALFORMED',
        { claims: { [name]: time } },
      ]),
    ),
    ['an htm of 65 characters', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { htm: 'G'.repeat(65) } }],
    ['an htm of 64 characters', 'OIDC_DPOP_HTM_MISMATCH', { claims: { htm: 'G'.repeat(64) } }],
    ['an ath of 65 characters', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { ath: 'A'.repeat(65) } }],
    ['an ath of 64 characters', 'OIDC_DPOP_ATH_MISMATCH', { claims: { ath: 'A'.repeat(64) } }],
    ['5000 characters', 'OIDC_DPOP_PROOF_MALFORMED', { claims: { more: 'm'.repeat(5000) } }],
  ])('is refused with %s (RFC 9449 4.3; API behaviour 26)', async (_, code, changes, claim?: string) => {
    const error = await failure(code, authenticate(changes))
    expect(error).toMatchObject({ claim: claimOf[code] ?? claim })
    expect(challengeFor(error)).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': expect.stringMatching(/^DPoP realm="api", error="invalid_dpop_proof", .*algs="ES256 /),
      },
    })
    // The twin: the same request with nothing changed.
    await expect(authenticate()).resolves.toBeDefined()
  })

  test.each(['none', 'HS256', 'RS1'])('is refused with alg %s before its key is looked at (case F-47)', async (alg) => {
    const forged = forge(await prove(), { header: JSON.stringify({ alg, typ: 'dpop+jwt', jwk: key.jwk }) })
    await failure('OIDC_DPOP_ALG_REFUSED', verifier.authenticate(dpopRequest(token, forged)))
  })

  test.each([{ crit: ['exp'] }, { b64: false }])('is refused with the critical extension %j', async (extension) => {
    const header = JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...extension })
    const request = dpopRequest(token, forge(await prove(), { header }))
    const error = await failure('OIDC_DPOP_ALG_REFUSED', verifier.authenticate(request))
    expect(error).toMatchObject({ claim: 'crit' })
  })

  test.each(['dpop+jwt', 'DPoP+JWT', 'application/dpop+jwt', 'Application/Dpop+Jwt'])(
    'may have the typ %s, which is a media type (RFC 7515 4.1.9)',
    async (typ) => {
      await expect(authenticate({ header: { typ } })).resolves.toBeDefined()
    },
  )

  test.each<[string, () => Promise<string | undefined>, ErrorCode]>([
    ['twice', async () => `${await prove()}, ${await prove()}`, 'OIDC_DPOP_PROOF_REPEATED'],
    ['not at all', async () => undefined, 'OIDC_DPOP_PROOF_MISSING'],
    ['as an empty text', async () => '', 'OIDC_DPOP_PROOF_MISSING'],
    ['as text that is no JWS', async () => 'proof', 'OIDC_DPOP_PROOF_MALFORMED'],
    [
      'with repeated members',
      async () => forge(await prove(), { payload: '{"jti":"a","jti":"b"}' }),
      'OIDC_DPOP_PROOF_MALFORMED',
    ],
  ])('is refused when it comes %s (case F-45)', async (_, make, code) => {
    await failure(code, verifier.authenticate(dpopRequest(token, await make())))
  })

  test('is refused when Node shows it twice (case F-45)', async () => {
    const headers = { authorization: `DPoP ${token}`, dpop: [await prove(), await prove()] }
    const request = { method: 'GET', url: '/contacts', headers }
    await failure('OIDC_DPOP_PROOF_REPEATED', verifier.authenticate(request))
    const once = { ...request, headers: { ...headers, dpop: headers.dpop[0] } }
    await expect(verifier.authenticate(once)).resolves.toBeDefined()
  })

  test.each([
    ['an upper-case host and the default port', 'HTTPS://API.example.com:443/contacts'],
    ['a query and a fragment', `${baseUrl}/contacts?page=2#top`],
    ['escapes of plain letters', `${baseUrl}/%63%6Fnt%61cts`],
    ['escapes in small letters', `${baseUrl}/c%6fntacts`],
    ['dot segments', `${baseUrl}/files/../contacts`],
  ])('may name the address with %s (RFC 9449 4.3, RFC 3986 6.2.2; case F-50)', async (_, htu) => {
    await expect(authenticate({ claims: { htu } })).resolves.toBeDefined()
  })

  test('takes proofs at the edges of its window', async () => {
    await expect(authenticate({ claims: { iat: now - 60 } })).resolves.toBeDefined()
    await expect(authenticate({ claims: { iat: now + 60 } })).resolves.toBeDefined()
  })

  test('may say itself until when it is good, and from when (RFC 9449 4.2, RFC 7519 4.1.4 and 4.1.5)', async () => {
    for (const claims of [{ exp: now - 29 }, { nbf: now + 30 }, { nbf: now - 60, exp: now + 60 }]) {
      await expect(authenticate({ claims })).resolves.toBeDefined()
    }
  })

  test('is held to its own times with no more tolerance than its window is wide', async () => {
    const narrow = await setUpDpop({ windowSeconds: 5 })
    const seconds = Math.floor(narrow.idp.clock.now() / 1000)
    await expect(narrow.authenticate({ claims: { exp: seconds - 4 } })).resolves.toBeDefined()
    await failure('OIDC_DPOP_LIFETIME_REFUSED', narrow.authenticate({ claims: { exp: seconds - 5 } }))
    await failure('OIDC_DPOP_LIFETIME_REFUSED', narrow.authenticate({ claims: { nbf: seconds + 6 } }))
  })
})

describe('the address of a request', () => {
  test('is the configured one, whatever the Host header says (API behaviour 26, API complaint 12)', async () => {
    const headers = {
      authorization: `DPoP ${token}`,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    }
    const at = async (htu: string, url = '/contacts') =>
      verifier.authenticate({ method: 'GET', url, headers: { ...headers, dpop: await prove({ claims: { htu } }) } })
    await expect(at(`${baseUrl}/contacts`)).resolves.toBeDefined()
    await failure('OIDC_DPOP_HTU_MISMATCH', at('https://evil.example/contacts'))
    await failure('OIDC_DPOP_HTU_MISMATCH', at('https://evil.example/contacts', 'https://evil.example/contacts'))
    await failure('OIDC_DPOP_HTU_MISMATCH', at('https://evil.example/contacts', '//evil.example/contacts'))
    await expect(at(`${baseUrl}/contacts`, 'http://evil.example/contacts?a')).resolves.toBeDefined()
  })

  test.each([
    '/admin/../contacts',
    '/admin/%2e%2E/contacts',
    '/admin/.%2e/contacts',
    '/./contacts',
    '/contacts/.',
    '\\contacts',
    '/admin\\..\\contacts',
    'http://api.example.com/admin/../contacts',
  ])('is not %s for a proof for /contacts, since a router takes it for another path', async (url) => {
    const at = async (path: string) =>
      verifier.authenticate({
        method: 'GET',
        url: path,
        headers: {
          authorization: `DPoP ${token}`,
          dpop: await prove({ claims: { htu: new URL(path, baseUrl).href } }),
        },
      })
    await failure('OIDC_DPOP_HTU_MISMATCH', at(url))
    for (const path of ['/contacts?next=/a/../b\\c', '/..contacts', '/contacts/...', '/%2e%2econtacts/x.json']) {
      await expect(at(path)).resolves.toBeDefined()
    }
  })

  test('counts the path that a router or a proxy took away', async () => {
    const behind = await setUpDpop({ baseUrl: 'https://example.com/api/' })
    const headers = { authorization: `DPoP ${behind.token}` }
    const claims = { htu: 'https://example.com/api/v1/contacts' }
    const request = { method: 'GET', url: '/contacts', originalUrl: '/v1/contacts?page=2' }
    await expect(
      behind.verifier.authenticate({ ...request, headers: { ...headers, dpop: await behind.prove({ claims }) } }),
    ).resolves.toBeDefined()
  })

  test('is needed: headers alone do not do for a DPoP token', async () => {
    const headers = new Headers({ authorization: `DPoP ${token}`, dpop: await prove() })
    await failure('OIDC_OPTION_INVALID', verifier.authenticate(headers))
    await failure('OIDC_OPTION_INVALID', verifier.authenticate(`DPoP ${token}`))
    const fields = Object.fromEntries(headers)
    for (const part of [{}, { method: 'GET' }, { url: '/contacts' }]) {
      await failure('OIDC_OPTION_INVALID', verifier.authenticate({ ...part, headers: fields }))
    }
    await expect(verifier.authenticate({ method: 'GET', url: '/contacts', headers: fields })).resolves.toBeDefined()
  })
})

describe('keys of proofs', () => {
  test.each(['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'])('may be of %s (case F-57)', async (alg) => {
    const { authenticate } = await setUpDpop({ clientKey: await createProofKey(alg) })
    await expect(authenticate()).resolves.toBeDefined()
  })

  test.each([
    [1024, 'OIDC_DPOP_KEY_REFUSED'],
    [8192, 'OIDC_DPOP_KEY_REFUSED'],
    [16_384, 'OIDC_DPOP_PROOF_MALFORMED'],
  ] as const)('may not be RSA keys of %i bits (case F-57)', async (bits, code) => {
    const strong = await createProofKey('RS256')
    const { authenticate } = await setUpDpop({ clientKey: strong })
    const n = Buffer.alloc(bits / 8, 0xc5).toString('base64url')
    const started = performance.now()
    await failure(code, authenticate({ header: { jwk: { ...strong.jwk, n } } }))
    expect(performance.now() - started).toBeLessThan(200)
  })

  test('may be RSA keys of 4096 bits, and not of one byte more', async () => {
    const { authenticate } = await setUpDpop()
    const proofWith = (bytes: number) => {
      const n = Buffer.alloc(bytes, 0xc5).toString('base64url')
      return authenticate({ header: { jwk: { kty: 'RSA', n, e: 'AQAB' }, alg: 'RS256' }, signedBy: rsaKey })
    }
    // The key is taken, and found to be another one than that of the token.
    await failure('OIDC_DPOP_JKT_MISMATCH', proofWith(512))
    await failure('OIDC_DPOP_KEY_REFUSED', proofWith(513))
  })

  test.each(['AQ', 'Ag', 'Aw', 'AAEAAQ'])('may not be RSA keys with the exponent %s', async (e) => {
    const strong = await createProofKey('RS256')
    const { authenticate } = await setUpDpop({ clientKey: strong })
    await failure('OIDC_DPOP_KEY_REFUSED', authenticate({ header: { jwk: { ...strong.jwk, e } } }))
  })

  test('may not be a point beside the curve', async () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
    const bound = await setUpDpop()
    // A token bound to that point, so that nothing else is wrong.
    const { calculateJwkThumbprint } = await import('jose')
    const tokenOfPoint = await orderBoundToken(bound.idp, await calculateJwkThumbprint(jwk))
    const proof = await makeProof(bound.key, tokenOfPoint, bound.idp.clock.now(), { header: { jwk } })
    await failure('OIDC_DPOP_KEY_REFUSED', bound.verifier.authenticate(dpopRequest(tokenOfPoint, proof)))
  })

  test('are of the listed algorithms alone', async () => {
    const { authenticate } = await setUpDpop({ clientKey: await createProofKey('EdDSA'), algorithms: ['ES256'] })
    await failure('OIDC_DPOP_ALG_REFUSED', authenticate())
  })
})

describe('tokens and schemes', () => {
  test.each([true, false])(
    'a bound token is refused as Bearer, DPoP configured: %s (RFC 9449 7.2)',
    async (configured) => {
      const plain = await setUpDpop({}, configured ? {} : ({ dpop: undefined } as object))
      const request = new Request(baseUrl, {
        headers: { authorization: `Bearer ${plain.token}`, dpop: await plain.prove() },
      })
      const error = await failure('OIDC_TOKEN_BOUND', plain.verifier.authenticate(request))
      expect(challengeFor(error)?.headers['www-authenticate']).toMatch(
        configured
          ? /^Bearer realm="api", error="invalid_token".*, DPoP algs="ES256 EdDSA Ed25519 RS256 PS256"$/
          : /^Bearer [^D]*$/,
      )
      await failure('OIDC_TOKEN_BOUND', plain.verifier.verify(plain.token))
    },
  )

  test('a token that is bound to a certificate is refused (case F-58)', async () => {
    const bound = await idp.tokens.accessToken({
      scope: 'contacts.read',
      claims: { cnf: { 'x5t#S256': 'A'.repeat(43) } },
    })
    await failure('OIDC_TOKEN_BOUND', verifier.authenticate(`Bearer ${bound}`))
    await failure('OIDC_TOKEN_NOT_BOUND', verifier.authenticate(dpopRequest(bound, await prove())))
  })

  test('a token that is bound to a certificate beside the key is refused, since nothing proves the certificate', async () => {
    const both = await idp.tokens.accessToken({
      scope: 'contacts.read',
      claims: { cnf: { jkt: key.thumbprint, 'x5t#S256': 'A'.repeat(43) } },
    })
    await failure(
      'OIDC_TOKEN_BOUND',
      verifier.authenticate(dpopRequest(both, await makeProof(key, both, idp.clock.now()))),
    )
    await expect(authenticate()).resolves.toBeDefined()
  })

  test('a token without binding is a Bearer token, and none of DPoP (RFC 9449 7.1)', async () => {
    const unbound = await orderBoundToken(idp)
    await expect(verifier.authenticate(`Bearer ${unbound}`)).resolves.toBeDefined()
    await failure('OIDC_TOKEN_NOT_BOUND', verifier.authenticate(dpopRequest(unbound, await prove())))
  })

  test('an API may require bound tokens (case K-10.3.5)', async () => {
    const strict = await setUpDpop({ required: true })
    const unbound = await orderBoundToken(strict.idp)
    const error = await failure('OIDC_TOKEN_NOT_BOUND', strict.verifier.authenticate(`Bearer ${unbound}`))
    expect(challengeFor(error)?.headers['www-authenticate']).toMatch(/^DPoP realm="api", error="invalid_token"/)
    await expect(strict.authenticate()).resolves.toBeDefined()
  })

  test('a request without token is told both schemes, and no error (RFC 9449 7.1)', async () => {
    const error = await failure('OIDC_TOKEN_MISSING', verifier.authenticate(new Request(baseUrl)))
    expect(challengeFor(error)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="api", DPoP algs="ES256 EdDSA Ed25519 RS256 PS256"' },
      body: {},
    })
  })

  test('a token that is not valid is said so in the challenge of DPoP', async () => {
    const request = dpopRequest(forge(token, { payload: '{}' }), await prove())
    const error = await verifier.authenticate(request).catch((reason) => reason)
    expect(challengeFor(error)?.headers['www-authenticate']).toMatch(
      /^DPoP realm="api", error="invalid_token", .*algs=/,
    )
  })
})

describe('a refusal of a request with a proof', () => {
  test('challenges for more scopes, and for another login, with the scheme of the request (RFC 9449 7.1, case F-62)', async () => {
    const caller = await authenticate()
    expect(caller.subject).toBe('mock-service')
    const answerOf = (demand: () => void) => {
      try {
        demand()
      } catch (error) {
        return challengeFor(error, { resourceMetadata: `${baseUrl}/.well-known/oauth-protected-resource` })
      }
      return undefined
    }
    const scopes = answerOf(() => caller.require(scope('contacts.write')))
    expect(scopes?.status).toBe(403)
    expect(scopes?.headers['www-authenticate']).toMatch(
      /^DPoP realm="api", error="insufficient_scope", .*scope="contacts.write", resource_metadata="[^"]+", algs="ES256 [^"]+"$/,
    )
    const login = answerOf(() => caller.requireAuthentication({ maxAgeSeconds: 60 }))
    expect(login?.status).toBe(401)
    expect(login?.headers['www-authenticate']).toMatch(/^DPoP realm="api", error="insufficient_user_authentication", /)
    expect(() => caller.require(scope('contacts.read'))).not.toThrow()
  })

  test('leaves what another request with the same token gets as it was', async () => {
    const first = await authenticate()
    const second = await authenticate()
    expect(first.claims).toBe(second.claims)
    expect(Object.isFrozen(first)).toBe(true)
  })
})

describe('a proof that was used', () => {
  test('is refused the second time (RFC 9449 11.1; API behaviour 26, API complaint 11)', async () => {
    const proof = await prove()
    await expect(verifier.authenticate(dpopRequest(token, proof))).resolves.toBeDefined()
    const replayed = await failure('OIDC_DPOP_REPLAYED', verifier.authenticate(dpopRequest(token, proof)))
    expect(replayed).toMatchObject({ claim: 'jti' })
    await failure(
      'OIDC_DPOP_REPLAYED',
      authenticate({ claims: { jti: JSON.parse(atob(proof.split('.')[1] ?? '')).jti } }),
    )
  })

  test('is refused in each of ten requests at once but one', async () => {
    const proof = await prove()
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => verifier.authenticate(dpopRequest(token, proof))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('is remembered until its window has passed for sure', async () => {
    const { idp, verifier, token, prove } = await setUpDpop({ windowSeconds: 5 })
    const proof = await prove({ claims: { iat: Math.floor(idp.clock.now() / 1000) + 5 } })
    await expect(verifier.authenticate(dpopRequest(token, proof))).resolves.toBeDefined()
    idp.clock.advance(10)
    await failure('OIDC_DPOP_REPLAYED', verifier.authenticate(dpopRequest(token, proof)))
    idp.clock.advance(1)
    await failure('OIDC_DPOP_IAT_REFUSED', verifier.authenticate(dpopRequest(token, proof)))
  })

  test('is remembered for a whole number of milliseconds, and no longer than its window is wide', async () => {
    const times: number[] = []
    const memory = createMemoryStore()
    const store: SharedStore = {
      ...memory,
      add(key, value, ttlMs) {
        times.push(ttlMs)
        return memory.add(key, value, ttlMs)
      },
    }
    const { idp, authenticate } = await setUpDpop({ store, windowSeconds: 5 })
    const now = idp.clock.now() / 1000
    for (const iat of [now + 5, now, now - 1 / 3, now - 5]) await authenticate({ claims: { iat } })
    expect(times.slice(0, 2)).toEqual([11_000, 6000])
    expect(times.every(Number.isInteger)).toBe(true)
    expect(times[3]).toBe(1000)
  })

  test('does not keep another client from the same jti', async () => {
    const jti = 'same'
    await expect(authenticate({ claims: { jti } })).resolves.toBeDefined()
    const theirs = await orderBoundToken(idp, otherKey.thumbprint)
    const proof = await makeProof(otherKey, theirs, idp.clock.now(), { claims: { jti } })
    await expect(verifier.authenticate(dpopRequest(theirs, proof))).resolves.toBeDefined()
  })

  test('fills no memory before everything else has been checked', async () => {
    const keys: string[] = []
    const memory = createMemoryStore()
    const store: SharedStore = {
      ...memory,
      add(name, ...rest) {
        keys.push(name)
        return memory.add(name, ...rest)
      },
    }
    const { authenticate, key: mine } = await setUpDpop({ store })
    await failure('OIDC_DPOP_SIGNATURE_INVALID', authenticate({ signedBy: otherKey }))
    expect(keys).toEqual([])
    await authenticate({ claims: { jti: 'j'.repeat(256) } })
    expect(keys).toEqual([expect.stringMatching(/^dpop:[\w-]{43}$/)])
    expect(keys[0]).not.toContain(mine.thumbprint)
  })

  test('opens nothing while the store does not answer: 503', async () => {
    const store = {
      ...createMemoryStore(),
      add: async () => Promise.reject(new NetworkError('OIDC_STORE_UNAVAILABLE', 'down', 'api')),
    }
    const { authenticate } = await setUpDpop({ store })
    const error = await failure('OIDC_STORE_UNAVAILABLE', authenticate())
    expect(challengeFor(error)).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
  })
})

test('errors of proofs hold neither token nor proof', async () => {
  const proof = await prove({ claims: { htm: 'POST' } })
  const error = await failure('OIDC_DPOP_HTM_MISMATCH', verifier.authenticate(dpopRequest(token, proof)))
  for (const part of [...proof.split('.'), ...token.split('.')]) {
    expect(inspect(error, { showHidden: true, depth: 9 }) + JSON.stringify(error)).not.toContain(part)
  }
})

test.each([
  [{}, /baseUrl/],
  [{ baseUrl: 'http://api.example.com' }, /baseUrl/],
  [{ baseUrl: 'https://api.example.com?x' }, /baseUrl/],
  [{ baseUrl, algorithms: ['HS256'] }, /algorithms/],
  [{ baseUrl, algorithms: [] }, /algorithms/],
  [{ baseUrl, windowSeconds: 301 }, /windowSeconds/],
  [{ baseUrl, host: 'x' }, /host/],
])('options %j are refused at creation', (options, text) => {
  expect(() => createDpopProofVerifier(options as never)).toThrow(text)
  expect(createDpopProofVerifier({ baseUrl }).required).toBe(false)
})
