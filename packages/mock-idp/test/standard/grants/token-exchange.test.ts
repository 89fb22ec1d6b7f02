import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { asService } from '../../support/client-assertion.ts'
import { claimsOf, mira, post } from '../../support/relying-party.ts'
import { problemOf, resources, service, signIn, spa, standardIdp, token } from '../../support/standard-client.ts'

const accessToken = 'urn:ietf:params:oauth:token-type:access_token'

/** The contacts API asks for a token for the files API with the token that it was called with. */
async function exchange(idp: MockIdp, subject: string, changes: object = {}) {
  return token(idp, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subject,
    subject_token_type: accessToken,
    ...(await asService(idp)),
    ...changes,
  })
}

async function ownToken(idp: MockIdp): Promise<string> {
  const fields = { grant_type: 'client_credentials', resource: resources.contacts, ...(await asService(idp)) }
  return (await token(idp, fields)).body.access_token
}

const contacts = { scope: 'contacts.read', resource: resources.contacts }

describe('token exchange (RFC 8693)', () => {
  it('gives an API a token of the user for another API: impersonation', async () => {
    const idp = standardIdp({
      resources: [
        { identifier: resources.contacts, scopes: ['contacts.read'], introspectors: [service.clientId] },
        { identifier: resources.files, scopes: ['files.read'] },
      ],
    })
    const { access_token } = await signIn(idp, contacts)
    const { status, body } = await exchange(idp, access_token, { resource: resources.files, scope: 'files.read' })
    expect([status, body.issued_token_type, body.token_type]).toEqual([200, accessToken, 'Bearer'])
    expect(body).not.toHaveProperty('refresh_token')
    const claims = claimsOf(body.access_token)
    expect(claims).toMatchObject({
      sub: mira.id,
      aud: resources.files,
      scope: 'files.read',
      client_id: service.clientId,
    })
    expect(claims).not.toHaveProperty('act')
  })

  it('names who acts with actor_token: delegation, and keeps who acted before', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, contacts)
    const act = { sub: service.clientId, client_id: service.clientId }
    const actor = { actor_token: await ownToken(idp), actor_token_type: accessToken, resource: resources.contacts }
    const first = await exchange(idp, access_token, actor)
    expect(claimsOf(first.body.access_token)).toMatchObject({ sub: mira.id, act })
    const second = await exchange(idp, first.body.access_token, actor)
    expect(claimsOf(second.body.access_token).act).toEqual({ ...act, act })
  })

  it('gives no more than the subject token had, for the same API', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, contacts)
    const { body } = await exchange(idp, access_token, { ...contacts, scope: 'contacts.read contacts.write' })
    expect(body.scope).toBe('contacts.read')
  })

  it('gives no more than the subject token had, also by way of another API', async () => {
    const idp = standardIdp({
      resources: [
        {
          identifier: resources.contacts,
          scopes: ['contacts.read', 'contacts.write'],
          introspectors: [service.clientId],
        },
        { identifier: resources.files, scopes: ['files.read'] },
      ],
    })
    const { access_token } = await signIn(idp, contacts)
    const there = await exchange(idp, access_token, { resource: resources.files, scope: 'files.read' })
    expect(there.body.scope).toBe('files.read')
    const back = { resource: resources.contacts, scope: 'contacts.read contacts.write' }
    expect((await exchange(idp, there.body.access_token, back)).body.scope).toBe('contacts.read')
  })

  it('gives a JWT where one is asked for, and says so where tokens are none', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, contacts)
    const ask = { requested_token_type: 'urn:ietf:params:oauth:token-type:jwt' }
    const { body } = await exchange(idp, access_token, { ...ask, resource: resources.contacts })
    expect([body.issued_token_type, claimsOf(body.access_token).aud]).toEqual([
      ask.requested_token_type,
      resources.contacts,
    ])
    const opaque = await exchange(idp, access_token, { ...ask, resource: resources.files, scope: 'files.read' })
    expect(problemOf(opaque)).toEqual([400, 'invalid_request'])
  })

  it('ends with what it came from', async () => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, { ...contacts, scope: 'openid contacts.read' })
    const { body } = await exchange(idp, access_token, { resource: resources.contacts })
    const live = async () =>
      (await post(idp, '/introspect', { token: body.access_token, ...(await asService(idp)) })).json()
    expect((await live()).active).toBe(true)
    for (const { id } of idp.sessions.list()) idp.sessions.end(id)
    expect((await live()).active).toBe(false)
  })

  it.each<[string, object]>([
    ['invalid_request', { subject_token: 'other' }],
    ['invalid_request', { subject_token_type: undefined }],
    ['invalid_request', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }],
    ['invalid_request', { actor_token_type: accessToken }],
    ['invalid_request', { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }],
    ['invalid_target', { resource: 'https://other.example' }],
    ['invalid_target', { audience: 'https://other.example' }],
    ['invalid_scope', { scope: 'other' }],
  ])('answers %s for %j', async (error, changes) => {
    const idp = standardIdp()
    const { access_token } = await signIn(idp, contacts)
    expect(problemOf(await exchange(idp, access_token, changes))).toEqual([400, error])
  })

  it('is for clients that authenticate and stand for the API of the token', async () => {
    const idp = standardIdp()
    const mine = await signIn(idp, { scope: 'openid' })
    expect(problemOf(await exchange(idp, mine.access_token))).toEqual([400, 'invalid_request'])
    const { access_token } = await signIn(idp, contacts)
    const plain = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: access_token,
      subject_token_type: accessToken,
      client_id: spa.clientId,
    }
    expect(problemOf(await token(idp, plain))).toEqual([400, 'unauthorized_client'])
  })
})
