import { createTokenSource } from '@countersign/core/agent'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { test } from '@countersign/mock-idp/testing/vitest'
import { expect } from 'vitest'

function createAgent(idp: MockIdp) {
  const { clientId, clientSecret } = demoProject.agent
  return createTokenSource({
    issuer: idp.inboundIssuer,
    clientId,
    clientSecret,
    scope: 'contacts.read',
    clock: idp.clock,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  })
}

test('asks once for a token, and again when it has expired', async ({ idp }) => {
  const agent = createAgent(idp)
  const first = await Promise.all([agent.getAccessToken(), agent.getAccessToken()])
  expect(new Set(first).size).toBe(1)
  idp.clock.advance(3600)
  expect(first).not.toContain(await agent.getAccessToken())
  const asked = idp.log.entries.filter(({ endpoint }) => endpoint === 'token')
  expect(asked.map(({ parameters }) => parameters.grant_type)).toEqual(['client_credentials', 'client_credentials'])
})

test('says so when its secret was replaced', async ({ idp }) => {
  const agent = createAgent(idp)
  idp.inboundApps.rotate(demoProject.agent.clientId)
  await expect(agent.getAccessToken()).rejects.toMatchObject({ error: 'invalid_client' })
})
