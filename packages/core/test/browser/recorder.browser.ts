import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BrowserClientOptions, localTokenStorage } from '../../src/browser/index.ts'
import { createRecordedClient } from '../../src/browser/recorder.ts'
import { createBrowserSession, startRemoteApi, whenStatus } from './browser-session.ts'

/** A client that is recorded, of a provider of its own. */
async function recordedSession(options: Partial<BrowserClientOptions> = {}, most?: number) {
  const session = await createBrowserSession()
  const { idp } = session
  const { client, recorder } = createRecordedClient(
    {
      issuer: idp.issuer,
      clientId: idp.issuer.split('/').at(-1) ?? '',
      redirectUri: `${location.origin}/packages/core/test/browser/callback.html`,
      restore: 'none',
      clock: { now: idp.now },
      navigate: (url) => void session.navigations.push(url),
      ...options,
    },
    most ? { most } : {},
  )
  onTestFinished(client.start())
  onTestFinished(() => recorder.clear())
  const login = async () => {
    await client.login()
    const callback = await idp.walkLogin(session.navigations.at(-1) ?? '')
    await client.handleCallback(callback.href)
    return callback
  }
  return {
    ...session,
    client,
    recorder,
    login,
    texts: () => recorder.entries().map(({ kind, text }) => `${kind} ${text}`),
  }
}

/** 12 to 60 characters, of which a token, code or verifier could be made. */
function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(61))
  return Array.from(bytes, (byte) => 'abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-._~'.at(byte % 46))
    .join('')
    .slice(0, 12 + ((bytes[60] ?? 0) % 49))
}

describe('the timeline of a client', () => {
  it('tells of requests, states, decisions, storage, locks and words between tabs', async () => {
    const { client, idp, login, texts } = await recordedSession({ tokenStorage: localTokenStorage() })
    await whenStatus(client, 'unauthenticated')
    await login()
    await client.renew()
    await idp.breakOnce('token-error', { error: 'invalid_grant' })
    await client.renew().catch(() => {})
    await vi.waitUntil(() => texts().includes('storage tokens forgotten'))
    const lines = texts().map((line) =>
      line
        .replace(/\d+ ms/, 'N ms')
        .replaceAll(idp.url, 'IDP')
        .replaceAll(idp.issuer, 'ISSUER'),
    )
    for (const line of [
      'page loaded',
      'event restoring by nothing',
      'state unauthenticated never',
      'request POST IDP/oauth2/v1/token authorization_code: 200 after N ms',
      'event signed-in by the user',
      'state authenticated',
      'tab signed-in',
      'lock wanted for a renewal',
      'lock held',
      'state authenticated renewing',
      'request POST IDP/oauth2/v1/token refresh_token: 200 after N ms',
      'lock given back',
      'event renewed',
      'event ended expired OIDC_TOKEN_ENDPOINT_ERROR invalid_grant 400',
      'storage tokens forgotten',
    ]) {
      expect(lines).toContain(line)
    }
  })

  it('goes on after the page was left, and is text for a bug report', async () => {
    const { client, idp, recorder, login } = await recordedSession()
    await login()
    const after = createRecordedClient({
      issuer: idp.issuer,
      clientId: idp.issuer.split('/').at(-1) ?? '',
      redirectUri: `${location.origin}/callback`,
    })
    expect(after.recorder.entries().slice(0, -1)).toEqual(recorder.entries())
    expect(after.recorder.report()).toMatch(/^Timeline of countersign http.*\n +\+0 ms {2}page {5}loaded\n/)
    after.recorder.clear()
    expect(after.recorder.entries()).toEqual([])
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('forgets the oldest entries', async () => {
    const { login, recorder } = await recordedSession({}, 10)
    await login()
    expect(recorder.entries()).toHaveLength(10)
  })

  it('cuts addresses of APIs to their origin', async () => {
    const api = await startRemoteApi({ status: 200 })
    const { client, login, texts } = await recordedSession({ resourceOrigins: [new URL(api.url).origin] })
    await login()
    await client.fetch(`${api.url}?reset=secret-of-a-link`)
    const line = texts().find((text) => text.startsWith('request GET') && text.includes(new URL(api.url).origin))
    expect(line).toBe(`request GET ${new URL(api.url).origin}`)
  })

  it('refuses options that do not exist or fit', async () => {
    const options = { issuer: 'https://id.example', clientId: 'app', redirectUri: 'https://app.example/callback' }
    expect(() => createRecordedClient(options, { least: 1 } as never)).toThrow('There is no option "least"')
    expect(() => createRecordedClient(options, { most: 1 })).toThrow('"most" must be in 10 to 10000')
  })

  it('never holds a token, code, verifier, state or nonce, of whatever random kind', async () => {
    for (let run = 0; run < 40; run += 1) {
      const [code, state, access, refresh] = [randomSecret(), randomSecret(), randomSecret(), randomSecret()]
      const [id, description, path, random] = [randomSecret(), randomSecret(), randomSecret(), randomSecret()]
      const secrets = [code, state, access, refresh, id, description, path, random]
      const status = [200, 400, 401, 429, 503][run % 5] ?? 200
      let taken = 0
      const issuer = 'https://id.example/tenant'
      const metadata = {
        issuer,
        authorization_endpoint: 'https://id.example/authorize',
        token_endpoint: 'https://id.example/token',
        jwks_uri: 'https://id.example/keys',
      }
      const { client, recorder } = createRecordedClient({
        issuer,
        clientId: 'app',
        redirectUri: `${location.origin}/callback`,
        metadata,
        restore: 'none',
        resourceOrigins: ['https://api.example'],
        random: () => `${random}${taken++}`.padEnd(43, 'x'),
        navigate: () => {},
        tokenStorage: localTokenStorage(),
        fetch: async () =>
          Response.json(
            {
              access_token: access,
              refresh_token: refresh,
              id_token: id,
              token_type: 'Bearer',
              error: description,
              error_description: `${description} ${code}`,
            },
            { status, headers: { 'x-trace': id } },
          ),
      })
      await client.login({ parameters: { login_hint: id, prompt: description } })
      const request = `${random}1`.padEnd(43, 'x')
      await client
        .handleCallback(`${location.origin}/callback?${new URLSearchParams({ code, state: request })}`)
        .catch(() => {})
      await client
        .handleCallback(
          `${location.origin}/callback?${new URLSearchParams({ error: description, error_description: code, state })}`,
        )
        .catch(() => {})
      await client.fetch(`https://api.example/${path}?q=${path}`).catch(() => {})
      await client.logout({ localOnly: true })
      const channel = new BroadcastChannel('countersign https://id.example/tenant app')
      channel.postMessage(`signed-out ${id}`)
      channel.postMessage(access)
      channel.close()
      await vi.waitUntil(() => recorder.entries().filter(({ kind }) => kind === 'tab').length > 1)
      const text = recorder.report() + JSON.stringify(recorder.entries())
      recorder.clear()
      expect(text).toContain('POST https://id.example/token authorization_code')
      expect(text).toContain('a message that is not understood')
      for (const one of [...secrets, request]) expect(text).not.toContain(one)
    }
  })
})
