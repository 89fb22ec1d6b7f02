import type { MockIdp } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { describe, expect, it } from 'vitest'
import { type Answer, answerOf, claimsOf, get, mira, post } from '../../support/relying-party.ts'
import { device, problemOf, spa, standardIdp, token } from '../../support/standard-client.ts'

const scope = 'openid offline_access'

const begin = async (idp: MockIdp, changes: object = {}): Promise<Answer> =>
  answerOf(await post(idp, '/device_authorization', { client_id: device.clientId, scope, ...changes }))

const poll = (idp: MockIdp, deviceCode: string, changes: object = {}) =>
  token(idp, {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: deviceCode,
    client_id: device.clientId,
    ...changes,
  })

/** Types the code on the page, signs in and answers the consent page. */
async function decide(idp: MockIdp, userCode: string, consent: 'allow' | 'deny' = 'allow') {
  const url = new URL('/device', idp.origin)
  // The driver stops in front of this address.
  url.searchParams.set('redirect_uri', url.href)
  const callback = await idp.driver.login(url, { user: mira.loginId, consent, inputs: { user_code: userCode } })
  return callback.searchParams.get('outcome')
}

describe('device grant (RFC 8628)', () => {
  it('gives tokens once the user has typed the code and allowed the device', async () => {
    const idp = standardIdp()
    const { status, body } = await begin(idp)
    expect([status, body]).toEqual([
      200,
      {
        device_code: expect.any(String),
        user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
        verification_uri: `${idp.origin}/device`,
        verification_uri_complete: `${idp.origin}/device?user_code=${body.user_code}`,
        expires_in: 600,
        interval: 5,
      },
    ])
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'authorization_pending'])
    expect(await decide(idp, body.user_code.toLowerCase().replace('-', ' '))).toBe('approved')
    idp.clock.advance(5)
    const answer = await poll(idp, body.device_code)
    expect([answer.status, claimsOf(answer.body.id_token)]).toEqual([
      200,
      expect.objectContaining({ sub: mira.id, aud: device.clientId }),
    ])
    expect(answer.body).toHaveProperty('refresh_token')
    idp.clock.advance(5)
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'invalid_grant'])
  })

  it('says slow_down to a device that polls too fast, and waits five seconds more each time', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    await poll(idp, body.device_code)
    idp.clock.advance(4)
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'slow_down'])
    idp.clock.advance(9)
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'slow_down'])
    idp.clock.advance(15)
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'authorization_pending'])
  })

  it('is good once, also when the user typed the code twice', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    const url = new URL('/device', idp.origin)
    const consentPages: Response[] = []
    const { cookie } = await idp.sessions.create(mira.loginId)
    for (const browser of ['one', 'two']) {
      const headers = { cookie: `${cookie}; mock_txn=${browser}` }
      const login = await post(idp, url.pathname, { user_code: body.user_code }, headers)
      const page = await get(idp, login.headers.get('location') ?? '', headers)
      consentPages.push(await get(idp, page.headers.get('location') ?? '', headers))
    }
    const outcomes: unknown[] = []
    for (const [index, page] of consentPages.entries()) {
      const html = await page.text()
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1]
      const headers = { cookie: `${cookie}; mock_txn=${['one', 'two'][index]}` }
      const form = { state_id: field('state_id'), csrf: field('csrf'), decision: 'allow' }
      const finish = await post(idp, '/consent', form, headers)
      const end = await get(idp, finish.headers.get('location') ?? '', headers)
      idp.clock.advance(10)
      outcomes.push(end.headers.get('location'), (await poll(idp, body.device_code)).status)
    }
    expect(outcomes).toEqual([`${url}?outcome=approved`, 200, `${url}?outcome=unknown`, 400])
  })

  it('ends with the consent of the user, before the device has asked', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    await decide(idp, body.user_code)
    expect(idp.consents.delete({ userIds: [mira.id] })).toBe(1)
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'invalid_grant'])
  })

  it('says access_denied when the user does', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    expect(await decide(idp, body.user_code, 'deny')).toBe('denied')
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'access_denied'])
  })

  it('ends after ten minutes', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    idp.clock.advance(600)
    expect(problemOf(await poll(idp, body.device_code))).toEqual([400, 'expired_token'])
    await expect(decide(idp, body.user_code)).rejects.toThrow('This code is unknown or has expired')
  })

  it('is for the client of the code, and for clients that are registered for it', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    idp.clients.update(spa.clientId, {
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: [],
    })
    expect(problemOf(await poll(idp, body.device_code, { client_id: spa.clientId }))).toEqual([400, 'invalid_grant'])
    expect(problemOf(await begin(standardIdp(), { client_id: spa.clientId }))).toEqual([400, 'unauthorized_client'])
    expect(problemOf(await poll(idp, 'other'))).toEqual([400, 'invalid_grant'])
  })

  it('shows a page with the code of the address, and keeps codes out of the journal', async () => {
    const idp = standardIdp()
    const { body } = await begin(idp)
    const html = await (await get(idp, body.verification_uri_complete, { accept: 'text/html' })).text()
    expect(html).toContain(`value="${body.user_code}"`)
    await poll(idp, body.device_code)
    const log = JSON.stringify(idp.log.entries)
    expect(log).not.toContain(body.device_code)
    expect(log).not.toContain(body.user_code)
  })

  describe('wrong user codes (RFC 8628 5.1)', () => {
    const type = (idp: MockIdp, userCode: string, headers: Record<string, string> = {}) =>
      post(idp, '/device', { user_code: userCode }, { accept: 'text/html', ...headers })
    const guess = async (idp: MockIdp, times: number, headers: Record<string, string> = {}) => {
      for (let time = 0; time < times; time++) expect((await type(idp, 'BBBB-BBBB', headers)).status).toBe(200)
    }

    it('may be typed five times in ten minutes, and then no code is looked at', async () => {
      const idp = standardIdp()
      const { body } = await begin(idp)
      await guess(idp, 4)
      idp.clock.advance(60)
      await guess(idp, 1)
      for (const code of ['BBBB-BBBB', body.user_code]) {
        const refused = await type(idp, code)
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '540'])
        expect(await refused.text()).toMatch(/role="alert"[^>]*>Too many wrong codes\. Wait 9 min/)
      }
      expect(idp.log.entries.at(-1)?.reason).toBe('too many wrong codes')
    })

    it('are forgiven after that time, and right ones do not count', async () => {
      const idp = standardIdp()
      await guess(idp, 5)
      idp.clock.advance(599)
      expect((await type(idp, 'BBBB-BBBB')).status).toBe(429)
      idp.clock.advance(1)
      for (let device = 0; device < 6; device++) {
        const { body } = await begin(idp)
        expect(await decide(idp, body.user_code)).toBe('approved')
      }
      await guess(idp, 5)
      expect((await type(idp, 'BBBB-BBBB')).status).toBe(429)
    })

    it('a right code between them does not start the count anew', async () => {
      const idp = standardIdp()
      await guess(idp, 4)
      const { body } = await begin(idp)
      expect((await type(idp, body.user_code)).status).toBe(303)
      await guess(idp, 1)
      expect((await type(idp, 'BBBB-BBBB')).status).toBe(429)
    })

    it('count for the user who is signed in and for the address, whatever headers say', async () => {
      const { idp, url, close } = await startMockIdp({ profile: 'standard', deterministic: {} })
      const typed = (headers: Record<string, string>) =>
        fetch(`${url}/device`, { method: 'POST', headers, body: new URLSearchParams({ user_code: 'BBBB-BBBB' }) })
      // In process is another address than the one of the socket.
      const { cookie } = await idp.sessions.create(mira.loginId)
      await guess(idp, 3, { cookie })
      expect((await typed({ cookie })).status).toBe(200)
      expect((await typed({ cookie })).status).toBe(200)
      expect((await typed({ cookie })).status).toBe(429)
      for (let time = 0; time < 3; time++) {
        const headers = { 'x-forwarded-for': `192.0.2.${time}`, cookie: `mock_txn=${time}` }
        expect((await typed(headers)).status).toBe(200)
      }
      expect((await typed({ 'x-forwarded-for': '192.0.2.9' })).status).toBe(429)
      expect((await type(idp, 'BBBB-BBBB')).status).toBe(200)
      idp.reset()
      expect((await typed({})).status).toBe(200)
      await close()
    })
  })
})
