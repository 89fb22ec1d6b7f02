/** Client metadata by the names of RFC 7591 and OpenID Connect Dynamic Registration, and what it may hold. */
import {
  type Check,
  flag,
  json,
  listOf,
  mapOf,
  matching,
  oneOf,
  shape,
  text,
  urlMatching,
  whole,
} from '../config/shape.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../tokens/keys.ts'

/** How a client authenticates at the token endpoint and at the other endpoints that it calls directly. */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** Every {@link ClientAuthMethod}. */
export const clientAuthMethods: readonly ClientAuthMethod[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
]

/** How the authorization endpoint sends its answer. */
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Every {@link ResponseMode}. */
export const responseModes: readonly ResponseMode[] = ['query', 'fragment', 'form_post']

/** The device grant (RFC 8628). */
export const deviceCodeType = 'urn:ietf:params:oauth:grant-type:device_code'

/** Token exchange (RFC 8693). */
export const tokenExchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** Values of `grant_type` that the standard profile serves. */
export const grantTypes: readonly string[] = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  deviceCodeType,
  tokenExchangeType,
]

/** A client of the standard profile, by the member names of RFC 7591 and of the OpenID specifications. */
export interface StandardClientConfig {
  /** Client id. Default random. */
  readonly client_id?: string
  /** Secret of a client with `client_secret_basic` or `client_secret_post`. Default random. */
  readonly client_secret?: string
  /** Display name. Default the client id. */
  readonly client_name?: string
  /** Home page, stored and returned. */
  readonly client_uri?: string
  /** Logo on the consent page: an https URL or an image data URL. Default none. */
  readonly logo_uri?: string
  /** Terms of service, stored and returned. */
  readonly tos_uri?: string
  /** Privacy policy, stored and returned. */
  readonly policy_uri?: string
  /** Ways to reach the people behind the client, stored and returned. */
  readonly contacts?: readonly string[]
  /** Id of the software, stored and returned. */
  readonly software_id?: string
  /** Version of the software, stored and returned. */
  readonly software_version?: string
  /**
   * Allowed redirect URIs, compared as text. The port of a loopback URI may differ for a `native` client (RFC 8252 7.3).
   */
  readonly redirect_uris?: readonly string[]
  /** `native` clients may have loopback and private-use redirect URIs. Default `web`. */
  readonly application_type?: 'web' | 'native'
  /** Grants that the client may use. Default `['authorization_code']`. */
  readonly grant_types?: readonly string[]
  /** Only `code` exists here. Default `['code']` where the code grant is allowed. */
  readonly response_types?: readonly 'code'[]
  /** Response modes that the client may ask for. Default all three. An extension of this mock. */
  readonly response_modes?: readonly ResponseMode[]
  /** How the client authenticates. Default `client_secret_basic`, or `none` for a native client. */
  readonly token_endpoint_auth_method?: ClientAuthMethod
  /** Algorithm of client assertions. Default any that is supported. */
  readonly token_endpoint_auth_signing_alg?: string
  /** Public keys of the client, for `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  /** Address of the client's public keys; the host must be loopback or in `standard.allowNetwork`. */
  readonly jwks_uri?: string
  /** Scopes the client may ask for, separated by spaces. Default all. */
  readonly scope?: string
  /** Types of `authorization_details` that the client may ask for (RFC 9396 section 10). Default all. */
  readonly authorization_details_types?: readonly string[]
  /** `pairwise` gives each sector its own `sub` (OpenID Connect Core 8.1). Default `public`. */
  readonly subject_type?: 'public' | 'pairwise'
  /** Algorithm of ID tokens. Default `RS256`. */
  readonly id_token_signed_response_alg?: SigningAlgorithm
  /** Algorithm of userinfo; with it userinfo is a JWT (OpenID Connect Core 5.3.2). Default plain JSON. */
  readonly userinfo_signed_response_alg?: SigningAlgorithm
  /** Algorithm of answers of introspection that are asked for as JWTs (RFC 9701 section 6). Default `RS256`. */
  readonly introspection_signed_response_alg?: SigningAlgorithm
  /** `max_age` of requests without one, in seconds. Default none. */
  readonly default_max_age?: number
  /** The ID token must have `auth_time`; it has it here in any case. Default false. */
  readonly require_auth_time?: boolean
  /** `acr_values` of requests without one. Default none. */
  readonly default_acr_values?: readonly string[]
  /** Where a login may be started from outside, stored and returned. */
  readonly initiate_login_uri?: string
  /** Where logout may lead to, compared as text. Default nowhere. */
  readonly post_logout_redirect_uris?: readonly string[]
  /** Gets a logout token when a session of the client ends. Loopback, or a host of `standard.allowNetwork`. */
  readonly backchannel_logout_uri?: string
  /** The logout token must have `sid`; it has it here in any case. Default false. */
  readonly backchannel_logout_session_required?: boolean
  /** Loaded in a frame of the signed-out page; at the origin of a redirect URI (Front-Channel Logout 2). */
  readonly frontchannel_logout_uri?: string
  /** The frame's address gets `iss` and `sid`. Default false. */
  readonly frontchannel_logout_session_required?: boolean
  /** Token requests need a DPoP proof (RFC 9449 5.2). Default false. */
  readonly dpop_bound_access_tokens?: boolean
  /** Authorization requests must be pushed (RFC 9126 6). Default false. */
  readonly require_pushed_authorization_requests?: boolean
  /** PKCE is required; a public client cannot switch it off. Default true. An extension of this mock. */
  readonly require_pkce?: boolean
  /** The user is not asked for consent, as for an application of the provider's own. Default false. An extension of this mock. */
  readonly first_party?: boolean
}

const url = urlMatching(/^https?:\/\/[^\s#]+$/, 'an absolute http or https URL without a fragment')
const redirectUri = urlMatching(
  /^(?!(javascript|data|vbscript|file|blob|about):)[a-z][a-z0-9+.-]*:[\x21\x22\x24-\x29\x2b-\x7e]+$/i,
  'an absolute URI in ASCII, without a fragment and without wildcard',
)
const algorithm = oneOf(...signingAlgorithms)

/** Members that a registration request may have; the configuration may have more. */
export const registrationFields: Readonly<Record<string, Check>> = {
  client_name: matching(/^.{1,200}$/, '1 to 200 characters'),
  client_uri: url,
  logo_uri: urlMatching(/^(https:\/\/[^/\s]+|data:image\/)/, 'an https URL or an image data URL'),
  tos_uri: url,
  policy_uri: url,
  contacts: listOf(text),
  software_id: text,
  software_version: text,
  redirect_uris: listOf(redirectUri),
  application_type: oneOf('web', 'native'),
  grant_types: listOf(oneOf(...grantTypes)),
  response_types: listOf(oneOf('code')),
  response_modes: listOf(oneOf(...responseModes)),
  token_endpoint_auth_method: oneOf(...clientAuthMethods),
  token_endpoint_auth_signing_alg: algorithm,
  jwks: shape({ required: { keys: listOf(mapOf(json)) } }),
  jwks_uri: url,
  scope: matching(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'scope names separated by single spaces'),
  authorization_details_types: listOf(text),
  subject_type: oneOf('public', 'pairwise'),
  id_token_signed_response_alg: algorithm,
  userinfo_signed_response_alg: algorithm,
  introspection_signed_response_alg: algorithm,
  default_max_age: whole(0),
  require_auth_time: flag,
  default_acr_values: listOf(text),
  initiate_login_uri: url,
  post_logout_redirect_uris: listOf(redirectUri),
  backchannel_logout_uri: url,
  backchannel_logout_session_required: flag,
  frontchannel_logout_uri: url,
  frontchannel_logout_session_required: flag,
  dpop_bound_access_tokens: flag,
  require_pushed_authorization_requests: flag,
}

/** What a {@link StandardClientConfig} may hold at run time. */
export const standardClientShape: Check = shape({
  optional: { ...registrationFields, client_id: text, client_secret: text, require_pkce: flag, first_party: flag },
})
