/**
 * ID-token validation (OpenID Connect Core 1.0 section 3.1.3.7): text, algorithm, type, claims, signature, at_hash.
 * The signature is checked always, also for tokens that came straight from the token endpoint.
 */
import type { IdTokenClaims } from '../claims.ts'
import type { ErrorCodeOf } from '../error-codes.ts'
import { ProtocolError } from '../errors.ts'
import type { Client } from './client.ts'
import { readJwsText } from './jws-text.ts'

/** What a valid ID token has to agree with. */
export interface IdTokenExpectation {
  readonly issuer: string
  /** The nonce that was sent; undefined for a renewal, whose ID token then carries none or the one of the login. */
  readonly nonce: string | undefined
  /** The ID token of the login, when this one comes from a renewal: same `sub`. */
  readonly previous?: IdTokenClaims | undefined
  /** Time of the provider, in seconds since the epoch; undefined takes the token's `iat`, which nonce and signature vouch for. */
  readonly serverTimeSeconds: number | undefined
}

type Failure =
  ErrorCodeOf<'ProtocolError'> extends infer Code
    ? Code extends `OIDC_ID_TOKEN_${infer Suffix}`
      ? Suffix
      : never
    : never

/** Largest ID token read, in characters. */
const maxLength = 16_384

/**
 * Checks everything of an ID token but its signature and `at_hash`.
 *
 * @param idToken - The text.
 * @returns Claims that must not be used before {@link checkAtHash} and the signature check have passed too.
 * @throws {ProtocolError} One `OIDC_ID_TOKEN_...` code for each rule.
 */
export function checkIdToken(idToken: string, client: Client, expected: IdTokenExpectation): IdTokenClaims {
  const { clientId, idTokenSignedResponseAlg: alg = 'RS256', clockToleranceSeconds: tolerance = 30 } = client
  const { payload } = readJwsText(
    idToken,
    maxLength,
    (defect) => fail('MALFORMED', `its ${defect} breaks the compact form`),
    (header) => {
      if (header.alg !== alg) fail('ALG_MISMATCH', `expected alg ${alg}`)
      if (header.crit !== undefined || !/^(application\/)?jwt$/i.test(String(header.typ ?? 'JWT'))) {
        fail('TYP_MISMATCH', 'expected typ JWT or none, and no crit')
      }
      if (client.requireKid && typeof header.kid !== 'string') fail('KEY_NOT_FOUND', 'expected a kid')
    },
  )
  const { iss, sub, aud, azp, exp, iat, nbf, nonce, auth_time: authTime } = payload
  if (iss !== expected.issuer) fail('ISS_MISMATCH', `expected iss ${expected.issuer}`)
  if (typeof sub !== 'string' || !sub) fail('SUB_MISSING', 'expected a sub')

  const audiences = Array.isArray(aud) ? aud : [aud]
  if (!audiences.includes(clientId)) fail('AUD_MISMATCH', `expected aud ${clientId}`)
  const several = audiences.length > 1
  if (several ? azp !== clientId : azp !== undefined && azp !== clientId) {
    fail(several ? 'AUDIENCES_AZP_MISMATCH' : 'AZP_MISMATCH', `expected azp ${clientId}`)
  }
  const trusted = [clientId, ...(client.trustedAudiences ?? [])]
  if (!audiences.every((audience) => trusted.includes(audience))) {
    fail('AUD_UNTRUSTED', `expected no audience but ${trusted}`)
  }

  for (const [name, value] of Object.entries({ iat, exp, nbf, auth_time: authTime })) {
    if (value === undefined ? name === 'iat' || name === 'exp' : !isNumericDate(value)) {
      fail('CLAIM_INVALID', `expected ${name} to be a time in seconds`)
    }
  }
  const issued = iat as number
  const now = expected.serverTimeSeconds ?? issued
  if ((exp as number) <= now - (expected.serverTimeSeconds === undefined ? 0 : tolerance))
    fail('EXPIRED', 'its exp is in the past')
  if (Math.max(issued, (nbf ?? 0) as number, (authTime ?? 0) as number) > now + tolerance) {
    fail('NOT_YET_VALID', `its iat, nbf or auth_time is more than ${tolerance} s in the future`)
  }

  if (expected.previous) {
    if (sub !== expected.previous.sub) fail('SUB_MISMATCH', 'it is about another user than the session')
    if (nonce !== undefined && nonce !== expected.previous.nonce)
      fail('NONCE_MISMATCH', 'its nonce is not the one of the login')
  } else if (nonce !== expected.nonce) {
    fail(nonce === undefined ? 'NONCE_MISSING' : 'NONCE_MISMATCH', 'expected the nonce that was sent')
  }
  return payload as unknown as IdTokenClaims
}

/**
 * Checks `at_hash` against the access token that came with the ID token.
 *
 * @throws {ProtocolError} `OIDC_ID_TOKEN_AT_HASH_MISMATCH`.
 * @see OpenID Connect Core 1.0 section 3.1.3.8
 */
export async function checkAtHash(claims: IdTokenClaims, client: Client, accessToken: string): Promise<void> {
  if (claims.at_hash === undefined) return
  const size = /\d{3}$/.exec(client.idTokenSignedResponseAlg ?? 'RS256')?.[0] ?? '512'
  const digest = await crypto.subtle.digest(`SHA-${size}`, new TextEncoder().encode(accessToken))
  const half = btoa(String.fromCharCode(...new Uint8Array(digest, 0, digest.byteLength / 2)))
  if (claims.at_hash !== half.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')) {
    fail('AT_HASH_MISMATCH', 'its at_hash is not of the access token')
  }
}

/** Throws the error of a rule. */
export function fail(suffix: Failure, what: string): never {
  throw new ProtocolError(`OIDC_ID_TOKEN_${suffix}`, `The ID token was refused: ${what}.`, 'id-token')
}

/** RFC 7519 section 2, within the years 1970 to 5138. */
function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e11
}
