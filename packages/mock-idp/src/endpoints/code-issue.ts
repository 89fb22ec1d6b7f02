/** From a finished login to a code (IDP-SPEC 2.4, "Code", and 5.4). */
import { ownLifetime } from '../clients.ts'
import { grantedScopes } from '../consent/granted-scopes.ts'
import { oidcScopesOf } from '../consent/scopes.ts'
import { oauthProblem } from '../http/problem.ts'
import type { InboundApp } from '../model/inbound-app.ts'
import type { MockUser } from '../model/user.ts'
import type { AppTransaction, Grant, Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'

/**
 * Decides what the user's login gives the application, and issues a code for it.
 *
 * @throws {Problem} `access_denied`: tenant not allowed, mandatory scope not grantable, consent missing.
 */
export function issueCode(
  runtime: Runtime,
  transaction: AppTransaction,
  login: { readonly session: Session; readonly user: MockUser },
): string {
  const { random, clock, project, records } = runtime
  const { session, user } = login
  const { app } = transaction
  const tenant = currentTenant(user, transaction.flow?.tenant ?? transaction.tenant ?? session.tenant)
  const flowClaims = transaction.flow?.claims ?? session.claims
  if (app.kind === 'inbound') checkInboundAccess(app, user)
  const grant: Grant = {
    id: random.text(16),
    login: transaction.login,
    app,
    userId: user.id,
    sessionId: session.id,
    scopes:
      app.kind === 'oidc'
        ? oidcScopesOf(app, transaction.scopes)
        : grantedScopes(runtime, { app, user, tenant, requested: transaction.scopes, prompt: transaction.prompt }),
    resources: transaction.resources,
    ...(tenant !== undefined && { tenant }),
    amr: session.amr,
    ...(flowClaims && { flowClaims }),
    authTime: Math.floor(session.authenticatedAt / 1000),
    refreshExpiresAt: Math.floor(clock.now() / 1000) + refreshSeconds(runtime, app),
    usedAt: clock.now(),
    revoked: false,
  }
  const code = random.text(32)
  records.codes.set(code, {
    grant,
    redirectUri: transaction.redirectUri,
    ...(transaction.nonce !== undefined && { nonce: transaction.nonce }),
    ...(transaction.codeChallenge !== undefined && { codeChallenge: transaction.codeChallenge }),
    expiresAt: clock.now() + project.lifetimes.codeSeconds * 1000,
    used: false,
  })
  return code
}

/** The hinted tenant when the user is a member of it, else the only tenant of the user (IDP-SPEC 3.4). */
export function currentTenant(user: MockUser, hint: string | undefined): string | undefined {
  const memberships = Object.keys(user.tenants)
  if (hint !== undefined && memberships.includes(hint)) return hint
  return memberships.length === 1 ? memberships[0] : undefined
}

/** Members of `allowedTenants` only, when the list names any. Throws `access_denied` otherwise. */
export function checkInboundAccess(app: InboundApp, user: MockUser): void {
  const { allowedTenants } = app
  if (allowedTenants.length > 0 && !allowedTenants.some((tenant) => Object.hasOwn(user.tenants, tenant))) {
    throw oauthProblem(400, 'access_denied', 'tenant_not_allowed')
  }
}

function refreshSeconds(runtime: Runtime, app: AppTransaction['app']): number {
  return ownLifetime(app, 'refreshTokenExpiration') ?? runtime.project.lifetimes.refreshTokenSeconds
}
