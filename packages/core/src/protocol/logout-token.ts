/**
 * Logout-token validation (OpenID Connect Back-Channel Logout 1.0 sections 2.4 and 2.6): text, algorithm, type, claims,
 * then the signature. Whether the token was seen before, and what ends, is for the caller.
 */
import type { ErrorCodeOf } from '../error-codes.ts'
import { ProtocolError } from '../errors.ts'
import { type JwsObject, readJwsText } from './jws-text.ts'

/** Claims of a valid logout token. At least one of `sub` and `sid` is there. */
export interface LogoutTokenClaims {
  /** Issuer. */
  readonly iss: string
  /** Audience. */
  readonly aud: string | readonly string[]
  /** Time of issue, in seconds since the epoch. */
  readonly iat: number
  /** Expiry, in seconds since the epoch. */
  readonly exp: number
  /** Names the token, so that it counts once. */
  readonly jti: string
  /** Whose sessions end. */
  readonly sub?: string
  /** The session that ends. */
  readonly sid?: string
}

/** What a valid logout token has to agree with. */
export interface LogoutTokenExpectation {
  readonly issuer: string
  /** Clients that logout tokens may be for. */
  readonly clientIds: readonly string[]
  readonly algorithms: readonly string[]
  /** Whether `typ` has to be `logout+jwt`; else it may be absent or `JWT` as well, as many providers have it. */
  readonly requireTyp: boolean
  readonly clockToleranceSeconds: number
  /** Seconds since the epoch. */
  readonly now: number
}

/** The name of the event that a logout token tells (section 2.4). */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** Longest logout token read, in characters. */
const maxLength = 16_384

/** How long after its issue a token is taken, whatever its `exp` is, in seconds: providers send it at once (section 2.5). */
const longestWaySeconds = 600

type Code = Extract<ErrorCodeOf<'ProtocolError'>, `OIDC_LOGOUT_TOKEN_${string}`>

/**
 * Validates a logout token.
 *
 * @param token - The text.
 * @param verifySignature - Verifies the signature with the keys of the issuer; called last, so that junk costs no key.
 * @throws {ProtocolError} One `OIDC_LOGOUT_TOKEN_...` code for each rule.
 * @throws What `verifySignature` throws.
 */
export async function validateLogoutToken(
  token: string,
  expected: LogoutTokenExpectation,
  verifySignature: (token: string, header: JwsObject) => Promise<void>,
): Promise<LogoutTokenClaims> {
  let header: JwsObject = {}
  const malformed = () => fail('OIDC_LOGOUT_TOKEN_MALFORMED', 'the token is too long or breaks the compact form')
  const claims = readJwsText(token, maxLength, malformed, (found) => {
    checkHeader(found, expected)
    header = found
  })
  checkClaims(claims, expected)
  await verifySignature(token, header)
  return claims as unknown as LogoutTokenClaims
}

function checkHeader(
  { alg, typ, kid, crit, b64 }: JwsObject,
  { algorithms, requireTyp }: LogoutTokenExpectation,
): void {
  if (!algorithms.includes(alg as string) || crit !== undefined || b64 !== undefined) {
    fail('OIDC_LOGOUT_TOKEN_ALG_REFUSED', `expected alg ${algorithms.join(' or ')} and no critical extension`)
  }
  const type = String(typ ?? (requireTyp ? '' : 'JWT'))
    .toLowerCase()
    .replace(/^application\//, '')
  if (type !== 'logout+jwt' && (requireTyp || type !== 'jwt')) {
    fail('OIDC_LOGOUT_TOKEN_TYP_REFUSED', `expected typ logout+jwt${requireTyp ? '' : ', JWT or none'}`)
  }
  if (kid !== undefined && typeof kid !== 'string') fail('OIDC_LOGOUT_TOKEN_MALFORMED', 'its kid is no text')
}

function checkClaims(claims: JwsObject, expected: LogoutTokenExpectation): void {
  const { iss, aud, iat, nbf = iat, exp, jti, events, nonce, sub, sid } = claims
  const { issuer, clientIds, clockToleranceSeconds: tolerance, now } = expected
  const audiences: readonly unknown[] = [aud].flat()
  const event = typeof events === 'object' && events !== null ? (events as JwsObject)[logoutEvent] : undefined
  const rules: readonly (readonly [Code, boolean, string])[] = [
    ['OIDC_LOGOUT_TOKEN_ISS_MISMATCH', iss === issuer, `expected iss ${issuer}`],
    [
      'OIDC_LOGOUT_TOKEN_AUD_MISMATCH',
      audiences.length > 0 && audiences.every((name) => clientIds.includes(name as string)),
      `expected aud ${clientIds.join(' or ')}`,
    ],
    ['OIDC_LOGOUT_TOKEN_CLAIM_INVALID', [iat, nbf, exp].every(isTime) && isName(jti), 'it needs iat, exp and jti'],
    ['OIDC_LOGOUT_TOKEN_EXPIRED', (exp as number) > now - tolerance, 'exp has passed'],
    ['OIDC_LOGOUT_TOKEN_EXPIRED', (iat as number) >= now - tolerance - longestWaySeconds, 'it is too old'],
    [
      'OIDC_LOGOUT_TOKEN_NOT_YET_VALID',
      Math.max(iat as number, nbf as number) <= now + tolerance,
      'it is of the future',
    ],
    [
      'OIDC_LOGOUT_TOKEN_EVENT_MISSING',
      typeof event === 'object' && event !== null && !Array.isArray(event),
      'expected the event of a logout, an object',
    ],
    // An ID token has one, and could be sent here by anybody who got hold of it.
    ['OIDC_LOGOUT_TOKEN_NONCE_PRESENT', nonce === undefined, 'only ID tokens have a nonce'],
    [
      'OIDC_LOGOUT_TOKEN_SUBJECT_MISSING',
      (isName(sub) || isName(sid)) && [sub, sid].every((name) => name === undefined || isName(name)),
      'it needs sub or sid',
    ],
  ]
  for (const [code, holds, detail] of rules) if (!holds) fail(code, detail)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e11
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 255
}

function fail(code: Code, detail: string): never {
  throw new ProtocolError(code, `The logout token was refused: ${detail}.`, 'logout')
}
