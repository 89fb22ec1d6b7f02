import { createMockIdp, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { createKeySet } from '../../src/protocol/key-set.ts'
import { refreshTokens } from '../../src/protocol/token-request.ts'
import { createTestClient } from '../support/login.ts'

const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** An ID token of one provider, signed by another one. */
async function signedBy(signer: MockIdp, idToken: string): Promise<string> {
  return signer.tokens.accessToken({ claims: payloadOf(idToken) })
}

describe('createKeySet', () => {
  it('never lets the keys of one provider vouch for another (case E-39)', async () => {
    const [one, other] = [
      createMockIdp({ origin: 'https://one.example' }),
      createMockIdp({ origin: 'https://other.example' }),
    ]
    const keys = createKeySet({
      fetch: async (url, init) => (url.startsWith(one.origin) ? one : other).fetch(new Request(url, init)),
    })
    const first = await createTestClient(one)
    const second = await createTestClient(other)
    const { fetch = globalThis.fetch } = second.context.transport
    let forge = true
    Object.assign(first.context, { keys })
    Object.assign(second.context, {
      keys,
      transport: {
        fetch: async (url: string, init: RequestInit) => {
          const response = await fetch(url, init)
          if (!forge || !url.endsWith('/token')) return response
          const body = await response.json()
          return Response.json({ ...body, id_token: await signedBy(one, body.id_token) })
        },
      },
    })
    await first.login()
    await expect(second.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_KEY_NOT_FOUND' })
    forge = false
    await expect(second.login()).resolves.toMatchObject({ claims: { iss: other.issuer } })
    await expect(first.login()).resolves.toMatchObject({ claims: { iss: one.issuer } })
  })
})

describe('refreshTokens', () => {
  it('needs a refresh token, and sends nothing without one', async () => {
    const { context, login, requests } = await createTestClient(createMockIdp())
    const tokens = await login()
    const sent = requests.length
    await expect(refreshTokens(context, { ...tokens, refreshToken: undefined })).rejects.toMatchObject({
      code: 'OIDC_SESSION_MISSING',
    })
    expect(requests).toHaveLength(sent)
    await expect(refreshTokens(context, tokens)).resolves.toBeDefined()
  })
})
