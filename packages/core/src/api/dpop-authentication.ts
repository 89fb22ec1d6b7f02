/** Authenticates requests whose tokens are bound to a key, beside those with Bearer tokens (RFC 9449 section 7). */
import { ConfigurationError, isOidcError, TokenVerificationError } from '../errors.ts'
import type { DpopChallenge } from '../verification-details.ts'
import {
  type AuthenticatedRequest,
  type NodeRequest,
  readHeader,
  readPresented,
  requireUnbound,
  type VerifyToken,
} from './authenticate.ts'
import type { PresentedToken } from './bearer.ts'
import type { DpopProofVerifier, ProvenRequest } from './dpop-proof.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

/**
 * Makes `authenticate` of a verifier that takes DPoP tokens.
 *
 * @param verify - Verifies a token.
 * @param dpop - Checks proofs.
 */
export function authenticateDpop(
  verify: VerifyToken,
  dpop: Omit<DpopProofVerifier, 'authenticator'>,
): (request: AuthenticatedRequest) => Promise<VerifiedAccessToken> {
  const authenticate = async (request: AuthenticatedRequest, { scheme, token }: PresentedToken) => {
    if (scheme === 'Bearer') {
      const verified = requireUnbound(await verify(token))
      return dpop.required ? refuseUnbound('This API takes DPoP tokens only.') : verified
    }
    const verified = await verify(token)
    const { cnf } = verified.claims as { readonly cnf?: { readonly jkt?: unknown } }
    const thumbprint = cnf?.jkt
    if (typeof thumbprint !== 'string') refuseUnbound('A token that is bound to no key came as a DPoP token.')
    // RFC 8705 section 3: bound to a certificate as well, of which nothing is proven.
    if (Object.keys(cnf as object).length > 1) requireUnbound(verified)
    await dpop.verify(readProvenRequest(request), token, thumbprint)
    return challengingByDpop(verified, dpop)
  }
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
function challengingByDpop(
  verified: VerifiedAccessToken,
  dpop: Pick<DpopProofVerifier, 'required' | 'algorithms'>,
): VerifiedAccessToken {
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

function refuseUnbound(message: string): never {
  throw new TokenVerificationError('OIDC_TOKEN_NOT_BOUND', message, 'cnf')
}

/** The parts of a request that a proof is about. */
function readProvenRequest(request: AuthenticatedRequest): ProvenRequest {
  const { method, url, originalUrl = url } = (request ?? {}) as NodeRequest
  if (typeof method !== 'string' || typeof originalUrl !== 'string') {
    throw new ConfigurationError('OIDC_OPTION_INVALID', 'A DPoP token needs the request itself, not only its headers.')
  }
  return { method, url: originalUrl, proof: readHeader(request, 'dpop', 'OIDC_DPOP_PROOF_REPEATED') }
}
