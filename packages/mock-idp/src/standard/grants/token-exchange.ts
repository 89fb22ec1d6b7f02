/** A token for another token (RFC 8693): impersonation, and delegation with `actor_token`. */
import { oauthProblem } from '../../http/problem.ts'
import type { Runtime } from '../../runtime.ts'
import { narrowedDetails } from '../authorization-details.ts'
import type { StandardClient } from '../client.ts'
import { isLive, mayKnow } from '../endpoints/introspect.ts'
import { invalidRequest, required } from '../parameters.ts'
import type { Actor, StandardAccess } from '../records.ts'
import { allowedScopes, identityScopes, targetOf } from '../scopes.ts'
import { issueAccessToken } from '../tokens/sign-tokens.ts'
import { activeUser, allowances, type StandardGrantHandler, type StandardGrantRequest } from './grant-request.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const jwtType = 'urn:ietf:params:oauth:token-type:jwt'
const tokenTypes: readonly string[] = [accessTokenType, jwtType]

/** Answers `grant_type=urn:ietf:params:oauth:grant-type:token-exchange`. */
export const tokenExchangeGrant: StandardGrantHandler = async (request) => {
  const { runtime, client, body, exchange, jkt } = request
  const subject = tokenOf(request, 'subject')
  const actor = actorOf(request)
  const requestedType = body.get('requested_token_type') ?? accessTokenType
  if (!tokenTypes.includes(requestedType))
    throw invalidRequest(`requested_token_type must be one of ${tokenTypes.join(', ')}`)
  const asked = [...body.all('resource'), ...body.all('audience')]
  const scopes = exchangedScopes(runtime, client, subject, body.get('scope'))
  const details = narrowedDetails(runtime, client, subject.details, body.get('authorization_details'))
  const target = targetOf(runtime, { asked, granted: [], scopes, details })
  if (requestedType === jwtType && target.resource?.format === 'opaque') {
    throw invalidRequest('the access tokens of this resource are no JWTs; ask for an access token')
  }
  const narrowed = { ...target, scopes: target.scopes.filter((scope) => mayPass(subject, target.audience, scope)) }
  const { grant } = subject
  const user = grant && activeUser(runtime, grant)
  const act = actor ? { ...actor, ...(subject.act && { act: subject.act }) } : subject.act
  const { token, expiresIn } = await issueAccessToken(
    runtime,
    {
      client,
      jkt,
      exchangedFrom: subject,
      subject: subject.subject,
      ...(grant && { grant }),
      ...(user && { user }),
      ...(act && { act }),
    },
    narrowed,
  )
  exchange.reason = actor ? 'exchanged, delegation' : 'exchanged, impersonation'
  return {
    access_token: token,
    issued_token_type: requestedType,
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: expiresIn,
    ...allowances(narrowed),
  }
}

/** A resource gives no more than the token for it did, also when the exchange took a way round by another resource. */
function mayPass(subject: StandardAccess, audience: string, scope: string): boolean {
  if (subject.audience === audience && !subject.scopes.includes(scope)) return false
  return subject.exchangedFrom === undefined || mayPass(subject.exchangedFrom, audience, scope)
}

/** The live access token of a parameter that the client may use: its own, or one for the API that it stands for. */
function tokenOf({ runtime, client, body }: StandardGrantRequest, role: 'subject' | 'actor'): StandardAccess {
  const type = required(body, `${role}_token_type`)
  if (!tokenTypes.includes(type)) throw invalidRequest(`${role}_token_type must be one of ${tokenTypes.join(', ')}`)
  const record = runtime.standard.records.accessTokens.get(required(body, `${role}_token`))
  if (!record || !isLive(runtime, record))
    throw invalidRequest(`${role}_token is no live access token of this provider`)
  if (!mayKnow(runtime, client, record)) throw invalidRequest(`${role}_token is for another client`)
  return record
}

function actorOf(request: StandardGrantRequest): Actor | undefined {
  const { body } = request
  if (body.get('actor_token') === undefined) {
    if (body.get('actor_token_type') === undefined) return undefined
    throw invalidRequest('actor_token_type without actor_token (RFC 8693 2.1)')
  }
  const { subject: sub, clientId, act } = tokenOf(request, 'actor')
  return { sub, client_id: clientId, ...(act && { act }) }
}

/** What was asked for and the client may have; without `scope` what the subject token has. */
function exchangedScopes(
  runtime: Runtime,
  client: StandardClient,
  subject: StandardAccess,
  asked: string | undefined,
): readonly string[] {
  if (asked === undefined && subject.scopes.length === 0) return []
  const { scopes } = allowedScopes(runtime, client, asked ?? subject.scopes.join(' '))
  const own = scopes.filter((name) => !identityScopes.includes(name))
  if (asked !== undefined && own.length === 0) {
    throw oauthProblem(400, 'invalid_scope', 'none of these scopes is for this client')
  }
  return own
}
