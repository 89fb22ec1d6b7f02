/** The token endpoint of the standard profile (RFC 6749 section 5). */
import { audited } from '../../endpoints/token.ts'
import { json, noStore } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { oauthProblem } from '../../http/problem.ts'
import { authenticateClient } from '../client-authentication.ts'
import { deviceCodeType, tokenExchangeType } from '../client-metadata.ts'
import { checkProof, withNonce } from '../dpop.ts'
import { authorizationCodeGrant } from '../grants/authorization-code.ts'
import { clientCredentialsGrant } from '../grants/client-credentials.ts'
import { deviceCodeGrant } from '../grants/device-code.ts'
import type { StandardGrantHandler } from '../grants/grant-request.ts'
import { refreshTokenGrant } from '../grants/refresh-token.ts'
import { tokenExchangeGrant } from '../grants/token-exchange.ts'
import { readForm, required } from '../parameters.ts'

const grants: ReadonlyMap<string, StandardGrantHandler> = new Map([
  ['authorization_code', authorizationCodeGrant],
  ['refresh_token', refreshTokenGrant],
  ['client_credentials', clientCredentialsGrant],
  [deviceCodeType, deviceCodeGrant],
  [tokenExchangeType, tokenExchangeGrant],
])

/** Token. */
export const tokenEndpoint: Endpoint = {
  name: 'token',
  cors: true,
  paths: ['/token'],
  async post(exchange) {
    const { runtime, requestId } = exchange
    const body = await readForm(exchange)
    exchange.seen = body.record
    const client = await authenticateClient(exchange, body)
    const name = required(body, 'grant_type')
    const grant = grants.get(name)
    if (!grant) {
      const served = [...grants.keys()].join(', ')
      throw oauthProblem(400, 'unsupported_grant_type', `grant_type must be one of ${served}`)
    }
    if (!client.grant_types.includes(name)) {
      throw oauthProblem(400, 'unauthorized_client', 'this client is not registered for the grant')
    }
    const jkt = await checkProof(exchange)
    if (jkt === undefined && (client.dpop_bound_access_tokens || runtime.standard.settings.requireDpop)) {
      throw oauthProblem(400, 'invalid_dpop_proof', 'this request needs a DPoP proof (RFC 9449 5.2)')
    }
    const about = { requestId, clientId: client.client_id }
    const answer = await audited(runtime, about, body, () => grant({ runtime, exchange, client, body, jkt }))
    return withNonce(exchange, json(answer, { headers: noStore }))
  },
}
