import { describe, expect, test } from 'vitest'
import {
  buildAuthorizationUrl,
  buildEndSessionUrl,
  createKeySet,
  discover,
  exchangeAuthorizationCode,
  type FetchFunction,
  validateAuthorizationResponse,
} from '../../src/index.ts'
import { failure } from '../api/api-fixture.ts'
import { recorded, servedBy, signed, withOwnKey } from './provider-fixture.ts'

const redirectUri = 'https://app.acme.example/callback'
const nonce = 'n'
const state = 's'

/** A login up to the code exchange, with everything but the token response as the provider has published it. */
async function login(name: string, claims: Readonly<Record<string, unknown>> = {}) {
  const provider = recorded(name)
  const clientId = String(provider.idToken.claims.aud)
  const idToken = await signed(provider.idToken, { nonce, at_hash: undefined, ...claims })
  const published = servedBy(provider, withOwnKey(provider.keys))
  const fetch: FetchFunction = async (url, init) =>
    url === provider.metadata.token_endpoint
      ? Response.json({ access_token: 'a', token_type: 'Bearer', expires_in: 3600, id_token: idToken })
      : published(url, init)
  const transport = { fetch }
  const server = await discover(provider.metadata.issuer, transport)
  const request = { clientId, redirectUri, scope: 'openid', state, nonce, codeChallenge: 'c' }
  const loginUrl = buildAuthorizationUrl(server, request)
  const callback = new URL(`${redirectUri}?${new URLSearchParams({ code: 'c', state, iss: server.issuer })}`)
  const tokens = exchangeAuthorizationCode(
    {
      server,
      client: { clientId },
      keys: createKeySet(transport),
      clock: { now: () => 1_790_000_100_000 },
      transport,
    },
    validateAuthorizationResponse(server, callback, state),
    { redirectUri, codeVerifier: 'v', nonce, scope: 'openid' },
  )
  return { provider, server, loginUrl, logoutUrl: buildEndSessionUrl(server, { clientId }), tokens }
}

const withoutQuery = (url: URL | undefined) => url && `${url.origin}${url.pathname}`

describe('a login by published metadata and keys', () => {
  const names = ['entra-v2', 'auth0', 'okta', 'keycloak', 'google']
  test.each(names)('%s: begins, takes an ID token of its shape and ends at its endpoints', async (name) => {
    const { provider, loginUrl, logoutUrl, tokens } = await login(name)
    expect(withoutQuery(loginUrl)).toBe(provider.metadata.authorization_endpoint)
    expect(withoutQuery(logoutUrl)).toBe(provider.metadata.end_session_endpoint)
    const { sub, iss } = provider.idToken.claims
    expect((await tokens).claims).toMatchObject({ sub, iss, nonce })
  })

  test.each(names)('%s: refuses an ID token for another client, and one without the nonce', async (name) => {
    await failure('OIDC_ID_TOKEN_AUD_MISMATCH', (await login(name, { aud: 'other' })).tokens)
    await failure('OIDC_ID_TOKEN_NONCE_MISSING', (await login(name, { nonce: undefined })).tokens)
  })

  test('keycloak: needs iss in the response, as it announces; google announces no logout', async () => {
    const { server } = await login('keycloak')
    const callback = new URL(`${redirectUri}?code=c&state=${state}`)
    expect(() => validateAuthorizationResponse(server, callback, state)).toThrow(/OIDC_RESPONSE_ISS_MISSING/)
    expect((await login('google')).logoutUrl).toBeUndefined()
  })
})
