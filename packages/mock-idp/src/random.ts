import * as base64url from 'jose/base64url'
import type { Restorable } from './snapshot.ts'

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Source of ids, codes and handles. */
export interface Random extends Restorable {
  /** `length` random bytes as base64url text. */
  text(length: number): string
  /** `prefix` followed by 27 letters or digits, the form of the service's ids (IDP-SPEC 2.1). */
  id(prefix: string): string
  /** Starts a seeded generator from the beginning; no effect on a real one. */
  reset(): void
}

/**
 * Creates a random source.
 *
 * @param seed - With a seed the same calls give the same values, which is for tests only; without one WebCrypto is used.
 */
export function createRandom(seed?: string): Random {
  const generator = seed === undefined ? undefined : seededBytes(seed)
  const bytes = generator ? generator.take : pooledBytes()
  return {
    text: (length) => base64url.encode(bytes(length)),
    id: (prefix) => prefix + Array.from(bytes(27), (byte) => alphanumeric.charAt(byte % alphanumeric.length)).join(''),
    reset: () => generator?.restart(),
    save: () => generator?.save() ?? (() => {}),
  }
}

/** Random bytes, drawn from the system many at a time: a call costs more than its bytes. They are to be read at once. */
function pooledBytes(): (length: number) => Uint8Array {
  const pool = new Uint8Array(1024)
  let at = pool.length
  return (length) => {
    if (at + length > pool.length) {
      crypto.getRandomValues(pool)
      at = 0
    }
    at += length
    return pool.subarray(at - length, at)
  }
}

/** The sfc32 generator, seeded by four FNV-1a hashes of `seed`. Small and repeatable, not secret. */
function seededBytes(seed: string): Restorable & { take(length: number): Uint8Array; restart(): void } {
  let [a, b, c, counter] = [0, 0, 0, 0]
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 24
  }
  const restart = (): void => {
    a = hash(`${seed}/a`)
    b = hash(`${seed}/b`)
    c = hash(`${seed}/c`)
    counter = hash(`${seed}/d`)
    for (let round = 0; round < 16; round++) next()
  }
  restart()
  const save = (): (() => void) => {
    const kept = [a, b, c, counter] as const
    return () => {
      ;[a, b, c, counter] = kept
    }
  }
  return { take: (length) => Uint8Array.from({ length }, next), restart, save }
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value | 0
}
