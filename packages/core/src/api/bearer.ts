/** Reads the access token of an Authorization header (RFC 6750 section 2.1, RFC 9449 section 7.1). */
import { TokenVerificationError } from '../errors.ts'

/** How a token was sent: for whoever holds it, or with a proof of a key. */
export type TokenScheme = 'Bearer' | 'DPoP'

/** A token as a request carries it. */
export interface PresentedToken {
  readonly scheme: TokenScheme
  readonly token: string
}

/**
 * Takes scheme and token from an Authorization header.
 *
 * @param authorization - The value of the header; undefined or null when there is none.
 * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING` for no header or another scheme, `OIDC_REQUEST_MALFORMED` for a
 *   header of one of the schemes that is not one token.
 */
export function readAuthorization(authorization: string | null | undefined): PresentedToken {
  const name = /^(bearer|dpop)(?:$| )/i.exec(authorization ?? '')?.[1]
  if (!authorization || !name) {
    const what = authorization ? 'an Authorization header of another scheme' : 'no Authorization header'
    throw new TokenVerificationError('OIDC_TOKEN_MISSING', `The request has ${what}: expected "Bearer <token>".`)
  }
  const scheme = name.length === 4 ? 'DPoP' : 'Bearer'
  const token = /^\w+ +([\w.~+/-]+=*)$/.exec(authorization)?.[1]
  if (!token) throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', `Expected "${scheme}" and exactly one token.`)
  return { scheme, token }
}
