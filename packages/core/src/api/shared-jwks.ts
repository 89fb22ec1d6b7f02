import type { Clock } from '../clock.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import { createJwks, type Jwks, type JwksSettings } from './jwks.ts'
import type { Signatures } from './signatures.ts'

/** By what sends the requests, tells the time and checks signatures; then by address and limits. */
const shared = new WeakMap<FetchFunction, WeakMap<Clock, WeakMap<Signatures, Map<string, Jwks>>>>()

/**
 * The one key set of this process for a provider: verifiers that would load it in the same way share it, so that a second
 * audience, or a verifier made anew, costs no request.
 */
export function sharedJwks(settings: JwksSettings): Jwks {
  const { issuer, jwksUri, transport, maxStaleSeconds, clock, signatures } = settings
  const byClock = entry(shared, transport.fetch ?? globalThis.fetch, () => new WeakMap<Clock, never>())
  const bySignatures = entry(byClock, clock, () => new WeakMap<Signatures, never>())
  const byAddress = entry(bySignatures, signatures, () => new Map<string, Jwks>())
  const address = JSON.stringify([issuer, jwksUri, transport.timeoutMs, maxStaleSeconds])
  return entry(byAddress, address, () => createJwks(settings))
}

function entry<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  create: () => Value,
): Value {
  const found = map.get(key) ?? create()
  map.set(key, found)
  return found
}
