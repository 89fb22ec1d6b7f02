import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allOf, anyOf, ConfigurationError, claim, not, permission, role, scope, tenant } from '../../src/index.ts'

describe('rules', () => {
  test('are plain data', () => {
    const rule = allOf(
      scope('a'),
      anyOf(role('b', { tenant: 'T1' }), permission('c')),
      not(tenant('T2')),
      claim('d', 7),
    )
    expect(rule).toStrictEqual({
      type: 'allOf',
      rules: [
        { type: 'scope', scope: 'a' },
        {
          type: 'anyOf',
          rules: [
            { type: 'role', role: 'b', tenant: 'T1' },
            { type: 'permission', permission: 'c' },
          ],
        },
        { type: 'not', rule: { type: 'tenant', tenant: 'T2' } },
        { type: 'claim', claim: 'd', value: 7 },
      ],
    })
    expect(JSON.parse(JSON.stringify(rule))).toStrictEqual(rule)
    expect(claim('d')).toStrictEqual({ type: 'claim', claim: 'd' })
  })

  test('keep any name as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
        expect(JSON.parse(JSON.stringify(role(name, { tenant: name })))).toEqual({
          type: 'role',
          role: name,
          tenant: name,
        })
      }),
    )
  })

  const lost = undefined as unknown as string
  test.each([
    ['scope(undefined)', () => scope(lost)],
    ['scope("")', () => scope('')],
    ['role(undefined)', () => role(lost)],
    ['permission("")', () => permission('')],
    ['tenant(undefined)', () => tenant(lost)],
    ['claim(undefined)', () => claim(lost)],
    ['a tenant that is given but undefined', () => role('Editor', { tenant: lost })],
    ['a tenant that is empty', () => permission('edit', { tenant: '' })],
    ['a list as tenant', () => role('Editor', { tenant: ['T1'] as unknown as string })],
  ])('are not made from %s, which would widen or blur them', (_what, make) => {
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(/of an access rule must be a text/)
  })

  test('are not made from a value that is given but undefined, which would widen them to any value', () => {
    expect(() => claim('plan', lost)).toThrow(ConfigurationError)
  })
})
