import { demoProject } from '@countersign/mock-idp'
import { expect, it } from 'vitest'
import { fixedIdp, get } from '../support/relying-party.ts'

it('lists project, applications, users and endpoints at the root (S-145, S-225)', async () => {
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
    'Shop &lt;1&gt;',
    `${idp.origin}/oauth2/v1/apps/token`,
  ]) {
    expect(html).toContain(text)
  }
  expect(html).not.toContain(demoProject.agent.clientSecret)
})
