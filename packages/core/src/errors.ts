import type { ErrorCode, ErrorCodeOf } from './error-codes.ts'
import type { DpopChallenge, VerificationDetails } from './verification-details.ts'

/** The step in which an error arose. */
export type ErrorPhase =
  | 'configuration'
  | 'discovery'
  | 'authorization'
  | 'token'
  | 'id-token'
  | 'renewal'
  | 'userinfo'
  | 'logout'
  | 'storage'
  | 'api'

const brand = Symbol.for('@countersign/core/error')

/** Base of every error that Countersign throws. Switch on `code`; messages are for people and never hold a token, code, verifier or secret. */
export class OidcError extends Error {
  /** Name of the class, also in minified code. */
  override readonly name: string = 'OidcError'
  /** Stable string that names the failure; see the error table. */
  declare readonly code: ErrorCode
  /** The step in which the error arose. */
  declare readonly phase: ErrorPhase
  /** Whether the same call can succeed later without any change. */
  declare readonly retryable: boolean

  /**
   * @param code - A code of the error table.
   * @param message - What was expected, what was received and what to do, in one or two sentences.
   * @param phase - The step in which the error arose.
   * @param retryable - Whether the same call can succeed later. Default false.
   * @param cause - The error underneath, when it holds nothing secret.
   */
  constructor(code: ErrorCode, message: string, phase: ErrorPhase, retryable = false, cause?: unknown) {
    super(message, cause ? { cause } : undefined)
    this.code = code
    this.phase = phase
    this.retryable = retryable
    // Recognised by `isOidcError` over copies of this package, and invisible to JSON and inspect.
    Object.defineProperty(this, brand, { value: true })
  }
}

/** An option is missing, unknown or has a value that is not allowed. Thrown when an object is created, before any request. */
export class ConfigurationError extends OidcError {
  /** Always `ConfigurationError`. */
  override readonly name = 'ConfigurationError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'ConfigurationError'>

  /** @param message - What was given and what is allowed. */
  constructor(code: ErrorCodeOf<'ConfigurationError'>, message: string) {
    super(code, message, 'configuration')
  }
}

/** The authorization endpoint said no (RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6). */
export class AuthorizationError extends OidcError {
  /** Always `AuthorizationError`. */
  override readonly name = 'AuthorizationError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'AuthorizationError'>
  /** The provider's `error`. */
  declare readonly error: string
  /** The provider's `error_description`, as plain text of at most 500 characters without control characters. */
  declare readonly errorDescription: string | undefined
  /** Where the user wanted to go when the login started; set by the browser client. */
  declare returnTo?: string

  /** @param error - The provider's `error`; the four codes of silent requests set `code`. */
  constructor(error: string, errorDescription?: string) {
    const silent = /^(login|consent|interaction|account_selection)_required$/.test(error)
    super(
      (silent ? `OIDC_${error.toUpperCase()}` : 'OIDC_AUTHORIZATION_ERROR') as ErrorCodeOf<'AuthorizationError'>,
      plainText(`The provider answered ${error}. ${errorDescription ?? ''}`),
      'authorization',
      error === 'temporarily_unavailable',
    )
    this.error = plainText(error)
    this.errorDescription = errorDescription && plainText(errorDescription)
  }
}

/** The token, userinfo, revocation or pushed authorization request endpoint answered with an error (RFC 6749 section 5.2). */
export class TokenEndpointError extends OidcError {
  /** Always `TokenEndpointError`. */
  override readonly name = 'TokenEndpointError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'TokenEndpointError'>
  /** The provider's `error`, or its own error code where it does not use the OAuth form. */
  declare readonly error: string
  /** The provider's description, as plain text of at most 500 characters. */
  declare readonly errorDescription: string | undefined
  /** HTTP status of the answer. */
  declare readonly status: number
  /** Seconds to wait before the next try, when the answer says so (`Retry-After`). */
  declare readonly retryAfterSeconds: number | undefined
  /** The challenge of the answer (`WWW-Authenticate`), as plain text, where the browser shows it. */
  declare readonly challenge: string | undefined

  /** @param error - The provider's `error`. */
  constructor(
    code: ErrorCodeOf<'TokenEndpointError'>,
    error: string,
    status: number,
    phase: ErrorPhase,
    errorDescription?: string,
    retryAfterSeconds?: number,
    challenge?: string | null,
  ) {
    super(
      code,
      plainText(`The provider answered ${status} ${error}. ${errorDescription ?? ''}`),
      phase,
      status === 429 || status > 499,
    )
    this.error = plainText(error)
    this.errorDescription = errorDescription && plainText(errorDescription)
    this.status = status
    this.retryAfterSeconds = retryAfterSeconds
    this.challenge = challenge ? plainText(challenge) : undefined
  }
}

/** A response broke a rule of a specification, so nothing of it was used. */
export class ProtocolError extends OidcError {
  /** Always `ProtocolError`. */
  override readonly name = 'ProtocolError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'ProtocolError'>

  /** @param message - What was expected and what was received. */
  constructor(code: ErrorCodeOf<'ProtocolError'>, message: string, phase: ErrorPhase, retryable?: boolean) {
    super(code, message, phase, retryable)
  }
}

/** No complete answer: timeout, refused connection, DNS, offline. The same call can succeed later. */
export class NetworkError extends OidcError {
  /** Always `NetworkError`. */
  override readonly name = 'NetworkError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'NetworkError'>
  /** Seconds to wait before the next try, where that is known; an API passes it on to its callers. */
  declare readonly retryAfterSeconds?: number

  /** @param message - Which request had no answer, and what to check. */
  constructor(code: ErrorCodeOf<'NetworkError'>, message: string, phase: ErrorPhase, cause?: unknown) {
    super(code, message, phase, true, cause)
  }
}

/** The storage that the browser offers failed. */
export class StorageError extends OidcError {
  /** Always `StorageError`. */
  override readonly name = 'StorageError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'StorageError'>

  /** @param message - What failed and what to do. */
  constructor(message: string, cause?: unknown) {
    super('OIDC_STORAGE_UNAVAILABLE', message, 'storage', true, cause)
  }
}

/** An API refuses an access token (RFC 6750 section 3.1). */
export class TokenVerificationError extends OidcError {
  /** Always `TokenVerificationError`. */
  override readonly name = 'TokenVerificationError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'TokenVerificationError'>
  /** The claim or header parameter that was refused, when it was one. */
  declare readonly claim: string | undefined
  /** What was expected and found, for the log of the API. */
  declare readonly details: VerificationDetails
  /** What the challenge has to say, when the API takes DPoP tokens. */
  declare readonly dpop: DpopChallenge | undefined

  /** @param message - For the log of the API; the caller gets a constant text. */
  constructor(
    code: ErrorCodeOf<'TokenVerificationError'>,
    message: string,
    claim?: string,
    details: VerificationDetails = {},
    dpop?: DpopChallenge,
  ) {
    super(code, inOneLine(message), 'api')
    this.claim = claim
    this.dpop = dpop
    const { found } = details
    this.details = found === undefined ? details : { ...details, found: inOneLine(plainText(found)).slice(0, 200) }
  }
}

/** An API knows the caller and denies the request (RFC 6750 section 3.1). */
export class InsufficientScopeError extends OidcError {
  /** Always `InsufficientScopeError`. */
  override readonly name = 'InsufficientScopeError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'InsufficientScopeError'>
  /** Every scope that the resource needs; empty when more scopes would not help. */
  declare readonly requiredScopes: readonly string[]
  /** The scopes of the token. */
  declare readonly grantedScopes: readonly string[]
  /** What the challenge has to say, when the token came with a proof of possession. */
  declare readonly dpop?: DpopChallenge

  /** @param message - The explanation of the denial. It names the rule, and so what a function took from a request. */
  constructor(message: string, requiredScopes: readonly string[], grantedScopes: readonly string[]) {
    super(requiredScopes.length > 0 ? 'OIDC_INSUFFICIENT_SCOPE' : 'OIDC_ACCESS_DENIED', inOneLine(message), 'api')
    this.requiredScopes = requiredScopes
    this.grantedScopes = grantedScopes
  }
}

/** Another login is wanted, by an API or by the page: a better or fresher one, or more scopes (RFC 9470 section 3, RFC 6750 section 3.1). */
export class StepUpRequiredError extends OidcError {
  /** Always `StepUpRequiredError`. */
  override readonly name = 'StepUpRequiredError'
  /** One of the codes of this class. */
  declare readonly code: ErrorCodeOf<'StepUpRequiredError'>
  /** What the login has to fulfil, for the option `required` of `client.login`. */
  declare readonly wanted: {
    /** Accepted classes of authentication, space-separated, best first. */
    readonly acr_values?: string
    /** How many seconds ago the user may have signed in at most. */
    readonly max_age?: string
    /** Every scope that the request needs, space-separated. */
    readonly scope?: string
  }
  /** What the challenge of an API has to say, when the token came with a proof of possession. */
  declare readonly dpop?: DpopChallenge

  /** @param message - What the API wants, or what the login lacks. */
  constructor(message: string, wanted: StepUpRequiredError['wanted'], phase: ErrorPhase = 'api') {
    super('OIDC_STEP_UP_REQUIRED', message, phase)
    this.wanted = wanted
  }
}

/** Union of all error classes: `switch (error.code)` narrows to the class that carries the code. */
export type AnyOidcError =
  | ConfigurationError
  | AuthorizationError
  | TokenEndpointError
  | ProtocolError
  | NetworkError
  | StorageError
  | TokenVerificationError
  | InsufficientScopeError
  | StepUpRequiredError

/** The class whose errors can carry a code. */
export type ErrorWith<Code extends ErrorCode> = AnyOidcError extends infer Type
  ? Type extends AnyOidcError
    ? Code extends Type['code']
      ? Type & { readonly code: Code }
      : never
    : never
  : never

/**
 * Tells whether a value is an error of Countersign, also when it comes from another copy of this package.
 *
 * @param value - Anything, such as what a `catch` received.
 * @param code - When given, the error must carry this code too.
 */
export function isOidcError<Code extends ErrorCode = ErrorCode>(value: unknown, code?: Code): value is ErrorWith<Code> {
  return (
    value instanceof Error && brand in value && (code === undefined || (value as unknown as OidcError).code === code)
  )
}

/** A text that may quote a token: nothing in it moves the cursor, turns the reading direction or begins another line. */
export function inOneLine(text: string): string {
  return text.replace(/\p{C}|\s/gu, ' ')
}

/** Text of another party made safe for logs and pages: in one line, at most 500 characters. */
function plainText(text: string): string {
  return text
    .replace(/\p{C}|\s/gu, ' ')
    .slice(0, 500)
    .trim()
}
