/** Where a guard leaves the verified token for the handlers behind it. */
import { ConfigurationError, TokenVerificationError } from '@countersign/core'
import type { VerifiedAccessToken } from '@countersign/core/api'

declare global {
  namespace Express {
    interface Request {
      /**
       * The verified access token. Set by every middleware of an access guard; absent where none ran, and behind
       * `authenticate({ optional: true })` for a request without a token. Handlers read it with `requireAuth(req)`.
       */
      auth?: VerifiedAccessToken
    }
  }
}

/** What {@link requireAuth} reads from: any Express request. */
export interface AuthenticatedRequest {
  /** The verified access token, when a guard has set it. */
  readonly auth?: VerifiedAccessToken
}

/**
 * Reads the verified access token of a request, for handlers behind a guard.
 *
 * @param req - The request.
 * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING` when no guard ran, or when an optional one let a request without
 *   token pass. The guard's `errorHandler()` answers 401 to it.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when it is called with anything but a request, or as a middleware.
 */
export function requireAuth(req: AuthenticatedRequest): VerifiedAccessToken
export function requireAuth(req: AuthenticatedRequest, ...more: unknown[]): VerifiedAccessToken {
  // What comes beside the request are the arguments of a middleware.
  if (!req || more.length > 0) {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      'requireAuth(req) takes the request alone, in a handler. A middleware is guard.authenticate().',
    )
  }
  return req.auth ?? refuseUnverified()
}

/** No guard ran for the request. */
export function refuseUnverified(): never {
  throw new TokenVerificationError(
    'OIDC_TOKEN_MISSING',
    'req.auth is not set: put a middleware of an access guard in front of this handler.',
  )
}
