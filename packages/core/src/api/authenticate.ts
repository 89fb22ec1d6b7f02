/** Finds the access token of a request, in the forms in which servers hand a request over, and has it verified. */
import { TokenVerificationError } from '../errors.ts'
import { type PresentedToken, readAuthorization } from './bearer.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

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
 * null and undefined say that there is none. DPoP tokens need the whole request.
 */
export type AuthenticatedRequest = Request | Headers | NodeRequest | string | null | undefined

/** Verifies a token, whether or not it is bound to a key; without a promise where nothing has to be waited for. */
export type VerifyToken = (token: string) => VerifiedAccessToken | Promise<VerifiedAccessToken>

/**
 * Makes `authenticate` of a verifier that takes Bearer tokens alone.
 *
 * @param verify - Verifies a token.
 */
export function authenticateBearer(
  verify: VerifyToken,
): (request: AuthenticatedRequest) => Promise<VerifiedAccessToken> {
  return async (request) => {
    const { scheme, token } = readPresented(request)
    if (scheme === 'DPoP') {
      throw new TokenVerificationError('OIDC_TOKEN_MISSING', 'This API takes Bearer tokens, and got a DPoP token.')
    }
    const verdict = verify(token)
    return requireUnbound(verdict instanceof Promise ? await verdict : verdict)
  }
}

/**
 * Refuses a token that is bound to a key or certificate (`cnf`), of which nothing has been proven: whoever sends it could be
 * anybody (RFC 9449 section 7.2, RFC 8705 section 3).
 *
 * @throws {TokenVerificationError} `OIDC_TOKEN_BOUND`.
 */
export function requireUnbound(verified: VerifiedAccessToken): VerifiedAccessToken {
  if (verified.claims.cnf === undefined) return verified
  throw new TokenVerificationError('OIDC_TOKEN_BOUND', 'The token is bound to a key that nothing here proves.', 'cnf')
}

/**
 * Scheme and token of a request.
 *
 * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING`, `OIDC_REQUEST_MALFORMED`.
 */
export function readPresented(request: AuthenticatedRequest): PresentedToken {
  return readAuthorization(readHeader(request, 'authorization'))
}

/**
 * What follows "Bearer" in a request, which need not be one token yet.
 *
 * @returns Undefined for another scheme, another spelling of this one, and a header that comes more than once.
 */
export function readPlainBearer(request: AuthenticatedRequest): string | undefined {
  const authorization = findHeader(request, 'authorization')
  return typeof authorization === 'string' && authorization.startsWith('Bearer ') ? authorization.slice(7) : undefined
}

/**
 * The value of a header that may come once only. A bare Authorization value stands for a request without other headers.
 *
 * @throws {TokenVerificationError} `OIDC_REQUEST_MALFORMED` (RFC 6750 section 3.1), or the given code, for a header that
 *   comes more than once.
 */
export function readHeader(
  request: AuthenticatedRequest,
  name: string,
  code: TokenVerificationError['code'] = 'OIDC_REQUEST_MALFORMED',
): string | null | undefined {
  const value = findHeader(request, name)
  if (typeof value !== 'symbol') return value
  throw new TokenVerificationError(code, `The request has more than one ${name} header.`)
}

const repeated = Symbol('repeated')

/** The value of a header, or a symbol that stands for one that comes more than once. */
export function findHeader(request: AuthenticatedRequest, name: string): string | null | undefined | symbol {
  if (typeof request !== 'object' || request === null) return request
  const { headers = request as Headers, rawHeaders = [] } = request as NodeRequest
  // `Headers` joins what comes twice by a comma, which no token has.
  if (isFetchHeaders(headers)) return headers.get(name)
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  let times = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (isNamed(rawHeaders[index] as string, name)) times += 1
  if (times > 1 || (typeof value === 'object' && value.length > 1)) return repeated
  return typeof value === 'object' ? value[0] : value
}

function isFetchHeaders(headers: Headers | NodeRequest['headers']): headers is Headers {
  return typeof (headers as Headers).get === 'function'
}

function isNamed(text: string, name: string): boolean {
  return text.length === name.length && text.toLowerCase() === name
}
