import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { clientSecretBasic } from '../../src/protocol/client-auth.ts'
import { refreshTokens, requestClientCredentials } from '../../src/protocol/token-request.ts'
import { createTestClient, recordingFetch } from '../support/login.ts'

const grantOf = ({ body }: { body: string }) => new URLSearchParams(body).get('grant_type')

describe('the token endpoint', () => {
  it('gives tokens for a code, a refresh token and the client itself (S-081, S-150, S-155)', async () => {
    const idp = createMockIdp()
    const { context, login, requests } = await createTestClient(idp)
    const tokens = await login()
    await refreshTokens(context, tokens)
    const { accessKey } = demoProject
    const client = { clientId: accessKey.clientId, authentication: clientSecretBasic(accessKey.clientSecret) }
    await requestClientCredentials({ ...context, client, transport: { fetch: recordingFetch(idp, requests) } }, {})
    const sent = requests.filter(({ body }) => grantOf({ body }))
    expect(sent.map(grantOf)).toEqual(['authorization_code', 'refresh_token', 'client_credentials'])
    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/oauth2/v1/token']))
  })

  it('gives ID token and access token for a login that began at the authorization endpoint (S-148, S-149)', async () => {
    const { login } = await createTestClient(createMockIdp())
    const tokens = await login()
    expect(tokens).toMatchObject({ idToken: expect.any(String), accessToken: expect.any(String) })
    expect(tokens.claims).toMatchObject({ sub: demoProject.users.mira.id })
  })
})

describe('a renewal by a clock that may be wrong', () => {
  const hours = (count: number) => count * 3_600_000
  const setUp = async () => {
    const idp = createMockIdp({ deterministic: {} })
    const { context, login } = await createTestClient(idp)
    const tokens = await login()
    const renewAt = (set: number, monotonic: number) =>
      refreshTokens(
        { ...context, clock: { now: () => idp.clock.now() + set, monotonicNow: () => idp.clock.now() + monotonic } },
        tokens,
      )
    return { context, idp, renewAt }
  }

  it.each([
    ['set forward', hours(2), 0],
    ['set back', hours(-2), 0],
    ['right, but the machine slept and the clock of the page with it', 0, hours(-2)],
  ])('works when it was %s (behaviour 26)', async (_, set, monotonic) => {
    const { context, idp, renewAt } = await setUp()
    const renewed = await renewAt(set, monotonic)
    expect(renewed.clockSkewSeconds * 1000).toBe(0 - set)
    // From now on the clock alone is enough, such as after a reload.
    const clock = { now: () => idp.clock.now() + set }
    await expect(refreshTokens({ ...context, clock }, renewed)).resolves.toBeDefined()
  })

  it.each([
    ['EXPIRED', hours(2), hours(3)],
    ['NOT_YET_VALID', hours(-2), hours(-3)],
  ])('is refused as %s when the ID token is valid at no time between the clocks', async (rule, set, monotonic) => {
    const { renewAt } = await setUp()
    await expect(renewAt(set, monotonic)).rejects.toMatchObject({ code: `OIDC_ID_TOKEN_${rule}` })
  })
})

describe('a flow that signs up', () => {
  it('signs a new user up and in, and the same one in later, and nothing guesses which it was (S-055, S-226)', async () => {
    const { login } = await createTestClient(createMockIdp())
    const visit = (inputs: Record<string, string>) =>
      login({ parameters: { flow: 'sign-up-or-in-with-code' }, user: 'newcomer@acme.example', inputs })
    const [signUp, signIn] = [await visit({ displayName: 'New Comer' }), await visit({})]
    expect(signUp.claims).toMatchObject({ email: 'newcomer@acme.example', name: 'New Comer' })
    expect(signIn.claims?.sub).toBe(signUp.claims?.sub)
    expect(Object.keys(signIn)).toEqual(Object.keys(signUp))
    expect(Object.keys(signIn.claims ?? {})).toEqual(Object.keys(signUp.claims ?? {}))
  })
})

describe('lists in metadata', () => {
  it.each([
    ['subject types (S-091)', { subject_types_supported: ['pairwise'] }],
    ['scopes (S-095)', { scopes_supported: ['openid'] }],
    ['claims (S-096, S-104)', { claims_supported: ['sub'] }],
    ['authentication methods, empty as they are (N-18; S-099)', { token_endpoint_auth_methods_supported: [] }],
  ])('decide nothing: %s', async (_, lists) => {
    const idp = createMockIdp()
    const { context, login } = await createTestClient(idp)
    Object.assign(context.server, lists)
    const { claims } = await login({ scope: 'openid profile email' })
    expect(claims).toMatchObject({ name: demoProject.users.mira.name })
    const { accessKey } = demoProject
    const client = { clientId: accessKey.clientId, authentication: clientSecretBasic(accessKey.clientSecret) }
    await expect(requestClientCredentials({ ...context, client }, {})).resolves.toMatchObject({
      accessToken: expect.any(String),
    })
  })
})
