import { describe, expect, it } from 'vitest'
import { createBrowserSession } from './browser-session.ts'

const now = (session: { idp: { now(): number } }) => Math.floor(session.idp.now() / 1000)

/** Starts a login that has to fulfil something, and gives its response. */
async function requiredLogin(required: { acr_values?: string; max_age?: string; scope?: string }, claims = {}) {
  const session = await createBrowserSession()
  await session.client.login({ required })
  await session.idp.breakOnce('id-token', { set: { auth_time: now(session), ...claims } })
  return { ...session, callback: (await session.idp.walkLogin(session.navigations[0] ?? '')).href }
}

describe('a login with requirements', () => {
  it('sends them, and accepts an ID token that shows them (case B-32)', async () => {
    const { client, callback, navigations } = await requiredLogin(
      { acr_values: 'phr gold', max_age: '60' },
      { acr: 'gold' },
    )
    const { searchParams } = new URL(navigations[0] ?? '')
    expect([searchParams.get('acr_values'), searchParams.get('max_age')]).toEqual(['phr gold', '60'])
    await client.handleCallback(callback)
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', claims: { acr: 'gold' } })
  })

  it.each([
    ['another acr', { acr_values: 'gold' }, { acr: 'silver' }, 'acr'],
    ['no acr', { acr_values: 'gold' }, {}, 'acr'],
    ['an acr that is only the start of the wanted one', { acr_values: 'gold' }, { acr: 'go' }, 'acr'],
    ['an old auth_time', { max_age: '60' }, { auth_time: 1_000_000 }, 'auth_time'],
    ['no scope that was asked for', { scope: 'openid phone' }, {}, 'scope'],
  ])('is refused with %s, and signs nobody in (case B-32)', async (_, required, claims, lacks) => {
    const { client, callback, tokenRequests } = await requiredLogin(required, claims)
    await expect(client.handleCallback(callback)).rejects.toMatchObject({
      code: 'OIDC_STEP_UP_REQUIRED',
      phase: 'id-token',
      message: `The login lacks what was asked for: ${lacks}.`,
      wanted: required,
    })
    expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', error: { code: 'OIDC_STEP_UP_REQUIRED' } })
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
    expect(tokenRequests()).toBe(1)
  })

  it('without auth_time is refused when freshness was asked for', async () => {
    const session = await createBrowserSession()
    await session.client.login({ required: { max_age: '60' } })
    await session.idp.breakOnce('id-token', { remove: ['auth_time'] })
    const callback = await session.idp.walkLogin(session.navigations[0] ?? '')
    await expect(session.client.handleCallback(callback.href)).rejects.toMatchObject({ code: 'OIDC_STEP_UP_REQUIRED' })
  })

  it('leaves an ordinary login alone, whatever its acr', async () => {
    const session = await createBrowserSession()
    await session.client.login({ parameters: { acr_values: 'gold' } })
    const callback = await session.idp.walkLogin(session.navigations[0] ?? '')
    await session.client.handleCallback(callback.href)
    expect(session.client.getSnapshot().status).toBe('authenticated')
  })

  it('is refused silently too, and the session stays as it is', async () => {
    const { client, idp, login } = await createBrowserSession()
    await login()
    await idp.signIn()
    const before = await client.getAccessToken()
    await expect(client.loginSilently({ required: { acr_values: 'gold' } })).rejects.toMatchObject({
      code: 'OIDC_STEP_UP_REQUIRED',
    })
    expect(await client.getAccessToken()).toBe(before)
  })
})
