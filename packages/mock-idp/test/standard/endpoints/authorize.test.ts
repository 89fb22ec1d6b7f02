import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { claimsOf, get, mira, noa, type pairs } from '../../support/relying-party.ts'
import {
  asWeb,
  authorize,
  authorizeUrl,
  callbackOf,
  codeFor,
  login,
  redeem,
  resources,
  signIn,
  spa,
  standardIdp,
  userinfo,
  webAuth,
} from '../../support/standard-client.ts'

type Fields = Parameters<typeof pairs>[0]

const isError = (response: Response) => [response.status, response.headers.get('location')]

describe('redirect URI', () => {
  const registered = 'https://app.example/cb'
  const idp = standardIdp({ clients: [{ client_id: 'web', redirect_uris: [registered] }] })

  it.each([
    `${registered}?x=1`,
    `${registered}/`,
    `${registered}/more`,
    'https://app.example/CB',
    'https://APP.example/cb',
    'https://app.example:443/cb',
    'https://app.example:8443/cb',
    'https://user@app.example/cb',
    'https://app.example/%63b',
    'https://app.example/x/../cb',
    'https://evil.example/cb',
    `${registered}#f`,
  ])('refuses %s on a page, without a redirect (K-10.4.1, L-43)', async (uri) => {
    expect(isError(await authorize(idp, { client_id: 'web', redirect_uri: uri }))).toEqual([400, null])
  })

  it('takes the registered text (K-10.4.1)', async () => {
    const response = await authorize(idp, { client_id: 'web', redirect_uri: registered })
    expect([response.status, response.headers.get('location')]).toEqual([302, expect.stringContaining('/login?')])
  })

  it('lets the loopback port vary for a native client, and nothing else (K-10.4.1, RFC 8252 7.3)', async () => {
    const clients = [{ client_id: 'cli', application_type: 'native' as const, redirect_uris: ['http://127.0.0.1/cb'] }]
    const native = standardIdp({ clients })
    const ask = async (uri: string) => (await authorize(native, { client_id: 'cli', redirect_uri: uri })).status
    expect(await ask('http://127.0.0.1:49152/cb')).toBe(302)
    expect(await ask('http://127.0.0.1:49152/other')).toBe(400)
    expect(await ask('http://localhost:49152/cb')).toBe(400)
    expect(await ask('http://127.0.0.1.evil.example/cb')).toBe(400)
    expect(await ask('http://127.0.0.1:99999/cb')).toBe(400)
  })
})

describe('errors that are redirected', () => {
  const idp = standardIdp()

  it.each<[string, Fields, string]>([
    ['unsupported_response_type', { response_type: 'token' }, 'K-10.4.4, K-10.6.1'],
    ['unsupported_response_type', { response_type: 'id_token token' }, 'K-10.6.1'],
    ['invalid_request', { response_type: undefined }, 'RFC 6749 4.1.2.1'],
    ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }, 'K-10.4.6'],
    ['invalid_request', { code_challenge_method: 'plain' }, 'K-10.4.6'],
    ['invalid_request', { code_challenge_method: undefined }, 'K-10.4.6: plain is the default of RFC 7636'],
    ['request_not_supported', { request: 'e30.e30.' }, 'Core 6'],
    ['request_uri_not_supported', { request_uri: 'https://app.example/r' }, 'Core 6'],
    ['invalid_request', { prompt: 'none login' }, 'Core 3.1.2.1'],
    ['invalid_request', { max_age: '-1' }, 'Core 3.1.2.1'],
    ['invalid_request', { claims: '{' }, 'Core 5.5'],
    ['invalid_request', { id_token_hint: 'e30.e30.' }, 'Core 3.1.2.1'],
    ['invalid_request', { response_mode: 'pigeon' }, 'Multiple Response Types 2.1'],
    ['invalid_scope', { scope: 'a"b' }, 'RFC 6749 3.3'],
    ['invalid_target', { resource: 'https://other.example' }, 'K-9.2.4, RFC 8707 2'],
    ['invalid_request', { nonce: ['a', 'b'] }, 'RFC 6749 3.1'],
    ['login_required', { prompt: 'none' }, 'Core 3.1.2.6'],
  ])('%s for %j (%s)', async (error, changes) => {
    const callback = await callbackOf(idp, changes)
    expect([callback.get('error'), callback.get('state'), callback.get('iss')]).toEqual([error, 'state-1', idp.issuer])
  })
})

describe('response', () => {
  it('has code, state and iss (RFC 9207 2)', async () => {
    const idp = standardIdp()
    const { searchParams } = await login(idp)
    expect([...searchParams.keys()].sort()).toEqual(['code', 'iss', 'state'])
    expect(searchParams.get('iss')).toBe(idp.issuer)
  })

  it('travels in the fragment or as a form when that was asked for', async () => {
    const idp = standardIdp()
    await login(idp)
    const headers = { cookie: idp.driver.cookies }
    const fragment = await authorize(idp, { response_mode: 'fragment' }, headers)
    expect(fragment.headers.get('location')).toMatch(new RegExp(`^${spa.redirectUri}#code=`))
    const form = await authorize(idp, { response_mode: 'form_post' }, headers)
    const html = await form.text()
    expect(form.status).toBe(200)
    expect(html).toContain(`<form method="post" action="${spa.redirectUri}">`)
    expect(html).toMatch(/name="code" value="[\w-]+"/)
    expect(form.headers.get('content-security-policy')).toContain("script-src 'sha256-")
  })

  it('brings a form also at the end of a login, and with an error', async () => {
    const idp = standardIdp()
    const callback = await login(idp, { response_mode: 'form_post' })
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state'])
    const denied = await authorize(standardIdp(), { response_mode: 'form_post', prompt: 'none' })
    expect(await denied.text()).toContain('name="error" value="login_required"')
  })

  it('refuses a response mode that the client is not registered for (K-10.4.12)', async () => {
    const idp = standardIdp({
      clients: [{ client_id: 'q', redirect_uris: [spa.redirectUri], response_modes: ['query'] }],
    })
    for (const response_mode of ['form_post', 'fragment']) {
      const response = await authorize(idp, { client_id: 'q', response_mode })
      expect(response.headers.get('location')).toMatch(/\?error=invalid_request&/)
    }
    expect((await authorize(idp, { client_id: 'q', response_mode: 'query' })).headers.get('location')).toMatch(/login/)
  })

  it('counts a request without response_mode as one for the query', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { response_modes: ['form_post'] })
    expect((await callbackOf(idp)).get('error')).toBe('invalid_request')
    expect((await login(idp, { response_mode: 'form_post' })).searchParams.has('code')).toBe(true)
  })

  it('stays out of the journal in the fragment too', async () => {
    const idp = standardIdp()
    const { hash } = await login(idp, { response_mode: 'fragment' })
    const code = new URLSearchParams(hash.slice(1)).get('code') ?? ''
    const log = JSON.stringify(idp.log.entries)
    expect(code).toMatch(/^[\w-]{43}$/)
    expect(log).not.toContain(code)
    expect(log).toContain('#code=%5Bredacted%5D&state=state-1')
  })
})

describe('session', () => {
  it('gives a code at once, with prompt=none as well', async () => {
    const idp = standardIdp()
    await login(idp)
    expect((await idp.driver.visit(authorizeUrl(idp))).searchParams.has('code')).toBe(true)
    expect((await idp.driver.visit(authorizeUrl(idp, { prompt: 'none' }))).searchParams.has('code')).toBe(true)
  })

  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['max_age=0', { max_age: '0' }],
    ['a login_hint of another user', { login_hint: noa.loginId }],
  ])('does not count for %s', async (_, changes) => {
    const idp = standardIdp()
    await login(idp)
    await expect(idp.driver.visit(authorizeUrl(idp, changes))).rejects.toThrow('a page came up')
  })

  it('answers prompt=none with login_required when it is older than max_age, and counts while it is younger', async () => {
    const idp = standardIdp()
    await login(idp)
    const ask = async () => {
      const callback = await idp.driver.visit(authorizeUrl(idp, { prompt: 'none', max_age: '60' }))
      return callback.searchParams.get('error')
    }
    idp.clock.advance(60)
    expect(await ask()).toBeNull()
    idp.clock.advance(1)
    expect(await ask()).toBe('login_required')
  })

  it('of another user than id_token_hint names gives login_required', async () => {
    const idp = standardIdp()
    const { id_token } = await signIn(idp)
    const silent = (hint: string) => idp.driver.visit(authorizeUrl(idp, { prompt: 'none', id_token_hint: hint }))
    expect((await silent(id_token)).searchParams.has('code')).toBe(true)
    await signIn(idp, {}, noa.loginId)
    expect((await silent(id_token)).searchParams.get('error')).toBe('login_required')
  })

  it('of another user who signs in although id_token_hint names somebody gives login_required', async () => {
    const idp = standardIdp()
    const { id_token } = await signIn(idp)
    const callback = await login(idp, { id_token_hint: id_token }, noa.loginId)
    expect(callback.searchParams.get('error')).toBe('login_required')
  })
})

describe('step-up (RFC 9470)', () => {
  const mfa = 'urn:mock:acr:mfa'

  it('asks only for the second factor, and tells acr and auth_time', async () => {
    const idp = standardIdp()
    expect(claimsOf((await signIn(idp)).id_token)).toMatchObject({ acr: 'urn:mock:acr:pwd', amr: ['pwd'] })
    idp.clock.advance(100)
    const page = await get(idp, authorizeUrl(idp, { acr_values: mfa }), { cookie: idp.driver.cookies })
    expect(page.status).toBe(302)
    const callback = await idp.driver.login(authorizeUrl(idp, { acr_values: mfa }), { user: mira.loginId })
    const { body } = await redeem(idp, callback.searchParams.get('code') ?? '')
    expect(claimsOf(body.id_token)).toMatchObject({ acr: mfa, amr: ['pwd', 'sms', 'mfa'], auth_time: 1767225700 })
    expect(claimsOf(body.access_token)).toMatchObject({ acr: mfa, auth_time: 1767225700 })
  })

  it('answers prompt=none with login_required until the level is reached', async () => {
    const idp = standardIdp()
    await login(idp)
    const silent = () => idp.driver.visit(authorizeUrl(idp, { acr_values: mfa, prompt: 'none' }))
    expect((await silent()).searchParams.get('error')).toBe('login_required')
    await login(idp, { acr_values: mfa })
    expect((await silent()).searchParams.has('code')).toBe(true)
  })

  it('ends an essential acr that no login reaches with unmet_authentication_requirements', async () => {
    const idp = standardIdp()
    const claims = (essential: boolean) => JSON.stringify({ id_token: { acr: { essential, values: ['urn:gold'] } } })
    expect((await login(idp, { claims: claims(true) })).searchParams.get('error')).toBe(
      'unmet_authentication_requirements',
    )
    expect((await login(idp, { claims: claims(false) })).searchParams.has('code')).toBe(true)
  })
})

describe('consent', () => {
  it('is asked of a third-party client, once, and again with prompt=consent (K-10.7.1)', async () => {
    const idp = standardIdp()
    const url = (changes = {}) => authorizeUrl(idp, { ...asWeb, ...changes })
    await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })
    expect((await idp.driver.visit(url({ prompt: 'none' }))).searchParams.get('error')).toBe('consent_required')
    expect((await idp.driver.login(url(), { user: mira.loginId })).searchParams.has('code')).toBe(true)
    expect((await idp.driver.visit(url({ prompt: 'none' }))).searchParams.has('code')).toBe(true)
    await expect(idp.driver.visit(url({ prompt: 'consent' }))).rejects.toThrow('Allow Mock web application?')
  })

  it('refused gives access_denied; refused in part gives the rest', async () => {
    const idp = standardIdp()
    const url = authorizeUrl(idp, asWeb)
    const denied = await idp.driver.login(url, { user: mira.loginId, consent: 'deny' })
    expect(denied.searchParams.get('error')).toBe('access_denied')
    const part = await idp.driver.login(url, { user: mira.loginId, consent: ['email'] })
    const code = part.searchParams.get('code') ?? ''
    const { body } = await redeem(idp, code, { ...asWeb, client_id: undefined }, webAuth)
    expect(body.scope).toBe('openid email')
  })
})

describe('parameter claims of a third-party client (Core 5.5)', () => {
  const claims = JSON.stringify({ userinfo: { email: null, phone_number: null }, id_token: { name: null } })
  const ask = { ...asWeb, scope: 'openid', claims }
  const tokens = async (idp: MockIdp, consent: 'allow' | readonly string[]) => {
    const callback = await idp.driver.login(authorizeUrl(idp, ask), { user: mira.loginId, consent })
    const code = callback.searchParams.get('code') ?? ''
    return (await redeem(idp, code, { ...asWeb, client_id: undefined }, webAuth)).body
  }

  it('releases what the user allowed, and gives no scope that was not asked for', async () => {
    const idp = standardIdp()
    const { access_token, id_token, scope } = await tokens(idp, 'allow')
    expect(scope).toBe('openid')
    expect(claimsOf(id_token)).toMatchObject({ name: mira.name })
    const { email, phone } = idp.users.get(mira.id) ?? {}
    expect((await userinfo(idp, access_token)).body).toEqual({ sub: mira.id, email, phone_number: phone })
  })

  it('releases nothing that the user did not allow', async () => {
    const idp = standardIdp()
    const { access_token, id_token } = await tokens(idp, ['email'])
    expect(claimsOf(id_token)).not.toHaveProperty('name')
    expect((await userinfo(idp, access_token)).body).toEqual({ sub: mira.id, email: 'mira@acme.example' })
  })

  it('is asked about although the user allowed openid before', async () => {
    const idp = standardIdp()
    await idp.driver.login(authorizeUrl(idp, { ...ask, claims: undefined }), { user: mira.loginId })
    const silent = await idp.driver.visit(authorizeUrl(idp, { ...ask, prompt: 'none' }))
    expect(silent.searchParams.get('error')).toBe('consent_required')
  })

  it('gives a client no claims of scopes that it is not registered for', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { scope: 'openid email' })
    const { access_token } = await signIn(idp, { scope: 'openid', claims })
    expect((await userinfo(idp, access_token)).body).toEqual({ sub: mira.id, email: 'mira@acme.example' })
  })
})

describe('scope and resource', () => {
  it('leaves out what is not for the client (K-10.4.11)', async () => {
    const clients = [{ client_id: spa.clientId, token_endpoint_auth_method: 'none' as const, scope: 'openid email' }]
    const idp = standardIdp({
      clients: clients.map((client) => ({ ...client, redirect_uris: [spa.redirectUri], first_party: true })),
    })
    expect((await signIn(idp, { scope: 'openid email profile contacts.read' })).scope).toBe('openid email')
  })

  it('gives each resource its own token (K-9.2.4, RFC 8707 2.2)', async () => {
    const idp = standardIdp()
    const ask = { scope: 'contacts.read files.read', resource: [resources.contacts, resources.files] }
    const code = await codeFor(idp, ask)
    const unclear = await redeem(idp, code)
    expect(unclear.body.error).toBe('invalid_target')
    expect((await redeem(idp, code, { resource: resources.files })).status).toBe(200)
    const again = await redeem(idp, await codeFor(idp, ask), { resource: resources.contacts })
    expect(claimsOf(again.body.access_token)).toMatchObject({ aud: resources.contacts, scope: 'contacts.read' })
    const foreign = await redeem(idp, await codeFor(idp, { resource: resources.contacts }), {
      resource: resources.files,
    })
    expect(foreign.body.error).toBe('invalid_target')
  })
})
