/** A refresh token for new tokens (RFC 6749 section 6, RFC 9700 section 4.14). */
import { epochSeconds } from '../../clock.ts'
import { splitScope } from '../../consent/scopes.ts'
import { invalidGrant } from '../../grants/grant-request.ts'
import { oauthProblem } from '../../http/problem.ts'
import { isPublic } from '../client.ts'
import { required } from '../parameters.ts'
import type { StandardGrant, StandardRefresh } from '../records.ts'
import {
  type StandardGrantHandler,
  type StandardGrantRequest,
  targetOfGrant,
  tokensFor,
  userOfGrant,
} from './grant-request.ts'

interface Refresh {
  readonly request: StandardGrantRequest
  readonly record: StandardRefresh
}

/** The rules in their order; each throws when it is broken. */
const refreshChecks: readonly { readonly name: string; readonly check: (refresh: Refresh) => void }[] = [
  {
    name: 'same client',
    check({ request, record }) {
      if (request.client.client_id !== record.grant.clientId) {
        throw invalidGrant('the refresh token belongs to another client')
      }
    },
  },
  {
    name: 'DPoP key',
    check({ request, record }) {
      if (record.jkt === undefined || record.jkt === request.jkt) return
      throw oauthProblem(400, 'invalid_dpop_proof', 'the refresh token is bound to another DPoP key (RFC 9449 5)')
    },
  },
  {
    name: 'not replaced',
    check({ request, record }) {
      if (!record.replaced) return
      if (request.runtime.project.reuseRevokesFamily) record.grant.revoked = true
      throw invalidGrant('the refresh token was used before')
    },
  },
  {
    name: 'not expired',
    check({ request, record }) {
      if (record.grant.refreshExpiresAt > epochSeconds(request.runtime.clock)) return
      throw invalidGrant('the refresh token has expired')
    },
  },
  {
    name: 'not idle for too long',
    check({ request, record }) {
      const { project, clock } = request.runtime
      const { inactivitySeconds } = project.lifetimes
      if (inactivitySeconds > 0 && clock.now() - record.grant.usedAt >= inactivitySeconds * 1000) {
        throw invalidGrant('the refresh token was not used for too long')
      }
    },
  },
]

/** Answers `grant_type=refresh_token`. Refresh tokens of public clients are always rotated. */
export const refreshTokenGrant: StandardGrantHandler = async (request) => {
  const { runtime, body, client, exchange } = request
  const record = runtime.standard.records.refreshTokens.get(required(body, 'refresh_token'))
  exchange.login = record?.grant.login
  if (!record) throw invalidGrant('the refresh token is unknown')
  for (const { check } of refreshChecks) check({ request, record })
  const { grant } = record
  userOfGrant(runtime, grant)
  const scopes = refreshedScopes(request, grant)
  const target = targetOfGrant(request, grant, scopes)
  // Before the first wait, so that of two requests at once only one finds the token unused.
  const rotates = isPublic(client) || runtime.project.refreshTokenRotation
  record.replaced = rotates
  grant.usedAt = runtime.clock.now()
  exchange.reason = 'refreshed'
  return tokensFor(request, grant, { scopes, target, refreshed: true, withRefreshToken: rotates })
}

/** What was granted and is still for the client, or the narrower set that was asked for. */
function refreshedScopes({ client, body }: StandardGrantRequest, grant: StandardGrant): readonly string[] {
  const own = client.scope === undefined ? grant.scopes : splitScope(client.scope)
  const asked = body.get('scope')
  const wanted = asked === undefined ? grant.scopes : splitScope(asked)
  if (wanted.every((scope) => grant.scopes.includes(scope))) return wanted.filter((scope) => own.includes(scope))
  throw oauthProblem(400, 'invalid_scope', 'scope is broader than what was granted')
}
