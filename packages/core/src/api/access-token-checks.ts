/** The rules for access tokens at an API (RFC 9068 section 4, RFC 8725), all but the signature. */
import { evaluateAccess } from '../access/evaluate.ts'
import { explainDecision } from '../access/explain.ts'
import { readGrant, readScopes } from '../access/grant.ts'
import type { AccessRule } from '../access/rule.ts'
import type { AccessTokenClaims } from '../claims.ts'
import { TokenVerificationError } from '../errors.ts'
import type { JwsObject } from '../protocol/jws-text.ts'
import type { VerificationDetails } from '../verification-details.ts'

const timeClaims = ['exp', 'nbf', 'iat']

/** What access tokens of a provider look like. */
export type AccessTokenProfile = 'rfc9068' | 'jwt' | 'descope'

/** What an API accepts. */
export interface AccessTokenSettings {
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly profile: AccessTokenProfile
  /** What the claims of every token have to fulfil. */
  readonly tokenRule?: AccessRule | undefined
  readonly clockToleranceSeconds: number
  readonly maxTokenLength: number
}

/** Header parameters that verification goes on with. */
export interface CheckedHeader {
  readonly algorithm: string
  readonly kid: string | undefined
}

/**
 * Checks the header of a token.
 *
 * @throws {TokenVerificationError} `OIDC_TOKEN_ALG_REFUSED`, `OIDC_TOKEN_TYP_REFUSED`, `OIDC_TOKEN_KEY_NOT_FOUND`.
 */
export function checkHeader(header: JwsObject, { algorithms, profile }: AccessTokenSettings): CheckedHeader {
  const { alg, typ = 'JWT', kid } = header
  if (!algorithms.includes(alg as string)) refuseOther('OIDC_TOKEN_ALG_REFUSED', 'alg', algorithms, alg)
  if (header.crit !== undefined || header.b64 !== undefined) {
    fail('OIDC_TOKEN_ALG_REFUSED', 'Critical extensions are not supported.', 'crit')
  }
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
  if (type !== 'at+jwt' && (profile === 'rfc9068' || type !== 'jwt')) {
    const expected = profile === 'rfc9068' ? ['at+jwt'] : ['at+jwt', 'JWT']
    refuseOther('OIDC_TOKEN_TYP_REFUSED', 'typ', expected, header.typ)
  }
  if (typeof kid !== 'string' && (profile === 'descope' || kid !== undefined)) {
    fail('OIDC_TOKEN_KEY_NOT_FOUND', 'The token has no kid.', 'kid')
  }
  return { algorithm: alg as string, kid: kid as string | undefined }
}

/**
 * Checks the claims of a token, whose signature may still have to be checked.
 *
 * @param now - Seconds since the epoch.
 * @returns Claims that must not be used before the signature has been checked.
 * @throws {TokenVerificationError} One `OIDC_TOKEN_...` code for each rule.
 */
export function checkClaims(payload: JwsObject, settings: AccessTokenSettings, now: number): AccessTokenClaims {
  checkIssuerAndAudience(payload, settings)
  checkTimes(payload, settings.clockToleranceSeconds, now)
  const required = settings.profile === 'rfc9068' ? ['sub', 'client_id', 'jti'] : ['sub']
  for (const name of required) {
    if (typeof payload[name] !== 'string' || !payload[name]) {
      fail('OIDC_TOKEN_CLAIM_INVALID', `The token has no ${name}.`, name)
    }
  }
  // OpenID Connect Core 1.0 section 2.
  if ((payload.sub as string).length > 255) {
    fail('OIDC_TOKEN_CLAIM_INVALID', 'Expected sub to have at most 255 characters.', 'sub')
  }
  if (settings.profile === 'rfc9068' && payload.iat === undefined) {
    fail('OIDC_TOKEN_CLAIM_INVALID', 'The token has no iat.', 'iat')
  }
  checkPurpose(payload, settings.profile)
  // One text is what nearly all have, and nothing can be wrong with that.
  const hasText = typeof payload.scope === 'string' && payload.scp === undefined
  if (!hasText && !readScopes(payload)) {
    fail(
      'OIDC_TOKEN_CLAIM_INVALID',
      'Expected scope, or scp, as text or list of texts; where both are there, the same.',
      'scope',
    )
  }
  const decision = settings.tokenRule && evaluateAccess(settings.tokenRule, readGrant(payload))
  if (decision?.allowed === false)
    fail('OIDC_TOKEN_CLAIM_INVALID', `The token does not count: ${explainDecision(decision)}`)
  return payload as unknown as AccessTokenClaims
}

function checkIssuerAndAudience(payload: JwsObject, settings: AccessTokenSettings): void {
  const { iss, aud } = payload
  if (!settings.issuers.includes(iss as string)) refuseIssuer(settings.issuers, iss)
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!audiences.some((audience) => settings.audiences.includes(audience as string))) {
    refuseOther('OIDC_TOKEN_AUD_REFUSED', 'aud', settings.audiences, aud)
  }
}

/**
 * Throws the error of a token of another issuer.
 *
 * @param iss - What the token has.
 */
export function refuseIssuer(issuers: readonly string[], iss: unknown): never {
  const hint = issuers.some((own) => `${own}/` === iss || own.replace(/\/$/, '') === iss)
    ? ' A slash at the end counts.'
    : ''
  return refuseOther('OIDC_TOKEN_ISS_REFUSED', 'iss', issuers, iss, hint)
}

/**
 * Checks `exp`, `nbf` and `iat`.
 *
 * @param tolerance - In seconds.
 * @param now - Seconds since the epoch.
 * @throws {TokenVerificationError} `OIDC_TOKEN_EXPIRED`, `OIDC_TOKEN_NOT_YET_VALID`, `OIDC_TOKEN_CLAIM_INVALID`.
 */
function checkTimes(payload: JwsObject, tolerance: number, now: number): void {
  for (const name of timeClaims) {
    const value = payload[name]
    if (value === undefined && name !== 'exp') continue
    if (typeof value !== 'number' || !(value > 0 && value < 1e11)) {
      fail('OIDC_TOKEN_CLAIM_INVALID', `Expected ${name} to be a time in seconds.`, name)
    }
    if (name === 'exp' ? value <= now - tolerance : value > now + tolerance) {
      const code = name === 'exp' ? 'OIDC_TOKEN_EXPIRED' : 'OIDC_TOKEN_NOT_YET_VALID'
      const secondsOff = Math.abs(now - value)
      const off = name === 'exp' ? `token expired ${secondsOff} s ago` : `${name} of the token is ${secondsOff} s ahead`
      const message = `The ${off}; ${tolerance} s are tolerated.`
      fail(code, message, name, { secondsOff, found: value })
    }
  }
}

/** The seconds since the epoch at which a token stands {@link checkTimes}. */
export interface Validity {
  /** The first one. */
  readonly from: number
  /** The first one after. */
  readonly until: number
}

/**
 * When a token is valid.
 *
 * @param claims - Claims that {@link checkTimes} has accepted.
 * @param tolerance - In seconds.
 */
export function validityOf({ exp, nbf = 0, iat = 0 }: AccessTokenClaims, tolerance: number): Validity {
  return { from: Math.max(nbf as number, iat) - tolerance, until: exp + tolerance }
}

/**
 * Refuses tokens that were made for something else: ID tokens, logout tokens (RFC 8417 section 2.2), and what the
 * Descope-like service issues beside access tokens.
 */
function checkPurpose(payload: JwsObject, profile: AccessTokenProfile): void {
  for (const name of ['nonce', 'at_hash', 'c_hash']) {
    if (payload[name] !== undefined) fail('OIDC_TOKEN_TYP_REFUSED', `Only ID tokens have ${name}.`, name)
  }
  if (payload.events !== undefined) fail('OIDC_TOKEN_TYP_REFUSED', 'Only security event tokens have events.', 'events')
  if (profile !== 'descope') return
  if (payload.drn === 'DSR') fail('OIDC_TOKEN_TYP_REFUSED', 'The token is a refresh token.', 'drn')
  const nsec = payload.nsec as { scope?: unknown } | undefined
  if (payload.amr !== undefined && payload.scope === undefined && nsec?.scope === undefined) {
    fail('OIDC_TOKEN_TYP_REFUSED', 'A user token without scope looks like a renewed ID token.', 'scope')
  }
}

/** Throws the error of a value that is none of those expected. */
function refuseOther(
  code: TokenVerificationError['code'],
  claim: string,
  expected: readonly string[],
  found: unknown,
  hint = '',
): never {
  return fail(code, `Expected ${claim} ${expected.join(' or ')}, found ${quoted(found)}.${hint}`, claim, {
    expected,
    found,
  })
}

function fail(
  code: TokenVerificationError['code'],
  message: string,
  claim?: string,
  { found, ...details }: Omit<VerificationDetails, 'found'> & { readonly found?: unknown } = {},
): never {
  const known = found === undefined ? details : { ...details, found: textOf(found) }
  throw new TokenVerificationError(code, message, claim, known)
}

/** A value of a token for a message. Nobody has signed for it yet, so it is cut, in quotes and without line breaks. */
function quoted(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 200)
}

/** What a token holds where something else was expected, as a text for a log. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
