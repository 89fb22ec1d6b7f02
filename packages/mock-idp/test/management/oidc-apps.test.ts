import { createMockIdp, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { load, manage } from '../support/management.ts'
import { authorize, authorizeUrl, basic, fixedIdp, get, token } from '../support/relying-party.ts'

const base = '/v1/mgmt/sso/idp'

describe('OIDC applications over the management API (5.6)', () => {
  it('create makes an id, or takes one that stays for ever (S-057, S-059)', async () => {
    const idp = fixedIdp()
    const made = (await manage(idp, `${base}/app/oidc/create`, { name: 'Shop' })).body
    expect(made.id).toMatch(/^[A-Za-z0-9_-]{1,30}$/)
    const chosen = await manage(idp, `${base}/app/oidc/create`, { name: 'Desk', id: 'desk', description: 'For agents' })
    expect(chosen.body).toEqual({ id: 'desk' })
    expect((await load(idp, `${base}/app/load`, { id: 'desk' })).body).toMatchObject({
      id: 'desk',
      name: 'Desk',
      description: 'For agents',
      type: 'oidc',
      status: 'active',
    })
    const longest = 'aZ9-_'.repeat(6)
    expect((await manage(idp, `${base}/app/oidc/create`, { name: 'Long', id: longest })).body).toEqual({ id: longest })
    expect(() => idp.oidcApps.update('desk', { id: 'other' })).toThrow('an id cannot be changed')
    expect(idp.oidcApps.get('desk')?.id).toBe('desk')
  })

  it.each([
    [{ name: undefined }, 'E011002'],
    [{ id: 'a b' }, 'E011003'],
    [{ id: 'x'.repeat(31) }, 'E011003'],
    [{ type: 'saml' }, 'E011003'],
    [{ loginPageUrl: '/relative' }, 'E011003'],
    [{ clientType: 'secret' }, 'E011003'],
  ])('create refuses %j with %s (S-051, S-058 to S-062)', async (fields, code) => {
    const answer = await manage(fixedIdp(), `${base}/app/oidc/create`, { name: 'Shop', ...fields })
    expect([answer.status, answer.body.errorCode]).toEqual([400, code])
  })

  it('a name is unique within the project, and can be changed (S-058)', async () => {
    const idp = fixedIdp()
    await manage(idp, `${base}/app/oidc/create`, { name: 'Shop', id: 'shop' })
    const second = await manage(idp, `${base}/app/oidc/create`, { name: 'Shop' })
    expect([second.body.errorCode, second.body.errorDescription]).toEqual(['E011003', expect.stringContaining('name')])
    expect((await manage(idp, `${base}/app/oidc/update`, { id: 'shop', name: 'Store' })).body).toEqual({ id: 'shop' })
    expect((await manage(idp, `${base}/app/oidc/create`, { name: 'Shop' })).status).toBe(200)
  })

  it('update sets everything, what is absent goes back to its default (S-060)', async () => {
    const idp = fixedIdp()
    const fields = { id: 'shop', name: 'Shop', description: 'Sells', claims: ['shoe_size'], forceAuthentication: true }
    await manage(idp, `${base}/app/oidc/create`, { ...fields, jwtBearerSettings: { a: 1 } })
    expect((await load(idp, `${base}/app/load`, { id: 'shop' })).body).toMatchObject({
      ...fields,
      jwtBearerSettings: { a: 1 },
    })
    await manage(idp, '/v2/mgmt/sso/idp/app/oidc/update', { id: 'shop', name: 'Shop', description: 'Rents' })
    expect((await load(idp, `${base}/app/load`, { id: 'shop' })).body).toMatchObject({
      description: 'Rents',
      claims: [],
      forceAuthentication: false,
      jwtBearerSettings: {},
    })
  })

  it('load all lists them without secrets, delete removes one (S-050)', async () => {
    const idp = fixedIdp()
    await manage(idp, `${base}/app/oidc/create`, { name: 'A', id: 'a', clientType: 'confidential' })
    await manage(idp, `${base}/app/oidc/create`, { name: 'B', id: 'b' })
    const list = (await load(idp, `${base}/apps/load`)).body
    expect(list.apps.map(({ id }: { id: string }) => id)).toEqual(['a', 'b'])
    expect(JSON.stringify(list)).not.toContain(idp.oidcApps.secret('a'))
    expect((await manage(idp, `${base}/app/delete`, { id: 'a' })).body).toEqual({})
    expect((await load(idp, `${base}/app/load`, { id: 'a' })).body.errorCode).toBe('E011004')
    expect(idp.oidcApps.list().map(({ id }) => id)).toEqual(['b'])
  })

  it('secret shows the secret of a confidential application, rotate replaces it (S-057)', async () => {
    const idp = fixedIdp()
    await manage(idp, `${base}/app/oidc/create`, { name: 'Web', id: 'web', clientType: 'confidential' })
    await manage(idp, `${base}/app/oidc/create`, { name: 'Legacy', id: 'legacy' })
    const { cleartext } = (await load(idp, `${base}/app/secret`, { id: 'web' })).body
    const clientId = idp.oidcApps.get('web')?.clientId ?? ''
    const refused = async (secret: string) =>
      (await token(idp, { grant_type: 'refresh_token', refresh_token: 'x' }, 'oidc', basic(clientId, secret))).body
        .error
    expect(await refused(cleartext)).toBe('invalid_grant')
    const rotated = (await manage(idp, `${base}/app/rotate`, { id: 'web' })).body.cleartext
    expect(await refused(cleartext)).toBe('invalid_client')
    expect(await refused(rotated)).toBe('invalid_grant')
    for (const path of ['secret', 'rotate']) {
      const answer =
        path === 'secret'
          ? load(idp, `${base}/app/secret`, { id: 'legacy' })
          : manage(idp, `${base}/app/rotate`, { id: 'legacy' })
      expect((await answer).body.errorCode).toBe('E011003')
    }
  })

  it('maxOidcApps refuses further applications (S-054)', async () => {
    const idp = fixedIdp({ compat: { maxOidcApps: 1 } })
    expect((await manage(idp, `${base}/app/oidc/create`, { name: 'A', id: 'a' })).status).toBe(200)
    expect((await manage(idp, `${base}/app/oidc/create`, { name: 'B' })).body.errorCode).toBe('E011003')
    expect((await manage(idp, `${base}/app/oidc/update`, { id: 'a', name: 'C' })).status).toBe(200)
    expect(fixedIdp({ oidcApps: ['A', 'B', 'C'].map((name) => ({ name })) }).oidcApps.list()).toHaveLength(3)
  })

  it('the loader refuses an application of type saml (S-051, S-061)', () => {
    const config = (type: string) => ({ oidcApps: [{ name: 'A', type }] }) as MockIdpConfig
    expect(() => createMockIdp(config('saml'))).toThrow('config.oidcApps[0].type: expected one of "oidc"')
    expect(createMockIdp(config('oidc')).oidcApps.list()[0]?.type).toBe('oidc')
  })
})

describe('connection of an OIDC application', () => {
  it('has issuer, discovery, hosting URL and endpoints, which discovery confirms (S-138)', async () => {
    const idp = fixedIdp({ oidcApps: [{ name: 'Shop', id: 'shop' }] })
    const connection = idp.oidcApps.connection('shop')
    expect(idp.oidcApps.get('shop')?.connection).toEqual(connection)
    for (const one of [connection, idp.oidcApps.connection()]) {
      const metadata = await (await get(idp, one.discoveryUrl)).json()
      expect(metadata).toMatchObject({
        issuer: one.issuer,
        authorization_endpoint: one.authorizationUrl,
        token_endpoint: one.tokenUrl,
        userinfo_endpoint: one.userinfoUrl,
        revocation_endpoint: one.revocationUrl,
        end_session_endpoint: one.logoutUrl,
        jwks_uri: one.jwksUrl,
      })
    }
    expect(connection.hostingUrl).toBe(`${idp.origin}/login/${idp.projectId}?flow=sign-up-or-in`)
    expect(() => idp.oidcApps.connection('nobody')).toThrow(TypeError)
  })

  it('the hosting URL is the one that authorize sends browsers to, http on loopback too (S-062, S-139, S-143)', async () => {
    const idp = fixedIdp()
    const id = idp.projectId
    idp.inboundApps.update(idp.inboundApps.list()[0]?.id ?? '', {
      loginPageUrl: `http://localhost:3000/${id}?flow=mine`,
    })
    const app = idp.inboundApps.list()[0]
    expect(app?.connection.hostingUrl).toBe(`http://localhost:3000/${id}?flow=mine`)
    const response = await get(idp, authorizeUrl(idp, {}, 'inbound'))
    expect(response.headers.get('location')).toMatch(new RegExp(`^http://localhost:3000/${id}\\?flow=mine&`))
  })
})

describe('connection of an inbound application', () => {
  it('is confirmed by discovery, and has no logout URL (S-411 to S-414)', async () => {
    const idp = fixedIdp()
    const app = idp.inboundApps.list()[0]
    if (!app) throw new Error('no app')
    const connection = idp.inboundApps.connection(app.id)
    expect(connection).toEqual(app.connection)
    expect(await (await get(idp, connection.discoveryUrl)).json()).toMatchObject({
      issuer: connection.issuer,
      authorization_endpoint: connection.authorizationUrl,
      token_endpoint: connection.tokenUrl,
      userinfo_endpoint: connection.userinfoUrl,
      revocation_endpoint: connection.revocationUrl,
      jwks_uri: connection.jwksUrl,
    })
    expect('logoutUrl' in connection).toBe(false)
    expect((await authorize(idp, {}, 'inbound')).get('error')).toBeNull()
  })

  it('follows the custom domain in every address (S-406)', () => {
    const idp = fixedIdp({ customDomain: 'login.acme.example' })
    const app = idp.inboundApps.list()[0]
    const { clientId, ...urls } = idp.inboundApps.connection(app?.id ?? '')
    expect(clientId).toBe(app?.clientId)
    expect(Object.values(urls).every((url) => url.startsWith('https://login.acme.example/'))).toBe(true)
  })

  it.each(['https://api.acme.example/login', 'https://login.acme.example/login/x', 'http://localhost:3000/page'])(
    'the hosting URL may be %s (S-407)',
    (loginPageUrl) => {
      const idp = fixedIdp()
      const app = idp.inboundApps.create({ name: 'Hosted', loginPageUrl })
      expect(app.connection.hostingUrl).toBe(loginPageUrl)
      expect(() => idp.inboundApps.create({ name: 'Bad', loginPageUrl: 'login' })).toThrow('an absolute http or https')
    },
  )
})
