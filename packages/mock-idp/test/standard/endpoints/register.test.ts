import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { answerOf, basic, get, mira, post } from '../../support/relying-party.ts'
import { authorizeUrl, redeem, standardIdp } from '../../support/standard-client.ts'

const redirect_uris = ['http://localhost:9000/callback']

async function register(idp: MockIdp, metadata: unknown, type = 'application/json') {
  const body = typeof metadata === 'string' ? metadata : JSON.stringify(metadata)
  const headers = { 'content-type': type }
  return answerOf(await idp.fetch(new Request(`${idp.origin}/register`, { method: 'POST', headers, body })))
}

describe('registration (RFC 7591)', () => {
  it('gives a client that can sign users in, who are asked for consent', async () => {
    const idp = standardIdp()
    const { status, body } = await register(idp, { redirect_uris, client_name: 'Fresh', unknown_member: 1 })
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        client_id: expect.any(String),
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
        client_id_issued_at: 1767225600,
        client_name: 'Fresh',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      }),
    ])
    expect(body).not.toHaveProperty('unknown_member')
    const ask = { client_id: body.client_id, redirect_uri: redirect_uris[0] }
    await expect(idp.driver.visit(authorizeUrl(idp, ask))).rejects.toThrow('to continue to Fresh')
    const callback = await idp.driver.login(authorizeUrl(idp, ask), { user: mira.loginId })
    const code = callback.searchParams.get('code') ?? ''
    const auth = basic(body.client_id, body.client_secret)
    expect((await redeem(idp, code, { ...ask, client_id: undefined }, auth)).status).toBe(200)
  })

  it.each<[string, object]>([
    ['invalid_redirect_uri', { redirect_uris: ['javascript:alert(1)'] }],
    ['invalid_redirect_uri', { redirect_uris: ['data:text/html,x'] }],
    ['invalid_redirect_uri', { redirect_uris: ['http://app.example/cb'] }],
    ['invalid_redirect_uri', { redirect_uris: ['http://localhost:1@app.example/cb'] }],
    ['invalid_redirect_uri', { redirect_uris: ['https://app.example/cb#x'] }],
    ['invalid_redirect_uri', { redirect_uris: ['https://app.example/\u4e2d'] }],
    ['invalid_redirect_uri', { redirect_uris: 'https://app.example/cb' }],
    ['invalid_redirect_uri', { redirect_uris: [] }],
    ['invalid_client_metadata', { redirect_uris, jwks_uri: 'http://169.254.169.254/keys' }],
    ['invalid_client_metadata', { redirect_uris, jwks_uri: 'https://internal.example/keys' }],
    ['invalid_client_metadata', { redirect_uris, backchannel_logout_uri: 'https://internal.example/' }],
    ['invalid_client_metadata', { redirect_uris, token_endpoint_auth_method: 'magic' }],
    ['invalid_client_metadata', { redirect_uris, grant_types: ['implicit'] }],
    ['invalid_client_metadata', { redirect_uris, id_token_signed_response_alg: 'none' }],
    ['invalid_client_metadata', { redirect_uris, token_endpoint_auth_method: 'private_key_jwt' }],
  ])('is refused with %s for %j, and calls nobody (K-10.4.7, L-45, K-9.1.2)', async (error, metadata) => {
    let calls = 0
    const idp = standardIdp({
      standard: {
        fetch: async () => {
          calls++
          return new Response()
        },
      },
    })
    const { status, body } = await register(idp, metadata)
    expect([status, body.error, calls]).toEqual([400, error, 0])
    expect(idp.clients.list()).toHaveLength(4)
  })

  it.each(['', '[]', '{', 'null', '"x"'])('is refused for the body %j', async (text) => {
    expect((await register(standardIdp(), text)).body.error).toBe('invalid_client_metadata')
  })

  it('makes nobody the own client of the provider', async () => {
    const idp = standardIdp()
    const { body } = await register(idp, { redirect_uris, first_party: true, client_id: 'mine', client_secret: 'x' })
    expect(idp.clients.get(body.client_id)?.first_party).toBe(false)
    expect([body.client_id === 'mine', body.client_secret === 'x']).toEqual([false, false])
  })

  it('can be switched off, and goes away with a reset', async () => {
    const off = standardIdp({ standard: { registration: 'off' } })
    expect((await register(off, { redirect_uris })).status).toBe(404)
    expect((await (await get(off, '/.well-known/openid-configuration')).json()).registration_endpoint).toBeUndefined()
    const idp = standardIdp()
    const { body } = await register(idp, { redirect_uris })
    const snapshot = idp.snapshot()
    idp.reset()
    expect(idp.clients.get(body.client_id)).toBeUndefined()
    snapshot.restore()
    expect(idp.clients.get(body.client_id)).toBeDefined()
    expect((await post(idp, '/register', {})).status).toBe(400)
  })
})

describe('an initial access token (RFC 7591 3)', () => {
  const tokens = ['first.token-1', 'second/token+2==']
  const send = async (idp: MockIdp, authorization?: string) => {
    const headers = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) }
    const body = JSON.stringify({ redirect_uris })
    return answerOf(await idp.fetch(new Request(`${idp.origin}/register`, { method: 'POST', headers, body })))
  }

  it.each(tokens)('%s lets clients register, again and again', async (token) => {
    const idp = standardIdp({ standard: { initialAccessTokens: tokens } })
    const first = await send(idp, `Bearer ${token}`)
    const second = await send(idp, `bearer ${token}`)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(first.body.client_id).not.toBe(second.body.client_id)
    expect(JSON.stringify(idp.log.entries)).not.toContain(token)
  })

  it.each<[string, string | undefined, string]>([
    ['none', undefined, 'Bearer'],
    ['another one', 'Bearer other', 'Bearer error="invalid_token"'],
    ['the beginning of one', 'Bearer first.token-', 'Bearer error="invalid_token"'],
    ['an empty one', 'Bearer ', 'Bearer error="invalid_token"'],
    ['one by another scheme', 'Basic first.token-1', 'Bearer error="invalid_token"'],
    ['two at once', 'Bearer first.token-1 second/token+2==', 'Bearer error="invalid_token"'],
  ])('%s is 401, and no client is made', async (_, authorization, challenge) => {
    const idp = standardIdp({ standard: { registration: 'protected', initialAccessTokens: tokens } })
    const before = idp.clients.list().length
    const { status, headers, body } = await send(idp, authorization)
    expect([status, body.error]).toEqual([401, 'invalid_token'])
    expect(headers.get('www-authenticate')).toContain(challenge)
    expect(idp.clients.list()).toHaveLength(before)
  })

  it('is not needed without the option, and metadata names the endpoint either way', async () => {
    const open = standardIdp()
    const guarded = standardIdp({ standard: { initialAccessTokens: tokens } })
    expect((await send(open)).status).toBe(201)
    for (const idp of [open, guarded]) {
      const { body } = await answerOf(await get(idp, '/.well-known/openid-configuration'))
      expect(body.registration_endpoint).toBe(`${idp.origin}/register`)
    }
  })

  it.each([
    [{ registration: 'open', initialAccessTokens: tokens }, 'initialAccessTokens'],
    [{ registration: 'off', initialAccessTokens: tokens }, 'initialAccessTokens'],
    [{ registration: 'protected' }, 'registration'],
    [{ initialAccessTokens: ['two words'] }, 'initialAccessTokens'],
  ] as const)('%j contradicts itself, and is refused at the start', (standard, field) => {
    expect(() => standardIdp({ standard })).toThrow(`config.standard.${field}`)
  })
})

it('registration ends at a number of clients, and goes on when one is deleted', async () => {
  const idp = standardIdp({ limits: { clients: 6 } })
  const [first] = [await register(idp, { redirect_uris }), await register(idp, { redirect_uris })]
  const refused = await register(idp, { redirect_uris })
  expect([refused.status, refused.body.error]).toEqual([503, 'temporarily_unavailable'])
  expect(refused.body.error_description).toContain('config.limits.clients')
  expect(idp.clients.list()).toHaveLength(6)
  idp.clients.delete(first?.body.client_id)
  expect((await register(idp, { redirect_uris })).status).toBe(201)
})
