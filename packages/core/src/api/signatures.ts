/**
 * What differs between runtimes when a token is verified: bytes, digests and signatures. Everything that decides lies
 * elsewhere, and one suite of tests runs over both ways.
 */
import { createNodeSignatures } from './node-signatures.ts'
import { createWebSignatures } from './web-signatures.ts'

/** The public members of a key (RFC 7518 sections 6.2.1 and 6.3.1, RFC 8037 section 2), and nothing else. */
export type PublicJwk =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: string; readonly x: string }

/**
 * Tells whether a signature is that of one key over a signing input (RFC 7515 section 5.2).
 *
 * @param input - Header and payload as they stand in the token, with the dot between them.
 * @param signature - Bytes, of any length.
 */
export type SignatureCheck = (input: string, signature: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>

/** How a runtime reads and checks tokens. */
export interface Signatures {
  /** Whether `digest` gives its result without a promise. */
  readonly digestsAtOnce: boolean
  /** SHA-256 of a text, in base64url. */
  digest(text: string): string | Promise<string>
  /** Decodes canonical base64url; undefined for any other text. */
  decodeBytes(part: string): Uint8Array<ArrayBuffer> | undefined
  /** Decodes canonical base64url of valid UTF-8; undefined for any other text. */
  decodeText(part: string): string | undefined
  /** Makes the check of one key and algorithm; throws, or rejects, when the numbers of the key make no key. */
  importKey(jwk: PublicJwk, algorithm: string): SignatureCheck | Promise<SignatureCheck>
}

let chosen: Signatures | undefined

/** The way of this runtime: Node's own functions, which need no other thread, else the Web Cryptography API. */
export function defaultSignatures(): Signatures {
  chosen ??= createNodeSignatures() ?? createWebSignatures()
  return chosen
}
