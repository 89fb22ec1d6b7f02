import { inspect } from 'node:util'
import { demoProject, type FaultName } from '@countersign/mock-idp'
import { describe, expect, test, vi } from 'vitest'
import { createTokenSource, type TokenSourceOptions } from '../../src/agent/index.ts'
import { ConfigurationError, isOidcError, TokenEndpointError } from '../../src/index.ts'
import { holdDeadlines } from '../support/deadlines.ts'
import { codeOf, type Intercept, setUpAgent } from './agent-fixture.ts'

const { agent } = demoProject
const good = { issuer: 'https://idp.example', clientId: 'agent', clientSecret: 'very-secret' }

describe('createTokenSource', () => {
  const create = (options: object) => () => createTokenSource(options as TokenSourceOptions)

  test.each([
    ['an unknown option', { ...good, scopes: ['a'] }, 'OIDC_OPTION_UNKNOWN', /"scopes".*scope/],
    ['no client id', { issuer: good.issuer, clientSecret: 'very-secret' }, 'OIDC_OPTION_INVALID', /"clientId" must be/],
    ['no secret', { issuer: good.issuer, clientId: 'agent' }, 'OIDC_OPTION_INVALID', /"clientSecret" must be/],
    [
      'a secret that is no text',
      { ...good, clientSecret: ['very-secret'] },
      'OIDC_OPTION_INVALID',
      /"clientSecret" must/,
    ],
    ['an http issuer', { ...good, issuer: 'http://idp.example' }, 'OIDC_OPTION_INVALID', /"issuer".*https/],
    ['an unknown authentication', { ...good, clientAuthentication: 'none' }, 'OIDC_OPTION_INVALID', /basic post/],
    ['an unknown encoding', { ...good, basicEncoding: 'base64' }, 'OIDC_OPTION_INVALID', /rfc6749 raw/],
    ['a margin of a day', { ...good, renewBeforeExpirySeconds: 86_400 }, 'OIDC_OPTION_INVALID', /3600/],
  ])('refuses %s when it is created, without showing the secret', (_what, options, code, message) => {
    expect(create(options)).toThrow(ConfigurationError)
    expect(create(options)).toThrow(expect.objectContaining({ code }))
    expect(create(options)).toThrow(message)
    expect(create(options)).not.toThrow('very-secret')
  })

  test('refuses metadata of another issuer when it is created', () => {
    const metadata = { issuer: 'https://other.example', token_endpoint: 'https://other.example/token' }
    expect(create({ ...good, metadata })).toThrow(/Expected issuer https:\/\/idp\.example/)
    const insecure = { issuer: good.issuer, token_endpoint: 'http://idp.example/token' }
    expect(create({ ...good, metadata: insecure })).toThrow(/token_endpoint/)
  })

  test('asks nobody for anything', () => {
    const { source, requests } = setUpAgent()
    expect(source.scopes()).toEqual([])
    expect(requests).toEqual([])
  })
})

describe('getAccessToken', () => {
  test('takes no token for young because the clock was set back', async () => {
    const time = { value: Date.parse('2026-01-01T00:00:00Z'), now: () => time.value }
    const { source, requests } = setUpAgent({ clock: time })
    await source.getAccessToken()
    time.value -= 7_200_000
    await source.getAccessToken()
    await source.getAccessToken()
    expect(requests).toEqual(['openid-configuration', 'token', 'token'])
  })

  test('asks once for 200 callers at once, and keeps the token (S-208)', async () => {
    const { source, requests } = setUpAgent()
    const tokens = await Promise.all(Array.from({ length: 200 }, () => source.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(requests).toEqual(['openid-configuration', 'token'])
    expect(await source.getAccessToken()).toBe(tokens[0])
    expect(requests).toHaveLength(2)
  })

  test('shares one failure with all who wait for it, and tries again for the next', async () => {
    const { source, idp, tokenRequests } = setUpAgent()
    idp.faults.next('token-error', { error: 'invalid_client', status: 401 })
    const answers = await Promise.allSettled(Array.from({ length: 50 }, () => source.getAccessToken()))
    expect(new Set(answers.map((answer) => (answer.status === 'rejected' ? answer.reason : 'token'))).size).toBe(1)
    expect(tokenRequests).toHaveLength(1)
    await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
    expect(tokenRequests).toHaveLength(2)
  })

  test('asks for a scope and further parameters, and says what was granted (RFC 6749 4.4.2; S-215)', async () => {
    const resource = 'https://api.example/contacts'
    const { source, tokenRequests } = setUpAgent(
      { scope: 'contacts.read contacts.delete', parameters: { resource, scope: 'other' } },
      {
        config: {
          inboundApps: [
            {
              name: 'Agent',
              clientId: agent.clientId,
              secrets: [agent.clientSecret],
              permissionsScopes: [{ name: 'contacts.read', description: 'Read contacts' }],
              clientGrants: ['contacts.read'],
              audienceWhitelist: [resource],
            },
          ],
        },
      },
    )
    await source.getAccessToken()
    expect(Object.fromEntries(tokenRequests[0]?.body ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'contacts.read contacts.delete',
      resource,
    })
    expect(source.scopes()).toEqual(['contacts.read'])
  })

  test('discovers nothing when it knows the endpoints (S-093)', async () => {
    const { idp } = setUpAgent()
    const metadata = { issuer: idp.inboundIssuer, token_endpoint: `${idp.origin}/oauth2/v1/apps/token` }
    const { source, requests } = setUpAgent({ metadata })
    await source.getAccessToken()
    expect(requests).toEqual(['token'])
  })
})

describe('renewal', () => {
  test('comes before the token expires, by the margin that is configured', async () => {
    const { source, idp, tokenRequests } = setUpAgent({ renewBeforeExpirySeconds: 30 })
    const first = await source.getAccessToken()
    idp.clock.advance(569)
    expect(await source.getAccessToken()).toBe(first)
    idp.clock.advance(1)
    expect(await source.getAccessToken()).not.toBe(first)
    expect(tokenRequests).toHaveLength(2)
  })

  test('leaves half of its life to a token that lives no longer than the margin', async () => {
    const { source, idp, tokenRequests } = setUpAgent(
      { renewBeforeExpirySeconds: 30 },
      { config: { lifetimes: { keyAccessTokenSeconds: 20 } } },
    )
    await source.getAccessToken()
    idp.clock.advance(9)
    await source.getAccessToken()
    expect(tokenRequests).toHaveLength(1)
    idp.clock.advance(1)
    await source.getAccessToken()
    expect(tokenRequests).toHaveLength(2)
  })

  test('that fails leaves the token in use until it expires', async () => {
    const { source, idp } = setUpAgent()
    const first = await source.getAccessToken()
    idp.faults.always('token-status-503')
    idp.clock.advance(599)
    expect(await source.getAccessToken()).toBe(first)
    idp.clock.advance(1)
    expect(await codeOf(source.getAccessToken())).toBe('OIDC_TOKEN_ENDPOINT_ERROR')
    idp.faults.clear()
    expect(await source.getAccessToken()).not.toBe(first)
  })

  test('comes soon for a token whose life nobody told (DESIGN 20)', async () => {
    const { source, idp, tokenRequests } = setUpAgent()
    idp.faults.always('expires-in-missing')
    const first = await source.getAccessToken()
    idp.clock.advance(29)
    expect(await source.getAccessToken()).toBe(first)
    idp.clock.advance(1)
    await source.getAccessToken()
    expect(tokenRequests).toHaveLength(2)
  })
})

describe('client authentication', () => {
  const clientId = 'cli ent:1'
  const clientSecret = 'a:b c+d%/é~*'
  const config = {
    inboundApps: [
      {
        name: 'Agent',
        clientId,
        secrets: [clientSecret],
        permissionsScopes: [{ name: 'a', description: 'A' }],
        clientGrants: ['a'],
      },
    ],
  }
  const decode = (authorization: string | null | undefined) =>
    Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64').toString()

  test('encodes id and secret as form values in the header (RFC 6749 2.3.1, appendix B; S-182)', async () => {
    const { source, tokenRequests } = setUpAgent({ clientId, clientSecret }, { config })
    await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
    const [sent] = tokenRequests
    expect(decode(sent?.authorization)).toBe('cli+ent%3A1:a%3Ab+c%2Bd%25%2F%C3%A9%7E*')
    expect([...(sent?.body.keys() ?? [])]).toEqual(['grant_type'])
  })

  test('joins them as they are when the provider wants it so (N-19, DESIGN 25; S-212)', async () => {
    const raw = { clientId: 'client-1', clientSecret, basicEncoding: 'raw' } as const
    const inboundApps = config.inboundApps.map((app) => ({ ...app, clientId: raw.clientId }))
    const { source, tokenRequests } = setUpAgent(raw, { config: { inboundApps } })
    await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
    expect(decode(tokenRequests[0]?.authorization)).toBe(`client-1:${clientSecret}`)
  })

  test('puts nothing into the header when the secret goes into the body', async () => {
    const post = { clientId, clientSecret, clientAuthentication: 'post' } as const
    const { source, tokenRequests } = setUpAgent(post, { config })
    await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
    const [sent] = tokenRequests
    expect(sent?.authorization).toBeNull()
    expect(sent?.body.get('client_id')).toBe(clientId)
    expect(sent?.body.get('client_secret')).toBe(clientSecret)
  })

  test('with a wrong secret is a typed error and is not tried again', async () => {
    const { source, tokenRequests } = setUpAgent({ clientSecret: 'wrong' })
    const error = await source.getAccessToken().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TokenEndpointError)
    expect(error).toMatchObject({
      code: 'OIDC_TOKEN_ENDPOINT_ERROR',
      error: 'invalid_client',
      status: 401,
      phase: 'token',
      retryable: false,
    })
    expect(tokenRequests).toHaveLength(1)
  })
})

describe('what goes wrong on the way', () => {
  test('a token request is sent once, whatever comes back', async () => {
    const { source, idp, tokenRequests } = setUpAgent()
    idp.faults.next('token-status-503')
    expect(await codeOf(source.getAccessToken())).toBe('OIDC_TOKEN_ENDPOINT_ERROR')
    expect(tokenRequests).toHaveLength(1)
    const lost = setUpAgent({}, { intercept: (_url, init) => (init.method === 'POST' ? fail() : undefined) })
    expect(await codeOf(lost.source.getAccessToken())).toBe('OIDC_NETWORK_ERROR')
    expect(lost.tokenRequests).toHaveLength(1)
  })

  test('a request for metadata is sent again after a passing fault', async () => {
    let faults = 2
    const passing: Intercept = (url) =>
      url.endsWith('openid-configuration') && faults-- > 0
        ? new Response(null, { status: 503, headers: { 'retry-after': '0' } })
        : undefined
    const { source, requests } = setUpAgent({}, { intercept: passing })
    await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
    expect(requests).toEqual(['openid-configuration', 'openid-configuration', 'openid-configuration', 'token'])
  })

  test('a redirect is not followed (DESIGN 5)', async () => {
    const { source, idp, requests } = setUpAgent()
    idp.faults.next('token-redirect')
    expect(await codeOf(source.getAccessToken())).toBe('OIDC_REDIRECT_REFUSED')
    expect(requests).toEqual(['openid-configuration', 'token'])
  })

  test('a rate limit says how long to wait', async () => {
    const { source, idp } = setUpAgent()
    idp.faults.next('token-status-429', { retryAfterSeconds: 7 })
    const error = await source.getAccessToken().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 429, error: 'E130429', retryAfterSeconds: 7, retryable: true })
  })

  test('a token endpoint that hangs ends in a typed error at the deadline', async () => {
    const deadlines = holdDeadlines()
    const { source, idp, tokenRequests } = setUpAgent()
    idp.faults.always('token-hang')
    const code = codeOf(source.getAccessToken())
    await vi.waitFor(() => expect(tokenRequests).toHaveLength(1))
    deadlines.pass()
    expect(await code).toBe('OIDC_TIMEOUT')
    expect(tokenRequests).toHaveLength(1)
  })

  test.each(['openid-configuration', 'token'])(
    'a request for the %s that the fetch of an app loses ends at its deadline too, and the next call asks again',
    async (lost) => {
      let losing = true
      const deadlines = holdDeadlines()
      const { source } = setUpAgent(
        {},
        {
          intercept(url) {
            if (!losing || !url.endsWith(`/${lost}`)) return undefined
            losing = false
            queueMicrotask(deadlines.pass)
            return new Promise(() => undefined)
          },
        },
      )
      expect(await codeOf(source.getAccessToken())).toBe('OIDC_TIMEOUT')
      await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
    },
  )

  test.each<[FaultName, string]>([
    ['discovery-issuer-mismatch', 'OIDC_DISCOVERY_ISSUER_MISMATCH'],
    ['discovery-not-json', 'OIDC_RESPONSE_NOT_JSON'],
    ['discovery-trailing-comma', 'OIDC_RESPONSE_NOT_JSON'],
    ['discovery-http-endpoint', 'OIDC_DISCOVERY_INVALID'],
    ['token-not-json', 'OIDC_RESPONSE_NOT_JSON'],
    ['token-type-unknown', 'OIDC_TOKEN_TYPE_UNSUPPORTED'],
    ['token-access-token-missing', 'OIDC_TOKEN_RESPONSE_INVALID'],
  ])('the fault %s is refused, and a failure is not remembered', async (fault, code) => {
    const { source, idp } = setUpAgent()
    idp.faults.next(fault)
    expect(await codeOf(source.getAccessToken())).toBe(code)
    await expect(source.getAccessToken()).resolves.toBeTypeOf('string')
  })

  test.each<FaultName>([
    'token-error',
    'token-status-503',
    'token-status-429',
    'token-not-json',
    'token-redirect',
    'token-type-unknown',
    'token-access-token-missing',
    'token-error-with-200',
    'discovery-not-json',
  ])('no secret and no token is in the error of %s (S-410)', async (fault) => {
    const clientSecret = 'marked-secret-a:b c'
    const config = {
      inboundApps: [
        {
          name: 'Agent',
          clientId: agent.clientId,
          secrets: [clientSecret],
          permissionsScopes: [{ name: 'a', description: 'A' }],
          clientGrants: ['a'],
        },
      ],
    }
    for (const clientAuthentication of ['basic', 'post'] as const) {
      const { source, idp, tokenRequests } = setUpAgent({ clientSecret, clientAuthentication }, { config })
      idp.faults.next(fault)
      const error = await source.getAccessToken().catch((reason: unknown) => reason)
      if (!isOidcError(error)) throw error
      const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${inspect(error, { showHidden: true, depth: 9 })}`
      expect(shown).not.toMatch(/marked-secret|eyJ[\w-]+\./)
      expect(shown).not.toContain(tokenRequests[0]?.authorization?.slice(6) ?? 'no header')
      expect(inspect(source, { showHidden: true, depth: 9 })).not.toContain('marked-secret')
    }
  })

  test.each(['basic', 'post'] as const)(
    'no secret is in the error of a %s request that got no answer',
    async (kind) => {
      const { tokenRequests, source } = setUpAgent(
        { clientAuthentication: kind },
        { intercept: (_url, init) => (init.method === 'POST' ? fail() : undefined) },
      )
      const error = await source.getAccessToken().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'OIDC_NETWORK_ERROR', cause: { message: 'fetch failed' } })
      const shown = inspect(error, { showHidden: true, depth: 9 })
      expect(shown).not.toContain(agent.clientSecret)
      expect(shown).not.toContain(tokenRequests[0]?.authorization?.slice(6) ?? 'no header')
    },
  )

  test('an ID or refresh token that comes along is dropped unread (S-216)', async () => {
    const intercept: Intercept = (_url, init) =>
      init.method === 'POST'
        ? Response.json({ access_token: 'opaque', token_type: 'bearer', id_token: 'not a token', refresh_token: 'r' })
        : undefined
    const { source } = setUpAgent({}, { intercept })
    expect(await source.getAccessToken()).toBe('opaque')
  })
})

function fail(): never {
  throw new TypeError('fetch failed')
}
