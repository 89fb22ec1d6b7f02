/** One row of the error table. */
export interface ErrorCodeDetails {
  /** The class that carries the code. */
  readonly type:
    | 'ConfigurationError'
    | 'AuthorizationError'
    | 'TokenEndpointError'
    | 'ProtocolError'
    | 'NetworkError'
    | 'StorageError'
    | 'TokenVerificationError'
    | 'InsufficientScopeError'
    | 'StepUpRequiredError'
  /** What happened, in one sentence. */
  readonly summary: string
  /** The rule that was broken, or the section that defines the situation. */
  readonly spec: string
  /** HTTP status an API answers with; absent for client-side codes. */
  readonly status?: number
}

/** Every error code, with its class, meaning and rule. Source of the documentation page; never loaded by browser code. */
export const errorCodes = {
  OIDC_OPTION_UNKNOWN: {
    type: 'ConfigurationError',
    summary: 'An option has a name that does not exist.',
    spec: 'Countersign',
  },
  OIDC_OPTION_INVALID: {
    type: 'ConfigurationError',
    summary: 'An option is missing or has a value that is not allowed.',
    spec: 'Countersign',
  },
  OIDC_ACCESS_RULE_INVALID: {
    type: 'ConfigurationError',
    summary: 'An access rule that was read from data has an unknown type, a wrong or unknown member, or is too large.',
    spec: 'Countersign',
  },
  OIDC_ORIGIN_NOT_ALLOWED: {
    type: 'ConfigurationError',
    summary: 'A request with the access token was about to go to an origin that is not listed.',
    spec: 'RFC 6750 5.3',
  },
  OIDC_DISCOVERY_ISSUER_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The discovery document names another issuer than the configured one.',
    spec: 'OpenID Connect Discovery 1.0 4.3',
  },
  OIDC_DISCOVERY_INVALID: {
    type: 'ProtocolError',
    summary: 'The discovery document has a member that is missing or has a wrong form.',
    spec: 'OpenID Connect Discovery 1.0 4.2',
  },
  OIDC_ENDPOINT_MISSING: {
    type: 'ProtocolError',
    summary: 'The provider does not offer the endpoint that this call needs.',
    spec: 'RFC 8414 2',
  },
  OIDC_TENANT_MISMATCH: {
    type: 'ProtocolError',
    summary: 'A login did not end in the wanted tenant.',
    spec: 'Countersign',
  },
  OIDC_AUTHORIZATION_ERROR: {
    type: 'AuthorizationError',
    summary: 'The authorization endpoint answered with an error.',
    spec: 'RFC 6749 4.1.2.1',
  },
  OIDC_PUSHED_REQUEST_REQUIRED: {
    type: 'ConfigurationError',
    summary:
      'The provider takes pushed authorization requests only, and the client was not given the part that pushes.',
    spec: 'RFC 9126 4',
  },
  OIDC_PUSHED_REQUEST_REFUSED: {
    type: 'TokenEndpointError',
    summary: 'The provider refused a pushed authorization request.',
    spec: 'RFC 9126 2.3',
  },
  OIDC_PUSHED_RESPONSE_INVALID: {
    type: 'ProtocolError',
    summary: 'The answer to a pushed authorization request has a member that is missing or has a wrong form.',
    spec: 'RFC 9126 2.2',
  },
  OIDC_LOGIN_REQUIRED: {
    type: 'AuthorizationError',
    summary: 'A silent request found no session at the provider, or the browser withheld its cookie.',
    spec: 'OpenID Connect Core 1.0 3.1.2.6',
  },
  OIDC_CONSENT_REQUIRED: {
    type: 'AuthorizationError',
    summary: 'A silent request needs the consent of the user.',
    spec: 'OpenID Connect Core 1.0 3.1.2.6',
  },
  OIDC_INTERACTION_REQUIRED: {
    type: 'AuthorizationError',
    summary: 'A silent request needs a step that the user has to do.',
    spec: 'OpenID Connect Core 1.0 3.1.2.6',
  },
  OIDC_ACCOUNT_SELECTION_REQUIRED: {
    type: 'AuthorizationError',
    summary: 'A silent request needs the user to choose an account.',
    spec: 'OpenID Connect Core 1.0 3.1.2.6',
  },
  OIDC_STATE_MISSING: {
    type: 'ProtocolError',
    summary: 'The authorization response has no state.',
    spec: 'RFC 6749 10.12',
  },
  OIDC_STATE_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The state of the authorization response is not the one that was sent.',
    spec: 'RFC 6749 10.12',
  },
  OIDC_TRANSACTION_MISSING: {
    type: 'ProtocolError',
    summary: 'No login with the state of this response was started in this browser, or it has expired or was used.',
    spec: 'RFC 9700 4.7',
  },
  OIDC_REDIRECT_LOOP: {
    type: 'ProtocolError',
    summary: 'Automatic logins came back without signing anyone in, so no further one is started.',
    spec: 'Countersign',
  },
  OIDC_RESPONSE_ISS_MISSING: {
    type: 'ProtocolError',
    summary: 'The authorization response has no iss although the provider announces it.',
    spec: 'RFC 9207 2.4',
  },
  OIDC_RESPONSE_ISS_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The iss of the authorization response is not the expected issuer.',
    spec: 'RFC 9207 2.4',
  },
  OIDC_RESPONSE_PARAMETER_REPEATED: {
    type: 'ProtocolError',
    summary: 'The authorization response has a parameter more than once.',
    spec: 'RFC 6749 3.1',
  },
  OIDC_RESPONSE_INVALID: {
    type: 'ProtocolError',
    summary: 'The authorization response has no code, or carries a token.',
    spec: 'RFC 6749 4.1.2',
  },
  OIDC_RESPONSE_UNVALIDATED: {
    type: 'ProtocolError',
    summary: 'A code exchange was given a response that did not pass validateAuthorizationResponse.',
    spec: 'RFC 9700 4.7',
  },
  OIDC_TOKEN_ENDPOINT_ERROR: {
    type: 'TokenEndpointError',
    summary: 'The token endpoint answered with an error.',
    spec: 'RFC 6749 5.2',
  },
  OIDC_TOKEN_RESPONSE_INVALID: {
    type: 'ProtocolError',
    summary: 'The token response has a member that is missing or has a wrong form.',
    spec: 'RFC 6749 5.1',
  },
  OIDC_TOKEN_TYPE_UNSUPPORTED: {
    type: 'ProtocolError',
    summary: 'The token type is not the one that was asked for: Bearer, or DPoP where tokens are bound to a key.',
    spec: 'RFC 6749 7.1; RFC 9449 5',
  },
  OIDC_RESPONSE_NOT_JSON: {
    type: 'ProtocolError',
    summary: 'A response that has to be JSON has another content type or does not parse.',
    spec: 'RFC 6749 5.1',
  },
  OIDC_RESPONSE_TOO_LARGE: {
    type: 'ProtocolError',
    summary: 'A response is larger than the client accepts.',
    spec: 'Countersign',
  },
  OIDC_REDIRECT_REFUSED: {
    type: 'ProtocolError',
    summary: 'An endpoint answered with a redirect, which is never followed.',
    spec: 'RFC 9700 4.12',
  },
  OIDC_STATUS_UNEXPECTED: {
    type: 'ProtocolError',
    summary: 'An endpoint answered with a status that its specification does not allow.',
    spec: 'RFC 6749 5',
  },
  OIDC_ID_TOKEN_MISSING: {
    type: 'ProtocolError',
    summary: 'The token response has no ID token.',
    spec: 'OpenID Connect Core 1.0 3.1.3.3',
  },
  OIDC_ID_TOKEN_MALFORMED: {
    type: 'ProtocolError',
    summary: 'The ID token is not a compact JWS of strict base64url and JSON without repeated members.',
    spec: 'RFC 7515 7.1; RFC 8725 3.11',
  },
  OIDC_ID_TOKEN_ALG_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The ID token is signed with another algorithm than the pinned one.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (7)',
  },
  OIDC_ID_TOKEN_TYP_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The typ of the ID token names another kind of token, or it has a critical extension.',
    spec: 'RFC 8725 3.11',
  },
  OIDC_ID_TOKEN_SIGNATURE_INVALID: {
    type: 'ProtocolError',
    summary: 'The signature of the ID token does not verify.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (6)',
  },
  OIDC_ID_TOKEN_KEY_NOT_FOUND: {
    type: 'ProtocolError',
    summary: 'The key set of the provider has no key that fits the ID token, also after one new fetch.',
    spec: 'RFC 7517 4.5',
  },
  OIDC_ID_TOKEN_CLAIM_INVALID: {
    type: 'ProtocolError',
    summary: 'A required claim of the ID token is missing or has a wrong type.',
    spec: 'OpenID Connect Core 1.0 2',
  },
  OIDC_CLAIMS_INVALID: {
    type: 'ProtocolError',
    summary: 'Claims do not fit the schema of the app.',
    spec: 'Countersign',
  },
  OIDC_ID_TOKEN_ISS_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The iss of the ID token is not the expected issuer.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (2)',
  },
  OIDC_ID_TOKEN_AUD_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The aud of the ID token does not name this client.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (3)',
  },
  OIDC_ID_TOKEN_AUD_UNTRUSTED: {
    type: 'ProtocolError',
    summary: 'The ID token has an audience beside this client that is not trusted.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (3)',
  },
  OIDC_ID_TOKEN_AZP_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The azp of an ID token with one audience names another client.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (5)',
  },
  OIDC_ID_TOKEN_AUDIENCES_AZP_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The azp of an ID token with several audiences is missing or names another client.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (4)',
  },
  OIDC_ID_TOKEN_SUB_MISSING: {
    type: 'ProtocolError',
    summary: 'The ID token has no sub.',
    spec: 'OpenID Connect Core 1.0 2',
  },
  OIDC_ID_TOKEN_SUB_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The ID token of a renewal is about another user.',
    spec: 'OpenID Connect Core 1.0 12.2',
  },
  OIDC_ID_TOKEN_AUTH_TIME_CHANGED: {
    type: 'ProtocolError',
    summary: 'A renewed ID token has another auth_time than the one of the login.',
    spec: 'OpenID Connect Core 1.0 12.2',
  },
  OIDC_ID_TOKEN_EXPIRED: {
    type: 'ProtocolError',
    summary: 'The ID token has expired.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (9)',
  },
  OIDC_ID_TOKEN_NOT_YET_VALID: {
    type: 'ProtocolError',
    summary: 'The ID token was issued, or becomes valid, in the future.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (10)',
  },
  OIDC_ID_TOKEN_NONCE_MISSING: {
    type: 'ProtocolError',
    summary: 'The ID token has no nonce although one was sent.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (11)',
  },
  OIDC_ID_TOKEN_NONCE_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The nonce of the ID token is not the one that was sent.',
    spec: 'OpenID Connect Core 1.0 3.1.3.7 (11)',
  },
  OIDC_ID_TOKEN_AT_HASH_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The at_hash of the ID token does not fit the access token.',
    spec: 'OpenID Connect Core 1.0 3.1.3.8',
  },
  OIDC_SESSION_MISSING: {
    type: 'ProtocolError',
    summary: 'The call needs a signed-in user and there is none.',
    spec: 'Countersign',
  },
  OIDC_REFRESH_TOKEN_MISSING: {
    type: 'ProtocolError',
    summary: 'Tokens for another API were asked for, and the session has no refresh token to get them with.',
    spec: 'RFC 8707 2.2',
  },
  OIDC_USERINFO_INVALID: {
    type: 'ProtocolError',
    summary: 'Userinfo has a member that is missing or has a wrong form.',
    spec: 'OpenID Connect Core 1.0 5.3.2',
  },
  OIDC_USERINFO_SUB_MISMATCH: {
    type: 'ProtocolError',
    summary: 'Userinfo is about another user than the ID token.',
    spec: 'OpenID Connect Core 1.0 5.3.2',
  },
  OIDC_USERINFO_REFUSED: {
    type: 'TokenEndpointError',
    summary: 'The userinfo endpoint refused the access token.',
    spec: 'RFC 6750 3.1',
  },
  OIDC_REVOCATION_FAILED: {
    type: 'TokenEndpointError',
    summary: 'The revocation endpoint did not confirm the revocation.',
    spec: 'RFC 7009 2.2',
  },
  OIDC_INTROSPECTION_INVALID: {
    type: 'ProtocolError',
    summary:
      'The answer of introspection does not say whether the token is active, or is not the signed one that was wanted.',
    spec: 'RFC 7662 2.2, RFC 9701 5',
  },
  OIDC_NETWORK_ERROR: {
    type: 'NetworkError',
    summary: 'A request got no answer.',
    spec: 'Countersign',
  },
  OIDC_TIMEOUT: {
    type: 'NetworkError',
    summary: 'An answer was not complete at its deadline.',
    spec: 'Countersign',
  },
  OIDC_FRAME_BLOCKED: {
    type: 'ConfigurationError',
    summary: 'The Content-Security-Policy of the page forbids the hidden frame.',
    spec: 'CSP 3 6.1.5',
  },
  OIDC_FOREIGN_FRAME: {
    type: 'ConfigurationError',
    summary: 'A page of another origin shows the app in a frame, where no login begins.',
    spec: 'RFC 9700 4.16',
  },
  OIDC_FRAME_ABORTED: {
    type: 'NetworkError',
    summary: 'A signal ended a silent login.',
    spec: 'Countersign',
  },
  OIDC_FRAME_TIMEOUT: {
    type: 'NetworkError',
    summary: 'The hidden frame of a silent request did not answer at its deadline.',
    spec: 'OpenID Connect Core 1.0 3.1.2.1 (prompt)',
  },
  OIDC_LOGIN_INITIATION_INVALID: {
    type: 'ProtocolError',
    summary: 'A request of a third party to start a login names no issuer, another one, or a parameter twice.',
    spec: 'OpenID Connect Core 1.0 4',
  },
  OIDC_LOGOUT_REQUEST_INVALID: {
    type: 'ProtocolError',
    summary: 'A logout request has a wrong form, names no session, or another issuer.',
    spec: 'OpenID Connect Front-Channel Logout 1.0 3; Back-Channel Logout 1.0 2.5',
  },
  OIDC_LOGOUT_TOKEN_MALFORMED: {
    type: 'ProtocolError',
    summary: 'The logout token is no strict compact JWS.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.4',
  },
  OIDC_LOGOUT_TOKEN_ALG_REFUSED: {
    type: 'ProtocolError',
    summary: 'The logout token is signed with an algorithm that is not on the list, or has a critical extension.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (2)',
  },
  OIDC_LOGOUT_TOKEN_TYP_REFUSED: {
    type: 'ProtocolError',
    summary: 'The typ of the logout token names another kind of token.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.4; RFC 8725 3.11',
  },
  OIDC_LOGOUT_TOKEN_KEY_NOT_FOUND: {
    type: 'ProtocolError',
    summary: 'The key set of the provider has no key that fits the logout token.',
    spec: 'RFC 7517 4.5',
  },
  OIDC_LOGOUT_TOKEN_SIGNATURE_INVALID: {
    type: 'ProtocolError',
    summary: 'The signature of the logout token does not verify.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (2)',
  },
  OIDC_LOGOUT_TOKEN_ISS_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The iss of the logout token is not the expected issuer.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (4)',
  },
  OIDC_LOGOUT_TOKEN_AUD_MISMATCH: {
    type: 'ProtocolError',
    summary: 'The aud of the logout token is not this client.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (4)',
  },
  OIDC_LOGOUT_TOKEN_CLAIM_INVALID: {
    type: 'ProtocolError',
    summary: 'A required claim of the logout token is missing or has a wrong type.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.4',
  },
  OIDC_LOGOUT_TOKEN_EXPIRED: {
    type: 'ProtocolError',
    summary: 'The logout token has expired, or was issued too long ago.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (4)',
  },
  OIDC_LOGOUT_TOKEN_NOT_YET_VALID: {
    type: 'ProtocolError',
    summary: 'The logout token was issued in the future.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (4)',
  },
  OIDC_LOGOUT_TOKEN_EVENT_MISSING: {
    type: 'ProtocolError',
    summary: 'The logout token does not tell the event of a logout.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (6)',
  },
  OIDC_LOGOUT_TOKEN_NONCE_PRESENT: {
    type: 'ProtocolError',
    summary: 'The logout token has a nonce, as ID tokens have.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (7)',
  },
  OIDC_LOGOUT_TOKEN_SUBJECT_MISSING: {
    type: 'ProtocolError',
    summary: 'The logout token names neither a subject nor a session.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (5)',
  },
  OIDC_LOGOUT_TOKEN_REPLAYED: {
    type: 'ProtocolError',
    summary: 'The logout token was used before.',
    spec: 'OpenID Connect Back-Channel Logout 1.0 2.6 (8)',
  },
  OIDC_STEP_UP_REQUIRED: {
    type: 'StepUpRequiredError',
    summary: 'An API, or the page itself, wants a better or fresher login, or more scopes.',
    spec: 'RFC 9470 3',
    status: 401,
  },
  OIDC_POPUP_BLOCKED: {
    type: 'NetworkError',
    summary: 'The browser did not open the window of a login.',
    spec: 'Countersign',
  },
  OIDC_POPUP_CLOSED: {
    type: 'NetworkError',
    summary: 'The user closed the window of a login.',
    spec: 'Countersign',
  },
  OIDC_POPUP_TIMEOUT: {
    type: 'NetworkError',
    summary: 'The window of a login had no answer at its deadline.',
    spec: 'Countersign',
  },
  OIDC_POPUP_ABORTED: {
    type: 'NetworkError',
    summary: 'A signal or a later call ended the login in a window.',
    spec: 'Countersign',
  },
  OIDC_KEYS_UNAVAILABLE: {
    type: 'NetworkError',
    summary: 'The key set of the provider can not be loaded.',
    spec: 'RFC 7517 5',
    status: 503,
  },
  OIDC_INTROSPECTION_UNAVAILABLE: {
    type: 'NetworkError',
    summary: 'The provider could not be asked about an access token.',
    spec: 'RFC 7662 2.3',
    status: 503,
  },
  OIDC_REVOCATION_UNKNOWN: {
    type: 'NetworkError',
    summary: 'Whether an access token was revoked could not be told.',
    spec: 'Countersign',
    status: 503,
  },
  OIDC_STORE_UNAVAILABLE: {
    type: 'NetworkError',
    summary: 'The store that processes share does not answer, or is full.',
    spec: 'Countersign',
    status: 503,
  },
  OIDC_STORAGE_UNAVAILABLE: {
    type: 'StorageError',
    summary: 'The browser refused to read or write the storage that keeps a login while the user is away.',
    spec: 'Countersign',
  },
  OIDC_TOKEN_MISSING: {
    type: 'TokenVerificationError',
    summary: 'The request has no access token.',
    spec: 'RFC 6750 3',
    status: 401,
  },
  OIDC_REQUEST_MALFORMED: {
    type: 'TokenVerificationError',
    summary: 'The request carries its access token in a form that is not allowed.',
    spec: 'RFC 6750 3.1',
    status: 400,
  },
  OIDC_TOKEN_MALFORMED: {
    type: 'TokenVerificationError',
    summary: 'The access token is not a compact JWS of strict base64url and JSON without repeated members.',
    spec: 'RFC 7515 7.1',
    status: 401,
  },
  OIDC_TOKEN_ALG_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The access token is signed with an algorithm that is not on the list, or has a critical extension.',
    spec: 'RFC 8725 3.1',
    status: 401,
  },
  OIDC_TOKEN_TYP_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The token is not an access token.',
    spec: 'RFC 9068 4; RFC 8725 3.11',
    status: 401,
  },
  OIDC_TOKEN_KEY_NOT_FOUND: {
    type: 'TokenVerificationError',
    summary: 'The key set of the issuer has no key that fits the access token.',
    spec: 'RFC 7517 4.5',
    status: 401,
  },
  OIDC_TOKEN_SIGNATURE_INVALID: {
    type: 'TokenVerificationError',
    summary: 'The signature of the access token does not verify.',
    spec: 'RFC 7515 5.2',
    status: 401,
  },
  OIDC_TOKEN_ISS_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The iss of the access token is not on the list of issuers.',
    spec: 'RFC 9068 4',
    status: 401,
  },
  OIDC_TOKEN_AUD_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The aud of the access token does not name this API.',
    spec: 'RFC 9068 4',
    status: 401,
  },
  OIDC_TOKEN_EXPIRED: {
    type: 'TokenVerificationError',
    summary: 'The access token has expired.',
    spec: 'RFC 9068 4',
    status: 401,
  },
  OIDC_TOKEN_NOT_YET_VALID: {
    type: 'TokenVerificationError',
    summary: 'The access token was issued, or becomes valid, in the future.',
    spec: 'RFC 7519 4.1.5',
    status: 401,
  },
  OIDC_TOKEN_CLAIM_INVALID: {
    type: 'TokenVerificationError',
    summary: 'A required claim of the access token is missing, or has a wrong type or value.',
    spec: 'RFC 9068 2.2',
    status: 401,
  },
  OIDC_TOKEN_INACTIVE: {
    type: 'TokenVerificationError',
    summary: 'The provider says that the access token is not active.',
    spec: 'RFC 7662 2.2',
    status: 401,
  },
  OIDC_TOKEN_REVOKED: {
    type: 'TokenVerificationError',
    summary: 'The access token was revoked, or its session has ended.',
    spec: 'RFC 7009; OpenID Connect Back-Channel Logout 1.0 2.7',
    status: 401,
  },
  OIDC_TOKEN_BOUND: {
    type: 'TokenVerificationError',
    summary: 'The access token is bound to a key or certificate, and the request does not prove possession of it.',
    spec: 'RFC 9449 7.2; RFC 7800 3.1',
    status: 401,
  },
  OIDC_TOKEN_NOT_BOUND: {
    type: 'TokenVerificationError',
    summary: 'The API takes DPoP tokens only, or the token came as one, and it is bound to no key.',
    spec: 'RFC 9449 7.1',
    status: 401,
  },
  OIDC_DPOP_PROOF_MISSING: {
    type: 'TokenVerificationError',
    summary: 'The request has a DPoP token and no proof.',
    spec: 'RFC 9449 4.3 (1)',
    status: 401,
  },
  OIDC_DPOP_PROOF_REPEATED: {
    type: 'TokenVerificationError',
    summary: 'The request has more than one DPoP proof.',
    spec: 'RFC 9449 4.3 (1)',
    status: 401,
  },
  OIDC_DPOP_PROOF_MALFORMED: {
    type: 'TokenVerificationError',
    summary: 'The DPoP proof is no strict compact JWS, or lacks a claim.',
    spec: 'RFC 9449 4.3 (2) and (3)',
    status: 401,
  },
  OIDC_DPOP_TYP_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The typ of the DPoP proof is not dpop+jwt.',
    spec: 'RFC 9449 4.3 (4)',
    status: 401,
  },
  OIDC_DPOP_ALG_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The DPoP proof is signed with an algorithm that is not on the list, or has a critical extension.',
    spec: 'RFC 9449 4.3 (5)',
    status: 401,
  },
  OIDC_DPOP_KEY_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The key in the DPoP proof is missing, private, too weak, too large, or not of the algorithm.',
    spec: 'RFC 9449 4.3 (5) and (7)',
    status: 401,
  },
  OIDC_DPOP_SIGNATURE_INVALID: {
    type: 'TokenVerificationError',
    summary: 'The signature of the DPoP proof does not verify.',
    spec: 'RFC 9449 4.3 (6)',
    status: 401,
  },
  OIDC_DPOP_HTM_MISMATCH: {
    type: 'TokenVerificationError',
    summary: 'The htm of the DPoP proof is not the method of the request.',
    spec: 'RFC 9449 4.3 (8)',
    status: 401,
  },
  OIDC_DPOP_HTU_MISMATCH: {
    type: 'TokenVerificationError',
    summary: 'The htu of the DPoP proof is not the public address of the request.',
    spec: 'RFC 9449 4.3 (9)',
    status: 401,
  },
  OIDC_DPOP_NONCE_REQUIRED: {
    type: 'TokenVerificationError',
    summary: 'The DPoP proof has no nonce of this API, or an old one.',
    spec: 'RFC 9449 9',
    status: 401,
  },
  OIDC_DPOP_IAT_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The DPoP proof was made too long ago, or in the future.',
    spec: 'RFC 9449 4.3 (11)',
    status: 401,
  },
  OIDC_DPOP_LIFETIME_REFUSED: {
    type: 'TokenVerificationError',
    summary: 'The DPoP proof has an exp that is over, or an nbf that has not come.',
    spec: 'RFC 7519 4.1.4 and 4.1.5; RFC 9449 4.2',
    status: 401,
  },
  OIDC_DPOP_ATH_MISMATCH: {
    type: 'TokenVerificationError',
    summary: 'The ath of the DPoP proof is not the hash of the access token.',
    spec: 'RFC 9449 4.3 (12)',
    status: 401,
  },
  OIDC_DPOP_JKT_MISMATCH: {
    type: 'TokenVerificationError',
    summary: 'The key in the DPoP proof is not the one that the access token is bound to.',
    spec: 'RFC 9449 4.3 (12)',
    status: 401,
  },
  OIDC_DPOP_REPLAYED: {
    type: 'TokenVerificationError',
    summary: 'The DPoP proof was used before.',
    spec: 'RFC 9449 11.1',
    status: 401,
  },
  OIDC_INSUFFICIENT_SCOPE: {
    type: 'InsufficientScopeError',
    summary: 'The access token lacks a scope that this resource needs.',
    spec: 'RFC 6750 3.1',
    status: 403,
  },
  OIDC_ACCESS_DENIED: {
    type: 'InsufficientScopeError',
    summary: 'The access token lacks a role, permission, tenant or claim that this resource needs.',
    spec: 'RFC 6750 3.1',
    status: 403,
  },
} as const

/** The string in `error.code`. */
export type ErrorCode = keyof typeof errorCodes

/** The codes that errors of one class carry. */
export type ErrorCodeOf<Type extends ErrorCodeDetails['type']> = {
  [Code in ErrorCode]: (typeof errorCodes)[Code]['type'] extends Type ? Code : never
}[ErrorCode]
