/** Turns an error into the answer of an API (RFC 6750 section 3). The caller learns the rule, never the reason inside. */
import { isOidcError } from '../errors.ts'

/** An HTTP answer in parts, for any framework. */
export interface ChallengeResponse {
  /** HTTP status. */
  readonly status: 400 | 401 | 403 | 503
  /** Headers to set, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Body to send as JSON, in the form of RFC 6749 section 5.2. */
  readonly body: { readonly error?: string; readonly error_description?: string; readonly scope?: string }
}

/** Options of {@link challengeFor}. */
export interface ChallengeOptions {
  /** Name of the protected area in the challenge. Default `api`. */
  readonly realm?: string
}

const descriptions = {
  invalid_request: 'The request carries its access token in a form that is not allowed',
  invalid_token: 'The access token is expired, revoked or not valid for this resource',
  insufficient_scope: 'The access token does not allow this request',
} as const

/**
 * The answer for an error of a verifier.
 *
 * @param error - What `authenticate`, `verify` or `require` threw.
 * @returns Undefined for an error that is not about the access token, which the app has to handle itself.
 * @see RFC 6750 section 3.1
 */
export function challengeFor(error: unknown, { realm = 'api' }: ChallengeOptions = {}): ChallengeResponse | undefined {
  if (!isOidcError(error)) return undefined
  if (error.code === 'OIDC_KEYS_UNAVAILABLE') {
    return { status: 503, headers: { 'retry-after': '10', ...common }, body: { error: 'temporarily_unavailable' } }
  }
  // RFC 6750 section 3.1: a request without any token gets no error code.
  if (error.code === 'OIDC_TOKEN_MISSING') return answer(401, realm)
  // By name and not by class: the error may come from another copy of this package.
  if (error.name === 'InsufficientScopeError') {
    return answer(403, realm, 'insufficient_scope', error.requiredScopes.join(' '))
  }
  if (error.name !== 'TokenVerificationError') return undefined
  return error.code === 'OIDC_REQUEST_MALFORMED'
    ? answer(400, realm, 'invalid_request')
    : answer(401, realm, 'invalid_token')
}

/** An answer to one caller must not be given to another. */
const common = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' } as const

function answer(
  status: 400 | 401 | 403,
  realm: string,
  error?: keyof typeof descriptions,
  scope?: string,
): ChallengeResponse {
  const body = error ? { error, error_description: descriptions[error], ...(scope ? { scope } : {}) } : {}
  const challenge = Object.entries({ realm, ...body }).map(([name, value]) => `${name}="${quotable(value)}"`)
  return { status, headers: { 'www-authenticate': `Bearer ${challenge.join(', ')}`, ...common }, body }
}

/** RFC 9110 section 5.6.4: a quoted string without what would end it or split the header. */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'")
}
