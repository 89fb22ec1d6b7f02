import { describe, expect, it } from 'vitest'
import { answerOf, claimsOf, fixedIdp, mira, signIn } from '../support/relying-party.ts'

type Idp = ReturnType<typeof fixedIdp>
const acme = 'T2mockVb4Wn8Gx6Cd3Hp7Kq9Ls5M'

async function call(idp: Idp, path: string, credential: string | undefined, body: unknown = {}) {
  const headers = {
    'content-type': 'application/json',
    ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
  }
  const request = new Request(`${idp.origin}/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return answerOf(await idp.fetch(request))
}

describe('POST /v1/auth/accesskey/exchange (2.14)', () => {
  const [key] = fixedIdp().accessKeys.list()

  it('answers a session token of the access key', async () => {
    const idp = fixedIdp()
    const { status, body } = await call(idp, 'accesskey/exchange', `${idp.projectId}:${key?.secret}`)
    expect([status, body.keyId]).toEqual([200, key?.id])
    expect(claimsOf(String(body.sessionJwt))).toMatchObject({ sub: key?.id, drn: 'DS', exp: body.expiration })
    const validated = await call(idp, 'validate', `${idp.projectId}:${body.sessionJwt}`)
    expect(validated.status).toBe(200)
  })

  it.each([
    ['no header', () => undefined],
    ['a key without the project', () => key?.secret],
    ['another project', () => `P1:${key?.secret}`],
    ['a wrong key', (idp: Idp) => `${idp.projectId}:wrong`],
    [
      'a key that is off',
      (idp: Idp) => {
        idp.accessKeys.update(key?.id ?? '', { status: 'inactive' })
        return `${idp.projectId}:${key?.secret}`
      },
    ],
  ])('refuses %s', async (_, credential) => {
    const idp = fixedIdp()
    const { status, body } = await call(idp, 'accesskey/exchange', credential(idp))
    expect([status, body.errorCode]).toEqual([401, 'E061005'])
  })
})

describe('POST /v1/auth/refresh (2.14)', () => {
  it('answers a new session token, and the same refresh token', async () => {
    const idp = fixedIdp()
    const { refresh_token } = await signIn(idp)
    idp.clock.advance(60)
    const { status, body } = await call(idp, 'refresh', `${idp.projectId}:${refresh_token}`)
    expect([status, body.refreshJwt, body.userId]).toEqual([200, refresh_token, mira.id])
    const claims = claimsOf(String(body.sessionJwt))
    expect(claims).toMatchObject({ sub: mira.id, drn: 'DS', exp: body.sessionExpiration })
    expect(claims.iat).toBe(Math.floor(idp.clock.now() / 1000))
  })

  it('rotates where the project rotates, and ends the family of a token that comes twice', async () => {
    const idp = fixedIdp({ refreshTokenRotation: true })
    const { refresh_token } = await signIn(idp)
    const first = await call(idp, 'refresh', `${idp.projectId}:${refresh_token}`)
    expect(first.body.refreshJwt).not.toBe(refresh_token)
    expect((await call(idp, 'refresh', `${idp.projectId}:${refresh_token}`)).status).toBe(401)
    expect((await call(idp, 'refresh', `${idp.projectId}:${first.body.refreshJwt}`)).status).toBe(401)
  })

  it.each([
    ['an unknown token', async (idp: Idp) => `${idp.projectId}:unknown`],
    ['a token without the project', async (idp: Idp) => (await signIn(idp)).refresh_token],
    ['an access token', async (idp: Idp) => `${idp.projectId}:${(await signIn(idp)).access_token}`],
    [
      'the token of an inbound application, which is a third party',
      async (idp: Idp) => `${idp.projectId}:${(await signIn(idp, {}, 'inbound')).refresh_token}`,
    ],
    [
      'the token of a session that has ended',
      async (idp: Idp) => {
        const { refresh_token } = await signIn(idp)
        for (const { id } of idp.sessions.list()) idp.sessions.end(id)
        return `${idp.projectId}:${refresh_token}`
      },
    ],
    [
      'an expired token',
      async (idp: Idp) => {
        const { refresh_token } = await signIn(idp)
        idp.clock.advance(29 * 24 * 3600)
        return `${idp.projectId}:${refresh_token}`
      },
    ],
  ])('refuses %s', async (_, credential) => {
    const idp = fixedIdp()
    const { status, body } = await call(idp, 'refresh', await credential(idp))
    expect([status, body.errorCode]).toEqual([401, 'E061005'])
  })
})

describe('POST /v1/auth/tenant/select (2.14)', () => {
  it('answers tokens with the tenant as current one, also after the next refresh', async () => {
    const idp = fixedIdp()
    const { refresh_token, access_token } = await signIn(idp, { scope: 'openid descope.claims' })
    expect(claimsOf(access_token).dct).toBeUndefined()
    const { status, body } = await call(idp, 'tenant/select', `${idp.projectId}:${refresh_token}`, { tenant: acme })
    expect(status).toBe(200)
    expect(claimsOf(String(body.sessionJwt)).dct).toBe(acme)
    const refreshed = await call(idp, 'refresh', `${idp.projectId}:${body.refreshJwt}`)
    expect(claimsOf(String(refreshed.body.sessionJwt)).dct).toBe(acme)
  })

  it.each([
    ['a tenant the user is no member of', { tenant: 'T1' }, 'E011004'],
    ['no tenant', {}, 'E011002'],
    ['a tenant that is no text', { tenant: [acme] }, 'E011002'],
    ['no object', null, 'E011002'],
  ])('refuses %s', async (_, body, code) => {
    const idp = fixedIdp()
    const { refresh_token } = await signIn(idp)
    const answer = await call(idp, 'tenant/select', `${idp.projectId}:${refresh_token}`, body)
    expect([answer.status, answer.body.errorCode]).toEqual([400, code])
  })

  it('refuses an unknown refresh token', async () => {
    const idp = fixedIdp()
    expect((await call(idp, 'tenant/select', `${idp.projectId}:x`, { tenant: acme })).status).toBe(401)
  })
})
