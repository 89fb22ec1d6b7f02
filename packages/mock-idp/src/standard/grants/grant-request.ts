import type { TokenAnswer } from '../../grants/grant-request.ts'
import { invalidGrant } from '../../grants/grant-request.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Parameters } from '../../http/parameters.ts'
import type { MockUser } from '../../model/user.ts'
import type { Runtime } from '../../runtime.ts'
import { liveSession } from '../../sessions.ts'
import { narrowedDetails } from '../authorization-details.ts'
import type { StandardClient } from '../client.ts'
import { knownClient } from '../find-client.ts'
import type { StandardGrant } from '../records.ts'
import { type Target, targetOf } from '../scopes.ts'
import { issueAccessToken, issueRefreshToken, signIdToken } from '../tokens/sign-tokens.ts'

/** A token request of a client that is who it says it is. */
export interface StandardGrantRequest {
  readonly runtime: Runtime
  readonly exchange: Exchange
  readonly client: StandardClient
  readonly body: Parameters
  /** Thumbprint of the key of the DPoP proof. */
  readonly jkt: string | undefined
}

/** Answers one value of `grant_type`; throws a {@link Problem} otherwise. */
export type StandardGrantHandler = (request: StandardGrantRequest) => Promise<TokenAnswer>

/** The user behind a grant. Throws `invalid_grant` when the grant, its session or its user has ended. */
export function userOfGrant(runtime: Runtime, grant: StandardGrant): MockUser {
  const user = activeUser(runtime, grant)
  if (!user) throw invalidGrant('the grant was revoked, or its session or user has ended')
  return user
}

/** The user behind a grant, if grant and user are good and so is the session where the grant needs it. */
export function activeUser(runtime: Runtime, grant: StandardGrant): MockUser | undefined {
  if (grant.revoked || !knownClient(runtime, grant.clientId)) return undefined
  if (!grant.offline) return liveSession(runtime, runtime.records.sessions.get(grant.sessionId))?.user
  const user = runtime.users.get(grant.userId)
  return user?.status === 'active' ? user : undefined
}

/**
 * What the access token of a request is for. Asked before a code or a refresh token is used up: a wrong `resource`, or
 * details beyond the granted ones, must not cost the client its grant.
 */
export function targetOfGrant(
  { runtime, client, body }: StandardGrantRequest,
  grant: StandardGrant,
  scopes: readonly string[],
): Target {
  const details = narrowedDetails(runtime, client, grant.details, body.get('authorization_details'))
  return targetOf(runtime, { asked: body.all('resource'), granted: grant.resources, scopes, details })
}

/** The members of a token answer that say what its access token allows (RFC 6749 section 5.1, RFC 9396 section 7). */
export function allowances({ scopes, details }: Target): TokenAnswer {
  return {
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(details.length > 0 && { authorization_details: details }),
  }
}

/**
 * The answer for a grant: access token, ID token where `openid` was granted, and what refreshes them.
 *
 * @param options.scopes - Scopes of this answer.
 * @param options.target - What the access token is for, from {@link targetOfGrant}.
 * @param options.refreshed - True for a refresh: the ID token has no nonce.
 * @param options.withRefreshToken - Issues a new refresh token.
 */
export async function tokensFor(
  { runtime, client, jkt }: StandardGrantRequest,
  grant: StandardGrant,
  options: {
    readonly scopes: readonly string[]
    readonly target: Target
    readonly refreshed: boolean
    readonly withRefreshToken: boolean
  },
): Promise<TokenAnswer> {
  const { scopes, target } = options
  const user = userOfGrant(runtime, grant)
  const { token, expiresIn } = await issueAccessToken(runtime, { client, grant, user, jkt }, target)
  return {
    access_token: token,
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: expiresIn,
    ...allowances(target),
    ...(options.withRefreshToken && { refresh_token: issueRefreshToken(runtime, { client, grant, jkt }) }),
    ...(scopes.includes('openid') && {
      id_token: await signIdToken(runtime, { client, grant, user }, { accessToken: token, ...options }),
    }),
  }
}

/**
 * True when an answer brings a refresh token: the client may refresh, and the user allowed `offline_access` where this
 * is a login with OpenID Connect (Core 11).
 */
export function mayRefresh(client: StandardClient, grant: StandardGrant): boolean {
  return grant.offline && client.grant_types.includes('refresh_token')
}
