/** The keys of a user (IDP-SPEC S-234 to S-267), for `user` and for `unauthUser`. */
import type { MockUser } from '../model/user.ts'
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'
import { historyOf, type UserHistory } from './history.ts'

/**
 * The values of one user as they are stored now.
 *
 * @param tenant - Current tenant, for `tenant.roles`.
 * @param deviceId - Device of the run, for `fingerprint.knownDevice`.
 */
export function userValues(
  runtime: Runtime,
  user: MockUser,
  tenant: string | undefined,
  deviceId: string | undefined,
): Record<string, unknown> {
  const history = historyOf(runtime.flows.histories, user.id)
  const { email } = user
  const memberships = membershipsOf(runtime, user)
  return {
    userId: user.id,
    loginIds: user.loginIds,
    name: user.name,
    givenName: user.givenName,
    middleName: user.middleName,
    familyName: user.familyName,
    email,
    emailDomain: email === undefined ? undefined : email.slice(email.lastIndexOf('@') + 1).toLowerCase(),
    phone: user.phone,
    verifiedEmail: user.emailVerified ?? false,
    verifiedPhone: user.phoneVerified ?? false,
    picture: user.picture,
    status: user.status,
    test: user.test ?? false,
    userTenants: memberships,
    tenantNames: memberships.map(({ tenantName }) => tenantName),
    tenantIds: memberships.map(({ tenantId }) => tenantId),
    tenant: { roles: (tenant !== undefined && user.tenants[tenant]?.roles) || [] },
    project: { roles: user.roles, permissions: permissionsOf(runtime, user.roles) },
    fingerprint: { knownDevice: deviceId !== undefined && history.devices.has(deviceId) },
    lastAuth: lastAuth(history),
    password: history.methods.has('pwd'),
    saml: history.methods.has('fed'),
    webauthn: history.methods.has('webauthn'),
    totp: user.totpSeed !== undefined,
    customAttributes: user.customAttributes,
  }
}

function permissionsOf({ project }: Runtime, roles: readonly string[]): readonly string[] {
  return [...new Set(roles.flatMap((role) => project.roles[role] ?? []))]
}

function membershipsOf(
  runtime: Runtime,
  user: MockUser,
): { tenantId: string; tenantName: string; roleNames: readonly string[]; permissions: readonly string[] }[] {
  return Object.entries(user.tenants).map(([tenantId, { roles = [] }]) => ({
    tenantId,
    tenantName: findTenant(runtime.project, tenantId)?.name ?? tenantId,
    roleNames: roles,
    permissions: permissionsOf(runtime, roles),
  }))
}

function lastAuth({ logins }: UserHistory): Record<string, unknown> {
  const last = logins[0]
  const all = (pick: (login: UserHistory['logins'][number]) => string | undefined): string[] | undefined => {
    const found = logins.map(pick).filter((value) => value !== undefined)
    return found.length > 0 ? found : undefined
  }
  return {
    time: last?.time,
    ip: last?.ip,
    country: last?.geo?.country,
    city: last?.geo?.city,
    ips: all((login) => login.ip),
    countries: all((login) => login.geo?.country),
    cities: all((login) => login.geo?.city),
  }
}
