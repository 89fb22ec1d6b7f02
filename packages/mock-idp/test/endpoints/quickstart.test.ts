import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  authorize,
  authorizeUrl,
  codeFor,
  fixedIdp,
  get,
  mira,
  redeem,
  redirectUri,
  signIn,
  token,
} from '../support/relying-party.ts'

const { projectId, agent } = demoProject

describe('what the quickstart shows', () => {
  it('the service-specific scopes work although metadata lists four others (S-072, S-095, Q-05)', async () => {
    const idp = fixedIdp()
    const { body } = await answerOf(await get(idp, `/${projectId}/.well-known/openid-configuration`))
    expect(body.scopes_supported).toEqual(['openid', 'profile', 'email', 'phone'])
    const scope = 'openid descope.custom_claims descope.claims'
    expect((await signIn(idp, { scope })).scope).toBe(scope)
  })

  it('a verifier of 128 characters over all 66 unreserved ones is accepted, one more is not (S-157, S-161)', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
    expect(alphabet).toHaveLength(66)
    const long = (alphabet + alphabet).slice(0, 128)
    const idp = fixedIdp()
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(long))
    const code_challenge = Buffer.from(digest).toString('base64url')
    const tooLong = await redeem(idp, await codeFor(idp, { code_challenge }), { code_verifier: `${long}A` })
    expect([tooLong.status, tooLong.body.error]).toEqual([400, 'invalid_request'])
    expect((await redeem(idp, await codeFor(idp, { code_challenge }), { code_verifier: long })).status).toBe(200)
  })

  it('a state of 36 characters comes back as it is, at success and at failure (S-166)', async () => {
    const state = 'Vb4Wn8Gx6Cd3Hp7Kq9Ls5M-Zt9Yr5Ue7Io3P'
    expect(state).toHaveLength(36)
    const idp = fixedIdp()
    const callback = await idp.driver.login(authorizeUrl(idp, { state }), { user: mira.loginId })
    expect(callback.searchParams.get('state')).toBe(state)
    expect((await authorize(idp, { state, response_type: 'token' })).get('state')).toBe(state)
  })

  it('the curl request of the page is accepted as it is, with percent-encoded scopes (S-214, S-215)', async () => {
    const idp = fixedIdp()
    const { clientId, clientSecret } = demoProject.accessKey
    const response = await idp.fetch(
      new Request(`${idp.origin}/oauth2/v1/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials&scope=openid%20profile%20email%20phone%20something',
      }),
    )
    expect(await answerOf(response)).toMatchObject({ status: 200, body: { scope: 'openid profile email phone' } })
  })

  it('an inbound code exchange sends its secret in the body and reads the members of 2.6 (S-428)', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(agent.appId, { skipConsentScreen: true })
    const changes = { client_id: agent.clientId, code_challenge: undefined, code_challenge_method: undefined }
    const code = await codeFor(idp, { ...changes, scope: 'openid contacts.read' }, 'inbound')
    const request = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: agent.clientId,
      client_secret: agent.clientSecret,
    }
    const { status, headers, body } = await token(idp, request, 'inbound')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ey/),
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: expect.stringMatching(/^ey/),
      id_token: expect.stringMatching(/^ey/),
      scope: 'openid contacts.read',
    })
  })
})
