/** Holds a vector against the code that checks access tokens at an API; this file runs anywhere. */
import { buildVerifier } from '../../src/api/access-token-verifier.ts'
import type { SignatureCheck, Signatures } from '../../src/api/signatures.ts'
import { isOidcError } from '../../src/errors.ts'
import { favourableAlgorithm, type Vector } from './vector.ts'

const issuer = 'https://idp.example'
const now = Date.UTC(2026, 0, 1)
const claims = { iss: issuer, sub: 'mira', aud: 'api', iat: now / 1000, exp: now / 1000 + 300 }
const payload = btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/**
 * Verifies a token with header and signature of the vector at an API whose provider publishes the vector's keys.
 *
 * The payloads of the vectors are no claims, so the token carries claims of its own in their place, and the check of the
 * signature is handed what the vector has signed: every other step, from the text to the import of the key, sees the vector.
 *
 * @param signatures - How signatures are checked.
 */
export async function judgeAccessToken(vector: Vector, signatures: Signatures): Promise<'valid' | 'invalid'> {
  const [header, signed, signature, ...more] = vector.jws.split('.')
  const three = signature !== undefined && more.length === 0
  // A payload that is no base64url stays as it is.
  const carried = three && signatures.decodeBytes(signed ?? '') !== undefined
  const withVector =
    (check: SignatureCheck): SignatureCheck =>
    (input, bytes) => {
      if (input !== `${header}.${payload}`) throw new Error('another text than the one of the token was to be verified')
      return check(`${header}.${signed}`, bytes)
    }
  const verifier = buildVerifier(
    {
      issuer,
      audience: 'api',
      jwksUri: `${issuer}/${vector.file}/${vector.id}`,
      algorithms: [favourableAlgorithm(vector)],
      clock: { now: () => now },
      fetch: async () => Response.json({ keys: vector.keys }),
    },
    {
      signatures: {
        ...signatures,
        importKey(jwk, algorithm) {
          const imported = signatures.importKey(jwk, algorithm)
          return imported instanceof Promise ? imported.then(withVector) : withVector(imported)
        },
      },
    },
  )
  try {
    await verifier.verify(carried ? [header, payload, signature].join('.') : vector.jws)
    return 'valid'
  } catch (error) {
    // A set of which no key is usable counts as not loaded: the answer is 503, and nobody gets in.
    const refused = isOidcError(error) && /^OIDC_(TOKEN_|KEYS_UNAVAILABLE$)/.test(error.code)
    if (!refused) throw error
    return 'invalid'
  }
}
