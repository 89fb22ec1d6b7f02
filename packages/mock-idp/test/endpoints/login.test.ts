import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { answerOf, authorizeUrl, fixedIdp, get, iva, mira, noa, post, redirectUri } from '../support/relying-party.ts'

/** Opens the hosted page as a browser does. */
async function open(
  idp: MockIdp,
  changes: Parameters<typeof authorizeUrl>[1] = {},
  headers: Record<string, string> = {},
) {
  const start = await get(idp, authorizeUrl(idp, changes), headers)
  const location = start.headers.get('location') ?? ''
  const cookie = [headers.cookie, start.headers.getSetCookie()[0]?.split(';')[0]].filter(Boolean).join('; ')
  const response = await get(idp, location, { cookie, accept: 'text/html' })
  const html = await response.text()
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  const hidden = { state_id: field('state_id'), csrf: field('csrf') }
  return { location, cookie, response, html, hidden }
}

const submit = (idp: MockIdp, page: Awaited<ReturnType<typeof open>>, fields: Record<string, string>) =>
  post(idp, `/login/${idp.projectId}`, { ...page.hidden, ...fields }, { cookie: page.cookie, accept: 'text/html' })

const right = { loginId: mira.loginId, password: mira.password }

describe('the hosted login page', () => {
  it('is a form without script, labelled, with language, title and focus (S-069, 2.13)', async () => {
    const { html } = await open(fixedIdp())
    expect(html).toContain('<html lang="en">')
    expect(html).toContain('<title>Sign in - Countersign mock</title>')
    expect(html).toContain('<label for="login-id">')
    expect(html).toContain('<label for="password">')
    expect(html).toMatch(/id="login-id"[^>]* autofocus/)
    expect(html).toContain('autocomplete="current-password"')
    expect(html).not.toMatch(/<script|javascript:|onclick/i)
  })

  it('sends the headers of 2.13 and lets the form lead to the redirect origin', async () => {
    const { response } = await open(fixedIdp())
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; style-src 'unsafe-inline'")
    expect(policy).toContain("form-action 'self' http://localhost:5173;")
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('names a scheme in form-action where the redirect URI has no origin', async () => {
    const idp = fixedIdp({ defaultApp: { redirectUris: ['myapp://callback'] } })
    const { response } = await open(idp, { redirect_uri: 'myapp://callback' })
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self' myapp:;")
  })

  it('escapes what comes from the request', async () => {
    const { html } = await open(fixedIdp(), { login_hint: '"><script>alert(1)</script>' })
    expect(html).not.toContain('<script>')
    expect(html).toContain('&quot;&gt;&lt;script&gt;')
  })

  it('fills login_hint in and puts the focus on the password', async () => {
    const { html } = await open(fixedIdp(), { login_hint: noa.loginId })
    expect(html).toContain(`value="${noa.loginId}"`)
    expect(html).toMatch(/id="password"[^>]* autofocus/)
  })

  it('ends a right login with the session cookie, a code and the state (S-178)', async () => {
    const idp = fixedIdp()
    const page = await open(idp, { redirect_uri: `${redirectUri}?keep=1` })
    const response = await submit(idp, page, right)
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^DSR=ey[\w.-]+; Path=\/; Max-Age=2419200; HttpOnly; SameSite=Lax$/,
    )
    const finish = await get(idp, response.headers.get('location') ?? '', { cookie: page.cookie })
    expect(finish.status).toBe(302)
    expect(finish.headers.get('location')).toMatch(
      /^http:\/\/localhost:5173\/callback\?keep=1&code=[\w-]{43}&state=state-1$/,
    )
  })

  it('marks cookies Secure and SameSite=None on https (2.5)', async () => {
    const idp = fixedIdp({ origin: 'https://login.example' })
    const response = await submit(idp, await open(idp), right)
    expect(response.headers.getSetCookie()[0]).toMatch(/; SameSite=None; Secure$/)
  })

  it.each([
    ['a wrong password', { loginId: mira.loginId, password: 'wrong' }, 'not right'],
    ['an unknown login id', { loginId: 'nobody', password: 'x' }, 'not right'],
    ['an empty form', { loginId: '', password: '' }, 'not right'],
    ['a disabled user', { loginId: iva.loginId, password: iva.password }, 'cannot sign in'],
  ])('shows the form again with status 200 and a message for %s', async (_, fields, message) => {
    const idp = fixedIdp()
    const response = await submit(idp, await open(idp), fields)
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(html).toMatch(new RegExp(`id="problem" role="alert">[^<]*${message}`))
    expect(html).toContain('aria-invalid="true" aria-describedby="problem"')
    expect(html).toContain('<title>Error: Sign in')
    expect(html).not.toContain('wrong"')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('refuses a form without the CSRF token of this page', async () => {
    const idp = fixedIdp()
    const page = await open(idp)
    const response = await submit(idp, page, { ...right, csrf: 'other' })
    expect(response.status).toBe(400)
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('refuses a login that was started in another browser, unless bindTransaction is off (2.4)', async () => {
    for (const bindTransaction of [true, false]) {
      const idp = fixedIdp({ compat: { bindTransaction } })
      const { location } = await open(idp)
      expect((await get(idp, location)).status).toBe(bindTransaction ? 400 : 200)
    }
  })

  it('refuses a handle that is unknown, expired, or used (2.4: 10 minutes, one use)', async () => {
    const idp = fixedIdp()
    const page = `/login/${idp.projectId}`
    expect((await get(idp, `${page}?state_id=unknown`)).status).toBe(400)
    const opened = await open(idp)
    const finished = (await submit(idp, opened, right)).headers.get('location') ?? ''
    expect((await get(idp, finished, { cookie: opened.cookie })).status).toBe(302)
    expect((await get(idp, finished, { cookie: opened.cookie })).status).toBe(400)
    const late = await open(idp)
    idp.clock.advance(600)
    expect((await submit(idp, late, right)).status).toBe(400)
  })

  it('answers 404 for another project and for an unknown flow (2.13)', async () => {
    const idp = fixedIdp()
    expect((await get(idp, '/login/P2other00000000000000000000')).status).toBe(404)
    expect((await get(idp, `/login/${idp.projectId}?flow=nothing`)).status).toBe(404)
  })

  it('shows an error of the query as escaped text (2.13)', async () => {
    const idp = fixedIdp()
    const response = await get(idp, `/login/${idp.projectId}?error=<b>no</b>`, { accept: 'text/html' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('&lt;b&gt;no&lt;/b&gt;')
  })

  it('is also served at the bare project path (2.13)', async () => {
    const idp = fixedIdp()
    const { location, cookie } = await open(idp)
    expect((await get(idp, location.replace('/login/', '/'), { cookie })).status).toBe(200)
  })
})

describe('a live session at the hosted page (2.5)', () => {
  const withSession = async (changes: Parameters<typeof authorizeUrl>[1], config = {}) => {
    const idp = fixedIdp(config)
    const { cookie } = await idp.sessions.create(mira.loginId)
    return (await open(idp, changes, { cookie })).response
  }

  it('skips the form', async () => {
    const response = await withSession({})
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toContain('/oauth2/v1/finish-authorize?state_id=')
  })

  it.each([
    ['prompt=login', { prompt: 'login' }, {}],
    ['prompt=select_account', { prompt: 'select_account' }, {}],
    ['a hint of another user', { login_hint: noa.loginId }, {}],
    ['forced authentication', {}, { defaultApp: { forceAuthentication: true } }],
  ])('shows the form for %s', async (_, changes, config) => {
    expect((await withSession(changes, config)).status).toBe(200)
  })
})

describe('finish-authorize (2.4)', () => {
  it('refuses a login that has not ended', async () => {
    const idp = fixedIdp()
    const { hidden, cookie } = await open(idp)
    expect((await get(idp, `/oauth2/v1/finish-authorize?state_id=${hidden.state_id}`, { cookie })).status).toBe(400)
  })

  it('tells JSON callers where to go instead of redirecting', async () => {
    const idp = fixedIdp()
    const page = await open(idp)
    await submit(idp, page, right)
    const answer = await answerOf(
      await idp.fetch(
        new Request(`${idp.origin}/oauth2/v1/finish-authorize`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie: page.cookie },
          body: JSON.stringify({ state_id: page.hidden.state_id }),
        }),
      ),
    )
    expect(answer.body.redirectTo).toContain(`${redirectUri}?code=`)
  })
})
