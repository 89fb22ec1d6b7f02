/**
 * Every misbehaviour the mock knows, by the rule that a client must enforce against it.
 *
 * Each name changes exactly one thing and is applied at exactly one place.
 */
export const faultDescriptions = {
  'discovery-issuer-mismatch': 'Metadata names another issuer (OpenID Connect Discovery 4.3, RFC 8414 3.3).',
  'discovery-not-json': 'Discovery answers 200 with an HTML page.',
  'discovery-trailing-comma': 'Metadata has a trailing comma, as in the printed sample of the service (IDP-SPEC Q-07).',
  'discovery-http-endpoint': 'The token endpoint in the metadata is plain http on a public host.',
  'jwks-status-500': 'The JWKS answers 500.',
  'jwks-key-missing': 'The JWKS holds another key instead of the one that signs.',
  'response-iss-wrong': 'The authorization response names another issuer (RFC 9207 2.4).',
  'response-iss-missing': 'Metadata announces `iss` in the authorization response, which lacks it (RFC 9207 2.4).',
  'response-state-missing': 'The authorization response has no `state`.',
  'response-state-wrong': 'The authorization response has another `state` (RFC 6749 10.12).',
  'response-error':
    'The authorization response is an error; `error` and `description` choose which (RFC 6749 4.1.2.1).',
  'response-code-duplicated': 'The authorization response has two different `code` parameters (RFC 6749 3.1).',
  'authorize-hang': 'Authorize never answers, or answers after `delayMs`.',
  'authorize-frame-refused':
    'Authorize answers a page that refuses to be framed (`X-Frame-Options` and `frame-ancestors`).',
  'id-token-iss-wrong': 'ID token of another issuer (OpenID Connect Core 3.1.3.7 rule 2).',
  'id-token-aud-wrong': 'ID token for another audience (rule 3).',
  'id-token-aud-missing': 'ID token without `aud` (rule 3).',
  'id-token-aud-two-azp-other': 'ID token for this client and another one, `azp` names the other one (rules 4, 5).',
  'id-token-azp-wrong': 'ID token for this client alone, `azp` names another one (rule 5).',
  'id-token-expired': 'ID token that expired two hours ago although issued now (rule 9).',
  'id-token-exp-missing': 'ID token without `exp` (Core 2).',
  'id-token-iat-missing': 'ID token without `iat` (Core 2).',
  'id-token-sub-missing': 'ID token without `sub` (Core 2).',
  'id-token-nonce-missing': 'ID token without `nonce` although one was sent (rule 11).',
  'id-token-nonce-wrong': 'ID token with another `nonce` (rule 11).',
  'id-token-signature-foreign-key': 'ID token signed by a key that is not in the JWKS, under the `kid` of one that is.',
  'id-token-alg-none': 'ID token without a signature, `alg` none (RFC 8725 3.1).',
  'id-token-alg-hs256': 'ID token with an HMAC keyed by the public key as PEM, `alg` HS256 (RFC 8725 2.1).',
  'id-token-kid-unknown': 'ID token with a `kid` that the JWKS does not have.',
  'id-token-kid-missing': 'ID token without `kid`. Valid where the JWKS has one fitting key.',
  'id-token-at-hash-wrong': 'ID token whose `at_hash` belongs to another access token (Core 3.1.3.8).',
  'id-token-duplicate-member': 'ID token whose payload has `sub` twice (RFC 8725 2.4, RFC 7519 4).',
  'id-token-typ-wrong': 'ID token with the header `typ` at+jwt (RFC 8725 3.11).',
  'id-token-missing': 'Token answer without `id_token` although `openid` was granted.',
  'token-error': 'Token endpoint answers an error; `error`, `description` and `status` choose which (RFC 6749 5.2).',
  'token-status-503': 'Token endpoint answers 503 before it looks at the request.',
  'token-status-429': 'Token endpoint answers 429 with `Retry-After`, before it looks at the request.',
  'token-not-json': 'Token endpoint answers 200 with an HTML page; the grant is used up.',
  'token-redirect': 'Token endpoint answers 307 to another host, before it looks at the request.',
  'token-type-unknown': 'Token answer with `token_type` mac (RFC 6749 7.1).',
  'token-access-token-missing': 'Token answer without `access_token` (RFC 6749 5.1).',
  'token-hang': 'Token endpoint never answers, or answers after `delayMs`.',
  'token-error-with-200':
    'Token endpoint answers an `invalid_grant` error with status 200, before it looks at the request.',
  'access-token-opaque': 'Access token that is a random text. Valid: userinfo takes it.',
  'expires-in-missing': 'Token answer without `expires_in`. Valid (RFC 6749 5.1: recommended).',
  'expires-in-string': 'Token answer whose `expires_in` is text.',
  'refresh-sub-other': 'A refreshed ID token is for another user (OpenID Connect Core 12.2).',
  'userinfo-sub-wrong': 'Userinfo is about another user (Core 5.3.2).',
  'userinfo-not-json': 'Userinfo answers 200 with an HTML page.',
  'userinfo-status-500': 'Userinfo answers 500.',
  'access-token-iss-wrong': 'Access token of another issuer.',
  'access-token-aud-wrong': 'Access token for another audience.',
  'access-token-aud-missing': 'Access token without `aud`.',
  'access-token-expired': 'Access token that expired two hours ago although issued now.',
  'access-token-exp-missing': 'Access token without `exp`.',
  'access-token-signature-foreign-key':
    'Access token signed by a key that is not in the JWKS, under the `kid` of one that is.',
  'access-token-alg-none': 'Access token without a signature, `alg` none.',
  'access-token-alg-hs256': 'Access token with an HMAC keyed by the public key as PEM, `alg` HS256.',
  'access-token-kid-unknown': 'Access token with a `kid` that the JWKS does not have.',
} as const

/** Name of a misbehaviour; `faultDescriptions` says what each one changes. */
export type FaultName = keyof typeof faultDescriptions

/** Options of the faults that have any. */
export interface FaultOptionsByName {
  /** Answers after this many milliseconds of real time instead of never. */
  readonly 'authorize-hang': { readonly delayMs?: number }
  /** Answers after this many milliseconds of real time instead of never. */
  readonly 'token-hang': { readonly delayMs?: number }
  /** Error code (default `access_denied`) and `error_description` (default a note that a fault is on). */
  readonly 'response-error': { readonly error?: string; readonly description?: string }
  /** Error code (default `invalid_grant`), `error_description`, and HTTP status (default 400). */
  readonly 'token-error': { readonly error?: string; readonly description?: string; readonly status?: number }
  /** Value of `Retry-After` in seconds. Default 1. */
  readonly 'token-status-429': { readonly retryAfterSeconds?: number }
}

/** Options of one fault; an empty object for those without any. */
export type FaultOptions<Name extends FaultName> = Name extends keyof FaultOptionsByName
  ? FaultOptionsByName[Name]
  : Readonly<Record<string, never>>
