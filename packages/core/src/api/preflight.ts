import type { GuardableRequest } from './request-guard.ts'

/**
 * Tells whether a request is a CORS preflight (Fetch standard, "CORS-preflight fetch"), which never carries a token.
 *
 * @param request - A `Request`, or one of Node.
 */
export function isPreflight({ method, headers }: GuardableRequest): boolean {
  if (method !== 'OPTIONS') return false
  const has = (name: string): boolean =>
    typeof headers.get === 'function' ? headers.get(name) !== null : Object.hasOwn(headers, name)
  return has('origin') && has('access-control-request-method')
}
