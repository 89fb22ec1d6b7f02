import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { breakOnce, createTestClient, recordingFetch } from '../support/login.ts'
import { expectRefusedLogin } from '../support/refusal.ts'

const refused: readonly (readonly [title: string, fault: FaultName, code: ErrorCode])[] = [
  ['no key that fits', 'jwks-key-missing', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a key for another algorithm (case E-05)', 'jwks-alg-other', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a key on another curve (case E-06)', 'jwks-curve-other', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['keys for encryption', 'jwks-use-encryption', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['two keys of one kid (case E-35)', 'jwks-kid-duplicate', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['an RSA key with the exponent 1 (case E-09)', 'jwks-exponent-one', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['an RSA key that is too short', 'jwks-modulus-short', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['another modulus, whose factors can be found', 'jwks-modulus-roca', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['published private keys (case E-33)', 'jwks-private-members', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['no keys', 'jwks-empty', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['an error object', 'jwks-error-object', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['what is no JSON', 'jwks-not-json', 'OIDC_RESPONSE_NOT_JSON'],
  ['status 500', 'jwks-status-500', 'OIDC_STATUS_UNEXPECTED'],
  ['a redirect, which is not followed (case E-37)', 'jwks-redirect', 'OIDC_REDIRECT_REFUSED'],
]

const keyRequests = (requests: readonly { readonly path: string }[]) =>
  requests.filter(({ path }) => path.endsWith('/jwks.json')).length

describe('a key set', () => {
  it.each(refused)('with %s signs nobody in', async (_title, fault, code) => {
    await expectRefusedLogin({ fault, code, phase: 'id-token' })
  })

  it.each([
    ['keys without alg, whose kind and the client decide (case E-04)', 'jwks-alg-missing'],
    ['a symmetric key, which is never used (case E-33)', 'jwks-symmetric-key'],
    ['a broken key, an unknown one and null beside the good ones (case E-33)', 'jwks-mixed'],
    ['a second key and a kid that tells which', 'jwks-second-key'],
  ] as const)('with %s signs in', async (_title, fault) => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    breakOnce(idp, fault)
    await expect(test.login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
  })

  it('with several keys refuses a token without kid (case A-BAS-07)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    breakOnce(idp, 'jwks-second-key')
    breakOnce(idp, 'id-token-kid-missing')
    await expect(test.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_KEY_NOT_FOUND' })
    await expect(test.login()).resolves.toBeDefined()
  })

  it('is fetched again once when the keys changed between two logins (cases A-CNF-05 and A-CNF-06)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    await test.login()
    await idp.keys.rotate()
    await expect(test.login()).resolves.toBeDefined()
    expect(keyRequests(test.requests)).toBe(2)
  })

  it.each(['jwks-status-500', 'jwks-empty', 'jwks-not-json', 'jwks-error-object'] as const)(
    'keeps the last good keys when it is fetched again and gets %s (cases E-31 and E-32)',
    async (fault) => {
      const idp = createMockIdp()
      const test = await createTestClient(idp)
      await test.login()
      idp.faults.always(fault)
      breakOnce(idp, 'id-token-kid-unknown')
      await expect(test.login()).rejects.toMatchObject({ phase: 'id-token' })
      const sent = keyRequests(test.requests)
      await expect(test.login()).resolves.toBeDefined()
      expect(keyRequests(test.requests)).toBe(sent)
    },
  )

  it('comes from the address that the metadata names (case A-CNF-02)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'discovery-jwks-uri-moved')
    const test = await createTestClient(idp)
    await test.login()
    expect(test.requests.map(({ path }) => path)).toContain(new URL(test.context.server.jwks_uri ?? '').pathname)
    const usual = await createTestClient(createMockIdp())
    expect(new URL(test.context.server.jwks_uri ?? '').pathname).not.toBe(
      new URL(usual.context.server.jwks_uri ?? '').pathname,
    )
  })

  it('of a header that names a foreign address is asked for nowhere else (case K-9.1.3)', async () => {
    for (const fault of ['id-token-jku-foreign', 'id-token-x5u-foreign', 'id-token-jwk-embedded'] as const) {
      const idp = createMockIdp()
      const test = await createTestClient(idp)
      const urls: string[] = []
      const fetch = recordingFetch(idp)
      const transport = {
        fetch(url: string, init: RequestInit) {
          urls.push(url)
          return fetch(url, init)
        },
      }
      Object.assign(test.context, { transport })
      breakOnce(idp, fault)
      await expect(test.login()).rejects.toMatchObject({ phase: 'id-token' })
      expect(urls.filter((url) => !url.startsWith(idp.origin))).toEqual([])
    }
  })
})
