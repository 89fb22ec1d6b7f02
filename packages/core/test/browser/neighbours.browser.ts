import { describe, expect, it, onTestFinished } from 'vitest'
import { type BrowserClient, localTokenStorage, sessionTokenStorage } from '../../src/browser/index.ts'
import { limitSession } from '../../src/browser/limits.ts'
import { type BrowserSession, createBrowserSession, whenStatus } from './browser-session.ts'

const redirectUri = `${location.origin}/packages/core/test/browser/callback.html`
/** RFC 6749 appendix A.1 allows spaces in a client id, and one id may begin with another. */
const clientIds = ['spa', 'spa login', 'spa two'] as const

interface Neighbour {
  readonly client: BrowserClient
  readonly clientId: string
  login(): Promise<void>
}

/** Clients of one issuer on this origin, each started and signed in. */
async function neighbours(tokenStorage = localTokenStorage()): Promise<BrowserSession & { all: readonly Neighbour[] }> {
  const session = await createBrowserSession(
    { clientId: clientIds[0], redirectUri, scope: 'openid profile offline_access', tokenStorage },
    {
      profile: 'standard',
      clients: clientIds.map((client_id) => ({
        client_id,
        application_type: 'native',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        first_party: true,
      })),
    },
  )
  const all = clientIds.map((clientId, index): Neighbour => {
    const client = index ? session.anotherTab({ clientId }) : session.client
    return {
      client,
      clientId,
      async login() {
        await client.login()
        await client.handleCallback((await session.idp.walkLogin(session.navigations.at(-1) ?? '')).href)
      },
    }
  })
  for (const { login } of all) await login()
  return { ...session, all }
}

const tokensOf = (storage: Storage, issuer: string, clientId: string) =>
  storage.getItem(`countersign ${issuer} ${encodeURIComponent(clientId)} tokens`)

describe('clients of one issuer on one origin', () => {
  it.each([
    ['the local storage', localTokenStorage, () => localStorage],
    ['the session storage', sessionTokenStorage, () => sessionStorage],
  ])('keep their tokens apart in %s', async (_, tokenStorage, storage) => {
    const { all, idp } = await neighbours(tokenStorage())
    const kept = () => all.map(({ clientId }) => tokensOf(storage(), idp.issuer, clientId))
    expect(new Set(kept()).size).toBe(3)
    const before = kept()
    // A new login sweeps up what is left of old ones, which must be its own only.
    await all[0]?.client.login()
    expect(kept()).toEqual(before)
    await all[1]?.client.logout({ localOnly: true })
    expect(kept()).toEqual([before[0], null, before[2]])
  })

  it('do not hear of a logout of another one', async () => {
    const { all } = await neighbours()
    await all[0]?.client.logout({ localOnly: true })
    for (const { client } of all.slice(1)) {
      await client.renew()
      expect(client.getSnapshot().status).toBe('authenticated')
    }
  })

  it('do not wait for a renewal of another one', async () => {
    const { all, idp } = await neighbours()
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await new Promise<void>((held) => {
      void navigator.locks.request(`countersign ${idp.issuer} spa tokens renewal`, () => {
        held()
        return released
      })
    })
    let isRenewed = false
    const first = all[0]?.client.renew().then(() => {
      isRenewed = true
    })
    await all[1]?.client.renew()
    await all[2]?.client.renew()
    expect(isRenewed).toBe(false)
    release()
    await first
  })

  it('do not end by the limits of another one', async () => {
    let now = 0
    const { all, anotherTab } = await neighbours()
    const limited = anotherTab({ clientId: 'spa two', clock: { now: () => now } })
    await whenStatus(limited, 'authenticated')
    const limits = limitSession(limited, { idleSeconds: 60 })
    onTestFinished(() => limits.stop())
    now += 61_000
    limits.noteActivity()
    await whenStatus(limited, 'unauthenticated')
    expect(all.slice(0, 2).map(({ client }) => client.getSnapshot().status)).toEqual(['authenticated', 'authenticated'])
  })

  it('take no response of another one', async () => {
    const { all, idp, navigations } = await neighbours()
    await all[1]?.client.login()
    const callback = await idp.walkLogin(navigations.at(-1) ?? '')
    const stranger = (await createBrowserSession()).client
    await expect(stranger.handleCallback(callback.href)).rejects.toMatchObject({ code: 'OIDC_TRANSACTION_MISSING' })
    await all[1]?.client.handleCallback(callback.href)
    expect(all[1]?.client.getSnapshot().status).toBe('authenticated')
  })
})
