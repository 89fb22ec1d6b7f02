/** The one place that turns what oauth4webapi throws into our errors. Nothing of a body is ever kept, since bodies hold tokens. */
import * as oauth from 'oauth4webapi'
import type { ErrorCodeOf } from '../error-codes.ts'
import { type ErrorPhase, isOidcError, type OidcError, ProtocolError, TokenEndpointError } from '../errors.ts'

/**
 * Maps an error of oauth4webapi.
 *
 * @param error - What was thrown.
 * @param phase - The step in which it was thrown.
 * @param code - The code for a response that has a wrong form.
 * @param response - The answer, when there was one.
 */
export async function mapError(
  error: unknown,
  phase: ErrorPhase,
  code: ErrorCodeOf<'ProtocolError'>,
  response?: Response,
): Promise<OidcError> {
  if (isOidcError(error)) return error as OidcError
  if (response && response.status !== 200) return endpointError(response, phase, error)
  const { code: cause, message } = error as { code?: string; message: string }
  return cause === oauth.PARSE_ERROR
    ? new ProtocolError('OIDC_RESPONSE_NOT_JSON', 'The answer does not parse as JSON.', phase)
    : cause === oauth.UNSUPPORTED_OPERATION
      ? new ProtocolError('OIDC_TOKEN_TYPE_UNSUPPORTED', 'Expected token_type Bearer.', phase)
      : new ProtocolError(code, message, phase)
}

/** The error of an answer with another status than 200, in the OAuth form or in the form of the Descope-like service. */
async function endpointError(response: Response, phase: ErrorPhase, error: unknown): Promise<TokenEndpointError> {
  const { status, headers } = response
  let body: Record<string, unknown> = {}
  try {
    body = error instanceof oauth.ResponseBodyError ? error.cause : await response.clone().json()
  } catch {
    // An answer without JSON still has its status.
  }
  const text = (name: string) => (typeof body?.[name] === 'string' ? (body[name] as string) : undefined)
  const retryAfter = headers.get('retry-after')
  return new TokenEndpointError(
    phase === 'userinfo'
      ? 'OIDC_USERINFO_REFUSED'
      : phase === 'logout'
        ? 'OIDC_REVOCATION_FAILED'
        : 'OIDC_TOKEN_ENDPOINT_ERROR',
    text('error') ?? text('errorCode') ?? /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? 'error',
    status,
    phase,
    text('error_description') ?? text('errorDescription'),
    retryAfter ? (Number(retryAfter) >= 0 ? Number(retryAfter) : secondsUntil(retryAfter)) : undefined,
  )
}

function secondsUntil(date: string): number | undefined {
  const seconds = Math.ceil((Date.parse(date) - Date.now()) / 1000)
  return seconds >= 0 ? seconds : undefined
}
