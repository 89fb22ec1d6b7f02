import type { ClientKind } from '../clients.ts'
import { type PresentedCredentials, readCredentials } from '../http/credentials.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Parameters } from '../http/parameters.ts'
import { oauthProblem, type Problem, serviceProblem } from '../http/problem.ts'
import type { MockUser } from '../model/user.ts'
import type { Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { liveSession } from '../sessions.ts'
import { type AuthenticatedClient, authenticateClient } from './client-authentication.ts'

/** A token request on its way through one grant. */
export interface GrantRequest {
  readonly runtime: Runtime
  readonly exchange: Exchange
  readonly kind: ClientKind
  readonly body: Parameters
  readonly credentials: PresentedCredentials
  /** Named OIDC application of the path. */
  readonly applicationId: string | undefined
}

/** Members of a token answer (RFC 6749 section 5.1). */
export type TokenAnswer = Record<string, unknown>

/** Answers one value of `grant_type`; throws a {@link Problem} otherwise. */
export type GrantHandler = (request: GrantRequest) => Promise<TokenAnswer>

/** Reads the client of a token request. */
export function grantRequest(exchange: Exchange, kind: ClientKind, body: Parameters): GrantRequest {
  const credentials = readCredentials(exchange.request, body)
  exchange.clientId = credentials.pairs[0]?.clientId
  return {
    runtime: exchange.runtime,
    exchange,
    kind,
    body,
    credentials,
    applicationId: exchange.path('applicationId'),
  }
}

/** A parameter that must be there: service shape `E011002` otherwise (IDP-SPEC 2.6). */
export function required(body: Parameters, name: string): string {
  const value = body.get(name)
  if (value === undefined) throw serviceProblem(400, 'E011002', `${name} is missing`)
  return value
}

/** `invalid_grant`. */
export function invalidGrant(description: string): Problem {
  return oauthProblem(400, 'invalid_grant', description)
}

/** Authenticates the client for a grant that names its application, when several share the project id. */
export function authenticateFor(request: GrantRequest, grant: Grant | undefined): AuthenticatedClient {
  const { runtime, kind, credentials } = request
  const shared = grant?.app.kind === 'oidc' && grant.app.clientType === 'project' ? grant.app.id : undefined
  return authenticateClient(runtime, kind, credentials, request.applicationId ?? shared)
}

/** The user behind a grant. Throws `invalid_grant` when the grant, its session or its user has ended. */
export function userOfGrant(runtime: Runtime, grant: Grant): MockUser {
  if (grant.revoked) throw invalidGrant('the grant was revoked')
  const live = liveSession(runtime, runtime.records.sessions.get(grant.sessionId))
  if (!live) throw invalidGrant('the session of this grant has ended')
  return live.user
}
