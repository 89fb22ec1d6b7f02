import { request as httpRequest } from 'node:http'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createControl } from '../../src/control/control.ts'
import { fixedIdp } from '../support/relying-party.ts'

let running: RunningMockIdp
beforeAll(async () => {
  running = await startMockIdp({ deterministic: {}, hostname: '127.0.0.1' })
})
beforeEach(() => running.idp.reset())
afterAll(() => running.close())

const wanted = { name: 'jwks-status-500', times: 2 }
const armed = [{ name: 'jwks-status-500', options: {}, times: 2 }]

/** Arms a fault by a request with these headers beside those it needs; `fetch` would not send a foreign Host. */
function arm(body: object, headers: Record<string, string> = {}) {
  return new Promise<{ readonly status: number; readonly message?: string }>((resolve, reject) => {
    const all = { 'content-type': 'application/json', ...headers }
    const outgoing = httpRequest(`${running.url}/mock/v1/faults`, { method: 'POST', headers: all }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, ...JSON.parse(text) }))
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}

describe('arming a fault over the control surface', () => {
  it.each([
    ['a program of this machine', () => ({})],
    ['a page of the mock', () => ({ origin: running.url, 'sec-fetch-site': 'same-origin' })],
    ['a program that calls it localhost', () => ({ host: `localhost:${running.port}` })],
  ])('works for %s', async (_, headers) => {
    expect(await arm(wanted, headers())).toEqual({ status: 200 })
    expect(running.idp.faults.armed()).toEqual(armed)
    const jwks = `${running.url}/${running.idp.projectId}/.well-known/jwks.json`
    const statuses: number[] = []
    for (const _call of [1, 2, 3]) statuses.push((await fetch(jwks)).status)
    expect(statuses).toEqual([500, 500, 200])
  })

  it.each([
    ['a page of another origin', () => ({ origin: 'https://attacker.example' })],
    ['a page of another port', () => ({ origin: `http://127.0.0.1:${running.port + 1}` })],
    ['a page that hides its origin', () => ({ origin: 'null' })],
    ['a page of another site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a name that was rebound to this machine', () => ({ host: 'attacker.example' })],
    ['a name that only looks like this machine', () => ({ host: `localhost.attacker.example:${running.port}` })],
    ['a proxy', () => ({ 'x-forwarded-for': '203.0.113.7' })],
  ])('is refused to %s, and arms nothing', async (_, headers) => {
    expect(await arm(wanted, headers())).toEqual({ status: 403, message: expect.stringMatching(/^this address /) })
    expect(running.idp.faults.armed()).toEqual([])
  })

  it.each([
    [true, 200, armed],
    [false, 403, []],
  ])('depends on the address of the peer (loopback: %s)', async (loopbackPeer, status, expected) => {
    const idp = fixedIdp()
    const headers = { 'content-type': 'application/json' }
    const request = new Request('http://localhost/mock/v1/faults', {
      method: 'POST',
      headers,
      body: JSON.stringify(wanted),
    })
    expect((await createControl(idp)(request, { loopbackPeer })).status).toBe(status)
    expect(idp.faults.armed()).toEqual(expected)
  })

  it.each([
    [{ name: 'jwks-emty' }, /"jwks-emty" is not a fault; closest are jwks-empty, [a-z0-9-]+, [a-z0-9-]+$/],
    [{ name: 'token-hang', options: { delay: 1 } }, /delay is not an option; allowed are delayMs/],
    [{ name: 'jwks-empty', endpoint: 'token' }, /does not act at the endpoint "token", only at jwks/],
    [{ name: 'introspection-inactive' }, /does not act in the profile descope/],
    [{}, /name: expected text/],
  ])('answers 400 to %j and says what is closest', async (body, message) => {
    expect(await arm(body)).toEqual({ status: 400, message: expect.stringMatching(message) })
    expect(running.idp.faults.armed()).toEqual([])
  })
})
