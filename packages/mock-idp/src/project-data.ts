import type { TimeSource } from './clock.ts'
import type { MockIdpConfig } from './config/config.ts'
import { demoConfig } from './demo-config.ts'
import { createDirectory, type ResettableDirectory } from './directory.ts'
import { type AccessKey, type AccessKeyConfig, accessKeyShape } from './model/access-key.ts'
import { type BuildContext, buildInboundApp } from './model/build-inbound-app.ts'
import { connectionOf } from './model/connection.ts'
import type { InboundApp, InboundAppConfig } from './model/inbound-app.ts'
import { type OidcApp, type OidcAppConfig, oidcAppShape } from './model/oidc-app.ts'
import { type MockUser, type UserConfig, userShape } from './model/user.ts'
import { checkClaimNames, checkMemberships, checkRoles, type Project } from './project.ts'
import type { Random } from './random.ts'

/** The collections of one project. */
export interface ProjectData {
  readonly users: ResettableDirectory<MockUser, UserConfig>
  readonly oidcApps: ResettableDirectory<OidcApp, OidcAppConfig>
  readonly inboundApps: ResettableDirectory<InboundApp, InboundAppConfig>
  readonly accessKeys: ResettableDirectory<AccessKey, AccessKeyConfig>
  /** The application of client kind A, which is not in the directory. */
  readonly defaultApp: OidcApp
}

/** Builds the collections; throws a `TypeError` with the path of the first field that does not fit. */
export function createProjectData(
  config: MockIdpConfig,
  project: Project,
  random: Random,
  clock: TimeSource,
): ProjectData {
  const users = createDirectory({
    what: 'user',
    initial: config.users ?? demoConfig.users,
    build: (given: UserConfig, path) => buildUser(given, path, project, random),
    namesOf: (user) => [user.id, ...user.loginIds.filter((loginId) => loginId !== user.id)],
    keep: ({ id }) => ({ id }),
  })
  const initialUsers = config.users ?? demoConfig.users
  const context: BuildContext = {
    project,
    random,
    clock,
    hasAttribute: (name) =>
      Object.values(project.userTemplate).includes(name) ||
      [...initialUsers, ...users.list()].some(({ customAttributes = {} }) => Object.hasOwn(customAttributes, name)),
  }
  return {
    users,
    oidcApps: createDirectory({
      what: 'oidcApp',
      initial: config.oidcApps ?? demoConfig.oidcApps,
      build: (given: OidcAppConfig, path) => buildOidcApp(given, path, project, random),
      namesOf: (app) => (app.clientType === 'project' ? [app.id] : [app.id, app.clientId]),
      unique: ['name'],
      ...(project.compat.maxOidcApps !== undefined && { most: project.compat.maxOidcApps }),
      keep: ({ id, secrets }) => ({ id, secrets }),
    }),
    inboundApps: createDirectory({
      what: 'inboundApp',
      initial: config.inboundApps ?? demoConfig.inboundApps,
      build: (given: InboundAppConfig, path) => buildInboundApp(given, path, context),
      namesOf: (app) => [app.id, app.clientId],
      keep: ({ id, secrets, createdTime }) => ({ id, secrets, createdTime }),
      fixed: ['clientType', 'clientId'],
    }),
    accessKeys: createDirectory({
      what: 'accessKey',
      initial: config.accessKeys ?? demoConfig.accessKeys,
      build: (given: AccessKeyConfig, path) => buildAccessKey(given, path, project, random),
      namesOf: (key) => [key.id, key.clientId],
      keep: ({ id, secret }) => ({ id, secret }),
    }),
    defaultApp: withConnection(project, {
      ...oidcDefaults,
      name: 'Default application',
      clientId: project.id,
      issuer: `${project.origin}/${project.id}`,
      ...(config.defaultApp ?? demoConfig.defaultApp),
    }),
  }
}

function buildUser(given: UserConfig, path: string, project: Project, random: Random): MockUser {
  userShape(given, path)
  if (given.loginIds.length === 0) throw new TypeError(`${path}.loginIds: at least one login id is needed`)
  checkRoles(project, given.roles ?? [], `${path}.roles`)
  checkMemberships(project, given.tenants ?? {}, `${path}.tenants`)
  return Object.freeze({
    status: 'active' as const,
    roles: [],
    tenants: {},
    customAttributes: {},
    ...given,
    id: given.id ?? random.id('U'),
  })
}

const oidcDefaults: Omit<OidcApp, 'name' | 'clientId' | 'issuer' | 'connection'> = {
  kind: 'oidc',
  id: '',
  status: 'active',
  type: 'oidc',
  jwtBearerSettings: {},
  description: '',
  clientType: 'project',
  redirectUris: [],
  secrets: [],
  defaultAudience: '',
  audienceWhitelist: [],
  claims: [],
  forcePkce: false,
  forceAuthentication: false,
  authorizationCodeDisabled: false,
  clientCredentialsDisabled: false,
  refreshTokenDisabled: false,
}

function withConnection(project: Project, app: Omit<OidcApp, 'connection'>): OidcApp {
  return Object.freeze({ ...app, connection: connectionOf(project, app) })
}

function buildOidcApp(given: OidcAppConfig, path: string, project: Project, random: Random): OidcApp {
  oidcAppShape(given, path)
  const id = given.id ?? random.text(12)
  const clientType = given.clientType ?? 'project'
  if (clientType === 'project' && given.clientId !== undefined && given.clientId !== project.id) {
    throw new TypeError(`${path}.clientId: needs clientType 'public' or 'confidential'`)
  }
  if (clientType !== 'confidential' && (given.secrets?.length ?? 0) > 0) {
    throw new TypeError(`${path}.secrets: only a confidential application has secrets`)
  }
  return withConnection(project, {
    ...oidcDefaults,
    ...given,
    id,
    clientType,
    clientId: clientType === 'project' ? project.id : (given.clientId ?? btoa(`${project.id}:${id}`)),
    secrets: given.secrets ?? (clientType === 'confidential' ? [random.text(24)] : []),
    issuer: `${project.origin}/${project.id}/${id}`,
  })
}

function buildAccessKey(given: AccessKeyConfig, path: string, project: Project, random: Random): AccessKey {
  accessKeyShape(given, path)
  checkRoles(project, given.roles ?? [], `${path}.roles`)
  checkMemberships(project, given.tenants ?? {}, `${path}.tenants`)
  checkClaimNames(Object.keys(given.customClaims ?? {}), `${path}.customClaims`)
  const id = given.id ?? random.id('K')
  return Object.freeze({
    status: 'active' as const,
    expireTime: 0,
    roles: [],
    tenants: {},
    customClaims: {},
    customAttributes: {},
    ...given,
    id,
    clientId: btoa(`${project.id}:${id}`),
    secret: given.secret ?? random.text(24),
  })
}
