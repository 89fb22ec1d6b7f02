import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { demoProject, type FaultName } from '@countersign/mock-idp'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { createControl } from '../../src/control/control.ts'
import { answerOf, claimsOf, get, mira, pairs } from '../support/relying-party.ts'
import {
  asWeb,
  authorizeUrl,
  codeFor,
  redeem,
  signIn,
  spa,
  standardIdp,
  web,
  webAuth,
} from '../support/standard-client.ts'

const uri = 'http://localhost:3000/backchannel'

/** A mock that delivers logout tokens to this test. */
function listening(answer: () => Response | Promise<Response> = () => new Response()) {
  const got: Request[] = []
  const fetch = async (request: Request) => {
    got.push(request.clone())
    return answer()
  }
  const idp = standardIdp({ standard: { fetch } })
  idp.clients.update(web.clientId, { backchannel_logout_uri: uri })
  return { idp, got }
}

/** Signs Mira in at the web application. */
async function signInAtWeb(idp: ReturnType<typeof standardIdp>) {
  return (await redeem(idp, await codeFor(idp, asWeb), { ...asWeb, client_id: undefined }, webAuth)).body
}

describe('back-channel logout', () => {
  it('sends a logout token to the clients of the session that want one, and to no other', async () => {
    const { idp, got } = listening()
    const { id_token } = await signInAtWeb(idp)
    const callback = await idp.driver.visit(authorizeUrl(idp))
    await redeem(idp, callback.searchParams.get('code') ?? '')
    const { sid } = claimsOf(id_token)
    idp.sessions.end(sid)
    expect(await idp.logouts.settled()).toEqual([{ clientId: web.clientId, uri, sessionId: sid, status: 200 }])
    const form = new URLSearchParams(await got[0]?.text())
    const { body: jwks } = await answerOf(await get(idp, '/jwks'))
    const { payload } = await jwtVerify(form.get('logout_token') ?? '', createLocalJWKSet(jwks), {
      typ: 'logout+jwt',
      issuer: idp.issuer,
      audience: web.clientId,
      currentDate: new Date(idp.clock.now()),
    })
    expect(payload).toMatchObject({
      sub: mira.id,
      sid,
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload).not.toHaveProperty('nonce')
    expect([got.length, got[0]?.method, got[0]?.url]).toEqual([1, 'POST', uri])
  })

  it.each<[string, () => Response | Promise<Response>, object]>([
    ['refuses', () => new Response(null, { status: 400 }), { status: 400 }],
    ['does not answer', () => Promise.reject(new TypeError('no route')), { error: 'no route' }],
  ])('does not hold the logout up when the client %s', async (_, answer, outcome) => {
    const { idp } = listening(answer)
    const { id_token } = await signInAtWeb(idp)
    const query = pairs({ id_token_hint: id_token })
    expect((await get(idp, `/logout?${query}`, { cookie: idp.driver.cookies })).status).toBe(200)
    expect(await idp.logouts.settled()).toMatchObject([outcome])
    expect(idp.audit.entries.some(({ detail }) => detail.startsWith('back-channel logout: '))).toBe(true)
  })

  it('delivers what an armed fault made of the token, to a real receiver, and then a good one again', async () => {
    const got: string[] = []
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      got.push(new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '')
      response.end()
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    try {
      const idp = standardIdp()
      const { port } = receiver.address() as AddressInfo
      idp.clients.update(web.clientId, { backchannel_logout_uri: `http://127.0.0.1:${port}/backchannel` })
      idp.faults.next('logout-token-aud-wrong', {}, { client: web.clientId })
      for (const _ of ['with the fault', 'without']) {
        const { id_token } = await signInAtWeb(idp)
        await get(idp, `/logout?${pairs({ id_token_hint: id_token })}`, { cookie: idp.driver.cookies })
        await idp.logouts.settled()
      }
      expect(got.map((token) => claimsOf(token).aud)).toEqual([['another-client'], web.clientId])
      const logouts = idp.log.entries.filter(({ endpoint }) => endpoint === 'logout')
      expect(logouts.map(({ faults }) => faults)).toEqual([['logout-token-aud-wrong'], []])
    } finally {
      receiver.closeAllConnections()
      receiver.close()
    }
  })

  it('logout-token-sid-other names the session of another user where there is one', async () => {
    const { idp, got } = listening()
    const { sid } = claimsOf((await signInAtWeb(idp)).id_token)
    const other = await idp.sessions.create(demoProject.users.noa.loginId)
    idp.faults.next('logout-token-sid-other')
    idp.sessions.end(sid)
    await idp.logouts.settled()
    const form = new URLSearchParams(await got[0]?.text())
    expect(claimsOf(form.get('logout_token') ?? '')).toMatchObject({ sub: mira.id, sid: other.id })
  })

  it('never leaves loopback unless the host was allowed', async () => {
    const { idp, got } = listening()
    idp.clients.update(web.clientId, { backchannel_logout_uri: 'https://app.example/backchannel' })
    await signInAtWeb(idp)
    for (const { id } of idp.sessions.list()) idp.sessions.end(id)
    const [delivery] = await idp.logouts.settled()
    expect(delivery?.error).toContain('config.standard.allowNetwork')
    expect(got).toEqual([])
  })
})

describe('a logout token on its way', () => {
  it.each<[string, (idp: ReturnType<typeof standardIdp>) => () => void]>([
    ['a reset', (idp) => () => idp.reset()],
    ['a return to a snapshot', (idp) => idp.snapshot().restore],
  ])('leaves nothing behind after %s', async (_, prepare) => {
    let arrive = (_response: Response): void => {}
    const { idp } = listening(() => new Promise((resolve) => (arrive = resolve)))
    const goBack = prepare(idp)
    const { id_token } = await signInAtWeb(idp)
    idp.sessions.end(claimsOf(id_token).sid)
    const settled = idp.logouts.settled()
    await expect.poll(() => arrive.name).not.toBe('arrive')
    goBack()
    arrive(new Response())
    await settled
    expect([idp.logouts.deliveries, idp.audit.entries]).toEqual([[], []])
  })
})

describe('front-channel logout', () => {
  const frame = 'http://localhost:5173/signed-out'

  it.each(['http://localhost:5174/x', 'https://localhost:5173/x', 'https://other.example/x'])(
    'is not for %s, where no redirect URI of the client is (Front-Channel Logout 2)',
    (uri) => {
      const { clients } = standardIdp()
      expect(() => clients.update(spa.clientId, { frontchannel_logout_uri: uri })).toThrow('those of a redirect URI')
      expect(clients.update(spa.clientId, { frontchannel_logout_uri: frame }).frontchannel_logout_uri).toBe(frame)
    },
  )

  it('loads the address of each client in a frame of the signed-out page, with iss and sid where asked', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { frontchannel_logout_uri: frame, frontchannel_logout_session_required: true })
    const { id_token } = await signIn(idp)
    const { sid } = claimsOf(id_token)
    const page = await get(idp, `/logout?${pairs({ id_token_hint: id_token })}`, { cookie: idp.driver.cookies })
    const query = `iss=${encodeURIComponent(idp.issuer)}&amp;sid=${encodeURIComponent(sid)}`
    expect(await page.text()).toContain(`<iframe src="${frame}?${query}" hidden`)
    expect(page.headers.get('content-security-policy')).toContain('frame-src http://localhost:5173;')
  })

  it('leads back to the client when the frames had their time', async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { frontchannel_logout_uri: frame })
    const { id_token } = await signIn(idp)
    const home = 'http://localhost:5173/'
    const fields = { id_token_hint: id_token, post_logout_redirect_uri: home, state: 's' }
    const page = await get(idp, `/logout?${pairs(fields)}`, { cookie: idp.driver.cookies })
    expect([page.status, page.headers.get('refresh')]).toEqual([200, `2;url=${home}?state=s`])
    expect(await page.text()).toContain(`<a class="button" href="${home}?state=s">`)
  })

  /** A mock where Mira is signed in at the single-page app, which wants to be told. */
  const told = async () => {
    const idp = standardIdp()
    idp.clients.update(spa.clientId, { frontchannel_logout_uri: frame, frontchannel_logout_session_required: true })
    const { sid } = claimsOf((await signIn(idp)).id_token)
    return { idp, sid, good: `${frame}?${pairs({ iss: idp.issuer, sid })}` }
  }

  it('starts at the provider: gives the address for a session, live or ended, and for a user', async () => {
    const { idp, sid, good } = await told()
    const call = { clientId: spa.clientId, uri: good, withoutCookies: false }
    expect(idp.logouts.frontChannel(mira.loginId)).toEqual([call])
    idp.sessions.end(sid)
    expect(idp.logouts.frontChannel(sid)).toEqual([call])
    expect(idp.logouts.frontChannel(demoProject.users.noa.loginId)).toEqual([])
    expect(() => idp.logouts.frontChannel('nobody')).toThrow(/"nobody" is neither a session nor a user/)
  })

  it('starts over the control surface as well, where deliveries of the back channel can be read', async () => {
    const { idp, sid, good } = await told()
    const control = createControl(idp)
    const call = async (method: string, path: string, body?: object) => {
      const init = body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}
      const request = new Request(`http://localhost/mock/v1/${path}`, { method, ...init })
      return answerOf(await control(request, { loopbackPeer: true }))
    }
    const { status, body } = await call('POST', 'logouts/front-channel', { name: sid })
    expect([status, body]).toEqual([200, [{ clientId: spa.clientId, uri: good, withoutCookies: false }]])
    expect((await call('POST', 'logouts/front-channel', { name: 'nobody' })).status).toBe(400)
    idp.clients.update(spa.clientId, { backchannel_logout_uri: 'https://app.example/backchannel' })
    idp.sessions.end(sid)
    expect((await call('GET', 'logouts')).body).toMatchObject([{ clientId: spa.clientId, sessionId: sid }])
  })

  it.each<[FaultName, (query: { iss: string; sid: string }) => string]>([
    ['front-channel-iss-wrong', ({ sid }) => `?${pairs({ iss: 'https://attacker.example', sid })}`],
    ['front-channel-iss-missing', ({ sid }) => `?${pairs({ sid })}`],
    ['front-channel-sid-wrong', ({ iss }) => `?${pairs({ iss, sid: 'session-of-somebody-else' })}`],
    ['front-channel-sid-missing', ({ iss }) => `?${pairs({ iss })}`],
    [
      'front-channel-sid-duplicated',
      ({ iss, sid }) => `?${pairs({ iss, sid: 'session-of-somebody-else' })}&sid=${sid}`,
    ],
    ['front-channel-parameters-missing', () => ''],
  ])('%s changes the next call alone', async (name, expected) => {
    const { idp, sid, good } = await told()
    idp.faults.next(name)
    const uris = [1, 2].map(() => idp.logouts.frontChannel(sid)[0]?.uri)
    expect(uris).toEqual([`${frame}${expected({ iss: idp.issuer, sid })}`, good])
  })

  it('front-channel-without-cookies marks the frame of the signed-out page', async () => {
    for (const isArmed of [true, false]) {
      const { idp } = await told()
      if (isArmed) idp.faults.next('front-channel-without-cookies')
      const page = await get(idp, '/logout', { cookie: idp.driver.cookies })
      const confirm = /name="confirm" value="([^"]+)"/.exec(await page.text())?.[1]
      const signedOut = await get(idp, `/logout?${pairs({ confirm })}`, { cookie: idp.driver.cookies })
      expect(/<iframe [^>]* credentialless>/.test(await signedOut.text())).toBe(isArmed)
    }
  })
})
