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

/** An error with the OAuth shape (RFC 6749 section 5.2). */
export function oauthProblem(status: number, code: string, description: string, headers?: ProblemHeaders): Problem {
  return new Problem({ status, shape: 'oauth', code, description, ...(headers && { headers }) })
}

/** An error with the service shape (IDP-SPEC 2.2). */
export function serviceProblem(status: number, code: string, description: string): Problem {
  return new Problem({ status, shape: 'service', code, description })
}

/** The JSON body of a problem. */
export function problemBody(problem: Problem, requestId: string): Record<string, string> {
  return problem.shape === 'oauth'
    ? { error: problem.code, error_description: problem.message, requestId }
    : { errorCode: problem.code, errorDescription: problem.message, errorMessage: problem.message, requestId }
}
