/** The access token of a request to a protected resource (RFC 6750, RFC 9449 section 7). */
import type { Exchange } from '../http/exchange.ts'
import { oauthProblem, type Problem } from '../http/problem.ts'
import { checkProof, dpopAlgs } from './dpop.ts'
import { isRevoked } from './endpoints/introspect.ts'
import type { StandardAccess } from './records.ts'

type Scheme = 'Bearer' | 'DPoP'

/** Finds the record of the access token of a request. Throws 401 with the challenge that fits (RFC 6750 section 3). */
export async function presentedToken(exchange: Exchange): Promise<StandardAccess> {
  const { runtime, request } = exchange
  const header = request.headers.get('authorization')
  if (header === null) {
    // No code when no token was sent (RFC 6750 section 3.1).
    const headers = { 'WWW-Authenticate': `Bearer, DPoP ${dpopAlgs}` }
    throw oauthProblem(401, 'invalid_token', 'an access token is needed', headers)
  }
  const [, name = '', token = ''] = /^(bearer|dpop) +([\w.~+/-]+=*)$/i.exec(header) ?? []
  const scheme = name.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer'
  const refuse = (description: string): Problem => challenge(scheme, 401, 'invalid_token', description)
  const record = runtime.standard.records.accessTokens.get(token)
  exchange.clientId = record?.clientId
  exchange.login = record?.grant?.login
  if (!record) throw refuse('the token is not an access token of this provider')
  if (isRevoked(runtime, record)) throw refuse('the token was revoked, or its session has ended')
  if (record.expiresAt <= runtime.clock.now()) throw refuse('the token has expired')
  if ((record.jkt !== undefined) !== (scheme === 'DPoP')) {
    throw refuse(record.jkt === undefined ? 'the token is not bound to a key' : 'the token is bound to a DPoP key')
  }
  if (scheme === 'DPoP' && (await checkProof(exchange, { accessToken: token })) !== record.jkt) {
    throw refuse('the proof is missing or by another key than the token is bound to')
  }
  return record
}

/** An error with its `WWW-Authenticate` challenge. */
export function challenge(scheme: Scheme, status: 401 | 403, code: string, description: string): Problem {
  const algs = scheme === 'DPoP' ? `, ${dpopAlgs}` : ''
  const value = `${scheme} error="${code}", error_description="${description}"${algs}`
  return oauthProblem(status, code, description, { 'WWW-Authenticate': value })
}
