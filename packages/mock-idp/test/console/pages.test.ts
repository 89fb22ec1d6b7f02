import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { openConsole, type TestConsole } from '../support/console.ts'
import { authorizeUrl, basic, get, mira, noa, redirectUri, refresh, signIn, token } from '../support/relying-party.ts'

/** Every page that can be reached from the navigation, by its address. */
async function crawl({ show }: TestConsole): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>()
  const open = ['', '?by=login']
  for (const address of open) {
    if (pages.has(address)) continue
    const page = await show(address)
    pages.set(address, page)
    for (const [, link = ''] of page.matchAll(/href="\/mock\/console([^"]*)"/g)) {
      if (!link.endsWith('.css')) open.push(link.replaceAll('&amp;', '&'))
    }
  }
  return pages
}

describe('the pages of the console', () => {
  it('show no token, code, password, cookie or secret anywhere', async () => {
    const console = openConsole({ refreshTokenRotation: true, compat: { deterministicKeys: true } })
    const { idp } = console
    const confidential = idp.oidcApps.create({ name: 'Server', clientType: 'confidential' })
    const oidc = await signIn(idp)
    const refreshed = (await refresh(idp, oidc.refresh_token)).body
    const cookies = idp.driver.cookies
    const inbound = await signIn(idp, {}, 'inbound')
    const code = await idp.driver.visit(authorizeUrl(idp, { prompt: 'none' }))
    const { clientId } = demoProject.agent
    const machine = await token(
      idp,
      { grant_type: 'client_credentials' },
      'inbound',
      basic(clientId, idp.inboundApps.secret(clientId)),
    )
    const session = await idp.sessions.create(noa.id)
    await idp.flows.run('step-up', { sessionId: session.id, screens: [{ input: { code: '123456' } }] })
    const secrets = [
      ...[oidc, refreshed, inbound, machine.body].flatMap((body) => [
        body.access_token,
        body.refresh_token,
        body.id_token,
      ]),
      code.searchParams.get('code'),
      ...[cookies, session.cookie].map((cookie) => cookie.split('=')[1]),
      ...[mira.password, noa.password, demoProject.managementKey],
      ...[idp.inboundApps.secret(clientId), idp.oidcApps.secret(confidential.id)],
      ...idp.accessKeys.list().map(({ secret }) => secret),
    ].filter((secret): secret is string => typeof secret === 'string')
    expect(secrets.length).toBeGreaterThan(15)
    const pages = await crawl(console)
    expect(pages.size).toBeGreaterThan(30)
    for (const [address, page] of pages) {
      const shown = secrets.filter((secret) => page.includes(secret))
      expect([address, shown]).toEqual([address, []])
      expect([address, page.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)]).toEqual([address, null])
    }
  })

  it('escape whatever comes from outside', async () => {
    const console = openConsole()
    const { idp } = console
    const hostile = '"><script>alert(1)</script>'
    idp.users.create({ id: 'U1', loginIds: [hostile], name: hostile, password: 'pw', customAttributes: { a: hostile } })
    const app = idp.inboundApps.create({
      name: hostile,
      description: hostile,
      approvedCallbackUrls: [redirectUri],
      permissionsScopes: [{ name: '<b>', description: hostile }],
      clientType: 'public',
    })
    idp.oidcApps.create({ name: hostile, redirectUris: [hostile] })
    idp.consents.create({ appId: app.id, userId: 'U1', scopes: ['<b>'] })
    idp.flows.put({
      id: 'hostile',
      name: hostile,
      start: hostile,
      nodes: {
        [hostile]: { kind: 'screen', title: hostile, buttons: [{ id: 'on', label: hostile, next: 'end' }] },
        end: { kind: 'end', outcome: 'failure', message: hostile },
      },
    })
    const refusal = { kind: 'end', outcome: 'failure', message: hostile } as const
    idp.flows.put({ id: 'refusal', start: 'end', nodes: { end: refusal } })
    await get(idp, `/login/${idp.projectId}?flow=refusal`)
    expect(idp.log.entries.at(-1)?.reason).toContain(hostile)
    await idp.flows.run('hostile', { screens: [{ button: 'on' }] })
    await idp.sessions.create('U1')
    await get(idp, authorizeUrl(idp, { state: hostile, nonce: hostile, acr_values: hostile, client_id: hostile }))
    await get(idp, authorizeUrl(idp, { state: hostile, client_id: app.clientId }, 'inbound'))
    await get(idp, `/${encodeURIComponent(hostile)}/x/y`)
    const pages = [...(await crawl(console))]
    const filtered = new URLSearchParams({
      q: hostile,
      endpoint: hostile,
      status: hostile,
      login: hostile,
      by: hostile,
    })
    pages.push(['filter', await console.show(`?${filtered}`)], ['faults', await console.show(`/faults?q=${filtered}`)])
    for (const [address, page] of pages) expect([address, page.includes('<script>alert')]).toEqual([address, false])
    expect(pages.filter(([, page]) => page.includes('&lt;script&gt;alert')).length).toBeGreaterThan(5)
  })

  it('take an error back to the form without running it', async () => {
    const { act } = openConsole()
    const hostile = '"><script>alert(1)</script>'
    const page = await act('/apps/create', { name: hostile, kind: 'oidc', clientType: 'public', redirectUris: hostile })
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert')
  })

  it('list users with roles and tenants, sessions with their clients, and consents', async () => {
    const { show, idp } = openConsole()
    await signIn(idp, {}, 'inbound')
    const users = await show('/users')
    for (const text of ['Mira Tal', mira.loginId, 'Acme', 'Globex', 'Contact Reader', '1 live']) {
      expect(users).toContain(text)
    }
    const sessions = await show('/sessions')
    for (const text of ['1 live session', 'Mira Tal', 'pwd', 'Demo']) expect(sessions).toContain(text)
    const consents = await show('/consents')
    for (const text of ['1 consent', 'Mira Tal', 'contacts.read']) expect(consents).toContain(text)
  })

  it('list applications with what a client needs, and a button where there is a secret to rotate', async () => {
    const page = await openConsole().show('/apps')
    for (const { clientId } of [demoProject.oidc, demoProject.spa, demoProject.agent]) expect(page).toContain(clientId)
    expect(page.match(/Rotate secret/g)).toHaveLength(1)
  })

  it('fold the faults of an area until somebody looks for one', async () => {
    const { show } = openConsole()
    expect(await show('/faults')).not.toMatch(/<details class="card area" open/)
    const found = await show('/faults?q=nonce')
    expect(found.match(/<details class="card area" open/g)?.length).toBe(
      found.match(/<details class="card area"/g)?.length,
    )
  })

  it('find faults by name and by rule', async () => {
    const { show } = openConsole()
    const found = await show('/faults?q=RFC+9207')
    expect(found).toContain('response-iss-wrong')
    expect(found).not.toContain('token-hang')
  })

  it('show one fault with its rule, and a form for what it can be armed with', async () => {
    const { show } = openConsole()
    const page = await show('/faults/token-status-429')
    for (const text of ['RFC 6585', 'retryAfterSeconds', 'name="times"', 'name="client"']) expect(page).toContain(text)
    expect(await show('/faults/jwks-empty')).not.toContain('name="options"')
  })
})
