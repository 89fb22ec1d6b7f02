import { createConnection } from 'node:net'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { describe, expect, it } from 'vitest'
import { descopeEndpoints } from '../../src/endpoints/endpoints.ts'
import { standardEndpoints } from '../../src/standard/endpoints/endpoints.ts'
import { openConsole } from '../support/console.ts'
import { answerOf, fixedIdp, post } from '../support/relying-party.ts'
import { standardIdp } from '../support/standard-client.ts'

const form = 'application/x-www-form-urlencoded'
const kib = 1024

/** A body without an end, which counts what was taken from it. */
function endless() {
  const taken = { bytes: 0 }
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.bytes += 16 * kib
      controller.enqueue(new Uint8Array(16 * kib).fill(97))
    },
  })
  return { body, taken }
}

function send(idp: MockIdp, path: string, body: BodyInit, headers: Record<string, string>): Promise<Response> {
  const init = { method: 'POST', headers, body, duplex: 'half' }
  return idp.fetch(new Request(new URL(path, idp.origin), init as RequestInit))
}

const pathOf = (pattern: string, idp: MockIdp): string =>
  pattern.replace(':projectId', idp.projectId).replace(':applicationId', 'some-app')

describe('a request body is bounded at every endpoint (RFC 9110 15.5.14)', () => {
  it.each([
    ['standard', standardIdp, standardEndpoints],
    ['Descope-like', fixedIdp, descopeEndpoints],
  ])('413 in the %s profile for a body without an end, of which only the bound is read', async (_, create, all) => {
    const idp = create()
    const management = `Bearer ${idp.projectId}:${demoProject.managementKey}`
    for (const { name, paths, post: handler, mostBodyBytes = 64 * kib } of all) {
      if (!handler) continue
      const { body, taken } = endless()
      const type = ['register', 'flow-start', 'flow-next', 'management'].includes(name) ? 'application/json' : form
      const headers = { 'content-type': type, ...(name === 'management' && { authorization: management }) }
      const { status } = await send(idp, pathOf(paths[0] ?? '', idp), body, headers)
      // Who must show a token first gets no further.
      expect([413, 401], name).toContain(status)
      if (status === 401)
        expect([name, taken.bytes]).toEqual([name, expect.toSatisfy((bytes: number) => bytes <= 16 * kib)])
      expect(taken.bytes, name).toBeLessThanOrEqual(mostBodyBytes + 64 * kib)
    }
  })

  it.each([
    ['standard', standardIdp, standardEndpoints],
    ['Descope-like', fixedIdp, descopeEndpoints],
  ])('413 in the %s profile for a length that is too much, of which nothing is read', async (_, create, all) => {
    const idp = create()
    for (const { name, paths, post: handler, mostBodyBytes = 64 * kib } of all) {
      if (!handler) continue
      const headers = { 'content-type': form, 'content-length': String(mostBodyBytes + 1) }
      const answer = await send(idp, pathOf(paths[0] ?? '', idp), 'a=b', headers)
      expect([name, answer.status]).toEqual([name, 413])
      expect(await answer.text()).toContain(`the body has more than ${mostBodyBytes / kib} KiB`)
    }
  })

  it('the largest body is taken, and one byte more is not, in the words of the profile', async () => {
    const auth = { 'content-type': form, authorization: `Basic ${btoa('x:y')}` }
    const padded = (bytes: number) => 'grant_type=client_credentials&pad='.padEnd(bytes, 'x')
    const [standard, descope] = [standardIdp(), fixedIdp()]
    expect((await send(standard, '/token', padded(64 * kib), auth)).status).toBe(401)
    expect(await answerOf(await send(standard, '/token', padded(64 * kib + 1), auth))).toMatchObject({
      status: 413,
      body: { error: 'invalid_request', error_description: expect.stringContaining('64 KiB') },
    })
    expect((await send(descope, '/oauth2/v1/token', padded(64 * kib), auth)).status).toBe(401)
    expect(await answerOf(await send(descope, '/oauth2/v1/token', padded(64 * kib + 1), auth))).toMatchObject({
      status: 413,
      body: { errorCode: 'E011001', errorDescription: expect.stringContaining('64 KiB') },
    })
    expect(descope.log.entries.at(-1)).toMatchObject({ status: 413, reason: expect.stringContaining('64 KiB') })
  })

  it('a length that says less than there is helps nobody', async () => {
    const headers = { 'content-type': form, 'content-length': '7' }
    expect((await send(standardIdp(), '/token', `a=${'x'.repeat(64 * kib)}`, headers)).status).toBe(413)
  })

  it('holds while faults look at the body, too', async () => {
    const idp = standardIdp()
    idp.faults.always('token-status-429', {}, { client: 'another' })
    const { body, taken } = endless()
    expect((await send(idp, '/token', body, { 'content-type': form })).status).toBe(413)
    expect(taken.bytes).toBeLessThanOrEqual(128 * kib)
    const { status, headers } = await post(idp, '/token', { grant_type: 'client_credentials' })
    expect([status, headers.get('content-type')]).toEqual([401, expect.stringContaining('json')])
  })

  it('a browser gets a page, and uploads may be larger', async () => {
    const idp = fixedIdp()
    const upload = new FormData()
    upload.set('photo', new File([new Uint8Array(kib * kib)], 'me.png'))
    const path = `/login/${idp.projectId}`
    const taken = await idp.fetch(new Request(new URL(path, idp.origin), { method: 'POST', body: upload }))
    expect(taken.status).toBe(400)
    upload.set('another', new File([new Uint8Array(4 * kib * kib)], 'me.png'))
    const init = { method: 'POST', body: upload, headers: { accept: 'text/html' } }
    const refused = await idp.fetch(new Request(new URL(path, idp.origin), init))
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('more than 4096 KiB')])
  })

  it('holds in the console and in the control surface', async () => {
    const { send: act } = openConsole()
    const origin = { origin: 'http://localhost:4455' }
    const large = 'x'.repeat(4 * kib * kib + 1)
    expect(await act('POST', '/clock/advance', origin, large)).toMatchObject({
      status: 413,
      text: expect.stringContaining('4096 KiB'),
    })
    expect(await act('POST', '/tokens', origin, large)).toMatchObject({ status: 413 })
    const { url, close } = await startMockIdp()
    const control = `${url}/mock/v1/users`
    const headers = { 'content-type': 'application/json' }
    const refused = await fetch(control, { method: 'POST', headers, body: large })
    expect([refused.status, await refused.json()]).toEqual([413, { message: expect.stringContaining('4096 KiB') }])
    const made = await fetch(control, { method: 'POST', headers, body: '{"loginIds":["a@b.example"]}' })
    expect(made.status).toBe(200)
    await close()
  })

  it('a server answers a sender that never stops', async () => {
    const { port, close } = await startMockIdp({ profile: 'standard' })
    const socket = createConnection(port, 'localhost')
    const head = `POST /token HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: ${form}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`
    const ended = new Promise((resolve) => socket.on('close', resolve))
    const answer = await new Promise<string>((resolve, reject) => {
      let sending = true
      const pump = (): void => {
        while (sending && socket.write(chunk));
      }
      socket.on('error', reject)
      socket.on('drain', pump)
      socket.on('data', (data) => {
        sending = false
        resolve(data.toString())
      })
      socket.write(head)
      pump()
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    await ended
    await close()
  })
})
