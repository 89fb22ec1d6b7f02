import type { Clock } from '../clock.ts'
import type { JwsObject } from '../protocol/jws-text.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import { sharedJwks } from './shared-jwks.ts'
import { defaultSignatures } from './signatures.ts'

/** Where keys of an issuer come from. */
interface KeySource {
  readonly issuer: string
  /** Default: the `jwks_uri` of the discovery document. */
  readonly jwksUri?: string | undefined
  /** Deadline of a request for metadata or keys, in milliseconds. Default 10000. */
  readonly timeoutMs?: number | undefined
  readonly fetch?: FetchFunction | undefined
  readonly clock: Clock
}

/**
 * Makes the function that verifies signatures of an issuer with the keys that verifiers of access tokens use as well.
 *
 * @returns A function of a compact JWS that was read strictly, and its header. It rejects with `OIDC_TOKEN_SIGNATURE_INVALID`,
 *   `OIDC_TOKEN_KEY_NOT_FOUND` or `OIDC_KEYS_UNAVAILABLE`.
 */
export function createSignatureCheck({
  issuer,
  jwksUri,
  timeoutMs = 10_000,
  fetch,
  clock,
}: KeySource): (jws: string, header: JwsObject) => Promise<void> {
  const signatures = defaultSignatures()
  const transport = { timeoutMs, ...(fetch ? { fetch } : {}) }
  const jwks = sharedJwks({ issuer, jwksUri, transport, maxStaleSeconds: 86_400, clock, signatures })
  return async (jws, { alg, kid }) => {
    const end = jws.lastIndexOf('.')
    const signature = signatures.decodeBytes(jws.slice(end + 1)) ?? new Uint8Array()
    const signed = { algorithm: alg as string, kid: kid as string | undefined, input: jws.slice(0, end), signature }
    await jwks.verify(signed, undefined)
  }
}
