/** Whatever arrives over a real connection: a 4xx, and the requests beside it are served as always. */
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAccessGuard, requireAuth } from '../src/index.ts'
import { createIdp, orderToken } from './support/running-api.ts'

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const settings = { seed: 20_260_102, numRuns: 120 } as const

/** A server that takes longer headers than Node does, so that the guard sees them. */
async function startStrictApi() {
  const { idp, verifierOptions, requests } = createIdp()
  const guard = createAccessGuard(verifierOptions)
  const app = express()
  app.use(express.json(), express.urlencoded({ extended: true }))
  app.use(guard.requireScopes('contacts.read'))
  app.all('/contacts', (req, res) => void res.json({ subject: requireAuth(req).subject }))
  app.use(((error: Error & { status?: number }, _req, res, _next) => {
    res.status(error.status ?? 500).json({})
  }) satisfies express.ErrorRequestHandler)
  const server: Server = createServer({ maxHeaderSize: 100_000 }, app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const send = (headers: readonly string[], method = 'GET', body = ''): Promise<number> =>
    new Promise((resolve, reject) => {
      const length = method === 'GET' ? [] : ['content-length', String(Buffer.byteLength(body))]
      const lines = ['host', 'localhost', 'connection', 'close', ...length, ...headers]
      const outgoing = httpRequest(
        { port, host: '127.0.0.1', path: '/contacts', method, headers: lines },
        (incoming) => {
          incoming.resume()
          incoming.on('end', () => resolve(incoming.statusCode ?? 0))
        },
      )
      outgoing.on('error', reject)
      outgoing.end(method === 'GET' ? undefined : body)
    })
  return { idp, send, requests }
}

/** Text that Node sends in a header. */
const headerText = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })

test('answers junk in headers with 4xx while valid requests beside it are served (API behaviour 3, API complaint 9, case F-08)', async () => {
  const { idp, send, requests } = await startStrictApi()
  const valid = ['authorization', `Bearer ${await orderToken(idp)}`]
  const value = fc.tuple(
    fc.constantFrom('Bearer ', 'bearer', 'DPoP ', 'Basic ', ''),
    headerText,
    fc.integer({ min: 1, max: 4000 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 3 }), async (values) => {
      const lines = values.flatMap(([scheme, text, times]) => [
        'authorization',
        scheme + text.repeat(times).slice(0, 20_000),
      ])
      const [junk, served] = await Promise.all([send(lines), send(valid)])
      expect([400, 401]).toContain(junk)
      expect(served).toBe(200)
    }),
    settings,
  )
  expect(requests).toHaveLength(2)
})

test('answers any body with 4xx when the token is not valid, and takes none of it for a token', async () => {
  const { idp, send } = await startStrictApi()
  const token = await orderToken(idp)
  const type = fc.constantFrom(
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data',
    '',
  )
  const body = fc.oneof(
    fc.json(),
    headerText,
    fc.constantFrom(
      `access_token=${token}`,
      `{"access_token":"${token}"}`,
      '__proto__[auth]=1',
      '{"__proto__":{"auth":1}}',
    ),
  )
  await fc.assert(
    fc.asyncProperty(type, body, async (contentType, text) => {
      const headers = contentType ? ['content-type', contentType] : []
      const status = await send(headers, 'POST', text)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }),
    settings,
  )
  const form = ['content-type', 'application/x-www-form-urlencoded']
  expect(await send([...form, 'authorization', `Bearer ${token}`], 'POST', 'name=Mira')).toBe(200)
})
