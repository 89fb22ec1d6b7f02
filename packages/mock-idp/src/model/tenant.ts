import { type Check, json, listOf, mapOf, shape, text } from '../config/shape.ts'

/** A tenant: an organisation that users belong to (IDP-SPEC 3.4). */
export interface TenantConfig {
  /** Tenant id, `T` and 27 letters or digits in the real service; any text here. */
  readonly id: string
  /** Display name. */
  readonly name: string
  /** Domains that name the tenant in the `tenant` parameter, beside its id. Default none. */
  readonly domains?: readonly string[]
  /** Custom attributes, `tenant.customAttributes.<name>` in flows. Default none. */
  readonly customAttributes?: Readonly<Record<string, unknown>>
}

/** What a {@link TenantConfig} may hold at run time. */
export const tenantShape: Check = shape({
  required: { id: text, name: text },
  optional: { domains: listOf(text), customAttributes: mapOf(json) },
})
