import { readFileSync } from 'node:fs'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type {
  DynamicAuthValues,
  DynamicClaimValues,
  DynamicDeviceValues,
  DynamicFormValues,
  DynamicKey,
  DynamicRiskValues,
  DynamicTenant,
  DynamicUserAgentValues,
  DynamicUserValues,
  DynamicValue,
  DynamicValues,
  OpenDynamicKey,
} from '../../src/descope/index.ts'

const root = new URL('../../../../', import.meta.url)
const rows: { id: string; thing: string; sdk: string }[] = JSON.parse(
  readFileSync(new URL('test/data/spec-rows.json', root), 'utf8'),
)

// Each list is checked by the compiler in both directions: a key that is missing or too much does not compile.
const person: Record<keyof DynamicUserValues, true> = {
  userId: true,
  loginIds: true,
  name: true,
  givenName: true,
  middleName: true,
  familyName: true,
  email: true,
  emailDomain: true,
  phone: true,
  verifiedEmail: true,
  verifiedPhone: true,
  userTenants: true,
  picture: true,
  status: true,
  tenantNames: true,
  tenantIds: true,
  'tenant.roles': true,
  'fingerprint.knownDevice': true,
  test: true,
  'lastAuth.country': true,
  'lastAuth.countries': true,
  'lastAuth.city': true,
  'lastAuth.cities': true,
  'lastAuth.ip': true,
  'lastAuth.ips': true,
  'lastAuth.time': true,
  password: true,
  totp: true,
  'project.roles': true,
  'project.permissions': true,
  saml: true,
  webauthn: true,
}
const authInfo: Record<keyof DynamicAuthValues, true> = {
  sessionJwt: true,
  refreshJwt: true,
  cookieDomain: true,
  cookiePath: true,
  cookieMaxAge: true,
  cookieExpiration: true,
  firstSeen: true,
}
const device: Record<keyof DynamicDeviceValues, true> = {
  'location.scheme': true,
  'location.uri': true,
  'location.hostname': true,
  'location.port': true,
  'location.path': true,
  'location.rawQuery': true,
  'location.fragment': true,
  'location.query': true,
  webAuthnSupport: true,
}
const form: Record<keyof DynamicFormValues, true> = {
  email: true,
  emailDomain: true,
  phone: true,
  photo: true,
  invitees: true,
  externalId: true,
  fullName: true,
  firstName: true,
  lastName: true,
  tenantDomain: true,
  middleName: true,
  selfProvisionDomains: true,
  impersonateId: true,
  entityId: true,
  tenantName: true,
  idpCert: true,
  idpMetadataURL: true,
  idpURL: true,
  displayName: true,
  givenName: true,
  familyName: true,
  trustThisDevice: true,
}
const riskInfo: Record<keyof DynamicRiskValues, true> = {
  botDetected: true,
  riskScore: true,
  trustedDevice: true,
  impossibleTravel: true,
}
const userAgent: Record<keyof DynamicUserAgentValues, true> = {
  mobile: true,
  desktop: true,
  device: true,
  raw: true,
  name: true,
  os: true,
  osVersion: true,
  tablet: true,
  url: true,
}
const jwtClaims: Record<keyof DynamicClaimValues, true> = {
  amr: true,
  drn: true,
  exp: true,
  iss: true,
  sub: true,
  iat: true,
}

const keysOf = (prefix: string, values: object) => Object.keys(values).map((name) => `${prefix}.${name}`)
const known = [
  ...['user.loggedIn', ...keysOf('user', person), ...keysOf('unauthUser', person), ...keysOf('authInfo', authInfo)],
  ...[...keysOf('device', device), ...keysOf('form', form), ...keysOf('riskInfo', riskInfo)],
  ...[...keysOf('userAgent', userAgent), ...keysOf('jwtClaims', jwtClaims)],
]

describe('DynamicKey', () => {
  test('has every key that a row names, and the types of all of them (S-234 to S-266, S-270 to S-301, S-311 to S-317, S-320 to S-328, S-331 to S-352, S-356 to S-359, S-362 to S-370, S-374 to S-378)', () => {
    const named = rows
      .filter(({ sdk }) => sdk === 'Literal in the `DynamicKey` union of the flow types')
      .flatMap(({ thing }) => /^`([\w.]+)`$/.exec(thing)?.[1] ?? [])
    // The time of issue belongs to another row.
    expect([...named, 'jwtClaims.iat'].sort()).toEqual(known.sort())
    type Name<Root extends string, Values> = `${Root}.${keyof Values & string}`
    expectTypeOf<Exclude<keyof DynamicValues, `unauthUser.by${string}`>>().toEqualTypeOf<
      | 'ssoAppID'
      | 'user.loggedIn'
      | Name<'user' | 'unauthUser', DynamicUserValues>
      | Name<'authInfo', DynamicAuthValues>
      | Name<'device', DynamicDeviceValues>
      | Name<'form', DynamicFormValues>
      | Name<'riskInfo', DynamicRiskValues>
      | Name<'userAgent', DynamicUserAgentValues>
      | Name<'jwtClaims', DynamicClaimValues>
    >()
    expectTypeOf<keyof DynamicValues>().toExtend<DynamicKey>()
  })

  test('has every key of a person that was looked up by e-mail, phone or tenant (S-307 to S-309)', () => {
    expectTypeOf<`unauthUser.${'byEmail' | 'byPhone' | 'byTenant'}.${keyof DynamicUserValues}`>().toExtend<DynamicKey>()
    // @ts-expect-error: there is no such way to look somebody up.
    'unauthUser.byName.email' satisfies DynamicKey
    // @ts-expect-error: nobody is logged in before the authentication.
    'unauthUser.byEmail.loggedIn' satisfies DynamicKey
  })

  test('leaves the last part open where a project chooses it (S-267, S-302, S-382 to S-384)', () => {
    expectTypeOf<
      | 'user.customAttributes.department'
      | 'unauthUser.customAttributes.department'
      | 'unauthUser.byPhone.customAttributes.department'
      | 'scripts.scriptletResult.xyz'
      | 'connectors.random.date_of_birth'
      | 'documents.passport'
    >().toExtend<OpenDynamicKey & DynamicKey>()
    // @ts-expect-error: attributes have a place of their own.
    'user.attributes.department' satisfies DynamicKey
    // @ts-expect-error: a connector is named.
    'connectors' satisfies DynamicKey
  })

  test('makes a typo a compile error (S-228)', () => {
    'user.email' satisfies DynamicKey
    // @ts-expect-error: a letter is wrong.
    'user.emial' satisfies DynamicKey
    // @ts-expect-error: the case is wrong.
    'User.email' satisfies DynamicKey
    // @ts-expect-error: a part is missing.
    'lastAuth.country' satisfies DynamicKey
    // @ts-expect-error: braces belong to templates.
    '{{user.email}}' satisfies DynamicKey
    // @ts-expect-error: a text may be anything.
    String('user.email') satisfies DynamicKey
  })

  test('takes a key that is newer than the list by a cast (S-385)', () => {
    // @ts-expect-error: it is not in the list.
    'geo.country' satisfies DynamicKey
    expectTypeOf('geo.country' as DynamicKey).toEqualTypeOf<DynamicKey>()
  })

  test('has the custom claims that the caller names', () => {
    'jwtClaims.dob' satisfies DynamicKey<'dob'>
    // @ts-expect-error: no claim of this name was announced.
    'jwtClaims.dob' satisfies DynamicKey
    expectTypeOf<DynamicValue<'jwtClaims.dob'>>().toEqualTypeOf<string>()
  })
})

describe('DynamicValue', () => {
  test('is what the key gives', () => {
    expectTypeOf<DynamicValue<'user.email'>>().toEqualTypeOf<string>()
    expectTypeOf<DynamicValue<'unauthUser.byEmail.userTenants'>>().toEqualTypeOf<readonly DynamicTenant[]>()
    expectTypeOf<DynamicValue<'riskInfo.riskScore'>>().toEqualTypeOf<number>()
    expectTypeOf<DynamicValue<'connectors.random.date_of_birth'>>().toEqualTypeOf<unknown>()
  })

  test('of jwtClaims.iss is the issuer, as its text says; the time of issue is jwtClaims.iat (S-380)', () => {
    expectTypeOf<DynamicValue<'jwtClaims.iss'>>().toEqualTypeOf<string>()
    expectTypeOf<DynamicValue<'jwtClaims.iat'>>().toEqualTypeOf<number>()
    const source = readFileSync(new URL('packages/core/src/descope/dynamic-keys.ts', root), 'utf8')
    expect(source).toMatch(/\/\*\* The issuer: [^\n]*\n\s*readonly iss: string/)
  })
})
