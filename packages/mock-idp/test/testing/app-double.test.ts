import { createAppDouble, createTestIdp } from '@countersign/mock-idp/testing'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, noa } from '../support/relying-party.ts'

/** A client that does what every browser client does, and notes what it is given. */
function createClient(app: ReturnType<typeof createAppDouble>, begin: () => string) {
  const callbacks: string[] = []
  return {
    callbacks,
    login: async () => app.options.navigate(begin()),
    handleCallback: async (url: string) => void callbacks.push(url),
  }
}

describe('createAppDouble', () => {
  it('signs a user in between login and callback (complaint 24)', async () => {
    const idp = createTestIdp()
    const app = createAppDouble(idp)
    const client = createClient(app, () => authorizeUrl(idp).href)
    await app.signIn(client)
    expect(client.callbacks).toEqual([expect.stringMatching(/^http:\/\/localhost:5173\/callback\?.*code=/)])
    expect(app.departures).toEqual([authorizeUrl(idp).href])
  })

  it('forgets who was signed in before', async () => {
    const idp = createTestIdp()
    const app = createAppDouble(idp)
    const client = createClient(app, () => authorizeUrl(idp).href)
    await app.signIn(client)
    await app.signIn(client, noa.loginId)
    expect(idp.sessions.list().map(({ userId }) => userId)).toContain(noa.id)
  })

  it('sends the requests of the client to the mock', async () => {
    const idp = createTestIdp()
    const { options } = createAppDouble(idp)
    const response = await options.fetch(`${options.issuer}/.well-known/openid-configuration`, {})
    expect((await response.json()).issuer).toBe(idp.issuer)
  })

  it('keeps a storage of its own', () => {
    const [one, other] = [createTestIdp(), createTestIdp()].map((idp) =>
      createAppDouble(idp).options.transactionStorage(),
    )
    one?.setItem('a', '1')
    expect([one?.length, one?.key(0), one?.getItem('a'), other?.getItem('a')]).toEqual([1, 'a', '1', null])
    one?.removeItem('a')
    expect(one?.length).toBe(0)
  })

  it('says so when the app has not begun a login', async () => {
    await expect(createAppDouble(createTestIdp()).finishLogin()).rejects.toThrow('has not begun a login')
  })
})
