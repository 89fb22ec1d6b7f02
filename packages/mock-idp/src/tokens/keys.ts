import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Random } from '../random.ts'
import type { Restorable } from '../snapshot.ts'
import { deterministicForeignKey, deterministicSigningKeys } from './test-keys.ts'

/** One RSA-2048 key pair for RS256. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  /** Public half as it stands in the JWKS. */
  readonly publicJwk: JWK
  /** Public half as PEM text, which the HS256 confusion faults use as a shared secret. */
  readonly publicPem: string
}

/** Control over the signing keys of the mock. */
export interface MockKeys {
  /** Key id of the key that signs now. */
  readonly kid: string
  /** Key ids in the JWKS, newest first. */
  readonly published: readonly string[]
  /**
   * Adds a key that signs from now on and keeps old ones in the JWKS.
   *
   * @param options.keep - How many old keys stay published. Default 12.
   * @returns The new key id.
   */
  rotate(options?: { readonly keep?: number }): string
  /** Removes a key from the JWKS. The current key goes on signing, so its tokens then have an unknown `kid`. */
  drop(kid: string): void
}

/** {@link MockKeys} with what the endpoints need. */
export interface KeySet extends MockKeys, Restorable {
  /** The key that signs now. */
  current(): Promise<SigningKey>
  /** A key that is never published. */
  foreign(): Promise<SigningKey>
  /** The published public keys, newest first. */
  publicJwks(): Promise<readonly JWK[]>
  /** Goes back to the first key. */
  reset(): void
}

type LazyKey = { readonly kid: string; readonly load: () => Promise<SigningKey> }

/**
 * Creates the keys of one mock. Pairs are generated when they are first needed, each one once.
 *
 * @param deterministic - Uses embedded public test keys with the ids `mock-test-key-1`, `-2`, ...
 */
export function createKeySet(random: Random, deterministic: boolean): KeySet {
  let rotations = 0
  const make = (): LazyKey => {
    const index = rotations++
    if (!deterministic) return lazy(random.id('SK'), generated)
    const jwk = deterministicSigningKeys[index % deterministicSigningKeys.length] ?? deterministicSigningKeys[0]
    return lazy(`mock-test-key-${index + 1}`, async () => jwk)
  }
  const foreign = lazy('mock-foreign-key', deterministic ? async () => deterministicForeignKey : generated)
  const first = make()
  let current = first
  let published = [first]

  return {
    get kid() {
      return current.kid
    },
    get published() {
      return published.map((key) => key.kid)
    },
    rotate({ keep = 12 } = {}) {
      current = make()
      published = [current, ...published.slice(0, keep)]
      return current.kid
    },
    drop(kid) {
      published = published.filter((key) => key.kid !== kid)
    },
    current: () => current.load(),
    foreign: () => foreign.load(),
    publicJwks: () => Promise.all(published.map(async (key) => (await key.load()).publicJwk)),
    reset() {
      rotations = 1
      current = first
      published = [first]
    },
    save() {
      const kept = { rotations, current, published }
      return () => {
        ;({ rotations, current, published } = kept)
      }
    },
  }
}

function lazy(kid: string, source: () => Promise<JWK>): LazyKey {
  let loaded: Promise<SigningKey> | undefined
  return {
    kid,
    load: () => {
      loaded ??= source().then((jwk) => load(kid, jwk))
      return loaded
    },
  }
}

async function generated(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  return exportJWK(privateKey)
}

async function load(kid: string, jwk: JWK): Promise<SigningKey> {
  const publicJwk: JWK = { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n: jwk.n ?? '', e: jwk.e ?? '' }
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, 'RS256'),
    importJWK(publicJwk, 'RS256', { extractable: true }),
  ])
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) throw new TypeError('not an RSA key')
  return { kid, privateKey, publicJwk, publicPem: await exportSPKI(publicKey) }
}
