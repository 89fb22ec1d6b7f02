import type { Runtime } from '../runtime.ts'
import type { StandardClient } from './client.ts'
import { knownClient } from './find-client.ts'
import type { StandardGrant } from './records.ts'

/** Clients that got an ID token by the session of an id, each with its latest grant. */
export function clientsOf(runtime: Runtime, session: string): readonly (readonly [StandardClient, StandardGrant])[] {
  const grants = [...runtime.standard.records.idTokens.values()].filter(({ sessionId }) => sessionId === session)
  const latest = new Map(grants.map((grant) => [grant.clientId, grant]))
  return [...latest].flatMap(([clientId, grant]) => {
    const client = knownClient(runtime, clientId)
    return client ? [[client, grant] as const] : []
  })
}
