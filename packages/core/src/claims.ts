/** Rights inside one tenant. */
export interface TenantRights {
  /** Roles in the tenant. */
  readonly roles?: readonly string[]
  /** Permissions in the tenant. */
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
  /** Full name as shown to others. */
  readonly name?: string
  /** First names. */
  readonly given_name?: string
  /** Middle names. */
  readonly middle_name?: string
  /** Last names. */
  readonly family_name?: string
  /** Casual name. */
  readonly nickname?: string
  /** Name the person likes to be called by; not unique. */
  readonly preferred_username?: string
  /** URL of a profile page. */
  readonly profile?: string
  /** URL of a picture. */
  readonly picture?: string
  /** URL of a web page or blog. */
  readonly website?: string
  /** E-mail address; not an identifier. */
  readonly email?: string
  /** Whether the provider knows the address to be the person's. Only `true` counts. */
  readonly email_verified?: boolean
  /** Gender, as free text. */
  readonly gender?: string
  /** `YYYY-MM-DD`, `0000-MM-DD` or `YYYY`. */
  readonly birthdate?: string
  /** Time zone, such as `Europe/Paris`. */
  readonly zoneinfo?: string
  /** Language tag, such as `en-US`. */
  readonly locale?: string
  /** Phone number, in E.164 form as a rule. */
  readonly phone_number?: string
  /** Whether the provider knows the number to be the person's. */
  readonly phone_number_verified?: boolean
  /** When the claims last changed, in seconds since the epoch. */
  readonly updated_at?: number
}

/** Claims of a verified ID token (OpenID Connect Core 1.0 section 2). Claims not listed are `unknown`. */
export interface IdTokenClaims extends ProfileClaims, AuthorizationClaims {
  /** Issuer. */
  readonly iss: string
  /** Subject: names the user for good, together with the issuer. */
  readonly sub: string
  /** Audience. */
  readonly aud: string | readonly string[]
  /** Expiry, in seconds since the epoch. */
  readonly exp: number
  /** Time of issue, in seconds since the epoch. */
  readonly iat: number
  /** The nonce of the login. */
  readonly nonce?: string
  /** Authorized party: the client that the token was issued to. */
  readonly azp?: string
  /** When the user signed in at the provider, in seconds since the epoch. */
  readonly auth_time?: number
  /** Class of the authentication. */
  readonly acr?: string
  /** Methods of the authentication. */
  readonly amr?: readonly string[]
  /** Any other claim. */
  readonly [claim: string]: unknown
}

/** Answer of the userinfo endpoint (OpenID Connect Core 1.0 section 5.3.2). Claims not listed are `unknown`. */
export interface UserInfo extends ProfileClaims, AuthorizationClaims {
  /** Subject: names the user for good, together with the issuer. */
  readonly sub: string
  /** Any other claim. */
  readonly [claim: string]: unknown
}

/** Claims of a verified access token (RFC 9068 section 2.2). Claims not listed are `unknown`. */
export interface AccessTokenClaims extends AuthorizationClaims {
  /** Issuer. */
  readonly iss: string
  /** Subject: names the user for good, together with the issuer. */
  readonly sub: string
  /** Audience. */
  readonly aud: string | readonly string[]
  /** Expiry, in seconds since the epoch. */
  readonly exp: number
  /** Time of issue, in seconds since the epoch. */
  readonly iat?: number
  /** Granted scopes, as one text or a list. */
  readonly scope?: string | readonly string[]
  /** Authorized party: the client that the token was issued to. */
  readonly azp?: string
  /** The client that the token was issued to. */
  readonly client_id?: string
  /** Methods of the authentication. */
  readonly amr?: readonly string[]
  /** Any other claim. */
  readonly [claim: string]: unknown
}
