/** Keeps the verified token of a request on the request, for the guards behind the first one. */
import type { AccessTokenVerifier } from './access-token-verifier.ts'
import { findHeader } from './authenticate.ts'
import type { GuardableRequest } from './request-guard.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

/** A token on the way of a request, with the headers it came in. */
interface KnownToken {
  /** A copy of a request is another request. */
  readonly request: unknown
  readonly verifier: AccessTokenVerifier
  readonly credentials: string
  readonly since: number
  readonly pending: Promise<VerifiedAccessToken>
}

/** Where a request carries the tokens that were verified on its way: a property costs less than a place in a WeakMap. */
const verified = Symbol('countersign.verified')

/**
 * Makes `authenticate` for several guards in a row, which verify the token of a request once: a proof of possession would not
 * pass a second time. A request that is kept, such as that of a WebSocket, is verified anew when it is checked again after a
 * second, since its token may have expired or been revoked; with a proof after five minutes, and then the proof is refused.
 *
 * @param verifier - The verifier that the guards share.
 */
export function authenticateOnce<Req extends GuardableRequest>(
  verifier: AccessTokenVerifier,
): (request: Req) => Promise<VerifiedAccessToken> {
  return async (request: Req & { [verified]?: readonly KnownToken[] | undefined }) => {
    const credentials = ['authorization', 'dpop'].map((name) => String(findHeader(request, name))).join(' ')
    const since = performance.now()
    const oldest = since - (/^dpop/i.test(credentials) ? 300_000 : 1000)
    // A server may use an object for one request after the other.
    const known = request[verified]?.filter(
      (token) => token.request === request && token.credentials === credentials && token.since > oldest,
    )
    const before = known?.find((token) => token.verifier === verifier)
    if (before) return before.pending
    const pending = verifier.authenticate(request)
    const token = { request, verifier, credentials, since, pending }
    Reflect.set(request, verified, known ? [...known, token] : [token])
    try {
      return await pending
    } catch (error) {
      Reflect.set(request, verified, known)
      throw error
    }
  }
}
