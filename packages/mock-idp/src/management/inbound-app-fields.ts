/** From the wire names of an inbound application to its configuration (IDP-SPEC 5.1). */
import { serviceProblem } from '../http/problem.ts'
import { type InboundAppConfig, inboundAppShape } from '../model/inbound-app.ts'
import { createFields, type Fields } from './fields.ts'

/** Fields that an update sets; what is absent goes back to its default. */
export const writableFields: readonly (keyof InboundAppConfig)[] = [
  'name',
  'description',
  'logo',
  'status',
  'loginPageUrl',
  'approvedCallbackUrls',
  'permissionsScopes',
  'attributesScopes',
  'connectionsScopes',
  'clientGrants',
  'requireTenantConsent',
  'forcePkce',
  'defaultAudience',
  'audienceWhitelist',
  'forceAddAllAuthorizationInfo',
  'skipConsentScreen',
  'allowedTenants',
  'forceAuthentication',
  'sessionSettings',
  'authorizationCodeDisabled',
  'clientCredentialsDisabled',
  'refreshTokenDisabled',
  'unmodelled',
]

const unmodelledFields = [
  'forceDpop',
  'scopeClaimMapping',
  'customAttributes',
  'useResources',
  'jwtBearerSettings',
  'cibaSettings',
  'jarSettings',
]
const creationFields = ['id', 'clientId', 'clientType', 'nonConfidentialClient']

/**
 * Reads the writable fields. Names that mean nothing here are left out, with a remark in the journal.
 *
 * @throws {TypeError} For a value of another type than its field has.
 */
export function toInboundConfig(input: Fields, notes: string[]): Partial<InboundAppConfig> {
  const known = new Set<string>([...writableFields, ...unmodelledFields, ...creationFields])
  const ignored = Object.keys(input.all).filter((name) => !known.has(name))
  if (ignored.length > 0) notes.push(`without effect: ${ignored.join(', ')}`)
  const wire = (names: readonly string[]): [string, unknown][] =>
    names.flatMap((name): [string, unknown][] => {
      const value = Object.hasOwn(input.all, name) ? input.all[name] : undefined
      return value === undefined || value === null ? [] : [[name, value]]
    })
  const unmodelled = Object.fromEntries(wire(unmodelledFields))
  const settings = input.object('sessionSettings')
  const config: Record<string, unknown> = {
    ...Object.fromEntries(wire(writableFields.filter((name) => name !== 'unmodelled'))),
    ...(settings && { sessionSettings: toSeconds(settings) }),
    ...(Object.keys(unmodelled).length > 0 && { unmodelled }),
  }
  return checked(config)
}

/** The shape of the configuration, with a name put in where a patch has none. */
function checked(config: Record<string, unknown>): Partial<InboundAppConfig> {
  inboundAppShape({ name: 'unchanged', ...config }, 'app')
  return config
}

const unitSeconds: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
}

/** Lifetimes come as a number with a unit beside it: `sessionTokenExpiration` and `sessionTokenExpirationUnit`. */
function toSeconds(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = createFields(settings)
  const expirations = Object.keys(settings).filter((name) => name.endsWith('Expiration'))
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => !name.endsWith('ExpirationUnit'))
      .map(([name, value]) => {
        if (!expirations.includes(name)) return [name, value]
        const unit = fields.text(`${name}Unit`) ?? 'seconds'
        const seconds = Object.hasOwn(unitSeconds, unit) ? unitSeconds[unit] : undefined
        if (seconds === undefined) {
          throw serviceProblem(400, 'E011003', `${name}Unit must be one of ${Object.keys(unitSeconds).join(', ')}`)
        }
        return [name, (fields.whole(name) ?? 0) * seconds]
      }),
  )
}
