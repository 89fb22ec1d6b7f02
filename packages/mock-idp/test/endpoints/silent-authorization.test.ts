import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  authorize,
  authorizeUrl,
  claimsOf,
  clientIdOf,
  fixedIdp,
  get,
  mira,
  noa,
  redeem,
} from '../support/relying-party.ts'

const none = { prompt: 'none' }

async function silent(
  idp: ReturnType<typeof fixedIdp>,
  changes: Parameters<typeof authorizeUrl>[1] = {},
  options: { user?: string; kind?: 'oidc' | 'inbound'; headers?: Record<string, string> } = {},
) {
  const { cookie } = await idp.sessions.create(options.user ?? mira.loginId)
  const url = authorizeUrl(idp, { ...none, ...changes }, options.kind)
  const response = await get(idp, url, { cookie, ...options.headers })
  expect(response.status).toBe(302)
  return new URL(response.headers.get('location') ?? '').searchParams
}

describe('prompt=none', () => {
  it('answers login_required without a session and never shows a page (S-218, S-223, 2.5 rule 1)', async () => {
    const answer = await authorize(fixedIdp(), none)
    expect([answer.get('error'), answer.get('state')]).toEqual(['login_required', 'state-1'])
  })

  it('answers a code from a live session, good for tokens (S-053, S-218, 2.5 rule 6)', async () => {
    const idp = fixedIdp()
    const answer = await silent(idp)
    const tokens = await redeem(idp, answer.get('code') ?? '')
    expect(tokens.status).toBe(200)
    expect(tokens.body.id_token).toBeDefined()
  })

  it('brings custom claims and tenant of the login along, and calls no connector (S-053, S-218, 2.5 rule 6, A-31)', async () => {
    const idp = fixedIdp({ userTemplate: {} })
    const scope = 'openid descope.claims descope.custom_claims'
    const flow = 'sign-up-or-in-with-dob'
    const { acme } = demoProject.tenants
    await idp.driver.login(authorizeUrl(idp, { scope, flow, tenant: acme }), { user: mira.loginId })
    let calls = 0
    idp.connectors.stub('people-api', () => {
      calls += 1
      return {}
    })
    const claims = async (changes: Parameters<typeof authorizeUrl>[1] = {}) => {
      const callback = await idp.driver.visit(authorizeUrl(idp, { scope, flow, ...none, ...changes }))
      return claimsOf((await redeem(idp, callback.searchParams.get('code') ?? '')).body.id_token)
    }
    expect(await claims()).toMatchObject({ dob: '1984-02-09', source: 'people-api', dct: acme })
    expect(await claims({ tenant: demoProject.tenants.globex })).toMatchObject({ dct: demoProject.tenants.globex })
    expect(calls).toBe(0)
    idp.users.update(mira.id, { tenants: {} })
    expect(await claims()).not.toHaveProperty('dct')
  })

  it('keeps the custom claims of the session in a flow that sets none (2.5)', async () => {
    const idp = fixedIdp({ userTemplate: {} })
    const scope = 'openid descope.custom_claims'
    await idp.driver.login(authorizeUrl(idp, { scope, flow: 'sign-up-or-in-with-dob' }), { user: mira.loginId })
    const callback = await idp.driver.visit(authorizeUrl(idp, { scope }))
    const { body } = await redeem(idp, callback.searchParams.get('code') ?? '')
    expect(claimsOf(body.id_token).dob).toBe('1984-02-09')
    await idp.driver.login(authorizeUrl(idp, { scope, prompt: 'login' }), { user: mira.loginId })
    const again = await idp.driver.visit(authorizeUrl(idp, { scope, ...none }))
    const fresh = await redeem(idp, again.searchParams.get('code') ?? '')
    expect(claimsOf(fresh.body.id_token)).not.toHaveProperty('dob')
  })

  it('answers login_required for a session that ended, expired, or whose user is disabled (2.5 rule 1)', async () => {
    for (const spoil of [
      (idp: ReturnType<typeof fixedIdp>) => idp.sessions.end(idp.sessions.list()[0]?.id ?? ''),
      (idp: ReturnType<typeof fixedIdp>) => idp.clock.advance(28 * 24 * 3600),
      (idp: ReturnType<typeof fixedIdp>) => idp.users.update(mira.id, { status: 'disabled' }),
      (idp: ReturnType<typeof fixedIdp>) => idp.users.delete(mira.id),
    ]) {
      const idp = fixedIdp()
      const { cookie } = await idp.sessions.create(mira.loginId)
      spoil(idp)
      const response = await get(idp, authorizeUrl(idp, none), { cookie })
      expect(response.headers.get('location')).toContain('error=login_required')
    }
  })

  it('answers login_required when the application forces a login (2.5 rule 2)', async () => {
    const idp = fixedIdp({ defaultApp: { forceAuthentication: true } })
    expect((await silent(idp)).get('error')).toBe('login_required')
  })

  it('answers login_required when login_hint names another user, a code when it names this one (2.5)', async () => {
    expect((await silent(fixedIdp(), { login_hint: noa.loginId })).get('error')).toBe('login_required')
    expect((await silent(fixedIdp(), { login_hint: mira.loginId })).has('code')).toBe(true)
    expect((await silent(fixedIdp(), { loginHint: mira.id })).has('code')).toBe(true)
  })

  it('answers interaction_required for a tenant the user is not in (2.5 rule 3)', async () => {
    const { acme, globex } = demoProject.tenants
    expect((await silent(fixedIdp(), { tenant: acme }, { user: noa.loginId })).get('error')).toBe(
      'interaction_required',
    )
    expect((await silent(fixedIdp(), { tenant: globex }, { user: noa.loginId })).has('code')).toBe(true)
  })

  it.each([
    ['the request names it', { flow: 'step_up' }, {}],
    ['the hosting URL names it', {}, { defaultApp: { loginPageUrl: 'https://auth.example/p?flow=step-up' } }],
  ])(
    'answers interaction_required for a flow with step-up when %s, until one is completed (S-175, S-176, 2.5 rule 4)',
    async (_, changes, config) => {
      const idp = fixedIdp(config)
      const silent = authorizeUrl(idp, { prompt: 'none', ...changes })
      const answer = async (stepUp: boolean) => {
        const { cookie } = await idp.sessions.create(mira.id, { stepUp })
        const response = await get(idp, silent, { cookie })
        return new URL(response.headers.get('location') ?? '').searchParams
      }
      expect((await answer(false)).get('error')).toBe('interaction_required')
      expect((await answer(true)).has('code')).toBe(true)
      const other = authorizeUrl(idp, { prompt: 'none', flow: 'sign-up-or-in' })
      const { cookie } = await idp.sessions.create(mira.id)
      const plain = await get(idp, other, { cookie })
      expect(new URL(plain.headers.get('location') ?? '').searchParams.has('code')).toBe(true)
    },
  )

  it('answers consent_required where consent is not skipped (2.5 rule 5)', async () => {
    const idp = fixedIdp()
    // In this order: an application that skips the screen leaves a consent behind.
    idp.inboundApps.update(clientIdOf.inbound, { skipConsentScreen: false })
    expect((await silent(idp, {}, { kind: 'inbound' })).get('error')).toBe('consent_required')
    idp.inboundApps.update(clientIdOf.inbound, { skipConsentScreen: true })
    expect((await silent(idp, {}, { kind: 'inbound' })).has('code')).toBe(true)
  })

  it('may stand in a frame of another site, as its redirects do; the hosted page may not (S-219, 2.5)', async () => {
    const idp = fixedIdp()
    const { cookie } = await idp.sessions.create(mira.loginId)
    const framing = (response: Response) => [
      response.headers.get('x-frame-options'),
      /frame-ancestors [^;]*/.exec(response.headers.get('content-security-policy') ?? '')?.[0],
    ]
    const silent = await get(idp, authorizeUrl(idp, none), { cookie })
    const refused = await get(idp, authorizeUrl(idp, none))
    const toLogin = await get(idp, authorizeUrl(idp))
    for (const response of [silent, refused, toLogin]) {
      expect([response.status, ...framing(response)]).toEqual([302, null, undefined])
    }
    const browser = toLogin.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const hosted = await get(idp, toLogin.headers.get('location') ?? '', { cookie: browser })
    expect([hosted.status, ...framing(hosted)]).toEqual([200, 'SAMEORIGIN', "frame-ancestors 'self'"])
  })

  it('one session serves several clients of the project (S-222)', async () => {
    const idp = fixedIdp()
    await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })
    const callback = await idp.driver.visit(authorizeUrl(idp, none, 'inbound'))
    expect(callback.searchParams.has('code')).toBe(true)
  })

  it('ignores the cookie in a frame on another site when told to (2.5, simulateThirdPartyCookieBlocking)', async () => {
    const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }
    const blocking = fixedIdp({ compat: { simulateThirdPartyCookieBlocking: true } })
    expect((await silent(blocking, {}, { headers })).get('error')).toBe('login_required')
    const sameSite = { ...headers, 'sec-fetch-site': 'same-site' }
    expect((await silent(blocking, {}, { headers: sameSite })).has('code')).toBe(true)
    expect((await silent(fixedIdp(), {}, { headers })).has('code')).toBe(true)
  })
})
