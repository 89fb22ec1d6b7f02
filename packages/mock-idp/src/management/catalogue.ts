/** Management of tenants, roles and permissions (IDP-SPEC 2.14). */
import type { RoleConfig } from '../catalogue.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import type { TenantConfig } from '../model/tenant.ts'
import { given } from './fields.ts'
import { getOperation, postOperation } from './operation.ts'

/** Operations on tenants, roles and permissions. */
export const catalogueOperations: readonly Endpoint[] = [
  postOperation(['/v1/mgmt/tenant/create'], ({ runtime, input }) => {
    const { id } = runtime.catalogue.tenants.create({
      id: input.text('id') || runtime.random.id('T'),
      name: input.required('name'),
      ...given({ domains: input.texts('selfProvisioningDomains'), customAttributes: input.object('customAttributes') }),
    })
    return { id }
  }),
  getOperation(['/v1/mgmt/tenant'], ({ runtime, input }) => {
    const id = input.required('id')
    const tenant = runtime.catalogue.tenants.list().find((one) => one.id === id)
    if (!tenant) throw serviceProblem(400, 'E011004', 'id names no tenant')
    return tenantView(tenant)
  }),
  getOperation(['/v1/mgmt/tenant/all'], ({ runtime }) => ({
    tenants: runtime.catalogue.tenants.list().map(tenantView),
  })),
  postOperation(['/v1/mgmt/role/create'], ({ runtime, input }) => {
    runtime.catalogue.roles.create({
      name: input.required('name'),
      ...given({ description: input.text('description'), permissions: input.texts('permissionNames') }),
    })
    return {}
  }),
  getOperation(['/v1/mgmt/role/all'], ({ runtime }) => ({ roles: runtime.catalogue.roles.list().map(roleView) })),
  postOperation(['/v1/mgmt/permission/create'], ({ runtime, input }) => {
    runtime.catalogue.permissions.create({
      name: input.required('name'),
      ...given({ description: input.text('description') }),
    })
    return {}
  }),
  getOperation(['/v1/mgmt/permission/all'], ({ runtime }) => ({ permissions: runtime.catalogue.permissions.list() })),
]

function tenantView({ id, name, domains = [], customAttributes = {} }: TenantConfig): unknown {
  return { id, name, selfProvisioningDomains: domains, customAttributes }
}

function roleView({ name, description, permissions }: Required<RoleConfig>): unknown {
  return { name, description, permissionNames: permissions }
}
