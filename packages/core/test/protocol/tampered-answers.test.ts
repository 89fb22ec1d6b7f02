import { createMockIdp, demoProject, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { discover } from '../../src/protocol/discovery.ts'
import { requestClientCredentials } from '../../src/protocol/token-request.ts'
import { breakOnce, createTestClient, recordingFetch } from '../support/login.ts'

const inIdToken: [FaultName, ErrorCode, string][] = [
  ['id-token-iss-wrong', 'OIDC_ID_TOKEN_ISS_MISMATCH', 'Core 3.1.3.7 (2)'],
  ['id-token-aud-wrong', 'OIDC_ID_TOKEN_AUD_MISMATCH', 'Core 3.1.3.7 (3)'],
  ['id-token-aud-missing', 'OIDC_ID_TOKEN_AUD_MISMATCH', 'Core 2'],
  ['id-token-aud-two-azp-other', 'OIDC_ID_TOKEN_AUDIENCES_AZP_MISMATCH', 'Core 3.1.3.7 (4)'],
  ['id-token-azp-wrong', 'OIDC_ID_TOKEN_AZP_MISMATCH', 'Core 3.1.3.7 (5)'],
  ['id-token-expired', 'OIDC_ID_TOKEN_EXPIRED', 'Core 3.1.3.7 (9)'],
  ['id-token-exp-missing', 'OIDC_ID_TOKEN_CLAIM_INVALID', 'Core 2'],
  ['id-token-iat-missing', 'OIDC_ID_TOKEN_CLAIM_INVALID', 'Core 2'],
  ['id-token-sub-missing', 'OIDC_ID_TOKEN_SUB_MISSING', 'Core 2'],
  ['id-token-nonce-missing', 'OIDC_ID_TOKEN_NONCE_MISSING', 'Core 3.1.3.7 (11)'],
  ['id-token-nonce-wrong', 'OIDC_ID_TOKEN_NONCE_MISMATCH', 'Core 3.1.3.7 (11)'],
  ['id-token-signature-foreign-key', 'OIDC_ID_TOKEN_SIGNATURE_INVALID', 'Core 3.1.3.7 (6)'],
  ['id-token-alg-none', 'OIDC_ID_TOKEN_ALG_MISMATCH', 'Core 3.1.3.7 (7)'],
  ['id-token-alg-hs256', 'OIDC_ID_TOKEN_ALG_MISMATCH', 'RFC 8725 3.1'],
  ['id-token-kid-unknown', 'OIDC_ID_TOKEN_KEY_NOT_FOUND', 'RFC 7517 4.5'],
  ['id-token-at-hash-wrong', 'OIDC_ID_TOKEN_AT_HASH_MISMATCH', 'Core 3.1.3.8'],
  ['id-token-duplicate-member', 'OIDC_ID_TOKEN_MALFORMED', 'RFC 7515 4'],
  ['id-token-typ-wrong', 'OIDC_ID_TOKEN_TYP_MISMATCH', 'RFC 8725 3.11'],
  ['id-token-missing', 'OIDC_ID_TOKEN_MISSING', 'Core 3.1.3.3'],
]

const inTokenResponse: [FaultName, ErrorCode, string][] = [
  ['token-error', 'OIDC_TOKEN_ENDPOINT_ERROR', 'RFC 6749 5.2'],
  ['token-status-503', 'OIDC_TOKEN_ENDPOINT_ERROR', 'RFC 6749 5.2'],
  ['token-status-429', 'OIDC_TOKEN_ENDPOINT_ERROR', 'RFC 6585 4'],
  ['token-not-json', 'OIDC_RESPONSE_NOT_JSON', 'RFC 6749 5.1'],
  ['token-redirect', 'OIDC_REDIRECT_REFUSED', 'RFC 9700 4.12'],
  ['token-type-unknown', 'OIDC_TOKEN_TYPE_UNSUPPORTED', 'RFC 6749 7.1'],
  ['token-access-token-missing', 'OIDC_TOKEN_RESPONSE_INVALID', 'RFC 6749 5.1'],
  ['token-error-with-200', 'OIDC_TOKEN_RESPONSE_INVALID', 'RFC 6749 5.1'],
]

const inResponse: [FaultName, ErrorCode, string][] = [
  ['response-iss-wrong', 'OIDC_RESPONSE_ISS_MISMATCH', 'RFC 9207 2.4'],
  ['response-iss-missing', 'OIDC_RESPONSE_ISS_MISSING', 'RFC 9207 2.4'],
  ['response-state-missing', 'OIDC_STATE_MISSING', 'RFC 6749 10.12'],
  ['response-state-wrong', 'OIDC_STATE_MISMATCH', 'RFC 6749 10.12'],
  ['response-code-duplicated', 'OIDC_RESPONSE_PARAMETER_REPEATED', 'RFC 6749 3.1'],
  ['response-error', 'OIDC_AUTHORIZATION_ERROR', 'RFC 6749 4.1.2.1'],
]

describe('a login with one thing tampered', () => {
  it.each(inIdToken)('refuses %s with %s (%s)', async (fault, code) => {
    const idp = createMockIdp()
    const client = await createTestClient(idp)
    breakOnce(idp, fault)
    await expect(client.login()).rejects.toMatchObject({ code, phase: 'id-token' })
    expect(client.requests.filter(({ path }) => path.endsWith('/userinfo'))).toEqual([])
    await expect(client.login()).resolves.toMatchObject({ claims: { name: demoProject.users.mira.name } })
  })

  it.each(inTokenResponse)('refuses %s with %s (%s)', async (fault, code) => {
    const idp = createMockIdp()
    const client = await createTestClient(idp)
    breakOnce(idp, fault)
    await expect(client.login()).rejects.toMatchObject({ code, phase: 'token' })
    expect(client.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
    await expect(client.login()).resolves.toMatchObject({ claims: { name: demoProject.users.mira.name } })
  })

  it.each(inResponse)('refuses %s with %s before the token request (%s)', async (fault, code) => {
    const idp = createMockIdp({ compat: { authorizationResponseIss: true } })
    const client = await createTestClient(idp)
    breakOnce(idp, fault)
    await expect(client.login()).rejects.toMatchObject({ code, phase: 'authorization' })
    expect(client.requests.filter(({ path }) => path.endsWith('/token'))).toEqual([])
    await expect(client.login()).resolves.toMatchObject({ claims: { name: demoProject.users.mira.name } })
  })

  it('gives each row of the matrix a code of its own (behaviour 2, complaint 25)', () => {
    const rows: FaultName[] = [
      'id-token-iss-wrong',
      'id-token-aud-wrong',
      'id-token-expired',
      'id-token-nonce-missing',
      'id-token-nonce-wrong',
      'id-token-signature-foreign-key',
      'id-token-alg-none',
      'id-token-at-hash-wrong',
      'id-token-azp-wrong',
      'id-token-aud-two-azp-other',
      'id-token-sub-missing',
      'response-iss-wrong',
      'response-iss-missing',
      'response-state-missing',
    ]
    const codes = new Map([...inIdToken, ...inResponse].map(([fault, code]) => [fault, code]))
    expect(new Set(rows.map((row) => codes.get(row))).size).toBe(rows.length)
  })

  it('refuses a discovery document that names another issuer (Discovery 4.3)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'discovery-issuer-mismatch')
    const transport = { fetch: recordingFetch(idp) }
    await expect(discover(idp.issuer, transport)).rejects.toMatchObject({ code: 'OIDC_DISCOVERY_ISSUER_MISMATCH' })
    await expect(discover(idp.issuer, transport)).resolves.toMatchObject({ issuer: idp.issuer })
  })
})

it.each([null, [], true, 'ok', 7])('refuses the token response %j, which is no object (case D-15)', async (body) => {
  const client = await createTestClient(createMockIdp())
  Object.assign(client.context.transport, { fetch: async () => Response.json(body) })
  const code = 'OIDC_TOKEN_RESPONSE_INVALID'
  await expect(client.login()).rejects.toMatchObject({ code })
  await expect(requestClientCredentials(client.context, {})).rejects.toMatchObject({ code })
})

it('needs the keys of the provider to sign anyone in (Core 3.1.3.7 (6)) (S-082)', async () => {
  const client = await createTestClient(createMockIdp())
  const { jwks_uri: _keys, ...server } = client.context.server
  Object.assign(client.context, { server })
  await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_ENDPOINT_MISSING' })
})

describe('a login that is unusual but right', () => {
  it.each([-7200, 7200])(
    'succeeds with a client clock that is %i s off, when server time is estimated',
    async (offset) => {
      const idp = createMockIdp()
      const clock = { now: () => idp.clock.now() + offset * 1000 }
      const client = await createTestClient(idp, { clock, estimateServerTime: true })
      const tokens = await client.login()
      expect(tokens.clockSkewSeconds).toBe(-offset)
      expect(tokens.expiresAt).toBeGreaterThan(clock.now())
    },
  )

  it.each([
    ['slow', -7200, 'OIDC_ID_TOKEN_NOT_YET_VALID'],
    ['fast', 7200, 'OIDC_ID_TOKEN_EXPIRED'],
  ] as const)('fails with a %s clock when the local clock is trusted', async (_name, offset, code) => {
    const idp = createMockIdp()
    const client = await createTestClient(idp, { clock: { now: () => idp.clock.now() + offset * 1000 } })
    await expect(client.login()).rejects.toMatchObject({ code })
  })

  it('accepts an opaque access token (behaviour 30)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'access-token-opaque')
    const tokens = await (await createTestClient(idp)).login()
    expect(tokens.accessToken).not.toContain('.')
  })

  it('accepts a response with iss when the provider announces it (behaviour 5, RFC 9207 2.4)', async () => {
    const idp = createMockIdp({ compat: { authorizationResponseIss: true } })
    await expect((await createTestClient(idp)).login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
  })

  it('accepts an ID token without kid when one key fits (DESIGN 5.16)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'id-token-kid-missing')
    await expect((await createTestClient(idp)).login()).resolves.toBeDefined()
  })

  it('refuses an ID token without kid when the client requires one', async () => {
    const idp = createMockIdp()
    const client = await createTestClient(idp)
    Object.assign(client.context, { client: { ...client.context.client, requireKid: true } })
    breakOnce(idp, 'id-token-kid-missing')
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_KEY_NOT_FOUND' })
  })

  it('checks a right at_hash and goes on (Core 3.1.3.8)', async () => {
    const idp = createMockIdp({ compat: { emitAtHash: true } })
    const { claims } = await (await createTestClient(idp)).login()
    expect(claims?.at_hash).toBeTypeOf('string')
  })

  it('keeps an unknown lifetime unknown when expires_in is missing (RFC 6749 5.1)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'expires-in-missing')
    const tokens = await (await createTestClient(idp)).login()
    expect(tokens.expiresAt).toBeUndefined()
  })

  it('reads expires_in given as text', async () => {
    const idp = createMockIdp({ deterministic: {} })
    breakOnce(idp, 'expires-in-string')
    const tokens = await (await createTestClient(idp)).login()
    expect(tokens.expiresAt).toBe(idp.clock.now() + 600_000)
  })

  it('fetches the keys again, once, when the provider has rotated them (behaviour 3; S-152)', async () => {
    const idp = createMockIdp()
    const client = await createTestClient(idp)
    await client.login()
    await idp.keys.rotate()
    await client.login()
    expect(client.requests.filter(({ path }) => path.endsWith('/jwks.json'))).toHaveLength(2)
    breakOnce(idp, 'id-token-kid-unknown')
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_KEY_NOT_FOUND' })
    expect(client.requests.filter(({ path }) => path.endsWith('/jwks.json'))).toHaveLength(3)
  })
})
