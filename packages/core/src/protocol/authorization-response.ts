/** Validates the authorization response (RFC 6749 section 4.1.2, RFC 9207). Nothing of it is used before it passed. */
import type { ErrorCodeOf } from '../error-codes.ts'
import { AuthorizationError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'

/** A response that passed {@link validateAuthorizationResponse}; the only thing a code exchange accepts. */
export interface ValidatedAuthorizationResponse {
  /** The authorization code: sent once, to the token endpoint. */
  readonly code: string
}

const validated = new WeakSet<ValidatedAuthorizationResponse>()

/**
 * Validates the URL that the provider sent the user back to.
 *
 * Repeated parameters, `iss` and `state` are checked first, so that not even an error of another party is shown.
 *
 * @param server - Metadata from `discover`.
 * @param url - The callback URL; only its query counts.
 * @param expectedState - The state that was sent.
 * @throws {ProtocolError} `OIDC_RESPONSE_PARAMETER_REPEATED`, `OIDC_RESPONSE_ISS_MISSING`, `OIDC_RESPONSE_ISS_MISMATCH`,
 *   `OIDC_STATE_MISSING`, `OIDC_STATE_MISMATCH`, `OIDC_RESPONSE_INVALID`.
 * @throws {AuthorizationError} When the provider answered with an error.
 * @see RFC 9207 section 2.4; RFC 9700 section 4.7
 */
export function validateAuthorizationResponse(
  server: ServerMetadata,
  url: URL,
  expectedState: string,
): ValidatedAuthorizationResponse {
  const query = url.searchParams
  const names = [...query.keys()]
  const [code, state, iss, error] = ['code', 'state', 'iss', 'error'].map((name) => query.get(name))
  const rules: [ErrorCodeOf<'ProtocolError'>, unknown][] = [
    ['OIDC_RESPONSE_PARAMETER_REPEATED', new Set(names).size === names.length],
    ['OIDC_RESPONSE_ISS_MISSING', iss || !server.authorization_response_iss_parameter_supported],
    ['OIDC_RESPONSE_ISS_MISMATCH', !iss || iss === server.issuer],
    ['OIDC_STATE_MISSING', state],
    ['OIDC_STATE_MISMATCH', state === expectedState],
    // Tokens in the URL belong to the implicit flow, a signed response to JARM; neither was asked for.
    ['OIDC_RESPONSE_INVALID', (code || error) && !/[?&](id_token|access_token|token|response)=/.test(url.search)],
  ]
  for (const [rule, holds] of rules) {
    if (!holds) throw new ProtocolError(rule, `The response of ${server.issuer} was refused: ${rule}.`, 'authorization')
  }
  if (error || !code) throw new AuthorizationError(`${error}`, query.get('error_description') ?? undefined)
  const response = Object.freeze({ code })
  validated.add(response)
  return response
}

/** Tells whether a response comes from {@link validateAuthorizationResponse}. */
export function isValidated(response: ValidatedAuthorizationResponse): boolean {
  return validated.has(response)
}
