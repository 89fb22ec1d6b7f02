import type { MockIdp } from '@countersign/mock-idp'
import { base64url } from 'jose'
import { describe, expect, test } from 'vitest'
import type { VerifierEvent } from '../../src/api/index.ts'
import { type KeySkipReason, readPublishedKey } from '../../src/api/published-key.ts'
import { createWebSignatures } from '../../src/api/web-signatures.ts'
import { setUpApi } from './api-fixture.ts'

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
      expect(reasonFor(await crypto.subtle.exportKey('jwk', publicKey))).toBeUndefined()
    }
    const start = rocaModulus()
    const passing = Array.from({ length: 3000 }, (_, index) => reasonFor(rsaKey(start + 2n * BigInt(index + 1))))
    expect(passing.filter((reason) => reason !== undefined)).toEqual([])
  })
})

test.each<[KeySkipReason, unknown]>([
  ['malformed', 'text'],
  ['malformed', { kty: 'oct', kid: 7 }],
  ['secret', { kty: 'oct', k: 'AAAA' }],
  ['use', { kty: 'RSA', use: 'enc' }],
  ['use', { kty: 'RSA', key_ops: ['wrapKey'] }],
  ['unknown', { kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA' }],
  ['unknown', { ...rsaKey(rocaModulus() + 2n), alg: 'HS256' }],
  ['weak', rsaKey(rocaModulus() >> 8n)],
  ['weak', { ...rsaKey(rocaModulus() + 2n), e: 'AQ' }],
])('a key that can not be used is left aside for one reason: %s', (reason, jwk) => {
  expect(reasonFor(jwk)).toBe(reason)
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
