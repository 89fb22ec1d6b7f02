import { epochSeconds, type TimeSource } from '../clock.ts'
import { checkRoles, type Project } from '../project.ts'
import type { Random } from '../random.ts'
import { buildSecrets } from './client-secret.ts'
import { connectionOf } from './connection.ts'
import { type InboundApp, type InboundAppConfig, inboundAppShape } from './inbound-app.ts'
import { isBuiltInAttribute } from './user-attributes.ts'

/** What the building of an application looks at. */
export interface BuildContext {
  readonly project: Project
  readonly random: Random
  readonly clock: TimeSource
  /** Tells whether a custom attribute exists. */
  readonly hasAttribute: (name: string) => boolean
}

/** Checks the configuration of an inbound application and fills its defaults in (IDP-SPEC 5.1). */
export function buildInboundApp(given: InboundAppConfig, path: string, context: BuildContext): InboundApp {
  inboundAppShape(given, path)
  const { project, random, clock } = context
  checkScopes(given, path, context)
  const { nonConfidentialClient, ...config } = given
  const clientType = given.clientType ?? (nonConfidentialClient ? 'public' : 'confidential')
  const { secrets = clientType === 'confidential' ? [{}] : [], permissionsScopes = [] } = config
  if (clientType === 'public' && secrets.length > 0) {
    throw new TypeError(`${path}.secrets: a public application has no secrets`)
  }
  const id = config.id ?? random.id('TPA')
  const app = {
    description: '',
    logo: '',
    status: 'active' as const,
    approvedCallbackUrls: [],
    attributesScopes: [],
    connectionsScopes: [],
    clientGrants: permissionsScopes.map((scope) => scope.name),
    requireTenantConsent: false,
    forcePkce: false,
    defaultAudience: '' as const,
    audienceWhitelist: [],
    forceAddAllAuthorizationInfo: false,
    skipConsentScreen: false,
    allowedTenants: [],
    forceAuthentication: false,
    sessionSettings: {},
    authorizationCodeDisabled: false,
    clientCredentialsDisabled: false,
    refreshTokenDisabled: false,
    dynamic: false,
    unmodelled: {},
    createdTime: epochSeconds(clock),
    ...config,
    kind: 'inbound' as const,
    id,
    clientType,
    permissionsScopes,
    clientId: config.clientId ?? btoa(`${project.id}:${id}`),
    secrets: buildSecrets(secrets, `${path}.secrets`, { text: random.text, now: epochSeconds(clock) }),
    issuer: `${project.origin}/v1/apps/${project.id}`,
  }
  return Object.freeze({ ...app, connection: connectionOf(project, app) })
}

function checkScopes(given: InboundAppConfig, path: string, { project, hasAttribute }: BuildContext): void {
  const { permissionsScopes = [], attributesScopes = [], connectionsScopes = [], clientGrants = [] } = given
  for (const [index, { values = [] }] of permissionsScopes.entries()) {
    checkRoles(project, values, `${path}.permissionsScopes[${index}].values`)
  }
  for (const [index, { values = [], roles = [] }] of attributesScopes.entries()) {
    const place = `${path}.attributesScopes[${index}]`
    checkRoles(project, roles, `${place}.roles`)
    if (values.length === 0) throw new TypeError(`${place}.values: at least one attribute is needed`)
    const unknown = values.find((name) => !isBuiltInAttribute(name) && !hasAttribute(name))
    if (unknown !== undefined) {
      throw new TypeError(`${place}.values: ${JSON.stringify(unknown)} is no attribute that a user of this project has`)
    }
  }
  const names = [...permissionsScopes, ...attributesScopes, ...connectionsScopes].map((scope) => scope.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`${path}: the scope ${twice} is defined twice`)
  const foreign = clientGrants.find((name) => !permissionsScopes.some((scope) => scope.name === name))
  if (foreign !== undefined) throw new TypeError(`${path}.clientGrants: ${foreign} is not one of permissionsScopes`)
}
