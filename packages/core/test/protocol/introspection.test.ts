import { expect, test } from 'vitest'
import { clientSecretBasic, introspectToken } from '../../src/index.ts'
import { api, files, setUpIntrospection } from '../api/introspection-fixture.ts'

const client = { clientId: api.id, authentication: clientSecretBasic(api.secret) }

async function setUp() {
  const { idp, token, breakNext } = await setUpIntrospection()
  const server = { issuer: idp.issuer, introspection_endpoint: `${idp.origin}/introspect` }
  const transport = { fetch: (url: string, init: RequestInit) => idp.fetch(new Request(url, init)) }
  return { idp, token, breakNext, server, transport }
}

test('tells what the provider says of a token, and of one that it does not know (RFC 7662 2.2)', async () => {
  const { idp, token, server, transport } = await setUp()
  const found = await introspectToken(server, client, token, transport)
  expect(found).toMatchObject({ active: true, aud: files, sub: 'agent', iss: idp.issuer })
  expect(await introspectToken(server, client, 'unknown', transport)).toEqual({ active: false })
  const [entry] = idp.log.entries.filter(({ endpoint }) => endpoint === 'introspect')
  expect(entry?.parameters).toMatchObject({ token_type_hint: 'access_token' })
})

test.each([
  ['introspection-active-text', 'OIDC_INTROSPECTION_INVALID'],
  ['introspection-active-missing', 'OIDC_INTROSPECTION_INVALID'],
  ['introspection-array', 'OIDC_INTROSPECTION_INVALID'],
  ['introspection-not-json', 'OIDC_RESPONSE_NOT_JSON'],
  ['introspection-status-500', 'OIDC_STATUS_UNEXPECTED'],
] as const)('refuses an answer with %s', async (fault, code) => {
  const { token, server, transport, breakNext } = await setUp()
  breakNext(fault)
  await expect(introspectToken(server, client, token, transport)).rejects.toMatchObject({ code })
  await expect(introspectToken(server, client, token, transport)).resolves.toMatchObject({ active: true })
})

test('needs an endpoint, and a client that can prove itself', async () => {
  const { token, server, transport } = await setUp()
  const { introspection_endpoint: _endpoint, ...without } = server
  await expect(introspectToken(without, client, token, transport)).rejects.toMatchObject({
    code: 'OIDC_ENDPOINT_MISSING',
  })
  await expect(introspectToken(server, { clientId: api.id }, token, transport)).rejects.toMatchObject({
    code: 'OIDC_STATUS_UNEXPECTED',
  })
})
