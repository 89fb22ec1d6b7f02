import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signIn, spa, standardIdp } from '../support/standard-client.ts'

const paths = (
  '/ /.well-known/openid-configuration /.well-known/oauth-authorization-server /jwks /authorize /authorize/finish /login ' +
  '/consent /par /token /userinfo /introspect /revoke /device_authorization /device /register /logout /oauth2/v1/token'
).split(' ')
const names = (
  'client_id client_secret client_assertion client_assertion_type redirect_uri response_type response_mode scope state ' +
  'nonce code code_verifier code_challenge code_challenge_method prompt max_age acr_values claims id_token_hint ' +
  'login_hint ui_locales resource dpop_jkt request request_uri grant_type refresh_token device_code user_code token ' +
  'subject_token subject_token_type actor_token audience post_logout_redirect_uri confirm state_id csrf outcome ' +
  'redirect_uris jwks jwks_uri grant_types __proto__ constructor'
).split(' ')
const value = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(spa.clientId, spa.redirectUri, 'mock-web', 'mock-service', 'openid', 'code', 'none', 'S256', 'login'),
  fc.constantFrom('authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'form_post'),
  fc.constantFrom('urn:ietf:params:oauth:request_uri:x', '{"id_token":{"acr":1}}', 'eyJhbGciOiJub25lIn0.e30.', '::'),
  fc.constantFrom('https://client.example/x', 'http://127.0.0.1:1/x', 'a'.repeat(43), '-1', '1e9', '[]', 'null'),
)
const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 12 })
const headers = fc.record(
  {
    authorization: fc.constantFrom('Basic', 'Basic !', 'Basic Og==', 'Bearer', 'Bearer a.b.c', 'DPoP x', 'Basic /w=='),
    dpop: fc.constantFrom('', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.', 'a, b'),
    cookie: fc.constantFrom('DSR=', 'DSR=a; mock_txn=b', '=;;=', '%%%', '__proto__=1'),
    accept: fc.constantFrom('text/html', '*/*', ''),
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  fields.map((pairs) => ({ type: 'application/x-www-form-urlencoded', text: new URLSearchParams(pairs).toString() })),
  fc.json().map((text) => ({ type: 'application/json', text })),
  fields.map((pairs) => ({ type: 'application/json', text: JSON.stringify(Object.fromEntries(pairs)) })),
  fc.string({ unit: 'binary' }).map((text) => ({ type: 'application/x-www-form-urlencoded', text })),
)

describe('malformed requests of the standard profile', { timeout: 30_000 }, () => {
  it('get an answer that is no server error, from every endpoint, and call nobody outside', async () => {
    const calls: string[] = []
    const fetch = async ({ url }: Request) => {
      calls.push(new URL(url).hostname)
      return new Response(null, { status: 404 })
    }
    const idp = standardIdp({ standard: { fetch, dpopNonces: 'off' } })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'DELETE'),
        fields,
        headers,
        body,
        async (path, method, query, extra, content) => {
          const url = new URL(`${path}?${new URLSearchParams(query)}`, idp.origin)
          const init =
            method === 'POST'
              ? { method, headers: { ...extra, 'content-type': content.type }, body: content.text }
              : { method, headers: extra }
          const response = await idp.fetch(new Request(url, init))
          expect(response.status).toBeLessThan(500)
          const location = response.headers.get('location')
          if (location !== null) expect(location).toMatch(/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\//)
          const text = await response.text()
          const isJson = response.headers.get('content-type')?.startsWith('application/json') && method !== 'HEAD'
          if (isJson) JSON.parse(text)
        },
      ),
      { numRuns: 2500, seed: 20260101 },
    )
    expect(calls.every((host) => host === '127.0.0.1')).toBe(true)
    expect(idp.sessions.list()).toEqual([])
    expect((await signIn(idp)).token_type).toBe('Bearer')
  })
})
