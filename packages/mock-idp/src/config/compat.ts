import { type Check, flag, listOf, matching, oneOf, shape, text, whole } from './shape.ts'

/** Switches between behaviours that real services differ in (IDP-SPEC 2.18). An unknown name is an error. */
export interface CompatSwitches {
  /**
   * Adds `iss` to every authorization response and `authorization_response_iss_parameter_supported: true` to the
   * metadata (RFC 9207). Default false.
   */
  readonly authorizationResponseIss?: boolean
  /** ID tokens from the token endpoint carry `at_hash` (OpenID Connect Core 3.1.3.6). Default false. */
  readonly emitAtHash?: boolean
  /** ID tokens carry `auth_time`. Default false. */
  readonly emitAuthTime?: boolean
  /** `string` writes an audience of one value as text instead of an array. Default `array`. */
  readonly audFormat?: 'array' | 'string'
  /** User access tokens have no `aud` (IDP-SPEC S-135). Default false. */
  readonly omitAudOnSession?: boolean
  /** Every token carries a random `jti`. Default false. */
  readonly addJti?: boolean
  /** Profile, email and phone claims stand in userinfo only, not in the ID token. Default false. */
  readonly leanIdToken?: boolean
  /** OIDC access tokens carry tenants, roles and permissions whatever scopes were granted. Default false. */
  readonly authClaimsAlwaysInAccess?: boolean
  /** Where userinfo shows custom claims. Default `nsec`. */
  readonly customClaimsInUserinfo?: 'nsec' | 'root' | 'both'
  /** Ignores the session cookie in frames on another site, as browsers do (`Sec-Fetch-*`). Default false. */
  readonly simulateThirdPartyCookieBlocking?: boolean
  /** A refresh token is issued only when `offline_access` was granted. Default false. */
  readonly refreshRequiresOfflineAccess?: boolean
  /** The token endpoint requires `redirect_uri` with a code. Default false. */
  readonly strictRedirectUri?: boolean
  /** Client credentials of an access key are accepted in the body as well. Default false. */
  readonly allowPostForM2M?: boolean
  /** How an unknown `grant_type` is answered: service shape, or OAuth `unsupported_grant_type`. Default `service`. */
  readonly unsupportedGrantShape?: 'service' | 'oauth'
  /** Binds a login to the browser that began it by the cookie `mock_txn`. Default true. */
  readonly bindTransaction?: boolean
  /** Fields of the metadata of OIDC applications: the lean sample of the service, or all. Default `seed`. */
  readonly metadataProfile?: 'seed' | 'modern'
  /** `claims_supported`: the 13 of the application settings, or the 11 of the printed sample. Default `settings`. */
  readonly metadataClaims?: 'settings' | 'sample'
  /** `token_endpoint_auth_methods_supported` of every document. Default by profile and family. */
  readonly metadataAuthMethods?: readonly string[]
  /** `grant_types_supported` names token exchange and JWT bearer, which the token endpoint refuses. Default false. */
  readonly metadataOverAdvertise?: boolean
  /** `issuer` of every metadata document; tokens keep theirs. Default the issuer of the application. */
  readonly metadataIssuerOverride?: string
  /** `Cache-Control` of discovery and JWKS. Default `no-store, no-cache`. */
  readonly metadataCacheControl?: string
  /** Origins that CORS answers name; others get no CORS headers. Default every origin (`*`). */
  readonly corsOrigins?: readonly string[]
  /**
   * Shape of error bodies: each error in its own, or all in the OAuth shape (`error`) or the service shape
   * (`errorCode`). Default `mixed`.
   */
  readonly errorShape?: 'mixed' | 'oauth' | 'service'
  /** Issuers, endpoints and cookies follow the host of each request instead of `config.origin`. Default false. */
  readonly hostAware?: boolean
  /** Where tokens carry custom claims. Default `root`. */
  readonly customClaimsInTokens?: 'root' | 'nsec' | 'both'
  /** Answers to client credentials carry a refresh token and an ID token as well, as printed samples do. Default false. */
  readonly m2mExtraTokens?: boolean
  /** Logout without `id_token_hint` and `client_id`: refused with 400, or asked on a page. Default `refuse`. */
  readonly logoutWithoutHint?: 'refuse' | 'confirm'
  /** Signs with the public test keys, which anybody has, also outside deterministic mode. Default false. */
  readonly deterministicKeys?: boolean
  /** Access tokens of inbound applications carry the claims of granted attribute scopes as well (5.3). Default false. */
  readonly attributeClaimsInAccess?: boolean
  /**
   * `profile`, `email`, `phone`, `descope.claims` and `descope.custom_claims` are optional lines on the consent page of
   * inbound applications (5.3). Default false.
   */
  readonly consentForStandardScopes?: boolean
  /** How many named OIDC applications there may be. Default no limit. */
  readonly maxOidcApps?: number
}

/** What {@link CompatSwitches} may hold at run time. */
export const compatShape: Check = shape({
  optional: {
    authorizationResponseIss: flag,
    emitAtHash: flag,
    emitAuthTime: flag,
    audFormat: oneOf('array', 'string'),
    omitAudOnSession: flag,
    addJti: flag,
    leanIdToken: flag,
    authClaimsAlwaysInAccess: flag,
    customClaimsInUserinfo: oneOf('nsec', 'root', 'both'),
    simulateThirdPartyCookieBlocking: flag,
    refreshRequiresOfflineAccess: flag,
    strictRedirectUri: flag,
    allowPostForM2M: flag,
    unsupportedGrantShape: oneOf('service', 'oauth'),
    bindTransaction: flag,
    metadataProfile: oneOf('seed', 'modern'),
    metadataClaims: oneOf('settings', 'sample'),
    metadataAuthMethods: listOf(text),
    metadataOverAdvertise: flag,
    metadataIssuerOverride: text,
    metadataCacheControl: matching(/^[\x20-\x7e]+$/, 'a header value'),
    corsOrigins: listOf(matching(/^[a-z][a-z0-9+.-]*:\/\/[^/]+$/, 'an origin such as http://localhost:5173')),
    errorShape: oneOf('mixed', 'oauth', 'service'),
    hostAware: flag,
    customClaimsInTokens: oneOf('root', 'nsec', 'both'),
    m2mExtraTokens: flag,
    logoutWithoutHint: oneOf('refuse', 'confirm'),
    deterministicKeys: flag,
    attributeClaimsInAccess: flag,
    consentForStandardScopes: flag,
    maxOidcApps: whole(0),
  },
})

type Optional = 'corsOrigins' | 'metadataAuthMethods' | 'metadataIssuerOverride' | 'maxOidcApps'

/** {@link CompatSwitches} with their defaults. */
export type ResolvedCompat = Required<Omit<CompatSwitches, Optional>> & Pick<CompatSwitches, Optional>

/** Switches that have a meaning in the standard profile. */
export const neutralSwitches: ReadonlySet<string> = new Set<keyof CompatSwitches>([
  'corsOrigins',
  'bindTransaction',
  'metadataCacheControl',
  'deterministicKeys',
  'simulateThirdPartyCookieBlocking',
])

/** Fills the defaults in. The standard profile always sends `iss`, and errors in the OAuth shape. */
export function resolveCompat(given: CompatSwitches = {}, profile: 'descope' | 'standard' = 'descope'): ResolvedCompat {
  return {
    authorizationResponseIss: false,
    emitAtHash: false,
    emitAuthTime: false,
    audFormat: 'array',
    omitAudOnSession: false,
    addJti: false,
    leanIdToken: false,
    authClaimsAlwaysInAccess: false,
    customClaimsInUserinfo: 'nsec',
    simulateThirdPartyCookieBlocking: false,
    refreshRequiresOfflineAccess: false,
    strictRedirectUri: false,
    allowPostForM2M: false,
    unsupportedGrantShape: 'service',
    bindTransaction: true,
    metadataProfile: 'seed',
    metadataCacheControl: 'no-store, no-cache',
    metadataClaims: 'settings',
    metadataOverAdvertise: false,
    errorShape: 'mixed',
    hostAware: false,
    customClaimsInTokens: 'root',
    m2mExtraTokens: false,
    logoutWithoutHint: 'refuse',
    deterministicKeys: false,
    attributeClaimsInAccess: false,
    consentForStandardScopes: false,
    ...(profile === 'standard' && { authorizationResponseIss: true, errorShape: 'oauth' }),
    ...given,
  }
}
