/** Grants and rules for tests, made by hand and at random. */
import fc from 'fast-check'
import {
  type AccessGrant,
  type AccessRule,
  type ContainedObject,
  readGrant,
  type TenantReference,
} from '../../src/index.ts'

export function grantOf(claims: Record<string, unknown>, scope = ''): AccessGrant {
  return readGrant({ scope, ...claims })
}

export const names = ['a', 'b', 'a b', '__proto__', 'constructor', 'length', 'descope.claims']
const name = fc.constantFrom(...names)
// RFC 6749 section 3.3: a scope has no space.
const scopeNames = names.filter((one) => !one.includes(' '))
const reference = fc.oneof(
  { weight: 3, arbitrary: name },
  name.map((param): TenantReference => ({ param })),
  name.map((claim): TenantReference => ({ claim })),
  fc.constant<TenantReference>({ claim: 'dct' }),
)
const tenantOption = fc.option(reference, { nil: undefined })
const value = fc.constantFrom('a', 7, true)
const claimName = fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 2 }))

/** What an object of a list has to have, as nested as it may be. */
const containedObject: fc.Arbitrary<ContainedObject> = fc.letrec<{ object: ContainedObject }>((tie) => ({
  object: fc.dictionary(
    name,
    fc.oneof({ maxDepth: 2 }, value, reference, fc.array(reference, { minLength: 1, maxLength: 2 }), tie('object')),
    { minKeys: 1, maxKeys: 2, noNullPrototype: true },
  ),
})).object

/** Conditions over a few names, so that they often meet. */
const condition: fc.Arbitrary<AccessRule> = fc.oneof(
  fc.constantFrom(...scopeNames).map((scope): AccessRule => ({ type: 'scope', scope })),
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
  reference.map((tenant): AccessRule => ({ type: 'tenant', tenant })),
  claimName.map((claim): AccessRule => ({ type: 'claim', claim })),
  fc
    .tuple(claimName, fc.oneof(reference, containedObject))
    .map(([claim, contains]): AccessRule => ({ type: 'claim', claim, contains })),
  fc
    .tuple(
      claimName,
      fc.oneof(
        value,
        fc.array(value, { minLength: 1, maxLength: 2 }),
        name.map((param) => ({ param })),
        name.map((other) => ({ claim: other })),
      ),
    )
    .map(([claim, compared]): AccessRule => ({ type: 'claim', claim, value: compared })),
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
export const anyScopes: fc.Arbitrary<string[]> = fc.subarray(scopeNames)

const rights = fc.record({ roles: fc.subarray(names), permissions: fc.subarray(names) }, { requiredKeys: [] })

/** Claims with and without anything about rights. */
export const anyClaims: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    roles: fc.subarray(names),
    permissions: fc.subarray(names),
    tenants: fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), rights),
    dct: name,
    a: fc.constantFrom('a', 7, true, null, ['a', 'b'], { a: 'a', b: ['a'] }, [
      { a: 'a', b: ['a', 'b'] },
      { a: { b: 7 } },
    ]),
    b: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: [] },
)

/** Values of parameters, some missing and some that are no text. */
export const anyParameters: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom(...names),
  fc.constantFrom('a', 'b', 7, undefined, ['a']),
)
