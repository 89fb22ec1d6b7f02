import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { load, manage } from '../support/management.ts'
import { answerOf, basic, claimsOf, fixedIdp, mira, noa, signIn, token } from '../support/relying-party.ts'

const { tenants, accessKey } = demoProject
const acme = tenants.acme

describe('users over the management API (2.14)', () => {
  it('create, load, update and delete a user who can sign in', async () => {
    const idp = fixedIdp()
    const created = await manage(idp, '/v1/mgmt/user/create', {
      loginId: 'ada@acme.example',
      password: 'ada-password',
      displayName: 'Ada Roe',
      email: 'ada@acme.example',
      verifiedEmail: true,
      roleNames: ['Staff'],
      userTenants: [{ tenantId: acme, roleNames: ['Book Keeper'] }],
      customAttributes: { dob: '1990-01-02' },
    })
    const { user } = created.body
    expect(user).toMatchObject({
      userId: expect.stringMatching(/^U[A-Za-z0-9]{27}$/),
      loginIds: ['ada@acme.example'],
      status: 'enabled',
      name: 'Ada Roe',
      verifiedEmail: true,
      roleNames: ['Staff'],
      userTenants: [{ tenantId: acme, roleNames: ['Book Keeper'] }],
      customAttributes: { dob: '1990-01-02' },
    })
    expect(JSON.stringify(user)).not.toContain('password')
    const tokens = await signIn(idp, {}, 'oidc', 'ada@acme.example')
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: user.userId, name: 'Ada Roe', email_verified: true })
    expect((await load(idp, '/v1/mgmt/user', { userid: user.userId })).body).toEqual({ user })
    const updated = await manage(idp, '/v1/mgmt/user/update', { loginId: 'ada@acme.example', status: 'disabled' })
    expect(updated.body.user).toMatchObject({ status: 'disabled', roleNames: [], customAttributes: {} })
    expect('name' in updated.body.user).toBe(false)
    expect((await manage(idp, '/v1/mgmt/user/delete', { userId: user.userId })).body).toEqual({})
    expect(idp.users.get(user.userId)).toBeUndefined()
  })

  it.each([
    ['/v1/mgmt/user/create', { loginId: mira.loginId }, 'E062107'],
    ['/v1/mgmt/user/create', {}, 'E011002'],
    ['/v1/mgmt/user/create', { loginId: 'x', roleNames: ['King'] }, 'E011003'],
    ['/v1/mgmt/user/create', { loginId: 'x', roleNames: 'Staff' }, 'E011003'],
    ['/v1/mgmt/user/create', { loginId: 'x', status: 'gone' }, 'E011003'],
    ['/v1/mgmt/user/create', { loginId: 'x', userTenants: [{ tenantId: 'T1' }] }, 'E011003'],
    ['/v1/mgmt/user/update', { loginId: 'nobody' }, 'E112102'],
    ['/v1/mgmt/user/delete', { userId: 'nobody' }, 'E112102'],
    ['/v1/mgmt/user/delete', {}, 'E011002'],
    ['/v1/mgmt/user/search', { loginIds: 'x' }, 'E011003'],
  ])('%s with %j gives %s', async (path, body, code) => {
    const answer = await manage(fixedIdp(), path, body)
    expect([answer.status, answer.body.errorCode]).toEqual([400, code])
  })

  it.each([
    [{}, 3],
    [{ text: 'MIRA' }, 1],
    [{ text: 'nobody' }, 0],
    [{ tenantIds: [tenants.globex] }, 2],
    [{ roleNames: ['Contact Reader'] }, 2],
    [{ roleNames: ['Contact Reader'], tenantIds: [acme] }, 1],
    [{ statuses: ['disabled'] }, 1],
    [{ emails: [noa.loginId] }, 1],
    [{ loginIds: [mira.loginId, noa.loginId] }, 2],
    [{ userIds: [mira.id] }, 1],
  ])('search %j finds %i', async (filter, total) => {
    const idp = fixedIdp()
    for (const version of ['v1', 'v2']) {
      const { body } = await manage(idp, `/${version}/mgmt/user/search`, filter)
      expect([body.total, body.users.length]).toEqual([total, total])
    }
    expect((await manage(idp, '/v2/mgmt/user/search', { ...filter, limit: 1, page: 1 })).body).toMatchObject({ total })
  })
})

describe('access keys over the management API (2.14)', () => {
  const status = async (idp: MockIdp, secret: string) =>
    (await token(idp, { grant_type: 'client_credentials' }, 'oidc', basic(idp.projectId, secret))).status

  it('create, deactivate, activate, rotate and delete; the key is told once (S-071, S-211)', async () => {
    const idp = fixedIdp()
    const { cleartext, key } = (
      await manage(idp, '/v1/mgmt/accesskey/create', {
        name: 'Import',
        roleNames: ['Worker'],
        keyTenants: [{ tenantId: acme, roleNames: ['Book Keeper'] }],
        customClaims: { service: 'import' },
      })
    ).body
    const { id } = key
    expect(key).toMatchObject({ name: 'Import', status: 'active', roleNames: ['Worker'], expireTime: 0 })
    const later = [
      await load(idp, '/v1/mgmt/accesskey', { id }),
      await manage(idp, '/v1/mgmt/accesskey/search', {}),
      await manage(idp, '/v1/mgmt/accesskey/activate', { id }),
    ]
    for (const { status, body } of later) {
      expect([status, JSON.stringify(body).includes(cleartext)]).toEqual([200, false])
    }
    expect(await status(idp, cleartext)).toBe(200)
    expect((await manage(idp, '/v1/mgmt/accesskey/deactivate', { id })).body).toEqual({})
    expect(await status(idp, cleartext)).toBe(401)
    await manage(idp, '/v1/mgmt/accesskey/activate', { id })
    expect(await status(idp, cleartext)).toBe(200)
    const rotated = (await manage(idp, '/v1/mgmt/accesskey/rotate', { id })).body
    expect(rotated.key.id).toBe(id)
    expect([await status(idp, cleartext), await status(idp, rotated.cleartext)]).toEqual([401, 200])
    expect((await load(idp, '/v1/mgmt/accesskey', { id })).body.key).toEqual(key)
    expect((await manage(idp, '/v1/mgmt/accesskey/search', {})).body.total).toBe(2)
    await manage(idp, '/v1/mgmt/accesskey/delete', { id })
    expect(await status(idp, rotated.cleartext)).toBe(401)
    expect((await load(idp, '/v1/mgmt/accesskey', { id })).body.errorCode).toBe('E011004')
  })

  it.each([
    ['create', {}, 'E011002'],
    ['create', { name: 'x', customClaims: { sub: 'y' } }, 'E011003'],
    ['create', { name: 'x', expireTime: -1 }, 'E011003'],
    ['activate', { id: 'K1' }, 'E011004'],
    ['rotate', {}, 'E011002'],
  ])('%s with %j gives %s', async (operation, body, code) => {
    const answer = await manage(fixedIdp(), `/v1/mgmt/accesskey/${operation}`, body)
    expect([answer.status, answer.body.errorCode]).toEqual([400, code])
  })

  it('exchange gives a session token for a key, 401 for a wrong, inactive or expired one', async () => {
    const idp = fixedIdp()
    const exchange = async (secret: string) =>
      answerOf(
        await idp.fetch(
          new Request(`${idp.origin}/v1/auth/accesskey/exchange`, {
            method: 'POST',
            headers: { authorization: `Bearer ${idp.projectId}:${secret}` },
          }),
        ),
      )
    const { body } = await exchange(accessKey.clientSecret)
    expect(body).toEqual({ keyId: accessKey.id, sessionJwt: expect.any(String), expiration: 1767225600 + 600 })
    expect(claimsOf(body.sessionJwt)).toMatchObject({ sub: accessKey.id, roles: ['Worker'] })
    for (const secret of ['', 'wrong']) expect((await exchange(secret)).body.errorCode).toBe('E061005')
    idp.accessKeys.update(accessKey.id, { expireTime: 1767225601 })
    expect((await exchange(accessKey.clientSecret)).status).toBe(200)
    idp.clock.advance(1)
    expect((await exchange(accessKey.clientSecret)).status).toBe(401)
    idp.accessKeys.update(accessKey.id, { expireTime: 0, status: 'inactive' })
    expect((await exchange(accessKey.clientSecret)).status).toBe(401)
  })
})

describe('tenants, roles and permissions over the management API (2.14)', () => {
  it('what is created can be used at once, and reset forgets it', async () => {
    const idp = fixedIdp()
    const { id } = (
      await manage(idp, '/v1/mgmt/tenant/create', {
        name: 'Initech',
        selfProvisioningDomains: ['initech.example'],
        customAttributes: { plan: 'pro' },
      })
    ).body
    expect(id).toMatch(/^T[A-Za-z0-9]{27}$/)
    expect((await load(idp, '/v1/mgmt/tenant', { id })).body).toEqual({
      id,
      name: 'Initech',
      selfProvisioningDomains: ['initech.example'],
      customAttributes: { plan: 'pro' },
    })
    await manage(idp, '/v1/mgmt/permission/create', { name: 'reports.print', description: 'Print' })
    await manage(idp, '/v1/mgmt/role/create', {
      name: 'Printer',
      description: 'Prints',
      permissionNames: ['reports.print'],
    })
    expect((await load(idp, '/v1/mgmt/role/all')).body.roles.at(-1)).toEqual({
      name: 'Printer',
      description: 'Prints',
      permissionNames: ['reports.print'],
    })
    idp.users.update(mira.id, { roles: ['Printer'], tenants: { [id]: { roles: ['Printer'] } } })
    const claims = claimsOf((await signIn(idp, { scope: 'openid descope.claims', tenant: 'initech.example' })).id_token)
    expect(claims).toMatchObject({ dct: id, roles: ['Printer'], permissions: ['reports.print'] })
    idp.reset()
    expect(idp.tenants.list()).toHaveLength(2)
    expect(idp.roles.list().some(({ name }) => name === 'Printer')).toBe(false)
    expect(idp.permissions.list().some(({ name }) => name === 'reports.print')).toBe(false)
  })

  it('all are listed; permissions are those of roles and those created', async () => {
    const idp = fixedIdp()
    expect((await load(idp, '/v1/mgmt/tenant/all')).body.tenants.map(({ id }: { id: string }) => id)).toEqual([
      tenants.acme,
      tenants.globex,
    ])
    idp.permissions.create({ name: 'alone' })
    const names = (await load(idp, '/v1/mgmt/permission/all')).body.permissions.map(
      ({ name }: { name: string }) => name,
    )
    expect(names).toEqual(expect.arrayContaining(['alone', 'project.read', 'jobs.run']))
    expect(new Set(names).size).toBe(names.length)
  })

  it.each([
    ['tenant', { name: 'Again', id: acme }, 'E011003'],
    ['tenant', { name: 'Again', selfProvisioningDomains: ['acme.example'] }, 'E011003'],
    ['tenant', {}, 'E011002'],
    ['role', { name: 'Staff' }, 'E011003'],
    ['role', {}, 'E011002'],
    ['permission', { name: 'project.read' }, 'E011003'],
  ])('%s/create with %j gives %s', async (what, body, code) => {
    const answer = await manage(fixedIdp(), `/v1/mgmt/${what}/create`, body)
    expect([answer.status, answer.body.errorCode]).toEqual([400, code])
  })

  it('a role named __proto__ is a role like any other', async () => {
    const idp = fixedIdp()
    idp.roles.create({ name: '__proto__', permissions: ['odd'] })
    expect(() => idp.roles.create({ name: '__proto__' })).toThrow('another role')
    idp.users.update(mira.id, { roles: ['__proto__'] })
    expect(claimsOf((await signIn(idp, { scope: 'openid descope.claims' })).id_token).permissions).toEqual(['odd'])
  })
})
