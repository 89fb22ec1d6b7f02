import { demoProject } from '@countersign/mock-idp'
import { expect, test } from 'vitest'
import { createRequestGuard } from '../../src/api/index.ts'
import { allOf, authorizationDetail, claim, param, scope } from '../../src/index.ts'
import { setUpApi } from './api-fixture.ts'
import { setUpIntrospection } from './introspection-fixture.ts'

const initiate = authorizationDetail('payment_initiation', { actions: ['initiate'], identifier: param('account') })
const granted = [
  { type: 'account_information', actions: ['initiate'], identifier: 'A1' },
  { type: 'payment_initiation', actions: ['initiate', 'status'], identifier: 'A1' },
  { type: 'payment_initiation', actions: ['status'], identifier: 'A2' },
]
const parameters = { account: 'A1' }

/** A guard, and the status of a request with a token of such claims. */
function setUpPayments() {
  const { idp, verifier, order } = setUpApi()
  const denials: string[] = []
  const guard = createRequestGuard({ verifier, onDenied: (error) => denials.push(error.message) })
  const check = async (claims: Record<string, unknown>, rule = initiate, given: object = parameters) => {
    const headers = { authorization: `Bearer ${await order({ claims })}` }
    return guard.check(new Request('https://api.example/payments', { headers }), rule, { parameters: { ...given } })
  }
  return { idp, verifier, order, denials, check }
}

test('authorization_details of an access token decide, entry by entry (RFC 9396 9.1; case K-10.3.2)', async () => {
  const { check } = setUpPayments()
  const statusOf = async (...given: Parameters<typeof check>) => {
    const { auth, refusal } = await check(...given)
    return auth ? 200 : refusal.status
  }
  const claims = { authorization_details: granted }
  expect(await statusOf(claims)).toBe(200)
  // The other entry for A2 allows no more than its status, and A3 has none.
  expect(await statusOf(claims, initiate, { account: 'A2' })).toBe(403)
  expect(await statusOf(claims, initiate, { account: 'A3' })).toBe(403)
  expect(await statusOf(claims, initiate, {})).toBe(403)
  expect(await statusOf({ authorization_details: granted.slice(0, 1) })).toBe(403)
  for (const broken of [undefined, null, 'payment_initiation', granted[1], [...granted, 'initiate'], [granted]]) {
    expect(await statusOf({ authorization_details: broken })).toBe(403)
  }
})

test('scope, sub and authorization_details decide together (case K-10.3.2)', async () => {
  const { check } = setUpPayments()
  const rule = allOf(scope('contacts.read'), claim('sub', param('owner')), initiate)
  const owner = demoProject.agent.clientId
  const claims = { authorization_details: granted }
  expect((await check(claims, rule, { ...parameters, owner })).auth?.subject).toBe(owner)
  expect((await check(claims, rule, { ...parameters, owner: 'U2' })).refusal?.status).toBe(403)
  expect((await check({ ...claims, scope: 'openid' }, rule, { ...parameters, owner })).refusal?.status).toBe(403)
  expect((await check({ ...claims, authorization_details: [] }, rule, { ...parameters, owner })).auth).toBeUndefined()
})

test('a denial for authorization_details asks for no scope, and tells the log alone what was missing (RFC 6750 3.1)', async () => {
  const { check, denials } = setUpPayments()
  const { response } = await check({ authorization_details: granted }, initiate, { account: 'A2' })
  const challenge = response?.headers.get('www-authenticate') ?? ''
  expect(challenge).toContain('error="insufficient_scope"')
  expect(challenge).not.toMatch(/scope=|payment_initiation/)
  expect(await response?.text()).not.toContain('payment_initiation')
  expect(denials).toEqual([expect.stringContaining('"type":"payment_initiation"')])
  await check({}, allOf(scope('contacts.write'), initiate))
  expect(denials[1]).toContain('The token has no claim authorization_details.')
})

test('authorization_details of an introspected token decide likewise (RFC 9396 9.2; case K-10.3.2)', async () => {
  let details: unknown = granted
  const fixture = await setUpIntrospection({ cacheSeconds: 0 }, {}, (url, init) =>
    url.endsWith('/introspect') ? withDetails(new Request(url, init)) : undefined,
  )
  const withDetails = async (question: Request) => {
    const answer = await (await fixture.idp.fetch(question)).json()
    return Response.json({ ...answer, authorization_details: details })
  }
  const allows = async () => (await fixture.verifier.verify(await fixture.order())).can(initiate, parameters).allowed
  expect(await allows()).toBe(true)
  details = granted.slice(2)
  expect(await allows()).toBe(false)
  details = {}
  expect(await allows()).toBe(false)
})
