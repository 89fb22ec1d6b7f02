import { describe, expect, it } from 'vitest'
import { receiveFrontChannelLogout } from '../../src/browser/front-channel-logout.ts'
import { localTokenStorage } from '../../src/browser/index.ts'
import { createBrowserSession, whenStatus } from './browser-session.ts'

/** The claim of a user of the mock that stands for a session id; the other user has none. */
const sid = '1991-04-30'
const withSid = { userTemplate: { sid: 'dob' }, compat: { customClaimsInTokens: 'root' } } as const

/** A tab that is signed in, and the page that the provider loads in a frame. */
async function framed(shared: boolean, config = {}) {
  const session = await createBrowserSession(
    { scope: 'openid descope.custom_claims', ...(shared && { tokenStorage: localTokenStorage() }) },
    config,
  )
  await session.login()
  const { issuer } = session.idp
  return {
    ...session,
    receive: (query: Record<string, string> | string = { iss: issuer, sid }) =>
      receiveFrontChannelLogout(session.openTab(), `https://app.example/logout?${new URLSearchParams(query)}`),
    keptTokens: () => Object.keys(localStorage).filter((key) => key.includes(issuer) && key.endsWith(' tokens')),
  }
}

describe.each([
  ['tokens in memory', false],
  ['tokens in a shared storage', true],
])('a front-channel logout request, with %s', (_, shared) => {
  it.each([
    ['with the session of the request', withSid],
    ['whose ID token names none', {}],
  ])('ends a session %s in all tabs, and goes nowhere', async (_name, config) => {
    const { client, receive, navigations, requests, keptTokens } = await framed(shared, config)
    const [before, sent] = [navigations.length, requests.length]
    expect(keptTokens()).toHaveLength(shared ? 1 : 0)
    await receive()
    await whenStatus(client, 'unauthenticated')
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed-out' })
    expect([navigations.length, requests.length]).toEqual([before, sent])
    expect(keptTokens()).toEqual([])
  })

  it('leaves another session alone', async () => {
    const { client, receive, idp, keptTokens, anotherTab } = await framed(shared, withSid)
    await receive({ iss: idp.issuer, sid: 'of-another-session' })
    // A message that every tab takes, behind the one that none should.
    const witness = anotherTab()
    await whenStatus(witness, shared ? 'authenticated' : 'unauthenticated')
    await client.renew()
    expect(client.getSnapshot().status).toBe('authenticated')
    expect(keptTokens()).toHaveLength(shared ? 1 : 0)
  })

  it('is refused when it does not name this issuer and one session (case H-26)', async () => {
    const { client, receive, idp } = await framed(shared)
    const refused = { code: 'OIDC_LOGOUT_REQUEST_INVALID', phase: 'logout' }
    const iss = idp.issuer
    for (const query of [
      {},
      { iss },
      { sid },
      { iss, sid: '' },
      { iss: `${iss}/`, sid },
      { iss: 'https://evil.example', sid },
      `${new URLSearchParams({ iss, sid })}&sid=other`,
      `${new URLSearchParams({ iss, sid })}&iss=https://evil.example`,
    ]) {
      await expect(receive(query)).rejects.toMatchObject(refused)
    }
    await client.renew()
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})
