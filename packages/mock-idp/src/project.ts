import { type ResolvedCompat, resolveCompat } from './config/compat.ts'
import type { Lifetimes, MockIdpConfig } from './config/config.ts'
import { demoConfig } from './demo-config.ts'
import { demoProject } from './demo-project.ts'
import { type ResolvedTemplate, resolveTemplate } from './model/jwt-template.ts'
import type { TenantConfig } from './model/tenant.ts'
import type { Membership } from './model/user.ts'
import { englishTexts, type ProjectTexts, resolveTexts } from './pages/texts.ts'

const defaultOrigin = 'http://127.0.0.1:4455'

/** Names that a custom claim must not take (IDP-SPEC 3.6). */
const reservedClaims: ReadonlySet<string> = new Set(
  (
    'iss sub aud exp iat nbf jti nonce azp auth_time at_hash acr amr drn dct dsub dcl tenants roles permissions rexp ' +
    'su nsec scope act cnf'
  ).split(' '),
)

/** Settings of one project with every default filled in. */
export interface Project extends ProjectTexts {
  readonly profile: 'descope' | 'standard'
  readonly id: string
  readonly origin: string
  /** Tenants and roles change through the catalogue only. */
  readonly tenants: TenantConfig[]
  readonly roles: Record<string, readonly string[]>
  readonly managementKey: string
  readonly approvedDomains: readonly string[]
  readonly allowAnyRedirect: boolean
  readonly sessionTokenResponseMethod: 'body' | 'cookies'
  readonly cookieSameSite: MockIdpConfig['cookieSameSite']
  readonly allowIframeEmbedding: boolean
  readonly userTemplate: Readonly<Record<string, string>>
  readonly accessKeyTemplate: Readonly<Record<string, string>>
  readonly templates: { readonly user: ResolvedTemplate; readonly accessKey: ResolvedTemplate }
  readonly lifetimes: Required<Lifetimes>
  readonly refreshTokenRotation: boolean
  readonly reuseRevokesFamily: boolean
  readonly compat: ResolvedCompat
}

/** Fills the defaults in. Throws a `TypeError` when the claim template uses a reserved name. */
export function resolveProject(config: MockIdpConfig): Project {
  const userTemplate = config.userTemplate ?? demoConfig.userTemplate
  checkClaimNames(Object.keys(userTemplate), 'config.userTemplate')
  const accessKeyTemplate = config.accessKeyTemplate ?? {}
  checkClaimNames(Object.keys(accessKeyTemplate), 'config.accessKeyTemplate')
  const profile = config.profile ?? 'descope'
  return {
    profile,
    id: config.projectId ?? demoProject.projectId,
    origin: config.customDomain === undefined ? (config.origin ?? defaultOrigin) : `https://${config.customDomain}`,
    tenants: [...(config.tenants ?? demoConfig.tenants)],
    roles: ownRoles(config.roles),
    managementKey: config.managementKey ?? demoProject.managementKey,
    approvedDomains: config.approvedDomains ?? demoConfig.approvedDomains,
    allowAnyRedirect: config.allowAnyRedirect ?? false,
    sessionTokenResponseMethod: config.sessionTokenResponseMethod ?? 'body',
    cookieSameSite: config.cookieSameSite,
    allowIframeEmbedding: config.allowIframeEmbedding ?? false,
    userTemplate,
    accessKeyTemplate,
    templates: {
      user: resolveTemplate(config.jwtTemplates?.user),
      accessKey: resolveTemplate(config.jwtTemplates?.accessKey),
    },
    lifetimes: {
      accessTokenSeconds: 600,
      keyAccessTokenSeconds: 600,
      refreshTokenSeconds: 28 * 24 * 3600,
      codeSeconds: 60,
      transactionSeconds: 600,
      inactivitySeconds: 0,
      stepUpSeconds: 600,
      ...config.lifetimes,
    },
    refreshTokenRotation: config.refreshTokenRotation ?? false,
    reuseRevokesFamily: config.reuseRevokesFamily ?? true,
    ...projectTexts(config),
    compat: resolveCompat(config.compat, profile),
  }
}

function projectTexts({ texts: given = {}, locales = {} }: MockIdpConfig): ProjectTexts {
  const texts = resolveTexts(given, englishTexts)
  const others = Object.entries(locales).map(([tag, one]) => [tag, resolveTexts(one, texts, tag)] as const)
  return { texts, locales: Object.fromEntries(others) }
}

/** Roles without a prototype, so that one named `__proto__` is a role like any other. */
function ownRoles(given: Readonly<Record<string, readonly string[]>> = demoConfig.roles): Project['roles'] {
  return Object.assign(Object.create(null) as Project['roles'], given)
}

/** Finds a tenant by its id or one of its domains. */
export function findTenant(project: Project, name: string): TenantConfig | undefined {
  return project.tenants.find((tenant) => tenant.id === name || tenant.domains?.includes(name))
}

/** Throws a `TypeError` when a role is not defined in the project. */
export function checkRoles(project: Project, roles: readonly string[], path: string): void {
  const unknown = roles.find((role) => !Object.hasOwn(project.roles, role))
  if (unknown === undefined) return
  const known = Object.keys(project.roles).join(', ') || 'none'
  throw new TypeError(`${path}: the role ${JSON.stringify(unknown)} is not defined; config.roles defines ${known}`)
}

/** Throws a `TypeError` when a membership names a tenant or a role that the project does not have. */
export function checkMemberships(
  project: Project,
  memberships: Readonly<Record<string, Membership>>,
  path: string,
): void {
  for (const [id, membership] of Object.entries(memberships)) {
    if (!project.tenants.some((tenant) => tenant.id === id)) {
      const known = project.tenants.map((tenant) => tenant.id).join(', ') || 'none'
      throw new TypeError(`${path}: the tenant ${JSON.stringify(id)} is not defined; config.tenants defines ${known}`)
    }
    checkRoles(project, membership.roles ?? [], `${path}[${JSON.stringify(id)}].roles`)
  }
}

/** True for a name that a custom claim must not take (IDP-SPEC 3.6). */
export function isReservedClaim(name: string): boolean {
  return reservedClaims.has(name)
}

/** Throws a `TypeError` when a custom claim has a reserved name (IDP-SPEC 3.6). */
export function checkClaimNames(names: readonly string[], path: string): void {
  const reserved = names.find((name) => reservedClaims.has(name))
  if (reserved !== undefined) throw new TypeError(`${path}: RESERVED_CLAIM_KEY, the claim name ${reserved} is reserved`)
}
