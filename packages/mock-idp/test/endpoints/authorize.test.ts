import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { answerOf, authorize, authorizeUrl, fixedIdp, get, post, redirectUri } from '../support/relying-party.ts'

type Changes = Parameters<typeof authorizeUrl>[1]

const goesToLogin = async (idp: MockIdp, changes: Changes, kind: 'oidc' | 'inbound' = 'oidc') => {
  const response = await get(idp, authorizeUrl(idp, changes, kind))
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toContain(`${idp.origin}/login/${idp.projectId}?`)
  return new URL(response.headers.get('location') ?? '')
}

describe('authorize: errors that are shown, never redirected (2.4 steps 1 and 2)', () => {
  it.each([
    ['a missing client_id (S-168)', { client_id: undefined }, 'E011002'],
    ['an unknown client_id (S-168)', { client_id: 'nobody' }, 'E011004'],
    ['a missing redirect_uri (S-169)', { redirect_uri: undefined }, 'E011002'],
    ['a redirect_uri on a foreign host (S-169)', { redirect_uri: 'https://attacker.example/cb' }, 'E011004'],
    ['a redirect_uri with a fragment', { redirect_uri: `${redirectUri}#x` }, 'E011004'],
    ['two redirect_uris', { redirect_uri: [redirectUri, redirectUri] }, 'E011004'],
    ['an unknown ssoAppId', { ssoAppId: 'nobody' }, 'E011004'],
  ])('answers 400 for %s', async (_, changes: Changes, code) => {
    const idp = fixedIdp()
    const { status, body, headers } = await answerOf(await get(idp, authorizeUrl(idp, changes)))
    expect([status, body.errorCode]).toEqual([400, code])
    expect(headers.has('location')).toBe(false)
    const page = await get(idp, authorizeUrl(idp, changes), { accept: 'text/html' })
    expect(page.status).toBe(400)
    expect(await page.text()).toContain('This request cannot go on')
  })

  it('refuses a disabled application', async () => {
    const idp = fixedIdp({ defaultApp: { status: 'disabled' } })
    expect((await get(idp, authorizeUrl(idp))).status).toBe(400)
  })
})

describe('authorize: errors at the redirect URI, in order (2.4 steps 3 to 10)', () => {
  it.each([
    ['a missing response_type (S-167)', { response_type: undefined }, 'invalid_request'],
    ['another response_type (S-052)', { response_type: 'token' }, 'unsupported_response_type'],
    ['response_type id_token (S-052)', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a hybrid response_type (S-052)', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['a repeated parameter', { nonce: ['a', 'b'] }, 'invalid_request'],
    ['a request larger than 8 KiB', { style: 'x'.repeat(8200) }, 'invalid_request'],
    ['a state longer than 2048 characters (S-164)', { state: 's'.repeat(2049) }, 'invalid_request'],
    ['a request object', { request: 'eyJ' }, 'request_not_supported'],
    ['a request_uri', { request_uri: 'https://x.example' }, 'request_uri_not_supported'],
    ['a missing state (S-173)', { state: undefined }, 'invalid_request'],
    ['a scope without openid (S-073, S-170)', { scope: 'profile' }, 'invalid_scope'],
    ['a challenge without a method (S-159)', { code_challenge_method: undefined }, 'invalid_request'],
    ['the method plain (S-159, S-172)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is too short (S-171)', { code_challenge: 'short' }, 'invalid_request'],
    ['a method without a challenge', { code_challenge: undefined }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'please' }, 'invalid_request'],
    ['prompt none with another value (S-223)', { prompt: 'none login' }, 'invalid_request'],
    ['prompt consent at an OIDC application', { prompt: 'consent' }, 'invalid_request'],
    ['an unknown flow (S-175)', { flow: 'nothing' }, 'invalid_request'],
    ['an unknown tenant', { tenant: 'T0' }, 'invalid_request'],
    ['a resource that is not listed', { resource: 'https://api.example' }, 'invalid_target'],
  ])('answers %s', async (_, changes: Changes, error) => {
    const answer = await authorize(fixedIdp(), changes)
    expect(answer.get('error')).toBe(error)
    expect(answer.get('error_description')).not.toBe('')
    expect(answer.has('code')).toBe(false)
    const state = 'state' in (changes ?? {}) ? changes?.state : 'state-1'
    expect(answer.get('state') ?? undefined).toBe(state)
  })

  it('looks at response_type before scope, and at scope before PKCE', async () => {
    const idp = fixedIdp()
    const all = { response_type: 'token', scope: 'profile', code_challenge: 'short' }
    expect((await authorize(idp, all)).get('error')).toBe('unsupported_response_type')
    expect((await authorize(idp, { ...all, response_type: 'code' })).get('error')).toBe('invalid_scope')
  })

  it('refuses an unknown scope of an inbound application at once (5.4 step 1)', async () => {
    expect((await authorize(fixedIdp(), { scope: 'openid contacts.delete' }, 'inbound')).get('error')).toBe(
      'invalid_scope',
    )
  })

  it('requires PKCE of public clients and with forcePkce, not of a confidential client (S-156, S-427, 2.1)', async () => {
    const none = { code_challenge: undefined, code_challenge_method: undefined }
    expect((await authorize(fixedIdp(), none, 'inbound')).get('error')).toBe('invalid_request')
    const forced = fixedIdp({ defaultApp: { forcePkce: true } })
    expect((await authorize(forced, none)).get('error')).toBe('invalid_request')
    await goesToLogin(fixedIdp(), none)
    const confidential = { ...none, client_id: demoProject.agent.clientId }
    await goesToLogin(fixedIdp(), confidential, 'inbound')
    const forcedInbound = fixedIdp()
    forcedInbound.inboundApps.update(demoProject.agent.appId, { forcePkce: true })
    expect((await authorize(forcedInbound, confidential, 'inbound')).get('error')).toBe('invalid_request')
    await goesToLogin(forcedInbound, { client_id: demoProject.agent.clientId }, 'inbound')
  })

  it('refuses an application whose code grant is off (2.4)', async () => {
    const idp = fixedIdp({ defaultApp: { authorizationCodeDisabled: true } })
    expect((await authorize(idp)).get('error')).toBe('unauthorized_client')
  })
})

describe('authorize: good requests', () => {
  it('redirects to the hosted page with the handle and the published names (S-136, S-177)', async () => {
    const url = await goesToLogin(fixedIdp(), { login_hint: 'mira@acme.example', prompt: 'login', locale: 'de' })
    expect(url.searchParams.get('flow')).toBe('sign-up-or-in')
    expect(url.searchParams.get('state_id')).toMatch(/^[\w-]{22}$/)
    expect(url.searchParams.get('oidc_login_hint')).toBe('mira@acme.example')
    expect(url.searchParams.get('oidc_prompt')).toBe('login')
    expect(url.searchParams.get('oidc_error_redirect_uri')).toBe(redirectUri)
    expect(url.searchParams.get('locale')).toBe('de')
    expect(url.searchParams.has('tenant')).toBe(false)
  })

  it('uses the names of the inbound family there (2.4)', async () => {
    const url = await goesToLogin(fixedIdp(), { state: undefined, prompt: 'consent' }, 'inbound')
    expect(url.searchParams.get('third_party_app_id')).toBe(demoProject.spa.appId)
    expect(url.searchParams.get('third_party_app_state_id')).toMatch(/^[\w-]{22}$/)
    expect(url.searchParams.get('application_scopes')).toBe('openid contacts.read')
  })

  it('sends the browser to a configured hosting URL and keeps its query (S-062, S-137, S-139)', async () => {
    const idp = fixedIdp({ defaultApp: { loginPageUrl: 'https://login.acme.example/p?theme=dark&flow=sign-up-or-in' } })
    const location = (await get(idp, authorizeUrl(idp))).headers.get('location') ?? ''
    expect(location).toMatch(/^https:\/\/login\.acme\.example\/p\?theme=dark&flow=sign-up-or-in&state_id=/)
  })

  it('accepts POST with a form and with JSON, and answers 303 (S-080)', async () => {
    const idp = fixedIdp()
    const fields = Object.fromEntries(authorizeUrl(idp).searchParams)
    const goesOn = (response: Response) => {
      expect(response.status).toBe(303)
      expect(response.headers.get('location')).toMatch(
        new RegExp(`^${idp.origin}/login/${idp.projectId}\\?.*state_id=`),
      )
    }
    goesOn(await post(idp, '/oauth2/v1/authorize', fields))
    const json = await idp.fetch(
      new Request(`${idp.origin}/oauth2/v1/authorize`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fields),
      }),
    )
    goesOn(json)
  })

  it('takes a state of 2048 characters (S-164)', async () => {
    const state = 's'.repeat(2048)
    expect((await authorize(fixedIdp(), { state, prompt: 'none' })).get('state')).toBe(state)
    await goesToLogin(fixedIdp(), { state })
  })

  it('checks redirect_uri by the list of the application, without a list by the approved domains (S-169)', async () => {
    const own = 'https://shop.example/cb'
    const listed = fixedIdp({ defaultApp: { redirectUris: [own] } })
    await goesToLogin(listed, { redirect_uri: own })
    expect((await get(listed, authorizeUrl(listed))).status).toBe(400)
    const approved = fixedIdp({ approvedDomains: ['shop.example'] })
    await goesToLogin(approved, { redirect_uri: own })
    await goesToLogin(approved, { redirect_uri: 'https://eu.shop.example/other' })
    expect((await get(approved, authorizeUrl(approved))).status).toBe(400)
  })

  it('finds a named application by ssoAppId and by its path (2.1 B)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'shop', name: 'Shop' }] })
    expect((await goesToLogin(idp, { ssoAppId: 'shop' })).searchParams.get('sso_app_id')).toBe('shop')
    const url = authorizeUrl(idp)
    url.pathname = '/shop/oauth2/v1/authorize'
    const location = (await get(idp, url)).headers.get('location') ?? ''
    expect(new URL(location).searchParams.get('sso_app_id')).toBe('shop')
  })

  it('accepts a tenant by its domain and a listed resource', async () => {
    const idp = fixedIdp({ defaultApp: { audienceWhitelist: ['https://api.example'] } })
    const url = await goesToLogin(idp, { tenant: 'acme.example', resource: ['https://api.example'] })
    expect(url.searchParams.get('tenant')).toBe(demoProject.tenants.acme)
    expect(url.searchParams.get('oidc_resource')).toBe('https://api.example')
  })

  it('writes a note for parameters without effect (2.4)', async () => {
    const idp = fixedIdp()
    await goesToLogin(idp, { max_age: '60', acr_values: 'x' })
    expect(idp.log.entries[0]?.notes).toEqual([
      'max_age has no effect in this version',
      'acr_values has no effect in this version',
    ])
  })

  it('gives one cookie to all tabs of a browser, so that a second login does not break the first', async () => {
    const idp = fixedIdp()
    const first = (await get(idp, authorizeUrl(idp))).headers.getSetCookie()[0] ?? ''
    expect(first).toMatch(/^mock_txn=[\w-]{22}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/)
    const cookie = first.split(';')[0] ?? ''
    const second = (await get(idp, authorizeUrl(idp), { cookie })).headers.getSetCookie()[0]
    expect(second?.split(';')[0]).toBe(cookie)
  })
})
