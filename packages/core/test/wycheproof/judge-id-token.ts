/** Holds a vector against the code that checks ID tokens in a browser; this file runs anywhere. */
import { isOidcError } from '../../src/errors.ts'
import { createKeySet } from '../../src/protocol/key-set.ts'
import { refreshTokens } from '../../src/protocol/token-request.ts'
import { favourableAlgorithm, type Vector } from './vector.ts'

const issuer = 'https://idp.example'
const now = Date.UTC(2026, 0, 1)
const claims = { iss: issuer, sub: 'mira', aud: 'app', iat: now / 1000, exp: now / 1000 + 300 }
const payload = btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
const tokens = {
  accessToken: 'access',
  tokenType: 'bearer',
  expiresAt: undefined,
  scopes: ['openid'],
  refreshToken: 'refresh',
  idToken: undefined,
  claims,
  clockSkewSeconds: 0,
} as const

/**
 * Renews tokens at a provider whose ID token has header and signature of the vector, and whose keys are the vector's.
 *
 * The payloads of the vectors are no claims, so the token carries claims of its own in their place, and the platform is
 * handed what the vector has signed: every other step, from the text to the import of the key, sees the vector.
 */
export async function judgeIdToken(vector: Vector): Promise<'valid' | 'invalid'> {
  const [header, signed, signature, ...more] = vector.jws.split('.')
  const three = signature !== undefined && more.length === 0
  // A payload that is no base64url stays as it is.
  const carried = three && /^[\w-]*$/.test(signed ?? '') && (signed?.length ?? 0) % 4 !== 1
  const fetch = async (url: string) =>
    Response.json(
      url.endsWith('/jwks')
        ? { keys: vector.keys }
        : {
            access_token: 'access',
            token_type: 'Bearer',
            id_token: carried ? [header, payload, signature].join('.') : vector.jws,
          },
    )
  const { subtle } = crypto
  const verify = subtle.verify.bind(subtle)
  subtle.verify = (algorithm, key, bytes, data) => {
    const given = new TextDecoder().decode(data)
    if (given !== `${header}.${payload}`) throw new Error('another text than the one of the token was to be verified')
    return verify(algorithm, key, bytes, new TextEncoder().encode(`${header}.${signed}`))
  }
  try {
    await refreshTokens(
      {
        server: { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` },
        client: { clientId: 'app', idTokenSignedResponseAlg: favourableAlgorithm(vector) },
        keys: createKeySet({ fetch }),
        clock: { now: () => now },
        transport: { fetch },
      },
      tokens,
    )
    return 'valid'
  } catch (error) {
    if (!isOidcError(error) || !error.code.startsWith('OIDC_ID_TOKEN_')) throw error
    return 'invalid'
  } finally {
    Reflect.deleteProperty(subtle, 'verify')
  }
}
