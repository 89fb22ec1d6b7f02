/** One load of a provider's key set (RFC 7517 section 5): where it is, what of it can be used, how long it holds. */
import { NetworkError } from '../errors.ts'
import { discover } from '../protocol/discovery.ts'
import { createTransport, type TransportOptions } from '../protocol/transport.ts'
import { type KeySkipReason, type PublishedKey, readPublishedKey } from './published-key.ts'
import type { Signatures } from './signatures.ts'

/** A key set as it was loaded. */
export interface LoadedKeys {
  readonly keys: readonly PublishedKey[]
  /** Why members of the set are left aside, a reason for each of them. */
  readonly skipped: readonly KeySkipReason[]
  /** How long the set is fresh. */
  readonly maxAgeMs: number
}

/** More keys than this are a mistake or an attack, not a set. */
const maxKeys = 500

/**
 * Finds the address of the keys.
 *
 * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`, and what discovery throws.
 */
export async function findKeySet(issuer: string, transport: TransportOptions): Promise<string> {
  const { jwks_uri: address } = await discover(issuer, transport)
  return address ?? unavailable(`${issuer} announces no jwks_uri. Give jwksUri.`)
}

/**
 * Loads a key set.
 *
 * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE` for a set without any usable key, which is taken for a mistake and must not
 *   replace one that was good; and what the transport throws.
 */
export async function loadKeySet(
  address: string,
  transport: TransportOptions,
  signatures: Signatures,
): Promise<LoadedKeys> {
  const accept = 'application/json, application/jwk-set+json'
  const response = await createTransport(transport, 'api')(address, { headers: { accept } })
  const members = ((await response.json()) as { keys?: unknown } | null)?.keys
  if (!Array.isArray(members)) unavailable('The answer is not a key set.')
  if (members.length > maxKeys) unavailable(`The key set holds more than ${maxKeys} keys.`)
  const skipped: KeySkipReason[] = []
  const keys = members
    .map((member) => readPublishedKey(member, signatures, (reason) => skipped.push(reason)))
    .filter((key) => key !== undefined)
  if (keys.length === 0) unavailable('The key set holds no usable key.')
  return { keys, skipped, maxAgeMs: maxAgeMs(response.headers) }
}

/** `max-age` between 60 s and 24 h; without it, or with `no-store`, ten minutes (RFC 9111 section 5.2.2). */
function maxAgeMs(headers: Headers): number {
  const text = headers.get('cache-control') ?? ''
  const seconds = /no-store/i.test(text) ? undefined : /max-age="?(\d+)/i.exec(text)?.[1]
  return 1000 * Math.min(Math.max(Number(seconds ?? 600), 60), 86_400)
}

/**
 * Throws the error of keys that can not be had.
 *
 * @param retryAfterSeconds - When the next try makes sense.
 */
export function unavailable(reason: string, retryAfterSeconds?: number): never {
  const message = `The keys of the provider can not be loaded. ${reason}`
  const error = new NetworkError('OIDC_KEYS_UNAVAILABLE', message, 'api')
  throw retryAfterSeconds === undefined ? error : Object.assign(error, { retryAfterSeconds })
}
