import { describe, expect, test } from 'vitest'
import { type AccessTokenVerifierOptions, createRequestGuard, describeDenial } from '../../src/api/index.ts'
import {
  ConfigurationError,
  InsufficientScopeError,
  isOidcError,
  NetworkError,
  StepUpRequiredError,
  scope,
  TokenVerificationError,
  tenant,
} from '../../src/index.ts'
import { failure, setUpApi, type TokenOrder } from './api-fixture.ts'

/** Colours, new lines of all kinds, the other reading direction, and what has no width. */
const unprintable = 'a\u001b[31m\r\n\u009b31m\u202e\u2028\u2029\u0085\u007f\u200bz'
const unsafe = /[\p{C}\u2028\u2029]/u

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

async function refusalOf(
  changes: TokenOrder,
  { advanceSeconds = 0, ...options }: Partial<AccessTokenVerifierOptions> & { readonly advanceSeconds?: number } = {},
) {
  const { idp, verifier, order } = setUpApi(options)
  const token = await order(changes)
  idp.clock.advance(advanceSeconds)
  const error = await verifier.verify(token).catch((reason: unknown) => reason)
  return { idp, record: describeDenial(error) }
}

describe('describeDenial', () => {
  test('names the issuer that was expected and the one that was found (API behaviour 11)', async () => {
    const { idp, record } = await refusalOf({ claims: { iss: 'https://idp.example/' } })
    expect(record).toMatchObject({
      code: 'OIDC_TOKEN_ISS_REFUSED',
      claim: 'iss',
      expected: [idp.inboundIssuer],
      found: 'https://idp.example/',
    })
    expect(record.reason).toContain('Expected iss')
  })

  test('names audience, algorithm and type in the same way', async () => {
    const aud = await refusalOf({ claims: { aud: ['other', 'third'] } })
    expect(aud.record).toMatchObject({ claim: 'aud', expected: [aud.idp.projectId], found: '["other","third"]' })
    expect((await refusalOf({ header: { alg: 'HS256' } })).record).toMatchObject({
      expected: ['RS256'],
      found: 'HS256',
    })
    expect((await refusalOf({ header: { typ: 'logout+jwt' } })).record).toMatchObject({
      expected: ['at+jwt', 'JWT'],
      found: 'logout+jwt',
    })
    expect((await refusalOf({ header: { typ: 'JWT' } }, { profile: 'rfc9068' })).record).toMatchObject({
      expected: ['at+jwt'],
      found: 'JWT',
    })
  })

  test('names nothing as found where the token has nothing', async () => {
    const { record } = await refusalOf({ claims: { aud: undefined } })
    expect(record).toMatchObject({ code: 'OIDC_TOKEN_AUD_REFUSED', claim: 'aud' })
    expect(record).not.toHaveProperty('found')
  })

  test('says by how many seconds a token is too old or too new', async () => {
    const now = Date.UTC(2026, 0, 1) / 1000
    expect((await refusalOf({ expiresInSeconds: 60 }, { advanceSeconds: 100 })).record).toMatchObject({
      code: 'OIDC_TOKEN_EXPIRED',
      claim: 'exp',
      secondsOff: 40,
      found: `${now + 60}`,
    })
    expect((await refusalOf({ claims: { nbf: now + 40 } })).record).toMatchObject({
      code: 'OIDC_TOKEN_NOT_YET_VALID',
      claim: 'nbf',
      secondsOff: 40,
      found: `${now + 40}`,
    })
  })

  test('names the keys that the provider has when none fits', async () => {
    const { record } = await refusalOf({ header: { kid: 'rotated-away' } })
    expect(record).toMatchObject({ code: 'OIDC_TOKEN_KEY_NOT_FOUND', claim: 'kid' })
    expect(record.keyIds).toEqual([expect.stringMatching(/./)])
    expect(record.keyIds).not.toContain('rotated-away')
  })

  test('says which scopes, which login and how much patience a request needs', async () => {
    const { verifier, order } = setUpApi()
    const caller = await verifier.verify(await order())
    const denied = await failure('OIDC_INSUFFICIENT_SCOPE', (async () => caller.require(scope('a')))())
    expect(describeDenial(denied)).toEqual({
      code: 'OIDC_INSUFFICIENT_SCOPE',
      reason: 'Missing: scope a.',
      requiredScopes: ['a'],
      grantedScopes: ['contacts.read'],
    })
    expect(describeDenial(new StepUpRequiredError('too old', { max_age: '5' }))).toMatchObject({
      wanted: { max_age: '5' },
    })
    const busy = Object.assign(new NetworkError('OIDC_KEYS_UNAVAILABLE', 'down', 'api'), { retryAfterSeconds: 7 })
    expect(describeDenial(busy)).toMatchObject({ reason: 'down', retryAfterSeconds: 7 })
  })

  test('is data without undefined members, and without a token where one got into a text', async () => {
    const { order } = setUpApi()
    const token = await order()
    const error = new TokenVerificationError('OIDC_TOKEN_AUD_REFUSED', `Found ${token} in Bearer ${token}.`, 'aud', {
      found: `Bearer 0123456789abcdef, ${token}`,
    })
    expect(describeDenial(error)).toEqual({
      code: 'OIDC_TOKEN_AUD_REFUSED',
      reason: 'Found [redacted] in Bearer [redacted]',
      claim: 'aud',
      found: 'Bearer [redacted], [redacted]',
    })
    expect(describeDenial(new ConfigurationError('OIDC_OPTION_INVALID', 'wrong'))).toEqual({
      code: 'OIDC_OPTION_INVALID',
      reason: 'wrong',
    })
    expect(describeDenial(new InsufficientScopeError('no', [], []))).not.toHaveProperty('claim')
  })

  test('keeps control characters and length of what a caller sent out of the log', async () => {
    const { record } = await refusalOf({ claims: { iss: `x\r\nfake line\u2028${'y'.repeat(1000)}` } })
    expect(record.found).toMatch(/^x {2}fake line y+$/)
    expect(record.found).toHaveLength(200)
    expect(JSON.stringify(record)).not.toMatch(/[\r\n\u2028]/)
  })

  test.each<[what: string, refuse: (api: ReturnType<typeof setUpApi>) => Promise<unknown>]>([
    ['iss', async ({ verifier, order }) => verifier.verify(await order({ claims: { iss: unprintable } }))],
    ['aud', async ({ verifier, order }) => verifier.verify(await order({ claims: { aud: [unprintable] } }))],
    ['kid', async ({ verifier, order }) => verifier.verify(await order({ header: { kid: unprintable } }))],
    [
      'acr',
      async ({ verifier, order }) =>
        (await verifier.verify(await order({ claims: { acr: unprintable } }))).requireAuthentication({
          acrValues: 'mfa',
        }),
    ],
    [
      'a granted scope',
      async ({ verifier, order }) =>
        (await verifier.verify(await order({ claims: { scope: [unprintable] } }))).require(scope('a')),
    ],
    [
      'a tenant that a rule takes from the request',
      async ({ verifier, order }) => (await verifier.verify(await order())).require(tenant(unprintable)),
    ],
    [
      'a scope that a rule takes from the request',
      async ({ verifier, order }) =>
        (await verifier.verify(await order())).require(scope(unprintable.replace(/\s/g, ''))),
    ],
    [
      'the name of a claim that a schema complains about',
      async ({ verifier, order }) => {
        const refusal = { issues: [{ message: 'unknown', path: [unprintable] }] }
        const guard = createRequestGuard({
          verifier,
          claimsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => refusal } },
        })
        const headers = { authorization: `Bearer ${await order()}` }
        throw (await guard.check(new Request('https://api.example', { headers }))).refusal?.error
      },
    ],
  ])('lets nothing of %s move the cursor of whoever reads the log', async (_what, refuse) => {
    const error = await refuse(setUpApi()).catch((reason: unknown) => reason)
    const { message } = error as Error
    expect(isOidcError(error)).toBe(true)
    for (const text of [message, ...texts(describeDenial(error))]) expect(text).not.toMatch(unsafe)
  })

  test('holds nothing of an error that it does not know', () => {
    for (const error of [new Error('password=hunter2'), 'hunter2', undefined, null]) {
      expect(JSON.stringify(describeDenial(error))).not.toContain('hunter2')
    }
  })
})
