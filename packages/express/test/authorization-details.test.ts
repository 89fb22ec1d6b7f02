import { authorizationDetail, param } from '@countersign/core'
import { createTokenSource } from '@countersign/core/agent'
import { createMockIdp, type FaultName, type MockIdp, standardDemo } from '@countersign/mock-idp'
import { expect, test } from 'vitest'
import { createAccessGuard } from '../src/index.ts'
import { startApi } from './support/running-api.ts'

const { web, resources } = standardDemo
const friends = { type: 'contact_list', actions: ['read'], identifier: 'friends' }
const forFriends = { authorization_details: JSON.stringify([friends]) }

/** An API of the contacts of lists, and a provider that grants single lists. */
async function setUp() {
  const idp = createMockIdp({ profile: 'standard', deterministic: {} })
  const toIdp = (url: string, init: RequestInit) => idp.fetch(new Request(url, init))
  const verifier = { issuer: idp.issuer, audience: resources.contacts, clock: idp.clock, fetch: toIdp }
  const denials: string[] = []
  const guard = createAccessGuard({ ...verifier, onDenied: (error) => denials.push(error.message) })
  const rule = (action: string) => authorizationDetail('contact_list', { actions: [action], identifier: param('list') })
  const api = await startApi((app) => {
    app.get('/lists/:list', guard.requireAccess(rule('read')), (_req, res) => void res.json({ contacts: [] }))
    app.delete('/lists/:list', guard.requireAccess(rule('delete')), (_req, res) => void res.status(204).end())
  })
  const statuses = async (token: string) => [
    (await api.call('/lists/friends', { token })).status,
    (await api.call('/lists/family', { token })).status,
    (await api.call('/lists/friends', { token, method: 'DELETE' })).status,
  ]
  return { idp, denials, statuses }
}

/** The access token of an agent that asks for the list of friends, or with other parameters. */
function tokenOfAgent(idp: MockIdp, parameters: Readonly<Record<string, string>> = forFriends): Promise<string> {
  const { clientId, clientSecret } = web
  return createTokenSource({
    issuer: idp.issuer,
    clientId,
    clientSecret,
    parameters,
    clock: idp.clock,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  }).getAccessToken()
}

test('an agent that asks with authorization_details may do what it was granted and no more (RFC 9396 6, 9.1)', async () => {
  const { idp, statuses, denials } = await setUp()
  expect(await statuses(await tokenOfAgent(idp))).toEqual([200, 403, 403])
  expect(denials).toEqual([
    expect.stringContaining('authorization_details'),
    expect.stringContaining('authorization_details'),
  ])
})

test('an agent that asks without them is refused by the same routes', async () => {
  const { idp, statuses } = await setUp()
  expect(await statuses(await tokenOfAgent(idp, { resource: resources.contacts }))).toEqual([403, 403, 403])
})

test('an agent that asks for a type that nobody knows gets the error of the provider (RFC 9396 5)', async () => {
  const { idp } = await setUp()
  const unknown = { authorization_details: JSON.stringify([{ type: 'everything' }]) }
  await expect(tokenOfAgent(idp, unknown)).rejects.toMatchObject({ error: 'invalid_authorization_details' })
})

test.each<[FaultName, readonly number[]]>([
  ['access-token-authorization-details-object', [403, 403, 403]],
  ['access-token-authorization-details-texts', [403, 403, 403]],
  // The answer is for the client to read; the token decides.
  ['token-authorization-details-other', [200, 403, 403]],
])('%s opens no more than the access token says (RFC 9396 9.1, 12)', async (fault, expected) => {
  const { idp, statuses } = await setUp()
  idp.faults.next(fault)
  expect(await statuses(await tokenOfAgent(idp))).toEqual(expected)
  expect(idp.log.entries.flatMap(({ faults }) => faults)).toEqual([fault])
})
