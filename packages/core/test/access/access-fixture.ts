/** Grants and rules for tests, made by hand and at random. */
import fc from 'fast-check'
import { type AccessGrant, type AccessRule, readGrant } from '../../src/index.ts'

export function grantOf(claims: Record<string, unknown>, scope = ''): AccessGrant {
  return readGrant({ scope, ...claims })
}

const names = ['a', 'b', 'a b', '__proto__', 'constructor', 'length', 'descope.claims']
const name = fc.constantFrom(...names)
const tenantOption = fc.option(name, { nil: undefined })

/** Conditions over a few names, so that they often meet. */
const condition: fc.Arbitrary<AccessRule> = fc.oneof(
  name.map((scope): AccessRule => ({ type: 'scope', scope })),
  fc
    .tuple(name, tenantOption)
    .map(
      ([role, tenant]): AccessRule => (tenant === undefined ? { type: 'role', role } : { type: 'role', role, tenant }),
    ),
  fc
    .tuple(name, tenantOption)
    .map(
      ([permission, tenant]): AccessRule =>
        tenant === undefined ? { type: 'permission', permission } : { type: 'permission', permission, tenant },
    ),
  name.map((tenant): AccessRule => ({ type: 'tenant', tenant })),
  fc
    .tuple(name, fc.option(fc.constantFrom('a', 7, true), { nil: undefined }))
    .map(
      ([claim, value]): AccessRule =>
        value === undefined ? { type: 'claim', claim } : { type: 'claim', claim, value },
    ),
)

function rules(withNot: boolean): fc.Arbitrary<AccessRule> {
  return fc.letrec<{ rule: AccessRule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4 },
      condition,
      fc.array(tie('rule'), { maxLength: 3 }).map((parts): AccessRule => ({ type: 'allOf', rules: parts })),
      fc.array(tie('rule'), { maxLength: 3 }).map((parts): AccessRule => ({ type: 'anyOf', rules: parts })),
      ...(withNot ? [tie('rule').map((rule): AccessRule => ({ type: 'not', rule }))] : []),
    ),
  })).rule
}

export const anyRule: fc.Arbitrary<AccessRule> = rules(true)
export const ruleWithoutNot: fc.Arbitrary<AccessRule> = rules(false)
export const anyScopes: fc.Arbitrary<string[]> = fc.subarray(names)

const rights = fc.record({ roles: fc.subarray(names), permissions: fc.subarray(names) }, { requiredKeys: [] })

/** Claims with and without anything about rights. */
export const anyClaims: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    roles: fc.subarray(names),
    permissions: fc.subarray(names),
    tenants: fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), rights),
    dct: name,
    a: fc.constantFrom('a', 7, true, null),
  },
  { requiredKeys: [] },
)
