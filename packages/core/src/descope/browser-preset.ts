import type { BrowserClientOptions } from '../browser/browser-client-options.ts'
import { ConfigurationError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { checkOptions, texts } from '../options.ts'
import { type DescopeProjectOptions, projectOptionRules, resolveProject } from './project.ts'

/** Scopes of the Descope-like service, space-separated, for the option `scope` of a client or of a login. */
export const descopeScopes = {
  /** Who the user is. */
  profile: 'openid profile email',
  /** Roles, permissions and tenants. */
  authorization: 'descope.claims',
  /** Custom claims. */
  custom: 'descope.custom_claims',
  /** What the service documents as the full list. */
  all: 'openid profile email descope.custom_claims descope.claims',
} as const

/** Options of {@link descopeBrowser}. */
export interface DescopeBrowserOptions<Scope extends string = string> extends DescopeProjectOptions {
  /** Client id. Default for an OIDC application: the project id. An inbound app has its own. */
  readonly clientId?: string
  /** Id of the flow that signs the user in. Default: what the application is configured with. */
  readonly flow?: string
  /** Id or domain of the tenant to sign in to. Default: left to the provider. */
  readonly tenant?: string
  /** Scopes to request beside `openid` (and, for an OIDC application, `profile email`), such as those of your API. Default none. */
  readonly scopes?: readonly Scope[]
  /** Requests roles, permissions and tenants (`descope.claims`). Default false. */
  readonly authorizationClaims?: boolean
  /** Requests custom claims (`descope.custom_claims`). Default false. */
  readonly customClaims?: boolean
}

/** Options of a browser client for one project; spread them and add `redirectUri`. */
export type DescopeBrowserPreset = Pick<BrowserClientOptions, 'issuer' | 'clientId' | 'trustedAudiences'> & {
  readonly metadata: ServerMetadata
  readonly scope: string
  readonly requireKid: true
  readonly authorizationParameters: { readonly flow?: string; readonly tenant?: string }
}

/**
 * Options of a browser client for the Descope-like service. Nothing is discovered: the endpoints follow from the project id.
 *
 * @typeParam Scope - Scopes of your API, so that a typo does not compile. Default: any text.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function descopeBrowser<Scope extends string>(options: DescopeBrowserOptions<Scope>): DescopeBrowserPreset {
  checkOptions(
    options,
    {
      ...projectOptionRules,
      clientId: 'string',
      flow: 'string',
      tenant: 'string',
      scopes: texts,
      authorizationClaims: 'boolean',
      customClaims: 'boolean',
    },
    ['projectId'],
  )
  const { projectId, flow, tenant, authorizationClaims, customClaims } = options
  const inbound = options.kind === 'inbound'
  const clientId = options.clientId ?? projectId
  if (inbound && !options.clientId) {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      '"clientId" is required for kind "inbound"; the app in the console shows it.',
    )
  }
  const { issuer, metadata } = resolveProject(options)
  const scopes = [
    inbound ? 'openid' : 'openid profile email',
    ...(authorizationClaims ? ['descope.claims'] : []),
    ...(customClaims ? ['descope.custom_claims'] : []),
    ...(options.scopes ?? []),
  ]
  return {
    issuer,
    clientId,
    metadata,
    scope: scopes.join(' '),
    requireKid: true,
    // The service names the project beside the client in `aud`.
    ...(clientId === projectId ? {} : { trustedAudiences: [projectId] }),
    authorizationParameters: { ...(flow ? { flow } : {}), ...(tenant ? { tenant } : {}) },
  }
}
