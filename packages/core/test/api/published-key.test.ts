import type { MockIdp } from '@countersign/mock-idp'
import { base64url } from 'jose'
import { describe, expect, test } from 'vitest'
import type { VerifierEvent } from '../../src/api/index.ts'
import { type KeySkipReason, readPublishedKey } from '../../src/api/published-key.ts'
import { createWebSignatures } from '../../src/api/web-signatures.ts'
import { failure, setUpApi } from './api-fixture.ts'

const signatures = createWebSignatures()

function reasonFor(jwk: unknown): KeySkipReason | undefined {
  let reason: KeySkipReason | undefined
  const key = readPublishedKey(jwk, signatures, (given) => {
    reason = given
  })
  expect(key === undefined).toBe(reason !== undefined)
  return reason
}

/** The product of the first 126 primes, which the library of CVE-2017-15361 takes for keys of 2048 bits. */
function primorial(): bigint {
  let product = 1n
  for (let candidate = 2, count = 0; count < 126; candidate += 1) {
    if (Array.from({ length: candidate - 2 }, (_, index) => candidate % (index + 2)).includes(0)) continue
    product *= BigInt(candidate)
    count += 1
  }
  return product
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let left = exponent, square = base % modulus; left > 0n; left >>= 1n, square = (square * square) % modulus) {
    if (left & 1n) result = (result * square) % modulus
  }
  return result
}

/** A modulus of 2048 bits as that library makes them; whether its factors are prime changes nothing of its fingerprint. */
function rocaModulus(): bigint {
  const product = primorial()
  const factor = (exponent: bigint) => {
    const rest = power(65_537n, exponent, product)
    return ((3n << 1022n) / product) * product + rest
  }
  return factor(0x1234_5678_9abcn) * factor(0xfedc_ba98_7654n)
}

function rsaKey(modulus: bigint): object {
  const hex = modulus.toString(16)
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  )
  return { kty: 'RSA', e: 'AQAB', n: base64url.encode(bytes) }
}

describe('a key of the library of CVE-2017-15361, whose factors can be found', () => {
  test('is left aside', () => {
    const modulus = rocaModulus()
    expect(modulus.toString(2)).toHaveLength(2048)
    expect(reasonFor(rsaKey(modulus))).toBe('roca')
    expect(reasonFor(rsaKey(modulus + 2n))).toBeUndefined()
  })

  test('is known by the residues of its modulus, so that ordinary keys pass', async () => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) }
    for (const modulusLength of [2048, 2048, 3072]) {
      const { publicKey } = await crypto.subtle.generateKey({ ...algorithm, modulusLength }, true, ['sign', 'verify'])
      // As it would be published: workerd exports further members without a value.
      const jwk = JSON.parse(JSON.stringify(await crypto.subtle.exportKey('jwk', publicKey)))
      expect(reasonFor(jwk)).toBeUndefined()
    }
    const start = rocaModulus()
    const passing = Array.from({ length: 3000 }, (_, index) => reasonFor(rsaKey(start + 2n * BigInt(index + 1))))
    expect(passing.filter((reason) => reason !== undefined)).toEqual([])
  })
})

test('a key of CVE-2017-15361 in a set spoils no other key, and is told of', async () => {
  const events: VerifierEvent[] = []
  const keysOf = async ({ origin, projectId, fetch }: MockIdp): Promise<readonly object[]> =>
    (await (await fetch(new Request(`${origin}/${projectId}/.well-known/jwks.json`))).json()).keys
  const api = setUpApi(
    { onEvent: (event) => events.push(event), jwksUri: 'https://idp.example/keys' },
    {
      intercept: (url) =>
        url.endsWith('/keys')
          ? keysOf(api.idp).then((keys) => Response.json({ keys: [rsaKey(rocaModulus()), ...keys] }))
          : undefined,
    },
  )
  await api.verifier.verify(await api.order())
  expect(events).toContainEqual(expect.objectContaining({ kind: 'key-fetch', keys: 1, skipped: ['roca'] }))
})

test('a key set that has only such a key verifies nothing, until there is another', async () => {
  const api = setUpApi()
  api.idp.faults.always('jwks-modulus-roca')
  await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
  api.idp.faults.clear()
  api.idp.clock.advance(10)
  await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
})

/** A number of so many bits, all of them set. */
function ones(bits: number): string {
  const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff)
  bytes[0] = 0xff >> (8 * bytes.length - bits)
  return bytes.toString('base64url')
}

const rsa = { kty: 'RSA', kid: 'one', n: ones(2048), e: 'AQAB' }
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const ec = { kty: 'EC', crv: 'P-256', x: ones(256), y: ones(256) }

describe('a member of a key set', () => {
  test.each<[string, object, readonly string[]]>([
    ['an RSA key', rsa, rsaAlgorithms],
    ['a P-256 key', ec, ['ES256']],
    ['a P-384 key', { ...ec, crv: 'P-384', x: ones(384), y: ones(384) }, ['ES384']],
    ['a P-521 key', { ...ec, crv: 'P-521', x: ones(528), y: ones(528) }, ['ES512']],
    ['an Ed25519 key', { kty: 'OKP', crv: 'Ed25519', x: ones(256) }, ['EdDSA', 'Ed25519']],
    ['a key that names its algorithm', { ...rsa, alg: 'PS384' }, ['PS384']],
    ['a key without kid', { ...rsa, kid: undefined }, rsaAlgorithms],
    ['a key for signatures', { ...rsa, use: 'sig', key_ops: ['sign', 'verify'] }, rsaAlgorithms],
    ['an RSA key of 8192 bits', { ...rsa, n: ones(8192) }, rsaAlgorithms],
    ['an RSA key with the exponent 3', { ...rsa, e: 'Aw' }, rsaAlgorithms],
    ['an RSA key with an exponent of 32 bits', { ...rsa, e: '_____w' }, rsaAlgorithms],
  ])('that is %s may be used, with its algorithms', (_, member, algorithms) => {
    expect(readPublishedKey(member, signatures)?.algorithms).toEqual(algorithms)
  })

  test.each<[string, unknown, KeySkipReason]>([
    ['null', null, 'malformed'],
    ['a text', 'key', 'malformed'],
    ['a key whose kid is a number', { ...rsa, kid: 1 }, 'malformed'],
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map((name): [string, object, KeySkipReason] => [
      `a key with the secret member ${name}`,
      { ...rsa, [name]: 'AQAB' },
      'secret',
    ]),
    ['a key for encryption', { ...rsa, use: 'enc' }, 'use'],
    ['a key for signing alone', { ...rsa, key_ops: ['sign'] }, 'use'],
    ['a key whose operations are a text', { ...rsa, key_ops: 'verify' }, 'use'],
    ['a key of another algorithm', { ...rsa, alg: 'ES256' }, 'unknown'],
    ['a key of a symmetric algorithm', { ...rsa, alg: 'HS256' }, 'unknown'],
    ['a key for wrapping', { kty: 'RSA', key_ops: ['wrapKey'] }, 'use'],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }, 'secret'],
    ['a curve of another field', { kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA' }, 'unknown'],
    ['a key without type', { ...rsa, kty: undefined }, 'unknown'],
    ['an RSA key of 2047 bits', { ...rsa, n: ones(2047) }, 'weak'],
    ['an RSA key of 8193 bits', { ...rsa, n: ones(8193) }, 'weak'],
    ['an RSA key with a zero in front', { ...rsa, n: `AAAA${ones(2048)}` }, 'weak'],
    ['an RSA key with a zero in front of its exponent', { ...rsa, e: 'AAEAAQ' }, 'weak'],
    ['an RSA key with the exponent 1', { ...rsa, e: 'AQ' }, 'weak'],
    ['an RSA key with an even exponent', { ...rsa, e: 'Ag' }, 'weak'],
    ['an RSA key with an exponent of 40 bits', { ...rsa, e: ones(40) }, 'weak'],
    ['an RSA key with an empty exponent', { ...rsa, e: '' }, 'weak'],
    ['a curve that does not exist here', { ...ec, crv: 'P-192', x: '', y: '' }, 'unknown'],
    ['a curve with the name of a member of objects', { ...ec, crv: 'constructor' }, 'unknown'],
    ['an EC key of another length', { ...ec, x: ones(248) }, 'unknown'],
    ['an EC key with half a point', { ...ec, y: ones(248) }, 'unknown'],
    ['an EC curve for another type', { ...ec, kty: 'OKP' }, 'unknown'],
    ['an Ed25519 key of another length', { kty: 'OKP', crv: 'Ed25519', x: ones(248) }, 'unknown'],
    ['an Ed25519 key of another type', { kty: 'EC', crv: 'Ed25519', x: ones(256) }, 'unknown'],
    ['an Ed448 key', { kty: 'OKP', crv: 'Ed448', x: ones(456) }, 'unknown'],
  ])('that is %s is left aside', (_, member, reason) => {
    expect(reasonFor(member)).toBe(reason)
  })

  test('is another key when its kid, its algorithm or its numbers are others, and the same whatever else it holds', () => {
    const print = (changes: object) => readPublishedKey({ ...rsa, ...changes }, signatures)?.fingerprint
    const prints = [{}, { kid: 'two' }, { kid: undefined }, { alg: 'RS256' }, { n: ones(2056) }, { e: 'Aw' }].map(print)
    expect(new Set(prints).size).toBe(prints.length)
    expect(print({ x5t: 'AAAA', nbf: 7 })).toBe(prints[0])
  })
})
