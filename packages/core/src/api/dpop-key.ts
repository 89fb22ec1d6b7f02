/** The key in a proof of possession (RFC 9449 section 4.2): public, strong enough, and of the algorithm that it is used with. */
import { type CryptoKey, importJWK, type JWK } from 'jose'
import { TokenVerificationError } from '../errors.ts'
import type { JwsObject } from '../protocol/jws-text.ts'

/** Curve of each algorithm on curves; an algorithm that is not here is RSA. */
const curves: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
}

/** Members that a public key does not have (RFC 7518 section 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Sizes of RSA keys in bytes: weaker ones can be broken, larger ones keep the processor busy. */
const [leastRsaBytes, mostRsaBytes] = [256, 512]

/**
 * Reads the public key of a proof, and nothing but its public members.
 *
 * @param jwk - The header parameter `jwk`.
 * @param alg - An accepted algorithm.
 * @throws {TokenVerificationError} `OIDC_DPOP_KEY_REFUSED`.
 */
export function readProofKey(jwk: unknown, alg: string): JWK {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) refuse('The proof has no jwk.')
  const key = jwk as JwsObject
  if (privateMembers.some((name) => Object.hasOwn(key, name))) refuse('The jwk of the proof is no public key.')
  const { kty, crv, x, y, n, e, use = 'sig' } = key
  if (use !== 'sig') refuse('The jwk of the proof is not for signatures.')
  const curve = curves[alg]
  if (curve === undefined) {
    if (kty !== 'RSA' || !isText(n) || !isText(e)) refuse(`Expected an RSA key for ${alg}.`)
    const bytes = Math.floor((n.length * 3) / 4)
    // A leading zero byte would make a weak key look longer (RFC 7518 section 6.3.1.1).
    if (bytes < leastRsaBytes || bytes > mostRsaBytes || n.startsWith('AA')) {
      refuse(`Expected an RSA key of ${8 * leastRsaBytes} to ${8 * mostRsaBytes} bits.`)
    }
    // With another exponent, such as 1, signatures may be easy to make or slow to check.
    if (e !== 'AQAB') refuse('Expected an RSA key with the public exponent 65537.')
    return { kty, n, e }
  }
  if (crv === curve && isText(x)) {
    if (kty === 'OKP' && curve === 'Ed25519') return { kty, crv: curve, x }
    if (kty === 'EC' && curve !== 'Ed25519' && isText(y)) return { kty, crv: curve, x, y }
  }
  return refuse(`Expected a key on ${curve} for ${alg}.`)
}

/**
 * Imports the key of a proof, which the platform refuses when it is no point of its curve.
 *
 * @throws {TokenVerificationError} `OIDC_DPOP_KEY_REFUSED`.
 */
export async function importProofKey(jwk: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  return importJWK(jwk, alg).catch(() => refuse('The jwk of the proof can not be used.'))
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{2,1400}$/.test(value)
}

function refuse(message: string): never {
  throw new TokenVerificationError('OIDC_DPOP_KEY_REFUSED', message, 'jwk')
}
