import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createTokenSource } from '../../src/agent/index.ts'
import { createAccessTokenVerifier } from '../../src/api/index.ts'
import { type ClaimsSchema, validateClaims } from '../../src/claims-schema.ts'
import { descopeAgent, descopeApi } from '../../src/descope/index.ts'

const { projectId } = demoProject
const clientSecret = 'K-secret'

const service: ClaimsSchema<{ service: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as { service?: unknown }).service === 'string'
        ? { value: { service: (value as { service: string }).service } }
        : { issues: [{ message: 'no text', path: ['service'] }] },
  },
}

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

  test('makes the client id of an access key from its id, and the token is that of a machine, with typed claims (N-20, N-32; S-217)', async () => {
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
    expect(validateClaims(claims, service)).toEqual({ service: 'nightly-import' })
    expectTypeOf(validateClaims(claims, service)).toEqualTypeOf<{ service: string }>()
  })

  test('asks as curl would: a form with the grant and percent-encoded scopes, secret in the header (S-214)', async () => {
    const idp = createMockIdp({ deterministic: {} })
    const { clientId, clientSecret: key } = demoProject.accessKey
    const sent: RequestInit[] = []
    const source = createTokenSource({
      ...descopeAgent({ projectId, baseUrl: idp.origin, clientId, clientSecret: key }),
      scope: 'openid descope.claims',
      clock: idp.clock,
      fetch: (url, init) => {
        sent.push(init)
        return idp.fetch(new Request(url, init))
      },
    })
    await source.getAccessToken()
    const headers = new Headers(sent[0]?.headers)
    expect(await new Response(sent[0]?.body as ArrayBuffer).text()).toBe(
      'scope=openid+descope.claims&grant_type=client_credentials',
    )
    expect(headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(headers.get('authorization')).toBe(`Basic ${btoa(`${clientId}:${key}`)}`)
  })

  test.each([{ clientId: 'app' }, { kind: 'inbound', clientId: 'app' }] as const)(
    'refuses an access key id beside %j',
    (options) => {
      expect(() => descopeAgent({ projectId, clientSecret, accessKeyId: 'K1', ...options })).toThrow(
        /Give "clientId" or "accessKeyId"/,
      )
    },
  )

  test('sends the secret of an inbound app in the body, under its client id, whatever that is (N-21; S-409)', () => {
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
