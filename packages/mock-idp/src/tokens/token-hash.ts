import * as base64url from 'jose/base64url'
import type { SigningAlgorithm } from './keys.ts'

/** On Node a short text is hashed where it is; WebCrypto hands it to another thread, which costs ten times as much. */
const node = globalThis.process?.getBuiltinModule?.('node:crypto')

/** SHA-256 of text as base64url. */
export async function sha256(text: string): Promise<string> {
  return base64url.encode(await digestOf('SHA-256', text))
}

/**
 * `at_hash`: base64url of the left half of the hash that belongs to the algorithm (OpenID Connect Core 3.1.3.6).
 *
 * @param alg - Algorithm of the ID token. Ed25519 hashes with SHA-512 itself, the others here with SHA-256.
 */
export async function leftHalfHash(token: string, alg: SigningAlgorithm): Promise<string> {
  const hash = await digestOf(alg === 'EdDSA' ? 'SHA-512' : 'SHA-256', token)
  return base64url.encode(hash.subarray(0, hash.length / 2))
}

async function digestOf(algorithm: string, text: string): Promise<Uint8Array> {
  // Runtimes that offer this module beside their own know its short names alone.
  if (node) return node.createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest()
  return new Uint8Array(await crypto.subtle.digest(algorithm, new TextEncoder().encode(text)))
}
