import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  authorizeUrl,
  basic,
  claimsOf,
  fixedIdp,
  get,
  mira,
  pairs,
  post,
  refresh,
  signIn,
  token,
  userinfo,
} from '../support/relying-party.ts'

const pid = demoProject.projectId
const { accessKey, agent } = demoProject

describe('errorShape (2.2, 2.18)', () => {
  const bodies = async (errorShape: 'mixed' | 'oauth' | 'service') => {
    const idp = fixedIdp({ compat: { errorShape } })
    const answers = [
      await token(idp, {}),
      await token(idp, { grant_type: 'refresh_token', refresh_token: 'x', client_id: pid }),
      await userinfo(idp, 'x'),
    ]
    return answers.map(({ body }) => body.error ?? body.errorCode)
  }

  it.each([
    ['mixed', ['E011002', 'invalid_grant', 'invalid_token']],
    ['oauth', ['invalid_request', 'invalid_grant', 'invalid_token']],
    ['service', ['E011002', 'E011001', 'E061005']],
  ] as const)('%s: a missing field, a bad grant and a bad token give %j', async (shape, expected) => {
    expect(await bodies(shape)).toEqual(expected)
  })

  it('leaves status, challenge and request id as they are', async () => {
    const answer = await userinfo(fixedIdp({ compat: { errorShape: 'service' } }), 'x')
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ])
    expect(answer.body).toMatchObject({ errorDescription: expect.any(String), requestId: 'mock-000001' })
  })
})

describe('m2mExtraTokens (2.6)', () => {
  it.each([
    ['an access key', 'oidc', basic(accessKey.clientId, accessKey.clientSecret)],
    ['an inbound application', 'inbound', basic(agent.clientId, agent.clientSecret)],
  ] as const)(
    'adds the tokens of the printed samples to the answer for %s, good for nothing',
    async (_, kind, headers) => {
      const idp = fixedIdp({ compat: { m2mExtraTokens: true } })
      const { body } = await token(idp, { grant_type: 'client_credentials' }, kind, headers)
      expect(claimsOf(body.refresh_token)).toMatchObject({ drn: 'DSR', sub: claimsOf(body.access_token).sub })
      expect(claimsOf(body.id_token)).toMatchObject({ drn: 'DS', iss: claimsOf(body.access_token).iss })
      const again = await token(idp, { grant_type: 'refresh_token', refresh_token: body.refresh_token }, kind, headers)
      expect([again.status, again.body.error]).toEqual([400, 'invalid_grant'])
      const plain = await token(fixedIdp(), { grant_type: 'client_credentials' }, kind, headers)
      expect(Object.keys(plain.body)).toEqual(['access_token', 'token_type', 'expires_in', 'scope'])
    },
  )
})

describe('logoutWithoutHint (2.9)', () => {
  const path = '/oauth2/v1/logout'
  const confirmOf = (page: string) => /name="confirm" value="([^"]+)"/.exec(page)?.[1] ?? ''

  it('asks on a labelled page and ends the session when the answer comes from there', async () => {
    const idp = fixedIdp({ compat: { logoutWithoutHint: 'confirm' } })
    const { refresh_token } = await signIn(idp)
    const headers = { cookie: idp.driver.cookies, accept: 'text/html' }
    const page = await (await get(idp, path, headers)).text()
    expect(page).toMatch(
      /<html lang="en">[\s\S]*<h1>Do you want to sign out\?<\/h1>[\s\S]*<button type="submit">Sign out/,
    )
    expect(idp.sessions.list()).toHaveLength(1)
    const answer = await post(idp, path, { confirm: confirmOf(page) }, headers)
    expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([200, expect.stringContaining('DSR=; ')])
    expect(idp.sessions.list()).toEqual([])
    expect((await refresh(idp, refresh_token)).body.error).toBe('invalid_grant')
  })

  it('asks again for another answer, never redirects, and says signed out without a session', async () => {
    const idp = fixedIdp({ compat: { logoutWithoutHint: 'confirm' } })
    await signIn(idp)
    const headers = { cookie: idp.driver.cookies, accept: 'text/html' }
    const forged = await post(idp, path, { confirm: 'x', post_logout_redirect_uri: 'http://localhost:5173/' }, headers)
    expect([forged.status, forged.headers.get('location')]).toEqual([200, null])
    expect(idp.sessions.list()).toHaveLength(1)
    expect(await (await get(idp, path)).text()).toContain('You are signed out')
  })

  it('refuses by default (S-202)', async () => {
    const idp = fixedIdp()
    await signIn(idp)
    expect((await get(idp, path, { cookie: idp.driver.cookies })).status).toBe(400)
    expect(idp.sessions.list()).toHaveLength(1)
  })

  it('writes down the back-channel call that it does not make (2.9)', async () => {
    const backChannelLogoutUrl = 'https://app.example/logout'
    const idp = fixedIdp({ defaultApp: { backChannelLogoutUrl } })
    const { id_token } = await signIn(idp)
    await get(idp, `${path}?${pairs({ id_token_hint: id_token })}`)
    expect(idp.log.entries.at(-1)?.notes.join()).toContain(`${backChannelLogoutUrl} is not sent`)
    expect(() => fixedIdp({ defaultApp: { backChannelLogoutUrl: 'x' } })).toThrow(/backChannelLogoutUrl/)
  })
})

describe('cookies and frames of the project (2.5)', () => {
  it.each([
    ['strict', 'SameSite=Strict'],
    ['none', 'SameSite=None'],
    [undefined, 'SameSite=Lax'],
  ] as const)('SameSite %s gives %s on http', async (cookieSameSite, expected) => {
    const idp = fixedIdp(cookieSameSite === undefined ? {} : { cookieSameSite })
    const { id_token } = await signIn(idp)
    const cleared = await get(idp, `/oauth2/v1/logout?${pairs({ id_token_hint: id_token })}`)
    expect(cleared.headers.getSetCookie()[0]).toContain(`HttpOnly; ${expected}`)
  })

  it('sets the cookie DS with the session token when the project says cookies, and logout clears it (2.5, 2.9)', async () => {
    const cookiesOf = (headers: Headers) => headers.getSetCookie().map((cookie) => cookie.split(';')[0])
    const idp = fixedIdp({ sessionTokenResponseMethod: 'cookies' })
    const { id_token } = await signIn(idp)
    const [, sessionToken = ''] = /(?:^|; )DS=([^;]+)/.exec(idp.driver.cookies) ?? []
    expect(claimsOf(sessionToken)).toMatchObject({
      drn: 'DS',
      sub: mira.id,
      iss: idp.issuer,
      aud: [pid],
      dob: '1991-04-30',
    })
    const cleared = await get(idp, `/oauth2/v1/logout?${pairs({ id_token_hint: id_token })}`)
    expect(cookiesOf(cleared.headers)).toEqual(['DSR=', 'DS='])
    const plain = fixedIdp()
    const tokens = await signIn(plain)
    expect(plain.driver.cookies).not.toMatch(/(^|; )DS=/)
    const other = await get(plain, `/oauth2/v1/logout?${pairs({ id_token_hint: tokens.id_token })}`)
    expect(cookiesOf(other.headers)).toEqual(['DSR='])
  })

  it('lets other sites frame the hosted page only when the project allows it, and says so', async () => {
    const seen = async (allowIframeEmbedding: boolean) => {
      const idp = fixedIdp({ allowIframeEmbedding })
      const first = await get(idp, authorizeUrl(idp), { accept: 'text/html' })
      const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      const page = await get(idp, first.headers.get('location') ?? '', { cookie })
      const configuration = await answerOf(await get(idp, `/.well-known/project-configuration/${pid}`))
      const policy = page.headers.get('content-security-policy') ?? ''
      return [page.headers.get('x-frame-options'), policy.split('; ').at(-1), configuration.body]
    }
    expect(await seen(false)).toEqual([
      'SAMEORIGIN',
      "frame-ancestors 'self'",
      { allowAuthHostingIframeEmbedding: false },
    ])
    expect(await seen(true)).toEqual([null, 'frame-ancestors *', { allowAuthHostingIframeEmbedding: true }])
    const framed = fixedIdp({ allowIframeEmbedding: true })
    framed.faults.next('authorize-frame-refused')
    expect((await get(framed, authorizeUrl(framed))).headers.get('x-frame-options')).toBe('DENY')
  })
})

describe('deterministicKeys (2.18)', () => {
  it('signs with the public test key while everything else is random', async () => {
    const idp = createMockIdp({ compat: { deterministicKeys: true } })
    expect(idp.keys.kid).toBe('mock-test-key-1')
    expect(createMockIdp().keys.kid).toMatch(/^SK/)
    expect(idp.users.create({ loginIds: ['a'] }).id).not.toBe(fixedIdp().users.create({ loginIds: ['a'] }).id)
    expect((await idp.sessions.create(mira.id)).userId).toBe(mira.id)
  })
})
