/** Every misbehaviour the mock knows, in the order in which those of one stage act. */
import { shape } from '../config/shape.ts'
import { type AccessTokenFaultName, accessTokenFaults } from './catalogue/access-token.ts'
import { type AnyAnswerFaultName, anyAnswerFaults } from './catalogue/any-answer.ts'
import { type AuthorizationFaultName, authorizationFaults } from './catalogue/authorization.ts'
import { type AuthorizationErrorFaultName, authorizationErrorFaults } from './catalogue/authorization-error.ts'
import { type ExpiresInFaultName, expiresInFaults } from './catalogue/expires-in.ts'
import { type FrontChannelFaultName, frontChannelFaults } from './catalogue/front-channel-logout.ts'
import { type IdTokenFaultName, idTokenFaults } from './catalogue/id-token.ts'
import { type IdTokenHashFaultName, idTokenHashFaults } from './catalogue/id-token-hash.ts'
import { type IntrospectionJwtFaultName, introspectionJwtFaults } from './catalogue/introspection-jwt.ts'
import { type JarmFaultName, jarmFaults } from './catalogue/jarm.ts'
import { type KeyFaultName, keyFaults } from './catalogue/keys.ts'
import { type LogoutTokenFaultName, logoutTokenFaults } from './catalogue/logout-token.ts'
import { type MetadataFaultName, metadataFaults } from './catalogue/metadata.ts'
import { type MetadataEndpointFaultName, metadataEndpointFaults } from './catalogue/metadata-endpoints.ts'
import { type PageFaultName, pageFaults } from './catalogue/page.ts'
import { type ProtectedResourceFaultName, protectedResourceFaults } from './catalogue/protected-resource.ts'
import { type RefreshFaultName, refreshFaults } from './catalogue/refresh.ts'
import { type RegistrationFaultName, registrationFaults } from './catalogue/registration.ts'
import { type ResourceServerFaultName, resourceServerFaults } from './catalogue/resource-server.ts'
import { type StandardEndpointFaultName, standardEndpointFaults } from './catalogue/standard-endpoints.ts'
import { faultsOfToken, type TokenDefect } from './catalogue/token-faults.ts'
import { type TokenRefusalFaultName, tokenRefusalFaults } from './catalogue/token-refusal.ts'
import { type TokenResponseFaultName, tokenResponseFaults } from './catalogue/token-response.ts'
import { type UserinfoFaultName, userinfoFaults } from './catalogue/userinfo.ts'
import type { FaultArea, FaultEndpoint, FaultOption, FaultStage } from './fault.ts'

/** Name of a misbehaviour; `idp.faults.list()` says what each one does. */
export type FaultName =
  | MetadataFaultName
  | MetadataEndpointFaultName
  | KeyFaultName
  | AuthorizationFaultName
  | AuthorizationErrorFaultName
  | JarmFaultName
  | TokenRefusalFaultName
  | TokenResponseFaultName
  | ExpiresInFaultName
  | RefreshFaultName
  | IdTokenFaultName
  | IdTokenHashFaultName
  | AccessTokenFaultName
  | UserinfoFaultName
  | PageFaultName
  | ResourceServerFaultName
  | AnyAnswerFaultName
  | `id-token-${TokenDefect}`
  | `access-token-${TokenDefect}`
  | `logout-token-${TokenDefect}`
  | LogoutTokenFaultName
  | FrontChannelFaultName
  | StandardEndpointFaultName
  | IntrospectionJwtFaultName
  | RegistrationFaultName
  | ProtectedResourceFaultName

/** What is known of one fault. */
export interface FaultInfo {
  /** Stable name. */
  readonly name: FaultName
  /** Part of the protocol that it belongs to. */
  readonly area: FaultArea
  /** What it does, in one line. */
  readonly description: string
  /** What the other party must do about it. */
  readonly rule: string
  /** Sections of specifications. */
  readonly spec: string
  /** Names of the endpoints where it acts, as in the journal. */
  readonly endpoints: readonly FaultEndpoint[]
  /** Profiles that have one of its endpoints. */
  readonly profiles: readonly ('descope' | 'standard')[]
  /** True for a behaviour that is unusual but right: the other party must go on. */
  readonly valid: boolean
  /** What its options mean, by name; units and defaults included. */
  readonly options: Readonly<Record<string, string>>
  /** Ids of the conformance and attack cases that it stages. */
  readonly cases: readonly string[]
}

/** A fault as the switch uses it: the types of its target and its options were checked where it is defined. */
export interface ListedFault extends FaultInfo {
  /** Place in the list. */
  readonly order: number
  readonly stage: FaultStage
  readonly act: (target: unknown, options: unknown) => unknown
  readonly applies: (target: unknown) => boolean
  readonly checkOptions: (options: unknown, path: string) => void
}

type AnyFault = Omit<FaultInfo, 'name' | 'area' | 'valid' | 'options' | 'profiles'> & {
  readonly stage: FaultStage
  readonly valid?: true
  readonly profile?: 'descope' | 'standard'
  readonly options?: Readonly<Record<string, FaultOption>>
  readonly act: ListedFault['act']
  readonly when?: ListedFault['applies']
}

const standardOnly: ReadonlySet<FaultEndpoint> = new Set([
  'introspect',
  'par',
  'device-authorization',
  'front-channel-logout',
  'register',
])
const descopeOnly: ReadonlySet<FaultEndpoint> = new Set(['sample-contacts', 'sample-files', 'protected-resource'])

const areas: readonly (readonly [FaultArea, object])[] = [
  ['metadata', metadataFaults],
  ['metadata', metadataEndpointFaults],
  ['keys', keyFaults],
  ['authorization-response', authorizationFaults],
  ['authorization-response', authorizationErrorFaults],
  ['authorization-response', jarmFaults],
  ['token-response', tokenRefusalFaults],
  ['token-response', tokenResponseFaults],
  ['token-response', expiresInFaults],
  ['refresh', refreshFaults],
  ['id-token', faultsOfToken('id')],
  ['id-token', idTokenFaults],
  ['id-token', idTokenHashFaults],
  ['access-token', faultsOfToken('access')],
  ['access-token', accessTokenFaults],
  ['userinfo', userinfoFaults],
  ['logout', faultsOfToken('logout')],
  ['logout', logoutTokenFaults],
  ['logout', frontChannelFaults],
  ['page', pageFaults],
  ['resource-server', resourceServerFaults],
  ['resource-server', protectedResourceFaults],
  ['introspection-and-requests', standardEndpointFaults],
  ['introspection-and-requests', introspectionJwtFaults],
  ['registration', registrationFaults],
  ['any-answer', anyAnswerFaults],
]

/** All faults, in their order. */
export const listedFaults: readonly ListedFault[] = areas
  .flatMap(([area, table]) => Object.entries(table).map((entry) => [area, ...entry] as const))
  .map(([area, name, fault], order) => ({ order, ...toListed(area, name as FaultName, fault as AnyFault) }))

const infos: readonly FaultInfo[] = Object.freeze(
  listedFaults.map(({ order: _order, stage: _, act: _act, applies: _applies, checkOptions: _check, ...info }) =>
    Object.freeze(info),
  ),
)

/**
 * All faults without what they do.
 *
 * @param profile - Leaves out what this profile does not have. Default nothing.
 */
export function listFaults(profile?: 'descope' | 'standard'): readonly FaultInfo[] {
  if (profile === undefined) return infos
  const served = infos.filter(({ profiles }) => profiles.includes(profile))
  return Object.freeze(
    served.map((info) => {
      const endpoints = info.endpoints.filter((endpoint) => hasEndpoint(profile, endpoint))
      return Object.freeze({ ...info, endpoints: Object.freeze(endpoints) })
    }),
  )
}

function toListed(area: FaultArea, name: FaultName, fault: AnyFault): Omit<ListedFault, 'order'> {
  const { act, when, options = {}, stage, valid = false, description, rule, spec, endpoints, cases, profile } = fault
  const checks = Object.entries(options).map(([option, { check }]) => [option, check] as const)
  const texts = Object.entries(options).map(([option, { text }]) => [option, text] as const)
  return {
    name,
    area,
    description,
    rule,
    spec,
    endpoints: Object.freeze([...endpoints]),
    profiles: Object.freeze(profile === undefined ? profilesOf(endpoints) : [profile]),
    valid,
    options: Object.freeze(Object.fromEntries(texts)),
    cases: Object.freeze([...cases]),
    stage,
    act,
    applies: when ?? (() => true),
    checkOptions: shape({ optional: Object.fromEntries(checks) }),
  }
}

/** Profiles that have one of these endpoints. */
function profilesOf(endpoints: readonly FaultEndpoint[]): ('descope' | 'standard')[] {
  return (['descope', 'standard'] as const).filter((profile) => endpoints.some((one) => hasEndpoint(profile, one)))
}

/** True where a profile has an endpoint. */
export function hasEndpoint(profile: 'descope' | 'standard', endpoint: FaultEndpoint): boolean {
  return !(profile === 'standard' ? descopeOnly : standardOnly).has(endpoint)
}
