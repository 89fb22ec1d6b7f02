/** One key of a published set (RFC 7517 section 4): what it may verify, and whether it is strong enough to do so. */
import type { PublicJwk, SignatureCheck, Signatures } from './signatures.ts'
import { decodeBytes } from './web-signatures.ts'

/** A usable key. It stays the same object for as long as the provider publishes it without any change. */
export interface PublishedKey {
  /** Name of the key in its set; undefined when it has none. */
  readonly kid: string | undefined
  /** The algorithms it may be used with. */
  readonly algorithms: readonly string[]
  /** Everything that matters about it, as one text. */
  readonly fingerprint: string
  /** False from the moment on that a newer set lacks it. What was verified with it counts no longer then. */
  published: boolean
  /**
   * The check for one of its algorithms, imported once.
   *
   * @returns Undefined when its numbers make no key.
   */
  check(algorithm: string): SignatureCheck | undefined | Promise<SignatureCheck | undefined>
}

/** Members that only a private or symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Why a member of a key set is left aside: it is no public key (`malformed`), has secret members (`secret`), is for something
 * else than verifying (`use`), of a type or algorithm that does not exist here (`unknown`), an RSA key outside of 2048 to 8192
 * bits or with a bad exponent (`weak`), or of the kind that CVE-2017-15361 tells how to factor (`roca`).
 */
export type KeySkipReason = 'malformed' | 'secret' | 'use' | 'unknown' | 'weak' | 'roca'

/**
 * Primes modulo which 65537 has few powers, fewest first. A modulus of the CVE-2017-15361 library is such a power modulo each
 * of the first 126 primes; another modulus is one modulo all of these with a chance of 2^-42.
 */
const rocaPrimes = [331, 673, 241, 691, 523, 461, 541, 97]

const bitsOfCurves: Readonly<Record<string, number>> = { 'P-256': 256, 'P-384': 384, 'P-521': 521 }

/**
 * Reads one member of a key set.
 *
 * @param onSkip - Learns why a member is left aside. Default: nobody does.
 * @returns Undefined for what is no key, not meant for verifying, too weak or not public, so that it spoils no other key.
 */
export function readPublishedKey(
  member: unknown,
  signatures: Signatures,
  onSkip?: (reason: KeySkipReason) => void,
): PublishedKey | undefined {
  const skip = (reason: KeySkipReason): undefined => void onSkip?.(reason)
  if (typeof member !== 'object' || member === null) return skip('malformed')
  const { kid, use = 'sig', key_ops: operations = ['verify'], alg, ...rest } = member as Record<string, unknown>
  if (kid !== undefined && typeof kid !== 'string') return skip('malformed')
  if (secretMembers.some((name) => name in rest)) return skip('secret')
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify')) return skip('use')
  const numbers = readNumbers(rest)
  if (typeof numbers === 'string') return skip(numbers)
  const [jwk, possible] = numbers
  const algorithms = possible.filter((name) => alg === undefined || name === alg)
  if (algorithms.length === 0) return skip('unknown')

  const checks = new Map<string, ReturnType<PublishedKey['check']>>()
  return {
    kid,
    algorithms,
    fingerprint: JSON.stringify([kid, algorithms, jwk]),
    published: true,
    check(algorithm) {
      if (!checks.has(algorithm)) checks.set(algorithm, importKey(jwk, algorithm, signatures))
      return checks.get(algorithm)
    },
  }
}

function importKey(jwk: PublicJwk, algorithm: string, signatures: Signatures): ReturnType<PublishedKey['check']> {
  // RFC 8017 sections 8.1.2 and 8.2.2, RFC 7518 section 3.4: not every platform looks at the length, and a signature that may
  // leave out its zeros has two forms.
  const length = jwk.kty === 'RSA' ? byteLength(jwk.n) : 2 * byteLength(jwk.x)
  const checkLength =
    (check: SignatureCheck): SignatureCheck =>
    (input, signature) =>
      signature.length === length && check(input, signature)
  try {
    const imported = signatures.importKey(jwk, algorithm)
    return imported instanceof Promise ? imported.then(checkLength, () => undefined) : checkLength(imported)
  } catch {
    return undefined
  }
}

/** The public members, and the algorithms that the type and size of the key allow; or why there are none. */
function readNumbers({ kty, n, e, crv, x, y }: Record<string, unknown>): [PublicJwk, string[]] | KeySkipReason {
  if (kty === 'RSA') {
    const weakness = weaknessOf(n, e)
    if (weakness) return weakness
    const sizes = ['256', '384', '512']
    return [
      { kty, n: n as string, e: e as string },
      ['RS', 'PS'].flatMap((family) => sizes.map((size) => family + size)),
    ]
  }
  const bits = typeof crv === 'string' && Object.hasOwn(bitsOfCurves, crv) ? (bitsOfCurves[crv] ?? 0) : 0
  const length = Math.ceil(bits / 8)
  if (kty === 'EC' && bits && byteLength(x) === length && byteLength(y) === length) {
    return [{ kty, crv: crv as string, x: x as string, y: y as string }, [`ES${bits === 521 ? 512 : bits}`]]
  }
  if (kty === 'OKP' && crv === 'Ed25519' && byteLength(x) === 32) {
    return [{ kty, crv, x: x as string }, ['EdDSA', 'Ed25519']]
  }
  return 'unknown'
}

/**
 * 2048 to 8192 bits (RFC 7518 section 3.3), and an odd public exponent above 1 of at most 32 bits: with 1, anyone can sign
 * (FIPS 186-5 section 5.4), and larger ones are not taken by every runtime.
 */
function weaknessOf(n: unknown, e: unknown): KeySkipReason | undefined {
  const modulus = bytesOf(n)
  const exponent = bytesOf(e)
  if (!modulus?.[0] || !exponent?.[0]) return 'weak'
  const bits = 8 * modulus.length - Math.clz32(modulus[0]) + 24
  const value = exponent.reduce((sum, byte) => 256 * sum + byte, 0)
  const strong = bits >= 2048 && bits <= 8192 && value > 1 && value % 2 === 1 && exponent.length <= 4
  return strong ? (isRoca(modulus) ? 'roca' : undefined) : 'weak'
}

/** Whether a modulus has the fingerprint of CVE-2017-15361. The first prime lets one ordinary modulus in 165 go on to the next. */
function isRoca(modulus: Uint8Array): boolean {
  return rocaPrimes.every((prime) => {
    const rest = modulus.reduce((sum, byte) => (256 * sum + byte) % prime, 0)
    let power = 1
    do {
      if (power === rest) return true
      power = (65_537 * power) % prime
    } while (power !== 1)
    return false
  })
}

function byteLength(text: unknown): number {
  return bytesOf(text)?.length ?? -1
}

function bytesOf(text: unknown): Uint8Array | undefined {
  return typeof text === 'string' ? decodeBytes(text) : undefined
}
