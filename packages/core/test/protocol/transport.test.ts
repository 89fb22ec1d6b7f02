import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEndpointTransport } from '../../src/protocol/endpoint-transport.ts'
import { createTransport, type FetchFunction } from '../../src/protocol/transport.ts'

/** A server of one kind of answer; gives its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}/endpoint`
}

const json = { 'content-type': 'application/json' }

describe('createTransport', () => {
  it('passes a JSON answer on', async () => {
    const url = await serve((_request, response) => response.writeHead(200, json).end('{"ok":true}'))
    const response = await createTransport({}, 'token')(url, {})
    await expect(response.json()).resolves.toEqual({ ok: true })
  })

  it.each(['application/json; charset=utf-8', 'application/jwk-set+json', 'APPLICATION/JSON'])(
    'takes %s for JSON',
    async (type) => {
      const url = await serve((_request, response) => response.writeHead(200, { 'content-type': type }).end('{}'))
      await expect(createTransport({}, 'token')(url, {})).resolves.toBeInstanceOf(Response)
    },
  )

  it.each(['text/html', 'text/json', 'application/jsonp', ''])(
    'refuses JSON that calls itself "%s" (DESIGN 5.5)',
    async (type) => {
      const url = await serve((_request, response) =>
        response.writeHead(200, type ? { 'content-type': type } : {}).end('{}'),
      )
      await expect(createTransport({}, 'token')(url, {})).rejects.toMatchObject({ code: 'OIDC_RESPONSE_NOT_JSON' })
    },
  )

  it('refuses an empty answer where JSON is due', async () => {
    const url = await serve((_request, response) => response.writeHead(200, json).end())
    for (const phase of ['discovery', 'token', 'userinfo'] as const) {
      await expect(createTransport({}, phase)(url, {})).rejects.toMatchObject({ code: 'OIDC_RESPONSE_NOT_JSON' })
    }
  })

  it('keeps no request that an error of a wrapped fetch holds (case D-46)', async () => {
    const failure = Object.assign(new Error('gave up'), {
      request: { headers: { authorization: 'Basic marked-secret' } },
    })
    const error = await createTransport({ fetch: () => Promise.reject(failure) }, 'token')(
      'https://idp.example',
      {},
    ).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'OIDC_NETWORK_ERROR' })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('marked-secret')
  })

  it('never follows a redirect, and the second address sees nothing (case D-21)', async () => {
    let seen = 0
    const second = await serve((_request, response) => {
      seen += 1
      response.writeHead(200, json).end('{}')
    })
    for (const status of [301, 302, 303, 307, 308]) {
      const first = await serve((_request, response) => response.writeHead(status, { location: second }).end())
      await expect(createTransport({}, 'token')(first, { method: 'POST', body: 'x=1' })).rejects.toMatchObject({
        code: 'OIDC_REDIRECT_REFUSED',
      })
    }
    expect(seen).toBe(0)
  })

  it('gives up on an answer that never comes', async () => {
    const url = await serve(() => {})
    await expect(createTransport({ timeoutMs: 50 }, 'token')(url, {})).rejects.toMatchObject({
      code: 'OIDC_TIMEOUT',
      retryable: true,
    })
  })

  it('knows its deadline by itself, where a browser says only that the request was aborted', async () => {
    const fetch: FetchFunction = (_, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('Fetch is aborted', 'AbortError')))
      })
    await expect(createTransport({ timeoutMs: 50, fetch }, 'token')('http://localhost/', {})).rejects.toMatchObject({
      code: 'OIDC_TIMEOUT',
    })
  })

  it('counts the body in the deadline (case D-23)', async () => {
    const url = await serve((_request, response) => void response.writeHead(200, json).write('{'))
    await expect(createTransport({ timeoutMs: 50 }, 'token')(url, {})).rejects.toMatchObject({ code: 'OIDC_TIMEOUT' })
  })

  it('reports a connection that breaks in the middle (case D-24)', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { ...json, 'content-length': '100' })
      response.write('{', () => response.destroy())
    })
    await expect(createTransport({}, 'token')(url, {})).rejects.toMatchObject({
      code: 'OIDC_NETWORK_ERROR',
      retryable: true,
    })
  })

  it('stops reading an answer that does not end', async () => {
    let sent = 0
    const url = await serve((_request, response) => {
      response.writeHead(200, json)
      const more = () => {
        sent += 65_536
        if (!response.destroyed) response.write('x'.repeat(65_536), more)
      }
      more()
    })
    await expect(createTransport({}, 'token')(url, {})).rejects.toMatchObject({ code: 'OIDC_RESPONSE_TOO_LARGE' })
    expect(sent).toBeLessThan(64 << 20)
  })
})

describe('createEndpointTransport', () => {
  it('reads errors in the OAuth form, in the form of the Descope-like service, and from a challenge (N-22)', async () => {
    const bodies: [string, string, Record<string, string>, string, string][] = [
      ['{"error":"invalid_grant","error_description":"used"}', 'invalid_grant', json, 'used', 'OAuth'],
      ['{"errorCode":"E011002","errorDescription":"no grant_type"}', 'E011002', json, 'no grant_type', 'service'],
      ['', 'invalid_token', { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' }, '', 'challenge'],
      ['<html>', 'error', { 'content-type': 'text/html' }, '', 'none'],
    ]
    for (const [body, error, headers, errorDescription] of bodies) {
      const url = await serve((_request, response) => response.writeHead(400, headers).end(body))
      await expect(createEndpointTransport({}, 'token')(url, {})).rejects.toMatchObject({
        code: 'OIDC_TOKEN_ENDPOINT_ERROR',
        status: 400,
        error,
        errorDescription,
      })
    }
  })

  it('reads Retry-After in seconds and as a date (RFC 9110 10.2.3)', async () => {
    const later = new Date(Date.now() + 60_000).toUTCString()
    for (const [value, least, most] of [
      ['7', 7, 7],
      [later, 50, 61],
      ['nonsense', Number.NaN, 0],
    ] as const) {
      const url = await serve((_request, response) => response.writeHead(429, { 'retry-after': value }).end())
      const error = await createEndpointTransport({}, 'token')(url, {}).catch((thrown) => thrown)
      if (Number.isNaN(least)) expect(error.retryAfterSeconds).toBeUndefined()
      else {
        expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(least)
        expect(error.retryAfterSeconds).toBeLessThanOrEqual(most)
      }
    }
  })
})
