import { standardDemo } from '@countersign/mock-idp'
import ky from 'ky'
import { describe, expect, it } from 'vitest'
import { proofOfPossession } from '../../src/browser/dpop.ts'
import type { BrowserClientOptions } from '../../src/browser/index.ts'
import { kyHooks } from '../../src/browser/ky.ts'
import { createResourceTokens } from '../../src/browser/resources.ts'
import type { ApiAnswer } from '../support/scripted-api.ts'
import { createBrowserSession, startRemoteApi } from './browser-session.ts'
import { createStandardSession } from './standard-session.ts'

// That the rules of client.fetch hold here too is shown by its own tests, which run over both.

const { contacts, files } = standardDemo.resources
const ok: ApiAnswer = { status: 200 }
const expired: ApiAnswer = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }

/** A signed-in client, and an API that its ky instance asks. */
async function kySession(answers: readonly ApiAnswer[], options: Partial<BrowserClientOptions> = {}) {
  const api = await startRemoteApi(...answers)
  const session = await createBrowserSession({ resourceOrigins: [new URL(api.url).origin], ...options })
  await session.login()
  return { ...session, api, path: new URL(api.url).pathname, prefix: new URL(api.url).origin }
}

describe('a ky instance with kyHooks', () => {
  it('keeps prefix, json and searchParams, and replaces an authorization', async () => {
    const { client, api, prefix, path } = await kySession([ok])
    const instance = ky.create({ prefix, headers: { authorization: 'Basic eDp5' }, hooks: kyHooks(client) })
    await expect(instance.post(path, { json: { hello: 1 }, searchParams: { page: 2 } }).json()).resolves.toEqual({
      number: 1,
    })
    expect(await api.requests()).toEqual([
      {
        method: 'POST',
        body: '{"hello":1}',
        authorization: `Bearer ${await client.getAccessToken()}`,
        dpop: undefined,
      },
    ])
  })

  it('throws for the last answer alone, and shows that one to further hooks', async () => {
    const { client, api } = await kySession([expired, { status: 404 }])
    const seen: number[] = []
    const hooks = {
      ...kyHooks(client),
      afterResponse: [({ response }: { response: Response }) => void seen.push(response.status)],
    }
    await expect(ky(api.url, { hooks })).rejects.toMatchObject({ name: 'HTTPError', response: { status: 404 } })
    expect(seen).toEqual([404])
    expect(await api.requests()).toHaveLength(2)
  })

  it('fails with the typed error of client.fetch, through its beforeError hooks', async () => {
    const { client } = await kySession([ok])
    const seen: unknown[] = []
    const hooks = {
      ...kyHooks(client),
      beforeError: [
        ({ error }: { error: Error }) => {
          seen.push((error as Error & { code?: string }).code)
          return error
        },
      ],
    }
    await expect(ky('https://attacker.example', { hooks })).rejects.toMatchObject({ code: 'OIDC_ORIGIN_NOT_ALLOWED' })
    expect(seen).toEqual(['OIDC_ORIGIN_NOT_ALLOWED'])
  })

  it('sends a request that another hook wants again with the token of that moment', async () => {
    const { client, idp, api } = await kySession([ok])
    const hooks = {
      ...kyHooks(client),
      afterResponse: [
        async ({ retryCount }: { retryCount: number }) => {
          if (retryCount > 0) return undefined
          await idp.advance(1)
          await client.renew()
          return ky.retry({ delay: 0 })
        },
      ],
    }
    expect((await ky.post(api.url, { body: 'hello', hooks })).status).toBe(200)
    const requests = await api.requests()
    expect(requests.map(({ body }) => body)).toEqual(['hello', 'hello'])
    expect(requests[1]?.authorization).toBe(`Bearer ${await client.getAccessToken()}`)
    expect(requests[0]?.authorization).not.toBe(requests[1]?.authorization)
  })

  it('ends with its totalTimeout, and with a signal', async () => {
    const { client, api } = await kySession([ok], { fetch: hangAtApi })
    const instance = ky.create({ hooks: kyHooks(client) })
    await expect(instance(api.url, { totalTimeout: 100 })).rejects.toMatchObject({ name: 'TimeoutError' })
    const abort = new AbortController()
    const pending = instance(api.url, { signal: abort.signal })
    abort.abort()
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    expect(await api.requests()).toEqual([])
  })

  it('sends proofs with bound tokens, over the nonce of the API', async () => {
    const api = await startRemoteApi(
      { status: 401, headers: { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'of-the-api' } },
      ok,
    )
    const { client, login } = await createStandardSession({
      scope: 'openid profile offline_access',
      dpop: proofOfPossession(),
      resourceOrigins: [new URL(api.url).origin],
    })
    await login()
    expect((await ky(api.url, { hooks: kyHooks(client) })).status).toBe(200)
    const proofs = (await api.requests()).map(({ dpop }) => JSON.parse(atob(`${dpop?.split('.')[1]}`)))
    expect(proofs.map(({ nonce }) => nonce)).toEqual([undefined, 'of-the-api'])
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(2)
  })

  it('takes the tokens for several APIs as well', async () => {
    const api = await startRemoteApi(ok)
    const session = await createStandardSession({ resources: [contacts, files] })
    await session.login()
    const tokens = createResourceTokens(session.client, { origins: { [new URL(api.url).origin]: { resource: files } } })
    await ky(api.url, { hooks: kyHooks(tokens) })
    expect(await api.requests()).toMatchObject([
      { authorization: `Bearer ${await tokens.getAccessToken({ resource: files })}` },
    ])
  })
})

/** Never answers a request to an API of the test, unless it is aborted. */
function hangAtApi(url: string, init: RequestInit): Promise<Response> {
  if (!new URL(url).pathname.startsWith('/api/')) return fetch(url, init)
  return new Promise((_, reject) => {
    init.signal?.throwIfAborted()
    init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
  })
}
