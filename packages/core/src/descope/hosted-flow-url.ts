import { checkOptions } from '../options.ts'
import { type DescopeProjectOptions, projectOptionRules, resolveProject } from './project.ts'

/** Options of {@link hostedFlowUrl}. */
export interface HostedFlowOptions extends Pick<DescopeProjectOptions, 'projectId' | 'customDomain' | 'baseUrl'> {
  /** Id of the flow. Default `sign-up-or-in`. */
  readonly flow?: string
  /** Id or domain of the tenant. */
  readonly tenant?: string
  /** Shows what the flow does at each step. Default false. */
  readonly debug?: boolean
}

/**
 * Address of the page where the service runs a flow, for links and for trying a flow out. A login needs no such link:
 * `client.login()` finds the page by itself.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function hostedFlowUrl(options: HostedFlowOptions): string {
  const { projectId: id, customDomain: domain, baseUrl: baseRule } = projectOptionRules
  checkOptions(
    options,
    { projectId: id, customDomain: domain, baseUrl: baseRule, flow: 'string', tenant: 'string', debug: 'boolean' },
    ['projectId'],
  )
  const { flow = 'sign-up-or-in', tenant, debug, ...project } = options
  const { projectId, base } = resolveProject(project)
  const ownHost = project.customDomain ?? project.baseUrl
  const url = new URL(ownHost ? `${base}/login/${projectId}` : `https://auth.descope.io/${projectId}`)
  url.searchParams.set('flow', flow)
  if (tenant) url.searchParams.set('tenant', tenant)
  if (debug) url.searchParams.set('debug', 'true')
  return url.href
}
