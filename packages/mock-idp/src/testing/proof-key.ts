/** A key of a client, as DPoP binds tokens to (RFC 9449), and the proofs that it makes. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as base64url from 'jose/base64url'
import type { MockIdp } from '../mock-idp.ts'

/** What a proof is about. */
export interface ProvenCall {
  /** HTTP method of the request. Default `GET`. */
  readonly method?: string
  /** Address of the request as the client sees it. Query and fragment are left out of the proof. */
  readonly url: string
  /** Access token that the request carries. Without one the proof is for the token endpoint. */
  readonly accessToken?: string
  /** Nonce that the server asked for. Default none. */
  readonly nonce?: string
  /** Claims that replace or add to the usual ones, for proofs with a fault; `undefined` takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A key of a client. */
export interface ProofKey {
  /**
   * SHA-256 thumbprint of the public key (RFC 7638), which binds a token:
   * `idp.tokens.accessToken({ claims: { cnf: { jkt: key.thumbprint } } })`.
   */
  readonly thumbprint: string
  /** Makes a new proof (RFC 9449 section 4.2). */
  prove(call: ProvenCall): Promise<string>
  /** Headers of a request to an API: `authorization: DPoP <access token>`, and a new proof. */
  headers(
    call: ProvenCall & { readonly accessToken: string },
  ): Promise<{ readonly authorization: string; readonly dpop: string }>
}

/**
 * Makes a key pair (ES256) for tests of DPoP. Its proofs have the time of the mock.
 *
 * @param idp - The mock whose clock counts.
 */
export async function createProofKey(idp: Pick<MockIdp, 'clock'>): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)

  const prove: ProofKey['prove'] = async ({ method = 'GET', url, accessToken, nonce, claims }) => {
    const { origin, pathname } = new URL(url)
    return new SignJWT({
      jti: crypto.randomUUID(),
      htm: method,
      htu: origin + pathname,
      iat: Math.floor(idp.clock.now() / 1000),
      ...(accessToken !== undefined && { ath: await digest(accessToken) }),
      ...(nonce !== undefined && { nonce }),
      ...claims,
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(privateKey)
  }
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    prove,
    headers: async (call) => ({ authorization: `DPoP ${call.accessToken}`, dpop: await prove(call) }),
  }
}

async function digest(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
