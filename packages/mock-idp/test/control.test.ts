import { request as httpRequest } from 'node:http'
import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createControl } from '../src/control/control.ts'
import { authorizeUrl, fixedIdp, mira } from './support/relying-party.ts'

let running: RunningMockIdp
beforeAll(async () => {
  running = await startMockIdp({ deterministic: {}, hostname: '127.0.0.1' })
})
beforeEach(() => running.idp.reset())
afterAll(() => running.close())

/** One request with exactly these headers; `fetch` would not send a foreign Host. */
function send(method: string, path: string, headers: Record<string, string> = {}, body = '') {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const outgoing = httpRequest(`${running.url}${path}`, { method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function call(method: string, path: string, body?: object) {
  const type = { 'content-type': 'application/json' }
  const { status, text } = await send(method, `/mock/v1${path}`, body ? type : {}, body ? JSON.stringify(body) : '')
  return { status, body: JSON.parse(text) }
}

describe('the control surface over HTTP (2.17)', () => {
  it('moves the clock', async () => {
    await call('POST', '/clock', { set: 1000 })
    expect(await call('POST', '/clock', { advanceSeconds: 5 })).toEqual({ status: 200, body: { now: 6000 } })
    expect(await call('GET', '/clock')).toEqual({ status: 200, body: { now: 6000 } })
    expect(running.idp.clock.now()).toBe(6000)
  })

  it.each([
    ['users', { loginIds: ['new@acme.example'] }, { name: 'New' }],
    ['oidc-apps', { name: 'App' }, { description: 'An app' }],
    ['inbound-apps', { name: 'App' }, { description: 'An app' }],
    ['access-keys', { name: 'Key' }, { status: 'inactive' }],
    ['connectors', { id: 'other', type: 'http', name: 'Other', baseUrl: 'http://127.0.0.1:1' }, { name: 'New name' }],
  ])('creates, reads, changes, lists and deletes %s', async (name, config, changes) => {
    const { body: created } = await call('POST', `/${name}`, config)
    const path = `/${name}/${encodeURIComponent(created.id)}`
    expect((await call('GET', path)).body).toEqual(created)
    expect((await call('PATCH', path, changes)).body).toMatchObject({ id: created.id, ...changes })
    const { body: list } = await call('GET', `/${name}`)
    expect(list.at(-1).id).toBe(created.id)
    expect((await call('DELETE', path)).body).toEqual({ deleted: true })
    expect((await call('GET', path)).status).toBe(400)
  })

  it('adds tenants, roles and permissions, which users can then have', async () => {
    await call('POST', '/tenants', { id: 'T9', name: 'Nine' })
    await call('POST', '/permissions', { name: 'rule' })
    await call('POST', '/roles', { name: 'King', permissions: ['rule'] })
    const user = { loginIds: ['king'], roles: ['King'], tenants: { T9: {} } }
    expect((await call('POST', '/users', user)).status).toBe(200)
    for (const name of ['tenants', 'roles', 'permissions']) {
      expect((await call('GET', `/${name}`)).body.length).toBeGreaterThan(0)
    }
  })

  it('starts, lists and ends sessions; makes, lists and deletes consents', async () => {
    const { body: session } = await call('POST', '/sessions', { user: mira.id })
    expect(session.cookie).toMatch(/^DSR=ey/)
    expect((await call('GET', '/sessions')).body).toEqual([session])
    expect((await call('DELETE', `/sessions/${session.id}`)).body).toEqual({ ended: true })
    const given = { appId: demoProject.spa.appId, userId: mira.id, scopes: ['contacts.read'] }
    const { body: consent } = await call('POST', '/consents', given)
    expect((await call('GET', '/consents')).body).toEqual([consent])
    expect((await call('DELETE', `/consents/${consent.id}`)).body).toEqual({ deleted: 1 })
  })

  it('walks a login and gives the callback URL; signs tokens to order', async () => {
    const login = { authorizeUrl: authorizeUrl(running.idp).href, user: mira.loginId }
    const { body } = await call('POST', '/driver/login', login)
    expect(new URL(body.callback).searchParams.has('code')).toBe(true)
    expect((await call('POST', '/driver/login', { ...login, password: 'wrong' })).status).toBe(400)
    expect((await call('POST', '/tokens/access', { user: mira.id })).body.accessToken).toMatch(/^ey/)
  })

  it('stores and runs flows, and shows logs and messages', async () => {
    const { body: flows } = await call('GET', '/flows')
    const flow = flows.find(({ id }: { id: string }) => id === 'sign-up-or-in')
    expect((await call('POST', '/flows', { ...flow, id: 'other' })).body).toMatchObject({ version: 1 })
    expect((await call('POST', '/flows', { id: 'broken' })).status).toBe(400)
    const { body: result } = await call('POST', '/flows/other/run', {})
    expect(result).toMatchObject({ status: 'waiting', executionId: expect.any(String) })
    expect((await call('GET', '/executions')).body).toEqual([result.executionId])
    expect((await call('GET', `/executions/${result.executionId}/log`)).body.length).toBeGreaterThan(0)
    expect((await call('GET', '/executions/none/log')).status).toBe(400)
    expect((await call('GET', '/outbox')).body).toEqual([])
    expect((await call('DELETE', '/outbox')).status).toBe(200)
    expect((await call('POST', '/flows/nothing/run', {})).status).toBe(400)
  })

  it('switches faults on and off', async () => {
    const tokenStatus = async () => (await send('POST', '/oauth2/v1/token', {}, '')).status
    await call('POST', '/faults', { name: 'jwks-status-500', always: true })
    const jwks = `/${demoProject.projectId}/.well-known/jwks.json`
    expect((await send('GET', jwks)).status).toBe(500)
    await call('DELETE', '/faults/jwks-status-500')
    expect((await send('GET', jwks)).status).toBe(200)
    expect((await call('POST', '/faults', { name: 'no-such-fault' })).status).toBe(400)
    expect((await call('POST', '/faults', { name: 'jwks-status-500', always: 'yes' })).status).toBe(400)
    const listed = (await call('GET', '/faults')).body
    expect(listed.faults.map(({ name }: { name: string }) => name)).toContain('token-error')
    await call('POST', '/faults', { name: 'answer-status', options: { status: 502 }, times: 2, endpoint: 'jwks' })
    expect((await call('GET', '/faults')).body.armed).toEqual([
      { name: 'answer-status', options: { status: 502 }, times: 2, endpoint: 'jwks' },
    ])
    expect((await send('GET', jwks)).status).toBe(502)
    const refusals = [
      { name: 'token-eror' },
      { name: 'token-error', endpoint: 'jwks' },
      { name: 'jwks-empty', times: 0 },
    ]
    for (const body of refusals) expect((await call('POST', '/faults', body)).status).toBe(400)
    await call('DELETE', '/faults')
    expect(await tokenStatus()).toBe(415)
  })

  it('rotates and drops keys, shows log and audit and empties them', async () => {
    const { kid } = (await call('POST', '/keys/rotate', { keep: 1 })).body
    expect((await call('GET', '/keys')).body).toEqual({ kid, published: [kid, 'mock-test-key-1'] })
    await call('DELETE', '/keys/mock-test-key-1')
    expect(running.idp.keys.published).toEqual([kid])
    await send('GET', '/')
    await call('POST', '/sessions', { user: mira.id })
    expect((await call('GET', '/log')).body).toMatchObject([{ endpoint: 'home', status: 200 }])
    expect((await call('GET', '/audit')).body).toMatchObject([{ event: 'login', userId: mira.id }])
    await Promise.all([call('DELETE', '/log'), call('DELETE', '/audit')])
    expect([running.idp.log.entries, running.idp.audit.entries]).toEqual([[], []])
  })

  it('keeps the state, comes back to it, and resets', async () => {
    const { id } = (await call('POST', '/snapshots')).body
    await call('POST', '/users', { loginIds: ['new'] })
    await call('POST', `/snapshots/${id}/restore`)
    expect(running.idp.users.get('new')).toBeUndefined()
    await call('POST', '/users', { loginIds: ['new'] })
    await call('POST', '/reset')
    expect(running.idp.users.get('new')).toBeUndefined()
    expect((await call('POST', '/snapshots/none/restore')).status).toBe(400)
  })

  it('says where it is', async () => {
    expect((await call('GET', '')).body).toEqual({
      projectId: demoProject.projectId,
      issuer: running.idp.issuer,
      inboundIssuer: running.idp.inboundIssuer,
    })
  })

  it.each([
    ['POST', '/users', { loginIds: [] }, 400, 'at least one login id'],
    ['POST', '/users', { colour: 'red' }, 400, 'user.colour is not an option'],
    ['POST', '/clock', { set: 'now' }, 400, 'set: expected a whole number'],
    ['POST', '/sessions', {}, 400, 'user: expected text'],
    ['PATCH', '/users/nobody', {}, 400, 'is unknown'],
    ['GET', '/nothing', undefined, 404, 'nothing at this path'],
    ['DELETE', '/clock', undefined, 405, 'DELETE is not allowed'],
  ])('%s %s with %j answers %i and says why', async (method, path, body, status, message) => {
    const answer = await call(method, path, body)
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)])
  })

  it('takes JSON only: a form or broken JSON changes nothing', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await send('POST', '/mock/v1/clock', form, 'set=1')).status).toBe(400)
    expect((await send('POST', '/mock/v1/clock', { 'content-type': 'text/plain' }, '{"set":1}')).status).toBe(400)
    expect((await send('POST', '/mock/v1/clock', { 'content-type': 'application/json' }, '{')).status).toBe(400)
    expect((await send('GET', '/mock/v1/users/%E0%A4%A')).status).toBe(404)
    expect(running.idp.clock.now()).toBe(Date.UTC(2026, 0, 1))
  })
})

describe('who may use the control surface (DESIGN 5.39)', () => {
  it.each([
    ['no Origin', {}],
    ['its own Origin', { origin: 'self' }],
    ['the name localhost', { host: 'localhost:1' }],
    ['IPv6 loopback', { host: '[::1]:80' }],
    ['a page of its own', { 'sec-fetch-site': 'same-origin' }],
  ])('answers a request with %s', async (_, headers: Record<string, string>) => {
    const own = headers.origin === 'self' ? { origin: running.url } : headers
    expect((await send('GET', '/mock/v1/clock', own)).status).toBe(200)
  })

  it.each([
    ['a foreign Host, as after DNS rebinding', { host: 'attacker.example' }],
    ['a Host that begins like a loopback one', { host: 'localhost.attacker.example' }],
    ['a Host that begins like an address', { host: '127.0.0.1.attacker.example' }],
    ['another Host in the local network', { host: '192.168.0.10' }],
    ['a foreign Origin', { origin: 'https://attacker.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['another port of this machine as Origin', { origin: 'http://127.0.0.1:1' }],
    ['https instead of http as Origin', { origin: 'https://127.0.0.1' }],
    ['another site that navigates', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
    ['a proxy in front', { 'x-forwarded-for': '203.0.113.9' }],
    ['a proxy in front, by RFC 7239', { forwarded: 'for=203.0.113.9' }],
  ])('refuses %s with 403, for reading and for acting', async (_, headers) => {
    expect((await send('GET', '/mock/v1/sessions', headers)).status).toBe(403)
    const json = { 'content-type': 'application/json' }
    expect((await send('POST', '/mock/v1/clock', { ...headers, ...json }, '{"set":1}')).status).toBe(403)
    expect(running.idp.clock.now()).toBe(Date.UTC(2026, 0, 1))
  })

  it('is out of reach for a Host that is none', async () => {
    expect((await send('GET', '/mock/v1/sessions', { host: 'localhost@attacker.example' })).status).toBe(400)
  })

  it('refuses a peer that is not of this machine, whatever its headers say', async () => {
    const control = createControl(fixedIdp())
    const request = () => new Request('http://127.0.0.1:4455/mock/v1/clock')
    expect((await control(request(), { loopbackPeer: false })).status).toBe(403)
    expect((await control(request(), { loopbackPeer: true })).status).toBe(200)
  })

  it('gives no CORS headers, and no preflight', async () => {
    const answer = await fetch(`${running.url}/mock/v1/clock`)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect((await send('OPTIONS', '/mock/v1/clock', { origin: 'https://attacker.example' })).status).toBe(403)
  })

  it('is not there in process, where the mock itself is at hand', async () => {
    const idp = fixedIdp()
    expect((await idp.fetch(new Request(`${idp.origin}/mock/v1/clock`))).status).toBe(404)
  })
})
