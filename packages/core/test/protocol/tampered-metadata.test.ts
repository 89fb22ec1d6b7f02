import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { discover } from '../../src/protocol/discovery.ts'
import { breakOnce, createTestClient, recordingFetch } from '../support/login.ts'

const refused: readonly (readonly [title: string, fault: FaultName, code: ErrorCode, says: RegExp])[] = [
  [
    'of another issuer (cases A-CNF-03 and K-10.5.3)',
    'discovery-issuer-mismatch',
    'OIDC_DISCOVERY_ISSUER_MISMATCH',
    /issuer/,
  ],
  ['of an issuer with a slash more (case E-44)', 'discovery-issuer-slash', 'OIDC_DISCOVERY_ISSUER_MISMATCH', /issuer/],
  ['of an issuer in another case (case E-44)', 'discovery-issuer-case', 'OIDC_DISCOVERY_ISSUER_MISMATCH', /issuer/],
  ['of an issuer on another port (case E-44)', 'discovery-issuer-port', 'OIDC_DISCOVERY_ISSUER_MISMATCH', /issuer/],
  ['of an issuer on another path (case E-44)', 'discovery-issuer-path', 'OIDC_DISCOVERY_ISSUER_MISMATCH', /issuer/],
  ['without issuer (case E-46)', 'discovery-issuer-missing', 'OIDC_DISCOVERY_INVALID', /issuer/],
  ['with a list as an endpoint (case E-46)', 'discovery-endpoint-list', 'OIDC_DISCOVERY_INVALID', /_endpoint/],
  ['that is a list (case E-46)', 'discovery-array', 'OIDC_DISCOVERY_INVALID', /issuer/],
  ['that is no JSON (case E-46)', 'discovery-not-json', 'OIDC_RESPONSE_NOT_JSON', /openid-configuration/],
  ['with a script as an endpoint (case C-08)', 'discovery-endpoint-script', 'OIDC_DISCOVERY_INVALID', /_endpoint/],
  ['with data as an endpoint (case C-08)', 'discovery-endpoint-data', 'OIDC_DISCOVERY_INVALID', /_endpoint/],
  ['with a file as an endpoint (case C-08)', 'discovery-endpoint-file', 'OIDC_DISCOVERY_INVALID', /_endpoint/],
  ['with http as an endpoint (case C-08)', 'discovery-http-endpoint', 'OIDC_DISCOVERY_INVALID', /_endpoint/],
  [
    'with a script to end the session (case C-08)',
    'discovery-end-session-endpoint-script',
    'OIDC_DISCOVERY_INVALID',
    /end_session_endpoint/,
  ],
  ['with a fragment in an endpoint (case C-07)', 'discovery-endpoint-fragment', 'OIDC_DISCOVERY_INVALID', /_endpoint/],
  ['with http for the keys (case E-38)', 'discovery-jwks-uri-http', 'OIDC_DISCOVERY_INVALID', /jwks_uri/],
]

describe('a discovery document', () => {
  it.each(refused)('%s is refused, and the next one is read anew', async (_title, fault, code, says) => {
    const idp = createMockIdp()
    breakOnce(idp, fault)
    const requests: { path: string; body: string }[] = []
    const transport = { fetch: recordingFetch(idp, requests) }
    await expect(discover(idp.issuer, transport)).rejects.toMatchObject({
      code,
      phase: 'discovery',
      message: expect.stringMatching(says),
    })
    expect(requests).toHaveLength(1)
    await expect(discover(idp.issuer, transport)).resolves.toMatchObject({ issuer: idp.issuer })
  })

  it.each([
    ['discovery-authorization-endpoint-missing', 'authorization_endpoint'],
    ['discovery-token-endpoint-missing', 'token_endpoint'],
    ['discovery-jwks-uri-missing', 'jwks_uri'],
  ] as const)('leads to an error that names what is missing (case E-46): %s', async (fault, member) => {
    const idp = createMockIdp()
    breakOnce(idp, fault)
    await expect((await createTestClient(idp)).login()).rejects.toMatchObject({
      code: 'OIDC_ENDPOINT_MISSING',
      message: expect.stringContaining(member),
    })
    await expect((await createTestClient(idp)).login()).resolves.toBeDefined()
  })

  it.each([
    ['discovery-response-types-without-code', 'with other response types than code (S-090)'],
    ['discovery-list-text', 'with a text where the response types are listed (S-090; case E-46)'],
  ] as const)('lets no login start %s: %s', async (fault, _title) => {
    const idp = createMockIdp()
    breakOnce(idp, fault)
    const test = await createTestClient(idp)
    await expect(test.login()).rejects.toMatchObject({
      code: 'OIDC_DISCOVERY_INVALID',
      message: expect.stringContaining('response_types_supported'),
    })
    expect(test.requests).toHaveLength(1)
    await expect((await createTestClient(idp)).login()).resolves.toBeDefined()
  })

  it.each([
    ['discovery-unknown-members', 'members nobody knows'],
    ['discovery-endpoint-query', 'a query in the authorization endpoint'],
    ['discovery-proto-member', 'a member named __proto__ (case L-50)'],
  ] as const)('is accepted with %s: %s', async (fault, _title) => {
    const idp = createMockIdp()
    breakOnce(idp, fault)
    await expect((await createTestClient(idp)).login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('decides where requests go (case A-CNF-01)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    await test.login()
    const { token_endpoint = '', jwks_uri = '' } = test.context.server
    expect(test.requests.map(({ path }) => path)).toEqual([
      `${new URL(idp.issuer).pathname}/.well-known/openid-configuration`,
      new URL(token_endpoint).pathname,
      new URL(jwks_uri).pathname,
    ])
  })
})
