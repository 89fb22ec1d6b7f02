/** The access token of a request to a protected resource (RFC 6750). */
import type { Exchange } from '../http/exchange.ts'
import { oauthProblem, type Problem } from '../http/problem.ts'
import { activeUser } from './grants/grant-request.ts'
import type { StandardAccess } from './records.ts'

/** Finds the record of the access token of a request. Throws 401 with the challenge that fits (RFC 6750 section 3). */
export function bearerToken(exchange: Exchange): StandardAccess {
  const { runtime, request } = exchange
  const header = request.headers.get('authorization')
  if (header === null) throw challenge(401, undefined, 'an access token is needed')
  const token = /^bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1]
  const record = token === undefined ? undefined : runtime.standard.records.accessTokens.get(token)
  if (!record) throw challenge(401, 'invalid_token', 'the token is not an access token of this provider')
  if (record.revoked || (record.grant && !activeUser(runtime, record.grant))) {
    throw challenge(401, 'invalid_token', 'the token was revoked, or its session has ended')
  }
  if (record.expiresAt <= runtime.clock.now()) throw challenge(401, 'invalid_token', 'the token has expired')
  return record
}

/** An error with its `WWW-Authenticate` challenge; without a code when no token was sent (RFC 6750 section 3.1). */
export function challenge(status: 401 | 403, code: string | undefined, description: string): Problem {
  const detail = code === undefined ? '' : ` error="${code}", error_description="${description}"`
  return oauthProblem(status, code ?? 'invalid_token', description, { 'WWW-Authenticate': `Bearer${detail}` })
}
