/** What a developer reads after an ordinary mistake: what happened, what was expected, what to do. */
import { describe, expect, test } from 'vitest'
import {
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  createRequestGuard,
  describeDenial,
} from '../../src/api/index.ts'
import { ConfigurationError, parseAccessRule, scope } from '../../src/index.ts'
import { failure, setUpApi } from './api-fixture.ts'

async function reasonFor(
  changes: Partial<AccessTokenVerifierOptions> | ((issuer: string) => Partial<AccessTokenVerifierOptions>),
  authorization: (token: string) => string = (token) => `Bearer ${token}`,
) {
  const fixture = setUpApi()
  const issuer = fixture.idp.inboundIssuer
  const { verifier } = setUpApi({
    issuer,
    clock: fixture.idp.clock,
    fetch: (url, init) => fixture.idp.fetch(new Request(url, init)),
    ...(typeof changes === 'function' ? changes(issuer) : changes),
  })
  const error = await verifier.authenticate(authorization(await fixture.order())).catch((reason: unknown) => reason)
  return { reason: describeDenial(error).reason, issuer, now: fixture.idp.clock }
}

describe('the log of an API says', () => {
  test('which audience a token has, and which was expected (API behaviour 11)', async () => {
    const { reason } = await reasonFor({ audience: 'https://api.example' })
    expect(reason).toMatch(/^Expected aud https:\/\/api\.example, found \["P2mock.+"\]\.$/)
  })

  test('which algorithm and type a token has, and which were expected', async () => {
    const algorithm = await reasonFor({ algorithms: ['ES256', 'PS256'] })
    expect(algorithm.reason).toBe('Expected alg ES256 or PS256, found "RS256".')
    const { verifier, order } = setUpApi({ profile: 'rfc9068' })
    for (const [typ, found] of [
      ['JWT', '"JWT"'],
      [undefined, 'none'],
    ]) {
      const token = await order({ header: { typ } })
      const { message } = await failure('OIDC_TOKEN_TYP_REFUSED', verifier.verify(token))
      expect(message).toBe(`Expected typ at+jwt, found ${found}.`)
    }
  })

  test('that a slash at the end of an issuer counts', async () => {
    const { reason, issuer } = await reasonFor((own) => ({ issuer: `${own}/` }))
    expect(reason).toBe(`Expected iss ${issuer}/, found "${issuer}". A slash at the end counts.`)
  })

  test('that an issuer may be anything, and is compared with nothing but text', async () => {
    const { verifier, order } = setUpApi()
    const iss = { toString: 1, valueOf: 1 }
    const { message } = await failure('OIDC_TOKEN_ISS_REFUSED', verifier.verify(await order({ claims: { iss } })))
    expect(message).toMatch(/found {"toString":1,"valueOf":1}\.$/)
  })

  test.each([
    [3 * 3600, 'The token expired 10200 s ago; 30 s are tolerated.'],
    [-900, 'The iat of the token is 900 s ahead; 30 s are tolerated.'],
  ])('how far a clock that is off by %d s is from the token', async (seconds, expected) => {
    const { idp, order } = setUpApi()
    const { reason } = await reasonFor({ clock: { now: () => idp.clock.now() + 1000 * seconds } })
    expect(reason).toBe(expected)
    await order()
  })

  test.each([
    ['no scheme', (token: string) => token, 'an Authorization header of another scheme: expected "Bearer <token>".'],
    ['nothing', () => '', 'no Authorization header: expected "Bearer <token>".'],
  ])('that %s stands in front of the token', async (_, authorization, expected) => {
    expect((await reasonFor({}, authorization)).reason).toBe(`The request has ${expected}`)
  })

  test('what opens an API to opaque tokens, and how long a token may be', async () => {
    const opaque = await reasonFor({}, () => 'Bearer undefined')
    expect(opaque.reason).toContain('no signed JWT in its compact form. Opaque tokens need the option introspection')
    const long = await reasonFor({ maxTokenLength: 256 })
    expect(long.reason).toBe('The token has more than 256 characters.')
  })

  test('what the network said when the keys did not come', async () => {
    const refused = new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })
    const { reason } = await reasonFor({ fetch: () => Promise.reject(refused) })
    expect(reason).toMatch(
      /^The keys of the provider can not be loaded\. No answer from .+ \(OIDC_NETWORK_ERROR, ECONNREFUSED\)$/,
    )
    const html = await reasonFor({
      fetch: async () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    })
    expect(html.reason).toMatch(/answered 200\. \(OIDC_RESPONSE_NOT_JSON\)$/)
    const empty = await reasonFor({
      jwksUri: 'https://idp.example/keys',
      fetch: async () => Response.json({ keys: [] }),
    })
    expect(empty.reason).toBe('The keys of the provider can not be loaded. The key set holds no usable key.')
  })
})

describe('the start of an API says', () => {
  const create = (options: object) => () => createRequestGuard(options as AccessTokenVerifierOptions)
  const good = { issuer: 'https://idp.example', audience: 'api' }

  test('which options there are, those of the guard among them', () => {
    expect(create({ ...good, onDenyed: () => undefined })).toThrow(
      /^There is no option "onDenyed", only issuer, audience, .+, onDenied, claimsSchema\.$/,
    )
  })

  test.each([[''], [[]], [['api', '']], [undefined], [7]])('what an audience may be, for %j', (audience) => {
    expect(create({ ...good, audience })).toThrow('"audience" must be a text or a list of texts, none of them empty')
    expect(create({ ...good, audience: ['api'] })).not.toThrow()
  })

  test.each([
    [
      { type: 'claim', claim: 'typ', vaule: 'Bearer' },
      'no member beside type, claim, value at tokenRule.vaule, found one',
    ],
    [
      { type: 'scop', scope: 'a' },
      'one of scope, role, permission, tenant, claim, allOf, anyOf and not at tokenRule.type',
    ],
    [{ type: 'allOf', rules: ['a'] }, 'an object at tokenRule.rules[0], found a text without scope()'],
    [[{ type: 'scope', scope: 'a' }], 'an object at tokenRule, found a list'],
  ])('what is wrong with a rule for every token, for %j', (tokenRule, expected) => {
    for (const create of [createAccessTokenVerifier, createRequestGuard]) {
      const start = () => create({ ...good, tokenRule } as unknown as AccessTokenVerifierOptions)
      expect(start).toThrow(expect.objectContaining({ code: 'OIDC_ACCESS_RULE_INVALID' }))
      expect(start).toThrow(`An access rule needs ${expected}`)
    }
  })

  test.each([
    ['dpop', {}, 'createDpopProofVerifier'],
    ['dpop', { baseUrl: 'https://api.example' }, 'createDpopProofVerifier'],
    ['introspection', {}, 'createTokenIntrospection'],
    ['introspection', { introspect: 'https://idp.example', clientSecret: 'hunter2' }, 'createTokenIntrospection'],
  ])('what makes the option %s, and nothing of %j', (name, value, maker) => {
    expect(create({ ...good, [name]: value })).toThrow(
      expect.objectContaining({
        code: 'OIDC_OPTION_INVALID',
        message: `"${name}" must be the result of ${maker}, not {}.`,
      }),
    )
  })

  test('that scopes are named one by one (RFC 6749 3.3)', () => {
    expect(() => scope('contacts.read contacts.write')).toThrow(ConfigurationError)
    expect(() => scope('contacts.read contacts.write')).toThrow('Expected one scope without spaces')
    expect(() => parseAccessRule({ type: 'scope', scope: 'a b' })).toThrow('one scope without spaces at scope')
    expect(scope('contacts:read')).toEqual(parseAccessRule({ type: 'scope', scope: 'contacts:read' }))
  })
})

describe('a guard that is called in a wrong way says so', () => {
  // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
  const guard: any = createRequestGuard({ issuer: 'https://idp.example', audience: 'api' })
  const rule = scope('contacts.read')

  test.each<[string, () => unknown, string]>([
    [
      'a check of nothing',
      () => guard.check(),
      'Expected a request of the Fetch standard or of Node, which has headers.',
    ],
    ['a check of the rule alone', () => guard.check(rule), 'Expected a request of the Fetch standard or of Node'],
    ['a name for a rule', () => guard.check(new Request('https://api.example'), 'contacts.read'), "such as scope('a')"],
    [
      'a handler behind the rule',
      () => guard.prepare(rule, () => 'open'),
      'Expected options such as { optional: true }',
    ],
    ['a handler behind the rule to protect with', () => guard.protect(rule, () => 'open'), 'takes the handler first'],
  ])('%s', async (_, call, message) => {
    const error = await (async () => call())().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect((error as Error).message).toContain(message)
  })

  test('a prepared check that is called as a middleware hands an error on, and waits for nothing', async () => {
    for (const prepared of [guard.prepare(rule), guard.prepare(() => rule)]) {
      const handedOn: unknown[] = []
      const next = (error: unknown) => handedOn.push(error)
      expect(await prepared(new Request('https://api.example'), {}, next)).toEqual({})
      expect(handedOn).toEqual([expect.any(ConfigurationError)])
    }
  })
})

test('texts of a token enter a message in quotes, cut and in one line', async () => {
  const { verifier, order } = setUpApi()
  const aud = `x\r\nfake line ${'y'.repeat(1000)}`
  const { message } = await failure('OIDC_TOKEN_AUD_REFUSED', verifier.verify(await order({ claims: { aud } })))
  expect(message).toMatch(/found "x\\r\\nfake line y+\.$/)
  expect(message.length).toBeLessThan(300)
})
