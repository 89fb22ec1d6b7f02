import type { ClientApp } from '../clients.ts'
import { isBaseScope, roleCut, scopesOf } from '../consent/scopes.ts'
import type { AccessKey } from '../model/access-key.ts'
import type { ResolvedTemplate } from '../model/jwt-template.ts'
import type { Membership, MockUser } from '../model/user.ts'
import { attributeKey } from '../model/user-attributes.ts'
import type { Project } from '../project.ts'
import type { Grant } from '../records.ts'
import type { StandardClient } from '../standard/client.ts'

/** Claims by name. */
export type Claims = Readonly<Record<string, unknown>>

/** Profile, e-mail and phone claims that the scopes release; absent data stays absent (IDP-SPEC 2.8). */
export function profileClaims(app: ClientApp, scopes: readonly string[], user: MockUser): Claims {
  const has = (name: string): boolean => scopes.includes(name) && isBaseScope(app, name)
  return claimsOfScopes(user, has)
}

/** The claims behind `profile`, `email` and `phone` (OpenID Connect Core 5.4), as far as `has` lets them through. */
export function claimsOfScopes(user: MockUser, has: (scope: string) => boolean): Claims {
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
 * `tenants`, `roles`, `permissions` and `dct` (IDP-SPEC 3.4), by the `authSchema` of the template.
 *
 * For inbound applications the cut of 5.4 step 10 holds: roles behind granted scopes, and the current tenant alone.
 */
export function authorizationClaims(
  project: Project,
  app: ClientApp,
  scopes: readonly string[],
  bearer: RoleBearer,
  tenant: string | undefined,
  template: ResolvedTemplate = project.templates.user,
): Claims {
  if (template.authSchema === 'none') return {}
  const cut = roleCut(app, scopes)
  const current = tenant !== undefined && Object.hasOwn(bearer.tenants, tenant) ? tenant : undefined
  const write = (held: readonly string[]): Claims => {
    const { permissions, ...roles } = rolesAndPermissions(project, held, cut)
    return template.excludePermissions || permissions === undefined ? roles : { ...roles, permissions }
  }
  const dct = current === undefined ? {} : { dct: current }
  if (template.authSchema === 'tenantOnly') {
    return { ...dct, ...write((current !== undefined && bearer.tenants[current]?.roles) || []) }
  }
  const shown = Object.entries(bearer.tenants).filter(([id]) => !cut || id === current)
  return {
    ...dct,
    ...write(bearer.roles),
    ...(shown.length > 0 && {
      tenants: Object.fromEntries(shown.map(([id, membership]) => [id, write(membership.roles ?? [])])),
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
  return templateClaims(project.userTemplate, user.customAttributes, project.templates.user)
}

/** Custom claims of a login: those of the template, then those that its flow set. */
export function loginClaims(project: Project, user: MockUser, grant: Pick<Grant, 'flowClaims'>): Claims {
  return { ...customClaims(project, user), ...grant.flowClaims?.root }
}

/** Custom claims of an access key: its own ones, and those of the template (IDP-SPEC 3.7). */
export function keyClaims(project: Project, key: AccessKey): Claims {
  const { accessKeyTemplate, templates } = project
  return { ...templateClaims(accessKeyTemplate, key.customAttributes, templates.accessKey), ...key.customClaims }
}

const emptyValues = { none: '', nil: null, delete: undefined }

function templateClaims(
  claims: Readonly<Record<string, string>>,
  attributes: Readonly<Record<string, unknown>>,
  { emptyClaimPolicy }: ResolvedTemplate,
): Claims {
  const empty = emptyValues[emptyClaimPolicy]
  return defined(
    Object.fromEntries(Object.entries(claims).map(([claim, attribute]) => [claim, attributes[attribute] ?? empty])),
  )
}

/** Custom claims where tokens carry them, by the switch `customClaimsInTokens`; `nsec` comes with `inNsec` beside them. */
export function placeCustomClaims(project: Project, custom: Claims, inNsec: Claims = {}): Claims {
  const place = project.compat.customClaimsInTokens
  const nsec = { ...(place !== 'root' && custom), ...inNsec }
  return { ...(place !== 'nsec' && custom), ...(Object.keys(nsec).length > 0 && { nsec }) }
}

/** `iss` of an access token, by the `issuerType` of the template of OIDC applications; others keep theirs (IDP-SPEC 3.2). */
export function accessTokenIssuer(
  project: Project,
  app: ClientApp | StandardClient,
  template: ResolvedTemplate,
): string {
  const { issuerType, conformanceIssuer } = template
  if (app.kind !== 'oidc' || conformanceIssuer || issuerType === 'federated') return app.issuer
  return issuerType === 'legacy' ? project.id : `${project.origin}/v1/apps/${project.id}`
}

/** `sub`, and `dsub` where the template puts another value into `sub` (IDP-SPEC 3.3). */
export function subjectClaims(
  { subject }: ResolvedTemplate,
  bearer: { readonly id: string; readonly customAttributes: Readonly<Record<string, unknown>> },
): Claims {
  const custom = subject === undefined ? undefined : bearer.customAttributes[subject]
  return typeof custom === 'string' && custom !== '' ? { sub: custom, dsub: bearer.id } : { sub: bearer.id }
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
    const known = builtInAttributes[attributeKey(attribute)]
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
