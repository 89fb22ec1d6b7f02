/** Token revocation of the standard profile (RFC 7009). */
import { noStore } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Runtime } from '../../runtime.ts'
import type { StandardClient } from '../client.ts'
import { authenticateClient } from '../client-authentication.ts'
import { readForm, required } from '../parameters.ts'

/** Revoke. */
export const revokeEndpoint: Endpoint = {
  name: 'revoke',
  cors: true,
  paths: ['/revoke'],
  async post(exchange) {
    const { runtime, requestId } = exchange
    const body = await readForm(exchange)
    exchange.seen = body.record
    const client = await authenticateClient(exchange, body)
    exchange.reason = revoke(runtime, client, required(body, 'token'))
    runtime.audit.add('token-revoked', exchange.reason, { requestId, clientId: client.client_id })
    return new Response(null, { status: 200, headers: noStore })
  },
}

/** A refresh token takes its family with it; an access token goes alone. Tokens of other clients stay. */
function revoke({ standard }: Runtime, { client_id: clientId }: StandardClient, token: string): string {
  const refresh = standard.records.refreshTokens.get(token)
  if (refresh?.grant.clientId === clientId) {
    refresh.grant.revoked = true
    return 'token family revoked'
  }
  const access = standard.records.accessTokens.get(token)
  if (access?.clientId !== clientId) return 'nothing to revoke'
  access.revoked = true
  return 'access token revoked'
}
