import type { TimeSource } from '../clock.ts'
import { type ConnectorConfig, connectorShape } from '../flows/connectors/connector.ts'
import type { ConnectorHandler } from '../flows/connectors/transport.ts'
import type { FlowDefinition } from '../flows/definition.ts'
import { definitionShape } from '../flows/definition-check.ts'
import {
  connectorHandlersShape,
  type FlowSettings,
  flowSettingsShape,
  functionsShape,
  type Scriptlet,
} from '../flows/settings.ts'
import { type AccessKeyConfig, accessKeyShape } from '../model/access-key.ts'
import { type InboundAppConfig, inboundAppShape } from '../model/inbound-app.ts'
import { type JwtTemplate, jwtTemplateShape } from '../model/jwt-template.ts'
import { type OidcAppConfig, type OidcAppSettings, oidcAppSettingsShape, oidcAppShape } from '../model/oidc-app.ts'
import { type TenantConfig, tenantShape } from '../model/tenant.ts'
import { type UserConfig, userShape } from '../model/user.ts'
import { type PageTexts, textsShape } from '../pages/texts.ts'
import { type StandardClientConfig, standardClientShape } from '../standard/client-metadata.ts'
import {
  type ResourceConfig,
  resourceShape,
  type StandardSettings,
  standardSettingsShape,
} from '../standard/settings.ts'
import { type CompatSwitches, compatShape } from './compat.ts'
import { type Limits, limitsShape } from './limits.ts'
import { checkProfile } from './profile.ts'
import {
  type Check,
  flag,
  type JsonSchema,
  listOf,
  mapOf,
  matching,
  oneOf,
  shape,
  text,
  whole,
  withMethod,
} from './shape.ts'

/** Lifetimes in seconds. The real service has a floor of 180; a mock takes anything from 1, to test expiry. */
export interface Lifetimes {
  /** Access and ID tokens of users. Default 600. */
  readonly accessTokenSeconds?: number
  /** Access tokens of access keys and client credentials. Default 600. */
  readonly keyAccessTokenSeconds?: number
  /** Refresh tokens and sessions. Default 2419200 (28 days). */
  readonly refreshTokenSeconds?: number
  /** Authorization codes, 1 to 600. Default 60. */
  readonly codeSeconds?: number
  /** Time from authorize to the end of the login. Default 600. */
  readonly transactionSeconds?: number
  /** A refresh is refused after this long without one; 0 means no limit. Default 0. */
  readonly inactivitySeconds?: number
  /** Life of a completed step-up. Default 600. */
  readonly stepUpSeconds?: number
}

/** Options of `createMockIdp`. Every field has a default: without options the fixture project of `demoProject` runs. */
export interface MockIdpConfig {
  /**
   * `descope`: the Descope-like service. `standard`: a strict OpenID Provider with one issuer, the origin. Options of
   * the other profile are refused. Default `descope`.
   */
  readonly profile?: 'descope' | 'standard'
  /** Clients of the standard profile. Replaces the four of `standardDemo`. */
  readonly clients?: readonly StandardClientConfig[]
  /** APIs that access tokens of the standard profile can be for. Replaces the two of `standardDemo`. */
  readonly resources?: readonly ResourceConfig[]
  /** Switches of the standard profile. */
  readonly standard?: StandardSettings
  /** Scheme, host and port that all issuers and endpoints begin with. Default `http://127.0.0.1:4455`. */
  readonly origin?: string
  /** Host of the project's own domain: everything begins with `https://` and this host instead of `origin`. */
  readonly customDomain?: string
  /** `P` and 27 or 31 letters or digits. Default `P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H`. */
  readonly projectId?: string
  /** Users. Replaces the fixture's users. */
  readonly users?: readonly UserConfig[]
  /** Tenants. Replaces the fixture's tenants; users and keys may name no other ones. */
  readonly tenants?: readonly TenantConfig[]
  /** Role names with their permissions. Replaces the fixture's roles; users, keys and scopes may name no other ones. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  /** Settings of the default OIDC application, whose client id is the project id. */
  readonly defaultApp?: OidcAppSettings
  /** Named OIDC applications. Default none. */
  readonly oidcApps?: readonly OidcAppConfig[]
  /** Inbound applications. Replaces the fixture's "Demo", "Demo Agent" and "Demo Partner". */
  readonly inboundApps?: readonly InboundAppConfig[]
  /** Key of the management API, sent as `Bearer <project id>:<key>`. Default a public test value, `demoProject.managementKey`. */
  readonly managementKey?: string
  /** Access keys. Replaces the fixture's key. */
  readonly accessKeys?: readonly AccessKeyConfig[]
  /**
   * Hosts (and their subdomains) that redirect URIs may have when an application lists none of its own. Default
   * loopback. An empty list allows nothing.
   */
  readonly approvedDomains?: readonly string[]
  /** Every redirect URI is allowed where application and project list none: an open redirector. Default false. */
  readonly allowAnyRedirect?: boolean
  /** `cookies`: a login also sets the cookie `DS` with the session token. Default `body`. */
  readonly sessionTokenResponseMethod?: 'body' | 'cookies'
  /** `SameSite` of the session cookie. Default `none` on https, `lax` on http. */
  readonly cookieSameSite?: 'strict' | 'lax' | 'none'
  /** Pages of other sites may show the hosted page in a frame. Default false. */
  readonly allowIframeEmbedding?: boolean
  /** Custom claims at the root of user tokens: claim name to custom attribute. Default `{ dob: 'dob' }`. */
  readonly userTemplate?: Readonly<Record<string, string>>
  /** Custom claims at the root of access-key tokens: claim name to custom attribute of the key. Default none. */
  readonly accessKeyTemplate?: Readonly<Record<string, string>>
  /** How tokens of users and of access keys are written. */
  readonly jwtTemplates?: { readonly user?: JwtTemplate; readonly accessKey?: JwtTemplate }
  /** Lifetimes in seconds, each with a default of its own. */
  readonly lifetimes?: Lifetimes
  /** How much the mock remembers at most: raise it for more users at once. */
  readonly limits?: Limits
  /** A refresh answers with a new refresh token and ends the old one at once. Default false. */
  readonly refreshTokenRotation?: boolean
  /** With rotation: the use of an old refresh token ends its whole family. Default true. */
  readonly reuseRevokesFamily?: boolean
  /** Texts of the hosted pages and of the shipped flows. What is absent stays English. */
  readonly texts?: Partial<PageTexts>
  /**
   * Texts in further languages, by language tag. The parameter `locale` of authorize, of the hosted page and of the JSON
   * API of flows chooses one. What is absent is taken from `texts`. Default none.
   */
  readonly locales?: Readonly<Record<string, Partial<PageTexts>>>
  /** Switches between behaviours that real services differ in. */
  readonly compat?: CompatSwitches
  /** Flows beside the shipped ones; one with the id of a shipped flow replaces it. */
  readonly flows?: readonly FlowDefinition[]
  /** Connectors beside the shipped `people-api`; one with that id replaces it. */
  readonly connectors?: readonly ConnectorConfig[]
  /** Handlers of connector types other than `http`, by type. Default none. */
  readonly connectorHandlers?: Readonly<Record<string, ConnectorHandler>>
  /** Functions that scriptlet nodes may call, by name. Default none. */
  readonly scriptlets?: Readonly<Record<string, Scriptlet>>
  /** Settings of the flow engine. */
  readonly flowSettings?: FlowSettings
  /**
   * Makes runs repeatable: ids from a seeded generator, a public test key, and a clock that moves only on command.
   * For tests; anybody can sign tokens for such a provider.
   */
  readonly deterministic?: {
    /** Seed of ids, codes and handles. Default `countersign`. */
    readonly seed?: string
    /** Start of the clock in milliseconds since the epoch. Default 1767225600000 (2026-01-01T00:00:00Z). */
    readonly now?: number
  }
  /** Running time behind `idp.clock`. Default the system time; with `deterministic` it must be absent. */
  readonly clock?: TimeSource
}

const configShape: Check = shape({
  optional: {
    profile: oneOf('descope', 'standard'),
    clients: listOf(standardClientShape),
    resources: listOf(resourceShape),
    standard: standardSettingsShape,
    origin: matching(/^https?:\/\/[^/?#\s]+$/, 'scheme, host and port without a path, such as http://localhost:4455'),
    customDomain: matching(/^[a-z0-9.-]+(:\d+)?$/, 'a host in lower case, such as login.acme.example'),
    projectId: matching(/^P([A-Za-z0-9]{27}|[A-Za-z0-9]{31})$/, 'P and 27 or 31 letters or digits'),
    users: listOf(userShape),
    tenants: listOf(tenantShape),
    roles: mapOf(listOf(text)),
    defaultApp: oidcAppSettingsShape,
    oidcApps: listOf(oidcAppShape),
    inboundApps: listOf(inboundAppShape),
    managementKey: text,
    accessKeys: listOf(accessKeyShape),
    approvedDomains: listOf(text),
    allowAnyRedirect: flag,
    sessionTokenResponseMethod: oneOf('body', 'cookies'),
    cookieSameSite: oneOf('strict', 'lax', 'none'),
    allowIframeEmbedding: flag,
    userTemplate: mapOf(text),
    accessKeyTemplate: mapOf(text),
    jwtTemplates: shape({ optional: { user: jwtTemplateShape, accessKey: jwtTemplateShape } }),
    lifetimes: shape({
      optional: {
        accessTokenSeconds: whole(1),
        keyAccessTokenSeconds: whole(1),
        refreshTokenSeconds: whole(1),
        codeSeconds: whole(1, 600),
        transactionSeconds: whole(1),
        inactivitySeconds: whole(0),
        stepUpSeconds: whole(1),
      },
    }),
    limits: limitsShape,
    refreshTokenRotation: flag,
    reuseRevokesFamily: flag,
    texts: textsShape,
    locales: mapOf(textsShape),
    compat: compatShape,
    flows: listOf(definitionShape),
    connectors: listOf(connectorShape),
    connectorHandlers: connectorHandlersShape,
    scriptlets: functionsShape,
    flowSettings: flowSettingsShape,
    deterministic: shape({ optional: { seed: text, now: whole(0) } }),
    clock: withMethod('now'),
  },
})

/** JSON schema of a configuration file: {@link MockIdpConfig} without what only code can hold. */
export const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Configuration of @countersign/mock-idp',
  ...configShape.schema,
}

/** Throws a `TypeError` with the path of the first field that does not fit. */
export function checkConfig(config: MockIdpConfig): void {
  configShape(config, 'config')
  checkProfile(config)
  if (config.deterministic && config.clock) {
    throw new TypeError('config.clock: leave it out with config.deterministic, which brings a clock of its own')
  }
}
