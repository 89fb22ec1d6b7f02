import type { JWK } from 'jose'
import type { Random } from '../random.ts'
import type { Restorable } from '../snapshot.ts'
import { loadJose } from './jose.ts'
import { deterministicForeignKey, testKeyOf } from './test-keys.ts'

/** A JWS algorithm that this mock signs with. */
export type SigningAlgorithm = 'RS256' | 'ES256' | 'PS256' | 'EdDSA'

/** Algorithms of the standard profile. The Descope-like profile has `RS256` alone. */
export const signingAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256', 'PS256', 'EdDSA']

/** One key pair for one algorithm. */
export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: CryptoKey
  /** Public half as it stands in the JWKS. */
  readonly publicJwk: JWK
  /** Public half as PEM text, which the HS256 confusion faults use as a shared secret. */
  readonly publicPem: string
}

/** Control over the signing keys of the mock. */
export interface MockKeys {
  /** Key id of the RS256 key that signs now. */
  readonly kid: string
  /** Key ids in the JWKS, newest first. */
  readonly published: readonly string[]
  /**
   * Adds a key for each algorithm that signs from now on and keeps old ones in the JWKS.
   *
   * @param options.keep - How many old keys of each algorithm stay published. Default 12.
   * @returns The new key id of RS256.
   */
  rotate(options?: { readonly keep?: number }): string
  /** Removes a key from the JWKS. The current key goes on signing, so its tokens then have an unknown `kid`. */
  drop(kid: string): void
}

/** {@link MockKeys} with what the endpoints need. */
export interface KeySet extends MockKeys, Restorable {
  /** Key id of the key that signs now by an algorithm. */
  kidOf(alg: SigningAlgorithm): string
  /** The key that signs now. Default by RS256. */
  current(alg?: SigningAlgorithm): Promise<SigningKey>
  /** A key that is never published. Default for RS256. */
  foreign(alg?: SigningAlgorithm): Promise<SigningKey>
  /** The key that signs now by an algorithm; where the mock does not sign with it, one that is published from then on. */
  other(alg: SigningAlgorithm): Promise<SigningKey>
  /** The published public keys, newest first. */
  publicJwks(): Promise<readonly JWK[]>
  /** Goes back to the first key. */
  reset(): void
}

type LazyKey = { readonly kid: string; readonly load: () => Promise<SigningKey> }

/** A key for each algorithm of the mock. */
type Generation = readonly (LazyKey & { readonly alg: SigningAlgorithm })[]

/**
 * Creates the keys of one mock. Pairs are generated when they are first needed, each one once.
 *
 * @param deterministic - Uses embedded public test keys with the ids `mock-test-key-1`, `-2`, ...
 * @param algorithms - What the mock can sign with. Default RS256 alone.
 */
export function createKeySet(
  random: Random,
  deterministic: boolean,
  algorithms: readonly SigningAlgorithm[] = ['RS256'],
): KeySet {
  let rotations = 0
  const makeOne = (alg: SigningAlgorithm, index: number): Generation[number] => {
    if (!deterministic) return { alg, ...lazy(random.id('SK'), alg, () => generated(alg)) }
    const kid = alg === 'RS256' ? `mock-test-key-${index + 1}` : `mock-test-key-${alg}-${index + 1}`
    return { alg, ...lazy(kid, alg, async () => testKeyOf(alg, index)) }
  }
  const make = (): Generation => {
    const index = rotations++
    return algorithms.map((alg) => makeOne(alg, index))
  }
  const foreigners = algorithms.map((alg) => {
    const source = deterministic && alg === 'RS256' ? async () => deterministicForeignKey : () => generated(alg)
    return { alg, ...lazy('mock-foreign-key', alg, source) }
  })
  const first = make()
  let current = first
  let published = [...first]
  const pick = (keys: Generation, alg: SigningAlgorithm = 'RS256'): LazyKey => {
    const key = keys.find((one) => one.alg === alg)
    if (!key) throw new TypeError(`keys: this mock does not sign with ${alg}`)
    return key
  }

  return {
    get kid() {
      return pick(current).kid
    },
    kidOf: (alg) => pick(current, alg).kid,
    get published() {
      return published.map((key) => key.kid)
    },
    rotate({ keep = 12 } = {}) {
      current = make()
      const kept = algorithms.flatMap((alg) => published.filter((key) => key.alg === alg).slice(0, keep))
      published = [...current, ...published.filter((key) => kept.includes(key))]
      return pick(current).kid
    },
    drop(kid) {
      published = published.filter((key) => key.kid !== kid)
    },
    current: (alg) => pick(current, alg).load(),
    foreign: (alg) => pick(foreigners, alg).load(),
    other(alg) {
      const own = published.find((key) => key.alg === alg)
      if (own) return own.load()
      const added = makeOne(alg, 0)
      published = [...published, added]
      return added.load()
    },
    publicJwks: () => Promise.all(published.map(async (key) => (await key.load()).publicJwk)),
    reset() {
      rotations = 1
      current = first
      published = [...first]
    },
    save() {
      const kept = { rotations, current, published }
      return () => {
        ;({ rotations, current, published } = kept)
      }
    },
  }
}

function lazy(kid: string, alg: SigningAlgorithm, source: () => Promise<JWK>): LazyKey {
  let loaded: Promise<SigningKey> | undefined
  return {
    kid,
    load: () => {
      loaded ??= source().then((jwk) => load(kid, alg, jwk))
      return loaded
    },
  }
}

async function generated(alg: SigningAlgorithm): Promise<JWK> {
  const { exportJWK, generateKeyPair } = await loadJose()
  const isRsa = alg === 'RS256' || alg === 'PS256'
  const { privateKey } = await generateKeyPair(alg, { extractable: true, ...(isRsa && { modulusLength: 2048 }) })
  return exportJWK(privateKey)
}

async function load(kid: string, alg: SigningAlgorithm, jwk: JWK): Promise<SigningKey> {
  const { exportSPKI, importJWK } = await loadJose()
  const publicJwk: JWK = { kty: jwk.kty ?? '', use: 'sig', alg, kid, ...publicMembers(jwk) }
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, alg),
    importJWK(publicJwk, alg, { extractable: true }),
  ])
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) throw new TypeError('not a key pair')
  return { kid, alg, privateKey, publicJwk, publicPem: await exportSPKI(publicKey) }
}

function publicMembers({ n, e, crv, x, y }: JWK): JWK {
  return Object.fromEntries(Object.entries({ n, e, crv, x, y }).filter(([, value]) => value !== undefined))
}
