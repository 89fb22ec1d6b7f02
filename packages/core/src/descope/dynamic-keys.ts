/**
 * Names of the values that a flow of the Descope-like service can read, for those who write flows or their fixtures in
 * TypeScript. Types only: nothing of this file is in a bundle.
 */

/** Rights of a user in one tenant, as `user.userTenants` lists them. */
export interface DynamicTenant {
  /** Id of the tenant. */
  readonly tenantId: string
  /** Name of the tenant. */
  readonly tenantName: string
  /** Names of the roles in it. */
  readonly roleNames: readonly string[]
  /** Permissions in it. */
  readonly permissions: readonly string[]
}

/** Values of a person: under `user` once somebody is signed in, under `unauthUser` as soon as a login id is known. */
export interface DynamicUserValues {
  /** User id. */
  readonly userId: string
  /** Login ids. */
  readonly loginIds: readonly string[]
  /** Name as shown to others. */
  readonly name: string
  /** First names. */
  readonly givenName: string
  /** Middle names. */
  readonly middleName: string
  /** Last names. */
  readonly familyName: string
  /** E-mail address. */
  readonly email: string
  /** What follows the last `@` of the e-mail address, in lower case. */
  readonly emailDomain: string
  /** Phone number in E.164 form. */
  readonly phone: string
  /** Whether the e-mail address was verified. */
  readonly verifiedEmail: boolean
  /** Whether the phone number was verified. */
  readonly verifiedPhone: boolean
  /** Rights by tenant. */
  readonly userTenants: readonly DynamicTenant[]
  /** URL of a picture. */
  readonly picture: string
  /** Status of the account. */
  readonly status: 'active' | 'invited' | 'disabled'
  /** Names of the tenants, in the order of membership. */
  readonly tenantNames: readonly string[]
  /** Ids of the tenants, in the order of membership. */
  readonly tenantIds: readonly string[]
  /** Roles in the current tenant; empty without one. */
  readonly 'tenant.roles': readonly string[]
  /** Whether this device was seen for the user before. */
  readonly 'fingerprint.knownDevice': boolean
  /** Whether this is a test user. */
  readonly test: boolean
  /** Country of the last login, as ISO code. */
  readonly 'lastAuth.country': string
  /** Countries of the last logins, newest first, at most 10. */
  readonly 'lastAuth.countries': readonly string[]
  /** City of the last login. */
  readonly 'lastAuth.city': string
  /** Cities of the last logins, newest first, at most 10. */
  readonly 'lastAuth.cities': readonly string[]
  /** IP address of the last login. */
  readonly 'lastAuth.ip': string
  /** IP addresses of the last logins, newest first, at most 10. */
  readonly 'lastAuth.ips': readonly string[]
  /** Time of the last login, in seconds since the epoch. */
  readonly 'lastAuth.time': number
  /** Whether the user ever signed in with a password. */
  readonly password: boolean
  /** Whether the user has an authenticator app. */
  readonly totp: boolean
  /** Roles of the project, outside any tenant. */
  readonly 'project.roles': readonly string[]
  /** Permissions of those roles. */
  readonly 'project.permissions': readonly string[]
  /** Whether the user ever signed in by SAML. */
  readonly saml: boolean
  /** Whether the user ever signed in with a passkey. */
  readonly webauthn: boolean
}

/** The result of the authentication, under `authInfo`. */
export interface DynamicAuthValues {
  /** The session token; a secret. */
  readonly sessionJwt: string
  /** The refresh token; a secret. */
  readonly refreshJwt: string
  /** Domain of the session cookie; empty when it is not set. */
  readonly cookieDomain: string
  /** Path of the session cookie. */
  readonly cookiePath: string
  /** Life of the session cookie, in seconds. */
  readonly cookieMaxAge: number
  /** End of the session cookie, in seconds since the epoch. */
  readonly cookieExpiration: number
  /** Whether this login created the user. */
  readonly firstSeen: boolean
}

/** The page that runs the flow, under `device`. */
export interface DynamicDeviceValues {
  /** Scheme of the page. */
  readonly 'location.scheme': string
  /** Address of the page. */
  readonly 'location.uri': string
  /** Host name of the page. */
  readonly 'location.hostname': string
  /** Port of the page, as digits. */
  readonly 'location.port': string
  /** Path of the page. */
  readonly 'location.path': string
  /** Query of the page, without question mark. */
  readonly 'location.rawQuery': string
  /** Fragment of the page, without hash sign. */
  readonly 'location.fragment': string
  /** Query of the page by name; the last value of a repeated name. */
  readonly 'location.query': Readonly<Record<string, string>>
  /** Whether the browser said that it knows passkeys. */
  readonly webAuthnSupport: boolean
}

/** What was typed on screens, under `form`. */
export interface DynamicFormValues {
  /** E-mail address. */
  readonly email: string
  /** Domain of the e-mail address. */
  readonly emailDomain: string
  /** Phone number: in E.164 form when it is one, else as typed. */
  readonly phone: string
  /** A picture, as data URL. */
  readonly photo: string
  /** E-mail addresses of people to invite. */
  readonly invitees: readonly string[]
  /** A login id of any form; also what `login_hint` says. */
  readonly externalId: string
  /** Name as shown to others. */
  readonly fullName: string
  /** First names. */
  readonly firstName: string
  /** Last names. */
  readonly lastName: string
  /** Domain that the tenant is found by. */
  readonly tenantDomain: string
  /** Middle names. */
  readonly middleName: string
  /** Domains whose users join a tenant by themselves. */
  readonly selfProvisionDomains: readonly string[]
  /** Id of the user to impersonate. */
  readonly impersonateId: string
  /** Single sign-on: entity id of the identity provider. */
  readonly entityId: string
  /** Name of a tenant. */
  readonly tenantName: string
  /** Single sign-on: certificate of the identity provider. */
  readonly idpCert: string
  /** Single sign-on: address of the metadata of the identity provider. */
  readonly idpMetadataURL: string
  /** Single sign-on: address of the identity provider. */
  readonly idpURL: string
  /** Name as shown to others; the same as `fullName`. */
  readonly displayName: string
  /** First names; the same as `firstName`. */
  readonly givenName: string
  /** Last names; the same as `lastName`. */
  readonly familyName: string
  /** Whether to remember the device. */
  readonly trustThisDevice: boolean
}

/** What is suspicious about a login, under `riskInfo`. */
export interface DynamicRiskValues {
  /** Whether it looks like a program. */
  readonly botDetected: boolean
  /** 0 to 1. */
  readonly riskScore: number
  /** Whether the device was marked as trusted, and still is. */
  readonly trustedDevice: boolean
  /** Whether the last two logins are too far apart in space for their times. */
  readonly impossibleTravel: boolean
}

/** The `User-Agent` header, under `userAgent`. */
export interface DynamicUserAgentValues {
  /** Whether it is a phone. */
  readonly mobile: boolean
  /** Whether it is a desktop computer. */
  readonly desktop: boolean
  /** Name of the device; for iOS and Android only. */
  readonly device: string
  /** The header as it came. */
  readonly raw: string
  /** Name of the browser. */
  readonly name: string
  /** Name of the operating system. */
  readonly os: string
  /** Version of the operating system. */
  readonly osVersion: string
  /** Whether it is a tablet. */
  readonly tablet: boolean
  /** Address of a program, when it says so. */
  readonly url: string
}

/** Claims of the token that would be issued now, under `jwtClaims`. */
export interface DynamicClaimValues {
  /** Methods of the authentication. */
  readonly amr: readonly string[]
  /** `DS`: the token is a session token. */
  readonly drn: 'DS'
  /** Expiry, in seconds since the epoch. */
  readonly exp: number
  /** Time of issue, in seconds since the epoch. */
  readonly iat: number
  /** The issuer: a text, whatever a list of keys may call it. The time of issue is `iat`. */
  readonly iss: string
  /** User id. */
  readonly sub: string
}

/** Values under a common first part of their keys. */
export type DynamicValuesUnder<Root extends string, Values> = {
  readonly [Name in keyof Values & string as `${Root}.${Name}`]: Values[Name]
}

/** Every key that exists in each project, with the type of its value. */
export interface DynamicValues
  extends DynamicValuesUnder<'user', DynamicUserValues & { readonly loggedIn: boolean }>,
    DynamicValuesUnder<'unauthUser', DynamicUserValues>,
    DynamicValuesUnder<'unauthUser.byEmail', DynamicUserValues>,
    DynamicValuesUnder<'unauthUser.byPhone', DynamicUserValues>,
    DynamicValuesUnder<'unauthUser.byTenant', DynamicUserValues>,
    DynamicValuesUnder<'authInfo', DynamicAuthValues>,
    DynamicValuesUnder<'device', DynamicDeviceValues>,
    DynamicValuesUnder<'form', DynamicFormValues>,
    DynamicValuesUnder<'riskInfo', DynamicRiskValues>,
    DynamicValuesUnder<'userAgent', DynamicUserAgentValues>,
    DynamicValuesUnder<'jwtClaims', DynamicClaimValues> {
  /** Id of the application that the user signs in to; empty without one. */
  readonly ssoAppID: string
}

/** Keys whose last part a project chooses: attributes, connectors, scriptlets and documents. */
export type OpenDynamicKey =
  | `${'user' | `unauthUser${'' | '.byEmail' | '.byPhone' | '.byTenant'}`}.customAttributes.${string}`
  | `scripts.${string}`
  | `connectors.${string}`
  | `documents.${string}`

/**
 * A key of a dynamic value, as conditions, actions, connectors and screens of a flow read it. A typo is a compile error. The
 * list of the service grows: for a key that is missing here, say so with a cast, `'geo.country' as DynamicKey`.
 *
 * @typeParam CustomClaim - Names of custom claims that are texts, which `jwtClaims` has too. Default none.
 */
export type DynamicKey<CustomClaim extends string = never> =
  | keyof DynamicValues
  | OpenDynamicKey
  | `jwtClaims.${CustomClaim}`

/** What a key gives: its type where every project has it, a text for a custom claim, else unknown. */
export type DynamicValue<Key extends string> = Key extends keyof DynamicValues
  ? DynamicValues[Key]
  : Key extends `jwtClaims.${string}`
    ? string
    : unknown
