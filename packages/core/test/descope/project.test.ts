import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { descopeAgent, descopeApi, descopeBrowser } from '../../src/descope/index.ts'
import { ConfigurationError } from '../../src/index.ts'

const projectId = demoProject.projectId
const regional = `Peuc1${projectId.slice(1)}`
const secret = 'the-access-key'

describe('where a project lives (IDP-SPEC 2.1)', () => {
  test.each([
    ['a project id of 28 characters', { projectId }, 'https://api.descope.com'],
    ['a region in a project id of 32 characters', { projectId: regional }, 'https://api.euc1.descope.com'],
    ['a custom domain', { projectId: regional, customDomain: 'auth.acme.example' }, 'https://auth.acme.example'],
    ['a base URL', { projectId, baseUrl: 'http://localhost:4455' }, 'http://localhost:4455'],
    ['a base URL with a slash at its end', { projectId, baseUrl: 'https://idp.example/' }, 'https://idp.example'],
  ])('is derived from %s (N-02, N-03; S-084, S-085, S-088, S-406, S-412)', (_what, options, base) => {
    const issuer = `${base}/${options.projectId}`
    const browser = descopeBrowser(options)
    expect(browser.issuer).toBe(issuer)
    expect(browser.metadata.issuer).toBe(issuer)
    expect(browser.metadata.token_endpoint).toBe(`${base}/oauth2/v1/token`)
    expect(descopeApi(options)).toMatchObject({ issuer, jwksUri: `${issuer}/.well-known/jwks.json` })
    expect(descopeAgent({ ...options, clientSecret: secret })).toMatchObject({ issuer })
    expect(descopeBrowser({ ...options, kind: 'inbound', clientId: 'app' }).issuer).toBe(
      `${base}/v1/apps/${options.projectId}`,
    )
  })

  const idp = createMockIdp({ oidcApps: [{ id: 'back-office', name: 'Back office' }] })
  const base = { projectId, baseUrl: idp.origin }
  test.each([
    ['the default application', descopeBrowser(base)],
    ['a named application', descopeBrowser({ ...base, applicationId: 'back-office' })],
    ['an inbound app', descopeBrowser({ ...base, kind: 'inbound', clientId: 'app' })],
    ['an agent with an access key', descopeAgent({ ...base, clientSecret: secret })],
    [
      'an agent that is an inbound app',
      descopeAgent({ ...base, kind: 'inbound', clientId: 'app', clientSecret: secret }),
    ],
  ])(
    'has the endpoints that the provider announces for %s (S-059, S-411, S-412, S-413, S-414)',
    async (_what, { issuer, metadata }) => {
      const response = await idp.fetch(new Request(`${issuer}/.well-known/openid-configuration`))
      const announced: Record<string, unknown> = await response.json()
      for (const [name, value] of Object.entries(metadata))
        expect({ [name]: value }).toEqual({ [name]: announced[name] })
      const endpoints = (names: object) => Object.keys(names).filter((name) => /_endpoint$|^jwks_uri$/.test(name))
      expect(endpoints(metadata).sort()).toEqual(endpoints(announced).sort())
    },
  )
})

const presets: [string, (options: Record<string, unknown>) => object][] = [
  ['descopeBrowser', (options) => descopeBrowser(options as unknown as Parameters<typeof descopeBrowser>[0])],
  ['descopeApi', (options) => descopeApi(options as unknown as Parameters<typeof descopeApi>[0])],
  [
    'descopeAgent',
    (options) => descopeAgent({ clientSecret: secret, ...options } as unknown as Parameters<typeof descopeAgent>[0]),
  ],
]

test.each(presets)('%s says where in the console the project id stands (S-145)', (_name, preset) => {
  expect(() => preset({ projectId: 'P1' })).toThrow(/in the project settings of the console/)
})

describe.each(presets)('%s refuses', (_name, preset) => {
  test.each([
    ['no project id', {}, 'OIDC_OPTION_INVALID', /"projectId" must be/],
    ['an empty project id', { projectId: '' }, 'OIDC_OPTION_INVALID', /"projectId" must be/],
    [
      'a project id that is too short',
      { projectId: projectId.slice(0, -1) },
      'OIDC_OPTION_INVALID',
      /27 or 31 letters/,
    ],
    ['a project id with text around it', { projectId: `x${projectId}` }, 'OIDC_OPTION_INVALID', /27 or 31 letters/],
    ['a project id with a line break', { projectId: `${projectId}\n` }, 'OIDC_OPTION_INVALID', /27 or 31 letters/],
    ['the name of a variable', { projectId: 'process.env.DESCOPE_PROJECT_ID' }, 'OIDC_OPTION_INVALID', /placeholder/],
    ['the name of a Vite variable', { projectId: 'import.meta.env.VITE_ID' }, 'OIDC_OPTION_INVALID', /placeholder/],
    ['the text undefined', { projectId: 'undefined' }, 'OIDC_OPTION_INVALID', /placeholder/],
    ['a template', { projectId: '<your project id>' }, 'OIDC_OPTION_INVALID', /placeholder/],
    ['a shell variable', { projectId: '$PROJECT_ID' }, 'OIDC_OPTION_INVALID', /placeholder/],
    ['an access key', { projectId: demoProject.accessKey.id }, 'OIDC_OPTION_INVALID', /id of something else/],
    ['an app id', { projectId: demoProject.spa.appId }, 'OIDC_OPTION_INVALID', /id of something else/],
    ['a tenant id', { projectId: demoProject.tenants.acme }, 'OIDC_OPTION_INVALID', /id of something else/],
    ['an unknown option', { projectId, region: 'euc1' }, 'OIDC_OPTION_UNKNOWN', /"region"/],
    ['an http base URL', { projectId, baseUrl: 'http://idp.example' }, 'OIDC_OPTION_INVALID', /"baseUrl".*https/],
    ['a base URL with a query', { projectId, baseUrl: 'https://idp.example?x' }, 'OIDC_OPTION_INVALID', /"baseUrl"/],
    [
      'a URL as custom domain',
      { projectId, customDomain: 'https://acme.example' },
      'OIDC_OPTION_INVALID',
      /"customDomain"/,
    ],
    [
      'a custom domain beside a base URL',
      { projectId, customDomain: 'auth.acme.example', baseUrl: 'https://idp.example' },
      'OIDC_OPTION_INVALID',
      /either "customDomain" or "baseUrl"/,
    ],
  ])('%s', (_what, options, code, message) => {
    const call = () => preset(options)
    expect(call).toThrow(ConfigurationError)
    expect(call).toThrow(expect.objectContaining({ code }))
    expect(call).toThrow(message)
    expect(call).not.toThrow(secret)
  })
})
