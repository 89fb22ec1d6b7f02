// A type rather than an interface: only then it fits oauth4webapi's metadata type, which has an index signature.
/** What a client has to know about a provider (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2). */
export type ServerMetadata = {
  /** Issuer identifier, compared as raw text wherever `iss` appears. */
  readonly issuer: string
  /** Where users are sent to sign in. */
  readonly authorization_endpoint?: string
  /** Where codes and refresh tokens are exchanged. */
  readonly token_endpoint?: string
  /** Where claims about the user are read. */
  readonly userinfo_endpoint?: string
  /** Where the public keys are. */
  readonly jwks_uri?: string
  /** Where authorization requests are pushed to (RFC 9126 section 5). */
  readonly pushed_authorization_request_endpoint?: string
  /** Whether every authorization request has to be pushed. */
  readonly require_pushed_authorization_requests?: boolean
  /** Where users are sent to log out. */
  readonly end_session_endpoint?: string
  /** Where the provider is asked about tokens (RFC 7662). */
  readonly introspection_endpoint?: string
  /** Where tokens are revoked. */
  readonly revocation_endpoint?: string
  /** Values of `response_type` that the provider knows; when given, `code` has to be one of them. */
  readonly response_types_supported?: string[]
  /** Whether authorization responses carry `iss` (RFC 9207); when true, one without it is refused. */
  readonly authorization_response_iss_parameter_supported?: boolean
}
