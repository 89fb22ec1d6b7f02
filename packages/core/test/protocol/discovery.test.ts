import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { resolveProject } from '../../src/descope/project.ts'
import { buildAuthorizationUrl } from '../../src/protocol/authorization-request.ts'
import { checkMetadata, discover, issuerFromDiscoveryUrl } from '../../src/protocol/discovery.ts'
import type { FetchFunction } from '../../src/protocol/transport.ts'
import { recordingFetch } from '../support/login.ts'

const issuer = 'https://id.example'
const answering =
  (body: unknown, init: ResponseInit = {}): FetchFunction =>
  async () =>
    Response.json(body, init)

describe('discover', () => {
  it('finds all endpoints of the provider', async () => {
    const idp = createMockIdp()
    await expect(discover(idp.issuer, { fetch: recordingFetch(idp) })).resolves.toMatchObject({
      issuer: idp.issuer,
      token_endpoint: `${idp.origin}/oauth2/v1/token`,
    })
  })

  it('asks at the issuer and the well-known path (S-086)', async () => {
    const asked: string[] = []
    const fetch: FetchFunction = async (url) => {
      asked.push(url)
      return Response.json({ issuer: `${issuer}/P1` })
    }
    await discover(`${issuer}/P1`, { fetch })
    expect(asked).toEqual([`${issuer}/P1/.well-known/openid-configuration`])
  })

  it.each(['discovery-not-json', 'discovery-trailing-comma'] as const)('refuses %s (S-100)', async (fault) => {
    const idp = createMockIdp()
    idp.faults.next(fault)
    await expect(discover(idp.issuer, { fetch: recordingFetch(idp) })).rejects.toMatchObject({
      code: 'OIDC_RESPONSE_NOT_JSON',
      phase: 'discovery',
    })
  })

  it('refuses an endpoint that is not https (case C-08)', async () => {
    const idp = createMockIdp()
    idp.faults.next('discovery-http-endpoint')
    await expect(discover(idp.issuer, { fetch: recordingFetch(idp) })).rejects.toMatchObject({
      code: 'OIDC_DISCOVERY_INVALID',
    })
  })

  it.each(['https://id.example/', 'https://ID.example', 'https://id.example:443', 'http://id.example'])(
    'compares the issuer as text: %s is another one (case B-02; S-063, S-083, S-087)',
    async (found) => {
      await expect(discover(issuer, { fetch: answering({ issuer: found }) })).rejects.toMatchObject({
        code: 'OIDC_DISCOVERY_ISSUER_MISMATCH',
      })
    },
  )

  it.each([[], null, { issuer: 7 }, {}, 'text'])('refuses the document %j', async (document) => {
    await expect(discover(issuer, { fetch: answering(document) })).rejects.toMatchObject({
      code: 'OIDC_DISCOVERY_INVALID',
    })
  })

  it.each([
    [404, false],
    [503, true],
    [429, true],
  ])('reports status %i, retryable: %s', async (status, retryable) => {
    await expect(discover(issuer, { fetch: answering({}, { status }) })).rejects.toMatchObject({
      code: 'OIDC_STATUS_UNEXPECTED',
      retryable,
    })
  })
})

describe('checkMetadata', () => {
  it.each<unknown[]>([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['http://127.0.0.1/token'],
    ['/token'],
    ['https://'],
    [7],
    [['https://id.example/token']],
  ])('refuses %j as an endpoint of a remote provider (cases C-08 and E-46)', (endpoint) => {
    expect(() => checkMetadata({ issuer, token_endpoint: endpoint as string }, issuer)).toThrow(
      expect.objectContaining({ code: 'OIDC_DISCOVERY_INVALID' }),
    )
  })

  it('lets a provider on loopback use http (RFC 8252 8.3)', () => {
    const metadata = { issuer: 'http://localhost:1', jwks_uri: 'http://localhost:1/keys' }
    expect(checkMetadata(metadata, metadata.issuer)).toBe(metadata)
  })
})

describe('buildAuthorizationUrl', () => {
  const request = {
    clientId: 'app',
    redirectUri: 'https://app.example/cb',
    scope: 'openid',
    state: 's',
    nonce: 'n',
    codeChallenge: 'c',
  }

  it('keeps a query that the endpoint has (S-089)', () => {
    const url = buildAuthorizationUrl({ issuer, authorization_endpoint: `${issuer}/authorize?tenant=a` }, request)
    expect(url.searchParams.get('tenant')).toBe('a')
    expect(url.searchParams.get('state')).toBe('s')
  })

  it('asks for each scope once, and for nothing that is no scope (case C-10)', () => {
    const server = { issuer, authorization_endpoint: `${issuer}/authorize` }
    const scopeOf = (scope: string) => buildAuthorizationUrl(server, { ...request, scope }).searchParams.get('scope')
    expect(scopeOf(' openid  profile openid ')).toBe('openid profile')
    expect(scopeOf('openid https://api.example/read')).toBe('openid https://api.example/read')
    for (const scope of ['openid "x"', 'openid a\\b', 'openid\tprofile', 'openid ü', 'openid a\u0000']) {
      expect(() => scopeOf(scope)).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    }
  })

  it('leaves undefined parameters out (S-176)', () => {
    const url = buildAuthorizationUrl(
      { issuer, authorization_endpoint: `${issuer}/authorize` },
      { ...request, parameters: { flow: undefined, prompt: 'login' } },
    )
    expect(url.searchParams.has('flow')).toBe(false)
    expect(url.searchParams.get('prompt')).toBe('login')
  })

  it('needs an authorization endpoint', () => {
    expect(() => buildAuthorizationUrl({ issuer }, request)).toThrow(
      expect.objectContaining({ code: 'OIDC_ENDPOINT_MISSING' }),
    )
  })
})

describe('issuerFromDiscoveryUrl', () => {
  it('finds the provider that the URL of its document belongs to (S-064)', async () => {
    const idp = createMockIdp()
    const issuer = issuerFromDiscoveryUrl(`${idp.issuer}/.well-known/openid-configuration`)
    expect(issuer).toBe(idp.issuer)
    await expect(discover(issuer, { fetch: recordingFetch(idp) })).resolves.toMatchObject({ issuer })
  })

  it('gives, like the issuer, single endpoints or a project id, one and the same provider (S-078)', async () => {
    const idp = createMockIdp()
    const transport = { fetch: recordingFetch(idp) }
    const found = await discover(idp.issuer, transport)
    const { metadata } = resolveProject({ projectId: demoProject.projectId, baseUrl: idp.origin })
    expect(found).toMatchObject(metadata)
    const url = `${idp.issuer}/.well-known/openid-configuration`
    await expect(discover(issuerFromDiscoveryUrl(url), transport)).resolves.toEqual(found)
    expect(checkMetadata(metadata, idp.issuer)).toBe(metadata)
  })

  it.each([
    'https://id.example',
    'https://id.example/.well-known/oauth-authorization-server',
    'https://id.example/.well-known/openid-configuration?v=2',
    'https://id.example/?a=/.well-known/openid-configuration',
    'http://id.example/.well-known/openid-configuration',
    '/.well-known/openid-configuration',
    '',
    undefined,
  ])('refuses %s (S-064)', (text) => {
    expect(() => issuerFromDiscoveryUrl(text as string)).toThrow(
      expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }),
    )
  })
})
