import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { type Answer, answerOf, get, mira, type pairs, post } from '../../support/relying-party.ts'
import { asWeb, authorizeUrl, login, redeem, spa, standardIdp, webAuth } from '../../support/standard-client.ts'

type Fields = Parameters<typeof pairs>[0]

/** Pushes a good request with changes. */
async function push(idp: MockIdp, changes: Fields = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const fields = { ...Object.fromEntries(authorizeUrl(idp).searchParams), ...changes }
  return answerOf(await post(idp, '/par', fields, headers))
}

const pushedUrl = (idp: MockIdp, requestUri: string, clientId = spa.clientId) =>
  new URL(`/authorize?${new URLSearchParams({ client_id: clientId, request_uri: requestUri })}`, idp.origin)

describe('a pushed request (RFC 9126)', () => {
  it('gives a request_uri that stands for it once', async () => {
    const idp = standardIdp()
    const { status, body } = await push(idp)
    expect([status, body.expires_in]).toEqual([201, 60])
    const response = await get(idp, pushedUrl(idp, body.request_uri))
    expect(response.headers.get('location')).toContain('/login?')
    const again = await get(idp, pushedUrl(idp, body.request_uri))
    expect([again.status, again.headers.get('location')]).toEqual([400, null])
  })

  it('walks the whole login', async () => {
    const idp = standardIdp()
    await login(idp)
    const { body } = await push(idp, { state: 'pushed' })
    const response = await get(idp, pushedUrl(idp, body.request_uri), { cookie: idp.driver.cookies })
    const callback = new URL(response.headers.get('location') ?? '')
    expect(callback.searchParams.get('state')).toBe('pushed')
    expect((await redeem(idp, callback.searchParams.get('code') ?? '')).status).toBe(200)
  })

  it('is for its client alone, and for a minute', async () => {
    const idp = standardIdp()
    const { body } = await push(idp)
    expect((await get(idp, pushedUrl(idp, body.request_uri, 'mock-web'))).status).toBe(400)
    expect((await get(idp, pushedUrl(idp, body.request_uri))).status).toBe(302)
    const late = await push(idp)
    idp.clock.advance(60)
    expect((await get(idp, pushedUrl(idp, late.body.request_uri))).status).toBe(400)
  })

  it.each<[string, Fields]>([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_request', { redirect_uri: 'https://evil.example/' }],
    ['invalid_request', { code_challenge: undefined }],
    ['invalid_request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
    ['invalid_target', { resource: 'https://other.example' }],
  ])('is checked when it is pushed: %s for %j', async (error, changes) => {
    const { status, body } = await push(standardIdp(), changes)
    expect([status, body.error]).toEqual([400, error])
  })

  it('needs a client that authenticates (K-10.4.10)', async () => {
    const idp = standardIdp()
    const refused = await push(idp, asWeb)
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect((await push(idp, asWeb, webAuth)).status).toBe(201)
  })

  it.each([
    [
      'by the client',
      (idp: MockIdp) => idp.clients.update(spa.clientId, { require_pushed_authorization_requests: true }),
      {},
    ],
    ['by the provider', () => undefined, { requirePar: true }],
  ])('can be required %s (K-10.4.13)', async (_, prepare, standard) => {
    const idp = standardIdp({ standard })
    prepare(idp)
    const plain = await get(idp, authorizeUrl(idp))
    expect(new URL(plain.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
    const { body } = await push(idp)
    const response = await get(idp, pushedUrl(idp, body.request_uri))
    expect(response.headers.get('location')).toContain('/login?')
    expect(idp.users.get(mira.id)?.name).toBe(mira.name)
  })
})
