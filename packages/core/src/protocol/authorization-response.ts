/** Validates the authorization response (RFC 6749 section 4.1.2, RFC 9207). Nothing of it is used before it passed. */
import { AuthorizationResponseError, validateAuthResponse } from 'oauth4webapi'
import type { ErrorCodeOf } from '../error-codes.ts'
import { AuthorizationError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'

declare const validated: unique symbol

/** A response that passed {@link validateAuthorizationResponse}; the only thing a code exchange accepts. */
export interface ValidatedAuthorizationResponse {
  readonly [validated]: true
}

/**
 * Validates the URL that the provider sent the user back to.
 *
 * Repeated parameters, `iss` and `state` are checked first, so that not even an error of another party is shown.
 *
 * @param server - Metadata from `discover`.
 * @param clientId - The client that sent the request.
 * @param url - The callback URL; only its query counts.
 * @param expectedState - The state that was sent.
 * @throws {ProtocolError} `OIDC_RESPONSE_PARAMETER_REPEATED`, `OIDC_RESPONSE_ISS_MISSING`, `OIDC_RESPONSE_ISS_MISMATCH`,
 *   `OIDC_STATE_MISSING`, `OIDC_STATE_MISMATCH`, `OIDC_RESPONSE_INVALID`.
 * @throws {AuthorizationError} When the provider answered with an error.
 * @see RFC 9207 section 2.4; RFC 9700 section 4.7
 */
export function validateAuthorizationResponse(
  server: ServerMetadata,
  clientId: string,
  url: URL,
  expectedState: string,
): ValidatedAuthorizationResponse {
  const query = url.searchParams
  for (const name of ['code', 'state', 'iss', 'error', 'error_description', 'response']) {
    if (query.getAll(name).length > 1)
      fail('OIDC_RESPONSE_PARAMETER_REPEATED', `The response has ${name} more than once.`)
  }
  const iss = query.get('iss')
  if (iss ? iss !== server.issuer : server.authorization_response_iss_parameter_supported) {
    fail(
      iss ? 'OIDC_RESPONSE_ISS_MISMATCH' : 'OIDC_RESPONSE_ISS_MISSING',
      `Expected iss ${server.issuer} in the response, received ${iss ? 'another one' : 'none'}.`,
    )
  }
  const state = query.get('state')
  if (state !== expectedState) {
    fail(state ? 'OIDC_STATE_MISMATCH' : 'OIDC_STATE_MISSING', 'The response does not carry the state of this login.')
  }
  try {
    const response = validateAuthResponse(server, { client_id: clientId }, query, expectedState)
    if (query.get('code')) return response as unknown as ValidatedAuthorizationResponse
  } catch (error) {
    if (error instanceof AuthorizationResponseError) {
      throw new AuthorizationError(error.error, error.error_description)
    }
  }
  return fail('OIDC_RESPONSE_INVALID', 'Expected a code, and neither tokens nor a signed response, in the query.')
}

function fail(code: ErrorCodeOf<'ProtocolError'>, message: string): never {
  throw new ProtocolError(code, message, 'authorization')
}
