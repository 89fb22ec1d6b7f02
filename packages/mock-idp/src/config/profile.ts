/** Which options belong to which profile. */
import { neutralSwitches } from './compat.ts'
import type { MockIdpConfig } from './config.ts'

const descopeOnly: readonly (keyof MockIdpConfig)[] = [
  'projectId',
  'customDomain',
  'defaultApp',
  'oidcApps',
  'inboundApps',
  'managementKey',
  'accessKeys',
  'approvedDomains',
  'allowAnyRedirect',
  'sessionTokenResponseMethod',
  'userTemplate',
  'accessKeyTemplate',
  'jwtTemplates',
]

const standardOnly: readonly (keyof MockIdpConfig)[] = ['clients', 'resources', 'standard']

/** Throws a `TypeError` with the path of the first option that belongs to the other profile. */
export function checkProfile(config: MockIdpConfig): void {
  const profile = config.profile ?? 'descope'
  const other = profile === 'descope' ? 'standard' : 'descope'
  const foreign = (profile === 'descope' ? standardOnly : descopeOnly).find((name) => config[name] !== undefined)
  if (foreign !== undefined)
    throw new TypeError(`config.${foreign}: belongs to the profile ${other}; this one is ${profile}`)
  if (profile === 'descope') return
  const { compat = {} } = config
  const unfit = Object.keys(compat).find((name) => !neutralSwitches.has(name))
  if (unfit === undefined) return
  const allowed = [...neutralSwitches].join(', ')
  throw new TypeError(`config.compat.${unfit}: belongs to the profile descope; allowed here are ${allowed}`)
}

/** The configuration as the parts of the Descope-like profile see it: the standard profile has none of its fixtures. */
export function descopePart(config: MockIdpConfig): MockIdpConfig {
  return config.profile === 'standard' ? { ...config, oidcApps: [], inboundApps: [], accessKeys: [] } : config
}
