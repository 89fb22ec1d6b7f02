import { type TenantConfig, tenantShape } from './model/tenant.ts'
import { findTenant, type Project } from './project.ts'
import type { Restorable } from './snapshot.ts'

/** A role: a name for permissions. */
export interface RoleConfig {
  /** Role name, unique within the project. */
  readonly name: string
  /** Free text. Default empty. */
  readonly description?: string
  /** Names of permissions; new ones come into being with the role. Default none. */
  readonly permissions?: readonly string[]
}

/** A permission: a name that roles list. */
export interface PermissionConfig {
  /** Permission name, unique within the project. */
  readonly name: string
  /** Free text. Default empty. */
  readonly description?: string
}

/** The tenants of the project. */
export interface MockTenants {
  /** Adds a tenant. Throws a `TypeError` when its id or one of its domains is taken. */
  create(tenant: TenantConfig): TenantConfig
  /** Finds a tenant by id or domain. */
  get(name: string): TenantConfig | undefined
  /** All tenants in the order of their creation. */
  list(): readonly TenantConfig[]
}

/** The roles of the project. */
export interface MockRoles {
  /** Adds a role. Throws a `TypeError` when the name is taken. */
  create(role: RoleConfig): Required<RoleConfig>
  /** All roles in the order of their creation. */
  list(): readonly Required<RoleConfig>[]
}

/** The permissions of the project. */
export interface MockPermissions {
  /** Adds a permission. Throws a `TypeError` when the name is taken. */
  create(permission: PermissionConfig): Required<PermissionConfig>
  /** Permissions that were created, and those that roles list. */
  list(): readonly Required<PermissionConfig>[]
}

/** Tenants, roles and permissions: what users, keys and scopes refer to. */
export interface Catalogue extends Restorable {
  readonly tenants: MockTenants
  readonly roles: MockRoles
  readonly permissions: MockPermissions
  /** Goes back to the first content. */
  reset(): void
}

interface Content {
  readonly tenants: readonly TenantConfig[]
  readonly roles: readonly [string, readonly string[]][]
}

/** Opens the tenants and roles of a project for changes. */
export function createCatalogue(project: Project): Catalogue {
  const first = contentOf(project)
  const fill = ({ tenants, roles }: Content): void => {
    project.tenants.splice(0, project.tenants.length, ...tenants)
    for (const name of Object.keys(project.roles)) delete project.roles[name]
    for (const [name, permissions] of roles) project.roles[name] = permissions
  }
  let descriptions = new Map<string, string>()
  let created: string[] = []
  const names = (): readonly string[] => [...new Set([...created, ...Object.values(project.roles).flat()])]
  const checkName = (what: string, name: string, taken: boolean): void => {
    if (name === '') throw new TypeError(`${what}.name: expected text of at least one character`)
    if (taken) throw new TypeError(`${what}.name: another ${what} has the name ${JSON.stringify(name)}`)
  }
  const role = (name: string, permissions: readonly string[]): Required<RoleConfig> => ({
    name,
    description: descriptions.get(`role:${name}`) ?? '',
    permissions,
  })
  const permission = (name: string): Required<PermissionConfig> => ({
    name,
    description: descriptions.get(`permission:${name}`) ?? '',
  })
  return {
    tenants: {
      create(tenant) {
        tenantShape(tenant, 'tenant')
        const taken = [tenant.id, ...(tenant.domains ?? [])].find((name) => findTenant(project, name))
        if (taken !== undefined)
          throw new TypeError(`tenant: another tenant is already known as ${JSON.stringify(taken)}`)
        project.tenants.push(tenant)
        return tenant
      },
      get: (name) => findTenant(project, name),
      list: () => [...project.tenants],
    },
    roles: {
      create({ name, description = '', permissions = [] }) {
        checkName('role', name, Object.hasOwn(project.roles, name))
        project.roles[name] = [...permissions]
        descriptions.set(`role:${name}`, description)
        return role(name, permissions)
      },
      list: () => Object.entries(project.roles).map(([name, permissions]) => role(name, permissions)),
    },
    permissions: {
      create({ name, description = '' }) {
        checkName('permission', name, names().includes(name))
        created.push(name)
        descriptions.set(`permission:${name}`, description)
        return permission(name)
      },
      list: () => names().map(permission),
    },
    reset() {
      fill(first)
      descriptions = new Map()
      created = []
    },
    save() {
      const kept = { ...contentOf(project), descriptions: new Map(descriptions), created: [...created] }
      return () => {
        fill(kept)
        descriptions = new Map(kept.descriptions)
        created = [...kept.created]
      }
    },
  }
}

function contentOf(project: Project): Content {
  return { tenants: [...project.tenants], roles: Object.entries(project.roles) }
}
