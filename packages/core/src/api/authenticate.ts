/** Finds the access token of a request, in the forms in which servers hand a request over, and has it verified. */
import { TokenVerificationError } from '../errors.ts'
import type { VerifiedAccessToken } from './access-token-verifier.ts'
import { readAuthorization } from './bearer.ts'

/** A request as Node describes it: `IncomingMessage`, or anything with its members. */
export interface NodeRequest {
  /** HTTP method. */
  readonly method?: string | undefined
  /** Path and query, as the request line has them. */
  readonly url?: string | undefined
  /** The same before a router took its part of the path away, as Express keeps it. Default `url`. */
  readonly originalUrl?: string | undefined
  /** Headers, names in lower case. A header that may come once only is refused when it comes as a list of several. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Names and values in turns, as they came: shows a header that came twice, of which `headers` keeps one. */
  readonly rawHeaders?: readonly string[] | undefined
}

/**
 * What `authenticate` takes: a `Request`, its `Headers`, a request of Node, or the value of the Authorization header, where
 * null and undefined say that there is none.
 */
export type AuthenticatedRequest = Request | Headers | NodeRequest | string | null | undefined

/**
 * Makes `authenticate` of a verifier.
 *
 * @param verify - Verifies a token.
 */
export function createAuthenticate(
  verify: (token: string) => Promise<VerifiedAccessToken>,
): (request: AuthenticatedRequest) => Promise<VerifiedAccessToken> {
  return async (request) => {
    const { scheme, token } = readAuthorization(readHeader(request, 'authorization'))
    if (scheme === 'DPoP') {
      throw new TokenVerificationError('OIDC_TOKEN_MISSING', 'This API takes Bearer tokens, and got a DPoP token.')
    }
    return verify(token)
  }
}

/**
 * The value of a header that may come once only. A bare Authorization value stands for a request without other headers.
 *
 * @throws {TokenVerificationError} `OIDC_REQUEST_MALFORMED` for a header that comes more than once (RFC 6750 section 3.1).
 */
function readHeader(request: AuthenticatedRequest, name: string): string | null | undefined {
  if (typeof request !== 'object' || request === null) return name === 'authorization' ? request : undefined
  const headers = 'headers' in request ? request.headers : request
  // `Headers` joins what comes twice by a comma, which no token has.
  if (isFetchHeaders(headers)) return headers.get(name)
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  const raw = ('rawHeaders' in request && (request as NodeRequest).rawHeaders) || []
  const times = raw.filter((text, index) => index % 2 === 0 && isNamed(text, name)).length
  if (times > 1 || (typeof value === 'object' && value.length > 1)) {
    throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', `The request has more than one ${name} header.`)
  }
  return typeof value === 'object' ? value[0] : value
}

function isFetchHeaders(headers: Headers | NodeRequest['headers']): headers is Headers {
  return typeof (headers as Headers).get === 'function'
}

function isNamed(text: string, name: string): boolean {
  return text.length === name.length && text.toLowerCase() === name
}
