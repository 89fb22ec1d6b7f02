import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { load, manage } from '../support/management.ts'
import { fixedIdp, mira, noa } from '../support/relying-party.ts'

const { partner, tenants, spa } = demoProject
const search = '/v1/mgmt/thirdparty/consents/search'

/** One consent of Mira in Acme, one of Noa, one of the whole of Acme, one for another application. */
function withConsents(): MockIdp {
  const idp = fixedIdp()
  const scopes = ['contacts.read']
  idp.consents.create({ appId: partner.appId, userId: mira.id, tenantId: tenants.acme, scopes, grantedBy: mira.id })
  idp.consents.create({ appId: partner.appId, userId: noa.id, scopes })
  idp.consents.create({ appId: partner.appId, tenantId: tenants.acme, scopes })
  idp.consents.create({ appId: spa.appId, userId: mira.id, scopes: ['birthday'] })
  return idp
}

describe('consents over the management API (5.6)', () => {
  it('search shows id, scopes, user, tenant, granting user and time (S-416 to S-422)', async () => {
    const { body } = await manage(withConsents(), search, { appId: partner.appId, userId: mira.id })
    expect(body).toEqual({
      consents: [
        {
          id: expect.stringMatching(/^TPC[A-Za-z0-9]{27}$/),
          appId: partner.appId,
          userId: mira.id,
          tenantId: tenants.acme,
          scopes: ['contacts.read'],
          grantedBy: mira.id,
          createdTime: 1767225600,
          modifiedTime: 1767225600,
          expireTime: 0,
        },
      ],
      total: 1,
    })
  })

  it('search narrows by each field, and pages (S-390, S-416)', async () => {
    const idp = withConsents()
    const total = async (filter: object) => (await manage(idp, search, filter)).body.total
    const [first] = idp.consents.search()
    expect(await total({})).toBe(4)
    expect(await total({ appId: spa.appId })).toBe(1)
    expect(await total({ userId: mira.id })).toBe(2)
    expect(await total({ tenantId: tenants.acme })).toBe(2)
    expect(await total({ userId: '', tenantId: tenants.acme })).toBe(1)
    expect(await total({ consentId: first?.id })).toBe(1)
    expect(await total({ consentId: 'TPC1' })).toBe(0)
    const { body } = await manage(idp, search, { page: 1, limit: 3 })
    expect([body.consents.length, body.total]).toEqual([1, 4])
  })

  it('a consent of a whole tenant has no user, and management as granting user (S-419, S-421)', async () => {
    const { body } = await manage(withConsents(), search, { userId: '' })
    expect(body.consents).toMatchObject([{ userId: '', tenantId: tenants.acme, grantedBy: 'management' }])
  })

  it('ids are unique (S-417)', () => {
    const ids = withConsents()
      .consents.search()
      .map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
  })

  it('delete needs at least one field, and deletes what fits all of them (S-416)', async () => {
    const idp = withConsents()
    const path = '/v1/mgmt/thirdparty/consents/delete'
    expect((await manage(idp, path, {})).body.errorCode).toBe('E011002')
    expect(idp.consents.search()).toHaveLength(4)
    expect((await manage(idp, path, { appId: partner.appId, userIds: [mira.id] })).body).toEqual({})
    expect(idp.consents.search().map(({ userId }) => userId)).toEqual([noa.id, '', mira.id])
    await manage(idp, path, { consentIds: idp.consents.search().map(({ id }) => id) })
    expect(idp.consents.search()).toEqual([])
  })

  it('delete/tenant leaves the consents of users (S-419, S-420)', async () => {
    const idp = withConsents()
    const path = '/v1/mgmt/thirdparty/consents/delete/tenant'
    expect((await manage(idp, path, { appId: partner.appId })).body.errorCode).toBe('E011002')
    expect((await manage(idp, path, { tenantId: tenants.acme })).body).toEqual({})
    expect(idp.consents.search().map(({ userId }) => userId)).toEqual([mira.id, noa.id, mira.id])
  })

  it('a broken body is refused in the service shape', async () => {
    const idp = withConsents()
    const send = (body: string, type = 'application/json') =>
      idp.fetch(
        new Request(new URL(search, idp.origin), {
          method: 'POST',
          headers: { 'content-type': type, authorization: `Bearer ${idp.projectId}:${demoProject.managementKey}` },
          body,
        }),
      )
    for (const body of ['{', '[]', '"x"', 'null', '{"appId":3}', '{"limit":1000}']) {
      expect((await send(body)).status).toBe(400)
    }
    expect((await send('{}', 'text/plain')).status).toBe(415)
    expect((await send('{}')).status).toBe(200)
    expect((await load(idp, search)).status).toBe(405)
  })
})

describe('consents in process', () => {
  it.each([
    [{ appId: 'TPA1', userId: mira.id, scopes: [] }, /consents.appId: "TPA1" is unknown/],
    [{ appId: partner.appId, userId: 'U1', scopes: [] }, /consents.userId/],
    [{ appId: partner.appId, tenantId: 'T1', scopes: [] }, /consents.tenantId/],
    [{ appId: partner.appId, scopes: [] }, /a user or a tenant is needed/],
    [{ appId: partner.appId, userId: mira.id, scopes: ['billing.read'] }, /billing.read is not a scope/],
  ])('create refuses %j', (consent, message) => {
    expect(() => fixedIdp().consents.create(consent)).toThrow(message)
  })

  it('delete refuses an empty selection, and counts what it deleted', () => {
    const { consents } = withConsents()
    expect(() => consents.delete({})).toThrow(TypeError)
    expect(consents.delete({ tenantId: tenants.acme })).toBe(2)
    expect(consents.delete({ tenantId: tenants.acme })).toBe(0)
  })

  it('reset forgets them', () => {
    const idp = withConsents()
    idp.reset()
    expect(idp.consents.search()).toEqual([])
  })
})
