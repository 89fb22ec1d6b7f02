import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { consoleHost, openConsole } from '../support/console.ts'
import {
  authorize,
  authorizeUrl,
  basic,
  claimsOf,
  codeFor,
  get,
  headerOf,
  iva,
  mira,
  refresh,
  signIn,
  token,
} from '../support/relying-party.ts'

const secretOf = (page: string): string => /<code class="secret"[^>]*>([^<]+)</.exec(page)?.[1] ?? ''

const machineLogin = (idp: Parameters<typeof token>[0], clientId: string, secret: string) =>
  token(idp, { grant_type: 'client_credentials' }, 'inbound', basic(clientId, secret))

describe('the acts of the console', () => {
  it('creates a confidential application, whose secret the token endpoint takes', async () => {
    const { act, idp } = openConsole()
    const page = await act('/apps/create', {
      name: 'Partner',
      kind: 'inbound',
      clientType: 'confidential',
      redirectUris: 'https://partner.example/callback\r\n\r\nhttps://partner.example/other',
      scopes: 'notes.read Read your notes\nnotes.write',
    })
    const app = idp.inboundApps.list().at(-1)
    expect(app).toMatchObject({
      name: 'Partner',
      approvedCallbackUrls: ['https://partner.example/callback', 'https://partner.example/other'],
      permissionsScopes: [
        { name: 'notes.read', description: 'Read your notes' },
        { name: 'notes.write', description: 'notes.write' },
      ],
    })
    expect((await machineLogin(idp, app?.clientId ?? '', secretOf(page))).status).toBe(200)
  })

  it('creates a public application, which authorize takes and which has no secret', async () => {
    const { act, idp } = openConsole()
    const redirectUri = 'https://page.example/callback'
    const page = await act('/apps/create', {
      name: 'Page',
      kind: 'oidc',
      clientType: 'public',
      redirectUris: redirectUri,
    })
    const clientId = idp.oidcApps.list().at(-1)?.clientId ?? ''
    expect([secretOf(page), page.includes(clientId)]).toEqual(['', true])
    const fields = { client_id: clientId, redirect_uri: redirectUri, prompt: 'none' }
    expect((await authorize(idp, fields)).get('error')).toBe('login_required')
  })

  it('says what does not fit in a new application and keeps what was typed', async () => {
    const { act, idp } = openConsole()
    const page = await act('/apps/create', {
      name: 'Half done',
      kind: 'oidc',
      clientType: 'public',
      redirectUris: 'no-uri',
    })
    expect(page).toContain('no-uri is not an absolute URI')
    expect(page).toContain('value="Half done"')
    expect(idp.oidcApps.get('Half done')).toBeUndefined()
    expect(await act('/apps/create', { kind: 'oidc', clientType: 'public' })).toContain('name: expected text')
  })

  it('rotates a secret: the old one is refused, the new one taken', async () => {
    const { act, idp } = openConsole()
    const { clientId } = demoProject.agent
    const old = idp.inboundApps.secret(clientId)
    const fresh = secretOf(await act('/apps/rotate', { id: clientId, kind: 'inbound' }))
    expect(fresh).not.toBe(old)
    expect((await machineLogin(idp, clientId, old)).body.error).toBe('invalid_client')
    expect((await machineLogin(idp, clientId, fresh)).status).toBe(200)
  })

  it('shows a new secret once: after a reload it is gone', async () => {
    const { send } = openConsole()
    const origin = `http://${consoleHost}`
    const form = new URLSearchParams({ id: demoProject.agent.clientId, kind: 'inbound' }).toString()
    const location = (await send('POST', '/apps/rotate', { origin }, form)).headers.get('location') ?? ''
    const address = location.slice('/mock/console'.length)
    const secret = secretOf((await send('GET', address)).text)
    expect(secret).toMatch(/^.{20,}$/)
    expect(location).not.toContain(secret)
    expect((await send('GET', address)).text).not.toContain(secret)
  })

  it('ends a session: prompt=none answers login_required, and its refresh token is dead', async () => {
    const { act, idp } = openConsole()
    const { refresh_token: refreshToken } = await signIn(idp)
    const silent = async () => (await idp.driver.visit(authorizeUrl(idp, { prompt: 'none' }))).searchParams.get('error')
    expect(await silent()).toBeNull()
    const [session] = idp.sessions.list()
    expect(await act('/sessions/end', { id: session?.id ?? '' })).toContain('The session has ended')
    expect(await silent()).toBe('login_required')
    expect((await refresh(idp, refreshToken)).body.error).toBe('invalid_grant')
    expect(await act('/sessions/end', { id: session?.id ?? '' })).toContain('has ended already')
  })

  it('deletes a consent: the refresh tokens that rest on it end', async () => {
    const { act, idp } = openConsole()
    const { refresh_token: refreshToken } = await signIn(idp, {}, 'inbound')
    const [consent] = idp.consents.search()
    expect((await refresh(idp, refreshToken, {}, 'inbound')).status).toBe(200)
    await act('/consents/delete', { id: consent?.id ?? '' })
    expect(idp.consents.search()).toEqual([])
    expect((await refresh(idp, refreshToken, {}, 'inbound')).body.error).toBe('invalid_grant')
    expect(await act('/consents/delete', { id: consent?.id ?? '' })).toContain('this consent is gone')
  })

  it('rotates keys: new tokens have the new kid, and the key set has both', async () => {
    const { act, idp } = openConsole()
    const before = idp.keys.kid
    await act('/clock/rotate-keys')
    const { id_token: idToken } = await signIn(idp)
    expect(headerOf(idToken).kid).not.toBe(before)
    expect(idp.keys.published).toEqual([headerOf(idToken).kid, before])
    await act('/clock/drop-key', { kid: before })
    expect(idp.keys.published).toEqual([headerOf(idToken).kid])
    expect(await act('/clock/drop-key', { kid: before })).toContain('not in the key set')
  })

  it('moves the clock, and with it the time in tokens', async () => {
    const { act, idp } = openConsole()
    const iat = async () => claimsOf((await signIn(idp)).id_token).iat
    const before = await iat()
    await act('/clock/advance', { seconds: '3600' })
    expect(await iat()).toBe(before + 3600)
    await act('/clock/set', { time: '2030-02-03T04:05:06' })
    expect(await iat()).toBe(Date.UTC(2030, 1, 3, 4, 5, 6) / 1000)
  })

  it.each([
    ['/clock/advance', { seconds: '1.5' }],
    ['/clock/advance', { seconds: '99999999999999' }],
    ['/clock/set', { time: 'tomorrow' }],
    ['/clock/set', { time: '' }],
  ])('leaves the clock alone when %s is given %j', async (path, fields: Record<string, string>) => {
    const { act, idp } = openConsole()
    const before = idp.clock.now()
    expect(await act(path, fields)).toContain('role="alert"')
    expect(idp.clock.now()).toBe(before)
  })

  it('brings the clock to the time of this machine', async () => {
    const { act, idp } = openConsole()
    await act('/clock/now')
    expect(Math.abs(idp.clock.now() - Date.now())).toBeLessThan(60_000)
  })

  it('arms a fault once or for good, and clears it', async () => {
    const { act, idp } = openConsole()
    const status = async () => (await get(idp, `/${demoProject.projectId}/.well-known/jwks.json`)).status
    const name = 'jwks-status-500'
    expect(await act('/faults/next', { name })).toContain('1 armed')
    expect([await status(), await status()]).toEqual([500, 200])
    await act('/faults/always', { name })
    expect([await status(), await status()]).toEqual([500, 500])
    await act('/faults/clear', { name })
    expect(await status()).toBe(200)
    await act('/faults/always', { name })
    expect(await act('/faults/clear')).toContain('none armed')
    expect(await status()).toBe(200)
    expect(await act('/faults/next', { name: 'no-such-fault' })).toContain('is not a fault')
  })

  it('comes back to the faults as they were filtered', async () => {
    const { act } = openConsole()
    const page = await act('/faults/next', { name: 'response-iss-wrong', q: 'RFC 9207' })
    expect(page).toContain('response-iss-wrong is armed')
    expect(page).not.toContain('token-hang')
  })

  it('arms a fault with options, for some requests, a client and an endpoint', async () => {
    const { act, idp } = openConsole()
    const fields = { name: 'answer-status', options: '{"status":502}', times: '2', after: '1', endpoint: 'token' }
    const page = await act('/faults/next', { ...fields, client: 'me' })
    for (const text of ['2 requests', 'after 1', 'at token', 'for me', '502']) expect(page).toContain(text)
    expect(idp.faults.armed()).toEqual([
      { name: 'answer-status', options: { status: 502 }, times: 2, after: 1, endpoint: 'token', client: 'me' },
    ])
    expect(await act('/faults/always', { ...fields, options: '{' })).toContain('expected a JSON object')
    expect(idp.faults.armed()).toHaveLength(1)
  })

  it('disables a user, who then cannot sign in, and lets the user in again', async () => {
    const { act, idp } = openConsole()
    await act('/users/status', { id: mira.id, status: 'disabled' })
    await expect(codeFor(idp)).rejects.toThrow()
    await act('/users/status', { id: mira.id, status: 'active' })
    expect(await codeFor(idp)).toMatch(/./)
    expect(await act('/users/status', { id: 'nobody', status: 'active' })).toContain('this user is gone')
    expect(idp.users.get(iva.id)?.status).toBe('disabled')
  })

  it('resets the mock', async () => {
    const { act, idp } = openConsole()
    await signIn(idp)
    idp.clock.advance(5)
    await act('/clock/reset')
    expect([idp.sessions.list(), idp.log.entries, idp.clock.now()]).toEqual([[], [], Date.UTC(2026, 0, 1)])
  })
})
