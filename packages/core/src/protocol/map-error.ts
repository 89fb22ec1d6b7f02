/** The one place that turns what oauth4webapi throws into our errors. Nothing of a body is ever kept, since bodies hold tokens. */
import { INVALID_SERVER_METADATA, MISSING_SERVER_METADATA, UNSUPPORTED_OPERATION } from 'oauth4webapi'
import type { ErrorCodeOf } from '../error-codes.ts'
import { type ErrorPhase, isOidcError, ProtocolError } from '../errors.ts'

/**
 * Runs steps of oauth4webapi and maps what they throw.
 *
 * @param phase - The step that errors are reported under.
 * @param code - The code for an answer that has a wrong form.
 * @param steps - Calls of oauth4webapi; our own errors pass through.
 */
export async function mapErrors<Result>(
  phase: ErrorPhase,
  code: ErrorCodeOf<'ProtocolError'>,
  steps: () => Promise<Result>,
): Promise<Result> {
  try {
    return await steps()
  } catch (error) {
    if (isOidcError(error)) throw error
    const { code: cause, message } = error as { code?: string; message: string }
    throw new ProtocolError(
      cause === MISSING_SERVER_METADATA || cause === INVALID_SERVER_METADATA
        ? 'OIDC_ENDPOINT_MISSING'
        : cause === UNSUPPORTED_OPERATION
          ? 'OIDC_TOKEN_TYPE_UNSUPPORTED'
          : code,
      message,
      phase,
    )
  }
}
