/** Headers that an error answer adds. */
export type ProblemHeaders = Readonly<Record<string, string>>

/** An error answer, thrown by a check and turned into a response by the endpoint (IDP-SPEC 2.2, "Error bodies"). */
export class Problem extends Error {
  /** HTTP status, where the error is not a redirect. */
  readonly status: number
  /** `oauth`: `error` and `error_description`. `service`: `errorCode` and `errorDescription`. */
  readonly shape: 'oauth' | 'service'
  /** Error code of the shape. */
  readonly code: string
  /** Further headers of the answer. */
  readonly headers: ProblemHeaders

  constructor(fields: {
    readonly status: number
    readonly shape: 'oauth' | 'service'
    readonly code: string
    readonly description: string
    readonly headers?: ProblemHeaders
  }) {
    super(fields.description)
    this.name = 'Problem'
    this.status = fields.status
    this.shape = fields.shape
    this.code = fields.code
    this.headers = fields.headers ?? {}
  }
}

/** An error with the OAuth shape (RFC 6749 section 5.2). The description is brought to what the RFC lets it have. */
export function oauthProblem(status: number, code: string, description: string, headers?: ProblemHeaders): Problem {
  return new Problem({
    status,
    shape: 'oauth',
    code,
    description: describable(description),
    ...(headers && { headers }),
  })
}

/** For the journal: code and message of a problem, and what lies under it, which an answer does not tell. */
export function reasonOf({ code, message, cause }: Problem): string {
  return `${code}: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`
}

/** A text in the characters of `error_description`, which a header takes as well (RFC 6749 section 5.2, RFC 6750 3). */
export function describable(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?')
}

/** An error with the service shape (IDP-SPEC 2.2). */
export function serviceProblem(status: number, code: string, description: string): Problem {
  return new Problem({ status, shape: 'service', code, description })
}

/** Codes of the other shape, where the switch `errorShape` asks for one shape alone. */
const serviceCodes: Readonly<Record<string, string>> = {
  invalid_request: 'E011003',
  invalid_scope: 'E011004',
  invalid_target: 'E011004',
  invalid_token: 'E061005',
}

/**
 * The JSON body of a problem.
 *
 * @param errorShape - `mixed` leaves each problem in its own shape (IDP-SPEC 2.2, 2.18).
 */
export function problemBody(
  { shape, code, status, message }: Problem,
  requestId: string,
  errorShape: 'mixed' | 'oauth' | 'service' = 'mixed',
): Record<string, string> {
  if (errorShape === 'oauth' || (errorShape === 'mixed' && shape === 'oauth')) {
    const error = shape === 'oauth' ? code : oauthCode(status)
    return { error, error_description: message, requestId }
  }
  const errorCode = shape === 'service' ? code : (serviceCodes[code] ?? 'E011001')
  return { errorCode, errorDescription: message, errorMessage: message, requestId }
}

function oauthCode(status: number): string {
  if (status === 401) return 'invalid_token'
  return status >= 500 ? 'server_error' : 'invalid_request'
}
