import { describe, expect, test } from 'vitest'
import { challengeFor } from '../../src/api/index.ts'
import { ConfigurationError, isOidcError } from '../../src/index.ts'
import { setUpApi } from './api-fixture.ts'

/** A caller who signed in so many seconds ago, with a token for an hour. */
async function callerWith({
  signedInSecondsAgo,
  ...claims
}: {
  signedInSecondsAgo?: number
  acr?: unknown
  auth_time?: unknown
  amr?: unknown
} = {}) {
  const { idp, verifier, order } = setUpApi({ clockToleranceSeconds: 30 })
  const now = Math.floor(idp.clock.now() / 1000)
  const times = signedInSecondsAgo === undefined ? {} : { auth_time: now - signedInSecondsAgo }
  const token = await order({ expiresInSeconds: 3600, claims: { ...times, ...claims } })
  return { idp, verifier, token, caller: await verifier.verify(token) }
}

function wantedBy(call: () => void): unknown {
  try {
    call()
  } catch (error) {
    if (isOidcError(error, 'OIDC_STEP_UP_REQUIRED')) return error.wanted
    throw error
  }
  return 'nothing'
}

describe('requireAuthentication', () => {
  test.each([
    [undefined, { max_age: '300' }],
    [331, { max_age: '300' }],
    [330, 'nothing'],
    [0, 'nothing'],
    [-30, 'nothing'],
    [-31, { max_age: '300' }],
  ])('with an auth_time %s s ago and 300 s allowed wants %o (RFC 9470 3, case F-36)', async (age, wanted) => {
    const { caller } = await callerWith(age === undefined ? {} : { signedInSecondsAgo: age })
    expect(wantedBy(() => caller.requireAuthentication({ maxAgeSeconds: 300 }))).toEqual(wanted)
  })

  test.each([['1767225600'], [[1_767_225_600]], [true], [null], [{}], [0], [-1], [1e11]])(
    'takes %j for no auth_time, however long ago the login may be',
    async (auth_time) => {
      const { caller } = await callerWith({ auth_time })
      const demand = () => caller.requireAuthentication({ maxAgeSeconds: Number.MAX_SAFE_INTEGER })
      expect(wantedBy(demand)).toEqual({ max_age: String(Number.MAX_SAFE_INTEGER) })
      expect(demand).toThrow(/does not say when/)
    },
  )

  test('takes any other time for one', async () => {
    const any = { maxAgeSeconds: Number.MAX_SAFE_INTEGER }
    const first = await callerWith({ auth_time: 1 })
    expect(wantedBy(() => first.caller.requireAuthentication(any))).toBe('nothing')
    const last = await callerWith({ auth_time: 1e11 - 1 })
    expect(() => last.caller.requireAuthentication(any)).toThrow(/in the future/)
    const now = await callerWith({ signedInSecondsAgo: 0 })
    expect(wantedBy(() => now.caller.requireAuthentication({ maxAgeSeconds: 0 }))).toBe('nothing')
  })

  test('names the class that it found in a line of bounded length, or that there is none', async () => {
    const thrownFor = async (acr: unknown) => {
      const { caller } = await callerWith({ acr })
      try {
        caller.requireAuthentication({ acrValues: 'mfa' })
      } catch (error) {
        return (error as Error).message
      }
      return expect.unreachable()
    }
    expect(await thrownFor(7)).toBe('Expected acr mfa, found none.')
    expect(await thrownFor('a\nb'.padEnd(500, 'x'))).toBe(
      `Expected acr mfa, found ${JSON.stringify('a\nb'.padEnd(200, 'x'))}.`,
    )
  })

  test.each([
    [undefined, { acr_values: 'phr mfa' }],
    ['pwd', { acr_values: 'phr mfa' }],
    ['phr mfa', { acr_values: 'phr mfa' }],
    [['mfa'], { acr_values: 'phr mfa' }],
    ['mfa', 'nothing'],
    ['phr', 'nothing'],
  ])('with acr %o and "phr" or "mfa" accepted wants %o (RFC 9470 3)', async (acr, wanted) => {
    const { caller } = await callerWith(acr === undefined ? {} : { acr })
    expect(wantedBy(() => caller.requireAuthentication({ acrValues: ['phr', 'mfa'] }))).toEqual(wanted)
  })

  test.each([
    [undefined, {}],
    ['pwd otp', {}],
    [['pwd'], {}],
    [['pwd', 'otp', 'mfa'], 'nothing'],
  ])('with amr %o and "pwd" and "otp" needed wants %o (RFC 8176 2)', async (amr, wanted) => {
    const { caller } = await callerWith(amr === undefined ? {} : { amr })
    expect(wantedBy(() => caller.requireAuthentication({ methods: ['pwd', 'otp'] }))).toEqual(wanted)
  })

  test('lets strength, method and recency decide, and is answered by one challenge with all of them (case K-10.3.4)', async () => {
    const { caller } = await callerWith({ signedInSecondsAgo: 10, acr: 'pwd' })
    const demand = { acrValues: 'mfa', maxAgeSeconds: 60, methods: 'otp' }
    expect(wantedBy(() => caller.requireAuthentication(demand, ['pay']))).toEqual({
      acr_values: 'mfa',
      max_age: '60',
      scope: 'pay',
    })
    try {
      caller.requireAuthentication(demand)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ message: 'Expected acr mfa, found "pwd".' })
      expect(challengeFor(error)).toMatchObject({
        status: 401,
        body: { error: 'insufficient_user_authentication', acr_values: 'mfa', max_age: '60' },
      })
      expect(JSON.stringify(challengeFor(error))).not.toContain('pwd')
    }
  })

  test('looks at the clock each time: what was allowed becomes too old, for the same token too (API behaviour 25)', async () => {
    const { idp, verifier, token, caller } = await callerWith({ signedInSecondsAgo: 0 })
    const demand = { maxAgeSeconds: 60 }
    expect(wantedBy(() => caller.requireAuthentication(demand))).toBe('nothing')
    idp.clock.advance(91)
    expect(wantedBy(() => caller.requireAuthentication(demand))).toEqual({ max_age: '60' })
    const again = await verifier.verify(token)
    expect(wantedBy(() => again.requireAuthentication(demand))).toEqual({ max_age: '60' })
  })

  test.each([
    [undefined],
    [{}],
    [{ acrValues: [] }],
    [{ acrValues: '' }],
    [{ acrValues: 'phr mfa' }],
    [{ maxAgeSeconds: -1 }],
    [{ maxAgeSeconds: Number.NaN }],
    [{ methods: [] }],
    [{ maxAge: 300 }],
  ])('refuses the demand %o, which would let every login pass', async (demand) => {
    const { caller } = await callerWith({ signedInSecondsAgo: 0, acr: 'phr mfa' })
    expect(() => caller.requireAuthentication(demand as object)).toThrow(ConfigurationError)
    expect(() => caller.requireAuthentication(demand as object)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^OIDC_OPTION_(INVALID|UNKNOWN)$/) }),
    )
  })
})
