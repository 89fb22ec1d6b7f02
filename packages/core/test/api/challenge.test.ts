import { describe, expect, test } from 'vitest'
import { challengeFor } from '../../src/api/index.ts'
import {
  ConfigurationError,
  type ErrorCodeDetails,
  errorCodes,
  InsufficientScopeError,
  NetworkError,
  ProtocolError,
  StepUpRequiredError,
  TokenVerificationError,
} from '../../src/index.ts'

type VerificationCode = TokenVerificationError['code']
const verificationCodes = (Object.keys(errorCodes) as VerificationCode[]).filter(
  (code) => errorCodes[code].type === ('TokenVerificationError' satisfies ErrorCodeDetails['type']),
)

describe('challengeFor', () => {
  test('answers a missing token without an error code (RFC 6750 3.1; API complaint 14)', () => {
    expect(challengeFor(new TokenVerificationError('OIDC_TOKEN_MISSING', 'reason'))).toEqual({
      status: 401,
      headers: {
        'www-authenticate': 'Bearer realm="api"',
        'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce, Retry-After',
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      },
      body: {},
    })
  })

  test.each(verificationCodes.filter((code) => code !== 'OIDC_TOKEN_MISSING'))(
    'answers %s by its row in the error table, without the reason (API complaint 13)',
    (code) => {
      const answer = challengeFor(new TokenVerificationError(code, 'reason inside', 'claim inside'))
      const proofs = code === 'OIDC_DPOP_NONCE_REQUIRED' ? 'use_dpop_nonce' : 'invalid_dpop_proof'
      const others = code === 'OIDC_REQUEST_MALFORMED' ? 'invalid_request' : 'invalid_token'
      const error = code.startsWith('OIDC_DPOP_') ? proofs : others
      expect(answer?.status).toBe(errorCodes[code].status)
      expect(answer?.body.error).toBe(error)
      expect(answer?.headers['www-authenticate']).toContain(`Bearer realm="api", error="${error}"`)
      expect(JSON.stringify(answer)).not.toMatch(/inside|OIDC_/)
    },
  )

  test('answers missing scopes with all of them, and a missing right with none (RFC 6750 3.1)', () => {
    const scopes = challengeFor(new InsufficientScopeError('reason inside', ['a.read', 'a.write'], ['b']))
    expect(scopes).toMatchObject({ status: 403, body: { error: 'insufficient_scope', scope: 'a.read a.write' } })
    expect(scopes?.headers['www-authenticate']).toMatch(/error="insufficient_scope".*, scope="a\.read a\.write"$/)
    const right = challengeFor(new InsufficientScopeError('reason inside', [], ['b']))
    expect(right).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
    expect(right?.body).not.toHaveProperty('scope')
    expect(right?.headers['www-authenticate']).not.toContain('scope="')
    expect(JSON.stringify([scopes, right])).not.toContain('inside')
  })

  test('answers missing keys with 503 and the time to wait, and with no challenge', () => {
    expect(challengeFor(new NetworkError('OIDC_KEYS_UNAVAILABLE', 'reason', 'api'))).toEqual({
      status: 503,
      headers: {
        'retry-after': '10',
        'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce, Retry-After',
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      },
      body: { error: 'temporarily_unavailable' },
    })
  })

  test('passes on how long the provider wants its callers to wait (RFC 9110 10.2.3)', () => {
    const waiting = (retryAfterSeconds: unknown) =>
      Object.assign(new NetworkError('OIDC_KEYS_UNAVAILABLE', 'reason', 'api'), { retryAfterSeconds })
    const retryAfter = (seconds: unknown) => challengeFor(waiting(seconds))?.headers['retry-after']
    expect([retryAfter(3), retryAfter(0.2), retryAfter(0), retryAfter(Number.NaN)]).toEqual(['3', '1', '10', '10'])
    expect(retryAfter('7\r\nSet-Cookie: x=y')).toBe('10')
  })

  test('asks for another login with all that it has to be (RFC 9470 3)', () => {
    const wanted = { acr_values: 'phr mfa', max_age: '0', scope: 'transfer.write' }
    const stepUp = challengeFor(new StepUpRequiredError('reason inside', wanted))
    expect(stepUp).toMatchObject({ status: 401, body: { error: 'insufficient_user_authentication', ...wanted } })
    expect(stepUp?.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="insufficient_user_authentication", ' +
        'error_description="A better or more recent login of the user is needed", ' +
        'scope="transfer.write", acr_values="phr mfa", max_age="0"',
    )
    expect(stepUp?.status).toBe(errorCodes.OIDC_STEP_UP_REQUIRED.status)
    const byAge = challengeFor(new StepUpRequiredError('reason', { max_age: '300' }))
    expect(byAge?.headers['www-authenticate']).not.toMatch(/acr_values| scope=/)
  })

  test('names the metadata of the API in every challenge, also where no token came (RFC 9728 5.1)', () => {
    const resourceMetadata = 'https://api.example/.well-known/oauth-protected-resource/v1'
    const header = (error: unknown) => challengeFor(error, { resourceMetadata })?.headers['www-authenticate']
    expect(header(new TokenVerificationError('OIDC_TOKEN_MISSING', 'reason'))).toBe(
      `Bearer realm="api", resource_metadata="${resourceMetadata}"`,
    )
    for (const error of [
      new TokenVerificationError('OIDC_TOKEN_EXPIRED', 'reason'),
      new TokenVerificationError('OIDC_REQUEST_MALFORMED', 'reason'),
      new InsufficientScopeError('reason', ['a'], []),
      new StepUpRequiredError('reason', { max_age: '5' }),
    ]) {
      expect(header(error)).toMatch(/, resource_metadata="https:\/\/api\.example\/\.well-known\/[^"]+"$/)
    }
    expect(header(new NetworkError('OIDC_KEYS_UNAVAILABLE', 'reason', 'api'))).toBeUndefined()
  })

  test('leaves every other error to the app', () => {
    expect(challengeFor(new Error('other'))).toBeUndefined()
    expect(challengeFor(undefined)).toBeUndefined()
    expect(challengeFor({ code: 'OIDC_TOKEN_MISSING' })).toBeUndefined()
    expect(challengeFor(new NetworkError('OIDC_TIMEOUT', 'reason', 'token'))).toBeUndefined()
    expect(challengeFor(new ConfigurationError('OIDC_OPTION_INVALID', 'reason'))).toBeUndefined()
    expect(challengeFor(new ProtocolError('OIDC_STATE_MISMATCH', 'reason', 'authorization'))).toBeUndefined()
  })

  test('keeps a header in one piece, whatever realm and scopes hold (RFC 9110 5.6.4)', () => {
    const error = new InsufficientScopeError('reason', ['a"\\\r\nSet-Cookie: x=y', 'ä'], [])
    const header = challengeFor(error, { realm: 'co"nta\\cts\r\n' })?.headers['www-authenticate'] ?? ''
    expect(header).toMatch(/^[\x20-\x7e]+$/)
    expect(header).not.toContain('\\')
    expect(header.match(/"/g)).toHaveLength(8)
    expect(header).toContain(`realm="co'nta'cts??"`)
  })

  test('knows errors of another copy of this package', () => {
    const brand = Symbol.for('@countersign/core/error')
    const foreign = (name: string, code: string, members: object = {}) =>
      Object.assign(new Error('reason'), { name, code, [brand]: true, ...members })
    const denied = foreign('InsufficientScopeError', 'OIDC_INSUFFICIENT_SCOPE', { requiredScopes: ['a'] })
    expect(challengeFor(denied)).toMatchObject({ status: 403, body: { scope: 'a' } })
    expect(challengeFor(foreign('TokenVerificationError', 'OIDC_TOKEN_EXPIRED'))?.status).toBe(401)
    expect(challengeFor(foreign('TokenVerificationError', 'OIDC_TOKEN_OF_A_LATER_VERSION'))?.status).toBe(401)
    expect(challengeFor(foreign('LaterError', 'OIDC_OF_A_LATER_VERSION'))).toBeUndefined()
  })
})
