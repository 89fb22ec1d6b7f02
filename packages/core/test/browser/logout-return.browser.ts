import { afterEach, describe, expect, it, vi } from 'vitest'
import { logoutAndReturn, type ReturningLogoutOptions, takeLogoutReturn } from '../../src/browser/logout-return.ts'
import { createBrowserSession } from './browser-session.ts'

const goodbye = `${location.origin}/goodbye`

/** A signed-in client that comes back after a logout, and the logout request that it sent. */
async function leavingSession(options?: ReturningLogoutOptions, postLogoutRedirectUri = goodbye) {
  const session = await createBrowserSession({ postLogoutRedirectUri })
  await session.login()
  const posts: { action: string; fields: Record<string, FormDataEntryValue> }[] = []
  vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(function (this: HTMLFormElement) {
    expect([this.method, this.isConnected]).toEqual(['post', true])
    posts.push({ action: this.action, fields: Object.fromEntries(new FormData(this)) })
  })
  const before = session.navigations.length
  const result = await logoutAndReturn(session.client, options)
  const sent = new URL(session.navigations[before] ?? 'about:blank').searchParams
  return { ...session, result, posts, sent, left: session.navigations.length - before }
}

const back = (state: string | null) => `${goodbye}?${new URLSearchParams({ state: `${state}` })}`

afterEach(() => void vi.restoreAllMocks())

describe('logoutAndReturn', () => {
  it('sends hint, client, registered address and a random state; the return is taken once (cases A-RPL-01 and H-01)', async () => {
    const first = await leavingSession({ returnTo: '/orders?page=2#latest' })
    expect(first.result).toEqual({ revoked: true, providerSessionOpen: false })
    expect([...first.sent.keys()].sort()).toEqual(['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state'])
    expect(first.sent.get('post_logout_redirect_uri')).toBe(goodbye)
    const { iss } = JSON.parse(atob(`${first.sent.get('id_token_hint')?.split('.')[1]}`))
    expect(iss).toBe(first.idp.issuer)
    expect(first.sent.get('state')).toMatch(/^[\w-]{43}$/)
    expect(takeLogoutReturn(first.client, back(first.sent.get('state')))).toEqual({ returnTo: '/orders?page=2#latest' })
    expect(location.href).toBe(`${location.origin}/orders?page=2#latest`)
    expect(takeLogoutReturn(first.client, back(first.sent.get('state')))).toBeUndefined()
    const second = await leavingSession()
    expect(second.sent.get('state')).not.toBe(first.sent.get('state'))
  })

  it('is followed nowhere with another state, or none, or two, or at another path (cases A-RPL-02 and A-RPL-03)', async () => {
    const { client, sent } = await leavingSession({ returnTo: '/orders' })
    const here = location.href
    const state = `${sent.get('state')}`
    for (const url of [
      back('foreign'),
      goodbye,
      `${back(state)}&state=foreign`,
      `${location.origin}/other?state=${state}`,
      `https://evil.example/goodbye?state=${state}`,
    ]) {
      expect(takeLogoutReturn(client, url)).toBeUndefined()
    }
    expect(location.href).toBe(here)
    expect(takeLogoutReturn(client, back(state))).toEqual({ returnTo: '/orders' })
  })

  it.each([
    'https://evil.example/x',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    `blob:${location.origin}/x`,
  ])('never leads to %j, also when the storage was changed to say so (case H-07)', async (returnTo) => {
    const { client, sent, idp } = await leavingSession({ returnTo })
    const state = `${sent.get('state')}`
    const [key = ''] = Object.keys(sessionStorage).filter(
      (name) => name.includes(idp.issuer) && name.endsWith('logout'),
    )
    expect(JSON.parse(sessionStorage.getItem(key) ?? '')).toEqual({ state, returnTo: '/' })
    sessionStorage.setItem(key, JSON.stringify({ state, returnTo }))
    expect(takeLogoutReturn(client, back(state))).toEqual({ returnTo: '/' })
    expect(location.href).toBe(`${location.origin}/`)
  })

  it('posts a form on demand, so that the hint is in no address (cases H-01 and H-08)', async () => {
    const { posts, left, idp, client } = await leavingSession({ by: 'form' })
    expect(left).toBe(0)
    expect(posts).toEqual([
      {
        action: `${idp.url}/oauth2/v1/logout`,
        fields: {
          client_id: expect.any(String),
          id_token_hint: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
          post_logout_redirect_uri: goodbye,
          state: expect.any(String),
        },
      },
    ])
    expect(document.querySelector('form')).toBeNull()
    expect(takeLogoutReturn(client, back(`${posts[0]?.fields.state}`))).toEqual({ returnTo: '/' })
  })

  it('posts a form where the address would be too long, unless told otherwise (case H-01)', async () => {
    const long = `${goodbye}?${'x'.repeat(2000)}`
    expect((await leavingSession({}, long)).posts).toHaveLength(1)
    expect((await leavingSession({ by: 'url' }, long)).left).toBe(1)
  })

  it('says nothing of the hint to the log (case H-08)', async () => {
    const log = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
    await leavingSession({ by: 'form' })
    for (const method of log) expect(method).not.toHaveBeenCalled()
  })

  it('logs out without a way back where the storage is blocked', async () => {
    const { setItem } = Storage.prototype
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(function (this: Storage, key, text) {
      if (this === sessionStorage) throw new DOMException('blocked', 'SecurityError')
      setItem.call(this, key, text)
    })
    const { sent, result } = await leavingSession()
    expect(result).toEqual({ revoked: true, providerSessionOpen: false })
    expect(sent.has('state')).toBe(false)
  })

  it('ignores what something else wrote under its name', async () => {
    const { client, sent, idp } = await leavingSession()
    const [key = ''] = Object.keys(sessionStorage).filter(
      (name) => name.includes(idp.issuer) && name.endsWith('logout'),
    )
    for (const text of ['{', 'null', '[]', '{"state":1}', JSON.stringify({ state: sent.get('state') })]) {
      sessionStorage.setItem(key, text)
      expect(takeLogoutReturn(client, back(sent.get('state')))).toBeUndefined()
    }
  })

  it('needs a registered address, and knows its options', async () => {
    const { client } = await createBrowserSession()
    await expect(logoutAndReturn(client)).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
    await expect(logoutAndReturn(client, { by: 'mail' as 'form' })).rejects.toMatchObject({
      code: 'OIDC_OPTION_INVALID',
    })
    await expect(logoutAndReturn(client, { to: '/' } as never)).rejects.toMatchObject({ code: 'OIDC_OPTION_UNKNOWN' })
  })
})
