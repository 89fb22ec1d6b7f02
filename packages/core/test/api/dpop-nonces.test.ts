import { createMockIdp, standardDemo } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { challengeFor, createDpopNonces } from '../../src/api/index.ts'
import { createProver } from '../../src/protocol/dpop.ts'
import { failure } from './api-fixture.ts'
import { audience, baseUrl, dpopRequest, setUpDpop } from './dpop-fixture.ts'

const secrets = ['a secret of more than thirty-two characters']
const older = 'another secret of more than thirty-two characters'

async function setUpNonces(more: readonly string[] = []) {
  const { clock } = createMockIdp({ deterministic: {} })
  const nonces = createDpopNonces({ secrets: [...secrets, ...more], lifetimeSeconds: 60, clock })
  return { clock, nonces, fixture: await setUpDpop({ nonces, clock }, { clock }) }
}

describe('nonces of an API (RFC 9449 9)', () => {
  test('are demanded with a challenge that brings one, which is accepted next (API behaviour 26, case F-55)', async () => {
    const { fixture } = await setUpNonces()
    const error = await failure('OIDC_DPOP_NONCE_REQUIRED', fixture.authenticate())
    expect(error).toMatchObject({ claim: 'nonce' })
    const answer = challengeFor(error)
    expect(answer).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': expect.stringMatching(/^DPoP realm="api", error="use_dpop_nonce", .*algs="ES256 /),
        'dpop-nonce': expect.stringMatching(/^[\w-]{32}$/),
      },
    })
    const nonce = answer?.headers['dpop-nonce']
    await expect(fixture.authenticate({ claims: { nonce } })).resolves.toBeDefined()
    await expect(fixture.authenticate({ claims: { nonce } })).resolves.toBeDefined()
  })

  test('are accepted for one more life after they were replaced, and then no longer (case F-55)', async () => {
    const { clock, nonces, fixture } = await setUpNonces()
    const nonce = await nonces.current()
    clock.advance(60)
    expect(await nonces.current()).not.toBe(nonce)
    const claims = { nonce, iat: Math.floor(clock.now() / 1000) }
    await expect(
      fixture.verifier.authenticate(dpopRequest(fixture.token, await fixture.prove({ claims }))),
    ).resolves.toBeDefined()
    clock.advance(60)
    const late = await fixture.prove({ claims: { nonce, iat: Math.floor(clock.now() / 1000) } })
    await failure('OIDC_DPOP_NONCE_REQUIRED', fixture.verifier.authenticate(dpopRequest(fixture.token, late)))
  })

  test('of another process with the same secrets are accepted, and those of a replaced secret too', async () => {
    const { clock, nonces } = await setUpNonces([older])
    const elsewhere = createDpopNonces({ secrets, lifetimeSeconds: 60, clock })
    expect(await nonces.accepts(await elsewhere.current())).toBe(true)
    const before = createDpopNonces({ secrets: [older], lifetimeSeconds: 60, clock })
    expect(await nonces.accepts(await before.current())).toBe(true)
    const stranger = createDpopNonces({ secrets: ['x'.repeat(32)], lifetimeSeconds: 60, clock })
    expect(await nonces.accepts(await stranger.current())).toBe(false)
  })

  test.each(['', 'made up', 7, null])('%j is none of them', async (nonce) => {
    const { fixture } = await setUpNonces()
    await failure('OIDC_DPOP_NONCE_REQUIRED', fixture.authenticate({ claims: { nonce } }))
  })

  test('a proof without the right nonce is not remembered as used', async () => {
    const { fixture, nonces } = await setUpNonces()
    const jti = 'kept'
    await failure('OIDC_DPOP_NONCE_REQUIRED', fixture.authenticate({ claims: { jti } }))
    await expect(fixture.authenticate({ claims: { jti, nonce: await nonces.current() } })).resolves.toBeDefined()
  })

  test('stay the same for their whole life, to the millisecond', async () => {
    const begin = Date.UTC(2026, 0, 1)
    let now = begin
    const nonces = createDpopNonces({ secrets, lifetimeSeconds: 300, clock: { now: () => now } })
    const nonce = await nonces.current()
    const seen: [boolean, boolean][] = []
    for (const ms of [1, 299_999, 300_000, 599_999, 600_000]) {
      now = begin + ms
      seen.push([(await nonces.current()) === nonce, await nonces.accepts(nonce)])
    }
    const [same, replaced, gone] = [
      [true, true],
      [false, true],
      [false, false],
    ]
    expect(seen).toEqual([same, same, replaced, replaced, gone])
  })

  test('are made from secrets of 32 characters or more', () => {
    for (const few of [[], ['x'.repeat(31)], [...secrets, 'short'], 'x'.repeat(40), [Array(32)]]) {
      expect(() => createDpopNonces({ secrets: few as never })).toThrow(
        expect.objectContaining({
          code: 'OIDC_OPTION_INVALID',
          message: expect.stringMatching(
            /^"secrets" must be (a list of texts of at least 32 characters|a object, not string)\.$/,
          ),
        }),
      )
    }
    expect(() => createDpopNonces({ secrets: ['x'.repeat(32)] })).not.toThrow()
  })
})

test('a client of ours reaches the API: token by the token endpoint, proofs, and the nonce in a second try', async () => {
  const { nonces } = await setUpNonces()
  const { idp, verifier } = await setUpDpop({ nonces })
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const statuses: number[] = []
  const api = async (request: Request): Promise<Response> => {
    try {
      return Response.json((await verifier.authenticate(request)).claims)
    } catch (error) {
      const { status = 500, headers = {}, body = {} } = challengeFor(error) ?? {}
      return Response.json(body, { status, headers })
    }
  }
  const { send } = createProver(keys as CryptoKeyPair, idp.clock.now, async (url, init) => {
    const request = new Request(url, init)
    const response = await (url.startsWith(baseUrl) ? api(request) : idp.fetch(request))
    statuses.push(response.status)
    return response
  })
  const { clientId, clientSecret } = standardDemo.web
  const answer = await send(`${idp.origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience, scope: 'contacts.read' }),
  })
  const { access_token, token_type } = await answer.json()
  expect(token_type).toBe('DPoP')
  statuses.length = 0
  const get = () => send(`${baseUrl}/contacts?page=2`, { headers: { authorization: `Bearer ${access_token}` } })
  expect(await (await get()).json()).toMatchObject({ client_id: clientId, cnf: { jkt: expect.any(String) } })
  expect((await get()).status).toBe(200)
  expect(statuses).toEqual([401, 200, 200])
})
