import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorize, authorizeUrl, fixedIdp, get, mira, noa, pairs } from '../support/relying-party.ts'

const { partner } = demoProject
const scope = 'openid contacts.read contacts.write birthday'

/** Walks up to the built-in consent page of the partner application, which follows a flow that does not ask itself. */
async function consentPage(idp: MockIdp, changes: Record<string, string> = {}, user = mira.loginId) {
  const { cookie } = await idp.sessions.create(user)
  const url = authorizeUrl(
    idp,
    { client_id: partner.clientId, scope, tenant: 'acme.example', flow: 'sign-up-or-in', ...changes },
    'inbound',
  )
  const first = await get(idp, url, { cookie })
  const browser = `${cookie}; ${(first.headers.get('set-cookie') ?? '').split(';')[0]}`
  const second = await get(idp, first.headers.get('location') ?? '', { cookie: browser })
  const location = second.headers.get('location') ?? ''
  const response = await get(idp, location, { cookie: browser, accept: 'text/html' })
  const text = await response.text()
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
  const submit = (fields: Record<string, string | readonly string[]>) =>
    idp.fetch(
      new Request(new URL(`/consent/${idp.projectId}`, idp.origin), {
        method: 'POST',
        headers: { cookie: browser },
        body: pairs({ state_id: hidden('state_id'), csrf: hidden('csrf'), decision: 'allow', ...fields }),
      }),
    )
  return { location, text, response, submit }
}

describe('the consent page', () => {
  it('lists each scope with its description, the mandatory one ticked and locked (S-400, S-403, S-424)', async () => {
    const { text } = await consentPage(fixedIdp())
    expect(text).toContain('Allow Demo Partner?')
    for (const description of ['See your contacts', 'Change your contacts', 'See your date of birth']) {
      expect(text).toContain(description)
    }
    expect(text.match(/type="checkbox"[^>]*checked disabled/g)).toHaveLength(1)
    expect(text.match(/type="checkbox"[^>]*name="inboundAppApproveScopes"[^>]*checked>/g)).toHaveLength(2)
    expect(text).not.toContain('<script')
  })

  it('gives every box a label, the group a legend, and the page a heading (S-424)', async () => {
    const { text } = await consentPage(fixedIdp())
    const boxes = [...text.matchAll(/type="checkbox" id="([^"]*)"/g)].map(([, id]) => id)
    expect(boxes.every((id) => text.includes(`<label for="${id}">`))).toBe(true)
    expect(text).toMatch(/<fieldset><legend>/)
    expect(text.match(/<h1>/g)).toHaveLength(1)
  })

  it('shows the name and the logo of the application, whose origin the policy allows (S-394, S-395)', async () => {
    const idp = fixedIdp()
    expect((await consentPage(idp)).text).toContain('<img class="logo" src="data:image/svg+xml,')
    idp.inboundApps.update(partner.appId, { logo: 'https://cdn.example/logo.png', name: 'A <b>&' })
    const { text, response } = await consentPage(idp)
    expect(text).toContain('src="https://cdn.example/logo.png"')
    expect(text).toContain('Allow A &lt;b&gt;&amp;?')
    expect(response.headers.get('content-security-policy')).toContain('img-src data: https://cdn.example;')
  })

  it('shows what the user has no role for as not available (S-401, 5.4 step 3)', async () => {
    const { text } = await consentPage(fixedIdp(), { tenant: 'globex.example' }, noa.loginId)
    expect(text).toContain('Not available to you')
    expect(text).toMatch(/<li>Change your contacts<\/li>/)
  })

  it('is skipped once everything asked for is allowed, and comes back for more (S-423, 5.4 step 5)', async () => {
    const idp = fixedIdp()
    const url = (asked: string) =>
      authorizeUrl(idp, { client_id: partner.clientId, scope: asked, tenant: 'acme.example' }, 'inbound')
    await idp.driver.login(url('openid contacts.read'), { user: mira.loginId })
    expect((await idp.driver.visit(url('openid'))).searchParams.has('code')).toBe(true)
    await expect(idp.driver.visit(url('openid birthday'))).rejects.toThrow('Allow Demo Partner?')
  })

  it('comes with prompt=consent although all is allowed, and lets a scope be taken back (S-424, 5.4 step 7)', async () => {
    const idp = fixedIdp()
    const url = (changes: Record<string, string>) =>
      authorizeUrl(idp, { client_id: partner.clientId, scope, tenant: 'acme.example', ...changes }, 'inbound')
    await idp.driver.login(url({}), { user: mira.loginId })
    await idp.driver.login(url({ prompt: 'consent' }), { user: mira.loginId, consent: ['birthday'] })
    expect(idp.consents.search()).toMatchObject([{ scopes: ['contacts.read', 'birthday'] }])
  })

  it('takes the older name of the field, as text with spaces; names it did not list have no effect (S-424)', async () => {
    const idp = fixedIdp()
    const { submit } = await consentPage(idp)
    await submit({ thirdPartyAppApproveScopes: 'contacts.read birthday admin' })
    expect(idp.consents.search()).toMatchObject([{ scopes: ['contacts.read', 'birthday'] }])
    expect(idp.log.entries.at(-1)?.notes.join()).toContain('admin')
  })

  it('refuses a form that leaves a mandatory scope out, and shows the page again (S-424)', async () => {
    const idp = fixedIdp()
    const { submit } = await consentPage(idp)
    const answer = await submit({ inboundAppApproveScopes: 'birthday' })
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('marked as required')])
    expect(idp.consents.search()).toEqual([])
    expect((await submit({ inboundAppApproveScopes: ['contacts.read', 'birthday'] })).status).toBe(303)
    expect(idp.consents.search()).toHaveLength(1)
  })

  it('refuses a form with a foreign token, and a page without a login', async () => {
    const idp = fixedIdp()
    const { submit, location } = await consentPage(idp)
    expect((await submit({ csrf: 'guessed' })).status).toBe(400)
    expect((await get(idp, location)).status).toBe(400)
    expect(idp.consents.search()).toEqual([])
  })
})

describe('prompt=none of an inbound application', () => {
  it('answers consent_required without a live consent, a code with one (S-387, 2.5 rule 5)', async () => {
    const idp = fixedIdp()
    const changes = { client_id: partner.clientId, scope, tenant: 'acme.example' }
    const silently = async () => {
      const { cookie } = await idp.sessions.create(mira.loginId)
      const response = await get(idp, authorizeUrl(idp, { ...changes, prompt: 'none' }, 'inbound'), { cookie })
      return new URL(response.headers.get('location') ?? '').searchParams
    }
    expect((await silently()).get('error')).toBe('consent_required')
    idp.consents.create({ appId: partner.appId, userId: mira.id, scopes: ['contacts.read'] })
    expect((await silently()).get('error')).toBe('consent_required')
    idp.consents.create({ appId: partner.appId, userId: mira.id, scopes: ['contacts.write', 'birthday'] })
    expect((await silently()).has('code')).toBe(true)
  })

  it('prompt=consent is for inbound applications (S-423)', async () => {
    const idp = fixedIdp()
    expect((await authorize(idp, { prompt: 'consent' })).get('error')).toBe('invalid_request')
    const inbound = await authorize(idp, { prompt: 'consent', client_id: partner.clientId, scope }, 'inbound')
    expect(inbound.get('error')).toBeNull()
  })
})
