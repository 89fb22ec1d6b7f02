/**
 * Signatures over `node:crypto`. Verifying on the calling thread costs less than half of what the Web Cryptography API
 * takes to hand the work to another thread and back. Nothing is imported, so bundles for other runtimes stay whole.
 */
import type { PublicJwk, Signatures } from './signatures.ts'

/** The part of Node that is used. Keys are passed bare: in a wrapper they are parsed again for every call. */
interface NodeCrypto {
  hash(algorithm: 'sha256', data: string, encoding: 'base64url'): string
  createPublicKey(key: { readonly key: PublicJwk; readonly format: 'jwk' }): object
  createVerify(hash: string): {
    update(data: Uint8Array): { verify(key: object, signature: Uint8Array): boolean }
  }
  verify(hash: string | null, data: Uint8Array, key: object, signature: Uint8Array): boolean
  verify(
    hash: string | null,
    data: Uint8Array,
    key: object,
    signature: Uint8Array,
    callback: (error: unknown, valid: boolean) => void,
  ): void
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number }
}

interface NodeBytes extends Uint8Array<ArrayBuffer> {
  write(text: string, encoding: 'base64url' | 'latin1'): number
  toString(encoding?: 'base64url' | 'utf8', start?: number, end?: number): string
}

interface NodeBuffer {
  readonly Buffer: {
    alloc(length: number): NodeBytes
    from(text: string, encoding: 'base64url' | 'latin1'): NodeBytes
  }
  isUtf8(bytes: Uint8Array): boolean
}

/** Globals that other runtimes may lack, and may have without being Node. */
interface NodeGlobals {
  readonly navigator?: { readonly userAgent?: string }
  readonly process?: { getBuiltinModule?(id: string): unknown }
  setImmediate(callback: () => void): unknown
}

/**
 * Creates the way for Node.
 *
 * @param maxBlockingMs - How long signature checks may hold the thread in one turn of the event loop, in milliseconds;
 *   the ones after that go to other threads. Default 2.
 * @returns Undefined in every other runtime, also where it offers modules of the same names.
 */
export function createNodeSignatures(maxBlockingMs = 2): Signatures | undefined {
  const globals = globalThis as unknown as NodeGlobals
  if (!globals.navigator?.userAgent?.startsWith('Node.js/')) return undefined
  const crypto = globals.process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  const buffer = globals.process?.getBuiltinModule?.('node:buffer') as NodeBuffer | undefined
  if (!crypto || !buffer) return undefined
  const { Buffer, isUtf8 } = buffer

  const decodeBytes = (part: string): NodeBytes | undefined => {
    const bytes = Buffer.from(part, 'base64url')
    // Buffer skips what is no base64url, so only a text that comes out again is canonical.
    return bytes.toString('base64url') === part ? bytes : undefined
  }
  /** For bytes that nobody needs when a call returns: as long as the longest token that a verifier may be told to take. */
  const scratch = Buffer.alloc(16_384)
  let blockedMs = 0
  const beginTurn = (): void => {
    blockedMs = 0
  }
  const mayBlock = (): boolean => {
    if (blockedMs === 0) globals.setImmediate(beginTurn)
    return blockedMs < maxBlockingMs
  }

  return {
    digestsAtOnce: true,
    digest: (text) => crypto.hash('sha256', text, 'base64url'),
    decodeBytes,
    decodeText(part) {
      const length = scratch.write(part, 'base64url')
      if (scratch.toString('base64url', 0, length) !== part) return undefined
      const text = scratch.toString('utf8', 0, length)
      // What is no UTF-8 comes out as U+FFFD, which a text may also hold by itself.
      return text.includes('\ufffd') && !isUtf8(scratch.subarray(0, length)) ? undefined : text
    },
    importKey(jwk, algorithm) {
      const size = algorithm.slice(2)
      const hash = jwk.kty === 'OKP' ? null : `sha${size}`
      const bare = crypto.createPublicKey({ key: jwk, format: 'jwk' })
      const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
      const key = algorithm.startsWith('PS') ? { key: bare, padding, saltLength: Number(size) / 8 } : bare
      let checkMs = 0
      return (input, text) => {
        const signature = jwk.kty === 'EC' ? toDer(text) : text
        if (!mayBlock() || input.length > scratch.length) {
          const data = Buffer.from(input, 'latin1')
          return new Promise((resolve) => {
            crypto.verify(hash, data, key, signature, (error, valid) => resolve(!error && valid))
          })
        }
        // The clock takes some percent more: the first check of a turn is timed, and the others are taken to last as long as
        // the first ones did of late. One that was interrupted says little about the others.
        const start = blockedMs && checkMs ? 0 : performance.now()
        const data = scratch.subarray(0, scratch.write(input, 'latin1'))
        // Ed25519 needs the whole input at once. For the others the way in steps takes some percent less time.
        const valid = hash
          ? crypto.createVerify(hash).update(data).verify(key, signature)
          : crypto.verify(hash, data, key, signature)
        if (start) checkMs += (performance.now() - start - checkMs) / (checkMs ? 8 : 1)
        blockedMs += checkMs
        return valid
      }
    },
  }
}

/**
 * An ECDSA signature as DER (RFC 3279 section 2.2.3).
 *
 * @param signature - Two numbers of the same length (RFC 7518 section 3.4), which the check of a published key sees to.
 */
function toDer(signature: Uint8Array): Uint8Array {
  const { length } = signature
  const half = length / 2
  const first = start(signature, 0, half)
  const second = start(signature, half, length)
  const firstSign = sign(signature, first)
  const secondSign = sign(signature, second)
  const firstLength = half - first + firstSign
  const secondLength = length - second + secondSign
  const content = 4 + firstLength + secondLength
  // A length above 127 has a byte of its own.
  const head = content > 127 ? 3 : 2
  const der = new Uint8Array(head + content)
  der[0] = 0x30
  der[1] = 0x81
  der[head - 1] = content
  der[head] = 2
  der[head + 1] = firstLength
  der.set(signature.subarray(first, half), head + 2 + firstSign)
  der[head + 2 + firstLength] = 2
  der[head + 3 + firstLength] = secondLength
  der.set(signature.subarray(second), head + 4 + firstLength + secondSign)
  return der
}

/** Where a number begins; one byte of zero remains. */
function start(bytes: Uint8Array, from: number, to: number): number {
  let index = from
  while (index < to - 1 && bytes[index] === 0) index += 1
  return index
}

/** One more byte for a number that would otherwise read as negative. */
function sign(bytes: Uint8Array, index: number): number {
  return (bytes[index] ?? 0) > 127 ? 1 : 0
}
