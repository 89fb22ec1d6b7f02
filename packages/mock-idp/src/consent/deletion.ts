/** The end of a consent, and of what rests on it (IDP-SPEC 5.4 step 12). */
import type { Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { endGrantsOfConsent } from '../standard/consent.ts'
import { type Consent, clientIdOf, covers, liveConsents } from './consent.ts'

/**
 * Deletes consents. Refresh tokens of the same application, user and tenant die, and userinfo answers 401; a grant that
 * rests on another live consent as well ends only when that goes too.
 */
export function deleteConsents(runtime: Runtime, consents: readonly Consent[]): void {
  for (const { id, scopes, userId, appId } of consents) {
    runtime.records.consents.delete(id)
    endGrantsOfConsent(runtime, appId, userId)
    runtime.audit.add('consent-deleted', scopes.join(' '), {
      userId,
      clientId: clientIdOf(runtime, appId),
    })
  }
  for (const grant of inboundGrants(runtime)) {
    const subject = { appId: grant.app.id, userId: grant.userId, tenant: grant.tenant }
    const lost = consents.filter((consent) => covers(consent, subject))
    const own = lost.some(({ userId, tenantId }) => userId === grant.userId && tenantId === (grant.tenant ?? ''))
    if (own || (lost.length > 0 && liveConsents(runtime, subject).length === 0)) grant.revoked = true
  }
}

/** Deletes what belongs to an inbound application that is gone: its consents, codes and tokens. */
export function endApplication(runtime: Runtime, appId: string): void {
  const { consents, accessTokens } = runtime.records
  for (const consent of consents.values()) if (consent.appId === appId) consents.delete(consent.id)
  for (const grant of inboundGrants(runtime)) if (grant.app.id === appId) grant.revoked = true
  for (const record of accessTokens.values()) {
    if (record.app.kind === 'inbound' && record.app.id === appId) record.revoked = true
  }
}

function inboundGrants({ records }: Runtime): Set<Grant> {
  const holders = [records.codes, records.refreshTokens, records.accessTokens, records.idTokens].flatMap(
    (map): (Grant | undefined)[] => [...map.values()].map((entry) => ('grant' in entry ? entry.grant : undefined)),
  )
  return new Set(holders.filter((grant): grant is Grant => grant?.app.kind === 'inbound'))
}
