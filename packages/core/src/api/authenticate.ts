/** Finds the access token of a request, in the forms in which servers hand a request over, and has it verified. */
import { ConfigurationError, type DpopChallenge, isOidcError, TokenVerificationError } from '../errors.ts'
import { type PresentedToken, readAuthorization } from './bearer.ts'
import type { DpopProofVerifier } from './dpop-proof.ts'
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

/**
 * Makes `authenticate` of a verifier.
 *
 * @param verify - Verifies a token, whether or not it is bound to a key.
 * @param dpop - Checks proofs; undefined when the API takes Bearer tokens only.
 */
export function createAuthenticate(
  verify: (token: string) => Promise<VerifiedAccessToken>,
  dpop: DpopProofVerifier | undefined,
): (request: AuthenticatedRequest) => Promise<VerifiedAccessToken> {
  const authenticate = async (request: AuthenticatedRequest, { scheme, token }: PresentedToken) => {
    if (scheme === 'Bearer') {
      const verified = requireUnbound(await verify(token))
      return dpop?.required ? refuseUnbound('This API takes DPoP tokens only.') : verified
    }
    if (!dpop) {
      throw new TokenVerificationError('OIDC_TOKEN_MISSING', 'This API takes Bearer tokens, and got a DPoP token.')
    }
    const verified = await verify(token)
    const { cnf } = verified.claims as { readonly cnf?: { readonly jkt?: unknown } }
    const thumbprint = cnf?.jkt
    if (typeof thumbprint !== 'string') refuseUnbound('A token that is bound to no key came as a DPoP token.')
    await dpop.verify(readProvenRequest(request), token, thumbprint)
    return challengingByDpop(verified, dpop)
  }
  if (!dpop) return async (request) => authenticate(request, readPresented(request))

  return async (request) => {
    let presented: PresentedToken | undefined
    try {
      presented = readPresented(request)
      return await authenticate(request, presented)
    } catch (error) {
      if (!isOidcError(error) || error.name !== 'TokenVerificationError') throw error
      // Another object, since callers with the same token may share the error of its verification.
      throw new TokenVerificationError(error.code, error.message, error.claim, error.details, {
        scheme: presented?.scheme,
        required: dpop.required,
        algorithms: dpop.algorithms,
        nonce: await dpop.nonce(),
      })
    }
  }
}

/** The token of a request with a proof: its refusals challenge with the scheme of the request (RFC 9449 section 7.1). */
function challengingByDpop(verified: VerifiedAccessToken, dpop: DpopProofVerifier): VerifiedAccessToken {
  const { required, algorithms } = dpop
  const challenge: DpopChallenge = { scheme: 'DPoP', required, algorithms, nonce: undefined }
  const named =
    <Values extends readonly unknown[]>(demand: (...values: Values) => void) =>
    (...values: Values): void => {
      try {
        demand(...values)
      } catch (error) {
        throw isOidcError(error) ? Object.defineProperty(error, 'dpop', { value: challenge }) : error
      }
    }
  const { require, requireAuthentication } = verified
  return Object.freeze({
    ...verified,
    require: named(require),
    requireAuthentication: named(requireAuthentication),
  })
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

function refuseUnbound(message: string): never {
  throw new TokenVerificationError('OIDC_TOKEN_NOT_BOUND', message, 'cnf')
}

function readPresented(request: AuthenticatedRequest): PresentedToken {
  return readAuthorization(readHeader(request, 'authorization'))
}

/** The parts of a request that a proof is about. */
function readProvenRequest(request: AuthenticatedRequest): Parameters<DpopProofVerifier['verify']>[0] {
  const { method, url, originalUrl = url } = (request ?? {}) as NodeRequest
  if (typeof method !== 'string' || typeof originalUrl !== 'string') {
    throw new ConfigurationError('OIDC_OPTION_INVALID', 'A DPoP token needs the request itself, not only its headers.')
  }
  return { method, url: originalUrl, proof: readHeader(request, 'dpop', 'OIDC_DPOP_PROOF_REPEATED') }
}

/**
 * The value of a header that may come once only. A bare Authorization value stands for a request without other headers.
 *
 * @throws {TokenVerificationError} `OIDC_REQUEST_MALFORMED` (RFC 6750 section 3.1), or the given code, for a header that
 *   comes more than once.
 */
function readHeader(
  request: AuthenticatedRequest,
  name: string,
  code: TokenVerificationError['code'] = 'OIDC_REQUEST_MALFORMED',
): string | null | undefined {
  if (typeof request !== 'object' || request === null) return request
  const headers = 'headers' in request ? request.headers : request
  // `Headers` joins what comes twice by a comma, which no token has.
  if (isFetchHeaders(headers)) return headers.get(name)
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  const raw = ('rawHeaders' in request && (request as NodeRequest).rawHeaders) || []
  const times = raw.filter((text, index) => index % 2 === 0 && isNamed(text, name)).length
  if (times > 1 || (typeof value === 'object' && value.length > 1)) {
    throw new TokenVerificationError(code, `The request has more than one ${name} header.`)
  }
  return typeof value === 'object' ? value[0] : value
}

function isFetchHeaders(headers: Headers | NodeRequest['headers']): headers is Headers {
  return typeof (headers as Headers).get === 'function'
}

function isNamed(text: string, name: string): boolean {
  return text.length === name.length && text.toLowerCase() === name
}
