/** Token revocation of both families (IDP-SPEC 2.10; RFC 7009). */
import { type ClientApp, type ClientKind, sameApp } from '../clients.ts'
import { authenticateClient } from '../grants/client-authentication.ts'
import { noStore } from '../http/answers.ts'
import { readCredentials } from '../http/credentials.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { readBody } from '../http/parameters.ts'
import { oauthProblem } from '../http/problem.ts'

/** Revoke, shared and with the application in the path. */
export const revokeEndpoints: readonly Endpoint[] = [
  endpoint('oidc', ['/oauth2/v1/revoke', '/:applicationId/oauth2/v1/revoke']),
  endpoint('inbound', ['/oauth2/v1/apps/revoke']),
]

function endpoint(kind: ClientKind, paths: readonly string[]): Endpoint {
  return {
    name: 'revoke',
    cors: true,
    paths,
    async post(exchange) {
      const body = await readBody(exchange)
      exchange.seen = body.record
      const [repeated] = body.repeated
      if (repeated !== undefined) throw oauthProblem(400, 'invalid_request', `${repeated} is given more than once`)
      const token = body.get('token')
      if (token === undefined) throw oauthProblem(400, 'invalid_request', 'token is missing')
      const credentials = readCredentials(exchange.request, body)
      exchange.clientId = credentials.pairs[0]?.clientId
      const owner = ownerOf(exchange, token)
      const shared = owner?.kind === 'oidc' && owner.clientType === 'project' ? owner.id : undefined
      const applicationId = exchange.path('applicationId') ?? shared
      const { app } = authenticateClient(exchange.runtime, kind, credentials, applicationId)
      exchange.reason = owner && sameApp(owner, app) ? revoke(exchange, token) : 'nothing to revoke'
      const { requestId, runtime, reason } = exchange
      runtime.audit.add('token-revoked', reason, { requestId, clientId: app.clientId })
      return new Response(null, { status: 200, headers: noStore })
    },
  }
}

function ownerOf({ runtime }: Exchange, token: string): ClientApp | undefined {
  const { refreshTokens, accessTokens } = runtime.records
  return refreshTokens.get(token)?.grant.app ?? accessTokens.get(token)?.app
}

/** A refresh token takes its family with it; an access token goes alone. The session stays. */
function revoke(exchange: Exchange, token: string): string {
  const { runtime } = exchange
  const refresh = runtime.records.refreshTokens.get(token)
  if (refresh) {
    exchange.login = refresh.grant.login
    refresh.grant.revoked = true
    return 'token family revoked'
  }
  const access = runtime.records.accessTokens.get(token)
  if (access) access.revoked = true
  exchange.login = access?.grant?.login
  return 'access token revoked'
}
