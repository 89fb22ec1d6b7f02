import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { answerOf, basic, fixedIdp, get, mira, noa, post, signIn, token, userinfo } from '../support/relying-party.ts'

const { spa, agent } = demoProject

const call = async (idp: MockIdp, path: string, accessToken?: string) =>
  answerOf(await get(idp, path, accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }))

const ordered = (idp: MockIdp, scope: string, more: object = {}) =>
  idp.tokens.accessToken({ user: mira.id, client: spa.clientId, scope, ...more })

const change = async (idp: MockIdp, accessToken: string, fields: Record<string, string> = { name: 'Cy' }) =>
  answerOf(await post(idp, '/api/contacts', fields, { authorization: `Bearer ${accessToken}` }))

describe('the sample resource /api/contacts', () => {
  it('takes the access token of a login with contacts.read (S-388, S-429, S-431)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, { scope: 'openid contacts.read' }, 'inbound')
    const { status, body } = await call(idp, '/api/contacts', access_token)
    expect([status, body.contacts.map(({ name }: { name: string }) => name)]).toEqual([200, ['Ada Roe', 'Bo Lind']])
  })

  it('answers 403, insufficient_scope, to a good token without contacts.read (S-430, S-431)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, { scope: 'openid birthday' }, 'inbound')
    const { status, headers, body } = await call(idp, '/api/contacts', access_token)
    expect([status, body.error]).toEqual([403, 'insufficient_scope'])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", .*scope="contacts.read"$/)
  })

  it('takes the same token as userinfo does (S-429)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, { scope: 'openid contacts.read' }, 'inbound')
    const { status, body } = await userinfo(idp, access_token, 'inbound')
    expect([status, body.sub]).toEqual([200, mira.id])
    expect((await call(idp, '/api/contacts', access_token)).status).toBe(200)
    expect((await userinfo(idp, `${access_token}x`, 'inbound')).status).toBe(401)
  })

  it('answers 401 without a code when no token was sent (S-429)', async () => {
    const { status, headers } = await call(fixedIdp(), '/api/contacts')
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer resource_metadata="[^"]+"$/),
    ])
  })

  it('answers 401, invalid_token, to everything that is no access token of an inbound application (S-388, S-430)', async () => {
    const idp = fixedIdp()
    const inbound = await signIn(idp, { scope: 'openid contacts.read' }, 'inbound')
    const oidc = await signIn(idp, {}, 'oidc')
    const scope = 'contacts.read'
    const tokens = {
      nonsense: 'x.y.z',
      idToken: inbound.id_token,
      refreshToken: inbound.refresh_token,
      otherFamily: oidc.access_token,
      otherIssuer: await ordered(idp, scope, { claims: { iss: 'https://attacker.example' } }),
      otherAudience: await ordered(idp, scope, { claims: { aud: ['someone'] } }),
      expired: await ordered(idp, scope, { expiresInSeconds: -1 }),
      noScope: await ordered(idp, scope, { claims: { scope: undefined } }),
      refreshKind: await ordered(idp, scope, { claims: { drn: 'DSR' } }),
      withNonce: await ordered(idp, scope, { claims: { nonce: 'n' } }),
      unknownKey: await ordered(idp, scope, { header: { kid: 'nobody' } }),
    }
    for (const [name, accessToken] of Object.entries(tokens)) {
      const { status, headers } = await call(idp, '/api/contacts', accessToken)
      expect([name, status]).toEqual([name, 401])
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    expect((await call(idp, '/api/contacts', await ordered(idp, scope))).status).toBe(200)
  })

  it('is not impressed by a scope inside nsec (S-430)', async () => {
    const idp = fixedIdp()
    const smuggled = await ordered(idp, 'openid', { claims: { nsec: { scope: 'contacts.read' } } })
    expect((await call(idp, '/api/contacts', smuggled)).status).toBe(403)
  })

  it('shows birthdays to those whose scopes allow it (S-438)', async () => {
    const idp = fixedIdp()
    const without = (await call(idp, '/api/contacts', await ordered(idp, 'contacts.read'))).body.contacts
    const having = (await call(idp, '/api/contacts', await ordered(idp, 'contacts.read birthday'))).body.contacts
    expect(without).toEqual(having.map(({ id, name }: { id: string; name: string }) => ({ id, name })))
    expect(having[0].birthday).toBe('1990-01-02')
  })

  it('lets the role editor change contacts, with the scope and only with it (S-433, S-434, S-435)', async () => {
    const idp = fixedIdp()
    const editor = await signIn(
      idp,
      { scope: 'openid contacts.read contacts.write', tenant: 'acme.example' },
      'inbound',
    )
    expect((await change(idp, editor.access_token)).body).toEqual({ id: 'c3', name: 'Cy' })
    expect((await call(idp, '/api/contacts', editor.access_token)).body.contacts).toHaveLength(3)
    const reader = await signIn(idp, { scope: 'openid contacts.read', tenant: 'acme.example' }, 'inbound')
    expect((await change(idp, reader.access_token)).body.error).toBe('insufficient_scope')
    const withoutRole = await ordered(idp, 'contacts.write', { user: noa.id })
    expect((await change(idp, withoutRole)).status).toBe(403)
    expect((await change(idp, editor.access_token, {})).status).toBe(400)
  })

  it('takes the token of a machine for the scopes it was granted (S-391, S-436, S-437)', async () => {
    const idp = fixedIdp()
    const tokenFor = async (scope: string) => {
      const fields = { grant_type: 'client_credentials', scope }
      return (await token(idp, fields, 'inbound', basic(agent.clientId, agent.clientSecret))).body.access_token
    }
    expect((await call(idp, '/api/contacts', await tokenFor('contacts.read'))).status).toBe(200)
    expect((await call(idp, '/api/contacts', await tokenFor('contacts.write'))).status).toBe(403)
    expect((await change(idp, await tokenFor('contacts.write'))).status).toBe(200)
    expect((await change(idp, await tokenFor('contacts.read'))).status).toBe(403)
  })

  it('goes on taking a token whose consent is gone: local checks pass until exp (5.4 step 12)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, { scope: 'openid contacts.read' }, 'inbound')
    idp.consents.delete({ appId: spa.appId })
    expect((await call(idp, '/api/contacts', access_token)).status).toBe(200)
    idp.clock.advance(600)
    expect((await call(idp, '/api/contacts', access_token)).status).toBe(401)
  })
})

describe('the sample resource /api/files', () => {
  it('shows public files with files.read_public, never private ones (S-438, S-439)', async () => {
    const idp = fixedIdp()
    const names = async (scope: string) =>
      (await call(idp, '/api/files', await ordered(idp, scope))).body.files?.map(({ name }: { name: string }) => name)
    expect(await names('files.read_public')).toEqual(['handbook.txt'])
    expect(await names('files.read_private')).toEqual(['salaries.txt'])
    expect(await names('files.read_public files.read_private')).toEqual(['handbook.txt', 'salaries.txt'])
    expect(await names('contacts.read')).toBeUndefined()
    expect((await call(idp, '/api/files', await ordered(idp, 'contacts.read'))).status).toBe(403)
  })

  it('can be tried with the fixture application Demo Partner (S-439)', async () => {
    const idp = fixedIdp()
    const { clientId } = demoProject.partner
    const tokens = await idp.tokens.accessToken({ client: clientId, user: mira.id, scope: 'files.read_public' })
    expect((await call(idp, '/api/files', tokens)).body.files).toHaveLength(1)
    const scopes = idp.inboundApps.get(clientId)?.permissionsScopes.map(({ name }) => name)
    expect(scopes).toEqual(expect.arrayContaining(['files.read_public', 'files.read_private']))
  })
})
