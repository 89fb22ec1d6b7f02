import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
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

describe('front-channel logout', () => {
  const frame = 'http://localhost:5173/signed-out'

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
})
