import type { FlowDefinition, FlowNode } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, mira } from '../support/relying-party.ts'

const now = Date.UTC(2026, 0, 1)
const ago = (minutes: number) => now / 1000 - minutes * 60

type Test = { readonly op: string; readonly value?: unknown; readonly unit?: 'minutes' | 'hours' | 'days' }

/** Which branch a test takes for a value; `undefined` leaves the key missing. */
async function branch(test: Test, value: unknown, key = 'client.key'): Promise<boolean> {
  const flow = {
    id: 'test',
    start: 'look',
    nodes: {
      look: { kind: 'condition', rules: [{ all: [{ key, ...test }], next: 'yes' }], else: 'no' },
      yes: { kind: 'end', outcome: 'success', output: { result: true } },
      no: { kind: 'end', outcome: 'success', output: { result: false } },
    },
  }
  const idp = fixedIdp({ flows: [flow as FlowDefinition] })
  const run = await idp.flows.run('test', { client: value === undefined ? {} : { key: value } })
  return run.output?.result === true
}

const timed = (op: string): Test => ({ op, value: 2, unit: 'hours' })

describe('operators (S-230, 4.7)', () => {
  it.each<[op: string, test: Test, holds: unknown[], fails: unknown[], missing: boolean]>([
    ['equal', { op: 'equal', value: '5' }, ['5', 5], ['6', null, ['5', '6']], false],
    ['equal to empty text', { op: 'equal', value: '' }, ['', null], ['a', 0], true],
    ['not-equal', { op: 'not-equal', value: '5' }, ['6', 6], ['5', 5], true],
    ['not-equal to empty text', { op: 'not-equal', value: '' }, ['a'], [''], false],
    ['contains', { op: 'contains', value: 'b' }, [['a', 'b'], 'abc'], [['a'], 'xyz', []], false],
    ['doesnt-contains', { op: 'doesnt-contains', value: 'b' }, [['a'], 'xyz'], [['b'], 'abc'], false],
    ['greater-than', { op: 'greater-than', value: 2 }, [3, '2.5'], [2, 'x', true], false],
    ['greater-than-or-equal', { op: 'greater-than-or-equal', value: 1 }, [1, true, '1'], [0, false, 'x'], false],
    ['less-than', { op: 'less-than', value: '2' }, [1, false], [2, 'x', Number.NaN], false],
    ['less-than-or-equal', { op: 'less-than-or-equal', value: 2 }, [2, '1'], [3, ''], false],
    ['empty', { op: 'empty' }, [null, '', [], {}], ['a', 0, false, ['x']], true],
    ['not-empty', { op: 'not-empty' }, ['a', 0, false, ['x'], { a: 1 }], [null, '', [], {}], false],
    ['is-true', { op: 'is-true' }, [true, 'true', 1, -2], [false, 'yes', 0, 'false'], false],
    ['is-false', { op: 'is-false' }, [false, 'false', 0], [true, 'no', 1, ''], false],
    ['in a list', { op: 'in', value: ['a', 2] }, ['a', 2, '2'], ['b', ''], false],
    ['in comma text', { op: 'in', value: 'a, b' }, ['a', 'b'], ['c', 'a,b'], false],
    ['not-in', { op: 'not-in', value: ['a', 'b'] }, ['c', 1], ['a'], true],
    ['matches', { op: 'matches', value: '^a+b$' }, ['aab'], ['ba', `${'a'.repeat(1001)}b`], false],
    ['in-range', { op: 'in-range', value: '1,5' }, [1, 5, '3'], [0, 6, 'x'], false],
    ['in-range, malformed', { op: 'in-range', value: 'x' }, [], [1, 5], false],
    ['not-in-range', { op: 'not-in-range', value: '1,5' }, [0, 6], [1, 5], true],
    ['not-in-range, malformed', { op: 'not-in-range', value: '5,1' }, [1, 3], [], true],
    ['devised-by', { op: 'devised-by', value: 3 }, [6, '9', 0], [7, 'x'], false],
    ['devised-by zero', { op: 'devised-by', value: 0 }, [], [6, 0], false],
    ['is-email', { op: 'is-email' }, ['a@b.example'], ['a@b', 'a b@c.example', 5], false],
    ['is-phone', { op: 'is-phone' }, ['+15550100', '+1 (555) 010-0'], ['5550100', '+0123456'], false],
    ['older-than', timed('older-than'), [ago(121), now - 8e6, '2025-12-31T00:00:00Z'], [ago(120), ago(-5), 'x'], false],
    ['within', timed('within'), [ago(120), ago(0), now - 1], [ago(121), ago(-5), 'soon', true], false],
  ])('%s', async (_op, test, holds, fails, missing) => {
    for (const value of holds) expect([value, await branch(test, value)]).toEqual([value, true])
    for (const value of fails) expect([value, await branch(test, value)]).toEqual([value, false])
    expect(await branch(test, undefined)).toBe(missing)
  })

  it.each([
    ['minutes', 59, 61],
    ['hours', 59 * 60, 61 * 60],
    ['days', 59 * 1440, 61 * 1440],
  ] as const)('time operators count in %s (S-304)', async (unit, inside, outside) => {
    const [older, within] = [
      { op: 'older-than', value: 60, unit },
      { op: 'within', value: 60, unit },
    ]
    expect([await branch(older, ago(inside)), await branch(within, ago(inside))]).toEqual([false, true])
    expect([await branch(older, ago(outside)), await branch(within, ago(outside))]).toEqual([true, false])
  })

  it.each(['user', 'unauthUser'])('%s.lastAuth.time can be older than some hours (S-304, S-305)', async (root) => {
    const flow = {
      id: 'recent',
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'look' },
        look: {
          kind: 'condition',
          rules: [
            { name: 'first', all: [{ key: `${root}.lastAuth.time`, op: 'empty' }], next: 'first' },
            {
              name: 'old',
              all: [{ key: `${root}.lastAuth.time`, op: 'older-than', value: 2, unit: 'hours' }],
              next: 'old',
            },
          ],
          else: 'fresh',
        },
        first: { kind: 'end', outcome: 'success', output: { is: 'first' } },
        old: { kind: 'end', outcome: 'success', output: { is: 'old' } },
        fresh: { kind: 'end', outcome: 'success', output: { is: 'fresh' } },
      },
    }
    const idp = fixedIdp({ flows: [flow as FlowDefinition] })
    const screens = [{ input: { loginId: mira.loginId, password: mira.password } }]
    const outcome = async () => (await idp.flows.run('recent', { screens, form: { email: mira.loginId } })).output
    expect(await outcome()).toEqual({ is: 'first' })
    expect(await outcome()).toEqual({ is: 'fresh' })
    idp.clock.advance(2 * 3600 + 1)
    expect(await outcome()).toEqual({ is: 'old' })
  })
})

describe('rules', () => {
  const test = (key: string) => ({ key: `client.${key}`, op: 'is-true' })
  const flow: FlowDefinition = {
    id: 'rules',
    start: 'look',
    nodes: {
      look: {
        kind: 'condition',
        rules: [
          { name: 'both kinds', all: [test('a'), test('b')], any: [test('c'), test('d')], next: 'one' },
          { name: 'all', all: [test('a'), test('b')], next: 'two' },
          { name: 'any', any: [test('c'), test('d')], next: 'three' },
        ],
        else: 'four',
      },
      one: { kind: 'end', outcome: 'success', output: { branch: 1 } },
      two: { kind: 'end', outcome: 'success', output: { branch: 2 } },
      three: { kind: 'end', outcome: 'success', output: { branch: 3 } },
      four: { kind: 'end', outcome: 'success', output: { branch: 4 } },
    },
  }

  it.each([
    [{ a: true, b: true, c: true }, 1],
    [{ a: true, b: true }, 2],
    [{ a: true, d: true }, 3],
    [{ a: true }, 4],
  ])('%o takes branch %i: all is AND, any is OR, the first rule wins, else is last', async (client, branchNumber) => {
    const run = await fixedIdp({ flows: [flow] }).flows.run('rules', { client })
    expect(run.output).toEqual({ branch: branchNumber })
  })

  it('logs each test with its operand and result (S-044)', async () => {
    const run = await fixedIdp({ flows: [flow] }).flows.run('rules', { client: { c: true } })
    const entry = run.log.find(({ kind }) => kind === 'condition.evaluated')
    expect(entry?.data).toMatchObject({ branch: 'any', next: 'three' })
    expect(entry?.data).toMatchObject({
      tests: expect.arrayContaining([expect.objectContaining({ key: 'client.c', result: true })]),
    })
  })

  it.each<[row: string, key: string, value: string | boolean, other: string | boolean, missing: string]>([
    ['S-268', 'user.email', mira.loginId, 'noa@globex.example', 'user.middleName'],
    ['S-303', 'unauthUser.status', 'active', 'disabled', 'unauthUser.middleName'],
    ['S-318', 'authInfo.firstSeen', false, true, 'authInfo.nothing'],
    ['S-329', 'device.location.hostname', 'login.example', 'app.example', 'device.location.fragment'],
    ['S-353', 'form.loginId', mira.loginId, 'dana', 'form.email2'],
    ['S-360', 'riskInfo.botDetected', true, false, 'riskInfo.nothing'],
    ['S-371', 'userAgent.name', 'Chrome', 'Safari', 'userAgent.device'],
    ['S-379', 'jwtClaims.sub', mira.id, 'U2', 'jwtClaims.nothing'],
  ])('conditions branch on %s: %s is %s, not %s; %s is missing', async (_row, key, value, other, missing) => {
    const flow: FlowDefinition = {
      id: 'keys',
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'look' },
        look: {
          kind: 'condition',
          rules: [
            { all: [{ key, op: 'equal', value: other }], next: 'other' },
            { all: [{ key: missing, op: 'not-empty' }], next: 'there' },
            { all: [{ key, op: 'equal', value }], next: 'yes' },
          ],
          else: 'none',
        },
        yes: { kind: 'end', outcome: 'success', output: { branch: 'yes' } },
        other: { kind: 'end', outcome: 'success', output: { branch: 'other' } },
        there: { kind: 'end', outcome: 'success', output: { branch: 'there' } },
        none: { kind: 'end', outcome: 'success', output: { branch: 'none' } },
      },
    }
    const run = await fixedIdp({ flows: [flow] }).flows.run('keys', {
      screens: [{ input: { loginId: mira.loginId, password: mira.password } }],
      form: { email: mira.loginId },
      device: { url: 'https://login.example/', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0' },
      risk: { botDetected: true },
    })
    expect(run.output).toEqual({ branch: 'yes' })
  })

  it('branches on the application of the login (S-066)', async () => {
    expect(await branch({ op: 'equal', value: '' }, undefined, 'ssoAppID')).toBe(true)
    expect(await branch({ op: 'equal', value: 'crm' }, undefined, 'ssoAppID')).toBe(false)
    const end = (title: string): FlowNode => ({
      kind: 'screen',
      title,
      buttons: [{ id: 'go', label: 'Go', next: 'done' }],
    })
    const flow: FlowDefinition = {
      id: 'per-app',
      start: 'look',
      nodes: {
        look: {
          kind: 'condition',
          rules: [{ all: [{ key: 'ssoAppID', op: 'equal', value: 'crm' }], next: 'crm' }],
          else: 'other',
        },
        crm: end('For CRM'),
        other: end('For others'),
        done: { kind: 'end', outcome: 'success' },
      },
    }
    const idp = fixedIdp({ flows: [flow], oidcApps: ['crm', 'shop'].map((id) => ({ id, name: id })) })
    const heading = async (changes: Record<string, string>) => {
      const first = await get(idp, authorizeUrl(idp, { flow: 'per-app', ...changes }))
      const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      return /<h1>([^<]*)/.exec(await (await get(idp, first.headers.get('location') ?? '', { cookie })).text())?.[1]
    }
    expect(await heading({ ssoAppId: 'crm' })).toBe('For CRM')
    expect([await heading({ ssoAppId: 'shop' }), await heading({})]).toEqual(['For others', 'For others'])
  })
})
