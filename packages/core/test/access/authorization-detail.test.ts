import { describe, expect, test } from 'vitest'
import {
  type AccessGrant,
  type AccessParameters,
  type AccessRule,
  type AuthorizationDetailMembers,
  allOf,
  anyOf,
  authorizationDetail,
  ConfigurationError,
  claim,
  evaluateAccess,
  not,
  param,
  parseAccessRule,
  scope,
} from '../../src/index.ts'
import { grantOf } from './access-fixture.ts'

/** What RFC 9396 section 9.1 puts into an access token. */
const payment = {
  type: 'payment_initiation',
  actions: ['initiate', 'status'],
  locations: ['https://example.com/payments'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
  creditorAccount: { iban: 'DE02100100109307118603' },
  batch: false,
}
const account = { type: 'account_information', identifier: 'account-1', datatypes: ['balances'], privileges: ['owner'] }

function verdict(rule: AccessRule, details: unknown, parameters?: AccessParameters): 'true' | 'false' | 'unknown' {
  const grant: AccessGrant = grantOf(details === undefined ? {} : { authorization_details: details })
  if (evaluateAccess(rule, grant, parameters).allowed) return 'true'
  return evaluateAccess(not(rule), grant, parameters).allowed ? 'false' : 'unknown'
}

describe('authorizationDetail (RFC 9396)', () => {
  test('is plain data, and a rule about a claim', () => {
    const rule = authorizationDetail('payment_initiation', { actions: ['initiate'], identifier: param('id') })
    expect(rule).toStrictEqual({
      type: 'claim',
      claim: 'authorization_details',
      contains: { type: 'payment_initiation', actions: ['initiate'], identifier: { param: 'id' } },
    })
    expect(parseAccessRule(JSON.parse(JSON.stringify(rule)))).toStrictEqual(rule)
  })

  test.each<[string, string, AuthorizationDetailMembers]>([
    ['its type', 'payment_initiation', {}],
    ['one of its actions', 'payment_initiation', { actions: ['status'] }],
    ['several of its actions, in another order', 'payment_initiation', { actions: ['status', 'initiate'] }],
    ['actions and locations', 'payment_initiation', { actions: ['initiate'], locations: payment.locations }],
    ['identifier, datatypes and privileges', 'account_information', accountMembers()],
    ['a member of the type', 'payment_initiation', { batch: false }],
    ['a part of a nested member', 'payment_initiation', { instructedAmount: { currency: 'EUR' } }],
  ])('holds for an entry that has %s', (_what, type, members) => {
    expect(verdict(authorizationDetail(type, members), [account, payment])).toBe('true')
  })

  test.each<[string, AuthorizationDetailMembers, string?]>([
    ['another type', {}, 'payment'],
    ['its type in other letters (section 2)', {}, 'Payment_Initiation'],
    ['an action that it does not list', { actions: ['cancel'] }],
    ['one action that it lists, and one that it does not', { actions: ['initiate', 'cancel'] }],
    ['a part of an action', { actions: ['init'] }],
    ['a location with a slash more', { locations: ['https://example.com/payments/'] }],
    ['another value of a nested member', { instructedAmount: { currency: 'EUR', amount: '999' } }],
    ['another value of a flag', { batch: true }],
  ])('does not hold for %s', (_what, members, type = 'payment_initiation') => {
    expect(verdict(authorizationDetail(type, members), [payment, account])).toBe('false')
  })

  test('needs all of it in one entry: rights of two entries are no product of both (section 2.2)', () => {
    const entries = [
      { type: 'files', actions: ['read'], locations: ['https://a.example'] },
      { type: 'files', actions: ['delete'], locations: ['https://b.example'] },
    ]
    const at = (location: string, ...actions: string[]) =>
      authorizationDetail('files', { actions, locations: [location] })
    expect(verdict(at('https://a.example', 'read'), entries)).toBe('true')
    expect(verdict(at('https://b.example', 'delete'), entries)).toBe('true')
    expect(verdict(at('https://a.example', 'delete'), entries)).toBe('false')
    const both = { actions: ['read', 'delete'] }
    expect(verdict(authorizationDetail('files', both), entries)).toBe('false')
    const separate = both.actions.map((action) => authorizationDetail('files', { actions: [action] }))
    expect(verdict(allOf(...separate), entries)).toBe('true')
    expect(verdict(anyOf(at('https://a.example', 'delete'), at('https://a.example', 'read')), entries)).toBe('true')
  })

  test.each<[string, unknown]>([
    ['no such claim', undefined],
    ['null', null],
    ['a text', JSON.stringify([payment])],
    ['one object in place of a list', payment],
    ['a list with a text in it', [payment, 'payment_initiation']],
    ['a list with null in it', [payment, null]],
    ['a list in a list', [[payment]]],
    ['entries without a type', [{ actions: ['initiate'] }]],
    ['an entry that lists no actions, which need not mean none', [{ type: 'payment_initiation' }]],
    ['actions that are a text', [{ type: 'payment_initiation', actions: 'initiate' }]],
    ['actions among which is a number', [{ type: 'payment_initiation', actions: ['initiate', 7] }]],
    ['a type that is a list', [{ type: ['payment_initiation'], actions: ['initiate'] }]],
  ])('does not tell, and so denies and denies its opposite, for %s', (_what, details) => {
    const rule = authorizationDetail('payment_initiation', { actions: ['initiate'] })
    expect(verdict(rule, details)).toBe('unknown')
  })

  test('an empty list grants nothing, and says so', () => {
    expect(verdict(authorizationDetail('payment_initiation'), [])).toBe('false')
  })

  test('members are told by what the entry owns, whatever they are called', () => {
    const entry = JSON.parse('{"type":"x","__proto__":{"actions":["read"]},"constructor":"y"}')
    expect(verdict(authorizationDetail('x', { actions: ['read'] }), [entry])).toBe('unknown')
    expect(verdict(authorizationDetail('x', { constructor: 'y' }), [entry])).toBe('true')
    expect(verdict(authorizationDetail('x', { toString: 'y' } as never), [{ type: 'x' }])).toBe('unknown')
    const rule = parseAccessRule(
      JSON.parse('{"type":"claim","claim":"authorization_details","contains":{"__proto__":{"a":"b"}}}'),
    )
    expect(verdict(rule, [{ a: 'b' }])).toBe('unknown')
    expect(verdict(rule, JSON.parse('[{"__proto__":{"a":"b"}}]'))).toBe('true')
  })

  test('takes parameters and claims for any text of it', () => {
    const rule = authorizationDetail('payment_initiation', {
      actions: [param('action')],
      creditorAccount: { iban: param('iban') },
    })
    const iban = payment.creditorAccount.iban
    expect(verdict(rule, [payment], { action: 'initiate', iban })).toBe('true')
    expect(verdict(rule, [payment], { action: 'initiate', iban: 'DE00' })).toBe('false')
    expect(verdict(rule, [payment], { action: 'cancel', iban })).toBe('false')
    for (const parameters of [{ iban }, { action: ['initiate'], iban }, { action: 'initiate', iban: null }]) {
      expect(verdict(rule, [payment], parameters)).toBe('unknown')
    }
    const own = authorizationDetail('account_information', { identifier: { claim: 'account' } })
    const grant = grantOf({ authorization_details: [account], account: 'account-1' })
    expect(evaluateAccess(own, grant).allowed).toBe(true)
    expect(verdict(own, [account])).toBe('unknown')
  })

  test('what is handed in is never a pattern: an object from a request opens nothing', () => {
    const rule = claim('authorization_details', { contains: param('wanted') })
    for (const wanted of [{}, [], { type: 'payment_initiation' }, [{}]]) {
      expect(verdict(rule, [payment], { wanted })).toBe('unknown')
    }
  })

  test('the gap of a denial says which part, and why', () => {
    const rule = authorizationDetail('payment_initiation', { identifier: param('id') })
    const gaps = (details: unknown, parameters?: AccessParameters) =>
      evaluateAccess(allOf(rule, scope('a')), grantOf({ authorization_details: details }, 'a'), parameters).gaps
    expect(gaps([account], { id: '1' })).toEqual([{ rule, reason: 'not-granted' }])
    expect(gaps([payment], { id: '1' })).toEqual([{ rule, reason: 'undecided' }])
    expect(gaps([payment])).toEqual([{ rule, reason: 'parameter-missing', missing: 'id' }])
    expect(gaps(undefined, { id: '1' })).toEqual([{ rule, reason: 'claim-absent', missing: 'authorization_details' }])
  })

  test.each<[string, () => AccessRule, RegExp]>([
    ['no type', () => authorizationDetail(''), /type .* must be one text/],
    ['a lost type', () => authorizationDetail(undefined as never), /type/],
    ['a type given twice', () => authorizationDetail('a', { type: 'b' }), /type .* must be one text, given once/],
    ['a text for actions', () => authorizationDetail('a', { actions: 'read' as never }), /actions .* list of texts/],
    ['lost actions', () => authorizationDetail('a', { actions: undefined as never }), /actions .* list of texts/],
    ['no actions', () => authorizationDetail('a', { actions: [] }), /actions .*list of texts/],
    ['an empty action', () => authorizationDetail('a', { actions: [''] }), /actions .*must be a text/],
    ['an empty identifier', () => authorizationDetail('a', { identifier: '' }), /identifier/],
    ['identifiers', () => authorizationDetail('a', { identifier: ['b'] as never }), /identifier .* must be one text/],
    ['a lost identifier', () => authorizationDetail('a', { identifier: undefined as never }), /identifier/],
    ['a lost member', () => authorizationDetail('a', { amount: undefined }), /amount/],
    ['an empty object', () => authorizationDetail('a', { amount: {} }), /any object would do/],
    ['a reference with more', () => authorizationDetail('a', { amount: { param: 'b', c: 'd' } }), /nothing beside/],
    ['a list of objects', () => authorizationDetail('a', { amounts: [{}] as never }), /amounts .*must be a text/],
    ['nothing to contain', () => claim('a', { contains: {} }), /any object would do/],
  ])('is not made from %s, which would widen or blur it', (_what, make, message) => {
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })
})

test('any claim that is a list of objects can be looked into', () => {
  const rule = claim(['app', 'entitlements'], { contains: { plan: 'pro', seats: 5 } })
  const grant = grantOf({ app: { entitlements: [{ plan: 'free' }, { plan: 'pro', seats: 5, since: 2020 }] } })
  expect(evaluateAccess(rule, grant).allowed).toBe(true)
  expect(evaluateAccess(claim(['app', 'entitlements'], { contains: { seats: '5' } }), grant).allowed).toBe(false)
  const team = claim('groups', { contains: param('team') })
  expect(evaluateAccess(team, grantOf({ groups: ['a', 'b'] }), { team: 'b' }).allowed).toBe(true)
  expect(evaluateAccess(team, grantOf({ groups: ['a', 'b'] }), { team: 'c' }).allowed).toBe(false)
  expect(evaluateAccess(not(team), grantOf({ groups: [] })).allowed).toBe(false)
})

function accountMembers(): AuthorizationDetailMembers {
  const { type: _type, ...members } = account
  return members
}
