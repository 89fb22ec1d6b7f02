/** Takes the token of an Express request to a verifier, at most once for each request and verifier. */
import { TokenVerificationError } from '@countersign/core'
import type { AccessTokenVerifier, VerifiedAccessToken } from '@countersign/core/api'
import type { Request } from 'express'

const verified = new WeakMap<Request<unknown>, Map<AccessTokenVerifier, Promise<VerifiedAccessToken>>>()

/**
 * Verifies the token of a request; a second guard on the way of the same request gets the first one's result.
 *
 * @throws {TokenVerificationError} As `authenticate` of the verifier, and `OIDC_REQUEST_MALFORMED` for a token that comes
 *   twice (RFC 6750 section 2).
 * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`.
 */
export function authenticateRequest(
  verifier: AccessTokenVerifier,
  req: Request<unknown>,
): Promise<VerifiedAccessToken> {
  const known = verified.get(req) ?? new Map<AccessTokenVerifier, Promise<VerifiedAccessToken>>()
  verified.set(req, known)
  const pending = known.get(verifier) ?? authenticate(verifier, req)
  known.set(verifier, pending)
  return pending
}

async function authenticate(verifier: AccessTokenVerifier, req: Request<unknown>): Promise<VerifiedAccessToken> {
  if (req.headers.authorization !== undefined && hasTokenInBody(req)) {
    throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', 'The request has a token in header and body.')
  }
  return verifier.authenticate(req)
}

/** A form field `access_token` (RFC 6750 section 2.2), which only shows when a body parser ran before the guard. */
function hasTokenInBody(req: Request<unknown>): boolean {
  const body: unknown = req.body
  return (
    typeof body === 'object' &&
    body !== null &&
    Object.hasOwn(body, 'access_token') &&
    typeof req.is('application/x-www-form-urlencoded') === 'string'
  )
}
