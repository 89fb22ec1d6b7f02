/** A call of a verifier that somebody watches: it ends in exactly one event about its verdict. */
import { isOidcError } from '../errors.ts'
import { listenerNow } from './diagnostics.ts'
import type { VerdictEvent, VerifierEventListener } from './verifier-events.ts'

/** What the parts of a watched call have in common. */
export interface ObservedCall {
  readonly onEvent: VerifierEventListener
  /** How the token was found to be good, until something else refuses the call. */
  verdict?: DistributiveOmit<Exclude<VerdictEvent, { kind: 'refused' }>, 'durationMs'>
}

type DistributiveOmit<Union, Name extends string> = Union extends unknown ? Omit<Union, Name> : never

/**
 * Makes the function that runs calls.
 *
 * @param onEvent - The listener of the verifier.
 * @returns A function that hands undefined to a call that nobody watches.
 */
export function observeCalls(
  onEvent: VerifierEventListener | undefined,
): <Result>(act: (call: ObservedCall | undefined) => Promise<Result>) => Promise<Result> {
  return (act) => {
    const listener = listenerNow(onEvent)
    return listener ? observe(act, { onEvent: listener }) : act(undefined)
  }
}

async function observe<Result>(
  act: (call: ObservedCall | undefined) => Promise<Result>,
  call: ObservedCall,
): Promise<Result> {
  const start = performance.now()
  try {
    const result = await act(call)
    if (call.verdict) call.onEvent({ ...call.verdict, durationMs: performance.now() - start })
    return result
  } catch (error) {
    if (isOidcError(error)) {
      const claim = error.name === 'TokenVerificationError' ? error.claim : undefined
      call.onEvent({ kind: 'refused', code: error.code, claim, durationMs: performance.now() - start })
    }
    throw error
  }
}
