import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, signIn } from './support/relying-party.ts'

const pid = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H'
const paths = [
  '/',
  `/${pid}/.well-known/openid-configuration`,
  `/v1/apps/${pid}/.well-known/openid-configuration`,
  `/${pid}/.well-known/jwks.json`,
  '/oauth2/v1/authorize',
  '/oauth2/v1/apps/authorize',
  '/oauth2/v1/token',
  '/oauth2/v1/apps/token',
  '/oauth2/v1/userinfo',
  '/oauth2/v1/revoke',
  '/oauth2/v1/logout',
  '/oauth2/v1/finish-authorize',
  `/login/${pid}`,
  `/consent/${pid}`,
  `/${pid}`,
  '/v1/auth/validate',
  '/v1/flow/start',
  '/v1/flow/next',
  '/api/contacts',
  '/shop/oauth2/v1/token',
  `/v1/keys/${pid}`,
  `/.well-known/project-configuration/${pid}`,
  '/%E0%A4%A',
  '/a/b/c/d/e',
]
const names = (
  'client_id client_secret redirect_uri response_type scope state nonce code code_verifier code_challenge prompt ' +
  'code_challenge_method grant_type refresh_token token id_token_hint post_logout_redirect_uri state_id csrf loginId ' +
  'password tenant tenantId resource flow error title __proto__ constructor'
).split(' ')

const value = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(pid, 'openid', 'code', 'none', 'S256', 'authorization_code', 'refresh_token', 'client_credentials'),
  fc.constantFrom('http://localhost:5173/cb', 'http://localhost:5173/cb#', '::', 'http://', 'a'.repeat(43)),
)
const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 12 })
const headers = fc.record(
  {
    authorization: fc.constantFrom('Basic', 'Basic !', 'Basic Og==', 'Bearer', 'Bearer a.b.c', 'Basic /w=='),
    cookie: fc.constantFrom('DSR=', 'DSR=a; mock_txn=b', '=;;=', '%%%', '__proto__=1'),
    accept: fc.constantFrom('text/html', '*/*', ''),
    origin: fc.constantFrom('null', 'http://localhost:5173', 'x'),
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  fields.map((pairs) => ({ type: 'application/x-www-form-urlencoded', text: new URLSearchParams(pairs).toString() })),
  fc.json().map((text) => ({ type: 'application/json', text })),
  fields.map((pairs) => ({ type: 'application/json', text: JSON.stringify(Object.fromEntries(pairs)) })),
  fc.string({ unit: 'binary' }).map((text) => ({ type: 'application/x-www-form-urlencoded', text })),
  fc.string().map((text) => ({ type: 'text/plain', text })),
)

// Thousands of requests in one test: a second alone, several beside other work.
describe('malformed requests', { timeout: 30_000 }, () => {
  it('get an answer that is no server error, from every endpoint, and change nothing (2.16)', async () => {
    const idp = fixedIdp()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'),
        fields,
        headers,
        body,
        async (path, method, query, extra, content) => {
          const url = new URL(`${path}?${new URLSearchParams(query)}`, idp.origin)
          const init =
            method === 'POST' || method === 'PUT'
              ? { method, headers: { ...extra, 'content-type': content.type }, body: content.text }
              : { method, headers: extra }
          const response = await idp.fetch(new Request(url, init))
          expect(response.status).toBeLessThan(500)
          expect(response.headers.has('x-request-id')).toBe(true)
          const location = response.headers.get('location')
          if (location !== null) expect(location).toMatch(/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\//)
          const text = await response.text()
          const isJson = response.headers.get('content-type')?.startsWith('application/json') && method !== 'HEAD'
          if (isJson) JSON.parse(text)
          expect(text).not.toContain('<script')
        },
      ),
      { numRuns: 3000, seed: 20260101 },
    )
    expect(idp.sessions.list()).toEqual([])
    expect((await signIn(idp)).token_type).toBe('Bearer')
  })

  it('a state comes back byte for byte (S-164, S-174)', async () => {
    const idp = fixedIdp()
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }), async (state) => {
        const url = authorizeUrl(idp, { state, prompt: 'none' })
        const sent = url.searchParams.get('state')
        const location = (await get(idp, url)).headers.get('location') ?? ''
        expect(new URL(location).searchParams.get('state')).toBe(sent)
      }),
      { numRuns: 100, seed: 20260101 },
    )
  })
})
