/** Verifies ID-token signatures with the keys of the provider, fetched once and again only when none fits (RFC 7517). */
import { allowInsecureRequests, customFetch, KEY_SELECTION, validateApplicationLevelSignature } from 'oauth4webapi'
import { isOidcError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { requireEndpoint } from './discovery.ts'
import { fail } from './id-token.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** Keys of one provider, kept between logins. Make one per client with {@link createKeySet}. */
export interface KeySet {
  /**
   * Verifies the signature of the ID token in a token response that oauth4webapi has processed.
   *
   * @throws {ProtocolError} `OIDC_ID_TOKEN_SIGNATURE_INVALID`, `OIDC_ID_TOKEN_KEY_NOT_FOUND`, `OIDC_ENDPOINT_MISSING`.
   * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
   */
  verify(server: ServerMetadata, response: Response): Promise<void>
}

/**
 * Creates an empty key set.
 *
 * @param options - How keys are fetched.
 */
export function createKeySet(options: TransportOptions): KeySet {
  // oauth4webapi remembers keys by the identity of the metadata object: a new copy forgets them.
  let keyed: ServerMetadata | undefined
  const verify = async (server: ServerMetadata, response: Response): Promise<void> => {
    requireEndpoint(server, 'jwks_uri')
    // Keys of one provider must never vouch for another (RFC 8725 section 3.8).
    if (keyed?.jwks_uri !== server.jwks_uri) keyed = undefined
    const warm = keyed
    keyed ??= { ...server }
    try {
      await validateApplicationLevelSignature(keyed, response, {
        [customFetch]: async (url, init) => {
          const found = await (await createTransport(options, 'id-token')(url, init)).json()
          // RFC 7517 section 5: what is no key is left aside. With the exponent 1 anyone can sign.
          return Response.json({
            keys: found?.keys?.filter?.((key: JsonWebKey | null) => key && !/^A*[QEB]?$/.test(key.e as string)),
          })
        },
        [allowInsecureRequests]: true,
      })
    } catch (error) {
      keyed = undefined
      if (isOidcError(error)) throw error
      // The provider may have changed its keys since they were fetched: fetch them once more.
      if (warm) {
        return verify(server, response).catch((failure) => {
          // Until they can be fetched again the last good keys stay.
          keyed = warm
          throw failure
        })
      }
      const missing = (error as { code?: string }).code === KEY_SELECTION
      fail(missing ? 'KEY_NOT_FOUND' : 'SIGNATURE_INVALID', `keys of ${server.jwks_uri}`)
    }
  }
  return { verify }
}
