import { demoProject, type FaultName, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { changedMembers } from '../support/difference.ts'
import {
  answerOf,
  authorize,
  authorizeUrl,
  codeFor,
  fixedIdp,
  get,
  mira,
  redeem,
  redirectUri,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const metadata = async (idp: MockIdp) => answerOf(await get(idp, `${idp.issuer}/.well-known/openid-configuration`))
const jwks = async (idp: MockIdp) => answerOf(await get(idp, `/${idp.projectId}/.well-known/jwks.json`))

describe('faults of discovery and keys', () => {
  it.each([
    ['discovery-issuer-mismatch', 'issuer', 'https://attacker.example'],
    ['discovery-http-endpoint', 'token_endpoint', 'http://idp.example/oauth2/v1/token'],
  ] as const)('%s changes %s alone, once', async (name, member, value) => {
    const idp = fixedIdp()
    const good = (await metadata(idp)).body
    idp.faults.next(name)
    const bad = (await metadata(idp)).body
    expect(changedMembers(good, bad)).toEqual([member])
    expect(bad[member]).toBe(value)
    expect((await metadata(idp)).body).toEqual(good)
  })

  it('discovery-not-json is an HTML page with status 200', async () => {
    const idp = fixedIdp()
    idp.faults.next('discovery-not-json')
    const { status, headers } = await metadata(idp)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })

  it('discovery-trailing-comma adds one comma to the text (S-100, Q-07)', async () => {
    const idp = fixedIdp()
    const url = `${idp.issuer}/.well-known/openid-configuration`
    const good = await (await get(idp, url)).text()
    idp.faults.next('discovery-trailing-comma')
    const response = await get(idp, url)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.text()).toBe(`${good.slice(0, -1)},}`)
  })

  it('jwks-status-500 fails once, jwks-key-missing leaves the signing key out while it is on', async () => {
    const idp = fixedIdp()
    idp.faults.next('jwks-status-500')
    expect((await jwks(idp)).status).toBe(500)
    idp.faults.always('jwks-key-missing')
    for (const _ of [1, 2]) {
      expect((await jwks(idp)).body.keys.map((key: { kid: string }) => key.kid)).toEqual(['mock-foreign-key'])
    }
    idp.faults.clear('jwks-key-missing')
    expect((await jwks(idp)).body.keys[0].kid).toBe(idp.keys.kid)
  })
})

describe('faults of the authorization response', () => {
  const callback = async (name?: FaultName, options = {}, config = {}) => {
    const idp = fixedIdp(config)
    if (name) idp.faults.next(name, options)
    return (await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })).searchParams
  }
  const changed = async (name: FaultName, options = {}, config = {}) =>
    changedMembers(
      Object.fromEntries(await callback(undefined, {}, config)),
      Object.fromEntries(await callback(name, options, config)),
    )
  const withIss = { compat: { authorizationResponseIss: true } }

  it('carries iss when the switch is on (RFC 9207 2)', async () => {
    expect((await callback(undefined, {}, withIss)).get('iss')).toBe(fixedIdp().issuer)
    expect((await callback()).has('iss')).toBe(false)
    const idp = fixedIdp(withIss)
    expect((await authorize(idp, { prompt: 'none' }, 'inbound')).get('iss')).toBe(idp.inboundIssuer)
  })

  it.each([
    ['response-iss-wrong', ['iss']],
    ['response-iss-missing', ['iss']],
    ['response-state-missing', ['state']],
    ['response-state-wrong', ['state']],
  ] as const)('%s changes %j alone', async (name, members) => {
    expect(await changed(name, {}, withIss)).toEqual(members)
  })

  it('response-iss-missing announces iss in the metadata while it is on', async () => {
    const idp = fixedIdp()
    idp.faults.next('response-iss-missing')
    expect((await metadata(idp)).body.authorization_response_iss_parameter_supported).toBe(true)
    const answer = await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })
    expect(answer.searchParams.has('iss')).toBe(false)
  })

  it('response-error takes the place of the code, by default and as told', async () => {
    const answer = await callback('response-error')
    expect([...answer.keys()].sort()).toEqual(['error', 'error_description', 'state'])
    expect(answer.get('error')).toBe('access_denied')
    const told = await callback('response-error', { error: 'server_error', description: 'later' })
    expect([told.get('error'), told.get('error_description')]).toEqual(['server_error', 'later'])
  })

  it('response-code-duplicated adds a second, different code', async () => {
    const codes = (await callback('response-code-duplicated')).getAll('code')
    expect(codes).toHaveLength(2)
    expect(codes[0]).not.toBe(codes[1])
  })
})

describe('faults of authorize', () => {
  it('authorize-frame-refused answers a page that no frame shows, once', async () => {
    const idp = fixedIdp()
    idp.faults.next('authorize-frame-refused')
    const response = await get(idp, authorizeUrl(idp, { prompt: 'none' }))
    expect([response.status, response.headers.get('x-frame-options')]).toEqual([200, 'DENY'])
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect((await authorize(idp, { prompt: 'none' })).get('error')).toBe('login_required')
  })

  it.each([
    ['authorize-hang', (signal: AbortSignal) => new Request(authorizeUrl(fixedIdp()), { signal })],
    [
      'token-hang',
      (signal: AbortSignal) =>
        new Request(`${fixedIdp().origin}/oauth2/v1/token`, { method: 'POST', body: new URLSearchParams(), signal }),
    ],
  ] as const)('%s waits until the caller gives up, then goes by delayMs', async (name, request) => {
    const idp = fixedIdp()
    idp.faults.next(name)
    const controller = new AbortController()
    const hanging = idp.fetch(request(controller.signal))
    const outcome = hanging.then(
      () => 'answered',
      (error: Error) => error.name,
    )
    // Two other pieces of work are done first; an answer that does not hang would be there by now.
    await idp.tokens.accessToken({ user: mira.loginId })
    await get(idp, '/')
    expect(await Promise.race([outcome, 'still waiting'])).toBe('still waiting')
    controller.abort()
    expect(await outcome).toBe('AbortError')
    expect(idp.log.entries.at(-1)).toMatchObject({ id: 'mock-000001', status: 0 })
    idp.faults.next(name, { delayMs: 1 })
    expect((await idp.fetch(request(new AbortController().signal))).status).toBeLessThan(500)
  })
})

describe('faults of the token endpoint', () => {
  const bodyWith = async (name?: FaultName) => {
    const idp = fixedIdp()
    if (name) idp.faults.next(name)
    return (await redeem(idp, await codeFor(idp))).body
  }

  it.each([
    ['token-type-unknown', ['token_type']],
    ['token-access-token-missing', ['access_token']],
    ['id-token-missing', ['id_token']],
    ['expires-in-missing', ['expires_in']],
    ['expires-in-string', ['expires_in']],
  ] as const)('%s changes %j alone', async (name, members) => {
    expect(changedMembers(await bodyWith(), await bodyWith(name))).toEqual(members)
  })

  it('says mac, and "600" as text', async () => {
    expect((await bodyWith('token-type-unknown')).token_type).toBe('mac')
    expect((await bodyWith('expires-in-string')).expires_in).toBe('600')
  })

  it.each([
    ['token-error', {}, 400, 'invalid_grant'],
    ['token-error', { error: 'invalid_client', status: 401 }, 401, 'invalid_client'],
    ['token-status-503', {}, 503, 'temporarily_unavailable'],
    ['token-error-with-200', {}, 200, 'invalid_grant'],
  ] as const)('%s %j answers once and leaves the code usable', async (name, options, status, error) => {
    const idp = fixedIdp()
    idp.faults.next(name, options)
    const code = await codeFor(idp)
    const answer = await redeem(idp, code)
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(idp.log.entries.at(-1)?.reason).toBe(`fault: ${name}`)
    expect((await redeem(idp, code)).status).toBe(200)
  })

  it('token-status-429 says when to come back (2.2)', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    idp.faults.next('token-status-429', { retryAfterSeconds: 7 })
    const { status, headers, body } = await redeem(idp, code)
    expect([status, headers.get('retry-after'), body.errorCode]).toEqual([429, '7', 'E130429'])
    expect((await redeem(idp, code)).status).toBe(200)
  })

  it('token-redirect points to another host with 307', async () => {
    const idp = fixedIdp()
    idp.faults.next('token-redirect')
    const { status, headers } = await redeem(idp, await codeFor(idp))
    expect([status, headers.get('location')]).toEqual([307, 'https://attacker.example/token'])
  })

  it('token-not-json is an HTML page with status 200', async () => {
    const idp = fixedIdp()
    idp.faults.next('token-not-json')
    const { status, headers } = await redeem(idp, await codeFor(idp))
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })
})

describe('faults of userinfo', () => {
  it('userinfo-sub-wrong changes sub alone; the others break the answer once', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    const good = (await userinfo(idp, access_token)).body
    idp.faults.next('userinfo-sub-wrong')
    expect(changedMembers(good, (await userinfo(idp, access_token)).body)).toEqual(['sub'])
    idp.faults.next('userinfo-not-json')
    const page = await userinfo(idp, access_token)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    idp.faults.next('userinfo-status-500')
    expect((await userinfo(idp, access_token)).status).toBe(500)
    expect((await userinfo(idp, access_token)).body).toEqual(good)
  })
})

describe('a fault of the response', () => {
  it('never touches a redirect URI that the request did not have', async () => {
    const idp = fixedIdp()
    idp.faults.next('response-state-wrong')
    const response = await get(idp, authorizeUrl(idp, { prompt: 'none' }))
    expect(response.headers.get('location')?.startsWith(`${redirectUri}?`)).toBe(true)
    expect(demoProject.projectId).toBe(idp.projectId)
  })
})
