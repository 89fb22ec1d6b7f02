/** The session token of a login itself, beside those of applications (IDP-SPEC 2.5, cookie `DS`). */
import { epochSeconds } from '../clock.ts'
import type { MockUser } from '../model/user.ts'
import type { Runtime } from '../runtime.ts'
import { writeAudience } from './audience.ts'
import { accessTokenIssuer, authorizationClaims, customClaims, placeCustomClaims, subjectClaims } from './claims.ts'
import { draftToken, signDraft } from './token-draft.ts'

/** Signs the session token of a user, shaped as the user template says. Its issuer is that of the default application. */
export function signSessionToken(runtime: Runtime, user: MockUser, amr: readonly string[]): Promise<string> {
  const { project, keys, clock, defaultApp } = runtime
  const iat = epochSeconds(clock)
  const memberships = Object.keys(user.tenants)
  const tenant = memberships.length === 1 ? memberships[0] : undefined
  const rexp = new Date((iat + project.lifetimes.refreshTokenSeconds) * 1000)
  return signDraft(
    keys,
    draftToken(keys, {
      ...placeCustomClaims(project, customClaims(project, user)),
      ...authorizationClaims(project, defaultApp, [], user, tenant),
      iss: accessTokenIssuer(project, defaultApp, project.templates.user),
      ...(!project.compat.omitAudOnSession && { aud: writeAudience(project, [project.id]) }),
      ...subjectClaims(project.templates.user, user),
      iat,
      exp: iat + project.lifetimes.accessTokenSeconds,
      amr,
      drn: 'DS',
      rexp: rexp.toISOString().replace('.000Z', 'Z'),
    }),
  )
}
