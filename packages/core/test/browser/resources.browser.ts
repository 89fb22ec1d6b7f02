import { standardDemo } from '@countersign/mock-idp'
import { describe, expect, it, vi } from 'vitest'
import { proofOfPossession } from '../../src/browser/dpop.ts'
import { type BrowserClientOptions, localTokenStorage } from '../../src/browser/index.ts'
import { createResourceTokens } from '../../src/browser/resources.ts'
import { startRemoteApi } from './browser-session.ts'
import { createStandardSession } from './standard-session.ts'

const { contacts, files } = standardDemo.resources
const scope = 'openid profile offline_access contacts.read contacts.write files.read'

/** A signed-in client of two APIs, and its token requests since. */
async function twoApis(options: Partial<BrowserClientOptions> = {}) {
  const session = await createStandardSession({ scope, resources: [contacts, files], ...options })
  await session.login()
  session.requests.splice(0)
  const bodies = () =>
    session.requests.filter(({ path }) => path === '/token').map(({ body }) => new URLSearchParams(body))
  return { ...session, bodies }
}

const audienceOf = (token: string) => JSON.parse(atob(`${token.split('.')[1]}`)).aud

describe('the option resources', () => {
  it('is in the authorization request as a whole, and its first one in the code exchange (RFC 8707 2)', async () => {
    const session = await createStandardSession({ scope, resources: [contacts, files] })
    await session.login()
    expect(new URL(session.navigations[0] ?? '').searchParams.getAll('resource')).toEqual([contacts, files])
    const exchange = session.requests.find(({ body }) => body.includes('grant_type=authorization_code'))?.body
    expect(new URLSearchParams(exchange).getAll('resource')).toEqual([contacts])
    expect(audienceOf(await session.client.getAccessToken())).toBe(contacts)
    await session.client.renew()
    expect(audienceOf(await session.client.getAccessToken())).toBe(contacts)
  })

  it('keeps the scopes of every API when a hidden frame renews the session', async () => {
    const asked: (string | null)[] = []
    const { client, idp } = await twoApis({
      scope: 'openid contacts.read files.read',
      pushedAuthorization: async (_server, _client, url) => {
        asked.push(url.searchParams.get('scope'))
        return url
      },
    })
    await idp.signIn()
    await client.renew()
    // The tokens of the session show the scopes of the first API alone.
    expect(client.getSnapshot()).toMatchObject({ scopes: new Set(['contacts.read']) })
    expect(asked.map((scope) => new Set(scope?.split(' ')))).toEqual(
      Array(2).fill(new Set(['openid', 'contacts.read', 'files.read'])),
    )
  })

  it('left out sends no resource', async () => {
    const session = await createStandardSession({ scope: 'openid profile' })
    await session.login()
    expect(session.navigations[0]).not.toContain('resource')
    expect(session.requests.map(({ body }) => body).join()).not.toContain('resource')
  })
})

describe('getAccessToken of createResourceTokens', () => {
  it('gives one token for each API, with the refresh token of the session (case G-22; behaviour 41)', async () => {
    const { client, bodies } = await twoApis()
    const resources = createResourceTokens(client)
    const own = await client.getAccessToken()
    const one = await resources.getAccessToken({ resource: contacts })
    const other = await resources.getAccessToken({ resource: files })
    expect(new Set([own, one, other]).size).toBe(3)
    expect(audienceOf(one)).toBe(contacts)
    expect(bodies().map((body) => [body.get('grant_type'), body.getAll('resource')])).toEqual([
      ['refresh_token', [contacts]],
      ['refresh_token', [files]],
    ])
    expect(await resources.getAccessToken({ resource: contacts })).toBe(one)
    expect(await client.getAccessToken()).toBe(own)
    expect(bodies()).toHaveLength(2)
  })

  it('never shrinks the scopes of the session by a narrower request (behaviour 41)', async () => {
    const { client, bodies } = await twoApis()
    const scopesOf = () => {
      const state = client.getSnapshot()
      return state.status === 'authenticated' ? [...state.scopes] : []
    }
    const before = scopesOf()
    expect(before).toEqual(['contacts.read', 'contacts.write'])
    await createResourceTokens(client).getAccessToken({ resource: contacts, scope: 'contacts.read' })
    expect(bodies()[0]?.get('scope')).toBe('contacts.read')
    expect(scopesOf()).toEqual(before)
    await client.renew()
    expect(scopesOf()).toEqual(before)
  })

  it('gives another token for other scopes, and a broader one never in place of a narrower one (case G-22)', async () => {
    const { client, bodies } = await twoApis()
    const resources = createResourceTokens(client)
    const ask = (...scope: string[]) => resources.getAccessToken({ resource: contacts, scope: scope.join(' ') })
    const broad = await ask('contacts.read', 'contacts.write')
    const narrow = await ask('contacts.read')
    const other = await ask('contacts.write')
    const scopesOf = (token: string) => JSON.parse(atob(`${token.split('.')[1]}`)).scope
    expect([broad, narrow, other].map(scopesOf)).toEqual([
      'contacts.read contacts.write',
      'contacts.read',
      'contacts.write',
    ])
    expect(await ask('contacts.read')).toBe(narrow)
    expect(bodies()).toHaveLength(3)
  })

  it('gives no token of another client on the origin (case G-22)', async () => {
    const [one, other] = [await twoApis(), await twoApis()]
    for (const { client } of [one, other]) await createResourceTokens(client).getAccessToken({ resource: files })
    expect([one.bodies().length, other.bodies().length]).toEqual([1, 1])
  })

  it('requests a token anew when it is about to expire, and leaves the session alone (behaviour 41)', async () => {
    const { idp, client, bodies } = await twoApis()
    const resources = createResourceTokens(client)
    await idp.advance(300)
    const first = await resources.getAccessToken({ resource: files })
    await idp.advance(400)
    expect(await resources.getAccessToken({ resource: files })).toBe(first)
    await client.getAccessToken()
    expect(bodies().map((body) => body.get('resource'))).toEqual([files, contacts])
    await idp.advance(200)
    expect(await resources.getAccessToken({ resource: files })).not.toBe(first)
    expect(bodies()).toHaveLength(3)
  })

  it('shares one request between parallel calls for the same API', async () => {
    const { client, bodies } = await twoApis()
    const resources = createResourceTokens(client)
    const read = () => resources.getAccessToken({ resource: files })
    expect(new Set(await Promise.all([read(), read(), read()])).size).toBe(1)
    expect(bodies()).toHaveLength(1)
  })

  it.each([
    ['memory', {}],
    ['a shared storage', { tokenStorage: localTokenStorage() }],
  ])('takes turns with the renewal of the session, so that rotation ends nothing (%s)', async (_, options) => {
    const { client, bodies } = await twoApis(options)
    const resources = createResourceTokens(client)
    await Promise.all([
      resources.getAccessToken({ resource: files }),
      client.renew(),
      resources.getAccessToken({ resource: contacts }),
      client.renew(),
    ])
    const used = bodies().map((body) => body.get('refresh_token'))
    expect(used).toHaveLength(3)
    expect(new Set(used).size).toBe(3)
    await client.renew()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('takes turns with the other tabs of a shared storage', async () => {
    const { client, anotherTab, bodies } = await twoApis({ tokenStorage: localTokenStorage() })
    const other = anotherTab()
    await vi.waitUntil(() => other.getSnapshot().status === 'authenticated')
    await Promise.all([
      createResourceTokens(client).getAccessToken({ resource: files }),
      createResourceTokens(other).getAccessToken({ resource: files }),
      other.renew(),
    ])
    await client.renew()
    const used = bodies().map((body) => body.get('refresh_token'))
    expect(new Set(used).size).toBe(used.length)
    for (const tab of [client, other]) expect(tab.getSnapshot().status).toBe('authenticated')
  })

  it.each([
    ['invalid_target', { resource: 'https://other.example' }],
    ['invalid_scope', { resource: files, scope: 'files.write' }],
  ])('fails typed with %s of the provider, and the session goes on', async (error, request) => {
    const { client } = await twoApis()
    const refused = createResourceTokens(client).getAccessToken(request)
    await expect(refused).rejects.toMatchObject({ code: 'OIDC_TOKEN_ENDPOINT_ERROR', error })
    await client.renew()
    expect(client.getSnapshot().status).toBe('authenticated')
  })

  it('ends the session when the provider refuses the refresh token', async () => {
    const { client, idp } = await twoApis()
    await idp.breakOnce('token-error', { error: 'invalid_grant' })
    await expect(createResourceTokens(client).getAccessToken({ resource: files })).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })

  it.each([
    ['Bearer tokens', () => ({})],
    ['bound ones', () => ({ dpop: proofOfPossession() })],
  ])('leaves the newest refresh token of all tabs to a logout, which revokes that one (%s)', async (_, options) => {
    const session = await twoApis({ tokenStorage: localTokenStorage(), ...options() })
    const { client, idp, requests } = session
    const anotherTab = () => session.anotherTab(options())
    const other = anotherTab()
    await vi.waitUntil(() => other.getSnapshot().status === 'authenticated')
    await createResourceTokens(client).getAccessToken({ resource: files })
    const [key = ''] = Object.keys(localStorage).filter((name) => name.includes(idp.issuer) && name.endsWith(' tokens'))
    const { refreshToken } = JSON.parse(localStorage.getItem(key) ?? '{}')
    await expect(other.logout({ localOnly: true })).resolves.toMatchObject({ revoked: true })
    const revocation = requests.find(({ path }) => path === '/revoke')?.body
    expect(new URLSearchParams(revocation).get('token')).toBe(refreshToken)
  })

  it('fails typed without a refresh token', async () => {
    const { client } = await twoApis({ scope: 'openid contacts.read files.read' })
    await expect(createResourceTokens(client).getAccessToken({ resource: files })).rejects.toMatchObject({
      code: 'OIDC_REFRESH_TOKEN_MISSING',
    })
  })

  it('gives nothing after a logout', async () => {
    const { client } = await twoApis()
    const resources = createResourceTokens(client)
    await resources.getAccessToken({ resource: files })
    await client.logout({ localOnly: true })
    await expect(resources.getAccessToken({ resource: files })).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
  })

  it.each([{}, { resource: 'contacts' }, { resource: 'https://a.example#b' }, { resource: files, scope: '' }])(
    'refuses %j',
    async (request) => {
      const { client, bodies } = await twoApis()
      const read = createResourceTokens(client).getAccessToken(request as never)
      await expect(read).rejects.toMatchObject({ code: 'OIDC_OPTION_INVALID' })
      expect(bodies()).toEqual([])
    },
  )
})

describe('fetch of createResourceTokens', () => {
  it('sends the token of the origin, and gets another one after 401', async () => {
    const { client, bodies } = await twoApis()
    const api = await startRemoteApi({ status: 401 }, { status: 200 })
    const resources = createResourceTokens(client, { origins: { [new URL(api.url).origin]: { resource: files } } })
    expect((await resources.fetch(api.url)).status).toBe(200)
    expect(bodies().map((body) => body.get('resource'))).toEqual([files, files])
    const [first, second] = (await api.requests()).map(({ authorization }) => authorization)
    expect(second).toBe(`Bearer ${await resources.getAccessToken({ resource: files })}`)
    expect(first).not.toBe(second)
  })

  it('sends nothing to an origin that is not listed', async () => {
    const { client } = await twoApis()
    const { fetch } = createResourceTokens(client, { origins: { 'https://a.example': { resource: files } } })
    await expect(fetch('https://b.example/')).rejects.toMatchObject({ code: 'OIDC_ORIGIN_NOT_ALLOWED' })
  })

  it('refuses origins that are none', async () => {
    const { client } = await twoApis()
    expect(() => createResourceTokens(client, { origins: { 'https://a.example/x': { resource: files } } })).toThrow(
      expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }),
    )
  })

  it('sends proofs with tokens that are bound to a key', async () => {
    const { client } = await twoApis({ dpop: proofOfPossession() })
    const api = await startRemoteApi({ status: 200 })
    const resources = createResourceTokens(client, { origins: { [new URL(api.url).origin]: { resource: files } } })
    await resources.fetch(api.url)
    expect(await api.requests()).toMatchObject([
      { authorization: expect.stringMatching(/^DPoP /), dpop: expect.any(String) },
    ])
  })
})
