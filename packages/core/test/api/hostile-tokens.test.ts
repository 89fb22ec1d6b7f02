/** Tokens that are made to break their reader. */
import { describe, expect, test } from 'vitest'
import { challengeFor, combineVerifiers, createAccessTokenVerifier } from '../../src/api/index.ts'
import { failure, forge, setUpApi } from './api-fixture.ts'

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const nestedList = (levels: number) => JSON.parse(nested(levels))

describe('nesting', () => {
  test('takes claims of 100 levels, and refuses deeper ones, whose readers would run out of stack (case F-21)', async () => {
    const { verifier, order } = setUpApi()
    const { claims } = await verifier.verify(await order({ claims: { deep: nestedList(99) } }))
    expect(JSON.stringify(claims)).toContain(nested(99))
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify(await order({ claims: { deep: nestedList(100) } })))
  })

  test.each(['iss', 'aud', 'exp', 'sub', 'scope', 'cnf'])(
    'answers a forged token with thousands of levels in %s with 401 (case F-21)',
    async (claim) => {
      const { verifier, order, requests } = setUpApi({ maxTokenLength: 16_384 })
      const payload = `{"${claim}":${nested(5500)}}`
      for (const judge of [verifier, combineVerifiers([verifier, another()])]) {
        const error = await judge.verify(forge(await order(), { payload })).catch((reason: unknown) => reason)
        expect(challengeFor(error)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
      }
      expect(requests).toEqual([])
    },
  )

  test.each(['alg', 'typ', 'kid', 'crit', 'jwk'])(
    'answers a header with thousands of levels in %s with 401',
    async (name) => {
      const { verifier, order } = setUpApi()
      const header = `{"alg":"RS256","typ":"at+jwt","${name}":${nested(2900)}}`
      await failure('OIDC_TOKEN_MALFORMED', verifier.verify(forge(await order(), { header, payload: '{}' })))
    },
  )
})

function another() {
  return createAccessTokenVerifier({ issuer: 'https://other.example', audience: 'api' })
}
