/** Code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5, RFC 9700 section 2.1). */
import { invalidGrant } from '../../grants/grant-request.ts'
import { checkVerifier, readVerifier } from '../../grants/pkce.ts'
import { oauthProblem } from '../../http/problem.ts'
import { required } from '../parameters.ts'
import type { StandardCode } from '../records.ts'
import {
  mayRefresh,
  type StandardGrantHandler,
  type StandardGrantRequest,
  targetOfGrant,
  tokensFor,
} from './grant-request.ts'

interface CodeExchange {
  readonly request: StandardGrantRequest
  readonly record: StandardCode
  readonly challengeOfVerifier: string | undefined
}

/** The rules in their order; each throws when it is broken. */
const codeChecks: readonly { readonly name: string; readonly check: (exchange: CodeExchange) => void }[] = [
  {
    name: 'same client',
    check({ request, record }) {
      if (request.client.client_id !== record.grant.clientId)
        throw invalidGrant('the code was issued to another client')
    },
  },
  {
    name: 'same redirect URI',
    check({ request, record }) {
      if (request.body.get('redirect_uri') !== record.redirectUri) {
        throw invalidGrant('redirect_uri differs from the one of the authorization request')
      }
    },
  },
  { name: 'verifier', check: ({ record, challengeOfVerifier }) => checkVerifier(record, challengeOfVerifier) },
  {
    name: 'DPoP key',
    check({ request, record }) {
      if (record.dpopJkt === undefined || record.dpopJkt === request.jkt) return
      throw oauthProblem(400, 'invalid_dpop_proof', 'the code is bound to another DPoP key (RFC 9449 10)')
    },
  },
  {
    // After the verifier: whoever has the code alone cannot end the tokens of its owner by a replay.
    name: 'single use',
    check({ record }) {
      if (!record.used) return
      record.grant.revoked = true
      throw invalidGrant('the code was used before')
    },
  },
  {
    name: 'not expired',
    check({ request, record }) {
      if (record.expiresAt <= request.runtime.clock.now()) throw invalidGrant('the code has expired')
    },
  },
]

/** Answers `grant_type=authorization_code`. */
export const authorizationCodeGrant: StandardGrantHandler = async (request) => {
  const { runtime, body, client } = request
  const code = required(body, 'code')
  const challengeOfVerifier = await readVerifier(body)
  const record = runtime.standard.records.codes.get(code)
  request.exchange.login = record?.grant.login
  if (!record) throw invalidGrant('the code is unknown')
  for (const { check } of codeChecks) check({ request, record, challengeOfVerifier })
  const { grant } = record
  const target = targetOfGrant(request, grant, grant.scopes)
  record.used = true
  request.exchange.reason = 'code redeemed'
  return tokensFor(request, grant, {
    scopes: grant.scopes,
    target,
    refreshed: false,
    withRefreshToken: mayRefresh(client, grant),
  })
}
