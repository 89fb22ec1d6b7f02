/** Token introspection (RFC 7662). */
import { json, noStore, text } from '../../http/answers.ts'
import { invalidClient } from '../../http/credentials.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Runtime } from '../../runtime.ts'
import { isPublic, type StandardClient } from '../client.ts'
import { authenticateClient } from '../client-authentication.ts'
import { knownClient } from '../find-client.ts'
import { activeUser } from '../grants/grant-request.ts'
import { readForm, required } from '../parameters.ts'
import type { StandardAccess, StandardRefresh } from '../records.ts'
import { introspectionJwtType, signIntrospection } from '../tokens/introspection-jwt.ts'

/** Introspect. A public client cannot ask: anybody could do so in its name. Who asks for a JWT gets one (RFC 9701). */
export const introspectEndpoint: Endpoint = {
  name: 'introspect',
  cors: true,
  paths: ['/introspect'],
  async post(exchange) {
    const { runtime, request } = exchange
    const body = await readForm(exchange)
    exchange.seen = body.record
    const client = await authenticateClient(exchange, body)
    if (isPublic(client)) throw invalidClient('post', 'a public client cannot introspect tokens')
    const found = introspect(runtime, client, required(body, 'token'))
    exchange.reason = found ? 'active' : 'not active, or not for this client to know'
    const answer = found ?? { active: false }
    if (!(request.headers.get('accept') ?? '').toLowerCase().includes(introspectionJwtType)) {
      return json(answer, { headers: noStore })
    }
    const jwt = await signIntrospection(runtime, client, answer)
    return text(jwt, { headers: { ...noStore, 'Content-Type': introspectionJwtType } })
  },
}

/** What a client may know of a token: its own ones, and those for an API that it stands for. */
function introspect(runtime: Runtime, client: StandardClient, token: string): Record<string, unknown> | undefined {
  const { accessTokens, refreshTokens } = runtime.standard.records
  const access = accessTokens.get(token)
  if (access)
    return mayKnow(runtime, client, access) && isLive(runtime, access) ? accessClaims(runtime, access) : undefined
  const refresh = refreshTokens.get(token)
  return refresh?.grant.clientId === client.client_id ? refreshClaims(runtime, refresh) : undefined
}

/** True when a token was issued to the client, or is for an API that the client stands for. */
export function mayKnow(
  { standard }: Runtime,
  { client_id: id }: StandardClient,
  { clientId, audience }: StandardAccess,
): boolean {
  const resource = standard.resources.find(({ identifier }) => identifier === audience)
  return clientId === id || (resource?.introspectors ?? []).includes(id)
}

/** True for an access token that is neither over nor revoked. */
export function isLive(runtime: Runtime, access: StandardAccess): boolean {
  return access.expiresAt > runtime.clock.now() && !isRevoked(runtime, access)
}

/** True for an access token that was revoked, or whose client, session or user is no more. */
export function isRevoked(runtime: Runtime, { revoked, clientId, grant }: StandardAccess): boolean {
  return revoked || !knownClient(runtime, clientId) || (grant !== undefined && !activeUser(runtime, grant))
}

function accessClaims({ project, users }: Runtime, access: StandardAccess): Record<string, unknown> {
  const { scopes, clientId, subject, audience, details, issuedAt, expiresAt, jkt, grant, act } = access
  return {
    active: true,
    iss: project.origin,
    sub: subject,
    aud: audience,
    client_id: clientId,
    iat: issuedAt,
    exp: Math.floor(expiresAt / 1000),
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(details.length > 0 && { authorization_details: details }),
    ...(grant && { username: users.get(grant.userId)?.loginIds[0], auth_time: grant.authTime, acr: grant.acr }),
    ...(jkt !== undefined && { cnf: { jkt } }),
    ...(act && { act }),
  }
}

function refreshClaims(runtime: Runtime, { grant, replaced }: StandardRefresh): Record<string, unknown> | undefined {
  const { refreshExpiresAt: exp, scopes, subject: sub, clientId } = grant
  if (replaced || exp * 1000 <= runtime.clock.now() || !activeUser(runtime, grant)) return undefined
  return { active: true, iss: runtime.project.origin, sub, client_id: clientId, exp, scope: scopes.join(' ') }
}
