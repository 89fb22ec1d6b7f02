import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  claimsOf,
  codeFor,
  fixedIdp,
  mira,
  redeem,
  refresh,
  signIn,
  token,
  userinfo,
} from '../support/relying-party.ts'

const invalidGrant = (answer: Awaited<ReturnType<typeof refresh>>) =>
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])

describe('refresh_token', () => {
  it('answers new tokens and keeps the old refresh token by default (2.6)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    idp.clock.advance(300)
    const first = await refresh(idp, tokens.refresh_token)
    expect(first.status).toBe(200)
    expect(first.body).not.toHaveProperty('refresh_token')
    expect((await refresh(idp, tokens.refresh_token)).status).toBe(200)
    expect((await userinfo(idp, first.body.access_token)).status).toBe(200)
  })

  it('gives an ID token of the same issuer, subject and audience, without nonce, with new times (2.6)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    const before = claimsOf(tokens.id_token)
    idp.clock.advance(300)
    const after = claimsOf((await refresh(idp, tokens.refresh_token)).body.id_token)
    const { iss, sub, aud } = before
    expect(after).toMatchObject({ iss, sub, aud, iat: before.iat + 300, exp: before.exp + 300 })
    expect(before.nonce).toBe('nonce-1')
    expect(after).not.toHaveProperty('nonce')
  })

  it('reads roles, tenants and template claims again (2.6)', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp, { scope: 'openid descope.claims descope.custom_claims' })
    idp.users.update(mira.id, { roles: ['Worker'], customAttributes: { dob: '2000-01-01' } })
    const claims = claimsOf((await refresh(idp, tokens.refresh_token)).body.id_token)
    expect(claims).toMatchObject({ roles: ['Worker'], dob: '2000-01-01' })
  })

  it('takes a narrower scope for one answer, and refuses a broader one or none that is left (2.6)', async () => {
    const idp = fixedIdp()
    const { refresh_token } = await signIn(idp)
    const narrow = await refresh(idp, refresh_token, { scope: 'email' })
    expect(narrow.body.scope).toBe('email')
    expect(narrow.body).not.toHaveProperty('id_token')
    expect((await refresh(idp, refresh_token)).body.scope).toBe('openid profile email')
    expect((await refresh(idp, refresh_token, { scope: 'openid phone' })).body.error).toBe('invalid_scope')
  })

  it('with rotation, gives a new token and ends the old one and, on reuse, the family (RFC 9700 4.14.2)', async () => {
    const idp = fixedIdp({ refreshTokenRotation: true })
    const tokens = await signIn(idp)
    const first = await refresh(idp, tokens.refresh_token)
    const second = await refresh(idp, first.body.refresh_token)
    expect(second.status).toBe(200)
    invalidGrant(await refresh(idp, tokens.refresh_token))
    invalidGrant(await refresh(idp, second.body.refresh_token))
    expect((await userinfo(idp, second.body.access_token)).status).toBe(401)
  })

  it('with rotation, lets one of two requests at once win, and ends the family', async () => {
    const idp = fixedIdp({ refreshTokenRotation: true })
    const { refresh_token } = await signIn(idp)
    const answers = await Promise.all([refresh(idp, refresh_token), refresh(idp, refresh_token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    const winner = answers.find(({ status }) => status === 200)
    invalidGrant(await refresh(idp, winner?.body.refresh_token))
  })

  it('with reuseRevokesFamily off, refuses the old token and spares the family', async () => {
    const idp = fixedIdp({ refreshTokenRotation: true, reuseRevokesFamily: false })
    const tokens = await signIn(idp)
    const first = await refresh(idp, tokens.refresh_token)
    invalidGrant(await refresh(idp, tokens.refresh_token))
    expect((await refresh(idp, first.body.refresh_token)).status).toBe(200)
  })

  it('answers invalid_grant for unknown, expired and ended tokens (2.6)', async () => {
    const idp = fixedIdp()
    invalidGrant(await refresh(idp, 'unknown'))
    const ended = await signIn(idp)
    idp.sessions.end(idp.sessions.list()[0]?.id ?? '')
    invalidGrant(await refresh(idp, ended.refresh_token))
    const expired = await signIn(idp)
    idp.clock.advance(28 * 24 * 3600)
    invalidGrant(await refresh(idp, expired.refresh_token))
    const disabled = await signIn(idp)
    idp.users.update(mira.id, { status: 'disabled' })
    invalidGrant(await refresh(idp, disabled.refresh_token))
  })

  it('answers invalid_grant for a token of another client, service shape when the token is missing', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'spa', name: 'Spa', clientType: 'public', clientId: 'spa-client' }] })
    const { refresh_token } = await signIn(idp)
    invalidGrant(await refresh(idp, refresh_token, { client_id: 'spa-client' }))
    expect((await refresh(idp, '')).body.errorCode).toBe('E011002')
  })

  it('asks a confidential inbound client for its secret (2.6)', async () => {
    const idp = fixedIdp()
    const { clientId, clientSecret } = demoProject.agent
    const secret = { client_id: clientId, client_secret: clientSecret }
    const { body } = await redeem(idp, await codeFor(idp, { client_id: clientId }, 'inbound'), secret, 'inbound')
    expect((await refresh(idp, body.refresh_token, { client_id: clientId }, 'inbound')).status).toBe(401)
    expect((await refresh(idp, body.refresh_token, secret, 'inbound')).status).toBe(200)
  })

  it('answers unauthorized_client when refresh is off, and gives no refresh token then (2.6)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'spa', name: 'Spa', clientType: 'public', clientId: 'spa-client' }] })
    const client = { client_id: 'spa-client' }
    const { body } = await redeem(idp, await codeFor(idp, client), client)
    idp.oidcApps.update('spa', { refreshTokenDisabled: true })
    expect((await refresh(idp, body.refresh_token, client)).body.error).toBe('unauthorized_client')
    expect((await redeem(idp, await codeFor(idp, client), client)).body).not.toHaveProperty('refresh_token')
  })

  it('finds the application of a legacy client by its token (2.1 B)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'shop', name: 'Shop' }] })
    const tokens = await signIn(idp, { ssoAppId: 'shop' })
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: idp.projectId }
    expect(claimsOf((await token(idp, fields)).body.id_token).iss).toBe(`${idp.issuer}/shop`)
  })
})
