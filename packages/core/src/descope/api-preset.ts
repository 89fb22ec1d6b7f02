import type { AccessTokenVerifierOptions } from '../api/verifier-options.ts'
import { checkOptions, texts } from '../options.ts'
import { type DescopeProjectOptions, projectOptionRules, resolveProject } from './project.ts'

/** Options of {@link descopeApi}. */
export interface DescopeApiOptions extends Pick<DescopeProjectOptions, 'projectId' | 'customDomain' | 'baseUrl'> {
  /** Name of this API in `aud`. Default: the project id, which every token of the project carries. */
  readonly audience?: string
  /** Ids of named OIDC applications whose tokens are accepted too. Default none. */
  readonly applicationIds?: readonly string[]
  /**
   * Accepts tokens of inbound apps, which third parties hold: guard every route by scope then, never by login alone.
   * Default false.
   */
  readonly inbound?: boolean
}

/** Options of an access-token verifier for one project. */
export type DescopeApiPreset = Required<
  Pick<
    AccessTokenVerifierOptions,
    'issuer' | 'acceptIssuers' | 'audience' | 'jwksUri' | 'profile' | 'trustScopeFrom' | 'rightsFollowScopes'
  >
>

/**
 * Options of an access-token verifier for the Descope-like service. The issuers are a closed list of exact texts.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function descopeApi(options: DescopeApiOptions): DescopeApiPreset {
  const { projectId: id, customDomain, baseUrl } = projectOptionRules
  checkOptions(
    options,
    { projectId: id, customDomain, baseUrl, audience: 'string', applicationIds: texts, inbound: 'boolean' },
    ['projectId'],
  )
  const { audience, applicationIds = [], inbound, ...project } = options
  const { projectId, base, issuer, metadata } = resolveProject(project)
  const inboundIssuers = inbound ? [`${base}/v1/apps/${projectId}`] : []
  return {
    issuer,
    acceptIssuers: [projectId, ...applicationIds.map((application) => `${issuer}/${application}`), ...inboundIssuers],
    audience: audience ?? projectId,
    jwksUri: metadata.jwks_uri ?? '',
    profile: 'descope',
    // Whoever has an access key asks for any scope; what it may do, its roles say. Inbound apps are granted theirs.
    trustScopeFrom: inboundIssuers,
    rightsFollowScopes: true,
  }
}
