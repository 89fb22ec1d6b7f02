import type { ClientApp } from '../clients.ts'
import type { InboundApp, InboundScope } from '../model/inbound-app.ts'
import type { MockUser } from '../model/user.ts'
import type { Project } from '../project.ts'

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

/** Built-in scopes that release data, with what a user reads when they need consent (`consentForStandardScopes`). */
const standardScopes: Readonly<Record<string, string>> = {
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  phone: 'See your phone number',
  'descope.claims': 'See your roles, permissions and tenants',
  'descope.custom_claims': 'See further data of your account',
}

/** Requested built-in scopes as consent lines, when the project wants consent for them; else none. */
export function standardConsentScopes(
  project: Project,
  app: InboundApp,
  requested: readonly string[],
): readonly InboundScope[] {
  if (!project.compat.consentForStandardScopes) return []
  return requested
    .filter((name) => isBaseScope(app, name))
    .flatMap((name) => {
      const description = Object.hasOwn(standardScopes, name) ? standardScopes[name] : undefined
      return description === undefined ? [] : [{ name, description, optional: true }]
    })
}

/** All scopes that an inbound application defines. */
export function scopesOf(app: InboundApp): readonly InboundScope[] {
  return [...app.permissionsScopes, ...app.attributesScopes]
}

/**
 * Which requested scopes a login gives an OIDC application: those that exist; unknown names fall out (IDP-SPEC A-45).
 * What an inbound application gets, its consents decide.
 */
export function oidcScopesOf(app: ClientApp, requested: readonly string[]): readonly string[] {
  return requested.filter((name) => isBaseScope(app, name))
}

/**
 * The role gate (IDP-SPEC 5.4 step 3): a scope with roles is for users who hold one of them, at project level or in the
 * current tenant. The roles of a permission scope are its `values`; an attribute scope has none unless `roles` lists them.
 */
export function isGrantable(app: InboundApp, scope: InboundScope, user: MockUser, tenant: string | undefined): boolean {
  const roles = (app.permissionsScopes.includes(scope) ? scope.values : scope.roles) ?? []
  if (roles.length === 0) return true
  const held = [...user.roles, ...((tenant !== undefined && user.tenants[tenant]?.roles) || [])]
  return roles.some((role) => held.includes(role))
}

/** Roles behind the granted permission scopes: the cut of IDP-SPEC 5.4 step 10. `undefined` means no cut. */
export function roleCut(app: ClientApp, scopes: readonly string[]): ReadonlySet<string> | undefined {
  if (app.kind === 'oidc' || app.forceAddAllAuthorizationInfo) return undefined
  return new Set(app.permissionsScopes.filter((s) => scopes.includes(s.name)).flatMap((s) => s.values ?? []))
}
