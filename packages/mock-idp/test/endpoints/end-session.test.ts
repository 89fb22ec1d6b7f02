import { describe, expect, it } from 'vitest'
import { fixedIdp, get, mira, noa, pairs, post, refresh, signIn, userinfo } from '../support/relying-party.ts'

type Idp = ReturnType<typeof fixedIdp>
const path = '/oauth2/v1/logout'
const afterLogout = 'http://localhost:5173/bye'

const logout = (idp: Idp, fields: Parameters<typeof pairs>[0], headers: Record<string, string> = {}) =>
  get(idp, `${path}?${pairs(fields)}`, { accept: 'text/html', ...headers })

describe('logout (2.9)', () => {
  it('ends the session of the hint, clears the cookie and redirects with state (S-199 to S-201)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    const fields = { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${afterLogout}?a=1`, state: 'x y' }
    const response = await logout(idp, fields, { cookie: idp.driver.cookies })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(`${afterLogout}?a=1&state=x+y`)
    expect(response.headers.getSetCookie()[0]).toMatch(/^DSR=; Path=\/; Max-Age=0;/)
    expect(idp.sessions.list()).toEqual([])
    expect((await refresh(idp, tokens.refresh_token)).body.error).toBe('invalid_grant')
    expect((await userinfo(idp, tokens.access_token)).status).toBe(401)
  })

  it('works without a cookie and for an expired hint (S-200)', async () => {
    const idp = fixedIdp()
    const { id_token } = await signIn(idp)
    idp.clock.advance(3600)
    expect((await logout(idp, { id_token_hint: id_token })).status).toBe(200)
    expect(idp.sessions.list()).toEqual([])
  })

  it('shows the signed-out page without a redirect URI, and answers POST with 303 (S-079)', async () => {
    const idp = fixedIdp()
    const first = await signIn(idp)
    const page = await logout(idp, { id_token_hint: first.id_token })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('You are signed out')
    const second = await signIn(idp)
    const fields = { id_token_hint: second.id_token, post_logout_redirect_uri: afterLogout }
    expect((await post(idp, path, fields)).status).toBe(303)
  })

  it('ends the session but does not redirect to a URI that is not allowed (S-201, A-43)', async () => {
    const idp = fixedIdp()
    const { id_token } = await signIn(idp)
    const fields = { id_token_hint: id_token, post_logout_redirect_uri: 'https://attacker.example/' }
    const response = await logout(idp, fields)
    expect(response.status).toBe(400)
    expect(response.headers.has('location')).toBe(false)
    expect(response.headers.getSetCookie()[0]).toContain('Max-Age=0')
    expect(idp.sessions.list()).toEqual([])
  })

  it('leaves the cookie of another user alone', async () => {
    const idp = fixedIdp()
    const miras = await signIn(idp)
    await signIn(idp, {}, 'oidc', noa.loginId)
    const response = await logout(idp, { id_token_hint: miras.id_token }, { cookie: idp.driver.cookies })
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(idp.sessions.list().map((session) => session.userId)).toEqual([noa.id])
  })

  it('without a hint needs both the cookie and client_id (S-202)', async () => {
    const idp = fixedIdp()
    await signIn(idp)
    const cookie = idp.driver.cookies
    expect((await logout(idp, {}, { cookie })).status).toBe(400)
    expect((await logout(idp, { client_id: idp.projectId })).status).toBe(400)
    expect((await logout(idp, { client_id: 'nobody' }, { cookie })).status).toBe(400)
    expect(idp.sessions.list()).toHaveLength(1)
    expect((await logout(idp, { client_id: idp.projectId }, { cookie })).status).toBe(200)
    expect(idp.sessions.list()).toEqual([])
  })

  it('refuses a hint that is no ID token of this provider, and ends nothing (S-200)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    const inbound = await signIn(idp, {}, 'inbound')
    const other = await signIn(fixedIdp({ origin: 'http://127.0.0.1:9999' }))
    const hints = [
      'text',
      `${tokens.id_token.slice(0, -8)}AAAAAAAA`,
      tokens.access_token,
      tokens.refresh_token,
      inbound.id_token,
      other.id_token,
    ]
    for (const hint of hints) {
      const fields = { id_token_hint: hint, post_logout_redirect_uri: afterLogout }
      const response = await logout(idp, fields)
      expect([response.status, response.headers.get('location')]).toEqual([400, null])
    }
    expect(idp.sessions.list()).toHaveLength(2)
  })

  it('tells an access token from an ID token when both are forgotten (S-200)', async () => {
    const idp = fixedIdp({ lifetimes: { refreshTokenSeconds: 60 } })
    const tokens = await signIn(idp)
    idp.clock.advance(3 * 3600)
    await signIn(idp)
    expect((await logout(idp, { id_token_hint: tokens.access_token })).status).toBe(400)
    expect((await logout(idp, { id_token_hint: tokens.id_token })).status).toBe(200)
  })

  it('accepts a hint of a named application, and has no inbound logout (2.1)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'shop', name: 'Shop' }] })
    const { id_token } = await signIn(idp, { ssoAppId: 'shop' })
    expect((await get(idp, `/shop${path}?id_token_hint=${id_token}`)).status).toBe(200)
    expect((await get(idp, '/oauth2/v1/apps/logout')).status).toBe(404)
  })

  it('answers 400 for a repeated parameter and ends nothing', async () => {
    const idp = fixedIdp()
    const { id_token } = await signIn(idp)
    const response = await logout(idp, {
      id_token_hint: id_token,
      post_logout_redirect_uri: [afterLogout, afterLogout],
    })
    expect([response.status, response.headers.get('location')]).toEqual([400, null])
    expect(idp.sessions.list()).toHaveLength(1)
  })

  it('makes prompt=none answer login_required afterwards', async () => {
    const idp = fixedIdp()
    const { cookie } = await idp.sessions.create(mira.loginId)
    await logout(idp, { client_id: idp.projectId }, { cookie })
    expect(idp.sessions.list()).toEqual([])
  })
})
