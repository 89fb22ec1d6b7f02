import type { ClientApp } from '../clients.ts'
import { oauthProblem } from '../http/problem.ts'
import type { InboundApp, InboundScope } from '../model/inbound-app.ts'
import type { MockUser } from '../model/user.ts'

const oidcScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'phone',
  'offline_access',
  'descope.claims',
  'descope.custom_claims',
])

/** Splits a scope parameter at spaces, without repeats, in order (RFC 6749 section 3.3). */
export function splitScope(scope: string | undefined): readonly string[] {
  return [...new Set((scope ?? '').split(' ').filter((name) => name !== ''))]
}

/** Scopes of an application that its definition does not replace by one of its own (IDP-SPEC 5.4, "base"). */
export function isBaseScope(app: ClientApp, name: string): boolean {
  return oidcScopes.has(name) && !(app.kind === 'inbound' && scopesOf(app).some((scope) => scope.name === name))
}

/** All scopes that an inbound application defines. */
export function scopesOf(app: InboundApp): readonly InboundScope[] {
  return [...app.permissionsScopes, ...app.attributesScopes]
}

/**
 * Which scopes a user's login gives an application.
 *
 * OIDC applications: the requested ones that exist; unknown names fall out (IDP-SPEC A-45). Inbound applications: IDP-SPEC
 * 5.4 steps 2 and 3, base scopes first, then requested and mandatory scopes whose role the user holds.
 *
 * @param tenant - Id of the current tenant.
 * @throws {Problem} `access_denied`, `scope_not_grantable`, when a mandatory scope needs a role the user lacks.
 */
export function grantableScopes(
  app: ClientApp,
  requested: readonly string[],
  user: MockUser,
  tenant: string | undefined,
): readonly string[] {
  const base = requested.filter((name) => isBaseScope(app, name))
  if (app.kind === 'oidc') return base
  const defined = scopesOf(app)
  const asked = requested.flatMap((name) => defined.filter((scope) => scope.name === name))
  const mandatory = defined.filter((scope) => scope.optional !== true && !asked.includes(scope))
  const granted: string[] = []
  for (const scope of [...asked, ...mandatory]) {
    if (isGrantable(app, scope, user, tenant)) granted.push(scope.name)
    else if (scope.optional !== true) throw oauthProblem(400, 'access_denied', `scope_not_grantable: ${scope.name}`)
  }
  return [...base, ...granted]
}

function isGrantable(app: InboundApp, scope: InboundScope, user: MockUser, tenant: string | undefined): boolean {
  const roles = scope.values ?? []
  if (!app.permissionsScopes.includes(scope) || roles.length === 0) return true
  const held = [...user.roles, ...((tenant !== undefined && user.tenants[tenant]?.roles) || [])]
  return roles.some((role) => held.includes(role))
}

/** Roles behind the granted permission scopes: the cut of IDP-SPEC 5.4 step 10. `undefined` means no cut. */
export function roleCut(app: ClientApp, scopes: readonly string[]): ReadonlySet<string> | undefined {
  if (app.kind === 'oidc' || app.forceAddAllAuthorizationInfo) return undefined
  return new Set(app.permissionsScopes.filter((s) => scopes.includes(s.name)).flatMap((s) => s.values ?? []))
}
