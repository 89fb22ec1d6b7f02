import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { breakOnce, createTestClient } from '../support/login.ts'
import { expectRefusedLogin } from '../support/refusal.ts'

const refused: readonly (readonly [title: string, fault: FaultName, code: ErrorCode])[] = [
  ['another issuer (cases A-BAS-02 and A-FAP-04)', 'id-token-iss-wrong', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['no issuer (case A-FAP-12)', 'id-token-iss-missing', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['a list of issuers (case B-04)', 'id-token-iss-array', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['an issuer with a suffix (case B-03)', 'id-token-iss-suffix', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['an issuer with a prefix (case B-03)', 'id-token-iss-prefix', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['an issuer with a slash more (case B-03)', 'id-token-iss-slash', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['an issuer in another case (case B-02)', 'id-token-iss-case', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['an issuer with the default port (case B-02)', 'id-token-iss-port', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  [
    'another audience (cases A-BAS-04, A-FAP-05, K-9.2.3, K-10.5.4)',
    'id-token-aud-wrong',
    'OIDC_ID_TOKEN_AUD_MISMATCH',
  ],
  ['no audience (cases A-CMP-01 and A-FAP-11)', 'id-token-aud-missing', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['an empty list of audiences (case B-06)', 'id-token-aud-empty', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['an audience that is a number (case B-07)', 'id-token-aud-number', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['an audience that is an object (case B-07)', 'id-token-aud-object', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['an audience that is null (case B-07)', 'id-token-aud-null', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['a nested list of audiences (case B-07)', 'id-token-aud-nested', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['an audience that starts with ours (case B-08)', 'id-token-aud-suffix', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  [
    'two audiences and another azp (cases A-FAP-06 and B-09)',
    'id-token-aud-two-azp-other',
    'OIDC_ID_TOKEN_AUDIENCES_AZP_MISMATCH',
  ],
  ['an audience that is not trusted (case A-FAP-06)', 'id-token-aud-untrusted', 'OIDC_ID_TOKEN_AUDIENCES_AZP_MISMATCH'],
  ['one audience and another azp (case B-09)', 'id-token-azp-wrong', 'OIDC_ID_TOKEN_AZP_MISMATCH'],
  ['no sub (case A-BAS-03)', 'id-token-sub-missing', 'OIDC_ID_TOKEN_SUB_MISSING'],
  ['an empty sub', 'id-token-sub-empty', 'OIDC_ID_TOKEN_SUB_MISSING'],
  ['a sub that is a number', 'id-token-sub-number', 'OIDC_ID_TOKEN_SUB_MISSING'],
  ['a sub of more than 255 characters (case B-29)', 'id-token-sub-too-long', 'OIDC_ID_TOKEN_SUB_MISSING'],
  ['an exp of long ago (case K-9.2.1)', 'id-token-expired', 'OIDC_ID_TOKEN_EXPIRED'],
  ['an exp six minutes ago (case A-FAP-09)', 'id-token-expired-recently', 'OIDC_ID_TOKEN_EXPIRED'],
  ['no exp (case A-FAP-10)', 'id-token-exp-missing', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['an exp that is a text (case B-13)', 'id-token-exp-text', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['an infinite exp (case B-14)', 'id-token-exp-infinite', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['an exp in milliseconds (case B-16)', 'id-token-exp-milliseconds', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['no iat (case A-BAS-05)', 'id-token-iat-missing', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['an iat in the future (case B-17)', 'id-token-iat-future', 'OIDC_ID_TOKEN_NOT_YET_VALID'],
  ['an iat that is a text', 'id-token-iat-text', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['an nbf in the future (cases B-19 and K-9.2.1)', 'id-token-nbf-future', 'OIDC_ID_TOKEN_NOT_YET_VALID'],
  ['an nbf that is a text (case B-19)', 'id-token-nbf-text', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['an auth_time in the future (case B-23)', 'id-token-auth-time-future', 'OIDC_ID_TOKEN_NOT_YET_VALID'],
  ['an auth_time that is a text (case B-23)', 'id-token-auth-time-text', 'OIDC_ID_TOKEN_CLAIM_INVALID'],
  ['no nonce (case A-FAP-15)', 'id-token-nonce-missing', 'OIDC_ID_TOKEN_NONCE_MISSING'],
  [
    'another nonce (cases A-BAS-12, A-FAP-14, K-10.1.2, K-10.5.1)',
    'id-token-nonce-wrong',
    'OIDC_ID_TOKEN_NONCE_MISMATCH',
  ],
  ['a nonce in another case (case B-25)', 'id-token-nonce-case', 'OIDC_ID_TOKEN_NONCE_MISMATCH'],
  ['a nonce with a space (case B-25)', 'id-token-nonce-space', 'OIDC_ID_TOKEN_NONCE_MISMATCH'],
  ['the type of an access token (case B-38)', 'id-token-typ-wrong', 'OIDC_ID_TOKEN_TYP_MISMATCH'],
  ['an access token in its place (cases B-38 and K-9.2.2)', 'id-token-is-access-token', 'OIDC_ID_TOKEN_NONCE_MISSING'],
  ['a logout token in its place (cases B-39 and K-9.2.2)', 'id-token-is-logout-token', 'OIDC_ID_TOKEN_TYP_MISMATCH'],
  [
    'no signature algorithm: none (cases A-BAS-09, A-FAP-07, E-01, K-9.1.2; behaviour 3)',
    'id-token-alg-none',
    'OIDC_ID_TOKEN_ALG_MISMATCH',
  ],
  ['alg nOnE (case E-01)', 'id-token-alg-none-mixed-case', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['alg none with a signature (case E-01)', 'id-token-alg-none-signed', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['no alg (case E-01)', 'id-token-alg-missing', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['an empty alg (case E-01)', 'id-token-alg-empty', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['alg null (case E-01)', 'id-token-alg-null', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['a list of algs (case E-01)', 'id-token-alg-array', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['a MAC with the public key as PEM (case E-02; behaviour 3)', 'id-token-alg-hs256', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['a MAC with the public key as DER (case E-02)', 'id-token-alg-hs256-der', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['a MAC with the public key as JWK (case E-02)', 'id-token-alg-hs256-jwk', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['a MAC with the modulus (case E-02)', 'id-token-alg-hs256-modulus', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['a MAC with an empty secret (case A-CMP-07)', 'id-token-alg-hs256-empty-secret', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['PS256 in place of RS256 (case A-FAP-08)', 'id-token-alg-ps256', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['ES256 in place of RS256 (case A-FAP-08)', 'id-token-alg-es256', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['EdDSA in place of RS256 (case A-FAP-08)', 'id-token-alg-eddsa', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['an unknown kid (behaviour 3)', 'id-token-kid-unknown', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a kid that is a number', 'id-token-kid-number', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a kid that is a path', 'id-token-kid-path', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['an unknown critical extension (case E-14)', 'id-token-crit-unknown', 'OIDC_ID_TOKEN_TYP_MISMATCH'],
  ['an unencoded payload (case E-16)', 'id-token-b64-false', 'OIDC_ID_TOKEN_TYP_MISMATCH'],
  ['an embedded key (cases E-17 and K-9.1.3)', 'id-token-jwk-embedded', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['a foreign jku (case K-9.1.3)', 'id-token-jku-foreign', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a foreign x5u (case K-9.1.3)', 'id-token-x5u-foreign', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a foreign x5c (case K-9.1.3)', 'id-token-x5c-foreign', 'OIDC_ID_TOKEN_KEY_NOT_FOUND'],
  ['a payload that is a list (case B-41)', 'id-token-payload-array', 'OIDC_ID_TOKEN_MALFORMED'],
  ['a payload that is a text (case B-41)', 'id-token-payload-text', 'OIDC_ID_TOKEN_MALFORMED'],
  ['a payload that is null (case B-41)', 'id-token-payload-null', 'OIDC_ID_TOKEN_MALFORMED'],
  ['a payload that is not UTF-8 (case B-42)', 'id-token-payload-invalid-utf8', 'OIDC_ID_TOKEN_MALFORMED'],
  ['a payload with a byte order mark (case B-42)', 'id-token-payload-bom', 'OIDC_ID_TOKEN_MALFORMED'],
  ['a repeated member', 'id-token-duplicate-member', 'OIDC_ID_TOKEN_MALFORMED'],
  ['the signature of another key (case K-9.1.1)', 'id-token-signature-foreign-key', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['a broken signature (cases A-BAS-10 and K-9.1.1)', 'id-token-signature-flipped', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['a shortened signature (case K-9.1.1)', 'id-token-signature-truncated', 'OIDC_ID_TOKEN_SIGNATURE_INVALID'],
  ['an empty signature (cases E-25 and K-9.1.1)', 'id-token-signature-empty', 'OIDC_ID_TOKEN_MALFORMED'],
  ['two parts (case E-25)', 'id-token-two-parts', 'OIDC_ID_TOKEN_MALFORMED'],
  ['four parts (case E-25)', 'id-token-four-parts', 'OIDC_ID_TOKEN_MALFORMED'],
  ['thousands of dots (case E-25)', 'id-token-many-dots', 'OIDC_ID_TOKEN_MALFORMED'],
  ['padding (case E-22)', 'id-token-base64-padded', 'OIDC_ID_TOKEN_MALFORMED'],
  ['spaces (case E-22)', 'id-token-base64-spaces', 'OIDC_ID_TOKEN_MALFORMED'],
  ['unused bits that are set (case E-22)', 'id-token-base64-spare-bits', 'OIDC_ID_TOKEN_MALFORMED'],
  ['standard base64 (case E-22)', 'id-token-base64-standard', 'OIDC_ID_TOKEN_MALFORMED'],
  ['a JSON serialisation (case E-21)', 'id-token-json-serialization', 'OIDC_ID_TOKEN_MALFORMED'],
  ['an unprotected header (case E-21)', 'id-token-alg-unprotected', 'OIDC_ID_TOKEN_MALFORMED'],
  ['encryption around an unsigned token', 'id-token-jwe-around-unsigned', 'OIDC_ID_TOKEN_ALG_MISMATCH'],
  ['an at_hash of another token (case A-CMP-05)', 'id-token-at-hash-wrong', 'OIDC_ID_TOKEN_AT_HASH_MISMATCH'],
  ['an at_hash with padding (case B-33)', 'id-token-at-hash-padded', 'OIDC_ID_TOKEN_AT_HASH_MISMATCH'],
  ['an at_hash in hex (case B-33)', 'id-token-at-hash-hex', 'OIDC_ID_TOKEN_AT_HASH_MISMATCH'],
  ['an at_hash of the whole digest (case B-33)', 'id-token-at-hash-whole', 'OIDC_ID_TOKEN_AT_HASH_MISMATCH'],
  ['an at_hash of another algorithm (case B-35)', 'id-token-at-hash-sha512', 'OIDC_ID_TOKEN_AT_HASH_MISMATCH'],
  ['no ID token at all', 'id-token-missing', 'OIDC_ID_TOKEN_MISSING'],
]

describe('an ID token', () => {
  it.each(refused)('with %s is refused', async (_title, fault, code) => {
    await expectRefusedLogin({ fault, code, phase: 'id-token' })
  })

  it('has a code of its own for each rule (behaviour 2, complaint 25)', () => {
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
    ]
    const codes = new Map(refused.map(([, fault, code]) => [fault, code]))
    expect(new Set(rows.map((row) => codes.get(row))).size).toBe(rows.length)
  })

  it.each([
    ['that RS256 has signed (case A-BAS-08)', 'id-token', {}],
    ['whose audience is a list of one (case A-FAP-13)', 'id-token-aud-array', {}],
    ['without kid, when one key fits (case A-BAS-06)', 'id-token-kid-missing', {}],
    ['with the type JWT in another case (case B-40)', 'id-token-typ-case', {}],
    ['with the type application/jwt (case B-40)', 'id-token-typ-media-type', {}],
    ['that ES256 has signed, for a client registered so', 'id-token-alg-es256', { idTokenSignedResponseAlg: 'ES256' }],
    ['with claims nobody knows', 'id-token-unknown-claims', {}],
    ['with 2000 lists in one another (case E-24)', 'id-token-payload-deep', {}],
    ['with 1500 lists in one another in its header (case E-24)', 'id-token-header-deep', {}],
  ] as const)('%s is accepted', async (_title, fault, client) => {
    const idp = createMockIdp({ compat: { emitAtHash: true } })
    const test = await createTestClient(idp)
    Object.assign(test.context, { client: { ...test.context.client, ...client } })
    breakOnce(idp, fault)
    await expect(test.login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
  })

  it('with a broken ES256 signature is refused (case A-CMP-08)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    const client = { ...test.context.client, idTokenSignedResponseAlg: 'ES256' }
    Object.assign(test.context, { client })
    breakOnce(idp, 'id-token-alg-es256-broken')
    await expect(test.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_SIGNATURE_INVALID' })
    breakOnce(idp, 'id-token-alg-es256')
    await expect(test.login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
  })

  it('of an earlier login is refused in a new one (cases B-27 and K-10.5.1)', async () => {
    const idp = createMockIdp()
    const test = await createTestClient(idp)
    await test.login()
    breakOnce(idp, 'id-token-replayed')
    await expect(test.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_NONCE_MISMATCH' })
    await expect(test.login()).resolves.toBeDefined()
  })

  it('that is unsigned is refused also where the metadata lists none (case A-CNF-04)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'discovery-algs-none')
    const test = await createTestClient(idp)
    breakOnce(idp, 'id-token-alg-none')
    await expect(test.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_ALG_MISMATCH' })
    await expect(test.login()).resolves.toBeDefined()
  })

  it('changes no prototype by a member named __proto__ (case L-50)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'id-token-proto-member')
    const { claims } = await (await createTestClient(idp)).login()
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
