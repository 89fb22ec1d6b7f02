import { createMockIdp, defineFlow, type FlowDefinition } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { fixedIdp, get, post } from '../support/relying-party.ts'

const done = { kind: 'end', outcome: 'success' }
const screen = { kind: 'screen', buttons: [{ id: 'go', label: 'Go', next: 'done' }] }

/** A flow whose first node is the given one. */
const flowOf = (node: object, more: object = {}) =>
  ({ id: 'broken', start: 'first', nodes: { first: node, done, ...more } }) as unknown as FlowDefinition

const connector = { kind: 'connector', connector: 'people-api', contextKey: 'random', next: 'done' }
const claims = (claim: object) => ({ kind: 'action', action: 'custom-claims', next: 'done', claims: [claim] })
const test = (one: object) => ({ kind: 'condition', rules: [{ all: [one], next: 'done' }], else: 'done' })

describe('a flow that does not fit', () => {
  it.each<[what: string, flow: FlowDefinition, message: RegExp]>([
    [
      'an unknown connector (S-001, S-023)',
      flowOf({ ...connector, connector: 'nowhere' }),
      /config\.flows\[0\]\.nodes\["first"\]\.connector: "nowhere" does not exist; there is people-api/,
    ],
    [
      'a base URL on a connector node (S-024)',
      flowOf({ ...connector, baseUrl: 'https://other.example' }),
      /nodes\["first"\]\.baseUrl is not an option; allowed are .*endpoint/,
    ],
    ['an unknown method (S-021)', flowOf({ ...connector, method: 'TRACE' }), /method: expected one of "GET", "POST"/],
    ['a timeout of 61 s (S-026)', flowOf({ ...connector, timeoutSeconds: 61 }), /from 1 to 60/],
    ['a timeout of 0 s (S-026)', flowOf({ ...connector, timeoutSeconds: 0 }), /from 1 to 60/],
    [
      'an unknown subflow',
      flowOf({ kind: 'subflow', flow: 'x', next: 'done' }),
      /\.flow: "x" does not exist; there is .*step_up/,
    ],
    [
      'an unknown scriptlet (S-382)',
      flowOf({ kind: 'scriptlet', fn: 'x', next: 'done' }),
      /\.fn: "x" does not exist; there is none/,
    ],
    [
      'an unknown action',
      flowOf({ kind: 'action', action: 'x', next: 'done' }),
      /\.action: "x" does not exist; .*otp-start/,
    ],
    ['an unknown kind', flowOf({ kind: 'loop' }), /\.kind: expected one of "screen"/],
    ['an unknown next', flowOf({ ...connector, next: 'x' }), /\.next: there is no node "x"; the flow has first, done/],
    ['an unknown start', { ...flowOf(screen), start: 'x' }, /config\.flows\[0\]\.start: there is no node "x"/],
    [
      'an unknown error route',
      flowOf({ ...connector, onError: { mode: 'custom', next: 'done', byCode: { ConnectorTimeout: 'x' } } }),
      /onError\.byCode\["ConnectorTimeout"\]: there is no node "x"/,
    ],
    [
      'an unknown operator',
      flowOf(test({ key: 'user.name', op: 'like', value: 'x' })),
      /\.op: expected one of "equal"/,
    ],
    ['an operator without its value', flowOf(test({ key: 'user.name', op: 'equal' })), /operator equal needs a value/],
    [
      'an operator with a value too many',
      flowOf(test({ key: 'user.name', op: 'empty', value: 1 })),
      /empty takes no value/,
    ],
    [
      'a time operator without unit (S-304)',
      flowOf(test({ key: 'user.lastAuth.time', op: 'within', value: 1 })),
      /\.unit: minutes, hours or days/,
    ],
    [
      'a pattern that does not compile',
      flowOf(test({ key: 'user.name', op: 'matches', value: '(' })),
      /regular expression/,
    ],
    [
      'a pattern that is too large',
      flowOf(test({ key: 'user.name', op: 'matches', value: '(a{30}){30}' })),
      /smaller counted repetitions/,
    ],
    [
      'a rule without tests',
      flowOf({ kind: 'condition', rules: [{ next: 'done' }], else: 'done' }),
      /a rule needs tests/,
    ],
    ['a screen without button', flowOf({ kind: 'screen', buttons: [] }), /at least one button/],
    ['a way that never ends', flowOf(test({ key: 'user.name', op: 'empty' }), {}), /^$/],
    ['an empty claim name (S-037)', flowOf(claims({ key: '', type: 'string', value: 'x' })), /1 to 60 characters/],
    [
      'a claim name of 61 characters (S-037)',
      flowOf(claims({ key: 'x'.repeat(61), type: 'string', value: 'x' })),
      /1 to 60/,
    ],
    [
      'an unknown claim type (S-038)',
      flowOf(claims({ key: 'x', type: 'date', value: 'x' })),
      /expected one of "string", "number"/,
    ],
    [
      'a claim value of another type (S-038)',
      flowOf(claims({ key: 'x', type: 'number', value: 'x' })),
      /type number takes number, got string/,
    ],
    ['a claim of 501 characters', flowOf(claims({ key: 'x', type: 'string', value: 'x'.repeat(501) })), /at most 500/],
    ['a bad id', { ...flowOf(screen), id: 'a b' }, /config\.flows\[0\]\.id: expected a flow id/],
  ])('is refused at load: %s', (_what, flow, message) => {
    const nodes =
      message.source === '^$'
        ? ({
            ...flow,
            nodes: { ...flow.nodes, first: { ...flow.nodes.first, rules: [], else: 'first' } },
          } as FlowDefinition)
        : flow
    const wanted = message.source === '^$' ? /every way must reach an end or a screen/ : message
    expect(() => createMockIdp({ flows: [nodes] })).toThrow(wanted)
  })
})

describe('a connector node that fits', () => {
  it.each([1, 60])('may wait %i seconds (S-026)', (timeoutSeconds) => {
    const { flows } = fixedIdp()
    expect(flows.put(flowOf({ ...connector, timeoutSeconds })).version).toBe(1)
  })
})

describe('flows.put', () => {
  const flow = defineFlow({
    id: 'mine',
    start: 'ask',
    nodes: {
      ask: { kind: 'screen', buttons: [{ id: 'go', label: 'Go', next: 'done' }] },
      done: { kind: 'end', outcome: 'success', output: { version: 'one' } },
    },
  })

  it('counts versions; a run keeps the one it began with (S-041)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const next = {
      ...flow,
      nodes: { ...flow.nodes, done: { kind: 'end', outcome: 'success', output: { version: 'two' } } },
    }
    const waiting = await idp.flows.run('mine')
    expect(idp.flows.put(next as FlowDefinition)).toEqual({ version: 2, warnings: [] })
    expect(waiting.value('flow.version')).toBe(1)
    const run = await idp.flows.run('mine', { screens: [{}] })
    expect([run.output, run.value('flow.version')]).toEqual([{ version: 'two' }, 2])
    expect(idp.flows.get('mine')?.version).toBe(2)
    idp.reset()
    expect(idp.flows.get('mine')?.version).toBe(1)
  })

  it('warns of nodes that nothing leads to, of unguarded time tests and of a missing consent action', () => {
    const { flows } = fixedIdp()
    const lost = { ...flow, nodes: { ...flow.nodes, lost: { kind: 'end', outcome: 'success' } } }
    expect(flows.put(lost as FlowDefinition).warnings).toEqual([
      expect.stringContaining('nodes["lost"]: nothing leads to this node'),
    ])
    const timed = flowOf(test({ key: 'user.lastAuth.time', op: 'within', value: 1, unit: 'days' }))
    expect(flows.put(timed).warnings).toEqual([expect.stringContaining('test empty')])
    expect(flows.put({ ...flow, requires: { consent: true } }).warnings).toEqual([
      expect.stringContaining('update-user-consent'),
    ])
  })

  it('leaves what was there when the new definition does not fit', () => {
    const { flows } = fixedIdp({ flows: [flow] })
    expect(() => flows.put({ ...flow, start: 'x' })).toThrow('flow.start: there is no node "x"')
    expect(flows.get('mine')?.version).toBe(1)
  })

  it('lists the shipped flows; one with the same id replaces one (S-019, S-068)', () => {
    const shipped = [
      'sign-up-or-in',
      'step_up',
      'step-up',
      'sign-up-or-in-with-code',
      'inbound-apps-user-consent',
      'sign-up-or-in-with-dob',
      'inbound-consent-dob',
    ]
    expect(
      fixedIdp()
        .flows.list()
        .map(({ id }) => id),
    ).toEqual(shipped)
    const { flows } = fixedIdp({ flows: [{ ...flow, id: 'step-up' }] })
    expect(flows.get('step-up')?.start).toBe('ask')
    expect(flows.list()).toHaveLength(shipped.length)
  })

  it('a run that waits goes on in the version that it began with (S-041)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const start = async () => {
      const page = await get(idp, `/login/${idp.projectId}?flow=mine`)
      const html = await page.text()
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
      const cookie = page.headers.getSetCookie().map((one) => one.split(';')[0])
      return async () => {
        const fields = { executionId: field('executionId'), stepId: field('stepId'), csrf: field('csrf') }
        const submitted = { ...fields, button: 'go' }
        const end = await post(idp, `/login/${idp.projectId}`, submitted, { cookie: cookie.join('; ') })
        return /<h1>([^<]*)/.exec(await end.text())?.[1]
      }
    }
    const old = await start()
    const failing = { ...flow, nodes: { ...flow.nodes, done: { kind: 'end', outcome: 'failure' } } }
    idp.flows.put(failing as FlowDefinition)
    const fresh = await start()
    expect([await old(), await fresh()]).toEqual(['The flow has ended', 'The flow has failed'])
  })
})
