import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAccessGuard, requireAuth } from '@countersign/express'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { signIn } from '@countersign/mock-idp/testing'
import { test } from '@countersign/mock-idp/testing/vitest'
import express from 'express'
import { expect, onTestFinished } from 'vitest'

/** The API under test; in your code it takes the options of its guard. */
async function startApi(idp: MockIdp): Promise<string> {
  const guard = createAccessGuard({
    issuer: idp.inboundIssuer,
    audience: idp.projectId,
    clock: idp.clock,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  })
  const app = express()
  app.get('/contacts', guard.requireScopes('contacts.read'), (req, res) => void res.json(requireAuth(req).claims))
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => void server.close())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

const client = demoProject.spa.clientId

test('lets a token with the scope through', async ({ idp }) => {
  const api = await startApi(idp)
  const { headers, user } = await signIn(idp, { client, scope: 'openid contacts.read' })
  const response = await fetch(`${api}/contacts`, { headers })
  expect([response.status, (await response.json()).sub]).toEqual([200, user.id])
})

test('refuses a token without the scope, and names it', async ({ idp }) => {
  const api = await startApi(idp)
  const { headers } = await signIn(idp, { client, scope: 'openid contacts.write' })
  const response = await fetch(`${api}/contacts`, { headers })
  expect(response.status).toBe(403)
  expect(response.headers.get('www-authenticate')).toContain('scope="contacts.read"')
})

test('refuses a token that has expired', async ({ idp }) => {
  const api = await startApi(idp)
  const { headers } = await signIn(idp, { client })
  idp.clock.advance(3600)
  expect((await fetch(`${api}/contacts`, { headers })).status).toBe(401)
})
