import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { createTokenSource } from '../../src/agent/index.ts'
import { createAccessTokenVerifier } from '../../src/api/index.ts'
import { descopeAgent, descopeApi } from '../../src/descope/index.ts'

const { projectId } = demoProject
const clientSecret = 'K-secret'

describe('descopeAgent', () => {
  test('sends an access key as it is in the header, under the project id (DESIGN 6; S-209, S-210, S-212)', () => {
    expect(descopeAgent({ projectId, clientSecret })).toMatchObject({
      issuer: `https://api.descope.com/${projectId}`,
      clientId: projectId,
      clientSecret,
      clientAuthentication: 'basic',
      basicEncoding: 'raw',
    })
    expect(descopeAgent({ projectId, clientId: 'of-the-key', clientSecret }).clientId).toBe('of-the-key')
  })

  test('makes the client id of an access key from its id, and the token is that of a machine (N-20, N-32)', async () => {
    const idp = createMockIdp({ deterministic: {} })
    const project = { projectId, baseUrl: idp.origin }
    const surroundings = {
      clock: idp.clock,
      fetch: (url: string, init: RequestInit) => idp.fetch(new Request(url, init)),
    }
    const { id, clientId, clientSecret: key } = demoProject.accessKey
    const preset = descopeAgent({ ...project, accessKeyId: id, clientSecret: key })
    expect(preset.clientId).toBe(clientId)
    const token = await createTokenSource({ ...preset, ...surroundings }).getAccessToken()
    const { principal, claims } = await createAccessTokenVerifier({ ...descopeApi(project), ...surroundings }).verify(
      token,
    )
    expect(principal).toMatchObject({ type: 'access-key', id })
    expect(claims.service).toBe('nightly-import')
  })

  test.each([{ clientId: 'app' }, { kind: 'inbound', clientId: 'app' }] as const)(
    'refuses an access key id beside %j',
    (options) => {
      expect(() => descopeAgent({ projectId, clientSecret, accessKeyId: 'K1', ...options })).toThrow(
        /Give "clientId" or "accessKeyId"/,
      )
    },
  )

  test('sends the secret of an inbound app in the body, under its client id, whatever that is (S-409)', () => {
    expect(descopeAgent({ projectId, kind: 'inbound', clientId: 'app', clientSecret })).toMatchObject({
      issuer: `https://api.descope.com/v1/apps/${projectId}`,
      clientId: 'app',
      clientAuthentication: 'post',
    })
    expect(() => descopeAgent({ projectId, kind: 'inbound', clientSecret })).toThrow(/"clientId" is required/)
  })

  test('refuses no secret, and says nothing about a wrong one', () => {
    const call = (secret: unknown) => () => descopeAgent({ projectId, clientSecret: secret as string })
    expect(call(undefined)).toThrow(/"clientSecret" must be/)
    expect(call(['K2-very-secret'])).toThrow(/"clientSecret" must be/)
    expect(call(['K2-very-secret'])).not.toThrow(/K2/)
  })
})
