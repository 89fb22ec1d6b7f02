import { ConfigurationError } from '../errors.ts'
import type { GuardableRequest } from './request-guard.ts'

/**
 * Tells whether a request is a CORS preflight (Fetch standard, "CORS-preflight fetch"), which never carries a token.
 *
 * @param request - A `Request`, or one of Node.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for what is no request.
 */
export function isPreflight(request: GuardableRequest): boolean {
  if (!request?.headers) {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      'Expected a request of the Fetch standard or of Node, which has headers.',
    )
  }
  const { method, headers } = request
  if (method !== 'OPTIONS') return false
  const has = (name: string): boolean =>
    typeof headers.get === 'function' ? headers.get(name) !== null : Object.hasOwn(headers, name)
  return has('origin') && has('access-control-request-method')
}
