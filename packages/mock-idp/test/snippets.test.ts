import { expect, it } from 'vitest'

it('the snippet in-process.ts reads metadata and signs a user in', async () => {
  const { issuer, cookie } = await import('./snippets/in-process.ts')
  expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:4455\/P/)
  expect(cookie).toMatch(/^DSR=/)
})

it('the snippet node-server.ts reads the index page', async () => {
  expect((await import('./snippets/node-server.ts')).status).toBe(200)
})

it('the snippet with-msw.ts answers fetch', async () => {
  const { idp, server } = await import('./snippets/with-msw.ts')
  const response = await fetch(`${idp.issuer}/.well-known/openid-configuration`)
  server.close()
  expect((await response.json()).issuer).toBe(idp.issuer)
})

it('the snippet break-one-thing.ts leaves no fault on', async () => {
  const { idp, reasons } = await import('./snippets/break-one-thing.ts')
  expect(reasons).toEqual([])
  const response = await idp.fetch(new Request(`${idp.origin}/oauth2/v1/token`, { method: 'POST' }))
  expect(response.status).toBe(415)
})

it('the snippet run-a-flow.ts sets a claim from a connector', async () => {
  const { run, kinds } = await import('./snippets/run-a-flow.ts')
  expect([run.status, run.claims]).toEqual(['completed', { plan: 'pro' }])
  expect(kinds).toContain('connector.response')
})
