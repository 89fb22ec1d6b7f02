/** Signatures over the Web Cryptography API, as every runtime has it. */
import { decodeBase64Url } from '../protocol/base64url.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import { canonical } from '../protocol/jws-text.ts'
import { readAlgorithm } from '../protocol/key-set.ts'
import type { Signatures } from './signatures.ts'

/** Creates the way that works everywhere. */
export function createWebSignatures(): Signatures {
  const encoder = new TextEncoder()
  return {
    async digest(text) {
      return String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
    },
    decodeBytes,
    decodeText,
    async importKey(jwk, name) {
      const { algorithm } = readAlgorithm(name as SignatureAlgorithm)
      const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
      // Deno takes any point for a key and throws only when it is used.
      if (jwk.kty === 'EC') await crypto.subtle.verify(algorithm, key, new Uint8Array(), new Uint8Array())
      return (input, signature) => crypto.subtle.verify(algorithm, key, signature, encoder.encode(input))
    },
  }
}

/**
 * Decodes canonical base64url.
 *
 * @returns The bytes; undefined for any other text.
 */
export function decodeBytes(part: string): Uint8Array<ArrayBuffer> | undefined {
  return canonical.test(part) ? decodeBase64Url(part) : undefined
}

function decodeText(part: string): string | undefined {
  try {
    const bytes = decodeBytes(part)
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
