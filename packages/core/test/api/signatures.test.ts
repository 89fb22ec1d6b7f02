import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { base64url, compactVerify, type JWK } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { createNodeSignatures } from '../../src/api/node-signatures.ts'
import { readPublishedKey } from '../../src/api/published-key.ts'
import type { Signatures } from '../../src/api/signatures.ts'
import { parseStrictObject } from '../../src/api/strict-json.ts'
import { createWebSignatures } from '../../src/api/web-signatures.ts'
import { readJwsText } from '../../src/protocol/jws-text.ts'

const node = createNodeSignatures() as Signatures
const ways: readonly (readonly [string, Signatures])[] = [
  ['node:crypto, on this thread', createNodeSignatures(Number.POSITIVE_INFINITY) as Signatures],
  ['node:crypto, on other threads', createNodeSignatures(0) as Signatures],
  ['the Web Cryptography API', createWebSignatures()],
]

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curves = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
}
const ed = generateKeyPairSync('ed25519')

function pairOf(algorithm: string): { publicKey: KeyObject; privateKey: KeyObject } {
  if (/^[RP]S/.test(algorithm)) return rsa
  return curves[algorithm as keyof typeof curves] ?? ed
}

function signWith(algorithm: string, input: string): Uint8Array<ArrayBuffer> {
  const { privateKey } = pairOf(algorithm)
  const size = Number(algorithm.slice(2))
  const hash = /^Ed/.test(algorithm) ? null : `sha${size}`
  const pss = { padding: 6, saltLength: size / 8 }
  const options = algorithm.startsWith('PS') ? pss : { dsaEncoding: 'ieee-p1363' as const }
  return new Uint8Array(sign(hash, Buffer.from(input), { key: privateKey, ...options }))
}

function jwkOf(algorithm: string): JWK {
  return pairOf(algorithm).publicKey.export({ format: 'jwk' }) as JWK
}

async function verdictsOf(jwk: JWK, algorithm: string, input: string, signature: Uint8Array<ArrayBuffer>) {
  const verdicts: boolean[] = []
  for (const [, signatures] of ways) {
    const key = readPublishedKey(jwk, signatures)
    const check = key?.algorithms.includes(algorithm) ? await key.check(algorithm) : undefined
    verdicts.push((await check?.(input, signature)) ?? false)
  }
  return verdicts
}

const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

describe.each(algorithms)('a signature with %s', (algorithm) => {
  const input = `${base64url.encode(JSON.stringify({ alg: algorithm }))}.${base64url.encode('{}')}`
  const jwk = jwkOf(algorithm)

  test('gets the same verdict on every way, and from jose', async () => {
    // Many, so that numbers with leading zeros and with a high first bit are among them.
    for (let turn = 0; turn < 40; turn += 1) {
      const signed = `${input}${'A'.repeat(4 * turn)}`
      const signature = signWith(algorithm, signed)
      expect(await verdictsOf(jwk, algorithm, signed, signature)).toEqual([true, true, true])
      expect(await verdictsOf(jwk, algorithm, input.replace('.', '.A'), signature)).toEqual([false, false, false])
    }
    const token = `${input}.${base64url.encode(signWith(algorithm, input))}`
    await expect(compactVerify(token, pairOf(algorithm).publicKey)).resolves.toBeDefined()
  })

  test('gets the same verdict on every way when it is changed, cut, filled up or zero (case L-06)', async () => {
    const signature = signWith(algorithm, input)
    const zeros = new Uint8Array(signature.length)
    const half = signature.length / 2
    const other = [
      zeros,
      new Uint8Array(),
      new Uint8Array([...signature, 0]),
      new Uint8Array([0, ...signature]),
      signature.slice(1),
      signature.slice(0, -1),
      signature.slice(0, half),
      signature.toReversed() as Uint8Array<ArrayBuffer>,
      new Uint8Array([...zeros.slice(half), ...signature.slice(half)]),
      new Uint8Array([...signature.slice(0, half), ...zeros.slice(half)]),
      new Uint8Array(signature.length).fill(255),
      ...Array.from({ length: 16 }, (_, bit) => {
        const changed = signature.slice()
        const index = (bit * 31) % changed.length
        changed[index] = (changed[index] ?? 0) ^ (1 << (bit % 8))
        return changed
      }),
    ]
    for (const wrong of other) {
      expect(await verdictsOf(jwk, algorithm, input, wrong)).toEqual([false, false, false])
    }
  })

  test('does not count under another algorithm (case E-06)', async () => {
    const signature = signWith(algorithm, input)
    const same = algorithm.startsWith('Ed') ? ['EdDSA', 'Ed25519'] : [algorithm]
    for (const wrong of algorithms.filter((name) => !same.includes(name))) {
      expect(await verdictsOf(jwk, wrong, input, signature)).toEqual([false, false, false])
    }
  })
})

test.each(['RS256', 'PS256'])(
  'a signature with %s that leaves out its leading zero counts on no way',
  async (algorithm) => {
    for (let turn = 0; ; turn += 1) {
      const input = `e30.${base64url.encode(`${turn}`)}`
      const signature = signWith(algorithm, input)
      if (signature[0] !== 0) continue
      expect(await verdictsOf(jwkOf(algorithm), algorithm, input, signature)).toEqual([true, true, true])
      expect(await verdictsOf(jwkOf(algorithm), algorithm, input, signature.slice(1))).toEqual([false, false, false])
      return
    }
  },
  30_000,
)

test('an ECDSA signature counts whatever its numbers begin with (RFC 7518 3.4)', async () => {
  // A zero in front is left out in DER, and a byte above 127 gets one.
  const wanted = new Set([0x00, 0x7f, 0x80, 0xff].flatMap((byte) => [`0 ${byte}`, `32 ${byte}`]))
  for (let turn = 0; wanted.size > 0; turn += 1) {
    const input = `e30.${base64url.encode(`${turn}`)}`
    const signature = signWith('ES256', input)
    const found = [0, 32].filter((index) => wanted.delete(`${index} ${signature[index]}`))
    if (found.length > 0)
      expect(await verdictsOf(jwkOf('ES256'), 'ES256', input, signature)).toEqual([true, true, true])
  }
}, 30_000)

describe('a published key', () => {
  const ec = jwkOf('ES256')
  const rsaJwk = jwkOf('RS256')
  const edJwk = jwkOf('EdDSA')
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' }) as JWK

  test.each<[string, object]>([
    ['an unknown kty', { ...ec, kty: 'XX' }],
    ['a curve that JWS has no algorithm for (case E-06)', secp256k1],
    ['coordinates of another curve', { ...ec, crv: 'P-384' }],
    ['a coordinate that is short by its leading zero', { ...ec, x: base64url.encode(new Uint8Array(31)) }],
    ['a coordinate in lax base64url', { ...ec, x: `${ec.x}=` }],
    ['a curve named after a member of Object', { ...ec, crv: 'constructor' }],
    ['a short Ed25519 key', { ...edJwk, x: 'AAAA' }],
    ['the curve Ed448', { ...edJwk, crv: 'Ed448' }],
    ['a modulus of 1024 bits', jwk1024()],
    [
      'a modulus that is 2048 bits long by leading zeros',
      { ...rsaJwk, n: base64url.encode(new Uint8Array(256).fill(1, 129)) },
    ],
    ['a modulus of more than 8192 bits', { ...rsaJwk, n: base64url.encode(new Uint8Array(1025).fill(255)) }],
    ['the public exponent 1 (case E-09)', { ...rsaJwk, e: 'AQ' }],
    ['an even public exponent', { ...rsaJwk, e: 'AQAA' }],
    ['a public exponent of more than 32 bits', { ...rsaJwk, e: 'AQAAAAE' }],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }],
    ['members of a private key (case E-33)', pairOf('ES256').privateKey.export({ format: 'jwk' })],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['a kid that is no text', { ...ec, kid: 7 }],
    ['an alg that does not fit it', { ...ec, alg: 'RS256' }],
    ['use enc', { ...ec, use: 'enc' }],
    ['key_ops without verify', { ...ec, key_ops: ['deriveKey'] }],
    ['key_ops that is no list', { ...ec, key_ops: 'verify' }],
  ])('with %s is left aside on every way', (_what, jwk) => {
    for (const [, signatures] of ways) expect(readPublishedKey(jwk, signatures)).toBeUndefined()
  })

  test('off its curve makes no key on any way', async () => {
    const off = { ...ec, y: base64url.encode(new Uint8Array(32).fill(7)) }
    for (const [, signatures] of ways) expect(await readPublishedKey(off, signatures)?.check('ES256')).toBeUndefined()
  })

  test('serves one algorithm when it names one, else those of its type and size', () => {
    const served = (jwk: object) => readPublishedKey(jwk, node)?.algorithms
    expect(served({ ...rsaJwk, alg: 'PS384' })).toEqual(['PS384'])
    expect(served(rsaJwk)).toEqual(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])
    expect(served(jwkOf('ES512'))).toEqual(['ES512'])
    expect(served(edJwk)).toEqual(['EdDSA', 'Ed25519'])
  })

  test('is imported once for each algorithm (API complaint 26)', async () => {
    for (const [, signatures] of ways) {
      let imports = 0
      const counting: Signatures = {
        ...signatures,
        importKey(jwk, algorithm) {
          imports += 1
          return signatures.importKey(jwk, algorithm)
        },
      }
      const key = readPublishedKey(rsaJwk, counting)
      for (const algorithm of ['RS256', 'RS256', 'PS256', 'RS256']) await key?.check(algorithm)
      expect(imports).toBe(2)
    }
  })
})

describe('signature checks on Node', () => {
  test('leave this thread once they have held it for long enough, until its next turn', async () => {
    const one = createNodeSignatures(0.001) as Signatures
    const check = await readPublishedKey(jwkOf('ES256'), one)?.check('ES256')
    const signature = signWith('ES256', 'a.b')
    const verify = () => check?.('a.b', signature)
    expect(verify()).toBe(true)
    const second = verify()
    expect(second).toBeInstanceOf(Promise)
    expect(await second).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    expect(verify()).toBe(true)
  })

  test('count as long as the first one of their turn, which alone is timed', async () => {
    const check = await readPublishedKey(jwkOf('ES256'), createNodeSignatures(2) as Signatures)?.check('ES256')
    const signature = signWith('ES256', 'a.b')
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(1).mockReturnValue(1.9)
    try {
      expect([1, 2, 3].map(() => check?.('a.b', signature))).toEqual([true, true, true])
      expect(clock).toHaveBeenCalledTimes(2)
      const fourth = check?.('a.b', signature)
      expect(fourth).toBeInstanceOf(Promise)
      expect(await fourth).toBe(true)
    } finally {
      clock.mockRestore()
    }
  })

  test('stay on this thread when one of them was interrupted, and leave it when they take longer than they did', async () => {
    const check = await readPublishedKey(jwkOf('ES256'), createNodeSignatures(2) as Signatures)?.check('ES256')
    const signature = signWith('ES256', 'a.b')
    const clock = vi.spyOn(performance, 'now')
    /** How many checks of a turn stay on this thread, of four, when the first one takes so long. */
    const stayed = async (tookMs: number): Promise<number> => {
      clock.mockReturnValueOnce(1).mockReturnValueOnce(1 + tookMs)
      const verdicts = [1, 2, 3, 4].map(() => check?.('a.b', signature))
      expect(await Promise.all(verdicts)).toEqual([true, true, true, true])
      await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setImmediate(resolve))
      return verdicts.filter((verdict) => verdict === true).length
    }
    try {
      // By the mean, that is 0.2, 0.45, 0.95 and 1.83 ms for each.
      expect(await stayed(0.2)).toBe(4)
      expect(await stayed(2.2)).toBe(4)
      expect(await stayed(4.45)).toBe(3)
      expect(await stayed(8)).toBe(2)
    } finally {
      clock.mockRestore()
    }
  })

  test('go to another thread when the text is longer than any token that a verifier takes', async () => {
    const check = await readPublishedKey(jwkOf('ES256'), node)?.check('ES256')
    for (const length of [16_384, 16_385]) {
      const input = 'a'.repeat(length)
      const verdict = check?.(input, signWith('ES256', input))
      expect(verdict instanceof Promise).toBe(length > 16_384)
      expect(await verdict).toBe(true)
      expect(await check?.(`${input.slice(0, -1)}b`, signWith('ES256', input))).toBe(false)
    }
  })

  test('are not chosen in a runtime that only looks like Node', () => {
    const { userAgent } = navigator
    try {
      for (const name of ['Deno/2.5.0', 'Bun/1.3.0', 'Cloudflare-Workers', undefined]) {
        Object.defineProperty(navigator, 'userAgent', { value: name, configurable: true })
        expect(createNodeSignatures()).toBeUndefined()
      }
    } finally {
      Object.defineProperty(navigator, 'userAgent', { value: userAgent, configurable: true })
    }
  })
})

describe('reading the text of a token', () => {
  const [, , [, web]] = ways as [unknown, unknown, (typeof ways)[number]]

  /** The strict reading that ID tokens get. */
  const reference = (part: string): unknown => {
    let payload: unknown
    try {
      readJwsText(
        `${part}.e30.AA`,
        1 << 20,
        () => expect.unreachable(),
        (header) => {
          payload = header
        },
      )
    } catch {
      return undefined
    }
    return payload
  }
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  const namesHoldBackslash = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).some(([name, member]) => name.includes('\\') || namesHoldBackslash(member))

  test('has one result on every way, and the one that ID tokens get, for any bytes', () => {
    const part = fc.oneof(
      fc.json().map(encode),
      fc.object({ withBigInt: false }).map((value) => encode(JSON.stringify(value))),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => encode(`{"a":"${Buffer.from(bytes).toString('latin1')}"}`)),
      fc
        .uint8Array({ maxLength: 9 })
        .map((bytes) => Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')]).toString('base64url')),
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc
        .tuple(fc.json(), fc.constantFrom('=', '==', '\n', ' ', '+', '/', '.', '\0', 'A'))
        .map(([json, end]) => encode(json) + end),
    )
    fc.assert(
      fc.property(part, (text) => {
        const decoded = node.decodeText(text)
        expect(web.decodeText(text)).toBe(decoded)
        expect(Buffer.from(web.decodeBytes(text) ?? 'no')).toEqual(Buffer.from(node.decodeBytes(text) ?? 'no'))
        const read = reference(text)
        // The one rule that ID tokens do not have.
        expect(parseStrictObject(decoded)).toEqual(namesHoldBackslash(read) ? undefined : read)
      }),
      { numRuns: 1000 },
    )
  }, 30_000)

  test('sees a repeated member at any depth, however it is written', () => {
    const name = fc.constantFrom('a', 'b', '\\u0061', '__proto__', '', ':', '\\"', '{')
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('1', 'null', '":"', '"\\\\"', '"\\":"', '" "'),
        fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
        fc.array(fc.tuple(name, tie('json')), { maxLength: 4 }).map((members) => {
          return `{ ${members.map(([key, value]) => `"${key}" : ${value}`).join(',')} }`
        }),
      ),
    }))
    let repeated = 0
    fc.assert(
      fc.property(json, (text) => {
        const expected = reference(encode(text))
        if (expected === undefined && text.startsWith('{')) repeated += 1
        expect(parseStrictObject(text)).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
    expect(repeated).toBeGreaterThan(50)
  })

  test('gives the same digest to the same text only', async () => {
    for (const [, signatures] of ways) {
      const digest = async (text: string) => signatures.digest(text)
      expect(await digest('a.b.c')).toBe(await digest('a.b.c'))
      expect(await digest('a.b.c')).not.toBe(await digest('a.b.d'))
      expect((await digest('')).length).toBeGreaterThanOrEqual(32)
    }
  })
})

function jwk1024(): JWK {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) as JWK
}
