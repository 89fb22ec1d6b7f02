/** Consent records: what a user, or an administrator for a whole tenant, allowed an inbound application (IDP-SPEC 5.1). */
import { epochSeconds } from '../clock.ts'
import type { Runtime } from '../runtime.ts'
import { knownClient } from '../standard/find-client.ts'

/** What one user, or a whole tenant, allowed an inbound application. */
export interface Consent {
  /** Consent id, `TPC` and 27 characters. */
  readonly id: string
  /** Id of the inbound application. */
  readonly appId: string
  /** Id of the user; empty text for the consent of a whole tenant. */
  readonly userId: string
  /** Id of the tenant; empty text for a consent outside of any tenant. */
  readonly tenantId: string
  /** Names of the scopes that were allowed. */
  readonly scopes: readonly string[]
  /** Id of the user who allowed it, or `management`. */
  readonly grantedBy: string
  /** Seconds since the epoch. */
  readonly createdTime: number
  /** Seconds since the epoch. */
  readonly modifiedTime: number
  /** End of validity in seconds since the epoch; 0 means never. */
  readonly expireTime: number
}

/** Which consents are meant; every field that is given must fit. */
export interface ConsentFilter {
  /** Id of the inbound application. */
  readonly appId?: string
  /** Id of the user; empty text finds the consents of whole tenants. */
  readonly userId?: string
  /** Id of the consent. */
  readonly consentId?: string
  /** Id of the tenant; empty text finds consents outside of any tenant. */
  readonly tenantId?: string
}

/** Whose consent counts for a login: the application, the user and the current tenant. */
export interface ConsentSubject {
  readonly appId: string
  readonly userId: string
  /** Id of the current tenant, when there is one. */
  readonly tenant: string | undefined
}

/** All consents that fit, oldest first, expired ones as well. */
export function findConsents(runtime: Runtime, filter: ConsentFilter = {}): Consent[] {
  const { appId, userId, consentId, tenantId } = filter
  return [...runtime.records.consents.values()].filter(
    (consent) =>
      (appId === undefined || consent.appId === appId) &&
      (userId === undefined || consent.userId === userId) &&
      (consentId === undefined || consent.id === consentId) &&
      (tenantId === undefined || consent.tenantId === tenantId),
  )
}

/** The client id of the application that a consent is for. */
export function clientIdOf(runtime: Runtime, appId: string): string | undefined {
  return runtime.inboundApps.get(appId)?.clientId ?? knownClient(runtime, appId)?.client_id
}

/** True when the consent has not expired. */
export function isLive(runtime: Runtime, consent: Consent): boolean {
  return consent.expireTime === 0 || consent.expireTime > epochSeconds(runtime.clock)
}

/**
 * True when a consent counts for this login: the user's own in the current tenant, that of the whole tenant, or the
 * user's own outside of any tenant (IDP-SPEC 5.4 step 4).
 */
export function covers(consent: Consent, { appId, userId, tenant }: ConsentSubject): boolean {
  if (consent.appId !== appId) return false
  if (consent.userId === userId) return consent.tenantId === '' || consent.tenantId === tenant
  return consent.userId === '' && tenant !== undefined && consent.tenantId === tenant
}

/** The consents that count for this login and have not expired. */
export function liveConsents(runtime: Runtime, subject: ConsentSubject): Consent[] {
  return [...runtime.records.consents.values()].filter(
    (consent) => covers(consent, subject) && isLive(runtime, consent),
  )
}
