/** What to change of a token before it is signed. */
export interface DraftChange {
  /** Claims to set, by name. */
  readonly set?: Readonly<Record<string, unknown>>
  /** Names of claims to take out. */
  readonly remove?: readonly string[]
  /** Header members to set, by name. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Names of header members to take out. */
  readonly removeHeader?: readonly string[]
  /** Text of the payload instead of the claims as JSON. */
  readonly payloadText?: string
  /** Bytes of the payload in base64, instead of the claims as JSON. */
  readonly payloadBase64?: string
}

/** What to change of an answer; each member that is given changes one thing. */
export interface AnswerChange {
  /** HTTP status. */
  readonly status?: number
  /** Headers to set, by name. */
  readonly headers?: Readonly<Record<string, string>>
  /** Names of headers to take out. */
  readonly removeHeaders?: readonly string[]
  /** Members of a JSON object to set, by name. */
  readonly set?: Readonly<Record<string, unknown>>
  /** Names of members of a JSON object to take out. */
  readonly remove?: readonly string[]
  /** Text of the body. */
  readonly text?: string
  /** Bytes of the body in base64. */
  readonly base64?: string
}

/** Options of the faults that have any. */
export interface FaultOptionsByName {
  /** Metadata to change. */
  readonly 'discovery-endpoint-internal': { readonly address?: string }
  /** Issuer of an inner network. */
  readonly 'protected-resource-server-internal': { readonly address?: string }
  /** Answers after this many milliseconds of real time instead of never. */
  readonly 'authorize-hang': { readonly delayMs?: number }
  /** Answers after this many milliseconds of real time instead of never. */
  readonly 'authorize-silent-hang': { readonly delayMs?: number }
  /** Error code (default `access_denied`) and `error_description` (default a note that a fault is on). */
  readonly 'response-error': { readonly error?: string; readonly description?: string; readonly uri?: string }
  /** Parameters of the authorization response in their order, names may repeat; default none at all. */
  readonly 'response-parameters': { readonly list?: readonly (readonly [name: string, value: string])[] }
  /** Answers after this many milliseconds of real time instead of never. */
  readonly 'token-hang': { readonly delayMs?: number }
  /** Error code (default `invalid_grant`), `error_description`, and HTTP status (default 400). */
  readonly 'token-error': { readonly error?: string; readonly description?: string; readonly status?: number }
  /** Value of `Retry-After` in seconds. Default 1. */
  readonly 'token-status-429': { readonly retryAfterSeconds?: number }
  /** HTTP status (301, 302, 303, 307 or 308; default 307) and target. */
  readonly 'token-redirect': { readonly status?: number; readonly location?: string }
  /** Error code, default `invalid_grant`. */
  readonly 'refresh-error': { readonly error?: string; readonly status?: number }
  /** Value of `Cache-Control`, default `max-age=1`. */
  readonly 'jwks-cache-control': { readonly value?: string }
  /** Number of keys, default 100000. */
  readonly 'jwks-huge': { readonly keys?: number }
  /** What to change of an ID token. */
  readonly 'id-token': DraftChange
  /** What to change of an access token. */
  readonly 'access-token': DraftChange
  /** What to change of a logout token. */
  readonly 'logout-token': DraftChange
  /** What to change of the answer. */
  readonly answer: AnswerChange
  /** Milliseconds between two chunks (default 1000) and bytes in one (default 1). */
  readonly 'answer-slow': { readonly chunkDelayMs?: number; readonly chunkBytes?: number }
  /** Bytes that the body is filled up to with spaces, default 5 MiB, at most 1 GiB; made while they are read. */
  readonly 'answer-huge': { readonly sizeBytes?: number }
  /** HTTP status (default 302) and target of the redirect. */
  readonly 'answer-redirect': { readonly status?: number; readonly location?: string }
  /** Media type, default `text/plain`. */
  readonly 'answer-content-type': { readonly contentType?: string }
  /** Milliseconds of real time before the answer, default 1000. */
  readonly 'answer-delay': { readonly delayMs?: number }
  /** HTTP status, default 503. */
  readonly 'answer-status': { readonly status?: number; readonly retryAfterSeconds?: number }
  /** Scope that the challenge names, default `admin`. */
  readonly 'resource-insufficient-scope': { readonly scope?: string }
  /** What the challenge of RFC 9470 asks for. */
  readonly 'resource-step-up': { readonly acrValues?: string; readonly maxAgeSeconds?: number }
  /** Value of `Retry-After` in seconds. Default 1. */
  readonly 'resource-status-429': { readonly retryAfterSeconds?: number }
  /** Value of `Retry-After` in seconds. Default 1. */
  readonly 'resource-status-503': { readonly retryAfterSeconds?: number }
}
