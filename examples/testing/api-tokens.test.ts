import { clientSecretBasic, param, role, scope } from '@countersign/core'
import { createDpopProofVerifier, createRequestGuard, createTokenIntrospection } from '@countersign/core/api'
import { createMockIdp, demoProject, type MockIdp } from '@countersign/mock-idp'
import { createProofKey } from '@countersign/mock-idp/testing'
import { test } from '@countersign/mock-idp/testing/vitest'
import { expect } from 'vitest'

const url = 'https://api.example.com/contacts'
const fetchOf = (idp: MockIdp) => (address: string, init: RequestInit) => idp.fetch(new Request(address, init))
const bearer = (token: string) => new Request(url, { headers: { authorization: `Bearer ${token}` } })

/** Your guard; `dpop` is for the test about bound tokens. */
const createGuard = (idp: MockIdp) =>
  createRequestGuard({
    issuer: idp.inboundIssuer,
    audience: idp.projectId,
    clock: idp.clock,
    fetch: fetchOf(idp),
    dpop: createDpopProofVerifier({ baseUrl: 'https://api.example.com', clock: idp.clock }),
  })

test('takes a token with any claims: a role in one tenant', async ({ idp }) => {
  const claims = { tenants: { T1: { roles: ['Editor'] }, T2: { roles: [] } } }
  const request = bearer(await idp.tokens.accessToken({ client: demoProject.spa.clientId, claims }))
  const statusIn = async (tenantId: string) => {
    const rule = role('Editor', { tenant: param('tenantId') })
    const { auth, refusal } = await createGuard(idp).check(request, rule, { parameters: { tenantId } })
    return auth ? 200 : refusal.status
  }
  expect([await statusIn('T1'), await statusIn('T2')]).toEqual([200, 403])
})

test('wants a login of the last five minutes', async ({ idp }) => {
  const claims = { auth_time: Math.floor(idp.clock.now() / 1000) }
  const request = bearer(await idp.tokens.accessToken({ client: demoProject.spa.clientId, scope: 'a', claims }))
  const check = () => createGuard(idp).check(request, scope('a'), { authentication: { maxAgeSeconds: 300 } })
  expect((await check()).auth).toBeDefined()
  idp.clock.advance(331)
  expect((await check()).response?.headers.get('www-authenticate')).toContain('max_age="300"')
})

test('takes a token that is bound to a key with a proof, once (DPoP)', async ({ idp }) => {
  const guard = createGuard(idp)
  const key = await createProofKey(idp)
  const claims = { cnf: { jkt: key.thumbprint } }
  const accessToken = await idp.tokens.accessToken({ client: demoProject.spa.clientId, claims })
  const headers = await key.headers({ url, accessToken })
  expect((await guard.check(new Request(url, { headers }))).auth).toBeDefined()
  expect((await guard.check(new Request(url, { headers }))).refusal?.error?.code).toBe('OIDC_DPOP_REPLAYED')
  expect((await guard.check(bearer(accessToken))).refusal?.error?.code).toBe('OIDC_TOKEN_BOUND')
})

test('asks the provider about opaque tokens', async () => {
  const audience = 'https://api.example.com'
  const agent = { client_id: 'agent', client_secret: 'the secret of the agent, long enough' }
  const grant_types = ['client_credentials'] as const
  const idp = createMockIdp({
    profile: 'standard',
    clients: [
      { ...agent, grant_types, token_endpoint_auth_method: 'client_secret_post' },
      { client_id: 'api', client_secret: 'the secret of the API, long enough', grant_types },
    ],
    resources: [{ identifier: audience, scopes: ['contacts.read'], format: 'opaque', introspectors: ['api'] }],
  })
  const authentication = clientSecretBasic('the secret of the API, long enough')
  const fetch = fetchOf(idp)
  const introspection = createTokenIntrospection({ issuer: idp.issuer, clientId: 'api', authentication, fetch })
  const guard = createRequestGuard({ issuer: idp.issuer, audience, fetch, introspection })

  const body = new URLSearchParams({ ...agent, grant_type: 'client_credentials', scope: 'contacts.read' })
  const answer = await idp.fetch(new Request(`${idp.issuer}/token`, { method: 'POST', body }))
  const { access_token: token } = await answer.json()
  expect((await guard.check(bearer(token), scope('contacts.read'))).auth?.subject).toBe('agent')
  expect((await guard.check(bearer('another'))).refusal?.error?.code).toBe('OIDC_TOKEN_INACTIVE')
})
