import type { ClientApp } from '../clients.ts'
import { isBaseScope, roleCut, scopesOf } from '../consent/scopes.ts'
import type { Membership, MockUser } from '../model/user.ts'
import type { Project } from '../project.ts'

/** Claims by name. */
export type Claims = Readonly<Record<string, unknown>>

/** Profile, e-mail and phone claims that the scopes release; absent data stays absent (IDP-SPEC 2.8). */
export function profileClaims(app: ClientApp, scopes: readonly string[], user: MockUser): Claims {
  const has = (name: string): boolean => scopes.includes(name) && isBaseScope(app, name)
  return defined({
    ...(has('profile') && {
      name: user.name,
      given_name: user.givenName,
      middle_name: user.middleName,
      family_name: user.familyName,
      picture: user.picture,
    }),
    ...(has('email') && emailClaims(user)),
    ...(has('phone') && phoneClaims(user)),
  })
}

function emailClaims(user: MockUser): Claims {
  return user.email === undefined ? {} : { email: user.email, email_verified: user.emailVerified ?? false }
}

function phoneClaims(user: MockUser): Claims {
  return user.phone === undefined
    ? {}
    : { phone_number: user.phone, phone_number_verified: user.phoneVerified ?? false }
}

/** What a role bearer, a user or an access key, is allowed to do. */
export interface RoleBearer {
  readonly roles: readonly string[]
  readonly tenants: Readonly<Record<string, Membership>>
}

/**
 * `tenants`, `roles`, `permissions` and `dct` (IDP-SPEC 3.4, schema `default`).
 *
 * For inbound applications the cut of 5.4 step 10 holds: roles behind granted scopes, and the current tenant alone.
 */
export function authorizationClaims(
  project: Project,
  app: ClientApp,
  scopes: readonly string[],
  bearer: RoleBearer,
  tenant: string | undefined,
): Claims {
  const cut = roleCut(app, scopes)
  const current = tenant !== undefined && Object.hasOwn(bearer.tenants, tenant) ? tenant : undefined
  const shown = Object.entries(bearer.tenants).filter(([id]) => !cut || id === current)
  return {
    ...(current !== undefined && { dct: current }),
    ...rolesAndPermissions(project, bearer.roles, cut),
    ...(shown.length > 0 && {
      tenants: Object.fromEntries(
        shown.map(([id, membership]) => [id, rolesAndPermissions(project, membership.roles ?? [], cut)]),
      ),
    }),
  }
}

/** `roles` and `permissions` of a list of roles; both are absent when there is no role. */
export function rolesAndPermissions(project: Project, held: readonly string[], cut?: ReadonlySet<string>): Claims {
  const roles = held.filter((role) => !cut || cut.has(role))
  if (roles.length === 0) return {}
  return { roles, permissions: [...new Set(roles.flatMap((role) => project.roles[role] ?? []))] }
}

/** Custom claims of the user template, as the user's attributes are now (IDP-SPEC 3.5). */
export function customClaims(project: Project, user: MockUser): Claims {
  return defined(
    Object.fromEntries(
      Object.entries(project.userTemplate).map(([claim, attribute]) => [claim, user.customAttributes[attribute]]),
    ),
  )
}

/** Claims that the granted attribute scopes of an inbound application release (IDP-SPEC 5.3). */
export function attributeClaims(
  project: Project,
  app: ClientApp,
  scopes: readonly string[],
  user: MockUser,
  tenant: string | undefined,
): { readonly standard: Claims; readonly custom: Claims } {
  if (app.kind === 'oidc') return { standard: {}, custom: {} }
  const granted = scopesOf(app).filter((scope) => app.attributesScopes.includes(scope) && scopes.includes(scope.name))
  const standard: Record<string, unknown> = {}
  const custom: Record<string, unknown> = {}
  const authorization = authorizationClaims(project, app, scopes, user, tenant)
  for (const attribute of new Set(granted.flatMap((scope) => scope.values ?? []))) {
    const known = builtInAttributes[attribute.replaceAll(/[\s_]/g, '').toLowerCase()]
    if (known) Object.assign(standard, defined(known(user, authorization)))
    else if (user.customAttributes[attribute] !== undefined) custom[attribute] = user.customAttributes[attribute]
  }
  return { standard, custom }
}

const builtInAttributes: Readonly<Record<string, (user: MockUser, authorization: Claims) => Claims>> = {
  loginid: (user) => ({ login_ids: user.loginIds }),
  email: emailClaims,
  phone: phoneClaims,
  displayname: (user) => ({ name: user.name }),
  givenname: (user) => ({ given_name: user.givenName }),
  middlename: (user) => ({ middle_name: user.middleName }),
  familyname: (user) => ({ family_name: user.familyName }),
  picture: (user) => ({ picture: user.picture }),
  tenant: (_, { tenants, dct }) => ({ tenants, dct }),
  roles: (_, { roles }) => ({ roles }),
  permissions: (_, { permissions }) => ({ permissions }),
}

/** Drops members whose value is `undefined`. */
function defined(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
