import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { load, manage } from '../support/management.ts'
import { basic, fixedIdp, token } from '../support/relying-party.ts'

const base = '/v1/mgmt/thirdparty'
const scope = { name: 'notes.read', description: 'Read notes', values: ['Staff'] }

async function create(idp: MockIdp, fields: object = {}) {
  const { body } = await manage(idp, `${base}/app/create`, { name: 'Notes', permissionsScopes: [scope], ...fields })
  return body as { id: string; clientId: string; cleartext: string }
}

const clientCredentials = async (idp: MockIdp, clientId: string, secret: string) =>
  (await token(idp, { grant_type: 'client_credentials' }, 'inbound', basic(clientId, secret))).status

describe('the management key', () => {
  it.each([undefined, 'Bearer nonsense', 'Basic abc', `Bearer P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H:wrong`])(
    'is needed: %s gives 401 in the service shape (S-121)',
    async (authorization) => {
      const idp = fixedIdp()
      const headers = authorization === undefined ? undefined : { authorization }
      const request = new Request(new URL(`${base}/apps/load`, idp.origin), headers ? { headers } : {})
      const response = await idp.fetch(request)
      expect([response.status, Object.keys(await response.json())]).toEqual([
        401,
        expect.arrayContaining(['errorCode', 'errorDescription', 'errorMessage']),
      ])
    },
  )

  it('is a test value, or what the configuration says (S-121)', async () => {
    expect((await load(fixedIdp(), `${base}/apps/load`)).status).toBe(200)
    expect((await load(fixedIdp({ managementKey: 'mine' }), `${base}/apps/load`)).status).toBe(401)
    const response = await fixedIdp({ managementKey: 'mine' }).fetch(
      new Request(`http://127.0.0.1:4455${base}/apps/load`, {
        headers: { authorization: 'Bearer P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H:mine' },
      }),
    )
    expect(response.status).toBe(200)
  })
})

describe('inbound applications over the management API (5.6)', () => {
  it('create makes an id, a client id and a secret that works (S-392, S-397, S-409, S-410)', async () => {
    const idp = fixedIdp()
    const { id, clientId, cleartext } = await create(idp)
    expect(id).toMatch(/^TPA[A-Za-z0-9]{27}$/)
    expect(clientId).toBe(Buffer.from(`${idp.projectId}:${id}`).toString('base64'))
    expect(clientId).toMatch(/=$/)
    expect(await clientCredentials(idp, clientId, cleartext)).toBe(200)
    expect(await clientCredentials(idp, clientId, 'another')).toBe(401)
  })

  it('create of a public application gives no secret; the older spelling is read (S-410)', async () => {
    const idp = fixedIdp()
    for (const fields of [{ clientType: 'public' }, { nonConfidentialClient: true, name: 'Other' }]) {
      const created = await create(idp, fields)
      expect(Object.keys(created)).toEqual(['id', 'clientId'])
      expect(idp.inboundApps.get(created.id)?.clientType).toBe('public')
    }
  })

  it.each([
    [{ name: undefined }, 'E011002'],
    [{ name: '' }, 'E011003'],
    [{ name: 'x'.repeat(101) }, 'E011003'],
    [{ permissionsScopes: [{ ...scope, name: 'two words' }] }, 'E011003'],
    [{ permissionsScopes: [{ name: 'a' }] }, 'E011003'],
    [{ permissionsScopes: [{ description: 'A' }] }, 'E011003'],
    [{ permissionsScopes: [scope, scope] }, 'E011003'],
    [{ attributesScopes: [{ name: 'a', values: ['email'] }] }, 'E011003'],
    [{ attributesScopes: [{ description: 'A', values: ['email'] }] }, 'E011003'],
    [{ attributesScopes: [{ name: 'two words', description: 'A', values: ['email'] }] }, 'E011003'],
    [{ permissionsScopes: [{ ...scope, values: ['Nobody'] }] }, 'E011003'],
    [{ attributesScopes: [{ name: 'a', description: 'A' }] }, 'E011003'],
    [{ attributesScopes: [{ name: 'a', description: 'A', values: ['shoeSize'] }] }, 'E011003'],
    [{ attributesScopes: [{ ...scope, values: ['email'] }] }, 'E011003'],
    [{ connectionsScopes: [{ ...scope, values: ['crm'] }] }, 'E011003'],
    [{ logo: 'ftp://x/logo.png' }, 'E011003'],
    [{ logo: 'https://[' }, 'E011003'],
    [{ loginPageUrl: 'http://[' }, 'E011003'],
    [{ clientType: 'secret' }, 'E011003'],
    [{ sessionSettings: { sessionTokenExpiration: 1, sessionTokenExpirationUnit: 'moons' } }, 'E011003'],
    [{ approvedCallbackUrls: 'https://a.example' }, 'E011003'],
  ])('create refuses %j with %s (S-395, S-398 to S-404)', async (fields, code) => {
    const idp = fixedIdp()
    const answer = await manage(idp, `${base}/app/create`, { name: 'Notes', permissionsScopes: [scope], ...fields })
    expect([answer.status, answer.body.errorCode]).toEqual([400, code])
    expect(idp.inboundApps.list().some(({ name }) => name === 'Notes')).toBe(false)
  })

  it.each(['x', 'x'.repeat(100)])('create takes the name %s (S-395)', async (name) => {
    const idp = fixedIdp()
    const { id } = await create(idp, { name })
    expect((await load(idp, `${base}/app/load`, { id })).body.name).toBe(name)
  })

  it('create takes every writable field and load shows it, flat (S-393 to S-408)', async () => {
    const idp = fixedIdp()
    const fields = {
      description: 'Keeps notes',
      logo: 'https://cdn.example/notes.png',
      loginPageUrl: 'https://login.notes.example/?flow=x',
      approvedCallbackUrls: ['https://notes.example/cb'],
      attributesScopes: [
        { name: 'me', description: 'Your name', optional: true, values: ['display name', 'displayName', 'dob'] },
      ],
      connectionsScopes: [{ name: 'calendar', description: 'Your calendar', values: ['google'] }],
      forcePkce: true,
      defaultAudience: 'clientId',
      audienceWhitelist: ['https://api.example'],
      forceAddAllAuthorizationInfo: true,
      allowedTenants: ['T2mockVb4Wn8Gx6Cd3Hp7Kq9Ls5M'],
      forceDpop: true,
      jwtBearerSettings: { issuers: {} },
    }
    const { id } = await create(idp, {
      ...fields,
      sessionSettings: { sessionTokenExpiration: 5, sessionTokenExpirationUnit: 'minutes', userTemplateId: 'JT1' },
      somethingNew: 1,
    })
    const { body } = await load(idp, `${base}/app/load`, { id })
    expect(body).toMatchObject({ ...fields, id, name: 'Notes', status: 'active', createdTime: 1767225600 })
    expect(body.sessionSettings).toEqual({ sessionTokenExpiration: 300, userTemplateId: 'JT1' })
    expect(idp.log.entries.flatMap(({ notes }) => notes)).toContain('without effect: somethingNew')
  })

  it('load gives the connection, and of secrets everything but the text (S-411 to S-414, 5.2)', async () => {
    const idp = fixedIdp()
    const { id, clientId, cleartext } = await create(idp)
    const { body } = await load(idp, `${base}/app/load`, { id })
    const inbound = `${idp.origin}/oauth2/v1/apps`
    expect(body).toMatchObject({
      clientId,
      issuer: `${idp.origin}/v1/apps/${idp.projectId}`,
      discoveryUrl: `${idp.origin}/v1/apps/${idp.projectId}/.well-known/openid-configuration`,
      authorizationUrl: `${inbound}/authorize`,
      tokenUrl: `${inbound}/token`,
      userinfoUrl: `${inbound}/userinfo`,
      revocationUrl: `${inbound}/revoke`,
      jwksUrl: `${idp.origin}/${idp.projectId}/.well-known/jwks.json`,
    })
    expect(body.secrets).toEqual([
      { id: expect.any(String), name: 'default', status: 'active', createdTime: 1767225600, expireTime: 0 },
    ])
    expect(JSON.stringify(body)).not.toContain(cleartext)
    expect((await load(idp, `${base}/app/load`, { clientId })).body).toEqual(body)
    expect((await load(idp, '/v2/mgmt/thirdparty/app/load', { id })).body).toEqual(body)
  })

  it('update sets everything, what is absent goes back to its default; id and client id stay (S-393, S-397)', async () => {
    const idp = fixedIdp()
    const { id, clientId, cleartext } = await create(idp, { description: 'Old', forcePkce: true })
    expect((await manage(idp, `${base}/app/update`, { id, name: 'New' })).body).toEqual({})
    const { body } = await load(idp, `${base}/app/load`, { id })
    expect(body).toMatchObject({ id, clientId, name: 'New', description: '', forcePkce: false, permissionsScopes: [] })
    expect(idp.inboundApps.secret(id)).toBe(cleartext)
  })

  it('patch changes the fields it names, in both versions (S-393)', async () => {
    const idp = fixedIdp()
    const { id } = await create(idp, { description: 'Old' })
    await manage(idp, `${base}/app/patch`, { id, name: 'New' })
    await manage(idp, '/v2/mgmt/thirdparty/app/patch', { id, forcePkce: true })
    const { body } = await load(idp, `${base}/app/load`, { id })
    expect(body).toMatchObject({ name: 'New', description: 'Old', forcePkce: true, permissionsScopes: [scope] })
  })

  it.each(['app/update', 'app/patch', 'app/delete', 'app/rotate', 'app/secret/add', 'app/secret/revoke'])(
    '%s of an unknown id gives E011004, without an id E011002 (S-397)',
    async (path) => {
      const idp = fixedIdp()
      const fields = { name: 'x' }
      expect((await manage(idp, `${base}/${path}`, { id: 'TPA1', ...fields })).body.errorCode).toBe('E011004')
      expect((await manage(idp, `${base}/${path}`, fields)).body.errorCode).toBe('E011002')
    },
  )

  it('delete takes consents and tokens with it, one or several at once (S-392)', async () => {
    const idp = fixedIdp()
    const [one, two, three] = [await create(idp), await create(idp), await create(idp)]
    const { body } = await token(
      idp,
      { grant_type: 'client_credentials' },
      'inbound',
      basic(one.clientId, one.cleartext),
    )
    idp.consents.create({ appId: one.id, tenantId: 'T2mockVb4Wn8Gx6Cd3Hp7Kq9Ls5M', scopes: ['notes.read'] })
    expect((await manage(idp, `${base}/app/delete`, { id: one.id })).body).toEqual({})
    expect(idp.consents.search()).toEqual([])
    const userinfo = await idp.fetch(
      new Request(`${idp.origin}/oauth2/v1/apps/userinfo`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      }),
    )
    expect(userinfo.status).toBe(401)
    const failed = await manage(idp, `${base}/app/delete/batch`, { ids: [two.id, one.id] })
    expect([failed.body.errorCode, idp.inboundApps.get(two.id)?.id]).toEqual(['E011004', two.id])
    expect((await manage(idp, `${base}/app/delete/batch`, { ids: [two.id, three.id] })).body).toEqual({})
    expect([two, three].map(({ id }) => idp.inboundApps.get(id))).toEqual([undefined, undefined])
  })

  it('apps/load pages from 0, up to 100 at once, and counts all', async () => {
    const idp = fixedIdp({ inboundApps: ['A', 'B', 'C'].map((name) => ({ name })) })
    const names = async (query: Record<string, string>) => {
      const { body } = await load(idp, `${base}/apps/load`, query)
      return [body.apps?.map((app: { name: string }) => app.name), body.total]
    }
    expect(await names({})).toEqual([['A', 'B', 'C'], 3])
    expect(await names({ page: '1', limit: '2' })).toEqual([['C'], 3])
    expect(await names({ page: '7', limit: '2' })).toEqual([[], 3])
    for (const limit of ['0', '101', 'x']) {
      expect((await load(idp, `${base}/apps/load`, { limit })).body.errorCode).toBe('E011003')
    }
  })
})

describe('secrets of inbound applications over the management API (5.6)', () => {
  it('secret shows it, rotate replaces it from the next call on (S-410)', async () => {
    const idp = fixedIdp()
    const { id, clientId, cleartext } = await create(idp)
    expect((await load(idp, `${base}/app/secret`, { id })).body).toEqual({ cleartext })
    const { body } = await manage(idp, `${base}/app/rotate`, { id })
    expect(await clientCredentials(idp, clientId, cleartext)).toBe(401)
    expect(await clientCredentials(idp, clientId, body.cleartext)).toBe(200)
  })

  it('several can be good at once, each with its name and expiry; one can be revoked (S-410, 5.1)', async () => {
    const idp = fixedIdp()
    const { id, clientId, cleartext } = await create(idp)
    const expireTime = 1767225600 + 60
    const added = (await manage(idp, `${base}/app/secret/add`, { id, name: 'second', expireTime })).body
    expect(added.meta).toMatchObject({ name: 'second', status: 'active', expireTime, createdTime: 1767225600 })
    expect((await load(idp, `${base}/app/secret`, { id, secretName: 'second' })).body.cleartext).toBe(added.cleartext)
    expect(await clientCredentials(idp, clientId, added.cleartext)).toBe(200)
    expect(await clientCredentials(idp, clientId, cleartext)).toBe(200)
    idp.clock.advance(60)
    expect(await clientCredentials(idp, clientId, added.cleartext)).toBe(401)
    const { body } = await manage(idp, `${base}/app/secret/revoke`, { id, name: 'default' })
    expect(body.secrets.map(({ name }: { name: string }) => name)).toEqual(['second'])
    expect(await clientCredentials(idp, clientId, cleartext)).toBe(401)
  })

  it('a second secret of one name, and an unknown name, are refused (5.1)', async () => {
    const idp = fixedIdp()
    const { id } = await create(idp)
    const twice = await manage(idp, `${base}/app/secret/add`, { id, name: 'default', expireTime: 0 })
    expect([twice.status, twice.body.errorCode]).toEqual([400, 'E011003'])
    expect((await manage(idp, `${base}/app/secret/revoke`, { id, name: 'other' })).status).toBe(400)
    expect((await load(idp, `${base}/app/secret`, { id, secretName: 'other' })).status).toBe(400)
  })

  it('neither secrets nor keys stand in the journal (S-410)', async () => {
    const idp = fixedIdp()
    const { id, cleartext } = await create(idp)
    await load(idp, `${base}/app/secret`, { id })
    const journal = JSON.stringify(idp.log.entries)
    expect([journal.includes(cleartext), journal.includes('mock-management-key')]).toEqual([false, false])
  })
})
