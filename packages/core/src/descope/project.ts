import { ConfigurationError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { issuerUrl, type OptionRules, oneOf } from '../options.ts'

/** Which project of the Descope-like service, and where it lives. */
export interface DescopeProjectOptions {
  /** Project id: `P` and 27 letters or digits, or 31 with the region in front. */
  readonly projectId: string
  /** `oidc`: an OIDC application. `inbound`: an inbound app, which needs its own `clientId`. Default `oidc`. */
  readonly kind?: 'oidc' | 'inbound'
  /** Id of a named OIDC application. Default: the default application of the project. */
  readonly applicationId?: string
  /** Host name of a custom domain, such as `auth.acme.example`. Default: the host of the service. */
  readonly customDomain?: string
  /** Base URL of the service, such as the address of a mock. Default: the host of the region in the project id. */
  readonly baseUrl?: string
}

/** What each project option accepts. */
export const projectOptionRules: OptionRules<DescopeProjectOptions> = {
  projectId: 'string',
  kind: oneOf('oidc inbound'),
  applicationId: ['1 to 30 letters, digits, - or _', (value) => /^[\w-]{1,30}$/.test(String(value))],
  customDomain: ['a host name', (value) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(String(value))],
  baseUrl: issuerUrl,
}

/** What follows from the project options. */
export interface DescopeProject {
  readonly projectId: string
  /** Scheme and host, without trailing slash. */
  readonly base: string
  readonly issuer: string
  /** All endpoints, derived without a request. An inbound app has no logout endpoint. */
  readonly metadata: ServerMetadata
}

/**
 * Derives issuer and endpoints from a project id.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for a text that is not a project id, or options that exclude each other.
 */
export function resolveProject(options: DescopeProjectOptions): DescopeProject {
  const { projectId, kind = 'oidc', applicationId, customDomain, baseUrl } = options
  checkProjectId(projectId)
  if (customDomain && baseUrl) fail('Give either "customDomain" or "baseUrl", not both.')
  if (applicationId && kind === 'inbound')
    fail('"applicationId" names an OIDC application; leave it out for kind "inbound".')
  const region = projectId.slice(1, -27)
  const base =
    baseUrl?.replace(/\/$/, '') ??
    (customDomain ? `https://${customDomain}` : `https://api.${region ? `${region}.` : ''}descope.com`)
  const inbound = kind === 'inbound'
  // A named application has endpoints of its own; the shared ones sign in to the default application.
  const family = `${applicationId ? `${base}/${applicationId}` : base}/oauth2/v1${inbound ? '/apps' : ''}`
  const issuer = inbound ? `${base}/v1/apps/${projectId}` : [base, projectId, applicationId].filter(Boolean).join('/')
  return {
    projectId,
    base,
    issuer,
    metadata: {
      issuer,
      authorization_endpoint: `${family}/authorize`,
      token_endpoint: `${family}/token`,
      userinfo_endpoint: `${family}/userinfo`,
      revocation_endpoint: `${family}/revoke`,
      jwks_uri: `${base}/${projectId}/.well-known/jwks.json`,
      ...(inbound ? {} : { end_session_endpoint: `${family}/logout` }),
    },
  }
}

function checkProjectId(projectId: string): void {
  if (/^P[A-Za-z0-9]{27}([A-Za-z0-9]{4})?$/.test(projectId)) return
  const hint = /^(process\.env|import\.meta|\$|__|<)|^undefined$/.test(projectId)
    ? ' It looks like a placeholder that was not replaced.'
    : /^(TPA|SA|K|U|T)[A-Za-z0-9]{20,}$/.test(projectId)
      ? ' It looks like the id of something else in the project.'
      : ''
  fail(`"projectId" must be P and 27 or 31 letters or digits.${hint} It stands in the project settings of the console.`)
}

function fail(message: string): never {
  throw new ConfigurationError('OIDC_OPTION_INVALID', message)
}
