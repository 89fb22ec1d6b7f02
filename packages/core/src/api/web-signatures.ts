/** Signatures over the Web Cryptography API, as every runtime has it. */
import { canonical } from '../protocol/jws-text.ts'
import { encodeBase64Url } from './encode-base64url.ts'
import type { Signatures } from './signatures.ts'

/** Creates the way that works everywhere. */
export function createWebSignatures(): Signatures {
  const encoder = new TextEncoder()
  return {
    digestsAtOnce: false,
    async digest(text) {
      return encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
    },
    decodeBytes,
    decodeText,
    async importKey(jwk, name) {
      const algorithm = readAlgorithm(name)
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
  if (!canonical.test(part)) return undefined
  return Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}

function decodeText(part: string): string | undefined {
  try {
    const bytes = decodeBytes(part)
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const curves: Readonly<Record<string, string>> = { 256: 'P-256', 384: 'P-384', 512: 'P-521' }

/** What importing a key and verifying with it take, for an algorithm of RFC 7518 section 3.1 or RFC 8037 section 3.1. */
function readAlgorithm(
  name: string,
): { readonly name: 'Ed25519' } | (EcdsaParams & EcKeyImportParams) | (RsaHashedImportParams & RsaPssParams) {
  const [, family, size = ''] = /^(RS|PS|ES)?(\d*)/.exec(name) ?? []
  const hash = `SHA-${size}`
  if (family === 'ES') return { name: 'ECDSA', namedCurve: curves[size] ?? '', hash }
  // The length of the salt counts for PSS alone.
  const saltLength = Number(size) / 8
  if (family === 'PS') return { name: 'RSA-PSS', hash, saltLength }
  if (family === 'RS') return { name: 'RSASSA-PKCS1-v1_5', hash, saltLength }
  return { name: 'Ed25519' }
}
