/** Rights inside one tenant. */
export interface TenantRights {
  readonly roles?: readonly string[]
  readonly permissions?: readonly string[]
}

/** Claims about rights, as the Descope-like service issues them; other providers may leave all of them out. */
export interface AuthorizationClaims {
  /** Roles outside any tenant, or of the current tenant when `tenants` is absent and `dct` names it. */
  readonly roles?: readonly string[]
  /** Permissions outside any tenant, or of the current tenant when `tenants` is absent and `dct` names it. */
  readonly permissions?: readonly string[]
  /** Rights by tenant id. */
  readonly tenants?: Readonly<Record<string, TenantRights>>
  /** Id of the current tenant. */
  readonly dct?: string
}

/** Claims about a person (OpenID Connect Core 1.0 section 5.1). Each is present only when its scope was granted. */
export interface ProfileClaims {
  readonly name?: string
  readonly given_name?: string
  readonly middle_name?: string
  readonly family_name?: string
  readonly nickname?: string
  readonly preferred_username?: string
  readonly profile?: string
  readonly picture?: string
  readonly website?: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly gender?: string
  readonly birthdate?: string
  readonly zoneinfo?: string
  readonly locale?: string
  readonly phone_number?: string
  readonly phone_number_verified?: boolean
  readonly updated_at?: number
}

/** Claims of a verified ID token (OpenID Connect Core 1.0 section 2). Claims not listed are `unknown`. */
export interface IdTokenClaims extends ProfileClaims, AuthorizationClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  /** Seconds since the epoch. */
  readonly exp: number
  /** Seconds since the epoch. */
  readonly iat: number
  readonly nonce?: string
  readonly azp?: string
  readonly auth_time?: number
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly [claim: string]: unknown
}

/** Answer of the userinfo endpoint (OpenID Connect Core 1.0 section 5.3.2). Claims not listed are `unknown`. */
export interface UserInfo extends ProfileClaims, AuthorizationClaims {
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Claims of a verified access token (RFC 9068 section 2.2). Claims not listed are `unknown`. */
export interface AccessTokenClaims extends AuthorizationClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  /** Seconds since the epoch. */
  readonly exp: number
  readonly iat?: number
  readonly scope?: string | readonly string[]
  readonly azp?: string
  readonly client_id?: string
  readonly amr?: readonly string[]
  readonly [claim: string]: unknown
}
