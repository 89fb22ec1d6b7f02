import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { get, noa, pairs, post } from '../../support/relying-party.ts'
import { login, signIn, spa, standardIdp, userinfo } from '../../support/standard-client.ts'

const home = 'http://localhost:5173/'
const logout = (idp: MockIdp, fields: Parameters<typeof pairs>[0], cookie = idp.driver.cookies) =>
  get(idp, `/logout?${pairs(fields)}`, { cookie })

describe('logout (RP-Initiated Logout 1.0)', () => {
  it('ends the session of the hint and goes back with state', async () => {
    const idp = standardIdp()
    const { id_token, access_token } = await signIn(idp)
    const answer = await logout(idp, { id_token_hint: id_token, post_logout_redirect_uri: home, state: 's' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${home}?state=s`])
    expect(answer.headers.get('set-cookie')).toMatch(/^DSR=;.*Max-Age=0/)
    expect(idp.sessions.list()).toEqual([])
    expect((await userinfo(idp, access_token)).status).toBe(401)
  })

  it.each([
    ['without a hint', async () => ({})],
    ['with client_id alone', async () => ({ client_id: spa.clientId })],
    [
      'with the hint of another user',
      async (idp: MockIdp) => ({ id_token_hint: (await signIn(idp, {}, noa.loginId)).id_token }),
    ],
  ])('%s asks first, and ends the session when the page was answered (K-10.6.2)', async (_name, fieldsOf) => {
    const idp = standardIdp()
    const fields = { ...(await fieldsOf(idp)), client_id: spa.clientId, post_logout_redirect_uri: home }
    for (const { id } of idp.sessions.list()) idp.sessions.end(id)
    await login(idp)
    const page = await logout(idp, fields)
    const html = await page.text()
    expect([page.status, page.headers.get('location')]).toEqual([200, null])
    expect(idp.sessions.list()).toHaveLength(1)
    const confirm = /name="confirm" value="([^"]+)"/.exec(html)?.[1]
    const forged = await post(idp, '/logout', { ...fields, confirm: 'x' }, { cookie: idp.driver.cookies })
    expect([forged.status, idp.sessions.list().length]).toEqual([200, 1])
    const answer = await post(idp, '/logout', { ...fields, confirm }, { cookie: idp.driver.cookies })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, home])
    expect(idp.sessions.list()).toEqual([])
  })

  it('leads nowhere that is not registered, and ends nothing then (K-10.6.2)', async () => {
    const idp = standardIdp()
    const { id_token } = await signIn(idp)
    for (const post_logout_redirect_uri of ['https://evil.example/', `${home}more`, 'http://localhost:5174/']) {
      const answer = await logout(idp, { id_token_hint: id_token, post_logout_redirect_uri })
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
    }
    const without = await logout(idp, { post_logout_redirect_uri: home })
    expect(without.status).toBe(400)
    expect(idp.sessions.list()).toHaveLength(1)
  })

  it('refuses a client_id that is not the client of the hint', async () => {
    const idp = standardIdp()
    const { id_token } = await signIn(idp)
    expect((await logout(idp, { id_token_hint: id_token, client_id: 'mock-web' })).status).toBe(400)
    expect((await logout(idp, { id_token_hint: id_token, client_id: spa.clientId })).status).toBe(200)
  })
})
