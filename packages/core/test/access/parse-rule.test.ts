import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AccessRule,
  allOf,
  anyOf,
  authorizationDetail,
  claim,
  currentTenant,
  isOidcError,
  not,
  param,
  parseAccessRule,
  permission,
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { anyRule } from './access-fixture.ts'

const everyKind = allOf(
  scope('a'),
  anyOf(role('b', { tenant: 'T1' }), role('b', { tenant: param('id') }), permission('c', { tenant: currentTenant })),
  not(tenant(param('id'))),
  role('b'),
  permission('c'),
  tenant(currentTenant),
  claim('d'),
  claim('d', 7),
  claim(['d', 'e'], ['x', 7, false]),
  claim('d', param('id')),
  claim('d', { claim: 'e' }),
  claim('d', { contains: 'x' }),
  claim('d', { contains: param('id') }),
  claim('d', { contains: { e: 7, f: ['x', param('id')], g: { h: { claim: 'i' }, j: false } } }),
  authorizationDetail('a', { actions: ['b'], identifier: param('id') }),
  anyOf(),
)

function messageOf(value: unknown): string {
  try {
    parseAccessRule(value)
  } catch (error) {
    if (isOidcError(error, 'OIDC_ACCESS_RULE_INVALID')) return error.message
    throw error
  }
  return 'accepted'
}

describe('parseAccessRule', () => {
  test('reads every kind of rule back from its text', () => {
    const copy = parseAccessRule(JSON.parse(JSON.stringify(everyKind)))
    expect(copy).toStrictEqual(everyKind)
    fc.assert(
      fc.property(anyRule, (rule) => {
        // As texts: a member named constructor means something to toStrictEqual.
        const written = JSON.stringify(rule)
        expect(JSON.stringify(parseAccessRule(JSON.parse(written)))).toBe(written)
      }),
    )
  })

  test('gives a frozen copy that later changes of the input do not reach', () => {
    const input = { type: 'allOf', rules: [{ type: 'claim', claim: ['a'], value: ['x'] }] }
    const rule = parseAccessRule(input)
    input.rules.length = 0
    expect(rule).toStrictEqual({ type: 'allOf', rules: [{ type: 'claim', claim: ['a'], value: ['x'] }] })
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(rule)).toBe(true)
    expect(frozen(parseAccessRule(everyKind))).toBe(true)
  })

  const text = 'a text of 1 to 1000 characters'
  test.each([
    ['null', null, 'an object at its root, found null'],
    ['a text', '{"type":"scope","scope":"a"}', 'an object at its root, found a text without scope()'],
    ['a list', [], 'an object at its root, found a list'],
    ['no type', {}, 'at type, found undefined'],
    ['an unknown type', { type: 'group', group: 'staff' }, /one of scope, role, .* at type, found group\./],
    ['a type of every object', { type: 'constructor' }, 'at type'],
    ['a scope without name', { type: 'scope' }, `${text} at scope, found undefined`],
    ['a scope with an empty name', { type: 'scope', scope: '' }, `${text} at scope, found a text of 0 characters`],
    ['a scope that is too long', { type: 'scope', scope: 'a'.repeat(1001) }, 'found a text of 1001 characters'],
    [
      'a misspelled member',
      { type: 'role', role: 'a', tennant: 'T1' },
      'no member beside type, role, tenant at tennant',
    ],
    [
      'a misspelled member of a permission',
      { type: 'permission', permission: 'a', tennant: 'T1' },
      'no member beside type, permission, tenant at tennant',
    ],
    ['a second member of a tenant', { type: 'tenant', tenant: 'T1', role: 'a' }, 'beside type, tenant at role'],
    ['a second member of a choice', { type: 'anyOf', rules: [], rule: scope('a') }, 'beside type, rules at rule'],
    ['a second member of a list', { type: 'allOf', rules: [], not: true }, 'beside type, rules at not'],
    ['a second member of an opposite', { type: 'not', rule: scope('a'), rules: [] }, 'beside type, rule at rules'],
    ['an inherited member', Object.create({ scope: 'a' }, { type: { value: 'scope' } }), `${text} at scope`],
    ['a claim value that is too long', { type: 'claim', claim: 'a', value: 'a'.repeat(1001) }, 'of 1001 characters'],
    [
      'a member of another type of rule',
      { type: 'scope', scope: 'a', tenant: 'T1' },
      'no member beside type, scope at tenant, found one',
    ],
    ['a member named __proto__', JSON.parse('{"type":"scope","scope":"a","__proto__":{}}'), 'at __proto__, found one'],
    ['a tenant that is null', { type: 'role', role: 'a', tenant: null }, 'an object at tenant, found null'],
    ['a tenant that was lost', { type: 'role', role: 'a', tenant: undefined }, `${text} at tenant, found undefined`],
    ['a tenant that is a list', { type: 'tenant', tenant: ['T1'] }, 'an object at tenant, found a list'],
    ['an empty reference', { type: 'tenant', tenant: {} }, `${text} at tenant.claim, found undefined`],
    [
      'two references in one',
      { type: 'tenant', tenant: { param: 'a', claim: 'b' } },
      'param or claim alone, at tenant.claim, found one',
    ],
    ['a reference without name', { type: 'tenant', tenant: { param: '' } }, `${text} at tenant.param`],
    ['a claim without name', { type: 'claim', claim: [] }, 'at claim, found an empty list'],
    ['a claim with a name that is no text', { type: 'claim', claim: ['a', 7] }, `${text} at claim[1], found number`],
    [
      'two comparisons',
      { type: 'claim', claim: 'a', value: 'x', contains: 'x' },
      'no member beside type, claim, contains at value, found one',
    ],
    ['a value that is null', { type: 'claim', claim: 'a', value: null }, 'an object at value, found null'],
    ['a value that is no number', { type: 'claim', claim: 'a', value: Number.NaN }, 'at value, found number'],
    ['a list of no values', { type: 'claim', claim: 'a', value: [] }, 'at least one value at value'],
    ['an object among values', { type: 'claim', claim: 'a', value: ['x', {}] }, 'at value[1], found object'],
    [
      'a value that is an object',
      { type: 'claim', claim: 'a', value: { b: 1 } },
      'object with param or claim alone, at value.b',
    ],
    ['an empty contained object', { type: 'claim', claim: 'a', contains: {} }, 'at least one member at contains'],
    ['a contained list', { type: 'claim', claim: 'a', contains: ['x'] }, 'an object at contains, found a list'],
    [
      'an object in which a reference has neighbours',
      { type: 'claim', claim: 'a', contains: { b: { param: 'c', d: 'e' } } },
      'param or claim alone, at contains.b.d',
    ],
    ['a list of nothing in it', { type: 'claim', claim: 'a', contains: { b: [] } }, 'at least one text at contains.b'],
    ['a number in such a list', { type: 'claim', claim: 'a', contains: { b: [7] } }, `${text} at contains.b[0]`],
    [
      'an object in such a list',
      { type: 'claim', claim: 'a', contains: { b: [{ c: 1 }] } },
      'alone, at contains.b[0].c',
    ],
    ['null in it', { type: 'claim', claim: 'a', contains: { b: null } }, 'an object at contains.b, found null'],
    ['a contained number', { type: 'claim', claim: 'a', contains: 7 }, `${text} at contains, found number`],
    [
      'rules that are no list',
      { type: 'allOf', rules: { 0: { type: 'scope', scope: 'a' } } },
      'a list at rules, found object',
    ],
    ['no rules', { type: 'anyOf' }, 'a list at rules, found undefined'],
    ['a hole among rules', { type: 'allOf', rules: new Array(1) }, 'an object at rules[0], found undefined'],
    [
      'a deep mistake',
      { type: 'allOf', rules: [scope('a'), { type: 'not', rule: { type: 'role', role: 7 } }] },
      `${text} at rules[1].rule.role, found number`,
    ],
  ])('refuses %s and says where', (_what, value, message) => {
    expect(messageOf(value)).toMatch(message)
  })

  test('takes texts of 1000 characters, as names and as values', () => {
    const long = 'a'.repeat(1000)
    for (const rule of [scope(long), claim('a', long), claim('a', { contains: long }), tenant(param(long))]) {
      expect(parseAccessRule(JSON.parse(JSON.stringify(rule)))).toStrictEqual(rule)
    }
  })

  test('repeats nothing of what it refuses', () => {
    const secret = 'eyJhbGciOiJSUzI1NiJ9.secret'
    for (const value of [
      secret,
      { type: secret },
      { type: 'scope', scope: [secret] },
      { type: 'scope', [secret]: 1 },
    ]) {
      expect(messageOf(value).replace(`at ${secret},`, '')).not.toContain('secret')
    }
  })

  function nested(levels: number): AccessRule {
    return levels === 0 ? scope('a') : not(nested(levels - 1))
  }

  test('takes rules of 32 levels and no more', () => {
    expect(messageOf(nested(32))).toBe('accepted')
    expect(messageOf(nested(33))).toMatch(/at most 32 levels at rule\.rule\.rule/)
  })

  test('takes 1000 rules and values and no more, also in a rule that holds itself', () => {
    const scopes = (count: number) => allOf(...Array.from({ length: count }, (_, index) => scope(`a${index}`)))
    expect(messageOf(scopes(499))).toBe('accepted')
    expect(messageOf(scopes(500))).toMatch(/at most 1000 rules and values/)
    expect(
      messageOf(
        claim(
          'a',
          Array.from({ length: 999 }, () => 'x'),
        ),
      ),
    ).toMatch(/at most 1000/)
    const endless: { type: string; rules: unknown[] } = { type: 'anyOf', rules: [] }
    endless.rules.push(endless, endless)
    expect(messageOf(endless)).toMatch(/at most/)
    const pattern: Record<string, unknown> = {}
    Object.assign(pattern, { a: pattern, b: pattern })
    expect(messageOf({ type: 'claim', claim: 'a', contains: pattern })).toMatch(/at most/)
  })
})
