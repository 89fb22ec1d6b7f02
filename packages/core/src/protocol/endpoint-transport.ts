/** How requests to OAuth endpoints leave the process: an error answer ends as what the provider says in it (RFC 6749 section 5.2). */
import type { ErrorCodeOf } from '../error-codes.ts'
import { type ErrorPhase, TokenEndpointError } from '../errors.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** The steps whose endpoints answer with OAuth errors. */
type EndpointPhase = Extract<ErrorPhase, 'token' | 'userinfo' | 'logout' | 'authorization'>

/** The code of an error answer. */
const refusals: Record<EndpointPhase, ErrorCodeOf<'TokenEndpointError'>> = {
  token: 'OIDC_TOKEN_ENDPOINT_ERROR',
  userinfo: 'OIDC_USERINFO_REFUSED',
  logout: 'OIDC_REVOCATION_FAILED',
  authorization: 'OIDC_PUSHED_REQUEST_REFUSED',
}

/**
 * Makes the function that oauth4webapi sends requests with.
 *
 * @param options - Where requests go, and how long they may take.
 * @param phase - The step that errors are reported under.
 * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`, `OIDC_USERINFO_REFUSED`, `OIDC_REVOCATION_FAILED`,
 *   `OIDC_PUSHED_REQUEST_REFUSED`; else as `createTransport`.
 */
export function createEndpointTransport(
  options: TransportOptions,
  phase: EndpointPhase,
): (url: string, init: object) => Promise<Response> {
  return createTransport(options, phase, (status, headers, body) => {
    const after = headers.get('retry-after')
    const challenge = headers.get('www-authenticate')
    return new TokenEndpointError(
      refusals[phase],
      // The Descope-like service has names of its own for some errors; userinfo may say why in its challenge only.
      `${body?.error ?? body?.errorCode ?? /error="(\w+)"/.exec(challenge ?? '')?.[1] ?? 'error'}`,
      status,
      phase,
      `${body?.error_description ?? body?.errorDescription ?? ''}`,
      after ? Number(after) || Math.max(0, (Date.parse(after) - Date.now()) / 1000) || undefined : undefined,
      challenge,
    )
  })
}
