import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { BrowserClient } from '../../src/browser/index.ts'
import {
  explainRefusal,
  isSteppedUp,
  missingScopes,
  requestScopes,
  stepUp,
  switchTenant,
} from '../../src/descope/client.ts'
import { descopeBrowser } from '../../src/descope/index.ts'
import { scope } from '../../src/index.ts'
import { type BrowserSession, createBrowserSession, startRemoteIdp } from '../browser/browser-session.ts'

const { mira, noa } = demoProject.users
const { acme, globex } = demoProject.tenants
const { projectId, partner } = demoProject

/** Walks the provider's pages for one more login, as a popup would. */
const walk =
  (session: BrowserSession, client: BrowserClient, user?: string) =>
  async (request: Parameters<BrowserClient['login']>[0]) => {
    await client.login(request)
    const callback = await session.idp.walkLogin(session.navigations.at(-1) ?? '', user)
    await client.handleCallback(callback.href)
  }

const claimsOf = (client: BrowserClient) => {
  const state = client.getSnapshot()
  return state.status === 'authenticated' ? state.claims : undefined
}
const scopesOf = (client: BrowserClient) => {
  const state = client.getSnapshot()
  return state.status === 'authenticated' ? [...state.scopes] : undefined
}
const lastRequest = ({ navigations }: BrowserSession) =>
  Object.fromEntries(new URL(navigations.at(-1) ?? '').searchParams)

/** An inbound app of the demo project, configured by the preset. */
async function inboundSession(options: Partial<Parameters<typeof descopeBrowser>[0]> = {}, config: MockIdpConfig = {}) {
  const session = await createBrowserSession({}, config)
  const preset = descopeBrowser({
    ...{ projectId, kind: 'inbound', clientId: partner.clientId, baseUrl: session.idp.url },
    ...options,
  })
  return { ...session, client: session.anotherTab(preset) }
}

describe('switchTenant', () => {
  it('goes on in another tenant without leaving the page (N-07)', async () => {
    const session = await createBrowserSession()
    const { client, idp } = session
    await session.login()
    await idp.signIn()
    await switchTenant(client, acme)
    expect(claimsOf(client)?.dct).toBe(acme)
    await switchTenant(client, globex)
    expect(claimsOf(client)?.dct).toBe(globex)
    expect(session.navigations).toHaveLength(1)
  })

  it('does nothing when the session is there already', async () => {
    const session = await createBrowserSession()
    await walk(session, session.client)({ parameters: { tenant: acme } })
    const before = session.requests.length
    await switchTenant(session.client, acme)
    expect(session.requests).toHaveLength(before)
  })

  it('sends the user to the provider with the tenant as hint where a silent login needs one (N-06, N-07)', async () => {
    const session = await createBrowserSession()
    await session.login()
    await switchTenant(session.client, acme, { returnTo: '/books' })
    expect(lastRequest(session)).toMatchObject({ tenant: acme, scope: 'openid profile email descope.claims' })
    expect(lastRequest(session)).not.toHaveProperty('prompt')
    await session.client.handleCallback((await session.idp.walkLogin(session.navigations.at(-1) ?? '')).href)
    expect(claimsOf(session.client)?.dct).toBe(acme)
    expect(location.pathname).toBe('/books')
  })

  it('opens no frame of another site, whose session it could not see (N-26)', async () => {
    const session = await createBrowserSession()
    const idp = await startRemoteIdp({}, '127.0.0.1')
    const client = session.anotherTab({ issuer: idp.issuer })
    await client.login()
    await client.handleCallback((await idp.walkLogin(session.navigations.at(-1) ?? '')).href)
    const frames = new MutationObserver(() => {})
    frames.observe(document.body, { childList: true })
    await switchTenant(client, acme)
    expect(frames.takeRecords()).toEqual([])
    expect(lastRequest(session)).toMatchObject({ tenant: acme })
  })

  it('refuses to go on when the user is no member of the tenant', async () => {
    const session = await createBrowserSession()
    await session.login(noa.loginId)
    await session.idp.signIn(noa.loginId)
    await expect(
      switchTenant(session.client, acme, { login: walk(session, session.client, noa.loginId) }),
    ).rejects.toMatchObject({ code: 'OIDC_TENANT_MISMATCH' })
  })

  it('needs a session', async () => {
    const { client } = await createBrowserSession()
    await expect(switchTenant(client, acme)).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
  })
})

describe('stepUp', () => {
  it('runs the flow with the scopes of the session, and the claim su tells that it was done (N-05, N-27)', async () => {
    const session = await createBrowserSession()
    const { client } = session
    await session.login()
    await session.idp.signIn()
    expect(isSteppedUp(client)).toBe(false)
    await stepUp(client, { login: walk(session, client) })
    expect(lastRequest(session)).toMatchObject({ flow: 'step_up', scope: 'openid profile email descope.claims' })
    expect(isSteppedUp(client)).toBe(true)
  })

  it('takes another flow by name, and falls back to none by itself (N-27)', async () => {
    const session = await createBrowserSession()
    await session.login()
    await stepUp(session.client, { flow: 'step-up', returnTo: '/pay' })
    expect(lastRequest(session).flow).toBe('step-up')
    expect(session.navigations).toHaveLength(2)
  })

  it('is an error when the flow ends without a step-up (N-27)', async () => {
    const session = await createBrowserSession()
    await session.login()
    await expect(
      stepUp(session.client, { flow: 'sign-up-or-in', login: walk(session, session.client) }),
    ).rejects.toMatchObject({ code: 'OIDC_STEP_UP_REQUIRED' })
    expect(isSteppedUp(session.client)).toBe(false)
  })

  it('needs a session', async () => {
    const { client } = await createBrowserSession()
    expect(isSteppedUp(client)).toBe(false)
    await expect(stepUp(client)).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
  })
})

describe('an inbound app', () => {
  it('signs in at its own endpoints, and shows what was granted (N-04; S-156, S-387, S-423, S-425, S-426, S-428)', async () => {
    const session = await inboundSession({ scopes: ['contacts.read', 'contacts.write'] })
    await walk(session, session.client)({})
    const { origin, pathname } = new URL(session.navigations.at(-1) ?? '')
    expect(origin + pathname).toBe(`${session.idp.url}/oauth2/v1/apps/authorize`)
    expect(lastRequest(session)).toMatchObject({ code_challenge_method: 'S256', code_challenge: expect.any(String) })
    expect(session.requests.map(({ path }) => path)).toContain('/oauth2/v1/apps/token')
    expect(claimsOf(session.client)).toMatchObject({ iss: `${session.idp.url}/v1/apps/${projectId}`, sub: mira.id })
    expect(scopesOf(session.client)).toEqual(['openid', 'contacts.read', 'contacts.write'])
  })

  it('asks for more scopes beside those that are granted (N-29, N-30)', async () => {
    const session = await inboundSession({ scopes: ['contacts.read'] })
    const { client } = session
    await walk(session, client)({})
    expect(missingScopes(client, ['contacts.read', 'files.read_public'])).toEqual(['files.read_public'])
    await expect(requestScopes(client, ['files.read_public'], { login: walk(session, client) })).resolves.toEqual([])
    expect(lastRequest(session)).toMatchObject({ scope: 'openid contacts.read files.read_public' })
    expect(lastRequest(session)).not.toHaveProperty('prompt')
    expect(missingScopes(client, ['contacts.read', 'files.read_public'])).toEqual([])
  })

  it('asks nobody for what is granted, unless the user is to choose again (N-30)', async () => {
    const session = await inboundSession({ scopes: ['contacts.read'] })
    await walk(session, session.client)({})
    await expect(requestScopes(session.client, ['contacts.read'])).resolves.toEqual([])
    expect(session.navigations).toHaveLength(1)
    await requestScopes(session.client, ['contacts.read'], { askAgain: true })
    expect(lastRequest(session)).toMatchObject({ scope: 'openid contacts.read', prompt: 'consent' })
  })

  it('shows only what the granted scopes allow: public files, and no private ones (S-438, S-439)', async () => {
    const files = [
      { name: 'plan.pdf', rule: scope('files.read_public') },
      { name: 'salaries.pdf', rule: scope('files.read_private') },
    ]
    const shown = async (scopes: string[]) => {
      const session = await inboundSession({ scopes })
      await walk(session, session.client)({})
      return files.filter(({ rule }) => session.client.can(rule).allowed).map(({ name }) => name)
    }
    expect(await shown(['files.read_public'])).toEqual(['plan.pdf'])
    expect(await shown(['files.read_public', 'files.read_private'])).toEqual(['plan.pdf', 'salaries.pdf'])
  })

  it('is told which scopes the user did not grant (N-29; S-387)', async () => {
    const session = await inboundSession({ scopes: ['contacts.read'] })
    await walk(session, session.client, noa.loginId)({ parameters: { tenant: globex } })
    const refused = await requestScopes(session.client, ['contacts.write'], {
      login: walk(session, session.client, noa.loginId),
    })
    expect(refused).toEqual(['contacts.write'])
  })

  it('learns why it got no token when its flow stores no consent (N-31; S-415)', async () => {
    const bare = {
      id: 'bare',
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'done' },
        done: { kind: 'end', outcome: 'success' },
      },
    } as const
    const session = await inboundSession({ flow: 'bare' }, { flows: [bare] })
    const error = await walk(session, session.client)({}).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'OIDC_AUTHORIZATION_ERROR', error: 'access_denied' })
    expect(explainRefusal(error)).toMatchObject({ reason: 'consent-missing', advice: expect.stringMatching(/flow/) })
  })
})
