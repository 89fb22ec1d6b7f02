/** Whatever a caller sends, it gets a specified refusal in bounded time, and nobody else notices. */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createRequestGuard, type GuardableRequest, type RequestGuard } from '../../src/api/index.ts'
import { allOf, role, scope } from '../../src/index.ts'
import { setUpApi } from './api-fixture.ts'

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const settings = { seed: 20_260_101, numRuns: 300 } as const
const refusals = new Map([
  [400, /^Bearer realm="api", error="invalid_request"/],
  [401, /^Bearer realm="api"(, error="(invalid_token|insufficient_user_authentication)".*)?$/],
  [403, /^Bearer realm="api", error="insufficient_scope"/],
])

function setUpGuard() {
  const fixture = setUpApi()
  return { ...fixture, guard: createRequestGuard<GuardableRequest>({ verifier: fixture.verifier }) }
}

async function answerTo(guard: RequestGuard<GuardableRequest>, authorization: string, rule = scope('contacts.read')) {
  const start = performance.now()
  const { auth, refusal } = await guard.check({ method: 'GET', headers: { authorization } }, rule)
  // Generous, since the machine may be busy: what is quadratic in 20 kB takes longer by far.
  expect(performance.now() - start).toBeLessThan(1000)
  if (auth) return 200
  expect(refusal.headers['www-authenticate']).toMatch(refusals.get(refusal.status) ?? /^never$/)
  expect(JSON.stringify([refusal.headers, refusal.body])).not.toMatch(/OIDC_|[\r\n]/)
  return refusal.status
}

describe('a guard under any input', () => {
  test('refuses any header with 400 or 401, and asks for no keys', async () => {
    const { guard, requests } = setUpGuard()
    const scheme = fc.constantFrom('', 'Bearer', 'Bearer ', 'bearer  ', 'BEARER\t', 'DPoP ', 'Basic ', 'Bearer,', '=')
    const junk = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.base64String(), fc.json())
    await fc.assert(
      fc.asyncProperty(scheme, junk, fc.integer({ min: 1, max: 5000 }), async (name, text, times) => {
        const status = await answerTo(guard, name + text.repeat(times).slice(0, 20_000))
        expect([400, 401]).toContain(status)
      }),
      settings,
    )
    expect(requests).toEqual([])
  })

  test('refuses a token with anything changed in its text, and goes on taking the token itself', async () => {
    const { guard, requests, order } = setUpGuard()
    const token = await order()
    expect(await answerTo(guard, `Bearer ${token}`)).toBe(200)
    const place = fc.nat(token.length - 1)
    const insert = fc.oneof(
      fc.constantFrom('.', '=', '-', 'e', '', '\u0000', 'ä'),
      fc.base64String({ maxLength: 2000 }),
    )
    await fc.assert(
      fc.asyncProperty(place, fc.nat(40), insert, async (start, length, text) => {
        const changed = token.slice(0, start) + text + token.slice(start + length)
        fc.pre(changed !== token)
        expect([400, 401]).toContain(await answerTo(guard, `Bearer ${changed}`))
      }),
      settings,
    )
    expect(await answerTo(guard, `Bearer ${token}`)).toBe(200)
    // Two loads in ten seconds are the most, and the clock stands still.
    expect(requests.filter((path) => path !== 'openid-configuration').length).toBeLessThanOrEqual(2)
  })

  test('decides for any JSON in any claim or header of a signed token, without a crash (case F-21)', async () => {
    const { guard, order } = setUpGuard()
    const names = ['iss', 'aud', 'exp', 'nbf', 'iat', 'sub', 'scope', 'scp', 'roles', 'tenants', 'dct', 'amr', 'cnf']
    const claims = fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor', 'nsec'), fc.jsonValue())
    const header = fc.dictionary(
      fc.constantFrom('typ', 'kid', 'crit', 'b64', 'jku', 'jwk', 'x5c', 'zip'),
      fc.jsonValue(),
    )
    const rule = allOf(scope('contacts.read'), role('Editor', { tenant: 'constructor' }))
    await fc.assert(
      fc.asyncProperty(claims, header, async (changed, parameters) => {
        const token = await order({ claims: changed, header: parameters })
        expect([401, 403]).toContain(await answerTo(guard, `Bearer ${token}`, rule))
      }),
      { ...settings, numRuns: 150 },
    )
    expect(Object.prototype).not.toHaveProperty('roles')
    expect(await answerTo(guard, `Bearer ${await order()}`)).toBe(200)
  })
})
