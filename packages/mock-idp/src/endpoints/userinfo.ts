/** Userinfo of both families (IDP-SPEC 2.8; OpenID Connect Core 5.3, RFC 6750). */
import type { ClientKind } from '../clients.ts'
import { json, noStore, text } from '../http/answers.ts'
import type { Endpoint, Handler } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { oauthProblem, type Problem } from '../http/problem.ts'
import type { MockUser } from '../model/user.ts'
import type { AccessRecord, Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { liveSession } from '../sessions.ts'
import { attributeClaims, authorizationClaims, loginClaims, profileClaims, subjectClaims } from '../tokens/claims.ts'

/** Userinfo, shared and with the application in the path. */
export const userinfoEndpoints: readonly Endpoint[] = [
  endpoint('oidc', ['/oauth2/v1/userinfo', '/:applicationId/oauth2/v1/userinfo']),
  endpoint('inbound', ['/oauth2/v1/apps/userinfo']),
]

function endpoint(kind: ClientKind, paths: readonly string[]): Endpoint {
  const answer: Handler = (exchange) => answerUserinfo(exchange, () => ({ claims: claimsFor(exchange, kind) }))
  return { name: 'userinfo', cors: true, readOnly: true, paths, get: answer, post: answer }
}

/** What userinfo tells. */
export interface Userinfo {
  readonly claims: Record<string, unknown>
  /** Writes the claims as a JWT; absent for plain JSON. */
  readonly sign?: (claims: Record<string, unknown>) => Promise<string>
}

/** Answers userinfo. `read` throws what refuses the request. */
export async function answerUserinfo(exchange: Exchange, read: () => Userinfo | Promise<Userinfo>): Promise<Response> {
  const { claims, sign } = await read()
  exchange.reason = 'claims released'
  if (!sign) return json(claims, { headers: noStore })
  return text(await sign(claims), { headers: { ...noStore, 'Content-Type': 'application/jwt' } })
}

function claimsFor(exchange: Exchange, kind: ClientKind): Record<string, unknown> {
  const { runtime, request } = exchange
  const header = request.headers.get('authorization')
  if (header === null) throw unauthorized('an access token is needed')
  const token = /^bearer +(\S+)$/i.exec(header)?.[1]
  const record = token === undefined ? undefined : runtime.records.accessTokens.get(token)
  exchange.clientId = record?.app.clientId
  exchange.login = record?.grant?.login
  if (!record) throw unauthorized('the token is not an access token of this provider', 'invalid_token')
  if (record.app.kind !== kind) throw unauthorized('the token belongs to the other endpoint family', 'invalid_token')
  if (record.revoked) throw unauthorized('the token was revoked', 'invalid_token')
  if (record.expiresAt <= runtime.clock.now()) throw unauthorized('the token has expired', 'invalid_token')
  const { grant } = record
  return grant ? userClaims(runtime, record, grant, userOf(runtime, grant)) : machineClaims(record)
}

function userOf(runtime: Runtime, grant: Grant): MockUser {
  if (grant.revoked) throw unauthorized('the grant was revoked', 'invalid_token')
  const live = liveSession(runtime, runtime.records.sessions.get(grant.sessionId))
  if (!live) throw unauthorized('the session has ended', 'invalid_token')
  return live.user
}

/** Values are read now, so edits of the profile show at once. */
function userClaims(runtime: Runtime, record: AccessRecord, grant: Grant, user: MockUser): Record<string, unknown> {
  const { project } = runtime
  const { app, scopes } = record
  const attributes = attributeClaims(project, app, scopes, user, grant.tenant)
  const showCustom = scopes.includes('descope.custom_claims')
  const custom = { ...attributes.custom, ...(showCustom && loginClaims(project, user, grant)) }
  const place = project.compat.customClaimsInUserinfo
  return {
    ...(place !== 'nsec' && custom),
    ...profileClaims(app, scopes, user),
    ...attributes.standard,
    ...(scopes.includes('descope.claims') && authorizationClaims(project, app, scopes, user, grant.tenant)),
    nsec: { ...(place !== 'root' && custom), ...(showCustom && grant.flowClaims?.client), scope: scopes.join(' ') },
    iss: app.issuer,
    aud: app.clientId,
    sub: subjectClaims(project.templates.user, user).sub,
  }
}

function machineClaims({ app, subject, scopes }: AccessRecord): Record<string, unknown> {
  return { nsec: { scope: scopes.join(' ') }, iss: app.issuer, aud: app.clientId, sub: subject }
}

/** 401 with a challenge; without a code when no token was sent (RFC 6750 section 3.1). */
function unauthorized(description: string, code?: string): Problem {
  const challenge = code === undefined ? 'Bearer' : `Bearer error="${code}", error_description="${description}"`
  return oauthProblem(401, code ?? 'invalid_token', description, { 'WWW-Authenticate': challenge })
}
