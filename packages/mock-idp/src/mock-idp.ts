import {
  createInboundAppControl,
  createOidcAppControl,
  type MockInboundApps,
  type MockOidcApps,
} from './app-control.ts'
import { createAudit, type MockAudit } from './audit.ts'
import { createCatalogue, type MockPermissions, type MockRoles, type MockTenants } from './catalogue.ts'
import { createClock, type MockClock } from './clock.ts'
import { checkConfig, type MockIdpConfig } from './config/config.ts'
import { descopePart } from './config/profile.ts'
import { createConsentControl, type MockConsents } from './consent/control.ts'
import type { Directory } from './directory.ts'
import { createDriver, type MockDriver } from './driver.ts'
import { descopeEndpoints } from './endpoints/endpoints.ts'
import { createFaultSwitch, type MockFaults } from './faults/fault-switch.ts'
import type { MockConnectors } from './flows/connectors/control.ts'
import { createFlowControl, type MockFlows } from './flows/control.ts'
import { createFlowRuntime, resetFlowRuntime, restorableFlows } from './flows/create.ts'
import type { MockOutbox } from './flows/outbox.ts'
import { createRouter } from './http/router.ts'
import { createJournal, type MockLog } from './journal.ts'
import type { AccessKey, AccessKeyConfig } from './model/access-key.ts'
import type { MockUser, UserConfig } from './model/user.ts'
import { resolveProject } from './project.ts'
import { createProjectData } from './project-data.ts'
import { createRandom } from './random.ts'
import { createRecords } from './records.ts'
import type { Runtime } from './runtime.ts'
import { createSessionControl, type MockSessions } from './sessions.ts'
import { type MockSnapshot, restorableMaps, takeSnapshot } from './snapshot.ts'
import type { StandardClient } from './standard/client.ts'
import type { StandardClientConfig } from './standard/client-metadata.ts'
import { standardEndpoints } from './standard/endpoints/endpoints.ts'
import { createLogoutControl, type MockLogouts } from './standard/logout.ts'
import { createStandardProvider } from './standard/provider.ts'
import { createTokenControl, type MockTokens } from './tokens/custom-tokens.ts'
import { createKeySet, type MockKeys, signingAlgorithms } from './tokens/keys.ts'

/** A mock OpenID Provider: one `fetch` function, and control over everything behind it. */
export interface MockIdp {
  /** Scheme, host and port that all issuers and endpoints begin with. */
  readonly origin: string
  /** Project id, which is also the client id of the default OIDC application. */
  readonly projectId: string
  /** Issuer of the default OIDC application: `<origin>/<project id>`. In the standard profile the origin. */
  readonly issuer: string
  /** Issuer of inbound applications: `<origin>/v1/apps/<project id>`. In the standard profile the origin. */
  readonly inboundIssuer: string
  /** Answers a request, whatever its host. Opens no connection. A hanging fault rejects when the request is aborted. */
  fetch(request: Request): Promise<Response>
  /** Users, found by id or login id. */
  readonly users: Directory<MockUser, UserConfig>
  /** Tenants that users and access keys can belong to. */
  readonly tenants: MockTenants
  /** Roles that users, access keys and scopes can name. */
  readonly roles: MockRoles
  /** Permissions that roles can list. */
  readonly permissions: MockPermissions
  /** Named OIDC applications, found by application id or client id. The default application is not among them. */
  readonly oidcApps: MockOidcApps
  /** Inbound applications, found by application id or client id. */
  readonly inboundApps: MockInboundApps
  /** Clients of the standard profile, found by client id. Empty in the other one. */
  readonly clients: Directory<StandardClient, StandardClientConfig>
  /** Back-channel logout of the standard profile. */
  readonly logouts: MockLogouts
  /** What users and tenants allowed inbound applications. */
  readonly consents: MockConsents
  /** Access keys, found by key id or client id. */
  readonly accessKeys: Directory<AccessKey, AccessKeyConfig>
  /** Logins at the provider. */
  readonly sessions: MockSessions
  /** Signing keys. */
  readonly keys: MockKeys
  /** Time. */
  readonly clock: MockClock
  /** Misbehaviour on command. */
  readonly faults: MockFaults
  /** What was asked, and why it was answered so. */
  readonly log: MockLog
  /** What happened to users and applications. */
  readonly audit: MockAudit
  /** Flows, headless runs and runner logs. */
  readonly flows: MockFlows
  /** Links from flows to outside services. */
  readonly connectors: MockConnectors
  /** Messages that flows sent; nothing leaves the mock. */
  readonly outbox: MockOutbox
  /** A browser for tests without one. */
  readonly driver: MockDriver
  /** Tokens to order. */
  readonly tokens: MockTokens
  /** Keeps the state of now, to come back to it later. */
  snapshot(): MockSnapshot
  /** Goes back to the state after creation: data, sessions, tokens, faults, log, clock, keys and cookies. */
  reset(): void
}

/**
 * Creates a mock OpenID Provider. Nothing listens yet: hand its `fetch` to a server, to msw or to a client.
 *
 * @param config - Without it the fixture project of `demoProject` runs.
 * @throws {TypeError} For an unknown or ill-typed option, naming the path of the field and what is allowed.
 * @see IDP-SPEC sections 2 and 3
 */
export function createMockIdp(config: MockIdpConfig = {}): MockIdp {
  return buildMockIdp(config).idp
}

/** Creates a mock together with its inside, which the console of a server shows. */
export function buildMockIdp(
  config: MockIdpConfig,
  surroundings: Pick<Runtime, 'consolePath'> = {},
): { readonly idp: MockIdp; readonly runtime: Runtime } {
  checkConfig(config)
  const { deterministic, clock: source } = config
  const project = resolveProject(config)
  const isStandard = project.profile === 'standard'
  const random = createRandom(deterministic ? (deterministic.seed ?? 'countersign') : undefined)
  const clock = createClock({
    ...(deterministic && { fixedAt: deterministic.now ?? Date.UTC(2026, 0, 1) }),
    ...(source && { source }),
  })
  const faults = createFaultSwitch(project.profile)
  const runtime: Runtime = {
    ...surroundings,
    ...createProjectData(descopePart(config), project, random, clock),
    project,
    catalogue: createCatalogue(project),
    random,
    clock,
    keys: createKeySet(
      random,
      deterministic !== undefined || project.compat.deterministicKeys,
      isStandard ? signingAlgorithms : undefined,
    ),
    records: createRecords(clock, config.limits),
    faults,
    journal: createJournal(),
    audit: createAudit(clock),
    flows: createFlowRuntime(config, clock),
    standard: createStandardProvider(config, project, random, clock),
  }
  const fetch = createRouter(runtime, isStandard ? standardEndpoints : descopeEndpoints)
  const driver = createDriver({
    origin: project.origin,
    fetch,
    passwordOf: (user) => runtime.users.get(user)?.password,
  })

  const idp: MockIdp = {
    origin: project.origin,
    projectId: project.id,
    issuer: isStandard ? project.origin : runtime.defaultApp.issuer,
    inboundIssuer: isStandard ? project.origin : `${project.origin}/v1/apps/${project.id}`,
    fetch,
    users: runtime.users,
    oidcApps: createOidcAppControl(runtime),
    inboundApps: createInboundAppControl(runtime),
    clients: runtime.standard.clients,
    logouts: createLogoutControl(runtime),
    tenants: runtime.catalogue.tenants,
    roles: runtime.catalogue.roles,
    permissions: runtime.catalogue.permissions,
    consents: createConsentControl(runtime),
    accessKeys: runtime.accessKeys,
    sessions: createSessionControl(runtime),
    keys: runtime.keys,
    clock: runtime.clock,
    faults,
    log: runtime.journal,
    audit: runtime.audit,
    flows: createFlowControl(runtime),
    connectors: runtime.flows.connectors,
    outbox: runtime.flows.outbox,
    driver,
    tokens: createTokenControl(runtime),
    snapshot() {
      const { users, oidcApps, inboundApps, accessKeys, catalogue, random, keys, journal, audit } = runtime
      const { executions, histories } = runtime.flows
      const { clients, records, underWay } = runtime.standard
      const maps = restorableMaps([...Object.values(runtime.records), ...Object.values(records), executions, histories])
      const flows = restorableFlows(runtime.flows)
      const deliveries = { save: () => () => underWay.clear() }
      const data = [catalogue, users, oidcApps, inboundApps, accessKeys, clients, flows, maps, deliveries]
      return takeSnapshot([clock, ...data, random, keys, faults, journal, audit, driver])
    },
    reset() {
      runtime.random.reset()
      // Before the data, whose creation times it gives.
      runtime.clock.reset()
      runtime.catalogue.reset()
      const { users, oidcApps, inboundApps, accessKeys, standard } = runtime
      for (const data of [users, oidcApps, inboundApps, accessKeys, standard.clients]) data.reset()
      for (const records of [...Object.values(runtime.records), ...Object.values(standard.records)]) records.clear()
      standard.underWay.clear()
      runtime.keys.reset()
      faults.clear()
      runtime.journal.reset()
      runtime.audit.clear()
      resetFlowRuntime(runtime.flows)
      driver.clearCookies()
    },
  }
  return { idp, runtime }
}
