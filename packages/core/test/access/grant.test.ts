import { describe, expect, test } from 'vitest'
import { readGrant } from '../../src/index.ts'

describe('readGrant', () => {
  test.each([
    ['text', { scope: 'a  b a' }, ['a', 'b']],
    ['a list (RFC 9068 2.2.3)', { scope: ['a', 'b'] }, ['a', 'b']],
    ['a list whose names have spaces', { scope: ['a b'] }, ['a b']],
    ['scp as list', { scp: ['a', 'b'] }, ['a', 'b']],
    ['scp as text', { scp: 'a b' }, ['a', 'b']],
    ['scope and scp that name the same', { scope: 'a b', scp: ['b', 'a', 'a'] }, ['a', 'b']],
    ['scp beside null', { scope: null, scp: 'b' }, ['b']],
    ['none of both where they differ', { scope: 'a', scp: 'b' }, []],
    ['none of both where one has more', { scope: 'a', scp: ['a', 'b'] }, []],
    ['none of both where the other has more', { scope: 'a b', scp: ['a'] }, []],
    ['none of both where one is empty', { scope: '', scp: 'b' }, []],
    ['none of both where one is of another type', { scope: 'a', scp: { a: true } }, []],
    ['neither', {}, []],
    ['a number', { scope: 7 }, []],
    ['a list of other things', { scope: ['a', 7] }, []],
    ['null', { scope: null }, []],
    ['nsec, which is never trusted (DESIGN 11)', { nsec: { scope: 'admin' } }, []],
  ])('reads scopes from %s (N-10)', (_what, claims, scopes) => {
    expect([...readGrant(claims as Record<string, unknown>).scopes]).toEqual(scopes)
  })

  test('does not read scopes from a prototype', () => {
    expect([...readGrant(Object.create({ scope: 'admin', scp: 'admin' })).scopes]).toEqual([])
  })

  test('prefers scopes that are given', () => {
    expect([...readGrant({ scope: 'a' }, ['b', 'b']).scopes]).toEqual(['b'])
  })

  test('tells rights when a claim about them is there, or their scope was granted', () => {
    expect(readGrant({}).tellsRights).toBe(false)
    expect(readGrant({ dct: 'T1' }).tellsRights).toBe(false)
    for (const claims of [{ roles: [] }, { permissions: [] }, { tenants: {} }, { scope: 'descope.claims' }]) {
      expect(readGrant(claims).tellsRights).toBe(true)
    }
  })
})
