/** What consents come to in tokens (IDP-SPEC 5.4 steps 8, 9, 11 and 13). */
import { oauthProblem } from '../http/problem.ts'
import type { InboundApp } from '../model/inbound-app.ts'
import type { MockUser } from '../model/user.ts'
import type { Runtime } from '../runtime.ts'
import { liveConsents } from './consent.ts'
import { type ConsentRequest, decideConsent } from './decision.ts'
import { recordConsent } from './record-consent.ts'
import { isBaseScope, isGrantable, scopesOf, standardConsentScopes } from './scopes.ts'

/**
 * The scopes that a finished login gives an inbound application: base scopes, then candidates that live consents hold.
 *
 * For an application with `skipConsentScreen` a missing record is written here, as if the user had allowed everything.
 *
 * @throws {Problem} As {@link decideConsent}; `access_denied`, `consent_missing`, without a live consent for all mandatory
 *   scopes. Where nothing is mandatory a record with an empty list is needed all the same.
 */
export function grantedScopes(runtime: Runtime, request: ConsentRequest): readonly string[] {
  const { app, user, tenant } = request
  const subject = { appId: app.id, userId: user.id, tenant }
  const { base, candidates } = decideConsent(runtime, request)
  let live = liveConsents(runtime, subject)
  const isHeld = (name: string): boolean => live.some((consent) => consent.scopes.includes(name))
  if (app.skipConsentScreen && (live.length === 0 || !candidates.every(({ id }) => isHeld(id)))) {
    recordConsent(runtime, {
      appId: app.id,
      userId: user.id,
      tenantId: tenant ?? '',
      scopes: candidates.map(({ id }) => id),
      grantedBy: user.id,
    })
    live = liveConsents(runtime, subject)
  }
  if (live.length === 0 || candidates.some(({ id, required }) => required && !isHeld(id))) {
    throw oauthProblem(400, 'access_denied', 'consent_missing')
  }
  return [...base, ...candidates.filter(({ id }) => isHeld(id)).map(({ id }) => id)]
}

/**
 * The granted scopes that still hold at a refresh: defined, behind a role of the user, and in a live consent. Never more
 * than at the login.
 *
 * @returns `undefined` when the consent is gone or has expired.
 */
export function scopesStillConsented(
  runtime: Runtime,
  login: {
    readonly app: InboundApp
    readonly user: MockUser
    readonly tenant: string | undefined
    readonly scopes: readonly string[]
  },
): readonly string[] | undefined {
  const { app, user, tenant, scopes } = login
  const live = liveConsents(runtime, { appId: app.id, userId: user.id, tenant })
  if (live.length === 0) return undefined
  return scopes.filter((name) => {
    const isHeld = live.some((consent) => consent.scopes.includes(name))
    if (isBaseScope(app, name)) return isHeld || standardConsentScopes(runtime.project, app, [name]).length === 0
    const scope = scopesOf(app).find((candidate) => candidate.name === name)
    return scope !== undefined && isHeld && isGrantable(app, scope, user, tenant)
  })
}
