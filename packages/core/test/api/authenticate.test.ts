import { expect, test } from 'vitest'
import { failure, setUpApi } from './api-fixture.ts'

const { verifier, order } = setUpApi()
const token = await order()
const url = 'https://api.example.com/contacts'
const twice = ['Host', 'api.example.com', 'Authorization', 'Bearer a', 'authorization', `Bearer ${token}`]

test.each([
  ['a Request', new Request(url, { headers: { authorization: `Bearer ${token}` } })],
  ['its Headers', new Headers({ authorization: `bearer ${token}` })],
  ['a request of Node', { method: 'GET', url: '/contacts', headers: { authorization: `Bearer ${token}` } }],
  ['a request of Node with a list', { headers: { authorization: [`Bearer ${token}`] }, rawHeaders: twice.slice(2, 4) }],
  ['the bare value', `BEARER   ${token}`],
])('authenticates %s', async (_, request) => {
  await expect(verifier.authenticate(request)).resolves.toMatchObject({ subject: expect.any(String) })
})

test.each([undefined, null, '', 'Basic dXNlcjpwYXNz', 'Bearerabc', 'Token abc', `DPoP ${token}`])(
  'finds no token in "%s"',
  async (header) => {
    await failure('OIDC_TOKEN_MISSING', verifier.authenticate(header))
    await failure('OIDC_TOKEN_MISSING', verifier.authenticate({ headers: { authorization: header ?? undefined } }))
    await failure('OIDC_TOKEN_MISSING', verifier.authenticate(new Headers(header ? { authorization: header } : {})))
  },
)

test('refuses a header that does not begin with its scheme', async () => {
  await failure('OIDC_TOKEN_MISSING', verifier.authenticate(` Bearer ${token}`))
})

test.each([
  'Bearer',
  'Bearer ',
  'Bearer a b',
  'Bearer a,b',
  'Bearer a=b',
  'Bearer =',
  'Bearer "a"',
  'Bearer ä',
  'Bearer a\tb',
  'Bearer a, Bearer b',
  'DPoP',
  'DPoP a b',
])('refuses "%s", which is not one token (RFC 6750 3.1)', async (header) => {
  await failure('OIDC_REQUEST_MALFORMED', verifier.authenticate(header))
})

test.each([
  ['a list', { headers: { authorization: [`Bearer ${token}`, 'Bearer b'] } }],
  ['raw headers', { headers: { authorization: `Bearer ${token}` }, rawHeaders: twice }],
  ['Headers', new Headers([...Array(2)].map(() => ['authorization', `Bearer ${token}`]))],
])('refuses a second Authorization header in %s (API behaviour 27)', async (_, request) => {
  await failure('OIDC_REQUEST_MALFORMED', verifier.authenticate(request))
})

test('counts the names of raw headers, not values that look like one', async () => {
  const rawHeaders = ['Authorization', `Bearer ${token}`, 'Access-Control-Request-Headers', 'authorization']
  const request = { headers: { authorization: `Bearer ${token}` }, rawHeaders }
  await expect(verifier.authenticate(request)).resolves.toBeDefined()
})

test('takes no session for a token (case J-36)', async () => {
  const headers = { cookie: `DS=${token}; session=1`, 'mcp-session-id': '1', 'x-access-token': token }
  await failure('OIDC_TOKEN_MISSING', verifier.authenticate({ method: 'GET', url: '/contacts', headers }))
  await failure('OIDC_TOKEN_MISSING', verifier.authenticate(new Request(url, { headers })))
})

test('reads no token from a query (case F-05)', async () => {
  await failure('OIDC_TOKEN_MISSING', verifier.authenticate(new Request(`${url}?access_token=${token}`)))
  await failure('OIDC_TOKEN_MISSING', verifier.authenticate({ url: `/?access_token=${token}`, headers: {} }))
})

test('takes nothing that a request inherits for its header', async () => {
  const headers = Object.create({ authorization: `Bearer ${token}` })
  await failure('OIDC_TOKEN_MISSING', verifier.authenticate({ headers }))
})

test('reads headers of any length in linear time', async () => {
  const started = performance.now()
  for (const header of [`Bearer ${' '.repeat(1e6)}`, `Bearer ${'a'.repeat(1e6)}!`, `Bearer ${'='.repeat(1e6)}!`]) {
    await failure('OIDC_REQUEST_MALFORMED', verifier.authenticate(header))
  }
  expect(performance.now() - started).toBeLessThan(1000)
})
