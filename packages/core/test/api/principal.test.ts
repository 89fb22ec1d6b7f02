import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { expect, test } from 'vitest'
import { createTokenSource } from '../../src/agent/index.ts'
import { createAccessTokenVerifier } from '../../src/api/index.ts'
import { descopeAgent, descopeApi } from '../../src/descope/index.ts'
import { setUpApi } from './api-fixture.ts'

const { agent, accessKey, users, spa } = demoProject

test.each([
  ['a person', { client: spa.clientId, user: users.noa.id }, 'user', users.noa.id],
  ['a client by itself', {}, 'client', agent.clientId],
  ['an access key', { claims: { sub: accessKey.id } }, 'access-key', accessKey.id],
  [
    'a person whose id looks like a key (DESIGN 18)',
    { claims: { sub: accessKey.id, amr: ['pwd'] } },
    'user',
    accessKey.id,
  ],
  ['a person at a provider without amr', { claims: { sub: 'U1' } }, 'user', 'U1'],
])('recognises %s (N-32; S-436)', async (_who, order, type, id) => {
  const { verifier, order: token } = setUpApi()
  expect((await verifier.verify(await token(order))).principal).toMatchObject({ type, id })
})

test('recognises the access key of a token that the mock issued for one', async () => {
  const idp = createMockIdp()
  const fetch = (url: string, init: RequestInit) => idp.fetch(new Request(url, init))
  const project = { projectId: idp.projectId, baseUrl: idp.origin }
  const source = createTokenSource({ ...descopeAgent({ ...project, clientSecret: accessKey.clientSecret }), fetch })
  const verifier = createAccessTokenVerifier({ ...descopeApi(project), fetch })
  const { principal } = await verifier.verify(await source.getAccessToken())
  expect(principal).toEqual({ type: 'access-key', id: accessKey.id, clientId: undefined })
})
