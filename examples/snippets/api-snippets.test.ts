/** The programs of docs/api.md start, and refuse who brings no token. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeRule } from '@countersign/core'
import { accessRulesOf } from '@countersign/express'
import type { Express } from 'express'
import { expect, onTestFinished, test, vi } from 'vitest'
import worker from './worker.ts'

const contacts = new Request('https://api.example.com/contacts')

/** Status of a request without a token. */
async function statusOf(app: Express, path: string, method = 'GET'): Promise<number> {
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return (await fetch(`http://localhost:${port}${path}`, { method })).status
}

test('the worker guards its one path', async () => {
  expect((await worker.fetch(contacts)).status).toBe(401)
  expect((await worker.fetch(new Request('https://api.example.com/'))).status).toBe(404)
})

test('the route of Next, the verifier by hand and the stream ask for a token', async () => {
  const { GET } = await import('./next-route.ts')
  const { readContacts } = await import('./verifier-by-hand.ts')
  const { servePeople } = await import('./filter-stream.ts')
  const answers = await Promise.all([
    GET(contacts, { params: Promise.resolve({ tenantId: 'T1' }) }),
    readContacts(contacts),
    servePeople(async function* () {})(contacts),
  ])
  expect(answers.map(({ status, headers }) => [status, headers.get('www-authenticate')])).toEqual(
    answers.map(() => [401, 'Bearer realm="api"']),
  )
  expect((await readContacts(new Request(contacts, { headers: { authorization: 'Bearer x' } }))).status).toBe(401)
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
  }
  expect((await readContacts(new Request(contacts, preflight))).status).toBe(204)
})

test('the app that came from another library has the same rules', async () => {
  const { app } = await import('./migrating.ts')
  expect(accessRulesOf(app).map(({ path, access, rule }) => [path, access, rule && describeRule(rule)])).toEqual([
    ['/', 'optional', undefined],
    ['/contacts', 'guarded', 'scope contacts.read and scope contacts.write'],
    ['/files', 'guarded', 'scope files.read or scope files.admin'],
    ['/reports', 'guarded', 'claim plan = pro'],
    ['/staff', 'guarded', 'claim groups with staff'],
  ])
  expect([await statusOf(app, '/'), await statusOf(app, '/contacts', 'PUT')]).toEqual([200, 401])
})

test('the filtered list needs a token, and any token', async () => {
  const { serveFiles } = await import('./filter.ts')
  expect(await statusOf(serveFiles([]), '/files')).toBe(401)
})

test('the metadata names issuer and scopes', async () => {
  const { default: api } = await import('./resource-metadata.ts')
  const answer = api.fetch(new Request('https://api.example.com/.well-known/oauth-protected-resource/v1'))
  expect(await answer.json()).toMatchObject({
    resource: 'https://api.example.com/v1',
    scopes_supported: ['contacts.read', 'contacts.write'],
  })
  expect(api.fetch(contacts).status).toBe(404)
})

test('the other programs start with their secrets in the environment', async () => {
  vi.stubEnv('API_SECRET', 'the secret of the API')
  vi.stubEnv('NONCE_SECRET', 'a secret for nonces, of 32 characters')
  onTestFinished(() => void vi.unstubAllEnvs())
  const { security } = await import('./openapi-security.ts')
  expect(security).toEqual([{ oauth2: ['files.read_public'] }, { oauth2: ['files.read_private'] }])
  const { verifier } = await import('./api-opaque.ts')
  expect(verifier.issuers).toEqual(['https://id.example.com'])
  await expect(import('./api-dpop.ts')).resolves.toBeDefined()
  await expect(import('./step-up.ts')).resolves.toBeDefined()
  await expect(import('./log-denials.ts')).resolves.toHaveProperty('guard')
  await expect(import('./several-issuers.ts')).resolves.toHaveProperty('guard')
  await expect(import('./providers.ts')).resolves.toBeDefined()
})
