import { describe, expect, test } from 'vitest'
import { discover } from '../../src/index.ts'
import {
  auth0Api,
  auth0Browser,
  entraApi,
  entraBrowser,
  googleApi,
  keycloakApi,
  keycloakBrowser,
  oktaApi,
  oktaBrowser,
} from '../../src/providers/index.ts'
import { recorded } from './provider-fixture.ts'

const tenantId = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'
const account = 'jobs@acme-prod.iam.gserviceaccount.com'

describe('the presets refuse', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['the tenant "common"', () => entraApi({ tenantId: 'common', audience: 'a' }), /GUID/],
    ['an empty audience', () => entraApi({ tenantId, audience: '' }), /"audience"/],
    ['another token version', () => entraApi({ tenantId, audience: 'a', tokenVersion: 3 as 2 }), /1 or 2/],
    ['other role claims', () => entraApi({ tenantId, audience: 'a', roleClaims: ['scp' as 'wids'] }), /roles, wids/],
    ['a tenant by name in a page', () => entraBrowser({ tenantId: 'organizations', clientId: 'c' }), /GUID/],
    ['a URL as domain', () => auth0Api({ domain: 'https://acme.auth0.com', audience: 'a' }), /host name/],
    [
      'another token profile',
      () => auth0Api({ domain: 'a.example', audience: 'a', tokenProfile: 'x' as 'auth0' }),
      /one/,
    ],
    ['a page without client', () => auth0Browser({ domain: 'a.example', clientId: '' }), /"clientId"/],
    [
      'a path as server id',
      () => oktaApi({ domain: 'a.example', audience: 'a', authorizationServerId: '../x' }),
      /letters/,
    ],
    [
      'dots as server id',
      () => oktaBrowser({ domain: 'a.example', clientId: 'c', authorizationServerId: '..' }),
      /letters/,
    ],
    ['an http server', () => keycloakApi({ baseUrl: 'http://id.example', realm: 'r', audience: 'a' }), /https/],
    [
      'a realm with a slash',
      () => keycloakBrowser({ baseUrl: 'https://id.example', realm: 'a/b', clientId: 'c' }),
      /letters/,
    ],
    ['no service account', () => googleApi({ audience: 'a', serviceAccounts: [] }), /gserviceaccount/],
    ['the address of a person', () => googleApi({ audience: 'a', serviceAccounts: ['mira@acme.example'] }), /gservice/],
    [
      'an address around the domain',
      () => googleApi({ audience: 'a', serviceAccounts: [`${account}.evil.example`] }),
      /gserv/,
    ],
    [
      'an unknown option',
      () => oktaApi({ domain: 'a.example', audience: 'a', issuer: 'x' } as never),
      /no option "issuer"/,
    ],
  ])('%s', (_what, create, message) => {
    expect(create).toThrow(message)
    expect(create).toThrow(expect.objectContaining({ name: 'ConfigurationError' }))
  })
})

describe('the browser presets', () => {
  const clientId = 'orders-web'
  test.each([
    ['entra-v2', entraBrowser({ tenantId, clientId })],
    ['auth0', auth0Browser({ domain: 'acme.eu.auth0.com', clientId })],
    ['okta', oktaBrowser({ domain: 'acme.okta.com', clientId })],
    ['keycloak', keycloakBrowser({ baseUrl: 'https://id.acme.example/', realm: 'acme', clientId })],
  ])('%s: names the issuer as its metadata does, and asks for no refresh token unasked', (name, preset) => {
    expect(preset).toMatchObject({ issuer: recorded(name).metadata.issuer, clientId, scope: 'openid profile email' })
  })

  test.each(['entra-v2', 'auth0', 'okta', 'keycloak', 'google'])(
    '%s: its metadata is found by the issuer',
    async (name) => {
      const { metadata } = recorded(name)
      const asked: string[] = []
      const fetch = async (url: string) => {
        asked.push(url)
        return Response.json(metadata)
      }
      await expect(discover(metadata.issuer, { fetch })).resolves.toMatchObject({ jwks_uri: metadata.jwks_uri })
      expect(asked).toEqual([`${metadata.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`])
    },
  )

  test('ask for what the app wants', () => {
    const domain = 'acme.eu.auth0.com'
    const options = {
      domain,
      clientId,
      scopes: ['orders.read'],
      offlineAccess: true,
      audience: 'api',
      organization: 'o',
    }
    expect(auth0Browser(options)).toEqual({
      issuer: `https://${domain}/`,
      clientId,
      scope: 'openid profile email offline_access orders.read',
      authorizationParameters: { audience: 'api', organization: 'o' },
    })
  })
})
