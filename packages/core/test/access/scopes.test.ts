import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AccessGrant,
  type AccessRule,
  allOf,
  anyOf,
  claim,
  evaluateAccess,
  not,
  param,
  permission,
  readGrant,
  requiredScopes,
  role,
  scope,
  scopeAlternatives,
  scopesOf,
  tenant,
} from '../../src/index.ts'
import { anyClaims, anyRule, anyScopes, grantOf, names, ruleWithoutNot } from './access-fixture.ts'

describe('scopesOf', () => {
  test.each([
    [
      'of every part, once, in the order of the rule',
      anyOf(scope('b'), allOf(scope('c'), scope('b')), scope('a')),
      ['b', 'c', 'a'],
    ],
    ['inside a double not', not(allOf(not(scope('a')), scope('b'))), ['a']],
    ['no scope that must not be granted', allOf(scope('a'), not(anyOf(scope('b'), scope('c')))), ['a']],
    ['nothing of a rule without scopes', allOf(role('a'), tenant('b')), []],
    ['nothing of a rule of unknown type', { type: 'group' } as unknown as AccessRule, []],
  ])('lists %s (RFC 9728 2)', (_what, rule, expected) => {
    expect(scopesOf(rule)).toEqual(expected)
  })
})

describe('scopeAlternatives', () => {
  test.each([
    ['one for allOf', allOf(scope('a'), scope('b')), [['a', 'b']]],
    [
      'one for each way of anyOf, shortest first',
      anyOf(allOf(scope('b'), scope('c')), scope('a')),
      [['a'], ['b', 'c']],
    ],
    [
      'the product of nested ones',
      allOf(scope('a'), anyOf(scope('b'), scope('c'))),
      [
        ['a', 'b'],
        ['a', 'c'],
      ],
    ],
    ['none that asks for more than another', allOf(anyOf(scope('a'), scope('b')), scope('b')), [['b']]],
    ['an empty one where no scope is needed', anyOf(role('a'), scope('b')), [[]]],
    ['none where no scope helps', allOf(scope('a'), anyOf()), []],
    ['none beside a rule of unknown type', allOf(scope('a'), { type: 'group' } as unknown as AccessRule), []],
    ['none where a scope must and must not be', allOf(scope('a'), not(scope('a'))), []],
    ['each list once, whatever must not be beside it', anyOf(allOf(scope('a'), not(scope('b'))), scope('a')), [['a']]],
  ])('are %s', (_what, rule, expected) => {
    expect(scopeAlternatives(rule)).toEqual(expected)
  })

  test('are at most 32, and quickly there, however many a rule has', () => {
    const pairs = Array.from({ length: 60 }, (_, index) => anyOf(scope(`a${index}`), scope(`b${index}`)))
    const alternatives = scopeAlternatives(allOf(...pairs))
    expect(alternatives).toHaveLength(32)
    for (const list of alternatives) expect(list).toHaveLength(60)
  })
})

describe('requiredScopes', () => {
  const follows = { ...grantOf({ roles: [], tenants: { T1: {} } }, 'a'), rightsFollowScopes: true }
  test.each<[string, AccessRule, AccessGrant | undefined, readonly string[]]>([
    [
      'the scope beside one that must not be there, and is not',
      allOf(scope('x'), not(scope('b'))),
      grantOf({}, 'a'),
      ['x'],
    ],
    ['nothing beside one that must not be there, and is', allOf(scope('x'), not(scope('b'))), grantOf({}, 'b'), []],
    [
      'the scope beside a role that must not be held, and is not',
      allOf(scope('x'), not(role('r'))),
      grantOf({ roles: [] }),
      ['x'],
    ],
    [
      'nothing beside a role that must not be held, and is',
      allOf(scope('x'), not(role('r'))),
      grantOf({ roles: ['r'] }),
      [],
    ],
    [
      'the way of the fewest scopes where as many are missing',
      anyOf(allOf(scope('a'), scope('x')), scope('y')),
      grantOf({}, 'a'),
      ['y'],
    ],
    [
      'a longer way where the shorter one forbids what is needed too',
      allOf(anyOf(allOf(scope('a'), not(scope('b'))), allOf(scope('a'), scope('c'))), scope('b')),
      grantOf({}),
      ['a', 'c', 'b'],
    ],
    [
      'the scope that a role may come with, in a tenant that is held',
      allOf(scope('x'), role('r'), tenant('T1')),
      follows,
      ['x'],
    ],
    [
      'nothing in a tenant that is not held, since it comes with no scope',
      allOf(scope('x'), role('r'), tenant('T2')),
      follows,
      [],
    ],
    ...[role('r'), permission('p'), tenant('T1'), claim('c')].map(
      (rule): [string, AccessRule, undefined, readonly string[]] => [
        `the scope beside a ${rule.type}, where nothing is known of the caller`,
        allOf(scope('x'), rule),
        undefined,
        ['x'],
      ],
    ),
  ])('names %s', (_what, rule, grant, expected) => {
    expect(requiredScopes(rule, grant)).toEqual(expected)
  })

  test.each([
    ['all of allOf, granted or not', allOf(scope('a'), scope('b')), ['a', 'b']],
    ['the smallest way of anyOf alone', anyOf(allOf(scope('c'), scope('d')), scope('b')), ['b']],
    ['the first of ways that are equally small', anyOf(scope('c'), scope('b')), ['c']],
    ['the way to which the least is missing', anyOf(scope('b'), allOf(scope('a'), scope('c'))), ['b']],
    [
      'a way that is longer, but mostly granted',
      anyOf(allOf(scope('b'), scope('c')), allOf(scope('a'), scope('b'))),
      ['b', 'a'],
    ],
    ['one that two parts share', allOf(anyOf(scope('c'), scope('b')), scope('b')), ['b']],
    ['none when a role is missing too', allOf(scope('b'), role('Editor')), []],
    [
      'a way past a role that is missing',
      anyOf(allOf(scope('b'), role('Editor')), allOf(scope('c'), scope('d'))),
      ['c', 'd'],
    ],
    ['those beside a role that is there', allOf(scope('b'), role('Reader')), ['b']],
    ['none for a scope that must not be', allOf(scope('b'), not(scope('a'))), []],
    ['none inside a not', not(scope('a')), []],
    ['one inside a double not', not(not(scope('b'))), ['b']],
    ['none without a scope', tenant('T1'), []],
  ])('names %s (API behaviours 21 and 23; RFC 6750 3)', (_what, rule, expected) => {
    expect(requiredScopes(rule, grantOf({ roles: ['Reader'] }, 'a'))).toEqual(expected)
  })

  test.each([
    ['the scope that the missing role would come with', allOf(scope('b'), role('Editor')), ['b']],
    ['all of them', allOf(scope('a'), scope('b'), role('Editor', { tenant: 'T1' })), ['a', 'b']],
    ['none beside a role that no scope brings', anyOf(role('Editor'), allOf(scope('a'), role('Editor'))), []],
    ['a scope behind a role that no scope brings', anyOf(role('Editor'), allOf(scope('c'), permission('d'))), ['c']],
    [
      'rather a way that is certain',
      anyOf(allOf(scope('b'), role('Editor')), allOf(scope('c'), scope('d'))),
      ['c', 'd'],
    ],
    [
      'none beside a role whose tenant nobody handed in',
      allOf(scope('b'), role('Editor', { tenant: param('id') })),
      [],
    ],
    ['none for a tenant', allOf(scope('b'), tenant('T1')), []],
    ['none for the opposite of a role', allOf(scope('b'), not(role('Reader'))), []],
  ])('names %s, where rights follow scopes', (_what, rule, expected) => {
    const grant = grantOf({ roles: ['Reader'], tenants: {} }, 'a')
    expect(requiredScopes(rule, { ...grant, rightsFollowScopes: true })).toEqual(expected)
    const always = expected.length === 2 && expected.includes('c') ? expected : []
    expect(requiredScopes(rule, grant)).toEqual(always)
  })

  test('tells a client without a token what to ask for first', () => {
    expect(requiredScopes(allOf(scope('b'), role('Editor'), not(tenant('T2'))))).toEqual(['b'])
    expect(requiredScopes(anyOf(allOf(scope('c'), scope('a')), scope('b')))).toEqual(['b'])
    expect(requiredScopes(role('Editor'))).toEqual([])
    expect(requiredScopes(allOf(scope('b'), { type: 'group' } as unknown as AccessRule))).toEqual([])
  })

  const anyGrant = fc.tuple(anyClaims, anyScopes).map(([claims, scopes]) => readGrant(claims, scopes))
  const withScopes = (grant: ReturnType<typeof readGrant>, scopes: readonly string[]) => ({
    ...grant,
    scopes: new Set([...grant.scopes, ...scopes]),
  })

  test('with them granted the rule holds, and without any one of them it does not', () => {
    fc.assert(
      fc.property(anyRule, anyGrant, (rule, grant) => {
        const required = requiredScopes(rule, grant)
        if (evaluateAccess(rule, grant).allowed || required.length === 0) return
        expect(evaluateAccess(rule, withScopes(grant, required)).allowed).toBe(true)
        for (const name of required.filter((name) => !grant.scopes.has(name))) {
          const fewer = required.filter((other) => other !== name)
          expect(evaluateAccess(rule, withScopes(grant, fewer)).allowed).toBe(false)
        }
      }),
    )
  })

  test('are enough where roles and permissions come with them', () => {
    const every = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]))
    const claims = { ...every('a'), dct: 'a' }
    const all = { roles: names, permissions: names }
    let asked = 0
    fc.assert(
      fc.property(ruleWithoutNot, anyScopes, (rule, scopes) => {
        const grant = { ...readGrant(claims, scopes), rightsFollowScopes: true }
        const required = requiredScopes(rule, grant, every('a'))
        if (evaluateAccess(rule, grant, every('a')).allowed || required.length === 0) return
        asked += 1
        const later = readGrant({ ...claims, ...all, tenants: every(all) as never }, [...scopes, ...required])
        expect(evaluateAccess(rule, later, every('a')).allowed).toBe(true)
      }),
    )
    expect(asked).toBeGreaterThan(0)
  })

  test('are there whenever some set of scopes would help', () => {
    fc.assert(
      fc.property(anyRule, anyGrant, anyScopes, (rule, grant, more) => {
        if (evaluateAccess(rule, grant).allowed || !evaluateAccess(rule, withScopes(grant, more)).allowed) return
        const required = requiredScopes(rule, grant)
        expect(required.length).toBeGreaterThan(0)
        const added = (names: readonly string[]) => names.filter((name) => !grant.scopes.has(name)).length
        expect(added(required)).toBeLessThanOrEqual(added([...new Set(more)]))
      }),
    )
  })
})
