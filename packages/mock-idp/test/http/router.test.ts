import { describe, expect, it } from 'vitest'
import { answerOf, fixedIdp, get, post } from '../support/relying-party.ts'

const send = (idp: ReturnType<typeof fixedIdp>, method: string, path: string, headers: Record<string, string> = {}) =>
  idp.fetch(new Request(new URL(path, idp.origin), { method, headers }))

describe('methods and paths (2.2, 2.16)', () => {
  it.each([
    ['GET', '/oauth2/v1/token', 'POST, OPTIONS'],
    ['PUT', '/oauth2/v1/userinfo', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/oauth2/v1/authorize', 'GET, POST'],
    ['OPTIONS', '/oauth2/v1/logout', 'GET, POST'],
  ])('answers 405 with Allow for %s %s', async (method, path, allow) => {
    const response = await send(fixedIdp(), method, path)
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
  })

  it.each([
    '/nothing/here',
    '/oauth2/v1/introspect',
    '/oauth2/v1/apps/logout',
    '/oauth2/v1/apps/agentic/x/y/authorize',
    '/v1/mgmt/inboundapp/app/P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H/register',
  ])('answers 404 for %s: what is absent is absent (2.11, A-19)', async (path) => {
    const idp = fixedIdp()
    const { status, body } = await answerOf(await get(idp, path))
    expect([status, body.errorCode]).toEqual([404, 'E011004'])
    const page = await get(idp, path, { accept: 'text/html' })
    expect(page.headers.get('content-type')).toContain('text/html')
  })

  it('answers HEAD without a body', async () => {
    const response = await send(fixedIdp(), 'HEAD', '/')
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('gives every answer a request id, which error bodies and the journal repeat (2.2)', async () => {
    const idp = fixedIdp()
    const { headers, body } = await answerOf(await post(idp, '/oauth2/v1/token', {}))
    expect(headers.get('x-request-id')).toBe('mock-000001')
    expect(body.requestId).toBe('mock-000001')
    expect(idp.log.entries[0]?.id).toBe('mock-000001')
  })
})

describe('CORS (2.2, DESIGN 5.39)', () => {
  const origin = 'http://localhost:5173'
  const jwks = '/P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H/.well-known/jwks.json'

  it.each([
    ['GET', jwks],
    ['GET', '/P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H/.well-known/openid-configuration'],
    ['POST', '/oauth2/v1/token'],
    ['GET', '/oauth2/v1/apps/userinfo'],
    ['POST', '/oauth2/v1/revoke'],
  ])('lets scripts read %s %s, errors and exposed headers included, without credentials', async (method, path) => {
    const { headers } = await send(fixedIdp(), method, path, { origin })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, DPoP-Nonce, Retry-After')
    expect(headers.has('access-control-allow-credentials')).toBe(false)
  })

  it.each(['/oauth2/v1/authorize', '/oauth2/v1/logout', '/login/P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', '/'])(
    'keeps scripts out of %s',
    async (path) => {
      const { headers } = await send(fixedIdp(), 'GET', path, { origin })
      expect(headers.has('access-control-allow-origin')).toBe(false)
    },
  )

  it('answers a preflight with 204, methods, headers and a life of 600 s', async () => {
    const { status, headers } = await send(fixedIdp(), 'OPTIONS', '/oauth2/v1/token', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'dpop, x-descope-sdk-name, x-other',
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS')
    expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type, dpop, x-descope-sdk-name')
    expect(headers.get('access-control-max-age')).toBe('600')
  })

  it('names a listed origin alone when corsOrigins is set', async () => {
    const idp = fixedIdp({ compat: { corsOrigins: [origin] } })
    const listed = await send(idp, 'GET', jwks, { origin })
    expect(listed.headers.get('access-control-allow-origin')).toBe(origin)
    expect(listed.headers.get('vary')).toBe('Origin')
    for (const headers of [{ origin: 'https://other.example' }, {}]) {
      const other = await send(idp, 'GET', jwks, headers)
      expect(other.headers.has('access-control-allow-origin')).toBe(false)
      expect(other.headers.get('vary')).toBe('Origin')
    }
    const preflight = await send(idp, 'OPTIONS', jwks, { origin: 'https://other.example' })
    expect(preflight.headers.has('access-control-allow-methods')).toBe(false)
  })
})
