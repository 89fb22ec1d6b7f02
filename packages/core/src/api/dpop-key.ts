/** The key in a proof of possession (RFC 9449 section 4.2): public, strong enough, and of the algorithm that it is used with. */
import { TokenVerificationError } from '../errors.ts'
import type { JwsObject } from '../protocol/jws-text.ts'
import { digest } from './digest.ts'
import { type PublishedKey, readPublishedKey } from './published-key.ts'
import type { Signatures } from './signatures.ts'

/** Longest modulus that is taken, in characters: 4096 bits. Larger keys, which callers choose, keep the processor busy. */
const mostModulus = 683

/** The one public exponent that is taken: another one is slow to check, or makes signatures that anybody can make. */
const usualExponent = 'AQAB'

/** Members of a thumbprint, in their order (RFC 7638 section 3.2, RFC 8037 section 2). */
const membersOfType: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/**
 * Reads the public key of a proof by the rules for published keys, and stricter ones for RSA.
 *
 * @param jwk - The header parameter `jwk`.
 * @param alg - An accepted algorithm.
 * @throws {TokenVerificationError} `OIDC_DPOP_KEY_REFUSED`.
 */
export function readProofKey(jwk: unknown, alg: string, signatures: Signatures): PublishedKey {
  const { kty, n, e } = (jwk ?? {}) as JwsObject
  if (kty === 'RSA' && (typeof n !== 'string' || n.length > mostModulus || e !== usualExponent)) {
    refuseKey('Expected an RSA key of 2048 to 4096 bits with the exponent 65537.')
  }
  const key = readPublishedKey(jwk, signatures)
  return key?.algorithms.includes(alg) ? key : refuseKey(`The jwk of the proof is no public key for ${alg}.`)
}

/** The thumbprint of a key that was read before (RFC 7638). */
export function thumbprintOf(jwk: unknown): Promise<string> {
  const key = jwk as JwsObject
  const members = membersOfType[`${key.kty}`] ?? []
  return digest(JSON.stringify(Object.fromEntries(members.map((name) => [name, key[name]]))))
}

/** Throws the error of a key that is missing, or can not be used. */
export function refuseKey(message: string): never {
  throw new TokenVerificationError('OIDC_DPOP_KEY_REFUSED', message, 'jwk')
}
