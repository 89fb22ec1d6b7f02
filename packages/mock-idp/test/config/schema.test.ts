import { createMockIdp, type FlowDefinition, type MockIdpConfig } from '@countersign/mock-idp'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import schema from '../../schema/mock-idp-config.schema.json' with { type: 'json' }
import { demoConfig } from '../../src/demo-config.ts'
import { fits } from '../support/json-schema.ts'

/** What `createMockIdp` throws; `undefined` when it takes the configuration. */
function refusal(config: unknown): unknown {
  try {
    createMockIdp(config as MockIdpConfig)
    return undefined
  } catch (error) {
    return error
  }
}

/** Every kind of node, with most of its fields. */
const flow: FlowDefinition = {
  id: 'all-nodes',
  start: 'ask',
  nodes: {
    ask: {
      kind: 'screen',
      title: 'Hello {{client.name}}',
      fields: [{ name: 'size', type: 'select', options: ['S', 'M'], pattern: '[SM]', default: '' }],
      buttons: [{ id: 'go', label: 'Go', next: 'act', skipValidation: true }],
    },
    act: {
      kind: 'action',
      action: 'custom-claims',
      args: { refreshSeconds: 60, a: true, b: { dynamic: 'user.email' }, c: { json: [1, null] } },
      claims: [
        { key: 'a', type: 'json', value: { b: '{{user.name}}' } },
        { key: 'b', type: 'number', value: 4 },
      ],
      next: 'look',
      onError: { mode: 'automatic', message: 'Again.' },
    },
    look: {
      kind: 'condition',
      rules: [
        { all: [{ key: 'user.name', op: 'in', value: ['a', { dynamic: 'form.size' }] }], next: 'call' },
        { any: [{ key: 'user.lastAuth.time', op: 'within', value: 2, unit: 'days' }], next: 'done' },
      ],
      else: 'call',
    },
    call: {
      kind: 'connector',
      connector: 'people-api',
      endpoint: '/users',
      contextKey: 'people',
      query: { email: { dynamic: 'user.email' } },
      next: 'again',
      onError: { mode: 'custom', next: 'done', byCode: { ConnectorTimeout: 'again' } },
    },
    again: { kind: 'subflow', flow: 'sign-up-or-in', next: 'done', onError: { mode: 'ignore' } },
    done: { kind: 'end', outcome: 'success', output: { size: '{{form.size}}' } },
  },
}

const actionWith = (claim: unknown): unknown => ({
  kind: 'action',
  action: 'custom-claims',
  claims: [claim],
  next: 'done',
})

const full: MockIdpConfig = {
  ...demoConfig,
  flows: [flow],
  connectors: [
    {
      id: 'crm',
      name: 'CRM',
      baseUrl: 'https://crm.example/v1',
      authentication: { type: 'basic', username: 'a', password: 'b' },
    },
  ],
  origin: 'https://idp.example',
  projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H',
  oidcApps: [{ id: 'shop', name: 'Shop', clientType: 'confidential', secrets: ['x'], redirectUris: ['http://a/'] }],
  lifetimes: { codeSeconds: 5, inactivitySeconds: 0 },
  compat: { errorShape: 'oauth', corsOrigins: ['http://localhost:5173'], metadataAuthMethods: [] },
  jwtTemplates: { user: { issuerType: 'legacy', authSchema: 'tenantOnly' }, accessKey: { emptyClaimPolicy: 'nil' } },
  deterministic: { seed: 'a', now: 0 },
}

describe('the published JSON schema of the configuration', () => {
  it.each([
    ['nothing', {}],
    ['the fixture project', demoConfig],
    ['most options at once', full],
  ])('takes %s, as the mock does', (_, config) => {
    expect(refusal(config)).toBeUndefined()
    expect(fits(schema, JSON.parse(JSON.stringify(config)))).toBe(true)
  })

  it.each([
    [{ colour: 'red' }],
    [{ clock: {} }],
    [{ origin: 'localhost' }],
    [{ projectId: 'P1' }],
    [{ users: {} }],
    [{ users: [{}] }],
    [{ users: [{ loginIds: ['a'], email: 3 }] }],
    [{ roles: { a: 'b' } }],
    [{ lifetimes: { codeSeconds: 601 } }],
    [{ lifetimes: { codeSeconds: 1.5 } }],
    [{ compat: { audFormat: 'list' } }],
    [{ compat: { emitAtHesh: true } }],
    [{ jwtTemplates: { user: { authSchema: 'all' } } }],
    [{ inboundApps: [{ name: 'a', secrets: [3] }] }],
    [{ oidcApps: [{ id: 'a b', name: 'App' }] }],
    [{ oidcApps: [{ name: 'App', type: 'saml' }] }],
  ])('refuses %j, as the mock does', (config) => {
    expect(refusal(config)).toBeInstanceOf(TypeError)
    expect(fits(schema, config)).toBe(false)
  })

  it.each<[what: string, node: unknown]>([
    ['kind', { kind: 'loop' }],
    ['outcome', { kind: 'end', outcome: 'maybe' }],
    ['message', { kind: 'end', outcome: 'success', message: 3 }],
    ['value', { kind: 'end', outcome: 'success', output: { a: {} } }],
    ['value in two forms', { kind: 'end', outcome: 'success', output: { a: { dynamic: 'a', json: 1 } } }],
    [
      'error route without a way',
      { kind: 'subflow', flow: 'sign-up-or-in', next: 'done', onError: { mode: 'custom' } },
    ],
    ['error route', { kind: 'subflow', flow: 'sign-up-or-in', next: 'done', onError: { mode: 'never' } }],
    ['type of a claim', actionWith({ key: 'a', type: 'text', value: '' })],
    ['claim without a value', actionWith({ key: 'a', type: 'number' })],
    [
      'operator',
      { kind: 'condition', else: 'done', rules: [{ all: [{ key: 'a', op: 'like', value: 1 }], next: 'done' }] },
    ],
    ['label', { kind: 'screen', buttons: [{ id: 'a', label: 3, next: 'done' }] }],
  ])('refuses a node of a flow with a wrong %s, as the mock does', (_, again) => {
    const config = { flows: [{ ...flow, nodes: { ...flow.nodes, again } }] }
    expect(refusal(config)).toBeInstanceOf(TypeError)
    expect(fits(schema, config)).toBe(false)
  })

  it.each([{ type: 'magic' }, { type: 'none', token: 'x' }, { type: 'basic', username: 'a' }])(
    'refuses the authentication %j of a connector, as the mock does',
    (authentication) => {
      const config = { connectors: [{ id: 'a', name: 'a', baseUrl: 'https://a', authentication }] }
      expect(refusal(config)).toBeInstanceOf(TypeError)
      expect(fits(schema, config)).toBe(false)
    },
  )

  it('never refuses what the mock takes', () => {
    fc.assert(
      fc.property(brokenConfig(), (config) => {
        if (!fits(schema, config)) expect(refusal(config)).toBeInstanceOf(TypeError)
      }),
      { numRuns: 300, seed: 20260101 },
    )
  })
})

describe('malformed configuration', () => {
  it('is taken or refused with a TypeError that names the path, never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(brokenConfig(), fc.jsonValue(), fc.anything()), (config) => {
        const error = refusal(config)
        if (error === undefined) return
        expect(error).toBeInstanceOf(TypeError)
        expect((error as Error).message).toMatch(/^(config|flow|connector)\b/)
        expect((error as Error).message.length).toBeLessThan(3000)
      }),
      { numRuns: 1500, seed: 20260101 },
    )
  })
})

/** A good configuration in which one member, at any depth, is taken out, replaced or added to. */
function brokenConfig(): fc.Arbitrary<unknown> {
  const rubbish = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('__proto__', '', 'x'.repeat(200), -1, 1e300, [[]], [null], { constructor: 1 }),
  )
  return fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add'), rubbish).map(([index, act, value]) => {
    const config = JSON.parse(JSON.stringify(full))
    const places = placesOf(config)
    const place = places[index % places.length]
    if (!place) return config
    const { parent, key } = place
    if (act === 'add') Object.assign(parent, { unknown: value })
    else if (act === 'remove') Reflect.deleteProperty(parent, key)
    else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true })
    return config
  })
}

function placesOf(value: unknown): { readonly parent: object; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [{ parent: value, key }, ...placesOf(member)])
}
