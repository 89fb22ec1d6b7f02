import { defineFlow, standardDemo } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { claimsOf, headerOf, mira, post } from '../support/relying-party.ts'
import {
  asWeb,
  authorizeUrl,
  codeFor,
  problemOf,
  redeem,
  refresh,
  resources,
  signIn,
  standardIdp,
  token,
  userinfo,
  web,
  webAuth,
} from '../support/standard-client.ts'

const { device } = standardDemo

describe('snapshot and reset', () => {
  it('bring codes, tokens, pushed requests, devices and used proofs back, and forget them', async () => {
    const idp = standardIdp()
    const code = await codeFor(idp)
    const pushed = await post(idp, '/par', Object.fromEntries(authorizeUrl(idp).searchParams))
    const { request_uri } = await pushed.json()
    const { device_code } = await (await post(idp, '/device_authorization', { client_id: device.clientId })).json()
    const poll = () =>
      token(idp, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code,
        client_id: device.clientId,
      })
    const use = () => idp.fetch(new Request(`${idp.origin}/authorize?client_id=mock-spa&request_uri=${request_uri}`))
    const snapshot = idp.snapshot()
    for (let round = 0; round < 2; round++) {
      expect((await redeem(idp, code)).status).toBe(200)
      expect((await redeem(idp, code)).status).toBe(400)
      expect([(await use()).status, (await use()).status]).toEqual([302, 400])
      expect(problemOf(await poll())).toEqual([400, 'authorization_pending'])
      snapshot.restore()
    }
    idp.reset()
    expect((await redeem(idp, code)).status).toBe(400)
    expect((await use()).status).toBe(400)
    expect(problemOf(await poll())).toEqual([400, 'invalid_grant'])
  })
})

describe('idp.consents', () => {
  it('gives a client its consent without a page, and takes tokens with it when it goes (K-10.7.1)', async () => {
    const idp = standardIdp()
    idp.consents.create({ appId: web.clientId, userId: mira.id, scopes: ['email', 'offline_access'] })
    await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })
    const silent = await idp.driver.visit(authorizeUrl(idp, { ...asWeb, scope: 'openid email', prompt: 'none' }))
    const code = silent.searchParams.get('code') ?? ''
    const { body } = await redeem(idp, code, { ...asWeb, client_id: undefined }, webAuth)
    expect((await userinfo(idp, body.access_token)).status).toBe(200)
    expect(idp.consents.delete({ appId: web.clientId })).toBe(1)
    expect((await userinfo(idp, body.access_token)).status).toBe(401)
    expect(() => idp.consents.create({ appId: web.clientId, userId: mira.id, scopes: ['other'] })).toThrow('other')
  })
})

describe('idp.tokens', () => {
  it('signs access tokens as the token endpoint does, with what the test wants in them', async () => {
    const idp = standardIdp()
    const text = await idp.tokens.accessToken({
      user: mira.loginId,
      client: web.clientId,
      scope: 'contacts.read',
      expiresInSeconds: -1,
      claims: { jti: undefined, extra: 1 },
    })
    expect(headerOf(text)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })
    const claims = claimsOf(text)
    expect(claims).toMatchObject({ sub: mira.id, aud: resources.contacts, client_id: web.clientId, extra: 1 })
    expect([claims.exp - claims.iat, 'jti' in claims]).toEqual([-1, false])
    await expect(idp.tokens.accessToken({ client: 'nobody' })).rejects.toThrow('"nobody" is unknown')
  })
})

describe('a client', () => {
  it('that is gone takes its tokens with it', async () => {
    const idp = standardIdp()
    const tokens = await signIn(idp, { scope: 'openid offline_access' })
    idp.clients.delete('mock-spa')
    expect((await userinfo(idp, tokens.access_token)).status).toBe(401)
    expect(problemOf(await refresh(idp, tokens.refresh_token))).toEqual([401, 'invalid_client'])
  })
})

describe('claims of a flow', () => {
  it('are in ID and access token, and never replace those of the protocol', async () => {
    const flow = defineFlow({
      id: 'sign-up-or-in',
      start: 'ask',
      nodes: {
        ask: {
          kind: 'screen',
          title: 'Sign in',
          fields: [
            { name: 'loginId', type: 'text', label: 'Name', required: true },
            { name: 'password', type: 'password', label: 'Password', required: true },
          ],
          buttons: [{ id: 'go', label: 'Go', next: 'check' }],
        },
        check: {
          kind: 'action',
          action: 'password-auth',
          args: { mode: 'sign-in', loginId: '{{form.loginId}}', password: '{{form.password}}' },
          next: 'claim',
        },
        claim: {
          kind: 'action',
          action: 'custom-claims',
          claims: [
            { key: 'plan', type: 'string', value: 'pro' },
            { key: 'client_id', type: 'string', value: 'other' },
          ],
          next: 'done',
        },
        done: { kind: 'end', outcome: 'success' },
      },
    })
    const tokens = await signIn(standardIdp({ flows: [flow] }))
    expect(claimsOf(tokens.id_token).plan).toBe('pro')
    expect(claimsOf(tokens.access_token)).toMatchObject({ plan: 'pro', client_id: 'mock-spa' })
  })
})
