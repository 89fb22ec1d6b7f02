/** Turns an error into the answer of an API (RFC 6750 section 3). The caller learns the rule, never the reason inside. */
import type { ErrorCode } from '../error-codes.ts'
import { isOidcError } from '../errors.ts'
import type { DpopChallenge } from '../verification-details.ts'

/** An HTTP answer in parts, for any framework. */
export interface ChallengeResponse {
  /** HTTP status. */
  readonly status: 400 | 401 | 403 | 503
  /** Headers to set, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Body to send as JSON, in the form of RFC 6749 section 5.2. */
  readonly body: {
    /** The error code of the challenge; absent where the request had no token. */
    readonly error?: string
    /** A constant sentence for each error code. */
    readonly error_description?: string
    /** Every scope that the request needs, space-separated. */
    readonly scope?: string
    /** Accepted classes of authentication, space-separated, best first. */
    readonly acr_values?: string
    /** How many seconds ago the user may have signed in at most. */
    readonly max_age?: string
  }
}

/** Options of {@link challengeFor}. */
export interface ChallengeOptions {
  /** Name of the protected area in the challenge (RFC 9110 section 11.5). Default `api`. */
  readonly realm?: string
  /** URL of the metadata document of the API, named in every challenge (RFC 9728 section 5.1). Default: not named. */
  readonly resourceMetadata?: string
}

const descriptions = {
  invalid_request: 'The request carries its access token in a form that is not allowed',
  invalid_token: 'The access token is expired, revoked or not valid for this resource',
  insufficient_scope: 'The access token does not allow this request',
  invalid_dpop_proof: 'The proof of possession is not valid for this request',
  use_dpop_nonce: 'The proof of possession needs the nonce of this answer',
  insufficient_user_authentication: 'A better or more recent login of the user is needed',
} as const

/** The token could not be checked, which says nothing about the token. */
const unavailableCodes: readonly ErrorCode[] = [
  'OIDC_KEYS_UNAVAILABLE',
  'OIDC_STORE_UNAVAILABLE',
  'OIDC_INTROSPECTION_UNAVAILABLE',
  'OIDC_REVOCATION_UNKNOWN',
]

/** How long a caller waits when the reason for a 503 does not say it, in seconds. */
const waitSeconds = 10

/**
 * The answer for an error of a verifier.
 *
 * - 400 `invalid_request`: the request carries its token in a wrong form.
 * - 401 without error code: no token. 401 `invalid_token`: a token that is not valid here.
 * - 401 `invalid_dpop_proof`, and `use_dpop_nonce` with `DPoP-Nonce`: the proof of possession is not valid (RFC 9449).
 * - 401 `insufficient_user_authentication` with `acr_values`, `max_age`: another login is needed (RFC 9470 section 3).
 * - 403 `insufficient_scope`: with `scope`, all that the request needs, when more consent helps; else without.
 * - 503 with `Retry-After`: the token could not be checked, because a part of the provider does not answer.
 *
 * @param error - What `authenticate`, `verify`, `require` or `requireAuthentication` threw.
 * @returns Undefined for an error that is not about the access token, which the app has to handle itself.
 * @see RFC 6750 section 3.1; RFC 9470 section 3; RFC 9728 section 5.1
 */
export function challengeFor(error: unknown, options: ChallengeOptions = {}): ChallengeResponse | undefined {
  if (!isOidcError(error)) return undefined
  // By name and not by class: the error may come from another copy of this package.
  switch (error.name) {
    case 'NetworkError':
      return unavailableCodes.includes(error.code) ? unavailable(error) : undefined
    case 'InsufficientScopeError':
      return answer(403, options, 'insufficient_scope', { scope: error.requiredScopes.join(' ') }, error.dpop)
    case 'StepUpRequiredError':
      return answer(401, options, 'insufficient_user_authentication', error.wanted, error.dpop)
    case 'TokenVerificationError':
      // RFC 6750 section 3.1: a request without any token gets no error code.
      if (error.code === 'OIDC_TOKEN_MISSING') return answer(401, options, undefined, {}, error.dpop)
      if (error.code === 'OIDC_REQUEST_MALFORMED') return answer(400, options, 'invalid_request', {}, error.dpop)
      return answer(401, options, reasonOf(error.code), {}, error.dpop)
    default:
      return undefined
  }
}

/**
 * An answer to one caller must not be given to another. Pages of other origins may read what they need to renew a token, to
 * widen its scope or to wait.
 */
const common = {
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce, Retry-After',
} as const

function unavailable({ retryAfterSeconds = 0 }: { readonly retryAfterSeconds?: number }): ChallengeResponse {
  const seconds = retryAfterSeconds > 0 ? retryAfterSeconds : waitSeconds
  return {
    status: 503,
    headers: { 'retry-after': String(Math.ceil(seconds)), ...common },
    body: { error: 'temporarily_unavailable' },
  }
}

function answer(
  status: 400 | 401 | 403,
  { realm = 'api', resourceMetadata }: ChallengeOptions,
  error?: keyof typeof descriptions,
  { scope, acr_values, max_age }: Omit<ChallengeResponse['body'], 'error'> = {},
  dpop?: DpopChallenge,
): ChallengeResponse {
  const body = error
    ? { error, error_description: descriptions[error], ...present({ scope, acr_values, max_age }) }
    : {}
  const parameters = { realm, ...body, ...present({ resource_metadata: resourceMetadata }) }
  const nonce = present({ 'dpop-nonce': dpop?.nonce })
  return { status, headers: { 'www-authenticate': challenges(parameters, dpop), ...nonce, ...common }, body }
}

/** One challenge for each scheme that the API takes, the reason in that of the request (RFC 9449 section 7.1). */
function challenges(parameters: Readonly<Record<string, string>>, dpop: DpopChallenge | undefined): string {
  if (!dpop) return `Bearer ${quoted(parameters)}`
  const algs = dpop.algorithms.join(' ')
  if (dpop.required || dpop.scheme === 'DPoP') return `DPoP ${quoted({ ...parameters, algs })}`
  return `Bearer ${quoted(parameters)}, DPoP ${quoted({ algs })}`
}

function quoted(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}="${quotable(value)}"`)
    .join(', ')
}

/** RFC 9449 sections 7.1 and 9: what is wrong with a proof has codes of its own. */
function reasonOf(code: ErrorCode): keyof typeof descriptions {
  if (code === 'OIDC_DPOP_NONCE_REQUIRED') return 'use_dpop_nonce'
  return code.startsWith('OIDC_DPOP_') ? 'invalid_dpop_proof' : 'invalid_token'
}

/** The members that hold a text, and a text that says something. */
function present(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, string] => Boolean(entry[1])))
}

/** RFC 9110 section 5.6.4: a quoted string without what would end it or split the header. */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'")
}
