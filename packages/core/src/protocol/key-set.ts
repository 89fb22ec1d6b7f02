/** Verifies ID-token signatures with the keys of the provider, fetched once and again only when none fits (RFC 7517). */
import type { ServerMetadata } from '../metadata.ts'
import { decodeBase64Url } from './base64url.ts'
import type { SignatureAlgorithm } from './client.ts'
import { requireEndpoint } from './discovery.ts'
import { fail } from './id-token.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** Keys of one provider, kept between logins. Make one per client with {@link createKeySet}. */
export interface KeySet {
  /**
   * Verifies the signature of an ID token whose text and claims have been checked.
   *
   * @param alg - The algorithm that the client expects; nothing in the token can choose another.
   * @throws {ProtocolError} `OIDC_ID_TOKEN_SIGNATURE_INVALID`, `OIDC_ID_TOKEN_KEY_NOT_FOUND`, `OIDC_ENDPOINT_MISSING`.
   * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
   */
  verify(server: ServerMetadata, idToken: string, alg: SignatureAlgorithm): Promise<void>
}

/** A key as the provider publishes it. */
interface PublishedKey extends JsonWebKey {
  readonly kid?: unknown
}

/** Keys of one URL. */
interface FetchedKeys {
  readonly url: string
  /** When they were asked for, in milliseconds since the epoch. */
  readonly at: number
  readonly keys: Promise<readonly PublishedKey[]>
}

/** Longest time that keys are used, in milliseconds: a key that the provider has taken back is refused after it. */
const longestUse = 300_000
const curves: Readonly<Record<string, string>> = { 256: 'P-256', 384: 'P-384', 512: 'P-521' }

/**
 * Creates an empty key set.
 *
 * @param options - How keys are fetched.
 */
export function createKeySet(options: TransportOptions): KeySet {
  let kept: FetchedKeys | undefined
  return {
    async verify(server, idToken, alg) {
      const url = requireEndpoint(server, 'jwks_uri')
      const verifyWith = async (from: FetchedKeys) => {
        kept = from
        await verifySignature(await from.keys, idToken, alg, url)
      }
      const load = (): FetchedKeys => ({ url, at: Date.now(), keys: fetchKeys(url, options) })
      // Keys of one provider must never vouch for another (RFC 8725 section 3.8). A clock that is set back ends their use too.
      const warm = kept?.url === url && Math.abs(Date.now() - kept.at) < longestUse ? kept : undefined
      try {
        await verifyWith(warm ?? load())
      } catch (error) {
        kept = undefined
        if (!warm) throw error
        // The provider may have changed its keys since they were fetched: fetch them once more.
        await verifyWith(load()).catch((failure) => {
          // Until they can be fetched again the last good keys stay.
          kept = warm
          throw failure
        })
      }
    },
  }
}

async function fetchKeys(url: string, options: TransportOptions): Promise<readonly PublishedKey[]> {
  const response = await createTransport(options, 'id-token')(url, { headers: { accept: 'application/json' } })
  const found = await response.json()
  // RFC 7517 section 5: what is no key is left aside. With the exponent 1 anyone can sign.
  return found?.keys?.filter?.((key: PublishedKey | null) => key && !/^A*[QEB]?$/.test(key.e as string)) ?? []
}

/** Verifies with the one key that fits: trying several would be unbounded work for whoever signs. */
async function verifySignature(
  keys: readonly PublishedKey[],
  idToken: string,
  alg: SignatureAlgorithm,
  url: string,
): Promise<void> {
  const [header = '', payload, signature = ''] = idToken.split('.')
  const { kid } = JSON.parse(new TextDecoder().decode(decodeBase64Url(header)))
  const { kty, crv, algorithm } = readAlgorithm(alg)
  const fitting = keys.filter(
    (key) =>
      key.kty === kty &&
      (kid === undefined || key.kid === kid) &&
      (key.alg === undefined || key.alg === alg) &&
      (key.use === undefined || key.use === 'sig') &&
      key.key_ops?.includes('verify') !== false &&
      (!crv || key.crv === crv),
  )
  const [{ ext: _ext, key_ops: _keyOps, use: _use, ...jwk } = {}] = fitting
  if (fitting.length !== 1) fail('KEY_NOT_FOUND', `keys of ${url}`)
  let isValid = false
  try {
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
    const { modulusLength = 2048 } = key.algorithm as Partial<RsaKeyAlgorithm>
    const bytes = decodeBase64Url(signature)
    // RFC 7518 section 3.3: shorter keys must not be used.
    isValid =
      modulusLength >= 2048 &&
      (await crypto.subtle.verify(algorithm, key, bytes, new TextEncoder().encode(`${header}.${payload}`)))
  } catch {
    // A key that the platform does not take verifies nothing.
  }
  if (!isValid) fail('SIGNATURE_INVALID', `keys of ${url}`)
}

/** An algorithm as keys and the platform spell it. */
interface PlatformAlgorithm {
  readonly kty: string
  /** The curve, where the algorithm has one. */
  readonly crv?: string | undefined
  /** What importing a key and verifying with it take. */
  readonly algorithm:
    | Algorithm
    | (EcdsaParams & EcKeyImportParams)
    | RsaHashedImportParams
    | (RsaHashedImportParams & RsaPssParams)
}

/** Names and parameters of an algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1) as keys and the platform spell them. */
export function readAlgorithm(alg: SignatureAlgorithm): PlatformAlgorithm {
  const [, family, size = ''] = /^(RS|PS|ES)?(\d*)/.exec(alg) ?? []
  const hash = `SHA-${size}`
  if (family === 'ES') {
    const crv = curves[size]
    return { kty: 'EC', crv, algorithm: { name: 'ECDSA', namedCurve: crv as string, hash } }
  }
  if (family === 'PS') return { kty: 'RSA', algorithm: { name: 'RSA-PSS', hash, saltLength: Number(size) / 8 } }
  if (family === 'RS') return { kty: 'RSA', algorithm: { name: 'RSASSA-PKCS1-v1_5', hash } }
  return { kty: 'OKP', crv: 'Ed25519', algorithm: { name: 'Ed25519' } }
}
