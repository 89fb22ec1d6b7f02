import { describe, expect, test, vi } from 'vitest'
import {
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  describeDenial,
  type VerifierEvent,
} from '../../src/api/index.ts'
import { discover } from '../../src/index.ts'
import { auth0Api, entraApi, googleApi, keycloakApi, oktaApi } from '../../src/providers/index.ts'
import { failure } from '../api/api-fixture.ts'
import { recorded, servedBy, signed, signedRecordings, verifierAt, withOwnKey } from './provider-fixture.ts'

/** Name, how long its keys are fresh in seconds, and why some of its keys are left aside. */
const recordings: readonly [name: string, keyAge: number, skipped: readonly string[]][] = [
  ['entra-v2', 86_400, []],
  // No headers were recorded.
  ['entra-v1', 600, []],
  // 15 seconds are raised to the least.
  ['auth0', 60, []],
  // 44 days are cut to one.
  ['okta', 86_400, []],
  // no-cache, and a key for encryption beside the one for signing.
  ['keycloak', 600, ['use']],
  ['google', 21_532, []],
]

describe('what a provider has published', () => {
  test.each(recordings)('%s: its metadata are accepted, and handed on as they are', async (name) => {
    const provider = recorded(name)
    const fetch = servedBy(provider, provider.keys)
    await expect(discover(provider.metadata.issuer, { fetch })).resolves.toEqual(provider.metadata)
  })

  test.each(recordings)(
    '%s: its keys are found by its metadata, and exactly its signing keys are used',
    async (name, _age, skipped) => {
      const provider = recorded(name)
      const events: VerifierEvent[] = []
      const verifier = createAccessTokenVerifier({
        issuer: provider.metadata.issuer,
        audience: String(provider.machine.claims.aud),
        clock: { now: () => 1_790_000_100_000 },
        fetch: servedBy(provider, provider.keys),
        onEvent: (event) => events.push(event),
      })
      const error = await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(await signed(provider.machine)))
      const signing = provider.keys.keys.filter(({ use }) => use === 'sig').map(({ kid }) => kid)
      expect(describeDenial(error).keyIds).toEqual(signing)
      expect(events.filter(({ kind }) => kind === 'key-fetch')).toMatchObject([{ keys: signing.length, skipped }])
    },
  )

  test.each(recordings)(
    '%s: its keys are kept for as long as its answer says, within a minute and a day',
    async (name, age) => {
      const provider = recorded(name)
      const begin = 1_790_000_100_000
      let now = begin
      let loads = 0
      const verifier = verifierAt(provider, {
        issuer: provider.metadata.issuer,
        audience: String(provider.machine.claims.aud),
        verdictCache: false,
        clock: { now: () => now },
        onEvent: ({ kind }) => {
          if (kind === 'key-fetch') loads += 1
        },
      })
      const token = await signed(provider.machine, { exp: 1_800_000_000 })
      for (const at of [begin, begin + age * 1000]) {
        now = at
        await verifier.verify(token)
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(loads).toBe(1)
      now += 1
      await verifier.verify(token)
      await vi.waitFor(() => expect(loads).toBe(2))
    },
  )

  test('entra-v2: the metadata of "common", whose issuer is a template, are refused', async () => {
    const provider = recorded('entra-v2')
    const issuer = 'https://login.microsoftonline.com/common/v2.0'
    const fetch = async () =>
      Response.json({ ...provider.metadata, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' })
    await failure('OIDC_DISCOVERY_ISSUER_MISMATCH', discover(issuer, { fetch }))
  })
})

interface SignedCase {
  readonly preset: (audience: string) => AccessTokenVerifierOptions & { readonly jwksUri: string }
  readonly audience: string
  readonly clientId: string
  /** `iat` and `exp`. */
  readonly times: readonly [number, number]
}

const account = 'test-719@direct-subject-404017.iam.gserviceaccount.com'
const signedCases: Readonly<Record<string, SignedCase>> = {
  auth0: {
    preset: (audience) => auth0Api({ domain: 'dev-ltxchcls4igzho78.us.auth0.com', audience }),
    audience: 'localhost',
    clientId: '3JJeI4tmMC6v8mCVCSDnAGVf2vrnJ0BT',
    times: [1_695_887_942, 1_695_974_342],
  },
  'entra-v2': {
    preset: (audience) => entraApi({ tenantId: 'c8ea118f-bd50-422e-8503-1d8055a3dcf0', audience }),
    audience: 'ff4737b5-3602-46a0-9805-bd18314700c1',
    clientId: '0ee5d1b4-2271-4595-8c23-f2361d713a47',
    times: [1_684_746_795, 1_684_750_695],
  },
  'entra-v1': {
    preset: (audience) => entraApi({ tenantId: '9a95fd9e-005d-487a-9a01-d08c1eab2757', audience, tokenVersion: 1 }),
    audience: 'api://6de1dbb3-10c6-49e6-9f67-119f30684a1b',
    clientId: '6de1dbb3-10c6-49e6-9f67-119f30684a1b',
    times: [1_699_213_161, 1_699_217_061],
  },
  okta: {
    preset: (audience) => oktaApi({ domain: 'dev-69785679.okta.com', audience }),
    audience: 'api://default',
    clientId: '0oad5ngpvfKY1pj6R5d7',
    times: [1_699_395_367, 1_699_398_967],
  },
  keycloak: {
    preset: (audience) => keycloakApi({ baseUrl: 'http://localhost:8080', realm: 'lab-iam', audience }),
    audience: 'account',
    clientId: 'api-backend',
    times: [1_790_526_788, 1_790_527_088],
  },
  google: {
    preset: (audience) => googleApi({ audience, serviceAccounts: [account] }),
    audience: 'myapp',
    clientId: '117367810048642074939',
    times: [1_699_057_482, 1_699_061_082],
  },
}

describe('a token that a provider has signed for a machine', () => {
  const cases = Object.entries(signedCases)
  const recordedTokens = signedRecordings()
  const tokenOf = (name: string) => recordedTokens[name]?.token ?? ''
  const verify = (name: string, changes: { token?: string; audience?: string; keys?: object; at?: number } = {}) => {
    const { preset, audience, times } = signedCases[name] as SignedCase
    const { token = tokenOf(name), at = times[0] } = changes
    const options = preset(changes.audience ?? audience)
    const keys = changes.keys ?? recordedTokens[name]?.keys ?? recorded(name).keys
    return createAccessTokenVerifier({
      ...options,
      clock: { now: () => 1000 * at },
      fetch: async (url) => (url === options.jwksUri ? Response.json(keys) : new Response(null, { status: 404 })),
    }).verify(token)
  }

  test.each(cases)('%s: is accepted under the keys of its provider, until it expires', async (name, one) => {
    const caller = await verify(name)
    expect(caller.principal).toMatchObject({ type: 'client', clientId: one.clientId })
    const payload = Buffer.from(tokenOf(name).split('.')[1] ?? '', 'base64url').toString()
    expect(caller.claims).toEqual(JSON.parse(payload))
    const [, expires] = one.times
    await expect(verify(name, { at: expires + 29 })).resolves.toBeDefined()
    await failure('OIDC_TOKEN_EXPIRED', verify(name, { at: expires + 31 }))
  })

  test.each(cases)('%s: is refused once one byte of it is another, wherever that is', async (name) => {
    const token = tokenOf(name)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const text = Buffer.from(payload, 'base64url').toString()
    const subject = text.replace(/("sub":".)./, (_all, start) => `${start}-`)
    const bytes = Buffer.from(signature, 'base64url')
    bytes[128] = 1 ^ (bytes[128] ?? 0)
    expect(subject).not.toBe(text)
    for (const changed of [
      `${header}.${Buffer.from(subject).toString('base64url')}.${signature}`,
      `${header}.${payload}.${bytes.toString('base64url')}`,
    ]) {
      expect(changed).toHaveLength(token.length)
      await failure('OIDC_TOKEN_SIGNATURE_INVALID', verify(name, { token: changed }))
    }
  })

  test.each(cases)('%s: is refused for another audience, and once its key is published no longer', async (name) => {
    await failure('OIDC_TOKEN_AUD_REFUSED', verify(name, { audience: 'https://other.example' }))
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verify(name, { keys: withOwnKey({ keys: [] }) }))
  })
})
