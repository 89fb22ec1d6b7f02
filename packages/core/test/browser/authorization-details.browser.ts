import { standardDemo } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { createAccessTokenVerifier, createRequestGuard } from '../../src/api/index.ts'
import { authorizationDetail, param } from '../../src/index.ts'
import { createStandardSession } from './standard-session.ts'

const readList = authorizationDetail('contact_list', { actions: ['read'], identifier: param('list') })
const detailsOf = (...details: readonly object[]) => ({ authorization_details: JSON.stringify(details) })
const friends = detailsOf({ type: 'contact_list', actions: ['read'], identifier: 'friends' })

/** A client whose logins ask with these parameters, and the statuses that an API gives its token. */
async function setUp(authorizationParameters: Readonly<Record<string, string>>) {
  const session = await createStandardSession({ scope: 'openid offline_access contacts.read', authorizationParameters })
  const verifier = createAccessTokenVerifier({
    issuer: session.idp.issuer,
    audience: standardDemo.resources.contacts,
    clock: { now: session.idp.now },
  })
  const guard = createRequestGuard({ verifier })
  const statusesOf = async () => {
    const headers = { authorization: `Bearer ${await session.client.getAccessToken()}` }
    const statuses = ['friends', 'family'].map(async (list) => {
      const request = new Request(`https://api.example/lists/${list}`, { headers })
      const { refusal } = await guard.check(request, readList, { parameters: { list } })
      return refusal?.status ?? 200
    })
    return Promise.all(statuses)
  }
  return { ...session, statusesOf }
}

describe('a login with authorization_details (RFC 9396)', () => {
  it('gives an access token that opens what was granted and nothing else, also after a renewal (3, 6, 9.1)', async () => {
    const { client, login, statusesOf } = await setUp(friends)
    await login()
    expect(await statusesOf()).toEqual([200, 403])
    await client.renew()
    expect(await statusesOf()).toEqual([200, 403])
  })

  it('left out gives a token that the same rule refuses', async () => {
    const { login, statusesOf } = await setUp({})
    await login()
    expect(await statusesOf()).toEqual([403, 403])
  })

  it('for a type that nobody knows comes back as the error of the provider (5)', async () => {
    const { client, login } = await setUp(detailsOf({ type: 'everything' }))
    await expect(login()).rejects.toMatchObject({
      code: 'OIDC_AUTHORIZATION_ERROR',
      error: 'invalid_authorization_details',
    })
    expect(client.getSnapshot().status).toBe('unauthenticated')
  })
})
