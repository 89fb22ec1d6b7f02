import { demoProject } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { orderToken, startApi } from '../support/running-api.ts'
import { tenantRoutes } from './in-handler.ts'

test('the first example of the README guards its routes', async () => {
  const { idp, close } = await startMockIdp()
  onTestFinished(close)
  vi.stubEnv('ISSUER', idp.inboundIssuer)
  vi.stubEnv('AUDIENCE', idp.projectId)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })
  const log = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const { app } = await import('./start.ts')
  const api = await startApi(() => undefined, app)
  const token = await orderToken(idp)
  expect((await api.call('/contacts', { token })).json).toEqual({ readBy: demoProject.agent.clientId })
  expect(await api.call('/contacts/7', { token, method: 'DELETE' })).toMatchObject({ status: 403, json: {} })
  const writer = await orderToken(idp, { scope: 'contacts.write', claims: { roles: ['Contact Editor'] } })
  expect((await api.call('/contacts/7', { token: writer, method: 'DELETE' })).json).toEqual({ deleted: '7' })
  expect(log).toHaveBeenCalledExactlyOnceWith(
    'DELETE',
    '/contacts/7',
    'OIDC_ACCESS_DENIED',
    expect.stringContaining('Missing: scope contacts.write'),
  )
})

test('the second example of the README is built from a project id', () => {
  expect(() => tenantRoutes(demoProject.projectId)).not.toThrow()
  expect(() => tenantRoutes('')).toThrow(/"projectId" must be/)
})

test('the example of metadata lists the scopes of its routes', async () => {
  const { app } = await import('./metadata.ts')
  const api = await startApi(() => undefined, app)
  const { json } = await api.call('/.well-known/oauth-protected-resource/v1')
  expect(json).toMatchObject({ resource: 'https://api.example.com/v1', scopes_supported: ['contacts.read'] })
  const { headers } = await api.call('/v1/contacts')
  expect(headers.get('www-authenticate')).toContain(
    'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v1"',
  )
})
