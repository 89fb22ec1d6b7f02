import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it, vi } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { holdDeadlines } from '../support/deadlines.ts'
import { breakOnce, createTestClient } from '../support/login.ts'
import { expectRefusedLogin } from '../support/refusal.ts'

const refused: readonly (readonly [title: string, fault: FaultName, code: ErrorCode])[] = [
  ['an error (RFC 6749 5.2)', 'token-error', 'OIDC_TOKEN_ENDPOINT_ERROR'],
  ['400 without a body (case D-19)', 'token-status-400-empty', 'OIDC_TOKEN_ENDPOINT_ERROR'],
  ['500, and does not retry (case D-30)', 'token-status-500', 'OIDC_TOKEN_ENDPOINT_ERROR'],
  ['503, and does not retry (case D-30)', 'token-status-503', 'OIDC_TOKEN_ENDPOINT_ERROR'],
  ['429 (RFC 6585 4)', 'token-status-429', 'OIDC_TOKEN_ENDPOINT_ERROR'],
  ['a dropped connection, and does not retry (case D-30)', 'connection-dropped-after', 'OIDC_NETWORK_ERROR'],
  ['half of an answer, and does not retry (case D-24)', 'answer-truncated', 'OIDC_NETWORK_ERROR'],
  ['a redirect, and does not follow (case D-21)', 'token-redirect', 'OIDC_REDIRECT_REFUSED'],
  ['an error with status 200 (case D-18)', 'token-error-with-200', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['an unknown token_type (case D-02)', 'token-type-unknown', 'OIDC_TOKEN_TYPE_UNSUPPORTED'],
  ['no token_type (case D-02)', 'token-type-missing', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['token_type DPoP without a proof (case D-04)', 'token-type-dpop', 'OIDC_TOKEN_TYPE_UNSUPPORTED'],
  ['no access_token', 'token-access-token-missing', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['an access_token that is a number', 'token-access-token-number', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['a refresh_token that is a number', 'token-refresh-token-number', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['an id_token that is a number', 'id-token-number', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['a scope that is a list', 'token-scope-array', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['a list (case D-15)', 'token-array', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['null (case D-15)', 'token-null', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['a text (case D-15)', 'token-text', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['what is no JSON', 'token-not-json', 'OIDC_RESPONSE_NOT_JSON'],
  ['UTF-16 (case D-26)', 'answer-utf16', 'OIDC_RESPONSE_NOT_JSON'],
  ['another content type', 'answer-content-type', 'OIDC_RESPONSE_NOT_JSON'],
  ['an ID token with a header that is too large (case E-24)', 'id-token-header-huge', 'OIDC_RESPONSE_TOO_LARGE'],
  ['an ID token that is too large (case E-24)', 'id-token-huge', 'OIDC_RESPONSE_TOO_LARGE'],
  ['a negative expires_in (case D-07)', 'expires-in-negative', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['an infinite expires_in (case D-07)', 'expires-in-infinite', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['expires_in null (case D-07)', 'expires-in-null', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ['expires_in that is a word (case D-07)', 'expires-in-word', 'OIDC_TOKEN_RESPONSE_INVALID'],
]

describe('the token endpoint', () => {
  it.each(refused)('is refused when it answers with %s', async (_title, fault, code) => {
    await expectRefusedLogin({ fault, code, phase: 'token' })
  })

  it.each([
    ['bearer in another case (case A-FAP-21)', 'token-type-case', {}],
    ['members nobody knows', 'token-unknown-members', {}],
    ['authorization_details that nobody asked for (RFC 9396 7)', 'token-authorization-details-other', {}],
    ['a member that nests 20000 levels deep', 'answer-deep', {}],
    ['no Cache-Control', 'token-cacheable', {}],
    ['a byte order mark (case D-26)', 'answer-bom', {}],
    ['no expires_in (cases A-FAP-20 and D-07)', 'expires-in-missing', { expiresAt: undefined }],
    [
      'more scopes than asked for, which show (case D-10)',
      'token-scope-broadened',
      { scopes: ['openid', 'profile', 'email', 'admin', 'everything'] },
    ],
  ] as const)('is believed when it answers with %s', async (_title, fault, expected) => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    breakOnce(idp, fault)
    await expect(test.login()).resolves.toMatchObject({ accessToken: expect.any(String), ...expected })
  })

  it.each([
    ['expires-in-string', 600_000],
    ['expires-in-zero', 0],
    ['expires-in-float', 500],
  ] as const)('counts %s from the receipt (case D-07)', async (fault, ms) => {
    const idp = createMockIdp({ deterministic: {} })
    const test = await createTestClient(idp)
    breakOnce(idp, fault)
    const { expiresAt } = await test.login()
    expect(expiresAt).toBe(idp.clock.now() + ms)
  })

  it('changes no prototype by a member named __proto__ (case L-50)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    breakOnce(idp, 'token-proto-member')
    const tokens = await test.login()
    expect(Object.getPrototypeOf(tokens)).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('is given up in time when its answer stops in its middle, and does not retry (case D-23)', async () => {
    const deadlines = holdDeadlines()
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    breakOnce(idp, 'answer-stalled')
    const refused = expect(test.login()).rejects.toMatchObject({ code: 'OIDC_TIMEOUT', phase: 'token' })
    await vi.waitFor(() => expect(idp.log.entries.flatMap(({ faults }) => faults)).toEqual(['answer-stalled']))
    deadlines.pass()
    await refused
    expect(test.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
    await expect(test.login()).resolves.toBeDefined()
  })

  it('is asked past every cache (case D-27)', async () => {
    const test = await createTestClient(createMockIdp())
    const { fetch = globalThis.fetch } = test.context.transport
    const modes: unknown[] = []
    const transport = {
      fetch(url: string, init: RequestInit) {
        modes.push(init.cache)
        return fetch(url, init)
      },
    }
    Object.assign(test.context, { transport })
    await test.login()
    expect(modes).toEqual(['no-store'])
  })
})
