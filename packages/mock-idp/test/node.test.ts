import { request } from 'node:http'
import { demoProject } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { authorizeUrl, mira, pairs, redirectUri, verifier } from './support/relying-party.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
  vi.restoreAllMocks()
})

async function start(...[config]: Parameters<typeof startMockIdp>) {
  const running = await startMockIdp(config)
  closers.push(running.close)
  return running
}

describe('startMockIdp', () => {
  it('listens on a free loopback port and derives its origin from it', async () => {
    const { idp, url, port } = await start()
    expect(port).toBeGreaterThan(0)
    expect([url, idp.origin]).toEqual([`http://localhost:${port}`, `http://localhost:${port}`])
    const metadata = await (await fetch(`${idp.issuer}/.well-known/openid-configuration`)).json()
    expect(metadata.issuer).toBe(idp.issuer)
  })

  it('runs the whole code flow over real HTTP (checklist 3)', async () => {
    const { idp, url } = await start({ deterministic: {} })
    const login = await fetch(authorizeUrl(idp), { redirect: 'manual' })
    expect(login.status).toBe(302)
    const callback = await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })
    const response = await fetch(`${url}/oauth2/v1/token`, {
      method: 'POST',
      body: pairs({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        client_id: demoProject.oidc.clientId,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    })
    const tokens = await response.json()
    const userinfo = await fetch(`${url}/oauth2/v1/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect((await userinfo.json()).sub).toBe(mira.id)
  })

  it('keeps the two cookies of one answer apart and sends status and headers as they are', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/oauth2/v1/token`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
    })
    expect([response.status, response.headers.get('x-request-id')]).toEqual([415, 'mock-000001'])
  })

  it('leaves the global Request and Response as they are', async () => {
    const before = [globalThis.Request, globalThis.Response]
    const { url } = await start()
    await (await fetch(url)).text()
    expect([globalThis.Request, globalThis.Response]).toEqual(before)
  })

  it('keeps a configured origin, for a proxy in front', async () => {
    expect((await start({ origin: 'https://login.example' })).idp.origin).toBe('https://login.example')
  })

  it('listens on 127.0.0.1 when told to', async () => {
    const { url } = await start({ hostname: '127.0.0.1' })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(url)).status).toBe(200)
  })

  it('rejects a port that is taken, naming it', async () => {
    const { port } = await start()
    await expect(startMockIdp({ port })).rejects.toThrow(`the port ${port} on localhost is taken by another program`)
  })

  it.each([{ hostname: '0.0.0.0' }, { hostname: 'example.com' }, { compat: { nothing: true } as object }])(
    'rejects %j before it listens',
    async (config) => {
      await expect(startMockIdp(config)).rejects.toThrow(TypeError)
    },
  )

  it.each(['connection-dropped-before', 'connection-dropped-after'] as const)('%s ends the socket', async (fault) => {
    const { idp, url } = await start()
    idp.faults.next(fault)
    await expect(fetch(`${url}/${idp.projectId}/.well-known/jwks.json`)).rejects.toThrow(TypeError)
    expect(idp.log.entries).toMatchObject([{ endpoint: 'jwks', status: 0, faults: [fault] }])
    expect((await fetch(`${url}/${idp.projectId}/.well-known/jwks.json`)).status).toBe(200)
  })

  it('answer-truncated ends the socket after half of the body, and prints nothing', async () => {
    const print = vi.spyOn(console, 'error')
    const { idp, url } = await start()
    idp.faults.next('answer-truncated')
    const address = `${url}/${idp.projectId}/.well-known/jwks.json`
    const response = await fetch(address)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow(TypeError)
    expect((await fetch(address)).status).toBe(200)
    expect(print).not.toHaveBeenCalled()
  })

  it('answer-huge and answer-slow come whole', async () => {
    const { idp, url } = await start()
    const address = `${url}/${idp.projectId}/.well-known/jwks.json`
    const good = await (await fetch(address)).text()
    idp.faults.next('answer-slow', { chunkDelayMs: 0, chunkBytes: 50 })
    expect(await (await fetch(address)).text()).toBe(good)
    idp.faults.next('answer-huge', { sizeBytes: 300_000 })
    expect((await (await fetch(address)).text()).length).toBe(300_000)
  })

  it('ends hanging requests and idle sockets at once when it closes', async () => {
    const { idp, url, close } = await startMockIdp()
    await (await fetch(url)).text()
    idp.faults.next('token-hang')
    const outgoing = request(`${url}/oauth2/v1/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    const hanging = new Promise((resolve) => {
      outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
    await new Promise<void>((resolve) => outgoing.end('a=b', resolve))
    // Connections are accepted in order, so the hanging one is there once this one was answered.
    await (await fetch(url)).text()
    await close()
    expect(await hanging).toBe('ECONNRESET')
  })
})
