import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { test } from '@countersign/mock-idp/testing/vitest'
import { expect, onTestFinished, vi } from 'vitest'
import { createApi } from './app.ts'

const origin = 'https://app.example'
const { acme, globex } = demoProject.tenants

async function apiFor(idp: MockIdp) {
  const app = await createApi({
    verifier: {
      issuer: idp.inboundIssuer,
      audience: idp.projectId,
      clock: idp.clock,
      fetch: (url, init) => idp.fetch(new Request(url, init)),
    },
    origins: [origin],
  })
  const log = vi.spyOn(app.log, 'warn')
  const api = await app.listen({ host: 'localhost', port: 0 })
  onTestFinished(() => app.close())
  const call = (path: string, token?: string, init: RequestInit = {}) =>
    fetch(`${api}${path}`, {
      ...init,
      headers: { origin, ...(token && { authorization: `Bearer ${token}` }), ...init.headers },
    })
  const order = (changes: Parameters<MockIdp['tokens']['accessToken']>[0]) =>
    idp.tokens.accessToken({ client: demoProject.agent.clientId, ...changes })
  return { call, order, log }
}

test('lets a token with the scope through, and names the scope to one without', async ({ idp }) => {
  const { call, order } = await apiFor(idp)
  const answer = await call('/contacts', await order({ scope: 'contacts.read' }))
  expect(await answer.json()).toEqual({ readBy: demoProject.agent.clientId })
  const denied = await call('/contacts', await order({ scope: 'contacts.write' }))
  expect([denied.status, (await denied.json()).scope]).toEqual([403, 'contacts.read'])
  expect(denied.headers.get('content-type')).toBe('application/json; charset=utf-8')
})

test('logs the path of a refusal, and no token that came in its query', async ({ idp }) => {
  const { call, order, log } = await apiFor(idp)
  const token = await order({ scope: 'contacts.read' })
  expect((await call(`/contacts?access_token=${token}`)).status).toBe(401)
  expect(log).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ path: '/contacts', code: 'OIDC_TOKEN_MISSING' }),
  )
  expect(JSON.stringify(log.mock.calls)).not.toContain(token)
})

test('answers pages of other origins: the preflight, and what they may read of a refusal', async ({ idp }) => {
  const { call } = await apiFor(idp)
  const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } }
  expect((await call('/contacts', undefined, preflight)).status).toBe(204)
  const { status, headers } = await call('/contacts')
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
  expect(headers.get('access-control-allow-origin')).toBe(origin)
  expect(headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
})

test('opens the invoices of a tenant to its members only', async ({ idp }) => {
  const { call, order } = await apiFor(idp)
  const token = await order({ scope: 'billing.read', claims: { tenants: { [acme]: {} } } })
  expect(await (await call(`/tenants/${acme}/invoices`, token)).json()).toEqual({ tenant: acme })
  expect((await call(`/tenants/${globex}/invoices`, token)).status).toBe(403)
})

test('asks for a recent login where the handler wants one', async ({ idp }) => {
  const { call, order } = await apiFor(idp)
  const signedIn = { scope: 'contacts.read', claims: { auth_time: Math.floor(idp.clock.now() / 1000) } }
  const token = await order({ ...signedIn, expiresInSeconds: 3600 })
  const remove = () => call('/contacts/7', token, { method: 'DELETE' })
  expect(await (await remove()).json()).toEqual({ deleted: '7' })
  idp.clock.advance(331)
  const stale = await remove()
  expect([stale.status, (await stale.json()).max_age]).toEqual([401, '300'])
})
