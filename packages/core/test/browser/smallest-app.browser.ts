import { demoProject } from '@countersign/mock-idp'
import { expect, it, onTestFinished } from 'vitest'
import { openApp } from '../../../../examples/smallest-app/app.ts'
import { startRemoteIdp } from './browser-session.ts'

const openSignedIn = async () => {
  // Real time: the app has no other.
  const { issuer, ...idp } = await startRemoteIdp({ deterministic: { now: Date.now() } })
  const startedAt = location.href
  onTestFinished(() => history.replaceState(null, '', startedAt))
  const settings = { issuer, clientId: demoProject.oidc.clientId, redirectUri: `${location.origin}/smallest` }
  const callback = await idp.walkLogin((await (await openApp(settings)).login()).href)
  history.replaceState(null, '', callback)
  return { app: await openApp(settings), settings, idp, callback }
}

it('logs in by redirect and shows the verified profile', async () => {
  const { app } = await openSignedIn()
  expect(app.profile()?.name).toBe(demoProject.users.mira.name)
  expect(location.search).toBe('')
})

it('renews the access token, once for parallel readers', async () => {
  const { app, idp } = await openSignedIn()
  const before = await app.accessToken()
  const realNow = Date.now
  onTestFinished(() => {
    Date.now = realNow
  })
  await idp.advance(590)
  Date.now = () => realNow() + 590_000
  const renewed = await Promise.all([app.accessToken(), app.accessToken()])
  expect(renewed[0]).not.toBe(before)
  expect(renewed[1]).toBe(renewed[0])
})

it('refuses a tampered ID token and has no session', async () => {
  const { settings, idp } = await openSignedIn()
  const callback = await idp.walkLogin((await (await openApp(settings)).login()).href)
  await idp.breakOnce('id-token-signature-foreign-key')
  history.replaceState(null, '', callback)
  await expect(openApp(settings)).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_SIGNATURE_INVALID' })
})

it('revokes and leaves by the logout endpoint of the provider', async () => {
  const { app, idp } = await openSignedIn()
  const url = await app.logout()
  expect(url?.origin).toBe(idp.url)
  expect(url?.searchParams.get('id_token_hint')).toBeTruthy()
  expect(app.profile()).toBeUndefined()
})
