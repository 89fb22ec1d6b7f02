/** An error inside a flow: it takes the error route of its node (IDP-SPEC 4.2). */
export class FlowError extends Error {
  /** Name of the error, such as `WrongCode`. */
  readonly code: string
  /** Further members of `errors.<nodeId>`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'FlowError'
    this.code = code
    this.details = details
  }
}
