/** Custom claims of a login: what its flow set, what of it came from the client, and what is worked out again (3.5). */
import type { FlowClaims, Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import type { Execution } from './execution.ts'
import { FlowError } from './flow-error.ts'

/** The claims of a run, on top of those of the session that it goes on with. */
export function flowClaimsOf({ claims, fromClient, claimRenewals }: Execution, before?: FlowClaims): FlowClaims {
  const pick = (client: boolean): Record<string, unknown> =>
    Object.fromEntries([...claims].filter(([name]) => fromClient.has(name) === client))
  const kept = (part: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
    Object.fromEntries(Object.entries(part).filter(([name]) => !claims.has(name)))
  return {
    root: { ...kept(before?.root), ...pick(false) },
    client: { ...kept(before?.client), ...pick(true) },
    renewals: [...(before?.renewals ?? []), ...claimRenewals],
  }
}

/** At a refresh: claims of an action with `refreshSeconds` are worked out again once that time has passed. */
export function renewFlowClaims({ clock }: Runtime, grant: Grant): void {
  const { flowClaims } = grant
  const now = clock.now()
  const isDue = ({ seconds, doneAt }: FlowClaims['renewals'][number]): boolean => now - doneAt >= seconds * 1000
  if (!flowClaims?.renewals.some(isDue)) return
  const root: Record<string, unknown> = { ...flowClaims.root }
  for (const renewal of flowClaims.renewals.filter(isDue)) {
    for (const [name, value] of Object.entries(valuesOf(renewal))) {
      if (value === undefined) delete root[name]
      else root[name] = value
    }
  }
  grant.flowClaims = {
    ...flowClaims,
    root,
    renewals: flowClaims.renewals.map((renewal) => (isDue(renewal) ? { ...renewal, doneAt: now } : renewal)),
  }
}

/** A value that exceeds the limits now leaves the old ones in place: nobody is there to be told. */
function valuesOf({ evaluate }: FlowClaims['renewals'][number]): Readonly<Record<string, unknown>> {
  try {
    return evaluate()
  } catch (error) {
    if (error instanceof FlowError) return {}
    throw error
  }
}
