import { inspect } from 'node:util'
import { demoProject, type FaultName } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { type AccessTokenVerifierOptions, createAccessTokenVerifier } from '../../src/api/index.ts'
import {
  ConfigurationError,
  claim,
  type ErrorCode,
  InsufficientScopeError,
  permission,
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { decodePart, failure, forge, setUpApi, signaturesUnderTest, type TokenOrder } from './api-fixture.ts'

const { mira } = demoProject.users
const { acme } = demoProject.tenants
const now = Date.UTC(2026, 0, 1) / 1000

describe('createAccessTokenVerifier', () => {
  const good = { issuer: 'https://idp.example', audience: 'https://api.example' }
  const create = (options: object) => () => createAccessTokenVerifier(options as AccessTokenVerifierOptions)

  test.each([
    ['an unknown option', { ...good, audiences: ['a'] }, 'OIDC_OPTION_UNKNOWN', /"audiences".*issuer.*audience/],
    ['no issuer', { audience: 'a' }, 'OIDC_OPTION_INVALID', /"issuer" must be an https URL/],
    ['no audience', { issuer: good.issuer }, 'OIDC_OPTION_INVALID', /"audience" must be/],
    ['an empty audience', { ...good, audience: '' }, 'OIDC_OPTION_INVALID', /"audience" must be/],
    [
      'an empty list of audiences',
      { ...good, audience: [] },
      'OIDC_OPTION_INVALID',
      /"audience" must be a text or a list/,
    ],
    ['an http issuer', { ...good, issuer: 'http://idp.example' }, 'OIDC_OPTION_INVALID', /https URL.*loopback/],
    ['an issuer with a query', { ...good, issuer: 'https://idp.example?a=b' }, 'OIDC_OPTION_INVALID', /without query/],
    ['a pattern as audience (case L-11)', { ...good, audience: /api/ }, 'OIDC_OPTION_INVALID', /"audience" must be/],
    ['a pattern as issuer (case L-11)', { ...good, acceptIssuers: [/idp/] }, 'OIDC_OPTION_INVALID', /list of texts/],
    ['an http key URL', { ...good, jwksUri: 'http://idp.example/jwks' }, 'OIDC_OPTION_INVALID', /"jwksUri".*https/],
    [
      'a symmetric algorithm, so that no MAC is ever compared (cases E-43 and K-9.1.2)',
      { ...good, algorithms: ['RS256', 'HS256'] },
      'OIDC_OPTION_INVALID',
      /RS256.*not .*"HS256"/,
    ],
    ['the algorithm none (case K-9.1.2)', { ...good, algorithms: ['none'] }, 'OIDC_OPTION_INVALID', /not \["none"\]/],
    ['an unknown profile', { ...good, profile: 'rfc6750' }, 'OIDC_OPTION_INVALID', /rfc9068/],
    ['a tolerance of an hour (case B-20)', { ...good, clockToleranceSeconds: 3600 }, 'OIDC_OPTION_INVALID', /0 to 300/],
    [
      'a tolerance that is no number',
      { ...good, clockToleranceSeconds: Number.NaN },
      'OIDC_OPTION_INVALID',
      /0 to 300/,
    ],
    ['a size of a megabyte', { ...good, maxTokenLength: 1 << 20 }, 'OIDC_OPTION_INVALID', /256 to 16384/],
  ])('refuses %s when it is created (DESIGN 11, API complaint 6)', (_what, options, code, message) => {
    expect(create(options)).toThrow(ConfigurationError)
    expect(create(options)).toThrow(expect.objectContaining({ code }))
    expect(create(options)).toThrow(message)
  })

  test.each(['http://localhost:4455', 'http://127.0.0.1', 'http://[::1]:8080', 'http://idp.localhost'])(
    'takes the loopback issuer %s (RFC 8252 8.3)',
    (issuer) => {
      expect(create({ ...good, issuer })).not.toThrow()
    },
  )

  test('asks nobody for anything', () => {
    expect(setUpApi().requests).toEqual([])
  })
})

interface Refusal {
  readonly rule: string
  readonly code: ErrorCode
  readonly claim?: string
  readonly fault?: FaultName
  readonly order?: TokenOrder
  readonly forged?: (token: string) => string
  readonly options?: Partial<AccessTokenVerifierOptions>
  /** The order that differs from the refused one in the rule alone. Default: the token without any change. */
  readonly twin?: TokenOrder
}

const header = (changes: object) => (token: string) =>
  forge(token, { header: JSON.stringify({ ...JSON.parse(decodePart(token, 0)), ...changes }) })

const rfc9068Claims = { client_id: 'agent', jti: 'T1', iat: now }

const refusals: readonly Refusal[] = [
  // The text.
  { rule: 'two parts', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => token.split('.').slice(0, 2).join('.') },
  { rule: 'four parts', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => `${token}.${'A'.repeat(4)}` },
  { rule: 'no signature', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => token.replace(/[^.]*$/, '') },
  { rule: 'padding', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => `${token}=` },
  { rule: 'a line break', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => `${token}\n` },
  { rule: 'no JSON', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => forge(token, { payload: '{' }) },
  { rule: 'a list as payload', code: 'OIDC_TOKEN_MALFORMED', forged: (token) => forge(token, { payload: '[]' }) },
  {
    rule: 'a claim that comes twice (RFC 7519 4)',
    code: 'OIDC_TOKEN_MALFORMED',
    forged: (token) => forge(token, { payload: decodePart(token, 1).replace('{', '{"sub":"U2",') }),
  },
  {
    rule: 'a header parameter that comes twice (RFC 7515 4)',
    code: 'OIDC_TOKEN_MALFORMED',
    forged: (token) => forge(token, { header: decodePart(token, 0).replace('{', '{"alg":"none",') }),
  },
  // The header.
  { rule: 'alg none (RFC 8725 3.1)', code: 'OIDC_TOKEN_ALG_REFUSED', claim: 'alg', fault: 'access-token-alg-none' },
  { rule: 'HS256 with the public key (RFC 8725 2.1)', code: 'OIDC_TOKEN_ALG_REFUSED', fault: 'access-token-alg-hs256' },
  {
    rule: 'an alg that is not on the list',
    code: 'OIDC_TOKEN_ALG_REFUSED',
    options: { algorithms: ['ES256', 'PS256'] },
  },
  { rule: 'no alg', code: 'OIDC_TOKEN_ALG_REFUSED', forged: header({ alg: undefined }) },
  { rule: 'alg in small letters', code: 'OIDC_TOKEN_ALG_REFUSED', forged: header({ alg: 'rs256' }) },
  {
    rule: 'a critical extension (RFC 7515 4.1.11)',
    code: 'OIDC_TOKEN_ALG_REFUSED',
    claim: 'crit',
    forged: header({ crit: ['exp'] }),
  },
  { rule: 'b64 (RFC 7797 7)', code: 'OIDC_TOKEN_ALG_REFUSED', forged: header({ b64: false }) },
  {
    rule: 'the typ of a logout token',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    claim: 'typ',
    order: { header: { typ: 'logout+jwt' } },
  },
  { rule: 'a typ that only contains at+jwt', code: 'OIDC_TOKEN_TYP_REFUSED', order: { header: { typ: 'x-at+jwt' } } },
  {
    rule: 'a typ around application/',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    order: { header: { typ: 'at+application/jwt' } },
  },
  { rule: 'a list as typ', code: 'OIDC_TOKEN_TYP_REFUSED', forged: header({ typ: ['at+jwt'] }) },
  {
    rule: 'typ JWT where RFC 9068 is declared (RFC 9068 4)',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    options: { profile: 'rfc9068' },
    order: { header: { typ: 'JWT' }, claims: rfc9068Claims },
    twin: { header: { typ: 'at+jwt' }, claims: rfc9068Claims },
  },
  {
    rule: 'no typ where RFC 9068 is declared (RFC 9068 4)',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    options: { profile: 'rfc9068' },
    order: { header: { typ: undefined }, claims: rfc9068Claims },
    twin: { header: { typ: 'application/at+jwt' }, claims: rfc9068Claims },
  },
  ...['sub', 'client_id', 'jti', 'iat'].map(
    (claim): Refusal => ({
      rule: `no ${claim} where RFC 9068 is declared (RFC 9068 2.2, case F-15)`,
      code: 'OIDC_TOKEN_CLAIM_INVALID',
      claim,
      options: { profile: 'rfc9068' },
      order: { header: { typ: 'at+jwt' }, claims: { ...rfc9068Claims, [claim]: undefined } },
      twin: { header: { typ: 'at+jwt' }, claims: rfc9068Claims },
    }),
  ),
  // Keys and signature.
  {
    rule: 'a key that is not published',
    code: 'OIDC_TOKEN_SIGNATURE_INVALID',
    fault: 'access-token-signature-foreign-key',
  },
  {
    rule: 'a changed payload',
    code: 'OIDC_TOKEN_SIGNATURE_INVALID',
    forged: (token) => forge(token, { payload: decodePart(token, 1).replace('contacts.read', 'contacts.admin') }),
  },
  { rule: 'an unknown kid', code: 'OIDC_TOKEN_KEY_NOT_FOUND', claim: 'kid', fault: 'access-token-kid-unknown' },
  {
    rule: 'no kid in the Descope profile (DESIGN 16)',
    code: 'OIDC_TOKEN_KEY_NOT_FOUND',
    claim: 'kid',
    options: { profile: 'descope' },
    order: { header: { kid: undefined } },
  },
  // Issuer and audience.
  { rule: 'another issuer', code: 'OIDC_TOKEN_ISS_REFUSED', claim: 'iss', fault: 'access-token-iss-wrong' },
  { rule: 'no iss', code: 'OIDC_TOKEN_ISS_REFUSED', order: { claims: { iss: undefined } } },
  { rule: 'a list as iss', code: 'OIDC_TOKEN_ISS_REFUSED', order: { claims: { iss: ['http://127.0.0.1:4455'] } } },
  { rule: 'another audience', code: 'OIDC_TOKEN_AUD_REFUSED', claim: 'aud', fault: 'access-token-aud-wrong' },
  { rule: 'no aud (DESIGN 15; S-135)', code: 'OIDC_TOKEN_AUD_REFUSED', fault: 'access-token-aud-missing' },
  { rule: 'an empty aud', code: 'OIDC_TOKEN_AUD_REFUSED', order: { claims: { aud: [] } } },
  {
    rule: 'an aud that begins with ours',
    code: 'OIDC_TOKEN_AUD_REFUSED',
    order: { claims: { aud: `${demoProject.projectId}2` } },
    twin: { claims: { aud: demoProject.projectId } },
  },
  // Times.
  { rule: 'an exp two hours ago', code: 'OIDC_TOKEN_EXPIRED', claim: 'exp', fault: 'access-token-expired' },
  {
    rule: 'an exp that is older than the tolerance by nothing',
    code: 'OIDC_TOKEN_EXPIRED',
    order: { claims: { exp: now - 30 } },
    twin: { claims: { exp: now - 29 } },
  },
  { rule: 'no exp', code: 'OIDC_TOKEN_CLAIM_INVALID', claim: 'exp', fault: 'access-token-exp-missing' },
  { rule: 'exp as text', code: 'OIDC_TOKEN_CLAIM_INVALID', order: { claims: { exp: String(now + 60) } } },
  { rule: 'exp in milliseconds', code: 'OIDC_TOKEN_CLAIM_INVALID', order: { claims: { exp: (now + 60) * 1000 } } },
  { rule: 'exp 1e99', code: 'OIDC_TOKEN_CLAIM_INVALID', order: { claims: { exp: 1e99 } } },
  { rule: 'exp null', code: 'OIDC_TOKEN_CLAIM_INVALID', order: { claims: { exp: null } } },
  {
    rule: 'an exp beyond the year 5138',
    code: 'OIDC_TOKEN_CLAIM_INVALID',
    order: { claims: { exp: 1e11 } },
    twin: { claims: { exp: 1e11 - 1 } },
  },
  {
    rule: 'an iat of 0',
    code: 'OIDC_TOKEN_CLAIM_INVALID',
    claim: 'iat',
    order: { claims: { iat: 0 } },
    twin: { claims: { iat: 1 } },
  },
  { rule: 'nbf as text', code: 'OIDC_TOKEN_CLAIM_INVALID', claim: 'nbf', order: { claims: { nbf: 'now' } } },
  {
    rule: 'nbf in the future (RFC 7519 4.1.5)',
    code: 'OIDC_TOKEN_NOT_YET_VALID',
    claim: 'nbf',
    order: { claims: { nbf: now + 31 } },
    twin: { claims: { nbf: now + 30 } },
  },
  {
    rule: 'iat in the future',
    code: 'OIDC_TOKEN_NOT_YET_VALID',
    claim: 'iat',
    order: { claims: { iat: now + 31 } },
    twin: { claims: { iat: now + 30 } },
  },
  {
    rule: 'no sub (RFC 9068 2.2)',
    code: 'OIDC_TOKEN_CLAIM_INVALID',
    claim: 'sub',
    order: { claims: { sub: undefined } },
  },
  { rule: 'a number as sub', code: 'OIDC_TOKEN_CLAIM_INVALID', order: { claims: { sub: 7 } } },
  {
    rule: 'a sub of 256 characters (OpenID Connect Core 2)',
    code: 'OIDC_TOKEN_CLAIM_INVALID',
    claim: 'sub',
    order: { claims: { sub: 's'.repeat(256) } },
    twin: { claims: { sub: 's'.repeat(255) } },
  },
  // Purpose.
  {
    rule: 'nonce, so an ID token (RFC 9068 5)',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    claim: 'nonce',
    order: { claims: { nonce: 'n' } },
  },
  { rule: 'at_hash, so an ID token', code: 'OIDC_TOKEN_TYP_REFUSED', order: { claims: { at_hash: 'x' } } },
  { rule: 'c_hash, so an ID token', code: 'OIDC_TOKEN_TYP_REFUSED', order: { claims: { c_hash: 'x' } } },
  {
    rule: 'events, so a logout token (case K-9.2.2)',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    claim: 'events',
    order: { claims: { events: {} } },
  },
  {
    rule: 'drn DSR, so a refresh token (N-33, DESIGN 18)',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    claim: 'drn',
    options: { profile: 'descope' },
    order: { claims: { drn: 'DSR' } },
  },
  {
    rule: 'amr without any scope, so a renewed ID token (DESIGN 18)',
    code: 'OIDC_TOKEN_TYP_REFUSED',
    claim: 'scope',
    options: { profile: 'descope' },
    order: { claims: { amr: ['pwd'], scope: undefined } },
    twin: { claims: { amr: ['pwd'], scope: undefined, nsec: { scope: 'openid' } } },
  },
  {
    rule: 'another value than the rule for tokens wants',
    code: 'OIDC_TOKEN_CLAIM_INVALID',
    options: { tokenRule: claim('use', 'access') },
    order: { claims: { use: 'refresh' } },
    twin: { claims: { use: 'access' } },
  },
]

describe('verify', () => {
  test.each(refusals)(
    'refuses $rule: $code, and tells nothing of the token (case D-46)',
    async ({ code, claim, fault, order, forged, options, twin }) => {
      const api = setUpApi(options)
      if (fault) api.idp.faults.next(fault)
      const token = await api.order(order)
      const refused = forged?.(token) ?? token
      const error = await failure(code, api.verifier.verify(refused))
      expect(error).toMatchObject({ name: 'TokenVerificationError', phase: 'api', retryable: false })
      if (claim) expect(error).toMatchObject({ claim })

      // Nothing of the token may end up in a log.
      const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${inspect(error, { showHidden: true, depth: 9 })}`
      for (const part of refused.split('.')) if (part.length > 8) expect(shown).not.toContain(part)
      expect(shown).not.toContain(demoProject.agent.clientId)

      const accepting = options?.algorithms
        ? setUpApi({ algorithms: ['RS256', ...options.algorithms] })
        : setUpApi(options)
      await expect(accepting.verifier.verify(await accepting.order(twin))).resolves.toBeDefined()
    },
  )

  test('checks the size before it hashes or decodes anything (DESIGN 19)', async () => {
    const looked: string[] = []
    const inside = signaturesUnderTest()
    const note = <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) => {
      return (...args: Args): Result => {
        looked.push(name)
        return call(...args)
      }
    }
    const signatures = {
      ...inside,
      digest: note('hash', inside.digest),
      decodeBytes: note('decode', inside.decodeBytes),
      decodeText: note('decode', inside.decodeText),
    }
    const api = setUpApi({ maxTokenLength: 8192 }, { inside: { signatures } })
    const token = await api.order({ claims: { note: 'x'.repeat(6000) } })
    expect(token.length).toBeGreaterThan(8192)
    await failure('OIDC_TOKEN_MALFORMED', api.verifier.verify(token))
    expect(api.verifier.recall(`Bearer ${token}`)).toBeUndefined()
    expect(looked).toEqual([])
    await api.verifier.verify(await api.order())
    expect(new Set(looked)).toEqual(new Set(['hash', 'decode']))
    const wide = setUpApi({ maxTokenLength: 16_384 })
    await expect(wide.verifier.verify(await wide.order({ claims: { note: 'x'.repeat(6000) } }))).resolves.toBeDefined()
  })

  test('answers a value that is no text as it answers a broken token', async () => {
    const { verifier } = setUpApi()
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify(undefined as unknown as string))
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify({ length: 9 } as unknown as string))
  })

  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt', 'JWT', undefined])(
    'accepts the typ %s where RFC 9068 is not declared (DESIGN 3)',
    async (typ) => {
      const { verifier, order } = setUpApi()
      await expect(verifier.verify(await order({ header: { typ } }))).resolves.toBeDefined()
    },
  )

  test('takes drn and amr for what they are in the Descope profile alone, and amr with a scope there too', async () => {
    const other = setUpApi({ profile: 'jwt' })
    const claims = { drn: 'DSR', amr: ['pwd'], scope: undefined }
    await expect(other.verifier.verify(await other.order({ claims }))).resolves.toBeDefined()
    const descope = setUpApi({ profile: 'descope' })
    await expect(descope.verifier.verify(await descope.order({ claims: { amr: ['pwd'] } }))).resolves.toBeDefined()
  })

  test('accepts a token without kid while one key fits, and not when two do (DESIGN 16)', async () => {
    const { verifier, order, idp } = setUpApi()
    await expect(verifier.verify(await order({ header: { kid: undefined } }))).resolves.toBeDefined()
    const rotated = setUpApi()
    rotated.idp.keys.rotate()
    const token = await rotated.order({ header: { kid: undefined } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', rotated.verifier.verify(token))
    expect(idp.keys.published).toHaveLength(1)
  })

  test('finds the key of every token among several, whatever it has seen of their header before', async () => {
    const { verifier, order, idp } = setUpApi({ verdictCache: false })
    idp.keys.rotate()
    for (const jti of ['a', 'b', 'c']) {
      await expect(verifier.verify(await order({ claims: { jti } }))).resolves.toMatchObject({ claims: { jti } })
    }
    expect(idp.keys.published).toHaveLength(2)
    const token = await order({ header: { kid: 'unknown' }, claims: { jti: 'd' } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(token))
  })

  test('reads roles where the provider puts them, and leaves the claims as they are', async () => {
    const { verifier, order } = setUpApi({
      rightsOf: (claims) => ({ roles: (claims.realm as { roles: string[] }).roles }),
    })
    const claims = { roles: ['Owner'], permissions: ['Delete'], dct: acme, realm: { roles: ['Editor'] } }
    const caller = await verifier.verify(await order({ claims }))
    expect(caller.can(role('Editor')).allowed).toBe(true)
    expect(caller.can(role('Owner')).allowed).toBe(false)
    expect(caller.can(permission('Delete')).allowed).toBe(false)
    expect(caller.can(tenant(acme)).allowed).toBe(false)
    expect(caller.claims).toMatchObject(claims)
    expect(Object.isFrozen(caller.grant.claims.roles)).toBe(true)
  })

  test('lets the provider say who calls', async () => {
    const principalOf = ({ sub }: { sub: string }) =>
      ({ type: 'client', id: `machine ${sub}`, clientId: undefined }) as const
    const { verifier, order } = setUpApi({ principalOf })
    const caller = await verifier.verify(await order({ claims: { sub: 'seven', amr: ['pwd'] } }))
    expect(caller.principal).toEqual({ type: 'client', id: 'machine seven', clientId: undefined })
  })

  test('accepts a token without nbf and iat', async () => {
    const { verifier, order } = setUpApi()
    await expect(verifier.verify(await order({ claims: { nbf: undefined, iat: undefined } }))).resolves.toBeDefined()
  })

  test('takes the tolerance that is configured (DESIGN 17; API behaviour 4)', async () => {
    const strict = setUpApi({ clockToleranceSeconds: 0 })
    await failure('OIDC_TOKEN_EXPIRED', strict.verifier.verify(await strict.order({ claims: { exp: now } })))
    const wide = setUpApi({ clockToleranceSeconds: 300 })
    await expect(wide.verifier.verify(await wide.order({ claims: { exp: now - 299 } }))).resolves.toBeDefined()
  })

  test('compares iss as raw text with a closed list, and asks nobody for an unknown one (DESIGN 4, 14; cases E-40 and K-9.1.3)', async () => {
    const api = setUpApi({ acceptIssuers: ['https://old.example'] })
    const { inboundIssuer } = api.idp
    const refused = [
      `${inboundIssuer}/`,
      inboundIssuer.toUpperCase(),
      inboundIssuer.replace('127.0.0.1', 'localhost'),
      `${inboundIssuer}?`,
      'https://attacker.example',
      'https://old.example/',
      '',
    ]
    for (const iss of refused) {
      await failure('OIDC_TOKEN_ISS_REFUSED', api.verifier.verify(await api.order({ claims: { iss } })))
    }
    expect(api.requests).toEqual([])
    for (const iss of [inboundIssuer, 'https://old.example']) {
      await expect(api.verifier.verify(await api.order({ claims: { iss } }))).resolves.toMatchObject({ issuer: iss })
    }
  })

  test('names the expected and the found issuer, which nobody has signed for, in one line of the log', async () => {
    const { verifier, order, idp } = setUpApi()
    const slash = await failure(
      'OIDC_TOKEN_ISS_REFUSED',
      verifier.verify(await order({ claims: { iss: `${idp.inboundIssuer}/` } })),
    )
    expect(slash.message).toBe(
      `Expected iss ${idp.inboundIssuer}, found "${idp.inboundIssuer}/". A slash at the end counts.`,
    )
    const iss = `x\n2026-01-01 login ok${'y'.repeat(2000)}`
    const { message } = await failure('OIDC_TOKEN_ISS_REFUSED', verifier.verify(await order({ claims: { iss } })))
    expect(message).not.toContain('\n')
    expect(message.length).toBeLessThan(400)
  })

  test('takes RS256 alone where no algorithm is given (case L-02)', async () => {
    const api = setUpApi()
    for (const fault of ['access-token-alg-ps256', 'access-token-alg-es256', 'access-token-alg-eddsa'] as const) {
      api.idp.faults.next(fault)
      await failure('OIDC_TOKEN_ALG_REFUSED', api.verifier.verify(await api.order()))
    }
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  })

  test('uses no key of the header where the set has none (case L-05)', async () => {
    const api = setUpApi()
    api.idp.faults.next('access-token-jwk-embedded')
    const token = await api.order({ header: { kid: 'nobody' } })
    expect(JSON.parse(decodePart(token, 0))).toMatchObject({ kid: 'nobody', jwk: { kty: 'RSA' } })
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(token))
  })

  test('does not look for keys before text, issuer, audience and times are right', async () => {
    const api = setUpApi()
    for (const claims of [{ aud: 'other' }, { exp: now - 999 }, { nonce: 'n' }]) {
      await expect(api.verifier.verify(await api.order({ claims }))).rejects.toThrow()
    }
    expect(api.requests).toEqual([])
  })

  test('takes U+FFFD for a character like others, and bytes that are no UTF-8 for none', async () => {
    const { verifier, order } = setUpApi()
    const claims = { note: '\ufffd' }
    await expect(verifier.verify(await order({ claims }))).resolves.toMatchObject({ claims })
    const [header, payload = '', signature] = (await order({ claims })).split('.')
    const bytes = Buffer.from(payload, 'base64url')
    const broken = Buffer.from(bytes.map((byte) => (byte === 0xef ? 0xff : byte))).toString('base64url')
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify(`${header}.${broken}.${signature}`))
  })

  test('accepts our audience among others', async () => {
    const { verifier, order, idp } = setUpApi({ audience: ['https://api.example', demoProject.projectId] })
    for (const aud of [idp.projectId, ['x', 'https://api.example'], [idp.projectId]]) {
      await expect(verifier.verify(await order({ claims: { aud } }))).resolves.toBeDefined()
    }
  })

  test('survives any text and header, and never verifies it', async () => {
    const { verifier, order, requests } = setUpApi()
    const token = await order()
    const texts = ['', '.', '..', '...', 'a.b.c', '{}', '\u0000', '💥', '.'.repeat(8000), 'A'.repeat(8000)]
    const deep = forge(token, { payload: `${'['.repeat(2500)}${']'.repeat(2500)}` })
    const bom = forge(token, { header: `\uFEFF${decodePart(token, 0)}` })
    const proto = forge(token, { header: '{"alg":"RS256","__proto__":{"kid":"x"},"kid":{}}' })
    for (const text of [...texts, deep, bom, proto]) {
      await expect(verifier.verify(text)).rejects.toMatchObject({ name: 'TokenVerificationError' })
    }
    expect(requests.filter((path) => path === 'jwks.json').length).toBeLessThan(2)
  })
})

describe('the verified token', () => {
  test('says who calls with what rights', async () => {
    const { verifier, order, idp } = setUpApi()
    const auth = await verifier.verify(
      await order({
        client: demoProject.spa.clientId,
        user: mira.id,
        tenant: acme,
        scope: 'contacts.read billing.read',
      }),
    )
    expect(auth).toMatchObject({
      issuer: idp.inboundIssuer,
      subject: mira.id,
      principal: { type: 'user', id: mira.id, clientId: demoProject.spa.clientId },
      expiresAt: now + 600,
    })
    expect([...auth.grant.scopes]).toEqual(['contacts.read', 'billing.read'])
    expect(auth.can(role('Book Keeper', { tenant: acme })).allowed).toBe(true)
    expect(() => auth.require(scope('contacts.read'))).not.toThrow()
  })

  test('gives a copy all of its members, and functions that work apart from it', async () => {
    const { verifier, order } = setUpApi()
    const auth = await verifier.verify(await order())
    const copy = { ...auth }
    expect(copy.grant).toBe(auth.grant)
    expect(copy.principal).toBe(auth.principal)
    expect(JSON.parse(JSON.stringify(auth))).toMatchObject({ issuer: auth.issuer, principal: { type: 'client' } })
    const { can, require } = auth
    expect(can(scope('contacts.read')).allowed).toBe(true)
    expect(() => require(scope('contacts.write'))).toThrow(InsufficientScopeError)
  })

  test('is frozen to the depth of it, so that one request can not change the next (API behaviour 29)', async () => {
    const { verifier, order } = setUpApi()
    const tenants = { [acme]: { roles: ['Editor'], permissions: [{ deep: ['x'] }] } }
    const { claims } = await verifier.verify(await order({ claims: { tenants } }))
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      expect(Object.isFrozen(value)).toBe(true)
      for (const member of Object.values(value)) visit(member)
    }
    visit(claims)
    expect(() => Object.assign(claims, { sub: 'other' })).toThrow(TypeError)
  })

  test('demands a rule with what is missing: scopes when they would help, none when not', async () => {
    const { verifier, order } = setUpApi()
    const auth = await verifier.verify(await order({ claims: { roles: ['Reader'] } }))
    const thrown = (call: () => void) => {
      try {
        call()
      } catch (error) {
        if (error instanceof InsufficientScopeError) return error
      }
      return expect.unreachable()
    }
    expect(thrown(() => auth.require(scope('contacts.write')))).toMatchObject({
      code: 'OIDC_INSUFFICIENT_SCOPE',
      requiredScopes: ['contacts.write'],
      grantedScopes: ['contacts.read'],
      message: 'Missing: scope contacts.write.',
    })
    expect(thrown(() => auth.require(role('Editor')))).toMatchObject({
      code: 'OIDC_ACCESS_DENIED',
      requiredScopes: [],
      message: 'Missing: role Editor.',
    })
  })

  test('does not take scopes from nsec (DESIGN 11)', async () => {
    const { verifier, order } = setUpApi()
    const { grant } = await verifier.verify(await order({ claims: { scope: undefined, nsec: { scope: 'admin' } } }))
    expect([...grant.scopes]).toEqual([])
  })
})

describe('authenticate', () => {
  test('verifies the token of a Bearer header', async () => {
    const { verifier, order } = setUpApi()
    const token = await order()
    await expect(verifier.authenticate(`Bearer ${token}`)).resolves.toMatchObject({
      subject: demoProject.agent.clientId,
    })
    await failure('OIDC_TOKEN_MISSING', verifier.authenticate(undefined))
    await failure('OIDC_REQUEST_MALFORMED', verifier.authenticate(`Bearer ${token} ${token}`))
    await failure('OIDC_TOKEN_MALFORMED', verifier.authenticate('Bearer opaque'))
  })

  test('answers 10 000 different broken headers without a request for keys', async () => {
    const { verifier, requests } = setUpApi()
    const started = performance.now()
    for (let index = 0; index < 10_000; index += 1) {
      await verifier.authenticate(`Bearer a${index}`).catch(() => undefined)
    }
    expect(requests).toEqual([])
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
