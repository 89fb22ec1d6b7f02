import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  claimsOf,
  fixedIdp,
  get,
  mira,
  noa,
  post,
  refresh,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const { projectId, spa, tenants } = demoProject
const all = 'openid profile email phone descope.claims descope.custom_claims'

const infoFor = async (scope: string, config = {}, user = mira.loginId) => {
  const idp = fixedIdp(config)
  return (await userinfo(idp, (await signIn(idp, { scope }, 'oidc', user)).access_token)).body
}

describe('userinfo: claims by scope (2.8)', () => {
  it('always tells sub, iss, aud as text, and the granted scopes in nsec (S-188, S-190, S-192, S-194, S-195)', async () => {
    expect(await infoFor('openid')).toEqual({
      sub: mira.id,
      iss: `http://127.0.0.1:4455/${projectId}`,
      aud: projectId,
      nsec: { scope: 'openid' },
    })
  })

  it.each([
    [
      'profile (S-074, S-191)',
      'openid profile',
      {
        name: 'Mira Tal',
        given_name: 'Mira',
        middle_name: 'Lea',
        family_name: 'Tal',
        picture: 'https://acme.example/mira.png',
      },
    ],
    ['email (S-075, S-189)', 'openid email', { email: mira.loginId, email_verified: true }],
    ['phone (S-076)', 'openid phone', { phone_number: '+15550100', phone_number_verified: true }],
    [
      'descope.claims (S-123, S-187, S-196)',
      'openid descope.claims',
      {
        roles: ['Staff', 'Contact Reader', 'Contact Editor', 'Book Keeper'],
        permissions: expect.arrayContaining(['project.read']),
        tenants: expect.anything(),
      },
    ],
  ])('adds the claims of %s and no others', async (_, scope, claims) => {
    const idp = fixedIdp()
    idp.users.update(mira.id, { middleName: 'Lea' })
    const { access_token, id_token } = await signIn(idp, { scope })
    const { sub, iss, aud, nsec, ...rest } = (await userinfo(idp, access_token)).body
    expect(rest).toEqual(claims)
    expect(claimsOf(id_token)).toMatchObject(claims)
    expect([sub, nsec]).toEqual([mira.id, { scope }])
  })

  it('tells the granted scopes in the order of the request (S-194, S-197)', async () => {
    expect((await infoFor('profile whatever openid email')).nsec).toEqual({ scope: 'profile openid email' })
  })

  it('names of roles and permissions may contain spaces (S-126, S-127)', async () => {
    const idp = fixedIdp()
    idp.roles.create({ name: 'Night Shift', permissions: ['open the door'] })
    idp.users.update(mira.id, { tenants: { [tenants.acme]: { roles: ['Night Shift'] } } })
    const { access_token, id_token } = await signIn(idp, { scope: 'openid descope.claims' })
    const expected = { [tenants.acme]: { roles: ['Night Shift'], permissions: ['open the door'] } }
    expect((await userinfo(idp, access_token)).body.tenants).toEqual(expected)
    expect(claimsOf(id_token).tenants).toEqual(expected)
  })

  it('tells the same authorization data as ID token and access token, by descope.claims alone (S-128)', async () => {
    const shown = async (scope: string) => {
      const idp = fixedIdp()
      const tokens = await signIn(idp, { scope, tenant: tenants.acme })
      const info = (await userinfo(idp, tokens.access_token)).body
      return [claimsOf(tokens.id_token), claimsOf(tokens.access_token), info].map(
        ({ tenants, roles, permissions, dct }) => ({ tenants, roles, permissions, dct }),
      )
    }
    const [id, access, info] = await shown('openid descope.claims')
    expect(id).toMatchObject({ dct: tenants.acme, roles: expect.arrayContaining(['Staff', 'Book Keeper']) })
    expect([access, info]).toEqual([id, id])
    expect(await shown('openid profile')).toEqual([{}, {}, {}])
  })

  it('shows custom claims inside nsec, or where the switch says (S-077, S-118, S-193)', async () => {
    const scope = 'openid descope.custom_claims'
    const dob = '1991-04-30'
    expect(await infoFor(scope)).toMatchObject({ nsec: { dob, scope } })
    const root = await infoFor(scope, { compat: { customClaimsInUserinfo: 'root' } })
    expect([root.dob, root.nsec]).toEqual([dob, { scope }])
    const both = await infoFor(scope, { compat: { customClaimsInUserinfo: 'both' } })
    expect([both.dob, both.nsec]).toEqual([dob, { dob, scope }])
    expect(await infoFor('openid')).toMatchObject({ nsec: { scope: 'openid' } })
  })

  it('tells tenants with roles and permissions, an empty object without roles (S-125 to S-128)', async () => {
    const body = await infoFor(all)
    expect(body.tenants).toEqual({
      [tenants.acme]: {
        roles: ['Book Keeper', 'Contact Reader', 'Contact Editor'],
        permissions: ['invoices.read', 'invoices.send', 'contacts.view', 'contacts.edit'],
      },
      [tenants.globex]: {},
    })
    expect(body).not.toHaveProperty('dct')
  })

  it('sets dct for the only tenant, and leaves absent data absent (3.1, 3.4)', async () => {
    const body = await infoFor(all, {}, noa.loginId)
    expect(body.dct).toBe(tenants.globex)
    for (const name of ['phone_number', 'phone_number_verified', 'picture', 'roles', 'permissions']) {
      expect(body).not.toHaveProperty(name)
    }
    expect(body.email_verified).toBe(false)
  })

  it('reads values when it is asked (2.8)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, { scope: all })
    idp.users.update(mira.id, { name: 'Mira Levi', roles: ['Worker'] })
    expect((await userinfo(idp, access_token)).body).toMatchObject({ name: 'Mira Levi', roles: ['Worker'] })
  })

  it('answers GET and POST, uncached JSON (S-151, S-186, S-198)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    const authorization = `Bearer ${access_token}`
    const viaPost = await answerOf(await post(idp, '/oauth2/v1/userinfo', {}, { authorization }))
    const viaGet = await userinfo(idp, access_token)
    expect(viaPost.body).toEqual(viaGet.body)
    expect(viaGet.headers.get('cache-control')).toBe('no-store')
  })
})

describe('userinfo: refusals (2.8, RFC 6750 3.1)', () => {
  const refused = (answer: Awaited<ReturnType<typeof userinfo>>) => {
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
  }

  it('asks for a token without an error code when none was sent', async () => {
    const response = await get(fixedIdp(), '/oauth2/v1/userinfo')
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  it('takes no token from query or body (S-186)', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    expect((await get(idp, `/oauth2/v1/userinfo?access_token=${access_token}`)).status).toBe(401)
    expect((await post(idp, '/oauth2/v1/userinfo', { access_token })).status).toBe(401)
  })

  it('refuses unknown text, ID tokens, refresh tokens and another scheme', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    for (const token of ['x', 'a.b.c', tokens.id_token, tokens.refresh_token]) refused(await userinfo(idp, token))
    const authorization = `Basic ${tokens.access_token}`
    expect((await get(idp, '/oauth2/v1/userinfo', { authorization })).status).toBe(401)
  })

  it('refuses a token of the other family', async () => {
    const idp = fixedIdp()
    refused(await userinfo(idp, (await signIn(idp)).access_token, 'inbound'))
    const inbound = await signIn(idp, {}, 'inbound')
    refused(await userinfo(idp, inbound.access_token, 'oidc'))
    const { body } = await userinfo(idp, inbound.access_token, 'inbound')
    expect(body).toMatchObject({ sub: mira.id, aud: spa.clientId, iss: idp.inboundIssuer })
  })

  it('refuses an expired token, one of an ended session, and one of a disabled user', async () => {
    const idp = fixedIdp()
    const { access_token, refresh_token } = await signIn(idp)
    idp.clock.advance(599)
    expect((await userinfo(idp, access_token)).status).toBe(200)
    idp.clock.advance(1)
    refused(await userinfo(idp, access_token))
    const fresh = (await refresh(idp, refresh_token)).body.access_token
    expect((await userinfo(idp, fresh)).status).toBe(200)
    idp.users.update(mira.id, { status: 'disabled' })
    refused(await userinfo(idp, fresh))
    idp.users.update(mira.id, { status: 'active' })
    idp.sessions.end(idp.sessions.list()[0]?.id ?? '')
    refused(await userinfo(idp, fresh))
  })
})
