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
  // `req.headers` keeps the first of several Authorization headers and hides the rest.
  const [authorization, second] = req.headersDistinct.authorization ?? []
  if (second !== undefined) malformed('The request has more than one Authorization header.')
  if (authorization !== undefined && hasTokenInBody(req)) malformed('The request has a token in header and body.')
  return verifier.authenticate(authorization)
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

function malformed(message: string): never {
  throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', message)
}
