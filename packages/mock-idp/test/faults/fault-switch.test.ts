import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { basic, codeFor, fixedIdp, get, redeem, token } from '../support/relying-party.ts'
import { standardIdp } from '../support/standard-client.ts'

const jwksStatus = async (idp: MockIdp) => (await get(idp, `/${idp.projectId}/.well-known/jwks.json`)).status
const statuses = async (idp: MockIdp, calls: number) => {
  const all: number[] = []
  for (let call = 0; call < calls; call++) all.push(await jwksStatus(idp))
  return all
}

describe('arming a fault', () => {
  it('queues next, keeps always, and clears one or all', async () => {
    const idp = fixedIdp()
    idp.faults.next('jwks-status-500')
    idp.faults.next('jwks-status-500')
    expect(await statuses(idp, 3)).toEqual([500, 500, 200])
    idp.faults.always('jwks-status-500')
    expect(await statuses(idp, 2)).toEqual([500, 500])
    idp.faults.clear('jwks-status-500')
    expect(await statuses(idp, 1)).toEqual([200])
    idp.faults.always('jwks-status-500')
    idp.faults.clear()
    expect(await statuses(idp, 1)).toEqual([200])
  })

  it('counts the requests it acts on, and those that it lets pass before', async () => {
    const idp = fixedIdp()
    idp.faults.next('jwks-status-500', {}, { times: 2, after: 1 })
    expect(await statuses(idp, 4)).toEqual([200, 500, 500, 200])
  })

  it('gives the answers of a queue one by one', async () => {
    const idp = fixedIdp()
    for (const status of [502, 503]) idp.faults.next('answer', { status }, { endpoint: 'jwks' })
    expect(await statuses(idp, 3)).toEqual([502, 503, 200])
  })

  it('lets what is counted act before what lasts, whatever came first', async () => {
    const idp = fixedIdp()
    idp.faults.always('answer-status', { status: 500 }, { endpoint: 'jwks' })
    idp.faults.next('answer-status', { status: 503 }, { endpoint: 'jwks' })
    expect(await statuses(idp, 3)).toEqual([503, 500, 500])
  })

  it('always of the same place replaces the one before', async () => {
    const idp = fixedIdp()
    idp.faults.always('answer-status', { status: 500 })
    idp.faults.always('answer-status', { status: 503 })
    expect(idp.faults.armed()).toEqual([{ name: 'answer-status', options: { status: 503 } }])
    expect(await statuses(idp, 1)).toEqual([503])
  })

  it('acts at the named endpoint alone', async () => {
    const idp = fixedIdp()
    idp.faults.next('answer-status', {}, { endpoint: 'discovery' })
    expect(await jwksStatus(idp)).toBe(200)
    expect((await get(idp, `${idp.issuer}/.well-known/openid-configuration`)).status).toBe(503)
  })

  it('acts on requests of the named client alone', async () => {
    const idp = fixedIdp()
    const { agent } = demoProject
    idp.faults.always('token-status-503', {}, { client: agent.clientId })
    const asAgent = basic(agent.clientId, agent.clientSecret)
    expect((await token(idp, { grant_type: 'client_credentials' }, 'inbound', asAgent)).status).toBe(503)
    const posted = { grant_type: 'client_credentials', client_id: agent.clientId, client_secret: agent.clientSecret }
    expect((await token(idp, posted, 'inbound')).status).toBe(503)
    expect((await redeem(idp, await codeFor(idp))).status).toBe(200)
  })

  it('composes: each armed fault of one answer does its one thing, in the order of the list', async () => {
    const idp = fixedIdp()
    idp.faults.next('id-token-nonce-missing')
    idp.faults.next('expires-in-zero')
    idp.faults.next('token-type-case')
    const { body } = await redeem(idp, await codeFor(idp))
    expect([body.expires_in, body.token_type]).toEqual([0, 'bEARER'])
    expect(idp.log.entries.at(-1)?.faults).toEqual(['id-token-nonce-missing', 'token-type-case', 'expires-in-zero'])
  })

  it('says in the journal which faults acted, and nothing where none did', async () => {
    const idp = fixedIdp()
    await jwksStatus(idp)
    idp.faults.next('jwks-status-500')
    await jwksStatus(idp)
    expect(idp.log.entries.map(({ faults }) => faults)).toEqual([[], ['jwks-status-500']])
  })

  it.each([
    { headers: { 'x-a': 'a\nb' } },
    { headers: { 'x-a': '\u4e2d' } },
    { headers: { 'x a': 'b' } },
    { removeHeaders: ['x a'] },
    { base64: '*' },
  ])('refuses %j, which no answer can have, when it is armed', (options) => {
    const { faults } = fixedIdp()
    expect(() => faults.next('answer', options)).toThrow(TypeError)
    expect(() => faults.next('answer', { headers: { 'x-a': 'a b' }, base64: 'AAE=' })).not.toThrow()
    expect(() => faults.next('answer-redirect', { status: 304 })).toThrow('301, 302, 303, 307, 308, got 304')
    expect(() => faults.next('answer-redirect', { status: 308 })).not.toThrow()
  })

  it('answers with a status that has no body', async () => {
    const idp = fixedIdp()
    idp.faults.next('answer', { status: 204, headers: { 'x-a': 'b' } }, { endpoint: 'jwks' })
    const response = await get(idp, `${idp.origin}/${idp.projectId}/.well-known/jwks.json`)
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([204, 'b', ''])
  })

  it('comes back with a snapshot', async () => {
    const idp = fixedIdp()
    idp.faults.next('jwks-status-500', {}, { times: 2, after: 1 })
    const snapshot = idp.snapshot()
    for (const _ of [1, 2]) {
      expect(idp.faults.armed()).toEqual([{ name: 'jwks-status-500', options: {}, times: 2, after: 1 }])
      expect(await statuses(idp, 4)).toEqual([200, 500, 500, 200])
      expect(idp.faults.armed()).toEqual([])
      snapshot.restore()
    }
  })
})

describe('what cannot be armed', () => {
  const idp = fixedIdp()
  const anything = (value: unknown) => value as never

  it.each([
    [
      'an unknown name',
      () => idp.faults.next(anything('token-eror')),
      /"token-eror" is not a fault; closest are token-error/,
    ],
    ['an unknown name to clear', () => idp.faults.clear(anything('jwks-emty')), /closest are jwks-empty/],
    [
      'an unknown option',
      () => idp.faults.always('token-hang', anything({ delay: 1 })),
      /delay is not an option; allowed are delayMs/,
    ],
    ['an option of a fault without any', () => idp.faults.next('jwks-empty', anything({ delayMs: 1 })), /delayMs/],
    ['an option out of its bounds', () => idp.faults.next('token-error', { status: 200 }), /a whole number from 400/],
    [
      'a fault at an endpoint where it does not act',
      () => idp.faults.next('token-type-unknown', {}, { endpoint: 'jwks' }),
      /token-type-unknown does not act at the endpoint "jwks", only at token; closest that do are .*jwks/,
    ],
    [
      'an endpoint that does not exist',
      () => idp.faults.next('answer', {}, { endpoint: anything('tokens') }),
      /does not act at the endpoint "tokens", only at discovery/,
    ],
    [
      'a fault of an endpoint of the other profile',
      () => idp.faults.next('introspection-inactive'),
      /introspection-inactive does not act in the profile descope; closest that do are/,
    ],
    [
      'an endpoint of the other profile',
      () => idp.faults.next('answer', {}, { endpoint: 'par' }),
      /answer does not act in the profile descope at par/,
    ],
    ['a key set for one client', () => idp.faults.next('jwks-empty', {}, { client: 'me' }), /requests name none/],
    ['no times', () => idp.faults.next('jwks-empty', {}, { times: 0 }), /count\.times: expected a whole number from 1/],
    ['a count for ever', () => idp.faults.always('jwks-empty', {}, anything({ times: 2 })), /scope\.times/],
  ])('%s is a TypeError', (_, act, message) => {
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
    expect(idp.faults.armed()).toEqual([])
  })
})

describe('the list of faults', () => {
  it('holds what the profile of the mock has, and nothing else', () => {
    const names = (idp: MockIdp) => new Set<string>(idp.faults.list().map(({ name }) => name))
    const [descope, standard] = [names(fixedIdp()), names(standardIdp())]
    expect([descope.has('introspection-inactive'), standard.has('introspection-inactive')]).toEqual([false, true])
    expect([descope.has('id-token-iss-wrong'), standard.has('id-token-iss-wrong')]).toEqual([true, true])
    const endpoints = (idp: MockIdp) => idp.faults.list().find(({ name }) => name === 'answer')?.endpoints
    expect(endpoints(fixedIdp())).not.toContain('par')
    expect(endpoints(standardIdp())).not.toContain('sample-files')
  })

  const list = fixedIdp().faults.list()

  it('is frozen, with unique names in kebab case and one line of text each', () => {
    expect(Object.isFrozen(list)).toBe(true)
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length)
    for (const fault of list) {
      expect(fault).toSatisfy(Object.isFrozen)
      expect(fault.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      for (const line of [fault.description, fault.rule, fault.spec]) expect(line).toMatch(/^[^\n]{3,}$/)
      expect(fault.description).toMatch(/\.$/)
      expect(fault.endpoints.length).toBeGreaterThan(0)
    }
  })
})
