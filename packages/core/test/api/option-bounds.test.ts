import { describe, expect, test } from 'vitest'
import {
  createAccessTokenVerifier,
  createBackChannelLogoutReceiver,
  createDpopNonces,
  createDpopProofVerifier,
  createMemoryStore,
  createProtectedResource,
  createRevocationList,
  createTokenIntrospection,
} from '../../src/api/index.ts'
import { clientSecretBasic } from '../../src/index.ts'

const issuer = 'https://id.example.com'
const revocations = createRevocationList()
const secret = 's'.repeat(32)

/** What each function needs at least, and the edges of its numbers. */
const functions = [
  {
    name: 'createAccessTokenVerifier',
    create: createAccessTokenVerifier,
    needs: { issuer, audience: 'https://api.example.com' },
    bounds: {
      clockToleranceSeconds: [0, 300],
      maxTokenLength: [256, 16_384],
      timeoutMs: [1, 600_000],
      maxStaleSeconds: [0, 604_800],
    },
  },
  {
    name: 'the verdict cache of createAccessTokenVerifier',
    create: (verdictCache: object) => createAccessTokenVerifier({ issuer, audience: 'api', verdictCache }),
    needs: {},
    bounds: { maxEntries: [1, 100_000], maxAgeSeconds: [0, 3600] },
  },
  {
    name: 'createTokenIntrospection',
    create: createTokenIntrospection,
    needs: { issuer, clientId: 'api', authentication: () => undefined },
    bounds: {
      cacheSeconds: [0, 3600],
      inactiveCacheSeconds: [0, 3600],
      maxEntries: [1, 1_000_000],
      maxPending: [1, 10_000],
      timeoutMs: [1, 600_000],
    },
  },
  {
    name: 'createRevocationList',
    create: createRevocationList,
    needs: {},
    bounds: { maxTokenLifetimeSeconds: [60, 31_536_000] },
  },
  {
    name: 'createBackChannelLogoutReceiver',
    create: createBackChannelLogoutReceiver,
    needs: { issuer, clientId: 'web', revocations },
    bounds: { clockToleranceSeconds: [0, 300], timeoutMs: [1, 600_000] },
  },
  {
    name: 'createDpopProofVerifier',
    create: createDpopProofVerifier,
    needs: { baseUrl: 'https://api.example.com' },
    bounds: { windowSeconds: [5, 300] },
  },
  {
    name: 'createDpopNonces',
    create: createDpopNonces,
    needs: { secrets: [secret] },
    bounds: { lifetimeSeconds: [10, 3600] },
  },
  {
    name: 'createProtectedResource',
    create: createProtectedResource,
    needs: { resource: 'https://api.example.com', authorizationServers: [issuer] },
    bounds: { maxAgeSeconds: [0, 86_400] },
  },
].map(({ create, ...rest }) => ({ ...rest, create: create as (options: object) => unknown }))

/** A value of the right kind for every option that is no number. */
const others: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  createAccessTokenVerifier: {
    acceptIssuers: ['https://old.example.com'],
    jwksUri: 'https://id.example.com/keys',
    algorithms: ['ES256'],
    profile: 'rfc9068',
    tokenRule: { type: 'scope', scope: 'a' },
    rightsOf: () => ({}),
    trustScopeFrom: [issuer],
    rightsFollowScopes: true,
    principalOf: () => ({}),
    dpop: createDpopProofVerifier({ baseUrl: 'https://api.example.com' }),
    introspection: createTokenIntrospection({ issuer, clientId: 'api', authentication: clientSecretBasic('s') }),
    isRevoked: () => false,
    verdictCache: false,
    onEvent: () => undefined,
    fetch: globalThis.fetch,
    clock: { now: Date.now },
  },
  createTokenIntrospection: {
    introspectionEndpoint: 'https://id.example.com/introspect',
    fetch: globalThis.fetch,
    clock: { now: Date.now },
  },
  createRevocationList: { store: createMemoryStore(), clock: { now: Date.now } },
  createBackChannelLogoutReceiver: {
    verifiers: [],
    store: createMemoryStore(),
    jwksUri: 'https://id.example.com/keys',
    algorithms: ['ES256'],
    requireTyp: true,
    onLogout: () => undefined,
    onRefused: () => undefined,
    fetch: globalThis.fetch,
    clock: { now: Date.now },
  },
  createDpopProofVerifier: {
    algorithms: ['ES256'],
    store: createMemoryStore(),
    nonces: createDpopNonces({ secrets: [secret] }),
    required: true,
    clock: { now: Date.now },
  },
  createDpopNonces: { clock: { now: Date.now } },
}
const invalid = expect.objectContaining({ code: 'OIDC_OPTION_INVALID' })

describe.each(functions)('$name', ({ name, create, needs, bounds }) => {
  test('is made of what it needs, and of nothing less', () => {
    expect(() => create(needs)).not.toThrow()
    for (const missing of Object.keys(needs)) expect(() => create({ ...needs, [missing]: undefined })).toThrow(invalid)
  })

  test.each(Object.entries(bounds))(
    'takes %s from the least to the most, and nothing beyond',
    (option, [least = 0, most = 0]) => {
      for (const value of [least, most]) expect(() => create({ ...needs, [option]: value })).not.toThrow()
      for (const value of [least - 1, most + 1, `${most}`])
        expect(() => create({ ...needs, [option]: value })).toThrow(invalid)
    },
  )

  test('knows each of its other options, and takes no value of another kind', () => {
    for (const [option, value] of Object.entries(others[name] ?? {})) {
      // What another function makes is told by what it has.
      if (/^(dpop|introspection|nonces|store)$/.test(option)) {
        expect(() => create({ ...needs, [option]: {} })).toThrow(invalid)
        expect(() => create({ ...needs, [option]: { hush: 'hunter2' } })).not.toThrow('hunter2')
      }
      expect(() => create({ ...needs, [option]: value })).not.toThrow()
      for (const other of [7, null]) expect(() => create({ ...needs, [option]: other })).toThrow(invalid)
    }
  })
})
