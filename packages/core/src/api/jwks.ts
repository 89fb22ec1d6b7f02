/**
 * The published keys of one provider (RFC 7517): loaded with the first token, kept, and loaded again when they are old or a
 * token does not fit them. However many tokens come, at most two loads start within ten seconds.
 */
import { base64url, compactVerify, createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose'
import type { Clock } from '../clock.ts'
import { isOidcError, NetworkError, TokenVerificationError } from '../errors.ts'
import { discover } from '../protocol/discovery.ts'
import { createTransport, type TransportOptions } from '../protocol/transport.ts'

/** Where the keys are, and what they may be used for. */
export interface JwksSettings {
  readonly issuer: string
  /** Default: the `jwks_uri` of the discovery document. */
  readonly jwksUri: string | undefined
  readonly algorithms: readonly string[]
  readonly transport: TransportOptions
  readonly clock: Clock
}

/** The keys of one provider. */
export interface Jwks {
  /**
   * Verifies the signature of a compact JWS.
   *
   * @throws {TokenVerificationError} `OIDC_TOKEN_SIGNATURE_INVALID`, `OIDC_TOKEN_KEY_NOT_FOUND`.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`.
   */
  verifySignature(token: string): Promise<void>
}

/** A key set as it was loaded. */
interface LoadedKeys {
  readonly select: ReturnType<typeof createLocalJWKSet>
  readonly loadedAt: number
  readonly maxAgeMs: number
}

const windowMs = 10_000
const loadsPerWindow = 2
/** How long keys serve on, past their age, while new ones can not be loaded. */
const staleMs = 86_400_000

/** Creates an empty key set. Loads nothing yet. */
export function createJwks({ issuer, jwksUri, algorithms, transport, clock }: JwksSettings): Jwks {
  const send = createTransport(transport, 'api')
  let found: string | undefined
  let keys: LoadedKeys | undefined
  let loads: readonly number[] = []
  let flight: Promise<LoadedKeys> | undefined

  const load = async (): Promise<LoadedKeys> => {
    loads = [...loads, clock.now()]
    found ??= jwksUri ?? (await discover(issuer, transport)).jwks_uri
    if (!found) throw unavailable(`${issuer} announces no jwks_uri. Give jwksUri.`)
    const response = await send(found, { headers: { accept: 'application/json, application/jwk-set+json' } })
    const select = createLocalJWKSet(usableKeys(await response.json()))
    return { select, loadedAt: clock.now(), maxAgeMs: maxAgeMs(response.headers) }
  }
  const mayLoad = (): boolean => {
    loads = loads.filter((start) => Math.abs(clock.now() - start) < windowMs)
    return loads.length < loadsPerWindow
  }
  const loadPatiently = async (): Promise<LoadedKeys> => {
    if (!mayLoad()) throw unavailable('They were loaded a moment ago; the next load has to wait.')
    try {
      // One more try at once, but not after a timeout: the caller has waited long enough.
      keys = await load().catch((error) => {
        const again = isOidcError(error) && error.retryable && error.code !== 'OIDC_TIMEOUT' && mayLoad()
        if (again) return load()
        throw error
      })
      return keys
    } catch (error) {
      found = undefined
      throw isOidcError(error, 'OIDC_KEYS_UNAVAILABLE')
        ? error
        : unavailable(isOidcError(error) ? error.message : 'The answer is not a key set.')
    }
  }
  const reload = (): Promise<LoadedKeys> => {
    flight ??= loadPatiently().finally(() => {
      flight = undefined
    })
    return flight
  }
  /** Keys that are not too old: somewhat old ones are renewed meanwhile, very old ones first. */
  const current = async (): Promise<LoadedKeys> => {
    const held = keys
    if (!held) return reload()
    const age = clock.now() - held.loadedAt
    if (age <= held.maxAgeMs) return held
    const renewed = reload().catch((error) => {
      if (age > held.maxAgeMs + staleMs) throw error
      return held
    })
    if (age > 2 * held.maxAgeMs) return renewed
    // Nobody waits for it, so its failure is nobody's.
    renewed.catch(() => undefined)
    return held
  }

  return {
    async verifySignature(token) {
      const before = keys
      const first = await current()
      try {
        await verifyWith(token, first, algorithms)
      } catch (error) {
        if (first !== before) throw error
        // The provider may have changed its keys since, even under the same kid.
        const second = await reload().catch((failure) => {
          throw isOidcError(error, 'OIDC_TOKEN_SIGNATURE_INVALID') ? error : failure
        })
        await verifyWith(token, second, algorithms)
      }
    },
  }
}

async function verifyWith(token: string, { select }: LoadedKeys, algorithms: readonly string[]): Promise<void> {
  try {
    await compactVerify(token, select, { algorithms: [...algorithms] })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') {
      throw new TokenVerificationError('OIDC_TOKEN_SIGNATURE_INVALID', 'The signature does not verify.')
    }
    // No key, several keys, or one that is too weak or broken.
    throw new TokenVerificationError(
      'OIDC_TOKEN_KEY_NOT_FOUND',
      'No single usable key of the provider fits the token.',
      'kid',
    )
  }
}

/**
 * The set without members that are no keys at all, so that one of them does not spoil the others. A set that leaves nothing
 * is taken for a mistake and does not replace one that was good.
 */
function usableKeys(answer: unknown): JSONWebKeySet {
  const members = (answer as { keys?: unknown } | null)?.keys
  if (!Array.isArray(members)) throw unavailable('The answer is not a key set.')
  const keys = members.filter(isUsableKey)
  if (keys.length === 0) throw unavailable('The key set holds no usable key.')
  return { keys }
}

/** An object, and no RSA key whose public exponent is 1 or even, with which anyone can sign (FIPS 186-5 section 5.4). */
function isUsableKey(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return false
  const { kty, e } = key as JWK
  if (kty !== 'RSA') return true
  try {
    const exponent = BigInt(
      `0x${[...base64url.decode(e ?? '')].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`,
    )
    return exponent > 1n && exponent % 2n === 1n
  } catch {
    return false
  }
}

/** `max-age` between 60 s and 24 h; without it, or with `no-store`, ten minutes (RFC 9111 section 5.2.2). */
function maxAgeMs(headers: Headers): number {
  const text = headers.get('cache-control') ?? ''
  const seconds = /no-store/i.test(text) ? undefined : /max-age="?(\d+)/i.exec(text)?.[1]
  return 1000 * Math.min(Math.max(Number(seconds ?? 600), 60), 86_400)
}

function unavailable(reason: string): NetworkError {
  return new NetworkError('OIDC_KEYS_UNAVAILABLE', `The keys of the provider can not be loaded. ${reason}`, 'api')
}
