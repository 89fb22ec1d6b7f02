/** A refresh token for new tokens (IDP-SPEC 2.6, 5.4 steps 11 and 13; RFC 6749 section 6, RFC 9700 4.14). */
import { currentApp, sameApp } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import { scopesStillConsented } from '../consent/granted-scopes.ts'
import { oidcScopesOf, splitScope } from '../consent/scopes.ts'
import { renewFlowClaims } from '../flows/flow-claims.ts'
import { oauthProblem } from '../http/problem.ts'
import type { MockUser } from '../model/user.ts'
import type { Grant, RefreshRecord } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { signAccessToken, signIdToken, signRefreshToken, userTokenSeconds } from '../tokens/user-tokens.ts'
import { authenticateFor, type GrantHandler, invalidGrant, required, userOfGrant } from './grant-request.ts'

interface RefreshCheck {
  readonly name: string
  readonly check: (runtime: Runtime, record: RefreshRecord) => void
}

/** The rules of a refresh token itself, in their order; each throws when it is broken. */
const refreshChecks: readonly RefreshCheck[] = [
  {
    name: 'not replaced',
    check(runtime, record) {
      if (!record.replaced) return
      if (runtime.project.reuseRevokesFamily) record.grant.revoked = true
      throw invalidGrant('the refresh token was used before')
    },
  },
  {
    name: 'not expired',
    check(runtime, record) {
      if (record.grant.refreshExpiresAt <= epochSeconds(runtime.clock))
        throw invalidGrant('the refresh token has expired')
    },
  },
  {
    name: 'not idle for too long',
    check(runtime, record) {
      const { inactivitySeconds } = runtime.project.lifetimes
      const idleMs = runtime.clock.now() - record.grant.usedAt
      if (inactivitySeconds > 0 && idleMs >= inactivitySeconds * 1000)
        throw invalidGrant('the session was idle too long')
    },
  },
  {
    name: 'grant, session and user are live',
    check: (runtime, record) => void userOfGrant(runtime, record.grant),
  },
]

/**
 * Checks a refresh token, whoever presents it.
 *
 * @throws {Problem} `invalid_grant`.
 */
export function checkRefresh(runtime: Runtime, record: RefreshRecord): void {
  for (const { check } of refreshChecks) check(runtime, record)
}

/** Answers `grant_type=refresh_token`. Roles, tenants and template claims are read again. */
export const refreshTokenGrant: GrantHandler = async (request) => {
  const { runtime, body, exchange } = request
  const token = required(body, 'refresh_token')
  const record = runtime.records.refreshTokens.get(token)
  exchange.login = record?.grant.login
  const client = authenticateFor(request, record?.grant)
  if (!record) throw invalidGrant('the refresh token is unknown')
  if (client.app.refreshTokenDisabled) throw oauthProblem(400, 'unauthorized_client', 'refresh is off')
  if (!sameApp(client.app, record.grant.app)) throw invalidGrant('the refresh token belongs to another client')
  checkRefresh(runtime, record)
  const { grant } = record
  const user = userOfGrant(runtime, grant)
  const scopes = refreshedScopes(runtime, grant, user, body.get('scope'))

  // Before the first wait, so that of two requests at once only one finds the token unused.
  const rotates = runtime.project.refreshTokenRotation
  record.replaced = rotates
  grant.usedAt = runtime.clock.now()
  renewFlowClaims(runtime, grant)

  const subject = { grant, user, scopes }
  const accessToken = signAccessToken(runtime, subject)
  const [access_token, id_token, refresh_token] = await Promise.all([
    accessToken,
    scopes.includes('openid') ? signIdToken(runtime, subject, { accessToken, refreshed: true }) : undefined,
    rotates ? signRefreshToken(runtime, { grant, user, scopes: grant.scopes }) : undefined,
  ])
  exchange.reason = 'refreshed'
  return {
    access_token,
    token_type: 'Bearer',
    expires_in: userTokenSeconds(runtime, grant),
    ...(id_token !== undefined && { id_token }),
    scope: scopes.join(' '),
    ...(refresh_token !== undefined && { refresh_token }),
  }
}

/** The granted scopes that still hold, or the narrower set that was asked for. Never more than at the login. */
function refreshedScopes(runtime: Runtime, grant: Grant, user: MockUser, asked: string | undefined): readonly string[] {
  const held = scopesStillHeld(runtime, grant, user)
  if (asked === undefined) return held
  const wanted = splitScope(asked)
  if (wanted.some((scope) => !grant.scopes.includes(scope))) {
    throw oauthProblem(400, 'invalid_scope', 'scope is broader than what was granted')
  }
  const scopes = wanted.filter((scope) => held.includes(scope))
  if (scopes.length === 0) throw oauthProblem(400, 'invalid_scope', 'no scope is left')
  return scopes
}

function scopesStillHeld(runtime: Runtime, grant: Grant, user: MockUser): readonly string[] {
  const app = currentApp(runtime, grant.app)
  if (!app) throw invalidGrant('the application is gone')
  const { scopes, tenant } = grant
  if (app.kind === 'oidc') return oidcScopesOf(app, scopes)
  const held = scopesStillConsented(runtime, { app, user, tenant, scopes })
  if (!held) throw invalidGrant('the consent is gone')
  return held
}
