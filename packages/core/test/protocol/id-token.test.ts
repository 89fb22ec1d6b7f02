import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAtHash, checkIdToken } from '../../src/protocol/id-token.ts'
import { readJwsText } from '../../src/protocol/jws-text.ts'

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const jws = (header: unknown, payload: unknown, signature = 'c2ln') =>
  `${encode(header)}.${encode(payload)}.${signature}`

const client = { clientId: 'app' }
const now = 1_800_000_000
const good = { iss: 'https://id.example', sub: 'u', aud: 'app', iat: now, exp: now + 600, nonce: 'n' }
const check = (claims: object, header: object = { alg: 'RS256' }, more: object = {}) =>
  checkIdToken(jws(header, claims), { ...client, ...more }, { issuer: good.iss, nonce: 'n', serverTimeSeconds: now })

describe('checkIdToken', () => {
  it.each([
    ['aud as text (S-106)', {}],
    ['aud as a list of one (case A-FAP-13; S-106)', { aud: ['app'] }],
    ['azp of this client', { azp: 'app' }],
    ['iat within the tolerance (S-107)', { iat: now + 30, exp: now + 600 }],
    ['exp within the tolerance (S-108)', { exp: now - 29 }],
    ['nbf now', { nbf: now }],
  ])('accepts %s', (_name, change) => {
    expect(check({ ...good, ...change }).sub).toBe('u')
  })

  it.each([
    ['iss as a list', { iss: ['https://id.example'] }, 'ISS_MISMATCH'],
    ['iss with a slash more (S-105)', { iss: 'https://id.example/' }, 'ISS_MISMATCH'],
    ['sub empty', { sub: '' }, 'SUB_MISSING'],
    ['sub as number', { sub: 7 }, 'SUB_MISSING'],
    ['aud empty (case B-06)', { aud: [] }, 'AUD_MISMATCH'],
    ['aud with ours as a part (case B-08; S-106)', { aud: 'my-app' }, 'AUD_MISMATCH'],
    ['aud as object (case B-07)', { aud: { app: 1 } }, 'AUD_MISMATCH'],
    ['two audiences without azp', { aud: ['app', 'other'] }, 'AUDIENCES_AZP_MISMATCH'],
    ['two audiences, one untrusted (case A-FAP-06)', { aud: ['app', 'other'], azp: 'app' }, 'AUD_UNTRUSTED'],
    ['azp empty', { azp: '' }, 'AZP_MISMATCH'],
    ['exp as text (case B-13)', { exp: `${now + 600}` }, 'CLAIM_INVALID'],
    ['exp beyond all years (case B-14)', { exp: 1e99 }, 'CLAIM_INVALID'],
    ['iat negative', { iat: -1 }, 'CLAIM_INVALID'],
    ['nbf as text', { nbf: 'now' }, 'CLAIM_INVALID'],
    ['auth_time as text', { auth_time: 'now' }, 'CLAIM_INVALID'],
    ['exp beyond the tolerance (S-108)', { exp: now - 30 }, 'EXPIRED'],
    ['iat in the future (S-107)', { iat: now + 31 }, 'NOT_YET_VALID'],
    ['nbf in the future (case B-19)', { nbf: now + 31 }, 'NOT_YET_VALID'],
    ['auth_time in the future', { auth_time: now + 31 }, 'NOT_YET_VALID'],
    ['nonce in another case (case B-25)', { nonce: 'N' }, 'NONCE_MISMATCH'],
    ['nonce empty', { nonce: '' }, 'NONCE_MISMATCH'],
    ['nonce as number', { nonce: 7 }, 'NONCE_MISMATCH'],
  ])('refuses %s', (_name, change, rule) => {
    expect(() => check({ ...good, ...change })).toThrow(expect.objectContaining({ code: `OIDC_ID_TOKEN_${rule}` }))
  })

  it('raises OIDC_ID_TOKEN_AUD_UNTRUSTED for an audience that is not trusted, and accepts a trusted one', () => {
    const claims = { ...good, aud: ['app', 'project'], azp: 'app' }
    expect(() => check(claims)).toThrow(expect.objectContaining({ code: 'OIDC_ID_TOKEN_AUD_UNTRUSTED' }))
    expect(check(claims, undefined, { trustedAudiences: ['project'] }).sub).toBe('u')
  })

  it.each(['none', 'None', 'HS256', 'RS384', 'rs256', '', undefined])('refuses alg %s (case E-01; S-092)', (alg) => {
    expect(() => check(good, { alg })).toThrow(expect.objectContaining({ code: 'OIDC_ID_TOKEN_ALG_MISMATCH' }))
  })

  it.each(['at+jwt', 'logout+jwt', 'JOSE', 7])('refuses typ %s (case B-38)', (typ) => {
    expect(() => check(good, { alg: 'RS256', typ })).toThrow(
      expect.objectContaining({ code: 'OIDC_ID_TOKEN_TYP_MISMATCH' }),
    )
  })

  it.each(['JWT', 'jwt', 'application/jwt'])('accepts typ %s (case B-40)', (typ) => {
    expect(check(good, { alg: 'RS256', typ }).sub).toBe('u')
  })

  it('refuses critical extensions (case E-14)', () => {
    expect(() => check(good, { alg: 'RS256', crit: ['b64'], b64: false })).toThrow(
      expect.objectContaining({ code: 'OIDC_ID_TOKEN_TYP_MISMATCH' }),
    )
  })

  it.each([true, false])('refuses b64 %s without crit (case E-16)', (b64) => {
    expect(() => check(good, { alg: 'RS256', b64 })).toThrow(
      expect.objectContaining({ code: 'OIDC_ID_TOKEN_TYP_MISMATCH' }),
    )
  })
})

describe('checkAtHash', () => {
  it.each([
    ['RS256', 'sha256'],
    ['PS384', 'sha384'],
    ['ES512', 'sha512'],
    ['EdDSA', 'sha512'],
    ['Ed25519', 'sha512'],
  ] as const)('hashes for %s with %s (case B-35)', async (idTokenSignedResponseAlg, name) => {
    const client = { clientId: 'app', idTokenSignedResponseAlg }
    const digest = createHash(name).update('token').digest()
    const claims = { ...good, at_hash: digest.subarray(0, digest.length / 2).toString('base64url') }
    await checkAtHash(claims, client, 'token')
    await expect(checkAtHash(claims, client, 'other')).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_AT_HASH_MISMATCH' })
  })
})

describe('readJwsText', () => {
  const read = (token: string, maxLength = 8192) =>
    readJwsText(
      token,
      maxLength,
      () => {
        throw new Error('refused')
      },
      () => {},
    )

  it('reads an object', () => {
    expect(read(jws({ alg: 'x' }, { sub: 'ü', nested: [{ a: ':' }, '"a":'] }))).toEqual({
      sub: 'ü',
      nested: [{ a: ':' }, '"a":'],
    })
  })

  it.each([
    ['two parts', 'e30.e30'],
    ['four parts (case E-25)', 'e30.e30.c2ln.c2ln'],
    ['an empty signature', 'e30.e30.'],
    ['padding', `${encode('{"a":1}')}==.e30.c2ln`],
    ['unused bits set (case E-22)', 'e30.e31.c2ln'],
    ['unused bits set in the signature', 'e30.e30.c2lo1'],
    ['standard base64', 'e30.eyJhIjoi/+8ifQ.c2ln'],
    ['white space', ' e30.e30.c2ln'],
    ['a list', jws({}, [])],
    ['null', jws({}, null)],
    ['a repeated member', jws({}, '{"sub":"a","sub":"b"}')],
    ['a repeated member behind an escape', jws({}, '{"sub":"a","\\u0073ub":"b"}')],
    ['a repeated nested member', jws({}, '{"a":{"b":1,"b":2}}')],
    [
      'bytes that are not UTF-8',
      `e30.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.c2ln`,
    ],
    ['a byte order mark', jws({}, '\ufeff{}')],
    ['a JSON serialisation (case E-21)', '{"payload":"e30","signature":"c2ln"}'],
  ])('refuses %s', (_name, token) => {
    expect(() => read(token)).toThrow('refused')
  })

  it('refuses a text over the limit before decoding it (case E-24)', () => {
    expect(() => read(jws({}, { a: 'x'.repeat(100) }), 100)).toThrow('refused')
    expect(() => read('.'.repeat(1e6))).toThrow('refused')
  })

  it('keeps members named like prototype members as own ones (case L-50)', () => {
    const payload = read(jws({}, '{"__proto__":{"admin":true},"constructor":1}'))
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype)
    expect(Object.keys(payload)).toEqual(['__proto__', 'constructor'])
  })

  it('reads every JSON object as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value)
        expect(read(jws({}, text), 1e6)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('reads exactly one text for each byte string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(63), (bytes, change) => {
        const signature = Buffer.from(bytes).toString('base64url')
        expect(read(`e30.e30.${signature}`)).toEqual({})
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
        const other = signature.slice(0, -1) + alphabet[change]
        fc.pre(Buffer.from(other, 'base64url').equals(Buffer.from(signature, 'base64url')) && other !== signature)
        expect(() => read(`e30.e30.${other}`)).toThrow('refused')
      }),
      { numRuns: 200 },
    )
  })
})
