import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  authorizeUrl,
  claimsOf,
  fixedIdp,
  get,
  mira,
  post,
  redirectUri,
  signIn,
} from '../support/relying-party.ts'

const pid = demoProject.projectId
const documents = [`/${pid}`, `/${pid}/shop`, `/v1/apps/${pid}`]
const shop = { oidcApps: [{ id: 'shop', name: 'Shop' }] }

async function metadataOf(config: MockIdpConfig = {}, path = `/${pid}`) {
  const idp = fixedIdp({ ...shop, ...config })
  return (await answerOf(await get(idp, `${path}/.well-known/openid-configuration`))).body
}

describe('what discovery names (2.1, 2.3)', () => {
  it.each(documents)(
    'the issuer %s ends without a slash, and the document lies under it (S-083, S-085, S-086, S-087)',
    async (path) => {
      const { issuer } = await metadataOf({}, path)
      expect(issuer).toBe(`http://127.0.0.1:4455${path}`)
      expect(issuer).not.toMatch(/[?#]|\/$/)
    },
  )

  it.each(documents)(
    'every endpoint of %s is served, and also at the shared path (S-078, S-148, S-150, S-153, S-154, S-413, S-414)',
    async (path) => {
      const idp = fixedIdp(shop)
      const metadata = await metadataOf({}, path)
      const base = path.startsWith('/v1') ? '/oauth2/v1/apps' : '/oauth2/v1'
      const named = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
      expect(named.length).toBeGreaterThanOrEqual(5)
      for (const [name, value] of named) {
        const url = String(value)
        const shared = url.endsWith('.json') ? url : `${base}/${url.split('/').at(-1)}`
        for (const address of [url, shared]) {
          const viaGet = await get(idp, address)
          const found = viaGet.status === 405 ? await post(idp, new URL(address, idp.origin).pathname, {}) : viaGet
          expect([name, address, found.status]).not.toContain(404)
        }
      }
    },
  )
})

describe('switches of the metadata (2.18)', () => {
  it('lists the 13 claims of the settings, or the 11 of the printed sample (S-096, S-104, A-05)', async () => {
    const { claims_supported: settings } = await metadataOf()
    const { claims_supported: sample } = await metadataOf({ compat: { metadataClaims: 'sample' } })
    expect([settings.length, sample.length]).toEqual([13, 11])
    expect(settings.slice(11)).toEqual(['family_name', 'given_name'])
    expect(sample).toEqual(settings.slice(0, 11))
  })

  it.each(documents)('%s states other authentication methods when told to (Q-01)', async (path) => {
    const metadataAuthMethods = ['client_secret_jwt']
    const metadata = await metadataOf({ compat: { metadataAuthMethods } }, path)
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(metadataAuthMethods)
  })

  it('names grants that the token endpoint refuses when told to (Q-04)', async () => {
    const idp = fixedIdp({ compat: { metadataOverAdvertise: true } })
    const { grant_types_supported: grants } = await metadataOf({ compat: { metadataOverAdvertise: true } })
    const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
    expect(grants).toEqual(expect.arrayContaining(['authorization_code', exchange]))
    const fields = { grant_type: exchange, client_id: pid }
    expect(await answerOf(await post(idp, '/oauth2/v1/token', fields))).toMatchObject({
      status: 400,
      body: { errorCode: 'E011003' },
    })
  })

  it('names another issuer when told to, while tokens keep theirs (Q-10, A-20)', async () => {
    const compat = { metadataIssuerOverride: 'https://front.example' }
    expect((await metadataOf({ compat })).issuer).toBe('https://front.example')
    const idp = fixedIdp({ compat })
    expect(claimsOf((await signIn(idp)).id_token).iss).toBe(idp.issuer)
  })
})

describe('the host in issuers and addresses (Q-11)', () => {
  it('is the custom domain everywhere, tokens, pages and connection included (S-084, S-406)', async () => {
    const config = { origin: 'http://localhost:1', customDomain: 'login.acme.example' }
    const idp = fixedIdp(config)
    expect([idp.issuer, idp.inboundIssuer]).toEqual([
      `https://login.acme.example/${pid}`,
      `https://login.acme.example/v1/apps/${pid}`,
    ])
    for (const path of documents) {
      expect(JSON.stringify(await metadataOf(config, path))).not.toMatch(/localhost|127\.0\.0\.1/)
    }
    for (const kind of ['oidc', 'inbound'] as const) {
      const { id_token } = await signIn(idp, {}, kind)
      expect(claimsOf(id_token).iss).toBe(kind === 'oidc' ? idp.issuer : idp.inboundIssuer)
    }
    const hosted = (await get(idp, authorizeUrl(idp))).headers.get('location')
    expect(hosted).toMatch(/^https:\/\/login\.acme\.example\/login\//)
    const connection = idp.inboundApps.get(demoProject.spa.appId)?.connection
    expect(JSON.stringify(connection)).not.toMatch(/localhost|127\.0\.0\.1/)
    expect(() => fixedIdp({ customDomain: 'https://x' })).toThrow(/customDomain: expected a host/)
  })

  it('follows each request with hostAware, and stays the configured one without (S-084)', async () => {
    const at = async (hostAware: boolean, path: string) => {
      const idp = fixedIdp({ ...shop, compat: { hostAware } })
      const response = await idp.fetch(new Request(`https://cname.example${path}/.well-known/openid-configuration`))
      return (await response.json()) as Record<string, unknown>
    }
    for (const path of documents) {
      expect((await at(true, path)).issuer).toBe(`https://cname.example${path}`)
      expect(JSON.stringify(await at(true, path))).not.toContain('127.0.0.1')
      expect(JSON.stringify(await at(false, path))).not.toContain('cname.example')
    }
  })

  it('with hostAware a whole login carries the host of its requests in iss and cookies', async () => {
    const idp = fixedIdp({ compat: { hostAware: true } })
    const { cookie } = await idp.sessions.create(mira.id)
    const url = authorizeUrl(idp, { prompt: 'none' })
    const silent = await idp.fetch(
      new Request(`https://cname.example${url.pathname}${url.search}`, { headers: { cookie } }),
    )
    const code = new URL(silent.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: pid,
      redirect_uri: redirectUri,
      code_verifier: 'N7QLWqAp2aYxDGRtqbXjbfusYLE97XAui-nnW9hOofI',
    })
    const answer = await idp.fetch(new Request('https://cname.example/oauth2/v1/token', { method: 'POST', body }))
    const tokens = (await answer.json()) as { id_token: string }
    expect(claimsOf(tokens.id_token).iss).toBe(`https://cname.example/${pid}`)
  })
})

describe('hosting URLs (2.4)', () => {
  it.each([
    ['the mock itself', undefined, /^http:\/\/127\.0\.0\.1:4455\/login\//],
    [
      'a page on loopback over plain http',
      'http://localhost:3000/P1?flow=custom',
      /^http:\/\/localhost:3000\/P1\?flow=custom&/,
    ],
    [
      'a page elsewhere',
      'https://auth.descope.io/P1?flow=sign-up-or-in',
      /^https:\/\/auth\.descope\.io\/P1\?flow=sign-up-or-in&/,
    ],
  ])('may be %s, for both families (S-137, S-143, S-407)', async (_, loginPageUrl, expected) => {
    const idp = fixedIdp(loginPageUrl === undefined ? {} : { defaultApp: { loginPageUrl } })
    if (loginPageUrl !== undefined) idp.inboundApps.update(demoProject.spa.appId, { loginPageUrl })
    expect((await get(idp, authorizeUrl(idp))).headers.get('location')).toMatch(expected)
    expect((await get(idp, authorizeUrl(idp, {}, 'inbound'))).headers.get('location')).toMatch(expected)
  })

  it.each(['/relative', 'ftp://x', 'javascript:alert(1)'])('may not be %s', (loginPageUrl) => {
    expect(() => fixedIdp({ defaultApp: { loginPageUrl } })).toThrow(/loginPageUrl: expected an absolute http/)
  })
})
