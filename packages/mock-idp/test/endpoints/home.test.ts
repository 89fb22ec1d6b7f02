import { demoProject } from '@countersign/mock-idp'
import { expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, mira } from '../support/relying-party.ts'

it('lists project, applications, flows, users and endpoints at the root (S-145)', async () => {
  const idp = fixedIdp({ oidcApps: [{ id: 'shop', name: 'Shop <1>' }] })
  const response = await get(idp, '/')
  const html = await response.text()
  expect(response.status).toBe(200)
  for (const text of [
    demoProject.projectId,
    demoProject.spa.clientId,
    demoProject.users.mira.loginId,
    demoProject.users.mira.password,
    `${idp.issuer}/shop`,
    `/login/${demoProject.projectId}?flow=sign-up-or-in`,
    'Shop &lt;1&gt;',
    `${idp.origin}/oauth2/v1/apps/token`,
  ]) {
    expect(html).toContain(text)
  }
  expect(html).not.toContain(demoProject.agent.clientSecret)
})

it('offers ready-made authorize links that work and come back to the page (S-225)', async () => {
  const idp = fixedIdp({ oidcApps: [{ id: 'shop', name: 'Shop' }] })
  const html = await (await get(idp, '/')).text()
  const links = [...html.matchAll(/href="([^"]*\/authorize\?[^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  )
  expect(links.length).toBeGreaterThanOrEqual(3)
  for (const link of links) {
    idp.driver.clearCookies()
    const callback = await idp.driver.login(link, { user: mira.loginId })
    expect(callback.href).toMatch(new RegExp(`^${idp.origin}/\\?code=`))
    const back = await (await get(idp, callback)).text()
    expect(back).toContain('The login came back')
    expect(back).toContain(callback.searchParams.get('code'))
  }
})

it('offers no link that the application would refuse, and escapes what comes back', async () => {
  const idp = fixedIdp({ defaultApp: { redirectUris: ['http://localhost:5173/callback'] }, inboundApps: [] })
  expect(await (await get(idp, '/')).text()).not.toContain('/authorize?')
  expect((await get(idp, authorizeUrl(idp))).status).toBe(302)
  const html = await (await get(idp, '/?error=x&error_description=%3Cscript%3E')).text()
  expect(html).toContain('&lt;script&gt;')
  expect(html).not.toContain('<script')
})
