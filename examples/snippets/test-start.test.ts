import { scope } from '@countersign/core'
import { createAccessTokenVerifier } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'
import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { expect, test } from 'vitest'

test('a reader of contacts may not read invoices', async () => {
  const idp = createMockIdp()
  const verifier = createAccessTokenVerifier({
    ...descopeApi({ projectId: idp.projectId, baseUrl: idp.origin, inbound: true }),
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  })
  const { users, spa } = demoProject
  const request = { user: users.mira.loginId, client: spa.clientId, scope: 'contacts.read' }
  const caller = await verifier.verify(await idp.tokens.accessToken(request))
  expect(caller.can(scope('contacts.read')).allowed).toBe(true)
  expect(caller.can(scope('billing.read')).allowed).toBe(false)
})
