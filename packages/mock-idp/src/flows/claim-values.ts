/** `jwtClaims.*`: the claims that would be issued now (IDP-SPEC S-372 to S-380). */
import { ownLifetime } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import type { Runtime } from '../runtime.ts'
import { accessTokenIssuer, customClaims, subjectClaims } from '../tokens/claims.ts'
import { amrOf, type Execution } from './execution.ts'

/** Missing before authentication; of custom claims only those with text. */
export function claimValues(runtime: Runtime, execution: Execution): Record<string, unknown> | undefined {
  const { project, clock, defaultApp } = runtime
  const { auth, transaction, claims, fromClient, log } = execution
  const user = auth && runtime.users.get(auth.userId)
  if (!user) return undefined
  const trusted = [...claims].filter(([name]) => !fromClient.has(name))
  const custom = Object.entries({ ...customClaims(project, user), ...Object.fromEntries(trusted) })
  const unreadable = custom.filter(([, value]) => typeof value !== 'string').map(([name]) => name)
  if (unreadable.length > 0) {
    const text = 'custom claims that are not text cannot be read'
    log.add({ level: 'debug', title: 'jwtClaims', log: text, kind: 'value.missing', data: { claims: unreadable } })
  }
  const app = transaction?.app ?? defaultApp
  const iat = epochSeconds(clock)
  return {
    ...Object.fromEntries(custom.filter(([, value]) => typeof value === 'string')),
    amr: amrOf(execution),
    drn: 'DS',
    iat,
    exp: iat + (ownLifetime(app, 'sessionTokenExpiration') ?? project.lifetimes.accessTokenSeconds),
    iss: accessTokenIssuer(project, app, project.templates.user),
    ...subjectClaims(project.templates.user, user),
  }
}
