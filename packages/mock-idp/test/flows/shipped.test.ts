import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, claimsOf, fixedIdp, iva, mira, noa, pairs, redeem, signIn } from '../support/relying-party.ts'

const { partner, tenants } = demoProject
const scope = 'openid contacts.read contacts.write birthday'

/** A browser that begins a login and submits the screens of its flow. */
async function browse(idp: MockIdp, url: URL, cookie = '') {
  const send = async (target: string | URL, fields?: Record<string, string | readonly string[]>) => {
    const headers = { cookie, accept: 'text/html' }
    const init = fields ? { method: 'POST', headers, body: pairs(fields) } : { headers }
    const response = await idp.fetch(new Request(new URL(target, idp.origin), init))
    const own = response.headers.getSetCookie().map((one) => one.split(';')[0])
    if (own.length > 0) cookie = [cookie, ...own].filter(Boolean).join('; ')
    return response
  }
  const first = await send(url)
  let response = await send(first.headers.get('location') ?? '')
  let html = await response.clone().text()
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  const hidden = () =>
    Object.fromEntries(
      ['executionId', 'stepId', 'csrf', 'state_id'].map((name) => [name, field(name)]).filter(([, value]) => value),
    )
  return {
    html: () => html,
    response: () => response,
    /** Submits the form and follows redirects inside the mock; gives where they lead. */
    async submit(fields: Record<string, string | readonly string[]>) {
      response = await send(`/login/${idp.projectId}`, { ...hidden(), ...fields })
      html = await response.clone().text()
      let location = response.headers.get('location')
      while (location?.startsWith(idp.origin)) location = (await send(location)).headers.get('location')
      return location === null ? undefined : new URL(location)
    },
  }
}

describe('inbound-apps-user-consent, the flow of inbound applications (4.10, 5.4)', () => {
  const url = (idp: MockIdp, changes: Record<string, string> = {}) =>
    authorizeUrl(idp, { client_id: partner.clientId, scope, tenant: 'acme.example', ...changes }, 'inbound')
  const asked = async (idp: MockIdp, changes: Record<string, string> = {}, user = mira.loginId) =>
    browse(idp, url(idp, changes), (await idp.sessions.create(user)).cookie)

  it('asks on a screen of its own: logo, user, scopes, the mandatory one locked (S-400, S-424)', async () => {
    const page = await asked(fixedIdp())
    const html = page.html()
    expect(html).toContain('<h1>Allow Demo Partner?</h1>')
    expect(html).toContain('<img class="logo" src="data:image/svg+xml,')
    expect(html).toContain('You are signed in as <strong>Mira Tal</strong>.')
    for (const text of ['See your contacts', 'Change your contacts', 'See your date of birth'])
      expect(html).toContain(text)
    expect(html.match(/type="checkbox"[^>]*checked disabled/g)).toHaveLength(1)
    expect(html).toMatch(/name="button" value="allow">Allow<[\s\S]*name="button" value="deny"[^>]*>Deny</)
    expect(html).not.toContain('to continue to')
  })

  it('stores the choice with the action update-user-consent and ends with a code (S-413, S-424)', async () => {
    const idp = fixedIdp()
    const page = await asked(idp)
    const end = await page.submit({ button: 'allow', inboundAppApproveScopes: ['contacts.read', 'birthday'] })
    expect(end?.searchParams.has('code')).toBe(true)
    expect(idp.consents.search()).toMatchObject([
      { appId: partner.appId, userId: mira.id, tenantId: tenants.acme, scopes: ['contacts.read', 'birthday'] },
    ])
    const [run = ''] = idp.flows.executions('inbound-apps-user-consent')
    expect(idp.flows.logs(run)?.map(({ kind }) => kind)).toContain('consent.stored')
    const { body } = await redeem(idp, end?.searchParams.get('code') ?? '', { client_id: partner.clientId }, 'inbound')
    expect(claimsOf(body.access_token).scope).toBe('openid contacts.read birthday')
  })

  it('asks nothing while a live consent covers everything, and again with prompt=consent (5.4 steps 5 and 7)', async () => {
    const idp = fixedIdp()
    await idp.driver.login(url(idp), { user: mira.loginId })
    expect((await idp.driver.visit(url(idp))).searchParams.has('code')).toBe(true)
    const page = await asked(idp, { prompt: 'consent' })
    expect(page.html()).toContain('Allowed before')
    await page.submit({ button: 'allow', inboundAppApproveScopes: ['contacts.read'] })
    expect(idp.consents.search()).toMatchObject([{ scopes: ['contacts.read'] }])
  })

  it('refuses a form that leaves a mandatory scope out, and shows the screen again (S-424)', async () => {
    const idp = fixedIdp()
    const page = await asked(idp)
    expect(await page.submit({ button: 'allow', inboundAppApproveScopes: 'birthday' })).toBeUndefined()
    expect(page.html()).toMatch(/role="alert">This application cannot work without what is marked as required/)
    expect(idp.consents.search()).toEqual([])
    expect((await page.submit({ button: 'allow', inboundAppApproveScopes: 'contacts.read' }))?.search).toContain(
      'code=',
    )
  })

  it('takes a denial as an answer: access_denied, consent_refused, nothing stored (S-424)', async () => {
    const idp = fixedIdp()
    const end = await (await asked(idp)).submit({ button: 'deny' })
    expect([end?.searchParams.get('error'), end?.searchParams.get('error_description')]).toEqual([
      'access_denied',
      'consent_refused',
    ])
    expect(idp.consents.search()).toEqual([])
    expect(idp.audit.entries.map(({ event }) => event)).toContain('consent-refused')
  })

  it.each([
    ['a role for a mandatory scope', {}, 'scope_not_grantable: contacts.read'],
    ['membership in an allowed tenant', { allowedTenants: [tenants.acme] }, 'tenant_not_allowed'],
  ])('does not ask who lacks %s: access_denied (5.4 step 3)', async (_, changes, description) => {
    const idp = fixedIdp()
    idp.inboundApps.update(partner.appId, changes)
    idp.users.update(noa.id, { tenants: {} })
    const { cookie } = await idp.sessions.create(noa.loginId)
    const page = await browse(idp, url(idp, { tenant: tenants.globex }), cookie)
    const answer = new URL(page.response().headers.get('location') ?? '').searchParams
    expect([answer.get('error'), answer.get('error_description')]).toEqual(['access_denied', description])
  })

  it('leaves the built-in page to flows that do not ask themselves', async () => {
    const page = await asked(fixedIdp(), { flow: 'sign-up-or-in' })
    expect(page.response().headers.get('location')).toContain('/consent/')
  })

  it('signs in and asks nothing where no inbound application does', async () => {
    const idp = fixedIdp()
    const screens = [{ input: { loginId: mira.loginId, password: mira.password } }]
    expect((await idp.flows.run('inbound-apps-user-consent', { screens })).status).toBe('completed')
    const tokens = await signIn(idp, { flow: 'inbound-apps-user-consent' })
    expect(claimsOf(tokens.id_token).sub).toBe(mira.id)
  })
})

describe('sign-up-or-in-with-code, the example of a sign-up (4.10 A)', () => {
  const flow = 'sign-up-or-in-with-code'

  it('signs a known user in by a code to the outbox, amr email', async () => {
    const idp = fixedIdp()
    const { id_token } = await signIn(idp, { flow })
    expect(claimsOf(id_token)).toMatchObject({ sub: mira.id, amr: ['email'] })
    expect(idp.outbox.list(mira.loginId)).toMatchObject([{ code: '123456' }])
  })

  it('creates who is new, asks for the name and stores it', async () => {
    const idp = fixedIdp()
    const url = authorizeUrl(idp, { flow })
    const page = await browse(idp, url)
    expect(page.html()).toContain('<h1>Welcome</h1>')
    await page.submit({ email: 'Dana@New.example' })
    expect(page.html()).toContain('<h1>Check Dana@new.example</h1>')
    await page.submit({ button: 'verify', code: '000000' })
    expect(page.html()).toContain('role="alert">This code is not right.')
    await page.submit({ button: 'again' })
    expect(idp.outbox.list()).toHaveLength(2)
    await page.submit({ button: 'verify', code: '123456' })
    expect(page.html()).toContain('<h1>Your name</h1>')
    expect((await page.submit({ displayName: 'Dana Levi' }))?.searchParams.has('code')).toBe(true)
    expect(idp.users.get('Dana@new.example')).toMatchObject({ name: 'Dana Levi', emailVerified: true })
  })

  it('refuses a disabled user, and skips everything for who is signed in', async () => {
    const idp = fixedIdp()
    idp.users.update(iva.id, { email: iva.loginId })
    const page = await browse(idp, authorizeUrl(idp, { flow }))
    const refused = await page.submit({ email: iva.loginId })
    expect(refused?.searchParams.get('error_description')).toBe('This account is closed.')
    const { cookie } = await idp.sessions.create(mira.id)
    const known = await browse(idp, authorizeUrl(idp, { flow }), cookie)
    expect(known.response().headers.get('location')).toContain('finish-authorize')
  })

  it('takes the place of the password flow where a test wants that', async () => {
    const idp = fixedIdp()
    const withCode = idp.flows.get(flow)
    if (!withCode) throw new Error('the flow is gone')
    idp.flows.put({ ...withCode, id: 'sign-up-or-in' })
    expect(claimsOf((await signIn(idp)).id_token).amr).toEqual(['email'])
  })
})

describe('the driver', () => {
  it('denies on a consent screen without any scope', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(partner.appId, { permissionsScopes: [], attributesScopes: [] })
    const url = authorizeUrl(idp, { client_id: partner.clientId, scope: 'openid' }, 'inbound')
    const end = await idp.driver.login(url, { user: mira.loginId, consent: 'deny' })
    expect(end.searchParams.get('error_description')).toBe('consent_refused')
    expect(idp.consents.search()).toEqual([])
    expect((await idp.driver.login(url, { user: mira.loginId })).searchParams.has('code')).toBe(true)
  })
})
