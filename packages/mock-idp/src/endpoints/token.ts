/** The token endpoint of both families (IDP-SPEC 2.6; RFC 6749 section 5). */
import type { ClientKind } from '../clients.ts'
import { authorizationCodeGrant } from '../grants/authorization-code.ts'
import { clientCredentialsGrant } from '../grants/client-credentials.ts'
import { type GrantHandler, grantRequest, required, type TokenAnswer } from '../grants/grant-request.ts'
import { refreshTokenGrant } from '../grants/refresh-token.ts'
import { json, noStore } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { type Parameters, readBody } from '../http/parameters.ts'
import { oauthProblem, Problem, serviceProblem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'

const grants: ReadonlyMap<string, GrantHandler> = new Map([
  ['authorization_code', authorizationCodeGrant],
  ['refresh_token', refreshTokenGrant],
  ['client_credentials', clientCredentialsGrant],
])

/** Token of both families, shared and with the application or project in the path. */
export const tokenEndpoints: readonly Endpoint[] = [
  endpoint('oidc', ['/oauth2/v1/token', '/:applicationId/oauth2/v1/token']),
  endpoint('inbound', ['/oauth2/v1/apps/token', '/oauth2/v1/apps/:projectId/token']),
]

function endpoint(kind: ClientKind, paths: readonly string[]): Endpoint {
  return {
    name: 'token',
    cors: true,
    paths,
    async post(exchange) {
      const { runtime } = exchange
      const body = await readBody(exchange)
      exchange.seen = body.record
      const repeated = body.repeated.find((name) => name !== 'resource')
      if (repeated !== undefined) throw oauthProblem(400, 'invalid_request', `${repeated} is given more than once`)
      const grant = grants.get(required(body, 'grant_type'))
      if (!grant) throw unsupportedGrant(runtime)
      const about = { requestId: exchange.requestId, clientId: body.get('client_id') }
      const answer = await audited(runtime, about, body, () => grant(grantRequest(exchange, kind, body)))
      return json(answer, { headers: noStore })
    },
  }
}

/** Writes the outcome of a grant into the audit list. */
export async function audited(
  { audit }: Runtime,
  about: { readonly requestId: string; readonly clientId: string | undefined },
  body: Parameters,
  grant: () => Promise<TokenAnswer>,
): Promise<TokenAnswer> {
  try {
    const answer = await grant()
    audit.add('token-issued', `${body.get('grant_type')}, scope ${answer.scope}`, about)
    return answer
  } catch (error) {
    if (error instanceof Problem) audit.add('token-refused', `${error.code}: ${error.message}`, about)
    throw error
  }
}

function unsupportedGrant(runtime: Runtime): Problem {
  const description = `grant_type must be one of ${[...grants.keys()].join(', ')}`
  return runtime.project.compat.unsupportedGrantShape === 'oauth'
    ? oauthProblem(400, 'unsupported_grant_type', description)
    : serviceProblem(400, 'E011003', description)
}
