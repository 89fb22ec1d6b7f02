import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { breakOnce, createTestClient } from '../support/login.ts'
import { expectRefusedLogin } from '../support/refusal.ts'

const refused: readonly (readonly [title: string, fault: FaultName, code: ErrorCode])[] = [
  ['a foreign iss (cases A-FAP-16, C-26, K-10.2.2)', 'response-iss-wrong', 'OIDC_RESPONSE_ISS_MISMATCH'],
  ['an iss with a slash more', 'response-iss-slash', 'OIDC_RESPONSE_ISS_MISMATCH'],
  [
    'no iss although it is announced (cases A-FAP-17 and C-23; behaviour 5)',
    'response-iss-missing',
    'OIDC_RESPONSE_ISS_MISSING',
  ],
  ['iss twice (case C-29)', 'response-iss-duplicated', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
  ['code twice (case C-29)', 'response-code-duplicated', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
  ['state twice (case C-29)', 'response-state-duplicated', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
  ['error twice (case C-29)', 'response-error-duplicated', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
  ['no state (cases A-FAP-19, C-13, K-10.2.1)', 'response-state-missing', 'OIDC_STATE_MISSING'],
  ['a foreign state (cases A-FAP-18 and K-10.2.1)', 'response-state-wrong', 'OIDC_STATE_MISMATCH'],
  ['state __proto__ (case C-21)', 'response-state-proto', 'OIDC_STATE_MISMATCH'],
  ['no code', 'response-code-missing', 'OIDC_RESPONSE_INVALID'],
  ['an ID token (cases A-CMP-03 and A-CMP-04)', 'response-id-token-injected', 'OIDC_RESPONSE_INVALID'],
  ['an access token (case A-CMP-06)', 'response-access-token-injected', 'OIDC_RESPONSE_INVALID'],
  ['its parameters in the fragment (case C-36)', 'response-fragment', 'OIDC_RESPONSE_ISS_MISSING'],
  ['a signed response nobody asked for (case C-36)', 'response-jwt', 'OIDC_RESPONSE_ISS_MISSING'],
  ['code and error (case C-30)', 'response-code-and-error', 'OIDC_AUTHORIZATION_ERROR'],
  ['an error of a foreign iss (case C-27)', 'response-error-iss-wrong', 'OIDC_RESPONSE_ISS_MISMATCH'],
  ['an error with a script as error_uri (case C-34)', 'response-error-uri-script', 'OIDC_AUTHORIZATION_ERROR'],
  ['an error with a foreign error_uri (case C-34)', 'response-error-uri-foreign', 'OIDC_AUTHORIZATION_ERROR'],
]

const failure = (login: Promise<unknown>) =>
  login.then(
    () => undefined,
    (error) => error,
  )

describe('an authorization response', () => {
  it.each(refused)('with %s leads to no token request', async (_title, fault, code) => {
    await expectRefusedLogin({ fault, code, phase: 'authorization' })
  })

  it('has a code of its own for each rule', () => {
    const rows: FaultName[] = [
      'response-iss-wrong',
      'response-iss-missing',
      'response-state-missing',
      'response-state-wrong',
    ]
    const codes = new Map(refused.map(([, fault, code]) => [fault, code]))
    expect(new Set(rows.map((row) => codes.get(row))).size).toBe(rows.length)
  })

  it.each([
    ['access_denied', 'OIDC_AUTHORIZATION_ERROR'],
    ['temporarily_unavailable', 'OIDC_AUTHORIZATION_ERROR'],
    ['server_error', 'OIDC_AUTHORIZATION_ERROR'],
    ['invalid_scope', 'OIDC_AUTHORIZATION_ERROR'],
    ['login_required', 'OIDC_LOGIN_REQUIRED'],
    ['consent_required', 'OIDC_CONSENT_REQUIRED'],
    ['interaction_required', 'OIDC_INTERACTION_REQUIRED'],
    ['account_selection_required', 'OIDC_ACCOUNT_SELECTION_REQUIRED'],
  ] as const)('with the error %s has the code %s (case C-32)', async (error, code) => {
    await expectRefusedLogin({ fault: 'response-error', options: { error }, code, phase: 'authorization' })
  })

  it.each([
    ['response-error-markup', 'leaves markup as text, without control characters (cases C-33 and L-30)'],
    ['response-error-long', 'is cut to a bounded length (case C-33)'],
  ] as const)('with %s %s', async (fault, _title) => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    breakOnce(idp, fault)
    const error = await failure(test.login())
    expect(error).toMatchObject({ name: 'AuthorizationError' })
    const { message, errorDescription = '' } = error as Error & { errorDescription?: string }
    expect(message.length).toBeLessThanOrEqual(500)
    expect(errorDescription.length).toBeLessThanOrEqual(500)
    expect(message + errorDescription).not.toMatch(/[\p{C}\u2028\u2029]/u)
  })

  it.each([
    ['parameters nobody knows (case C-38)', 'response-extra-parameters', {}],
    ['a parameter named __proto__ (case L-50)', 'response-proto-parameter', {}],
    ['iss without an announcement (case C-25)', 'response-iss-unannounced', { compat: {} }],
  ] as const)('with %s is accepted', async (_title, fault, config) => {
    const idp = createMockIdp({ compat: { authorizationResponseIss: true }, ...config })
    const test = await createTestClient(idp)
    breakOnce(idp, fault)
    await expect(test.login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('without iss is accepted where nothing announces one (case C-25; behaviour 5)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    await expect(
      test.login({ change: (url) => expect(url.searchParams.has('iss')).toBe(false) }),
    ).resolves.toMatchObject({ claims: { iss: idp.issuer } })
  })

  it('with the code of another login leads to no session (case C-19)', async () => {
    const test = await createTestClient(createMockIdp())
    let stolen = ''
    const steal = failure(
      test.login({
        change(url) {
          stolen = url.searchParams.get('code') ?? ''
          throw new Error('stop')
        },
      }),
    )
    expect(await steal).toMatchObject({ message: 'stop' })
    await expect(test.login({ change: (url) => url.searchParams.set('code', stolen) })).rejects.toMatchObject({
      code: 'OIDC_TOKEN_ENDPOINT_ERROR',
      error: 'invalid_grant',
    })
    await expect(test.login()).resolves.toBeDefined()
  })
})
