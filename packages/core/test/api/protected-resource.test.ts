import { describe, expect, test } from 'vitest'
import { challengeFor, createProtectedResource, type ProtectedResourceOptions } from '../../src/api/index.ts'
import { ConfigurationError, TokenVerificationError } from '../../src/index.ts'

const authorizationServers = ['https://idp.example/tenant']

function resourceAt(resource: string, options: Partial<ProtectedResourceOptions> = {}) {
  return createProtectedResource({ resource, authorizationServers, ...options })
}

const get = (url: string) => ({ method: 'GET', url })

describe('createProtectedResource', () => {
  test.each([
    ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/v1', 'https://api.example/.well-known/oauth-protected-resource/v1'],
    ['https://api.example/v1/', 'https://api.example/.well-known/oauth-protected-resource/v1/'],
    ['https://API.example:443/a/../b', 'https://API.example:443/.well-known/oauth-protected-resource/a/../b'],
    ['https://api.example/v1?k=1', 'https://api.example/.well-known/oauth-protected-resource/v1?k=1'],
    ['https://api.example?k=1', 'https://api.example/.well-known/oauth-protected-resource?k=1'],
    ['https://api.example/?k=1', 'https://api.example/.well-known/oauth-protected-resource?k=1'],
    ['https://api.example/v1/?k=1', 'https://api.example/.well-known/oauth-protected-resource/v1/?k=1'],
    ['http://localhost:3000/mcp', 'http://localhost:3000/.well-known/oauth-protected-resource/mcp'],
  ])('finds the document of %s in front of the path (RFC 9728 3.1)', async (identifier, metadataUrl) => {
    const resource = resourceAt(identifier)
    expect(resource.metadataUrl).toBe(metadataUrl)
    const answer = resource.respond(get(resource.metadataPath))
    // Byte for byte, where a URL parser would add a slash or drop a port.
    expect(await answer?.text()).toContain(`"resource":"${identifier}"`)
  })

  test('serves the document for GET and HEAD to pages of every origin, and the challenge leads to it (API behaviour 32, case F-62)', async () => {
    const resource = resourceAt('https://api.example/v1', { scopes: ['a', 'b', 'a'], resourceName: 'Contacts' })
    const header = challengeFor(new TokenVerificationError('OIDC_TOKEN_MISSING', 'reason'), {
      resourceMetadata: resource.metadataUrl,
    })?.headers['www-authenticate']
    const url = /resource_metadata="([^"]+)"/.exec(header ?? '')?.[1] ?? ''
    const answer = resource.respond(new Request(url))
    expect(answer?.headers.get('content-type')).toBe('application/json')
    expect(answer?.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer?.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(await answer?.json()).toEqual({
      resource: 'https://api.example/v1',
      authorization_servers: authorizationServers,
      bearer_methods_supported: ['header'],
      scopes_supported: ['a', 'b'],
      resource_name: 'Contacts',
    })
    const head = resource.respond(new Request(url, { method: 'HEAD' }))
    expect([head?.status, head?.headers.get('content-type'), await head?.text()]).toEqual([200, 'application/json', ''])
  })

  test('answers a preflight, refuses other methods, and leaves other paths alone', () => {
    const resource = resourceAt('https://api.example/v1')
    const preflight = resource.respond({ method: 'OPTIONS', url: resource.metadataUrl })
    expect(preflight?.status).toBe(204)
    expect(Object.fromEntries(preflight?.headers ?? [])).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': '*',
      'access-control-max-age': '86400',
    })
    const post = resource.respond({ method: 'POST', url: resource.metadataUrl })
    expect(post?.status).toBe(405)
    expect(Object.fromEntries(post?.headers ?? [])).toEqual({
      'access-control-allow-origin': '*',
      allow: 'GET, HEAD, OPTIONS',
    })
    const inside = `/http://api.example${resource.metadataPath}`
    for (const path of [
      '',
      '/',
      '/v1',
      '/.well-known/oauth-protected-resource',
      `${resource.metadataPath}/x`,
      inside,
    ]) {
      expect(resource.respond(get(`https://api.example${path}`))).toBeUndefined()
      expect(resource.respond(get(path))).toBeUndefined()
    }
    // The host is the business of the server: behind a proxy it is another one.
    expect(resource.respond(get(`http://10.0.0.7:8080${resource.metadataPath}`))?.status).toBe(200)
    expect(resource.respond(get(`HTTP://10.0.0.7:8080${resource.metadataPath}`))?.status).toBe(200)
  })

  test('asks for the scopes with each answer, so that routes added later count', () => {
    const scopes: string[] = []
    const resource = resourceAt('https://api.example', { scopes: () => scopes })
    expect(resource.metadata().scopes_supported).toEqual([])
    scopes.push('late.read')
    expect(resource.metadata().scopes_supported).toEqual(['late.read'])
    expect(resourceAt('https://api.example').metadata()).not.toHaveProperty('scopes_supported')
  })

  test('says what is known about proofs of possession and pages for people, and adds other members', () => {
    const resource = resourceAt('https://api.example', {
      resourceDocumentation: 'https://api.example/docs',
      resourcePolicyUri: 'https://api.example/policy',
      resourceTosUri: 'https://api.example/terms',
      dpopAlgorithms: ['ES256'],
      dpopRequired: true,
      additionalMetadata: { 'resource_name#de': 'Kontakte' },
    })
    expect(resource.metadata()).toMatchObject({
      resource_documentation: 'https://api.example/docs',
      resource_policy_uri: 'https://api.example/policy',
      resource_tos_uri: 'https://api.example/terms',
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: true,
      'resource_name#de': 'Kontakte',
    })
  })

  test.each<[string, object]>([
    ['http', { resource: 'http://api.example' }],
    ['a fragment', { resource: 'https://api.example/#top' }],
    ['a user name', { resource: 'https://me@api.example/' }],
    ['a backslash', { resource: 'https://api.example\\v1' }],
    ['no resource', { resource: undefined }],
    ['no authorization server', { authorizationServers: [] }],
    ['an authorization server over http', { authorizationServers: ['http://idp.example'] }],
    [
      'one over http among authorization servers',
      { authorizationServers: [...authorizationServers, 'http://idp.example'] },
    ],
    ['authorization servers as text', { authorizationServers: authorizationServers[0] }],
    ['an unknown option', { scope: ['a'] }],
    ['scopes as text', { scopes: 'a b' }],
  ])('refuses %s', (_what, options) => {
    expect(() => resourceAt('https://api.example', options)).toThrow(ConfigurationError)
  })

  test('refuses additional members that have an option of their own, every one', () => {
    const options = {
      scopes: ['a'],
      resourceName: 'Contacts',
      resourceDocumentation: 'https://api.example/docs',
      resourcePolicyUri: 'https://api.example/policy',
      resourceTosUri: 'https://api.example/terms',
      dpopAlgorithms: ['ES256'],
      dpopRequired: true,
    } as const
    const members = resourceAt('https://api.example', options).metadata()
    expect(Object.keys(members)).toHaveLength(10)
    for (const [name, value] of Object.entries(members)) {
      expect(() => resourceAt('https://api.example', { additionalMetadata: { [name]: value } })).toThrow(
        expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }),
      )
    }
  })
})
