import type { TokenSourceOptions } from '../agent/token-source.ts'
import { ConfigurationError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { type DescopeProjectOptions, projectOptionRules, resolveProject } from './project.ts'

/** Options of {@link descopeAgent}. */
export interface DescopeAgentOptions extends Omit<DescopeProjectOptions, 'applicationId'> {
  /** Client id: as the console shows it with the access key (default the project id), or of the inbound app. */
  readonly clientId?: string
  /** Id of the access key, `K...`: the client id is made of it and the project id, as the console shows it. */
  readonly accessKeyId?: string
  /** The access key, or the secret of the inbound app. */
  readonly clientSecret: string
}

/** Options of a token source for one project. */
export type DescopeAgentPreset = Required<
  Pick<
    TokenSourceOptions,
    'issuer' | 'clientId' | 'clientSecret' | 'metadata' | 'clientAuthentication' | 'basicEncoding'
  >
>

/**
 * Options of a token source for the Descope-like service: the secret of an inbound app goes into the body, an access key
 * into the Authorization header as it is.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function descopeAgent(options: DescopeAgentOptions): DescopeAgentPreset {
  const { applicationId: _, ...projectRules } = projectOptionRules
  checkOptions(options, { ...projectRules, clientId: 'string', accessKeyId: 'string', clientSecret: 'string' }, [
    'projectId',
    'clientSecret',
  ])
  const { clientId, accessKeyId, clientSecret, ...project } = options
  const inbound = options.kind === 'inbound'
  if (inbound && !clientId) {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      '"clientId" is required for kind "inbound"; the app in the console shows it.',
    )
  }
  if (accessKeyId && clientId) {
    throw new ConfigurationError('OIDC_OPTION_INVALID', 'Give "clientId" or "accessKeyId", not both.')
  }
  const { issuer, metadata, projectId } = resolveProject(project)
  return {
    issuer,
    clientId: clientId ?? (accessKeyId ? btoa(`${projectId}:${accessKeyId}`) : projectId),
    clientSecret,
    metadata,
    clientAuthentication: inbound ? 'post' : 'basic',
    basicEncoding: 'raw',
  }
}
