/** Faults that change claims of an ID token. */
import type { FaultText, PlainFault, TokenFaultTarget } from '../fault.ts'

/** Claims to set, by name; `undefined` takes one out. */
export type ClaimChange = (
  target: TokenFaultTarget & { readonly claims: Readonly<Record<string, unknown>> },
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>

/** A fault that changes claims of an ID token. */
export function claimFault(text: FaultText, change: ClaimChange): PlainFault {
  return {
    ...text,
    endpoints: ['token'],
    stage: 'id-token',
    async act(target) {
      const { claims } = target.draft
      for (const [name, value] of Object.entries(await change({ ...target, claims }))) {
        if (value === undefined) delete claims[name]
        else claims[name] = value
      }
    },
  }
}
