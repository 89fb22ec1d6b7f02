import { demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { type AccessTokenVerifier, combineVerifiers } from '../../src/api/index.ts'
import { ConfigurationError } from '../../src/index.ts'
import { failure, setUpApi, signaturesUnderTest, type TokenOrder } from './api-fixture.ts'

const audience = 'https://api.example'
const kid = 'same'

/** Two providers with one key each, both under the same kid, and a verifier for each. */
function setUpTwo() {
  const setUp = (host: string, rotate: boolean) => {
    const publish = async (url: string): Promise<Response> => {
      const { keys } = await (await api.idp.fetch(new Request(url))).json()
      return Response.json({ keys: [{ ...keys[0], kid }] })
    }
    const api = setUpApi(
      { audience, clockToleranceSeconds: rotate ? 0 : 30 },
      {
        config: { origin: `http://${host}.localhost:4455` },
        intercept: (url) => (url.endsWith('/jwks.json') ? publish(url) : undefined),
      },
    )
    if (rotate) {
      const before = api.idp.keys.kid
      api.idp.keys.rotate()
      api.idp.keys.drop(before)
    }
    return {
      ...api,
      order: ({ claims, ...rest }: TokenOrder = {}) =>
        api.order({ header: { kid }, claims: { aud: audience, ...claims }, ...rest }),
    }
  }
  const one = setUp('one', false)
  const two = setUp('two', true)
  return { one, two, both: combineVerifiers([one.verifier, two.verifier]) }
}

describe('combineVerifiers', () => {
  test('judges a token by the keys of its own issuer, also under the same kid (API behaviour 12, cases E-39, F-34)', async () => {
    const { one, two, both } = setUpTwo()
    const sub = demoProject.users.mira.id
    for (const api of [one, two]) {
      const auth = await both.verify(await api.order({ claims: { sub } }))
      expect(auth).toMatchObject({ issuer: api.idp.inboundIssuer, subject: sub })
    }
    // Signed by the one in the name of the other, and the other way round.
    for (const [signer, other] of [
      [one, two],
      [two, one],
    ] as const) {
      const forged = await signer.order({ claims: { sub, iss: other.idp.inboundIssuer } })
      await failure('OIDC_TOKEN_SIGNATURE_INVALID', both.verify(forged))
    }
  })

  test('recalls a token of whichever issuer, once it was verified', async () => {
    const { one, two, both } = setUpTwo()
    for (const api of [one, two]) {
      const header = `Bearer ${await api.order()}`
      expect(both.recall(header)).toBeUndefined()
      const verified = await both.authenticate(header)
      expect(both.recall(header)).toBe(signaturesUnderTest().digestsAtOnce ? verified : undefined)
    }
  })

  test('judges a token by the rules of its own issuer', async () => {
    const { one, two, both } = setUpTwo()
    const exp = Math.floor(one.idp.clock.now() / 1000) - 10
    await expect(both.verify(await one.order({ claims: { exp } }))).resolves.toBeDefined()
    await failure('OIDC_TOKEN_EXPIRED', both.verify(await two.order({ claims: { exp } })))
  })

  test('asks nobody about an unknown issuer (API behaviour 12, cases E-40, K-9.1.3)', async () => {
    const { one, two, both } = setUpTwo()
    const { inboundIssuer } = one.idp
    for (const iss of ['https://attacker.example', `${inboundIssuer}/`, undefined, [inboundIssuer], '__proto__']) {
      const error = await failure('OIDC_TOKEN_ISS_REFUSED', both.verify(await one.order({ claims: { iss } })))
      expect(error.message).toContain(`${inboundIssuer} or ${two.idp.inboundIssuer}`)
    }
    expect([one.requests, two.requests]).toEqual([[], []])
  })

  test('asks only the provider that the token names', async () => {
    const { one, two, both } = setUpTwo()
    await both.verify(await two.order())
    expect([one.requests.length, two.requests.length]).toEqual([0, 2])
  })

  test('refuses any other text as a single verifier does', async () => {
    const { both } = setUpTwo()
    for (const text of ['', '.', 'a.b.c', '..', 'e30.bnVsbA.AA', 'A'.repeat(20_000), '.'.repeat(16_000)]) {
      await failure('OIDC_TOKEN_MALFORMED', both.verify(text))
    }
    await failure('OIDC_TOKEN_MALFORMED', both.verify(undefined as unknown as string))
  })

  test('reads the issuer of a token of 16,384 characters, and of none that is longer', async () => {
    const { one, both } = setUpTwo()
    const token = await one.order({ claims: { iss: 'https://attacker.example' } })
    await failure('OIDC_TOKEN_ISS_REFUSED', both.verify(token.padEnd(16_384, 'A')))
    await failure('OIDC_TOKEN_MALFORMED', both.verify(token.padEnd(16_385, 'A')))
  })

  test('takes requests, and says what one without a token lacks', async () => {
    const { two, both } = setUpTwo()
    const authorization = `Bearer ${await two.order()}`
    await expect(both.authenticate(authorization)).resolves.toMatchObject({ issuer: two.idp.inboundIssuer })
    await expect(both.authenticate(new Headers({ authorization }))).resolves.toBeDefined()
    await failure('OIDC_TOKEN_MISSING', both.authenticate(undefined))
    await failure('OIDC_REQUEST_MALFORMED', both.authenticate('Bearer a b'))
    await failure('OIDC_TOKEN_MALFORMED', both.authenticate('Bearer opaque'))
  })

  test('forgets in all of them, and can be combined again', async () => {
    const { one, two, both } = setUpTwo()
    const third = setUpApi({ audience: 'x', issuer: 'https://third.example' }).verifier
    const all = combineVerifiers([both, third])
    expect(all.issuers).toEqual([one.idp.inboundIssuer, two.idp.inboundIssuer, 'https://third.example'])
    await all.verify(await one.order({ claims: { sub: 'U1' } }))
    for (const jti of ['a', 'b', 'c']) await all.verify(await two.order({ claims: { sub: 'U1', jti } }))
    expect(both.forget({ tokenId: 'a' })).toBe(1)
    expect(all.forget({ subject: 'U1' })).toBe(3)
  })

  test('can not be made without verifiers, of anything else, or with one issuer twice', () => {
    const { one, both } = setUpTwo()
    const half = { authenticate: one.verifier.authenticate }
    const wrong: unknown[] = [[], undefined, [{}], [undefined], one.verifier, [both, one.verifier], [half], [both, {}]]
    for (const verifiers of wrong) {
      const combine = () => combineVerifiers(verifiers as AccessTokenVerifier[])
      expect(combine).toThrow(ConfigurationError)
      expect(combine).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    }
  })
})
