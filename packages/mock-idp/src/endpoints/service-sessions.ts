/** Session operations of the service itself, beside OAuth (IDP-SPEC 2.14): for its own SDKs, without a client. */
import { epochSeconds } from '../clock.ts'
import { findAccessKey } from '../grants/client-authentication.ts'
import { userOfGrant } from '../grants/grant-request.ts'
import { checkRefresh } from '../grants/refresh-token.ts'
import { json, noStore } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { Problem, serviceProblem } from '../http/problem.ts'
import type { Grant, RefreshRecord } from '../records.ts'
import { signKeyToken } from '../tokens/machine-tokens.ts'
import { signAccessToken, signRefreshToken, userTokenSeconds } from '../tokens/user-tokens.ts'
import { projectBearer } from './project-bearer.ts'

/** The three operations. Each takes its credential as `Authorization: Bearer <project id>:<credential>`. */
export const serviceSessionEndpoints: readonly Endpoint[] = [
  { name: 'access-key-exchange', cors: true, paths: ['/v1/auth/accesskey/exchange'], post: exchangeAccessKey },
  { name: 'session-refresh', cors: true, paths: ['/v1/auth/refresh'], post: refreshSession },
  { name: 'tenant-select', cors: true, paths: ['/v1/auth/tenant/select'], post: selectTenant },
]

/** An access key for a session token that speaks for it. */
async function exchangeAccessKey(exchange: Exchange): Promise<Response> {
  const { runtime } = exchange
  const key = findAccessKey(runtime, runtime.project.id, projectBearer(exchange) ?? '')
  if (!key) throw serviceProblem(401, 'E061005', 'the access key is not valid')
  const { token, expiresIn } = await signKeyToken(runtime, runtime.defaultApp, key, [])
  exchange.reason = 'access key exchanged'
  const expiration = epochSeconds(runtime.clock) + expiresIn
  return json({ keyId: key.id, sessionJwt: token, expiration }, { headers: noStore })
}

/** A refresh token for a new session token, rotated where the project rotates. */
async function refreshSession(exchange: Exchange): Promise<Response> {
  const { token, record } = refreshRecord(exchange)
  const { project } = exchange.runtime
  record.replaced = project.refreshTokenRotation
  exchange.reason = 'refreshed'
  return sessionAnswer(exchange, record.grant, project.refreshTokenRotation ? undefined : token)
}

/** A refresh token and a tenant of its user for tokens whose current tenant, `dct`, that one is. */
async function selectTenant(exchange: Exchange): Promise<Response> {
  const { runtime } = exchange
  const { record } = refreshRecord(exchange)
  const tenant = await tenantOf(exchange)
  const user = userOfGrant(runtime, record.grant)
  if (!Object.hasOwn(user.tenants, tenant)) {
    throw serviceProblem(400, 'E011004', 'tenant: the user is no member of this tenant')
  }
  exchange.reason = `tenant ${tenant} selected`
  return sessionAnswer(exchange, { ...record.grant, id: runtime.random.text(16), tenant }, undefined)
}

function refreshRecord(exchange: Exchange): { readonly token: string; readonly record: RefreshRecord } {
  const token = projectBearer(exchange) ?? ''
  const record = exchange.runtime.records.refreshTokens.get(token)
  exchange.login = record?.grant.login
  try {
    // An inbound application is a third party: its tokens are no sessions of the service.
    if (record?.grant.app.kind === 'oidc') {
      checkRefresh(exchange.runtime, record)
      return { token, record }
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason = error.message
  }
  throw serviceProblem(401, 'E061005', 'the refresh token is not valid')
}

async function tenantOf({ text }: Exchange): Promise<string> {
  const given = await text()
  try {
    const { tenant } = JSON.parse(given)
    if (typeof tenant === 'string' && tenant !== '') return tenant
  } catch {
    // No JSON object: the same answer as for one without a tenant.
  }
  throw serviceProblem(400, 'E011002', 'tenant: expected a tenant id in a JSON object')
}

async function sessionAnswer({ runtime }: Exchange, grant: Grant, refreshJwt: string | undefined): Promise<Response> {
  const user = userOfGrant(runtime, grant)
  grant.usedAt = runtime.clock.now()
  const subject = { grant, user, scopes: grant.scopes }
  const answer = {
    sessionJwt: await signAccessToken(runtime, subject),
    refreshJwt: refreshJwt ?? (await signRefreshToken(runtime, subject)),
    sessionExpiration: epochSeconds(runtime.clock) + userTokenSeconds(runtime, grant),
    refreshExpiration: grant.refreshExpiresAt,
    userId: user.id,
  }
  return json(answer, { headers: noStore })
}
