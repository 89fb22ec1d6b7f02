import type { Runtime } from '../runtime.ts'
import { knownClient } from '../standard/find-client.ts'
import { supportedScopes } from '../standard/scopes.ts'
import { type Consent, type ConsentFilter, findConsents } from './consent.ts'
import { deleteConsents } from './deletion.ts'
import { recordConsent } from './record-consent.ts'
import { scopesOf, standardConsentScopes } from './scopes.ts'

/** A consent to be made without a consent page. */
export interface ConsentConfig {
  /** Id or client id of the inbound application; in the standard profile the client id. */
  readonly appId: string
  /** Id or login id of the user. Without one it is the consent of the whole tenant. */
  readonly userId?: string
  /** Id of the tenant. Default none; needed without a user. */
  readonly tenantId?: string
  /** Names of scopes that the application defines. */
  readonly scopes: readonly string[]
  /** Id of the user who allowed it. Default `management`. */
  readonly grantedBy?: string
  /** End of validity in seconds since the epoch; 0 means never. Default: as stored, else never. */
  readonly expireTime?: number
}

/** Which consents to delete; every field that is given must fit, and at least one must be given. */
export interface ConsentSelection {
  /** Ids of consents. */
  readonly consentIds?: readonly string[]
  /** Id of the inbound application. */
  readonly appId?: string
  /** Ids of users; empty text means consents of whole tenants. */
  readonly userIds?: readonly string[]
  /** Id of the tenant; empty text means consents outside of any tenant. */
  readonly tenantId?: string
}

/** The consents of inbound applications. */
export interface MockConsents {
  /**
   * Stores a consent; a live one of the same application, user and tenant is merged with it.
   *
   * @throws {TypeError} When application, user, tenant or a scope is unknown, or both user and tenant are absent.
   */
  create(consent: ConsentConfig): Consent
  /** Consents that fit, oldest first; all of them without a filter. Expired ones are listed too. */
  search(filter?: ConsentFilter): readonly Consent[]
  /**
   * Deletes consents, which ends the refresh tokens and userinfo that rest on them.
   *
   * @returns How many were deleted.
   * @throws {TypeError} When no field is given.
   */
  delete(selection: ConsentSelection): number
}

/** Builds the control that tests get. */
export function createConsentControl(runtime: Runtime): MockConsents {
  return {
    create(given) {
      const { inboundApps, users, project } = runtime
      const app = inboundApps.get(given.appId) ?? knownClient(runtime, given.appId)
      if (!app) throw new TypeError(`consents.appId: ${JSON.stringify(given.appId)} is unknown`)
      const { userId = '', tenantId = '', scopes, grantedBy = 'management', expireTime } = given
      const user = userId === '' ? undefined : users.get(userId)
      if (userId !== '' && !user) throw new TypeError(`consents.userId: ${JSON.stringify(userId)} is unknown`)
      if (tenantId !== '' && !project.tenants.some((tenant) => tenant.id === tenantId)) {
        throw new TypeError(`consents.tenantId: ${JSON.stringify(tenantId)} is unknown`)
      }
      if (!user && tenantId === '') throw new TypeError('consents: a user or a tenant is needed')
      const isConsentable = (name: string): boolean =>
        app.kind === 'standard'
          ? supportedScopes(runtime).includes(name)
          : scopesOf(app).some((scope) => scope.name === name) || standardConsentScopes(project, app, [name]).length > 0
      const foreign = scopes.find((name) => !isConsentable(name))
      if (foreign !== undefined) throw new TypeError(`consents.scopes: ${foreign} is not a scope of ${app.name}`)
      return recordConsent(runtime, {
        appId: app.id,
        userId: user?.id ?? '',
        tenantId,
        scopes,
        grantedBy,
        ...(expireTime !== undefined && { expireTime }),
      })
    },
    search: (filter) => findConsents(runtime, filter),
    delete(selection) {
      const { consentIds, appId, userIds, tenantId } = selection
      if ([consentIds, appId, userIds, tenantId].every((field) => field === undefined)) {
        throw new TypeError('consents: give consentIds, appId, userIds or tenantId')
      }
      const chosen = findConsents(runtime, {
        ...(appId !== undefined && { appId }),
        ...(tenantId !== undefined && { tenantId }),
      }).filter(({ id, userId }) => (consentIds?.includes(id) ?? true) && (userIds?.includes(userId) ?? true))
      deleteConsents(runtime, chosen)
      return chosen.length
    },
  }
}
