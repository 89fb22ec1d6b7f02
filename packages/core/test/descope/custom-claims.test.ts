import { createMockIdp } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { checkCustomClaims, claimLimits, reservedClaims } from '../../src/descope/claims.ts'

describe('checkCustomClaims', () => {
  test('finds nothing wrong with claims that the service takes (N-38)', () => {
    expect(checkCustomClaims({ dob: '1991-04-30', ['n'.repeat(60)]: 'v'.repeat(498) })).toEqual([])
  })

  test.each([
    ['a reserved name', { roles: ['Admin'] }, [{ claim: 'roles', problem: 'reserved' }]],
    ['an empty name', { '': 1 }, [{ claim: '', problem: 'name-length' }]],
    ['a name of 61 characters', { ['n'.repeat(61)]: 1 }, [{ claim: 'n'.repeat(61), problem: 'name-length' }]],
    ['a value of 501 characters as JSON', { note: 'v'.repeat(499) }, [{ claim: 'note', problem: 'value-length' }]],
    [
      '101 claims',
      Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`c${index}`, 1])),
      [{ claim: undefined, problem: 'count' }],
    ],
  ])('finds %s (N-38)', (_, claims, problems) => {
    expect(checkCustomClaims(claims)).toEqual(problems)
  })

  test('knows every name that the service refuses in a template (N-38)', () => {
    for (const claim of reservedClaims) {
      expect(() => createMockIdp({ userTemplate: { [claim]: 'dob' } })).toThrow(claim)
    }
    expect(() => createMockIdp({ userTemplate: { birthday: 'dob' } })).not.toThrow()
    expect(claimLimits).toEqual({ nameLength: 60, valueLength: 500, count: 100 })
  })
})
