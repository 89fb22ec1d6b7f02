/** Reads the access token of a request (RFC 6750 section 2.1). Tokens in the query or the body are not looked at. */
import { TokenVerificationError } from '../errors.ts'

/**
 * Takes the token from an Authorization header.
 *
 * @param authorization - The value of the header; undefined or null when there is none.
 * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING` for no header or another scheme, `OIDC_REQUEST_MALFORMED` for a
 *   Bearer header that is not one token.
 */
export function readBearerToken(authorization: string | null | undefined): string {
  if (!authorization || !/^bearer($| )/i.test(authorization)) {
    throw new TokenVerificationError(
      'OIDC_TOKEN_MISSING',
      'The request has no Authorization header with a Bearer token.',
    )
  }
  const token = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
  if (!token) throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', 'Expected "Bearer" and exactly one token.')
  return token
}
