/** A client's own tokens (RFC 6749 section 4.4). */
import { oauthProblem } from '../../http/problem.ts'
import { readDetails } from '../authorization-details.ts'
import { allowedScopes, identityScopes, targetOf } from '../scopes.ts'
import { issueAccessToken } from '../tokens/sign-tokens.ts'
import { allowances, type StandardGrantHandler } from './grant-request.ts'

/** Answers `grant_type=client_credentials`. There is no user, so scopes of the provider itself fall out. */
export const clientCredentialsGrant: StandardGrantHandler = async ({ runtime, body, client, exchange, jkt }) => {
  const asked = body.get('scope')
  const { scopes } = allowedScopes(runtime, client, asked)
  const own = scopes.filter((name) => !identityScopes.includes(name))
  if (asked !== undefined && own.length === 0) {
    throw oauthProblem(400, 'invalid_scope', 'none of these scopes is for this client')
  }
  // Without a choice the resource alone decides; without both the client's own scopes may belong to several.
  const details = readDetails(runtime, client, body.get('authorization_details'))
  const target = targetOf(runtime, { asked: body.all('resource'), granted: [], scopes: own, details })
  const { token, expiresIn } = await issueAccessToken(runtime, { client, jkt }, target)
  exchange.reason = 'client credentials'
  return {
    access_token: token,
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: expiresIn,
    ...allowances(target),
  }
}
