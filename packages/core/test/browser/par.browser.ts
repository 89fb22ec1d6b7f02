import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { pushAuthorizationRequest } from '../../src/browser/par.ts'
import { whenStatus } from './browser-session.ts'
import { createStandardSession } from './standard-session.ts'

const pushed = { pushedAuthorization: pushAuthorizationRequest(), scope: 'openid profile' }
const required = { standard: { requirePar: true } } as const
const mira = { status: 'authenticated', claims: { sub: demoProject.users.mira.id } }

/** Names and values of the URL that the page went to last. */
const sentTo = (navigations: readonly string[]) => [...new URL(navigations.at(-1) ?? '').searchParams]

describe('pushAuthorizationRequest', () => {
  it('leaves client_id and request_uri alone in the URL, and signs in', async () => {
    const { client, login, navigations, requests } = await createStandardSession(pushed)
    await login()
    expect(client.getSnapshot()).toMatchObject(mira)
    expect(sentTo(navigations)).toEqual([
      ['client_id', 'spa'],
      ['request_uri', expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/)],
    ])
    const body = new URLSearchParams(requests.find(({ path }) => path === '/par')?.body)
    expect(Object.fromEntries(body)).toMatchObject({
      response_type: 'code',
      scope: 'openid profile',
      code_challenge_method: 'S256',
      redirect_uri: expect.stringContaining('/callback.html'),
      state: expect.any(String),
      nonce: expect.any(String),
    })
    expect(body.has('code_verifier')).toBe(false)
  })

  it('signs in where the provider takes nothing else', async () => {
    const { client, login } = await createStandardSession(pushed, required)
    await login()
    expect(client.getSnapshot()).toMatchObject(mira)
  })

  it('pushes for every login anew', async () => {
    const { client, navigations } = await createStandardSession(pushed)
    await client.login()
    await client.login()
    const [first, second] = navigations.map((url) => new URL(url).searchParams.get('request_uri'))
    expect(first).not.toBe(second)
  })

  it('pushes the requests of hidden frames too', async () => {
    const { idp, client, requests } = await createStandardSession(pushed, required)
    await idp.signIn()
    await client.loginSilently()
    expect(client.getSnapshot()).toMatchObject(mira)
    const body = requests.find(({ path }) => path === '/par')?.body
    expect(new URLSearchParams(body).get('prompt')).toBe('none')
  })

  it('keeps a query that the authorization endpoint has itself out of what is pushed', async () => {
    const { idp, anotherTab, navigations, requests } = await createStandardSession()
    const metadata = {
      issuer: idp.issuer,
      authorization_endpoint: `${idp.url}/authorize?tenant=a`,
      pushed_authorization_request_endpoint: `${idp.url}/par`,
    }
    await anotherTab({ ...pushed, metadata }).login()
    expect(sentTo(navigations).map(([name]) => name)).toEqual(['tenant', 'client_id', 'request_uri'])
    expect(requests.at(-1)?.body).not.toContain('tenant')
  })

  it('pushes only where that is required, when told so', async () => {
    const pushedAuthorization = pushAuthorizationRequest({ onlyWhenRequired: true })
    const free = await createStandardSession({ pushedAuthorization })
    await free.client.login()
    expect(sentTo(free.navigations)).toContainEqual(['response_type', 'code'])
    const bound = await createStandardSession({ pushedAuthorization }, required)
    await bound.client.login()
    expect(sentTo(bound.navigations)).toHaveLength(2)
  })

  it('fails typed, and stays on the page, when the provider refuses the request', async () => {
    const redirectUri = `${location.origin}/other`
    const { client, navigations } = await createStandardSession({ ...pushed, redirectUri })
    await expect(client.login()).rejects.toMatchObject({
      code: 'OIDC_PUSHED_REQUEST_REFUSED',
      error: 'invalid_request',
      status: 400,
      phase: 'authorization',
    })
    expect(navigations).toEqual([])
  })

  it('fails typed where the provider takes no pushed requests', async () => {
    const { idp, anotherTab, navigations } = await createStandardSession()
    const metadata = { issuer: idp.issuer, authorization_endpoint: `${idp.url}/authorize` }
    await expect(anotherTab({ ...pushed, metadata }).login()).rejects.toMatchObject({ code: 'OIDC_ENDPOINT_MISSING' })
    expect(navigations).toEqual([])
  })

  it.each([
    ['no request_uri', '{"expires_in":60}', 201, 'OIDC_PUSHED_RESPONSE_INVALID'],
    ['no expires_in', '{"request_uri":"urn:x"}', 201, 'OIDC_PUSHED_RESPONSE_INVALID'],
    ['another status of success', '{"request_uri":"urn:x","expires_in":60}', 200, 'OIDC_PUSHED_REQUEST_REFUSED'],
    ['no JSON', 'urn:x', 201, 'OIDC_RESPONSE_NOT_JSON'],
  ])('refuses an answer with %s', async (_, body, status, code) => {
    const { anotherTab, navigations } = await createStandardSession()
    const answer = () => new Response(body, { status, headers: { 'content-type': 'application/json' } })
    const client = anotherTab({
      ...pushed,
      fetch: (url, init) => (url.endsWith('/par') ? Promise.resolve(answer()) : fetch(url, init)),
    })
    await expect(client.login()).rejects.toMatchObject({ code })
    expect(navigations).toEqual([])
  })

  it('refuses options that do not exist or do not fit', () => {
    const codeOf = (options: object) => {
      try {
        pushAuthorizationRequest(options)
        return undefined
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(codeOf({ always: true })).toBe('OIDC_OPTION_UNKNOWN')
    expect(codeOf({ onlyWhenRequired: 'yes' })).toBe('OIDC_OPTION_INVALID')
    expect(codeOf({ onlyWhenRequired: true })).toBeUndefined()
  })
})

describe('a client without pushAuthorizationRequest', () => {
  it('does not send its user to a provider that requires pushed requests', async () => {
    const { client, navigations } = await createStandardSession({}, required)
    await whenStatus(client, 'unauthenticated')
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_PUSHED_REQUEST_REQUIRED', phase: 'configuration' })
    expect(navigations).toEqual([])
  })

  it('signs in where they are offered only', async () => {
    const { client, login, requests } = await createStandardSession({ scope: 'openid profile' })
    await login()
    expect(client.getSnapshot()).toMatchObject(mira)
    expect(requests.filter(({ path }) => path === '/par')).toEqual([])
  })
})
