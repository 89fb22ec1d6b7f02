import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allOf,
  anyOf,
  ConfigurationError,
  claim,
  currentTenant,
  not,
  param,
  permission,
  role,
  scope,
  tenant,
} from '../../src/index.ts'

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

  test('name what is only known later as plain data', () => {
    expect(tenant(param('id'))).toStrictEqual({ type: 'tenant', tenant: { param: 'id' } })
    expect(role('a', { tenant: currentTenant })).toStrictEqual({ type: 'role', role: 'a', tenant: { claim: 'dct' } })
    expect(tenant({ claim: 'org_id' })).toStrictEqual({ type: 'tenant', tenant: { claim: 'org_id' } })
    expect(claim('sub', param('owner'))).toStrictEqual({ type: 'claim', claim: 'sub', value: { param: 'owner' } })
    expect(claim('sub', { claim: 'azp' })).toStrictEqual({ type: 'claim', claim: 'sub', value: { claim: 'azp' } })
    expect(claim(['a', 'b'], ['x', 7])).toStrictEqual({ type: 'claim', claim: ['a', 'b'], value: ['x', 7] })
    expect(claim('a', { contains: 'x' })).toStrictEqual({ type: 'claim', claim: 'a', contains: 'x' })
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
    ['a parameter without name', () => tenant(param(lost))],
    ['a reference without name', () => role('Editor', { tenant: { claim: lost } })],
    ['an empty object as tenant', () => tenant({} as { claim: string })],
    ['null as tenant', () => tenant(null as unknown as string)],
    ['a way into nothing', () => claim([])],
    ['a way with a hole', () => claim(['address', lost])],
    ['a lost text to contain', () => claim('groups', { contains: lost })],
    ['a lost parameter to compare with', () => claim('sub', { param: lost })],
    ['a list as tenant', () => role('Editor', { tenant: ['T1'] as unknown as string })],
  ])('are not made from %s, which would widen or blur them', (_what, make) => {
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(/of an access rule must be a text/)
  })

  test.each([[undefined], [null], [[]], [[undefined]], [Number.NaN], [{}], [{ claim: '' }]])(
    'are not made from %j as value, which would widen them to any value',
    (value) => {
      expect(() => claim('plan', value as unknown as string)).toThrow(ConfigurationError)
    },
  )
})
