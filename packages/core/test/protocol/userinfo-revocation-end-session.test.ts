import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { clientSecretPost } from '../../src/protocol/client-auth.ts'
import { buildEndSessionUrl } from '../../src/protocol/end-session.ts'
import { revokeToken } from '../../src/protocol/revocation.ts'
import { refreshTokens } from '../../src/protocol/token-request.ts'
import type { FetchFunction } from '../../src/protocol/transport.ts'
import { fetchUserInfo } from '../../src/protocol/userinfo.ts'
import { createTestClient } from '../support/login.ts'

const { clientId } = demoProject.oidc

async function signedIn() {
  const idp = createMockIdp()
  const client = await createTestClient(idp)
  const tokens = await client.login()
  const { server, transport } = client.context
  const ask = (accessToken = tokens.accessToken, subject = tokens.claims?.sub ?? '', fetch = transport.fetch) =>
    fetchUserInfo(server, clientId, accessToken, subject, { fetch: fetch as FetchFunction })
  return { idp, client, tokens, server, transport, ask }
}

describe('fetchUserInfo', () => {
  it('gives the claims as the provider sent them', async () => {
    const { ask } = await signedIn()
    await expect(ask()).resolves.toMatchObject({ email: 'mira@acme.example', email_verified: true })
  })

  it('discards an answer about another subject (Core 5.3.2; S-109, S-195)', async () => {
    const { ask, tokens } = await signedIn()
    await expect(ask(tokens.accessToken, 'someone')).rejects.toMatchObject({ code: 'OIDC_USERINFO_SUB_MISMATCH' })
  })

  it.each(['{}', '{"sub":7}', '[]'])('refuses the answer %s with OIDC_USERINFO_INVALID', async (body) => {
    const { ask, tokens } = await signedIn()
    const answer: FetchFunction = async () => new Response(body, { headers: { 'content-type': 'application/json' } })
    await expect(ask(tokens.accessToken, 'u', answer)).rejects.toMatchObject({
      code: 'OIDC_USERINFO_INVALID',
      phase: 'userinfo',
    })
  })

  it('is asked where the metadata says (S-094)', async () => {
    const { server, tokens } = await signedIn()
    const asked: string[] = []
    const fetch: FetchFunction = async (url) => {
      asked.push(url)
      return Response.json({ sub: 'u' })
    }
    const moved = { ...server, userinfo_endpoint: 'https://id.example/elsewhere?v=2' }
    await fetchUserInfo(moved, clientId, tokens.accessToken, 'u', { fetch })
    expect(asked).toEqual(['https://id.example/elsewhere?v=2'])
  })

  it('refuses JSON with a comment by a typed error (S-198)', async () => {
    const { ask, tokens } = await signedIn()
    const answer: FetchFunction = async () =>
      new Response('{"sub": "u" // the user\n}', { headers: { 'content-type': 'application/json' } })
    await expect(ask(tokens.accessToken, 'u', answer)).rejects.toMatchObject({ code: 'OIDC_RESPONSE_NOT_JSON' })
  })

  it('reports a token that is refused, with the reason of the challenge (RFC 6750 3.1)', async () => {
    const { ask } = await signedIn()
    await expect(ask('not-a-token')).rejects.toMatchObject({
      code: 'OIDC_USERINFO_REFUSED',
      status: 401,
      error: 'invalid_token',
    })
  })
})

describe('revokeToken', () => {
  it('ends a refresh token and the access tokens of its grant (S-098, S-154, S-203)', async () => {
    const { tokens, server, client, transport, ask } = await signedIn()
    await revokeToken(server, client.context.client, tokens.refreshToken ?? '', 'refresh_token', transport)
    await expect(refreshTokens(client.context, tokens)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
    await expect(ask()).rejects.toMatchObject({ code: 'OIDC_USERINFO_REFUSED' })
  })

  it('sends token and client id as a form, and the secret of a client that has one (S-204)', async () => {
    const { server } = await signedIn()
    const sent: RequestInit[] = []
    const fetch: FetchFunction = async (_url, init) => {
      sent.push(init)
      return new Response()
    }
    for (const client of [{ clientId }, { clientId, authentication: clientSecretPost('the-secret') }]) {
      await revokeToken(server, client, 'the-token', 'refresh_token', { fetch })
    }
    const [open, confidential] = sent.map(({ body }) => Object.fromEntries(new URLSearchParams(String(body))))
    expect(new Headers(sent[0]?.headers).get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(open).toEqual({ token: 'the-token', token_type_hint: 'refresh_token', client_id: clientId })
    expect(confidential).toEqual({ ...open, client_secret: 'the-secret' })
  })

  it('ends an access token alone', async () => {
    const { tokens, server, client, transport, ask } = await signedIn()
    await revokeToken(server, client.context.client, tokens.accessToken, 'access_token', transport)
    await expect(ask()).rejects.toMatchObject({ code: 'OIDC_USERINFO_REFUSED' })
    await expect(refreshTokens(client.context, tokens)).resolves.toBeDefined()
  })

  it('counts an unknown token as revoked (RFC 7009 2.2)', async () => {
    const { server, client, transport } = await signedIn()
    await expect(
      revokeToken(server, client.context.client, 'unknown', 'access_token', transport),
    ).resolves.toBeUndefined()
  })

  it('ignores what a revocation says beside its status (RFC 7009 2.2)', async () => {
    const { server, client } = await signedIn()
    for (const body of ['', 'OK', '{']) {
      const fetch: FetchFunction = async () => new Response(body)
      await revokeToken(server, client.context.client, 't', 'access_token', { fetch })
    }
  })

  it('takes nothing but 200 for a revocation (S-205)', async () => {
    const { server, client } = await signedIn()
    for (const [status, code] of [
      [204, 'OIDC_REVOCATION_FAILED'],
      [400, 'OIDC_REVOCATION_FAILED'],
      [503, 'OIDC_REVOCATION_FAILED'],
    ] as const) {
      const fetch: FetchFunction = async () => new Response(null, { status })
      await expect(revokeToken(server, client.context.client, 't', 'access_token', { fetch })).rejects.toMatchObject({
        code,
        status,
      })
    }
  })

  it('needs an endpoint', async () => {
    const { client } = await signedIn()
    await expect(
      revokeToken({ issuer: 'https://id.example' }, client.context.client, 't', 'access_token'),
    ).rejects.toMatchObject({
      code: 'OIDC_ENDPOINT_MISSING',
    })
  })
})

describe('buildEndSessionUrl', () => {
  it('carries what was given, and a state only with a way back (RP-Initiated Logout 2)', () => {
    const server = { issuer: 'https://id.example', end_session_endpoint: 'https://id.example/logout?x=1' }
    const parameters = (request: object) =>
      Object.fromEntries(buildEndSessionUrl(server, { clientId: 'app', ...request })?.searchParams ?? [])
    expect(parameters({})).toEqual({ x: '1', client_id: 'app' })
    expect(parameters({ idTokenHint: 't', postLogoutRedirectUri: 'https://app.example/', state: 's' })).toEqual({
      x: '1',
      client_id: 'app',
      id_token_hint: 't',
      post_logout_redirect_uri: 'https://app.example/',
      state: 's',
    })
    expect(parameters({ state: 's' })).toEqual({ x: '1', client_id: 'app' })
  })

  it('is undefined where the provider has no such endpoint', () => {
    expect(buildEndSessionUrl({ issuer: 'https://id.example' }, { clientId: 'app' })).toBeUndefined()
  })
})
