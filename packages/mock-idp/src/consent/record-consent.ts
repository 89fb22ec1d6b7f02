/** Writing a consent down (IDP-SPEC 5.4 step 7). */
import { epochSeconds } from '../clock.ts'
import type { Runtime } from '../runtime.ts'
import { type Consent, clientIdOf, findConsents, isLive } from './consent.ts'

/** A consent to be stored under its key: application, user, tenant. */
export interface ConsentGiven {
  readonly appId: string
  /** Id of the user; empty text for a whole tenant. */
  readonly userId: string
  /** Id of the tenant; empty text for none. */
  readonly tenantId: string
  readonly scopes: readonly string[]
  /** Id of the user who allowed it, or `management`. */
  readonly grantedBy: string
  /** Seconds since the epoch, 0 for never. Absent: an existing record keeps its expiry, a new one never expires. */
  readonly expireTime?: number
  /**
   * With `prompt=consent`, the scopes that the user was asked about: what is among them and not in `scopes` is taken
   * back. Absent: the new scopes join the stored ones.
   */
  readonly replaces?: readonly string[]
}

/** Stores a consent; a live record of the same key is merged with it. */
export function recordConsent(runtime: Runtime, given: ConsentGiven): Consent {
  const { records, clock, random, audit } = runtime
  const { appId, userId, tenantId, scopes, grantedBy, expireTime, replaces = [] } = given
  const now = epochSeconds(clock)
  const stored = findConsents(runtime, { appId, userId, tenantId })[0]
  // An expired record is as good as none: its scopes must not come back with the new choice.
  const merged = stored && isLive(runtime, stored) ? stored : undefined
  const kept = (merged?.scopes ?? []).filter((scope) => !replaces.includes(scope))
  const consent: Consent = Object.freeze({
    id: stored?.id ?? random.id('TPC'),
    appId,
    userId,
    tenantId,
    scopes: [...new Set([...kept, ...scopes])],
    grantedBy,
    createdTime: stored?.createdTime ?? now,
    modifiedTime: now,
    expireTime: expireTime ?? merged?.expireTime ?? 0,
  })
  records.consents.set(consent.id, consent)
  audit.add('consent-granted', consent.scopes.join(' '), { userId, clientId: clientIdOf(runtime, appId) })
  if (tenantId !== '' && userId !== '') takeBackOutsideTenants(runtime, given)
  return consent
}

/** A scope taken back in a tenant must not live on in the user's consent outside of tenants, which counts there too. */
function takeBackOutsideTenants(runtime: Runtime, { appId, userId, scopes, replaces = [] }: ConsentGiven): void {
  const refused = replaces.filter((scope) => !scopes.includes(scope))
  const outside = findConsents(runtime, { appId, userId, tenantId: '' })[0]
  if (!outside?.scopes.some((scope) => refused.includes(scope))) return
  runtime.records.consents.set(
    outside.id,
    Object.freeze({
      ...outside,
      scopes: outside.scopes.filter((scope) => !refused.includes(scope)),
      modifiedTime: epochSeconds(runtime.clock),
    }),
  )
}
