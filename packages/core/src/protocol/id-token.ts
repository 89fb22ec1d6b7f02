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
  /** The nonce that was sent; for a renewal the one of the login. */
  readonly nonce: string | undefined
  /** The ID token of the login, when this one comes from a renewal: same `sub`, and no nonce is fine. */
  readonly previous?: IdTokenClaims | undefined
  /** Time of the provider, in seconds since the epoch; undefined takes the token's `iat`, which nonce and signature vouch for. */
  readonly serverTimeSeconds: number | undefined
  /** The latest time that it can be, where that is not known better. Default: `serverTimeSeconds`. */
  readonly latestServerTimeSeconds?: number
}

type Rule =
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
  const { clientId, idTokenSignedResponseAlg = 'RS256', clockToleranceSeconds: tolerance = 30 } = client
  const { issuer, previous, serverTimeSeconds, latestServerTimeSeconds } = expected
  const detail = `expected issuer ${issuer}, client ${clientId}, alg ${idTokenSignedResponseAlg}`
  const claims = readJwsText(
    idToken,
    maxLength,
    () => fail('MALFORMED', detail),
    ({ alg, typ = 'JWT', crit, b64, kid }) => {
      if (alg !== idTokenSignedResponseAlg) fail('ALG_MISMATCH', detail)
      if (crit !== undefined || b64 !== undefined || !/^(application\/)?jwt$/i.test(String(typ)))
        fail('TYP_MISMATCH', detail)
      if (client.requireKid && typeof kid !== 'string') fail('KEY_NOT_FOUND', 'no kid')
    },
  ) as unknown as IdTokenClaims & { readonly nbf?: number }
  const { iss, sub, aud, azp, exp, iat, nbf = iat, nonce, auth_time: authTime = iat } = claims
  const audiences = [aud].flat()
  const now = serverTimeSeconds ?? iat
  const rules: [Rule, boolean][] = [
    ['ISS_MISMATCH', iss === issuer],
    // Core section 2: at most 255 characters.
    ['SUB_MISSING', typeof sub === 'string' && /^.{1,255}$/s.test(sub)],
    ['AUD_MISMATCH', audiences.includes(clientId)],
    ['AUDIENCES_AZP_MISMATCH', audiences.length < 2 || azp === clientId],
    ['AZP_MISMATCH', azp === undefined || azp === clientId],
    ['AUD_UNTRUSTED', audiences.every((name) => name === clientId || client.trustedAudiences?.includes(name))],
    ['CLAIM_INVALID', [iat, exp, nbf, authTime].every(isNumericDate)],
    ['EXPIRED', exp > now - (serverTimeSeconds === undefined ? 0 : tolerance)],
    ['NOT_YET_VALID', Math.max(iat, nbf, authTime) <= (latestServerTimeSeconds ?? now) + tolerance],
    ['SUB_MISMATCH', !previous || sub === previous.sub],
    ['AUTH_TIME_CHANGED', !previous?.auth_time || [undefined, previous.auth_time].includes(claims.auth_time)],
    ['NONCE_MISSING', !!previous || !expected.nonce || nonce !== undefined],
    ['NONCE_MISMATCH', nonce === expected.nonce || (!!previous && nonce === undefined)],
  ]
  for (const [rule, holds] of rules) if (!holds) fail(rule, detail)
  return claims
}

/**
 * Checks `at_hash` against the access token that came with the ID token.
 *
 * @throws {ProtocolError} `OIDC_ID_TOKEN_AT_HASH_MISMATCH`.
 * @see OpenID Connect Core 1.0 section 3.1.3.8
 */
export async function checkAtHash(claims: IdTokenClaims, client: Client, accessToken: string): Promise<void> {
  if (claims.at_hash === undefined) return
  // EdDSA and Ed25519 hash with SHA-512; the other names end in the size.
  const size = /S(\d+)$/.exec(client.idTokenSignedResponseAlg ?? 'RS256')?.[1] ?? '512'
  const digest = await crypto.subtle.digest(`SHA-${size}`, new TextEncoder().encode(accessToken))
  const half = btoa(String.fromCharCode(...new Uint8Array(digest, 0, digest.byteLength / 2)))
  if (claims.at_hash !== half.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')) {
    fail('AT_HASH_MISMATCH', 'not of the access token')
  }
}

/** Throws the error of a rule. */
export function fail(rule: Rule, detail: string): never {
  throw new ProtocolError(`OIDC_ID_TOKEN_${rule}`, `The ID token was refused: ${rule} (${detail}).`, 'id-token')
}

/** RFC 7519 section 2, within the years 1970 to 5138. */
function isNumericDate(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < 1e11
}
