/** `unauthUser`: the user that a submitted login id names, before authentication (IDP-SPEC S-269, S-306 to S-309). */
import type { MockUser } from '../model/user.ts'
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'
import { isEmail } from './conditions.ts'
import type { Execution } from './execution.ts'
import { userValues } from './user-values.ts'

/** The values of the user found by e-mail, and by other ways under `byEmail`, `byPhone` and `byTenant`. */
export function unauthenticatedUser(runtime: Runtime, execution: Execution): unknown {
  const { form, device } = execution
  const tenant = hintedTenant(runtime, execution)
  const values = (user: MockUser | undefined): Record<string, unknown> | undefined =>
    user && userValues(runtime, user, tenant, device.id)
  const loginId = [form.email, form.externalId, form.loginId].find(isEmail)
  const byEmail = values(findByEmail(runtime, loginId))
  return {
    ...byEmail,
    byEmail,
    byPhone: values(findByPhone(runtime, form.phone)),
    byTenant: values(findInTenant(runtime, form, tenant)),
  }
}

function hintedTenant({ project }: Runtime, { tenant, form }: Execution): string | undefined {
  if (tenant !== undefined) return tenant
  return typeof form.tenantDomain === 'string' ? findTenant(project, form.tenantDomain)?.id : undefined
}

/** Finds a user by e-mail address, whatever its case. */
export function findByEmail({ users }: Runtime, email: unknown): MockUser | undefined {
  if (typeof email !== 'string') return undefined
  const wanted = email.toLowerCase()
  return users
    .list()
    .find((user) => [user.email, ...user.loginIds].some((one) => one !== undefined && one.toLowerCase() === wanted))
}

/** Finds a user by telephone number in E.164 form. */
export function findByPhone({ users }: Runtime, phone: unknown): MockUser | undefined {
  if (typeof phone !== 'string') return undefined
  return users.list().find((user) => user.phone === phone || user.loginIds.includes(phone))
}

function findInTenant(runtime: Runtime, form: Execution['form'], tenant: string | undefined): MockUser | undefined {
  const { email, externalId, loginId, phone } = form
  const user =
    findByEmail(runtime, email ?? externalId ?? loginId) ??
    findByPhone(runtime, phone) ??
    runtime.users.get(String(externalId ?? loginId ?? ''))
  return tenant !== undefined && user && Object.hasOwn(user.tenants, tenant) ? user : undefined
}
