import { mockIdpHandlers } from '@countersign/mock-idp/msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { authorizeUrl, codeFor, fixedIdp, pairs, redirectUri, verifier } from './support/relying-party.ts'

const idp = fixedIdp()
const server = setupServer(...mockIdpHandlers(idp))
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(() => server.close())

it('answers global fetch for the origin of the mock, redirects and bodies included', async () => {
  const metadata = await (await fetch(`${idp.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata.issuer).toBe(idp.issuer)
  const login = await fetch(authorizeUrl(idp), { redirect: 'manual' })
  expect(login.headers.get('location')).toContain('/login/')
  const fields = {
    grant_type: 'authorization_code',
    code: await codeFor(idp),
    client_id: idp.projectId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
  const response = await fetch(metadata.token_endpoint, { method: 'POST', body: pairs(fields) })
  expect(response.status).toBe(200)
  expect(await response.json()).toHaveProperty('id_token')
})

it('answers the root of the origin as well', async () => {
  expect((await fetch(`${idp.origin}/`)).status).toBe(200)
})

it('tells a dropped connection as a network error', async () => {
  idp.faults.next('connection-dropped-before')
  const url = `${idp.issuer}/.well-known/openid-configuration`
  await expect(fetch(url)).rejects.toThrow(TypeError)
  expect((await fetch(url)).status).toBe(200)
})
