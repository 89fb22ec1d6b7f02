import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { refreshTokens } from '../../src/protocol/token-request.ts'
import { fetchUserInfo } from '../../src/protocol/userinfo.ts'
import { breakOnce, createTestClient } from '../support/login.ts'
import { shown } from '../support/refusal.ts'

const refused: readonly (readonly [title: string, fault: FaultName, code: ErrorCode])[] = [
  ['of another issuer (case A-RFT-02)', 'refresh-iss-other', 'OIDC_ID_TOKEN_ISS_MISMATCH'],
  ['of another user (case A-RFT-03)', 'refresh-sub-other', 'OIDC_ID_TOKEN_SUB_MISMATCH'],
  ['for another client', 'refresh-aud-other', 'OIDC_ID_TOKEN_AUD_MISMATCH'],
  ['with a nonce of nobody (case B-49)', 'refresh-nonce-other', 'OIDC_ID_TOKEN_NONCE_MISMATCH'],
]

async function signedIn() {
  const idp = createMockIdp()
  const { context, requests, login } = await createTestClient(idp)
  const tokens = await login()
  requests.length = 0
  const ask = () =>
    fetchUserInfo(
      context.server,
      context.client.clientId,
      tokens.accessToken,
      tokens.claims?.sub ?? '',
      context.transport,
    )
  return { idp, context, requests, tokens, ask }
}

describe('a renewed ID token', () => {
  it.each(refused)('%s is refused with the whole answer', async (_title, fault, code) => {
    const { idp, context, requests, tokens } = await signedIn()
    breakOnce(idp, fault)
    const error = await refreshTokens(context, tokens).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code, phase: 'id-token' })
    expect(requests.map(({ path }) => path.split('/').at(-1))).toEqual(['token'])
    for (const secret of [tokens.refreshToken, tokens.accessToken]) expect(shown(error)).not.toContain(secret)
  })

  it('of another time of login is refused, and one that tells no time is not (case B-48)', async () => {
    const idp = createMockIdp()
    const { context, login } = await createTestClient(idp)
    breakOnce(idp, 'id-token', { set: { auth_time: Math.floor(idp.clock.now() / 1000) - 300 } })
    const tokens = await login()
    breakOnce(idp, 'refresh-auth-time-other')
    await expect(refreshTokens(context, tokens)).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_AUTH_TIME_CHANGED' })
    await expect(refreshTokens(context, tokens)).resolves.toBeDefined()
  })

  it('may be missing, and so may a new refresh token: the old ones stay (cases A-RFT-01, B-49, D-13)', async () => {
    for (const fault of ['refresh-id-token-missing', 'refresh-token-missing'] as const) {
      const { idp, context, tokens } = await signedIn()
      idp.clock.advance(5)
      breakOnce(idp, fault)
      const next = await refreshTokens(context, tokens)
      expect(next.accessToken).not.toBe(tokens.accessToken)
      expect(next.claims?.sub).toBe(tokens.claims?.sub)
      const kept = fault === 'refresh-token-missing' ? 'refreshToken' : 'idToken'
      expect(next[kept]).toBe(tokens[kept])
    }
  })
})

describe('userinfo', () => {
  it('is asked for with the token in the Authorization header after a login (cases A-BAS-01, A-BAS-13, A-CMP-12)', async () => {
    const { context, tokens } = await signedIn()
    const { fetch = globalThis.fetch } = context.transport
    const sent: [string, Headers][] = []
    const transport = {
      fetch(url: string, init: RequestInit) {
        sent.push([url, new Headers(init.headers)])
        return fetch(url, init)
      },
    }
    const { clientId } = context.client
    const claims = await fetchUserInfo(
      context.server,
      clientId,
      tokens.accessToken,
      tokens.claims?.sub ?? '',
      transport,
    )
    expect(claims).toMatchObject({ sub: tokens.claims?.sub, email: 'mira@acme.example', email_verified: true })
    expect(sent).toHaveLength(1)
    expect(sent[0]?.[0]).toBe(context.server.userinfo_endpoint)
    expect(sent[0]?.[1].get('authorization')).toBe(`Bearer ${tokens.accessToken}`)
  })

  it.each([
    ['about another user (case A-BAS-11)', 'userinfo-sub-wrong', 'OIDC_USERINFO_SUB_MISMATCH'],
    ['about nobody (case A-BAS-11)', 'userinfo-sub-missing', 'OIDC_USERINFO_INVALID'],
    ['about a number (case A-BAS-11)', 'userinfo-sub-number', 'OIDC_USERINFO_INVALID'],
    ['that is a list', 'userinfo-array', 'OIDC_USERINFO_INVALID'],
    ['that is no JSON', 'userinfo-not-json', 'OIDC_RESPONSE_NOT_JSON'],
    ['of a server that failed', 'userinfo-status-500', 'OIDC_USERINFO_REFUSED'],
  ] as const)('%s is discarded', async (_title, fault, code) => {
    const { idp, ask, tokens } = await signedIn()
    breakOnce(idp, fault)
    const error = await ask().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code, phase: 'userinfo' })
    expect(shown(error)).not.toContain(tokens.accessToken)
    await expect(ask()).resolves.toMatchObject({ sub: tokens.claims?.sub })
  })

  it.each([
    ['aggregated claims (case A-CMP-09)', 'userinfo-aggregated-claims'],
    ['distributed claims (case A-CMP-10)', 'userinfo-distributed-claims'],
  ] as const)('with %s is handed on as it is, and nothing is fetched', async (_title, fault) => {
    const { idp, ask, requests } = await signedIn()
    breakOnce(idp, fault)
    const claims = await ask()
    expect(claims).toHaveProperty('_claim_sources')
    expect(requests).toHaveLength(1)
  })

  it('never changes the claims of the ID token (case B-52)', async () => {
    const { idp, ask, tokens } = await signedIn()
    const before = structuredClone(tokens.claims)
    breakOnce(idp, 'userinfo-security-claims')
    const claims = await ask()
    expect(Object.keys(claims)).toContain('iss')
    expect(tokens.claims).toEqual(before)
  })
})
