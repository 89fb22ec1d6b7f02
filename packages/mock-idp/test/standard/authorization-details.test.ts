import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { type Answer, answerOf, claimsOf, get, mira, post } from '../support/relying-party.ts'
import {
  asWeb,
  authorizeUrl,
  callbackOf,
  codeFor,
  device,
  login,
  problemOf,
  redeem,
  refresh,
  resources,
  service,
  spa,
  standardIdp,
  token,
  web,
  webAuth,
} from '../support/standard-client.ts'

const payments = 'https://payments.example'
const payment = {
  type: 'payment',
  actions: ['initiate', 'status'],
  identifier: 'A1',
  amount: { currency: 'EUR', value: '9' },
}
const list = { type: 'contact_list', actions: ['read'], identifier: 'friends' }

/** A mock with two APIs that have types of their own, and one more client per grant. */
function setUp(): MockIdp {
  return standardIdp({
    resources: [
      {
        identifier: resources.contacts,
        scopes: ['contacts.read'],
        authorizationDetailsTypes: [{ type: 'contact_list', description: 'Work with one list of contacts' }],
        introspectors: [web.clientId],
      },
      {
        identifier: payments,
        authorizationDetailsTypes: [{ type: 'payment', required: ['identifier'], members: ['amount'] }],
        introspectors: [service.clientId],
      },
    ],
  })
}

const text = (...details: readonly unknown[]): string => JSON.stringify(details)
const asked = (...details: readonly unknown[]) => ({ authorization_details: text(...details) })

const credentials = (idp: MockIdp, fields: Record<string, string>): Promise<Answer> =>
  token(idp, { grant_type: 'client_credentials', ...fields }, webAuth)

async function introspected(idp: MockIdp, accessToken: string): Promise<unknown> {
  const { body } = await answerOf(await post(idp, '/introspect', { token: accessToken }, webAuth))
  return body.authorization_details
}

/** The details of a good token answer, which its token has as well. */
function detailsOf({ status, body }: Answer): unknown {
  expect([status, claimsOf(body.access_token).authorization_details]).toEqual([200, body.authorization_details])
  return body.authorization_details
}

describe('authorization_details of a login (RFC 9396)', () => {
  it('are in the answer, in the access token and in introspection, for the API that their type belongs to (7, 9.1, 9.2)', async () => {
    const idp = setUp()
    const answer = await redeem(
      idp,
      await codeFor(idp, { ...asWeb, ...asked(list) }),
      { ...asWeb, client_id: undefined },
      webAuth,
    )
    expect(detailsOf(answer)).toEqual([list])
    expect(claimsOf(answer.body.access_token).aud).toBe(resources.contacts)
    expect(await introspected(idp, answer.body.access_token)).toEqual([list])
  })

  it('are absent where nobody asked for any', async () => {
    const idp = setUp()
    const { body } = await redeem(idp, await codeFor(idp, { scope: 'openid contacts.read' }))
    expect(body).not.toHaveProperty('authorization_details')
    expect(claimsOf(body.access_token)).not.toHaveProperty('authorization_details')
    expect(await introspected(idp, body.access_token)).toBeUndefined()
  })

  it('may be pushed (RFC 9126 2.1)', async () => {
    const idp = setUp()
    const push = async (details: string) => {
      const fields = { ...Object.fromEntries(authorizeUrl(idp).searchParams), authorization_details: details }
      return answerOf(await post(idp, '/par', fields))
    }
    expect(problemOf(await push(text({ type: 'other' })))).toEqual([400, 'invalid_authorization_details'])
    const { body } = await push(text(list))
    const query = new URLSearchParams({
      client_id: spa.clientId,
      request_uri: body.request_uri,
      redirect_uri: spa.redirectUri,
    })
    const callback = await idp.driver.login(new URL(`/authorize?${query}`, idp.origin), { user: mira.loginId })
    expect(detailsOf(await redeem(idp, callback.searchParams.get('code') ?? ''))).toEqual([list])
  })

  it.each([
    ['no JSON', '[{'],
    ['an object', JSON.stringify(list)],
    ['an empty list', '[]'],
    ['a text', text('contact_list')],
    ['a list in the list', text([list])],
    ['null', text(null)],
    ['no type', text({ actions: ['read'] })],
    ['a type that is no text', text({ type: ['contact_list'] })],
    ['an unknown type', text(list, { type: 'everything' })],
    ['a type by its prototype', text({ type: 'toString' })],
    ['actions that are no list', text({ ...list, actions: 'read' })],
    ['an identifier that is no text', text({ ...list, identifier: 7 })],
    ['a missing member', text({ type: 'payment', actions: ['status'] })],
    ['a member that the type does not have', text({ ...payment, colour: 'red' })],
    ['too many entries', text(...Array.from({ length: 51 }, () => list))],
    ['members too deep', `[{"type":"contact_list","x":${'['.repeat(3000)}${']'.repeat(3000)}}]`],
  ])('%s is invalid_authorization_details, at every endpoint that takes them (5)', async (_, details) => {
    const idp = setUp()
    const fields = { authorization_details: details }
    const callback = await callbackOf(idp, fields)
    expect([callback.get('error'), callback.get('state')]).toEqual(['invalid_authorization_details', 'state-1'])
    expect(problemOf(await credentials(idp, fields))).toEqual([400, 'invalid_authorization_details'])
    const started = await post(idp, '/device_authorization', { client_id: device.clientId, ...fields })
    expect(problemOf(await answerOf(started))).toEqual([400, 'invalid_authorization_details'])
  })

  it('a client gets the types that it is registered for alone (10)', async () => {
    const idp = setUp()
    idp.clients.update(spa.clientId, { authorization_details_types: ['payment'] })
    expect((await callbackOf(idp, asked(list))).get('error')).toBe('invalid_authorization_details')
    expect(detailsOf(await redeem(idp, await codeFor(idp, asked(payment))))).toEqual([payment])
    // What the registration no longer has falls out of what was granted before.
    const { body } = await redeem(idp, await codeFor(idp, { ...asked(payment), scope: 'email' }))
    idp.clients.update(spa.clientId, { authorization_details_types: [] })
    const refreshed = await refresh(idp, body.refresh_token)
    expect([refreshed.status, refreshed.body.authorization_details]).toEqual([200, undefined])
  })

  it('metadata names the types, and nothing where there are none (10)', async () => {
    const typesOf = async (idp: MockIdp) =>
      (await answerOf(await get(idp, '/.well-known/openid-configuration'))).body.authorization_details_types_supported
    expect(await typesOf(setUp())).toEqual(['contact_list', 'payment'])
    expect(await typesOf(standardIdp())).toEqual(['contact_list'])
    expect(await typesOf(standardIdp({ resources: [] }))).toBeUndefined()
  })

  it('a type of two resources is a mistake of the configuration', () => {
    const resource = { authorizationDetailsTypes: [{ type: 'twice' }] }
    const twice = [
      { identifier: 'https://a.example', ...resource },
      { identifier: 'https://b.example', ...resource },
    ]
    expect(() => standardIdp({ resources: twice })).toThrow(/twice/)
  })
})

describe('consent to authorization_details', () => {
  /** The consent page of the web application, and what to send back. */
  async function consentPage(idp: MockIdp, details: readonly unknown[]) {
    await login(idp)
    let response = await idp.driver.fetch(new Request(authorizeUrl(idp, { ...asWeb, ...asked(...details) })))
    for (let hops = 0; response.status === 302 && hops < 5; hops++) {
      const location = new URL(response.headers.get('location') ?? '', idp.origin)
      response = await idp.driver.fetch(new Request(location, { headers: { accept: 'text/html' } }))
    }
    return response.text()
  }

  it('shows each of them with what it allows, ticked', async () => {
    const page = await consentPage(setUp(), [list, payment, { ...payment, identifier: '<b>A2</b>' }])
    for (const shown of [
      'Work with one list of contacts',
      'friends',
      'read',
      'initiate, status',
      '<dt>amount.currency</dt><dd>EUR</dd>',
      '&lt;b&gt;A2&lt;/b&gt;',
    ]) {
      expect(page).toContain(shown)
    }
    expect(page.match(/name="authorizationDetail"[^>]* checked/g)).toHaveLength(3)
  })

  it('is asked each time, gives what was ticked, and is needed for prompt=none', async () => {
    const idp = setUp()
    const url = authorizeUrl(idp, { ...asWeb, ...asked(list, { ...list, identifier: 'family' }), scope: 'openid' })
    const detailsBy = async (consent: 'allow' | readonly string[]) => {
      idp.driver.clearCookies()
      const callback = await idp.driver.login(url, { user: mira.loginId, consent })
      const answer = await redeem(
        idp,
        callback.searchParams.get('code') ?? '',
        { ...asWeb, client_id: undefined },
        webAuth,
      )
      return detailsOf(answer)
    }
    expect(await detailsBy('allow')).toEqual([list, { ...list, identifier: 'family' }])
    expect(await detailsBy(['contact_list 2'])).toEqual([{ ...list, identifier: 'family' }])
    expect(await detailsBy([])).toBeUndefined()
    url.searchParams.set('prompt', 'none')
    expect((await idp.driver.visit(url)).searchParams.get('error')).toBe('consent_required')
    url.searchParams.delete('authorization_details')
    expect((await idp.driver.visit(url)).searchParams.get('code')).toBeTruthy()
  })

  it("the provider's own client is asked when it wants to be", async () => {
    const idp = setUp()
    const url = authorizeUrl(idp, { ...asked(list, payment), prompt: 'consent' })
    const callback = await idp.driver.login(url, { user: mira.loginId, consent: ['contact_list'] })
    const answer = await redeem(idp, callback.searchParams.get('code') ?? '')
    expect(detailsOf(answer)).toEqual([list])
  })
})

describe('authorization_details of a token request', () => {
  it('of client credentials need no user (6)', async () => {
    const idp = setUp()
    const answer = await credentials(idp, asked(list))
    expect(detailsOf(answer)).toEqual([list])
    expect(claimsOf(answer.body.access_token)).toMatchObject({ aud: resources.contacts, sub: web.clientId })
  })

  it('of two APIs need the name of one, and the token has those of that one', async () => {
    const idp = setUp()
    expect(problemOf(await credentials(idp, asked(list, payment)))).toEqual([400, 'invalid_target'])
    const answer = await credentials(idp, { ...asked(list, payment), resource: payments })
    expect(detailsOf(answer)).toEqual([payment])
    const { body } = await credentials(idp, { ...asked(payment), resource: resources.contacts })
    expect(claimsOf(body.access_token)).not.toHaveProperty('authorization_details')
  })

  it('narrow those of a code, and those of a refresh token, which keep what was granted (6, 6.1)', async () => {
    const idp = setUp()
    const code = await codeFor(idp, { ...asked(payment, { ...payment, identifier: 'A2' }), scope: 'email' })
    const status = { ...payment, actions: ['status'] }
    expect(problemOf(await redeem(idp, code, asked({ ...payment, identifier: 'A3' })))).toEqual([
      400,
      'invalid_authorization_details',
    ])
    const answer = await redeem(idp, code, asked(status))
    expect(detailsOf(answer)).toEqual([status])
    const all = await refresh(idp, answer.body.refresh_token)
    expect(detailsOf(all)).toEqual([payment, { ...payment, identifier: 'A2' }])
    const narrowed = await refresh(idp, all.body.refresh_token, asked(status))
    expect(detailsOf(narrowed)).toEqual([status])
    // The order of members says nothing.
    const { type, ...members } = payment
    const reordered = { ...members, amount: { value: '9', currency: 'EUR' }, type }
    expect(detailsOf(await refresh(idp, narrowed.body.refresh_token, asked(reordered)))).toEqual([reordered])
  })

  it.each([
    ['another identifier', { ...payment, identifier: 'A2' }],
    ['an action more', { ...payment, actions: ['initiate', 'refund'] }],
    ['no actions, which may mean all', { ...payment, actions: undefined }],
    ['an empty list of actions', { ...payment, actions: [] }],
    ['a member that was not granted', { ...payment, locations: ['https://payments.example'] }],
    ['another amount', { ...payment, amount: { currency: 'EUR', value: '10' } }],
    ['another type', list],
  ])('are refused at a refresh for %s, and the refresh token stays good', async (_, detail) => {
    const idp = setUp()
    const { body } = await redeem(idp, await codeFor(idp, { ...asked(payment), scope: 'email' }))
    const refused = await refresh(idp, body.refresh_token, asked(detail))
    expect(problemOf(refused)).toEqual([400, 'invalid_authorization_details'])
    expect(detailsOf(await refresh(idp, body.refresh_token))).toEqual([payment])
  })

  it('of a device are shown to its user and go to the device (RFC 8628 3.1)', async () => {
    const idp = setUp()
    const begun = await answerOf(
      await post(idp, '/device_authorization', {
        client_id: device.clientId,
        scope: 'openid',
        ...asked(list, payment),
      }),
    )
    const url = new URL('/device', idp.origin)
    url.searchParams.set('redirect_uri', url.href)
    const inputs = { user_code: begun.body.user_code }
    await idp.driver.login(url, { user: mira.loginId, consent: ['contact_list'], inputs })
    const answer = await token(idp, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: begun.body.device_code,
      client_id: device.clientId,
    })
    expect(detailsOf(answer)).toEqual([list])
  })

  it('of an exchanged token are those of the token, or fewer (RFC 8693 2.1)', async () => {
    const idp = setUp()
    idp.clients.update(web.clientId, {
      grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      redirect_uris: [],
    })
    const wide = { ...list, actions: ['read', 'write'] }
    const { body } = await credentials(idp, asked(wide))
    const exchange = (fields: Record<string, string>) =>
      token(
        idp,
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: body.access_token,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          ...fields,
        },
        webAuth,
      )
    expect(detailsOf(await exchange({}))).toEqual([wide])
    expect(detailsOf(await exchange(asked(list)))).toEqual([list])
    expect(problemOf(await exchange(asked({ ...list, identifier: 'others' })))).toEqual([
      400,
      'invalid_authorization_details',
    ])
    const elsewhere = await exchange({ resource: payments })
    expect([elsewhere.status, elsewhere.body.authorization_details]).toEqual([200, undefined])
  })
})
