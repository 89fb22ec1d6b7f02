import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allOf,
  anyOf,
  claim,
  evaluateAccess,
  mapScopesToRoles,
  not,
  param,
  readGrant,
  requiredScopes,
  role,
  scope,
} from '../../src/index.ts'
import { anyClaims, anyRule, anyScopes, grantOf } from './access-fixture.ts'

const mapping = { 'contacts.write': ['Contact Editor', 'Admin'], 'contacts.delete': ['Admin'] }

describe('mapScopesToRoles (S-401, S-433 to S-435)', () => {
  const rule = mapScopesToRoles(allOf(scope('contacts.read'), scope('contacts.write')), mapping)
  const allows = (scopes: string, roles: readonly string[]) => evaluateAccess(rule, grantOf({ roles }, scopes)).allowed

  test('needs the scope and one of its roles', () => {
    expect(allows('contacts.read contacts.write', ['Contact Editor'])).toBe(true)
    expect(allows('contacts.read contacts.write', ['Reader', 'Admin'])).toBe(true)
    expect(allows('contacts.read contacts.write', ['Reader'])).toBe(false)
    expect(allows('contacts.read contacts.write', [])).toBe(false)
    expect(allows('contacts.read', ['Contact Editor'])).toBe(false)
  })

  test('gives a rule like any other, which names its scopes and hides what no scope can open', () => {
    expect(requiredScopes(rule, grantOf({ roles: ['Admin'] }, 'contacts.read'))).toEqual([
      'contacts.read',
      'contacts.write',
    ])
    expect(requiredScopes(rule, grantOf({ roles: ['Reader'] }, 'contacts.read'))).toEqual([])
  })

  test('asks for the role in the tenant that is given', () => {
    const inTenant = mapScopesToRoles(scope('contacts.delete'), mapping, { tenant: param('tenantId') })
    const grant = grantOf({ roles: ['Admin'], tenants: { T1: { roles: ['Admin'] }, T2: {} } }, 'contacts.delete')
    expect(evaluateAccess(inTenant, grant, { tenantId: 'T1' }).allowed).toBe(true)
    expect(evaluateAccess(inTenant, grant, { tenantId: 'T2' }).allowed).toBe(false)
  })

  test('leaves everything else as it is', () => {
    const other = anyOf(scope('contacts.read'), not(role('Guest')), claim('plan'), scope('constructor'))
    expect(mapScopesToRoles(other, mapping)).toEqual(other)
    expect(mapScopesToRoles(not(scope('contacts.write')), mapping)).toEqual(not(scope('contacts.write')))
  })

  test('asks for the role at any depth, and not where the scope itself is forbidden', () => {
    const grant = grantOf({ roles: ['Reader'] }, 'contacts.write')
    const wanted = [
      anyOf(scope('contacts.delete'), scope('contacts.write')),
      allOf(allOf(scope('contacts.write'))),
      not(not(scope('contacts.write'))),
      not(anyOf(not(scope('contacts.write')), scope('other'))),
    ]
    for (const asked of wanted) {
      expect(evaluateAccess(asked, grant).allowed).toBe(true)
      expect(evaluateAccess(mapScopesToRoles(asked, mapping), grant).allowed).toBe(false)
      const editor = grantOf({ roles: ['Contact Editor'] }, 'contacts.write')
      expect(evaluateAccess(mapScopesToRoles(asked, mapping), editor).allowed).toBe(true)
    }
    const forbidden = not(allOf(scope('contacts.write'), scope('contacts.write')))
    expect(mapScopesToRoles(forbidden, mapping)).toEqual(forbidden)
  })

  test('never allows what the rule without the mapping denies', () => {
    const any = JSON.parse('{"a":["a"],"b":["b","length"],"__proto__":["constructor"]}')
    fc.assert(
      fc.property(anyRule, anyClaims, anyScopes, (asked, claims, scopes) => {
        const grant = readGrant(claims, scopes)
        const mapped = evaluateAccess(mapScopesToRoles(asked, any), grant).allowed
        expect(mapped && !evaluateAccess(asked, grant).allowed).toBe(false)
      }),
    )
  })

  test.each([[[]], ['Admin'], [undefined], [['']], [[7]]])('refuses to map a scope to %j', (roles) => {
    const wrong = { 'contacts.write': roles as readonly string[] }
    expect(() => mapScopesToRoles(scope('a'), wrong)).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    expect(() => mapScopesToRoles(scope('a'), wrong)).toThrow(
      /contacts\.write must be mapped to a list of at least one role/,
    )
  })
})
