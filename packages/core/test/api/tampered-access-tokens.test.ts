/** Every fault of access tokens that the mock can stage, with the verdict of the verifier. */
import { createMockIdp, demoProject, type FaultName } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import type { AccessTokenVerifierOptions } from '../../src/api/index.ts'
import { authorizationDetail, type ErrorCode, role, scope } from '../../src/index.ts'
import { type ApiFixture, failure, setUpApi } from './api-fixture.ts'

type Options = Partial<AccessTokenVerifierOptions>
type Fault = Extract<FaultName, `access-token-${string}`>

const es256: Options = { algorithms: ['RS256', 'ES256'] }
const rfc9068: Options = { profile: 'rfc9068' }

const refused: readonly (readonly [title: string, fault: Fault, code: ErrorCode, options?: Options])[] = [
  ['of another issuer (case E-40)', 'access-token-iss-wrong', 'OIDC_TOKEN_ISS_REFUSED'],
  ['without iss (case F-15)', 'access-token-iss-missing', 'OIDC_TOKEN_ISS_REFUSED'],
  ['whose iss is a list (case B-04)', 'access-token-iss-array', 'OIDC_TOKEN_ISS_REFUSED'],
  ['whose iss goes on after the right one (cases B-03 and L-13)', 'access-token-iss-suffix', 'OIDC_TOKEN_ISS_REFUSED'],
  ['whose iss holds the right one inside (cases B-03 and L-13)', 'access-token-iss-prefix', 'OIDC_TOKEN_ISS_REFUSED'],
  ['whose iss is in capitals (case E-44)', 'access-token-iss-case', 'OIDC_TOKEN_ISS_REFUSED'],
  ['whose iss names another port (case E-44)', 'access-token-iss-port', 'OIDC_TOKEN_ISS_REFUSED'],
  [
    'whose iss has a slash more (cases B-03 and E-44; API behaviour 11)',
    'access-token-iss-slash',
    'OIDC_TOKEN_ISS_REFUSED',
  ],
  ['for another audience (cases F-13, K-9.2.3, K-10.3.1 and L-15)', 'access-token-aud-wrong', 'OIDC_TOKEN_AUD_REFUSED'],
  ['without aud (cases F-13 and F-15; API behaviour 10)', 'access-token-aud-missing', 'OIDC_TOKEN_AUD_REFUSED'],
  ['whose aud is an empty list (cases B-06 and F-13)', 'access-token-aud-empty', 'OIDC_TOKEN_AUD_REFUSED'],
  ['whose aud is a number (case B-07)', 'access-token-aud-number', 'OIDC_TOKEN_AUD_REFUSED'],
  ['whose aud is an object (case B-07)', 'access-token-aud-object', 'OIDC_TOKEN_AUD_REFUSED'],
  ['whose aud is null (case B-07)', 'access-token-aud-null', 'OIDC_TOKEN_AUD_REFUSED'],
  ['whose aud is a list in a list (case B-07)', 'access-token-aud-nested', 'OIDC_TOKEN_AUD_REFUSED'],
  [
    'whose aud only begins with ours (case F-13; API behaviour 10)',
    'access-token-aud-suffix',
    'OIDC_TOKEN_AUD_REFUSED',
  ],
  [
    'whose scp names a scope that its scope does not (case F-32; API behaviour 22)',
    'access-token-scope-and-scp',
    'OIDC_TOKEN_CLAIM_INVALID',
  ],
  ['without sub (case F-15)', 'access-token-sub-missing', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['with an empty sub', 'access-token-sub-empty', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['whose sub is a number', 'access-token-sub-number', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['whose sub has 256 characters', 'access-token-sub-too-long', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['that expired two hours ago (case K-9.2.1; API behaviour 4)', 'access-token-expired', 'OIDC_TOKEN_EXPIRED'],
  [
    'that expired six minutes ago (case B-20)',
    'access-token-expired-recently',
    'OIDC_TOKEN_EXPIRED',
    { clockToleranceSeconds: 300 },
  ],
  ['without exp (case F-15; API behaviour 5)', 'access-token-exp-missing', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['whose exp is a text (case B-13; API behaviour 5)', 'access-token-exp-text', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['whose exp is infinite (case B-14; API behaviour 5)', 'access-token-exp-infinite', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['whose exp counts milliseconds (case B-16)', 'access-token-exp-milliseconds', 'OIDC_TOKEN_CLAIM_INVALID'],
  [
    'without iat, where RFC 9068 is declared (case F-15)',
    'access-token-iat-missing',
    'OIDC_TOKEN_CLAIM_INVALID',
    rfc9068,
  ],
  ['issued in two hours (API behaviour 6)', 'access-token-iat-future', 'OIDC_TOKEN_NOT_YET_VALID'],
  ['whose iat is a text', 'access-token-iat-text', 'OIDC_TOKEN_CLAIM_INVALID'],
  [
    'good in two hours (cases B-19 and K-9.2.1; API behaviour 6)',
    'access-token-nbf-future',
    'OIDC_TOKEN_NOT_YET_VALID',
  ],
  ['whose nbf is a text (case B-19)', 'access-token-nbf-text', 'OIDC_TOKEN_CLAIM_INVALID'],
  ['whose typ is of another kind (case K-9.2.2)', 'access-token-typ-wrong', 'OIDC_TOKEN_TYP_REFUSED'],
  ['of alg none (cases E-01 and K-9.1.2; API behaviour 9)', 'access-token-alg-none', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of alg nOnE (cases E-01 and K-9.1.2)', 'access-token-alg-none-mixed-case', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of alg none with a good signature (case E-01)', 'access-token-alg-none-signed', 'OIDC_TOKEN_ALG_REFUSED'],
  ['without alg (case E-01)', 'access-token-alg-missing', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of an empty alg (case E-01)', 'access-token-alg-empty', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of alg null (case E-01)', 'access-token-alg-null', 'OIDC_TOKEN_ALG_REFUSED'],
  ['whose alg is a list (case E-01)', 'access-token-alg-array', 'OIDC_TOKEN_ALG_REFUSED'],
  [
    'with an HMAC under the key as PEM (case E-02; API behaviour 9)',
    'access-token-alg-hs256',
    'OIDC_TOKEN_ALG_REFUSED',
  ],
  ['with an HMAC under the key as DER (case E-02)', 'access-token-alg-hs256-der', 'OIDC_TOKEN_ALG_REFUSED'],
  ['with an HMAC under the key as JWK (case E-02)', 'access-token-alg-hs256-jwk', 'OIDC_TOKEN_ALG_REFUSED'],
  ['with an HMAC under the modulus (case E-02)', 'access-token-alg-hs256-modulus', 'OIDC_TOKEN_ALG_REFUSED'],
  ['with an HMAC under an empty secret (case L-22)', 'access-token-alg-hs256-empty-secret', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of PS256 where RS256 is expected (case A-FAP-08)', 'access-token-alg-ps256', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of ES256 where RS256 is expected (case A-FAP-08)', 'access-token-alg-es256', 'OIDC_TOKEN_ALG_REFUSED'],
  ['of EdDSA where RS256 is expected (case A-FAP-08)', 'access-token-alg-eddsa', 'OIDC_TOKEN_ALG_REFUSED'],
  [
    'of ES256 with a signature of something else (case K-9.1.1)',
    'access-token-alg-es256-broken',
    'OIDC_TOKEN_SIGNATURE_INVALID',
    es256,
  ],
  ['of an unknown kid', 'access-token-kid-unknown', 'OIDC_TOKEN_KEY_NOT_FOUND'],
  ['whose kid is a number', 'access-token-kid-number', 'OIDC_TOKEN_KEY_NOT_FOUND'],
  ['whose kid is a path and SQL (case L-22)', 'access-token-kid-path', 'OIDC_TOKEN_KEY_NOT_FOUND'],
  [
    'with an unknown crit (cases E-14 and L-09; API behaviour 9)',
    'access-token-crit-unknown',
    'OIDC_TOKEN_ALG_REFUSED',
  ],
  ['with b64 false (case E-16; API behaviour 9)', 'access-token-b64-false', 'OIDC_TOKEN_ALG_REFUSED'],
  [
    'with a key of its own in jwk (cases E-17, K-9.1.3 and L-04)',
    'access-token-jwk-embedded',
    'OIDC_TOKEN_SIGNATURE_INVALID',
  ],
  ['with a jku of its own (case K-9.1.3)', 'access-token-jku-foreign', 'OIDC_TOKEN_KEY_NOT_FOUND'],
  ['with an x5u of its own (case K-9.1.3)', 'access-token-x5u-foreign', 'OIDC_TOKEN_KEY_NOT_FOUND'],
  ['with an x5c of its own (case K-9.1.3)', 'access-token-x5c-foreign', 'OIDC_TOKEN_KEY_NOT_FOUND'],
  ['with a header of a mebibyte (cases E-24, F-08 and L-21)', 'access-token-header-huge', 'OIDC_TOKEN_MALFORMED'],
  ['with a claim of a mebibyte (cases E-24, F-08 and L-21)', 'access-token-huge', 'OIDC_TOKEN_MALFORMED'],
  ['whose payload is a list (cases B-41 and F-21)', 'access-token-payload-array', 'OIDC_TOKEN_MALFORMED'],
  ['whose payload is a text (cases B-41 and F-21)', 'access-token-payload-text', 'OIDC_TOKEN_MALFORMED'],
  ['whose payload is null (cases B-41 and F-21)', 'access-token-payload-null', 'OIDC_TOKEN_MALFORMED'],
  ['whose payload is no UTF-8 (case B-42)', 'access-token-payload-invalid-utf8', 'OIDC_TOKEN_MALFORMED'],
  ['whose payload begins with a byte order mark (case B-42)', 'access-token-payload-bom', 'OIDC_TOKEN_MALFORMED'],
  ['that has sub twice (API behaviour 9)', 'access-token-duplicate-member', 'OIDC_TOKEN_MALFORMED'],
  [
    'signed by a foreign key under a known kid (case K-9.1.1)',
    'access-token-signature-foreign-key',
    'OIDC_TOKEN_SIGNATURE_INVALID',
  ],
  [
    'with one character of its signature changed (case K-9.1.1)',
    'access-token-signature-flipped',
    'OIDC_TOKEN_SIGNATURE_INVALID',
  ],
  ['with an empty signature (cases K-9.1.1 and E-25)', 'access-token-signature-empty', 'OIDC_TOKEN_MALFORMED'],
  ['with half of its signature (case K-9.1.1)', 'access-token-signature-truncated', 'OIDC_TOKEN_SIGNATURE_INVALID'],
  ['of ES256 with zeros under the key of RS256', 'access-token-signature-zero', 'OIDC_TOKEN_KEY_NOT_FOUND', es256],
  ['of two parts (case E-25)', 'access-token-two-parts', 'OIDC_TOKEN_MALFORMED'],
  ['of four parts (case E-25)', 'access-token-four-parts', 'OIDC_TOKEN_MALFORMED'],
  ['of 4000 dots (cases E-25 and L-20)', 'access-token-many-dots', 'OIDC_TOKEN_MALFORMED'],
  ['with padding (case E-22)', 'access-token-base64-padded', 'OIDC_TOKEN_MALFORMED'],
  ['with a line break (case E-22)', 'access-token-base64-spaces', 'OIDC_TOKEN_MALFORMED'],
  ['with spare bits that are set (case E-22)', 'access-token-base64-spare-bits', 'OIDC_TOKEN_MALFORMED'],
  ['with plus and slash (case E-22)', 'access-token-base64-standard', 'OIDC_TOKEN_MALFORMED'],
  ['in the JSON serialization (case E-21)', 'access-token-json-serialization', 'OIDC_TOKEN_MALFORMED'],
  ['whose alg nothing protects (cases L-23 and E-21)', 'access-token-alg-unprotected', 'OIDC_TOKEN_MALFORMED'],
  [
    'that is a JWE around an unsigned token (cases E-27 and L-17)',
    'access-token-jwe-around-unsigned',
    'OIDC_TOKEN_ALG_REFUSED',
  ],
  ['that is a JWE of two billion rounds (case E-26)', 'access-token-jwe-password-cost', 'OIDC_TOKEN_ALG_REFUSED'],
  ['that is a JWE with zip (cases E-26 and L-19)', 'access-token-jwe-compressed', 'OIDC_TOKEN_ALG_REFUSED'],
  [
    'without client_id, where RFC 9068 is declared (case F-15)',
    'access-token-client-id-missing',
    'OIDC_TOKEN_CLAIM_INVALID',
    rfc9068,
  ],
  [
    'without jti, where RFC 9068 is declared (case F-15)',
    'access-token-jti-missing',
    'OIDC_TOKEN_CLAIM_INVALID',
    rfc9068,
  ],
  [
    'bound to a key that nobody has shown (cases K-10.3.5 and F-45)',
    'access-token-bound-to-dpop-key',
    'OIDC_TOKEN_BOUND',
  ],
  ['bound to a certificate (cases F-58 and K-10.3.5)', 'access-token-bound-to-certificate', 'OIDC_TOKEN_BOUND'],
  [
    'that is an ID token for the same audience (cases F-11 and K-9.2.2; API behaviour 7)',
    'access-token-is-id-token',
    'OIDC_TOKEN_TYP_REFUSED',
    { audience: demoProject.agent.clientId },
  ],
  [
    'that is a logout token (case K-9.2.2)',
    'access-token-is-logout-token',
    'OIDC_TOKEN_TYP_REFUSED',
    { audience: demoProject.agent.clientId },
  ],
  ['with 2000 lists in one another (cases E-24 and L-21)', 'access-token-payload-deep', 'OIDC_TOKEN_MALFORMED'],
  [
    'with 1500 lists in one another in its header (cases E-24 and L-21)',
    'access-token-header-deep',
    'OIDC_TOKEN_MALFORMED',
  ],
  ['that is opaque, where nothing introspects (case F-23)', 'access-token-opaque', 'OIDC_TOKEN_MALFORMED'],
]

const accepted: readonly (readonly [title: string, fault: Fault])[] = [
  ['whose aud is a list of one (case F-14)', 'access-token-aud-array'],
  ['whose aud lists two other APIs (case F-14; API behaviour 10)', 'access-token-aud-many'],
  ['whose typ begins with application/ (case B-40; API behaviour 8)', 'access-token-typ-media-type'],
  ['whose typ is in capitals (case B-40; API behaviour 8)', 'access-token-typ-case'],
  ['without kid, where one key fits', 'access-token-kid-missing'],
  ['with claims that nobody knows (case F-21)', 'access-token-unknown-claims'],
  ['whose login is a day old: a route may want more', 'access-token-auth-time-old'],
  ['whose login was of class 0: a route may want more', 'access-token-acr-low'],
]

/** Read as they are, with rights that come from a good form alone. */
const withoutRights: readonly (readonly [title: string, fault: Fault])[] = [
  ['without scope', 'access-token-scope-missing'],
  ['whose authorization_details are no list', 'access-token-authorization-details-object'],
  ['whose authorization_details hold a text', 'access-token-authorization-details-texts'],
  ['whose roles are a text (case F-19)', 'access-token-roles-text'],
  ['whose roles are objects (case F-19)', 'access-token-roles-objects'],
]

/** Tested one by one below. */
const single: readonly Fault[] = [
  'access-token-proto-member',
  'access-token-scope-array',
  'access-token-scope-scp',
  'access-token-sub-shared',
]

/** A token of the client, with one thing wrong when there is a fault. */
function tokenOf({ idp, order }: ApiFixture, options: Options | undefined, fault?: Fault): Promise<string> {
  if (fault) idp.faults.next(fault)
  const { clientId } = demoProject.agent
  const claims = { client_id: clientId, jti: 'T1', iat: idp.clock.now() / 1000 }
  const aud = options?.audience
  return order({
    header: { typ: options?.profile === 'rfc9068' ? 'at+jwt' : 'JWT' },
    claims: { ...claims, ...(aud ? { aud } : {}) },
  })
}

describe('an access token', () => {
  test.each(refused.map(([title, fault, code, options = {}]) => [title, fault, code, options] as const))(
    '%s is refused, and the next good one is not',
    async (_, fault, code, options) => {
      const api = setUpApi(options)
      const token = await tokenOf(api, options, fault)
      await failure(code, api.verifier.verify(token))
      // No address of a token or of its issuer was asked for.
      expect(api.requests.filter((path) => !['openid-configuration', 'jwks.json'].includes(path))).toEqual([])
      await expect(api.verifier.verify(await tokenOf(api, options))).resolves.toBeDefined()
      await failure(code, api.verifier.verify(token))
    },
  )

  test.each(accepted)('%s is accepted', async (_, fault) => {
    const api = setUpApi()
    await expect(api.verifier.verify(await tokenOf(api, undefined, fault))).resolves.toBeDefined()
  })

  test.each(withoutRights)('%s opens nothing', async (_, fault) => {
    const api = setUpApi()
    api.idp.faults.next(fault)
    const claims = { roles: ['Editor'], authorization_details: [{ type: 'everything' }] }
    const caller = await api.verifier.verify(await api.order({ claims }))
    const details = fault.includes('details') ? authorizationDetail('everything') : role('Editor')
    const rule = fault.includes('scope') ? scope('contacts.read') : details
    expect(caller.can(rule).allowed).toBe(false)
    const good = await api.verifier.verify(await api.order({ claims }))
    expect(good.can(rule).allowed).toBe(true)
  })

  test.each(['access-token-scope-array', 'access-token-scope-scp'] as const)(
    'has the same scopes in every form: %s (case F-32; API behaviour 22)',
    async (fault) => {
      const api = setUpApi()
      const expected = await api.verifier.verify(await api.order({ scope: 'contacts.read files.read' }))
      api.idp.faults.next(fault)
      const found = await api.verifier.verify(await api.order({ scope: 'contacts.read files.read' }))
      expect([...found.grant.scopes]).toEqual([...expected.grant.scopes])
      expect(found.can(scope('contacts')).allowed).toBe(false)
    },
  )

  test('with the same scopes in scope and scp is accepted, one whose scope is neither text nor list is not (case F-32)', async () => {
    const api = setUpApi()
    const both = await api.verifier.verify(await api.order({ claims: { scope: 'a b', scp: ['b', 'a'] } }))
    expect([...both.grant.scopes].sort()).toEqual(['a', 'b'])
    for (const claims of [{ scope: 7 }, { scope: ['a', 7] }, { scope: { a: true } }, { scp: 7 }]) {
      const token = await api.order({ claims })
      const error = await failure('OIDC_TOKEN_CLAIM_INVALID', api.verifier.verify(token))
      expect(error).toMatchObject({ claim: 'scope' })
    }
    await expect(api.verifier.verify(await api.order({ claims: { scope: null, scp: null } }))).resolves.toBeDefined()
  })

  test('with claims named __proto__ and constructor changes no prototype, and gets nothing by them (cases F-21 and L-50)', async () => {
    const api = setUpApi()
    const before = Reflect.ownKeys(Object.prototype)
    const { claims } = await api.verifier.verify(await tokenOf(api, undefined, 'access-token-proto-member'))
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
    expect(Object.hasOwn(claims, '__proto__')).toBe(true)
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
  })

  test('of a sub that other issuers give out too is known by iss and sub (cases F-34 and K-10.3.3)', async () => {
    const [one, other] = [setUpApi(), setUpApi({}, { config: { origin: 'http://127.0.0.1:4456' } })]
    const callers = await Promise.all(
      [one, other].map(async (api) => api.verifier.verify(await tokenOf(api, undefined, 'access-token-sub-shared'))),
    )
    expect(new Set(callers.map(({ subject }) => subject)).size).toBe(1)
    expect(new Set(callers.map(({ issuer, subject }) => `${issuer} ${subject}`)).size).toBe(2)
  })

  test('has a verdict for every fault of the mock', () => {
    const judged = [...refused, ...accepted, ...withoutRights].map(([, fault]) => fault)
    const staged = createMockIdp()
      .faults.list()
      .map(({ name }) => name)
      .filter((name) => name.startsWith('access-token-'))
    expect([...judged, ...single].toSorted()).toEqual(staged.toSorted())
  })
})
