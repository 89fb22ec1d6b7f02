import { createMockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { discover } from '../../src/protocol/discovery.ts'
import { requestClientCredentials } from '../../src/protocol/token-request.ts'
import { breakOnce, createTestClient, recordingFetch } from '../support/login.ts'

describe('a login with one thing tampered', () => {
  it('refuses a discovery document that names another issuer (Discovery 4.3)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'discovery-issuer-mismatch')
    const transport = { fetch: recordingFetch(idp) }
    await expect(discover(idp.issuer, transport)).rejects.toMatchObject({ code: 'OIDC_DISCOVERY_ISSUER_MISMATCH' })
    await expect(discover(idp.issuer, transport)).resolves.toMatchObject({ issuer: idp.issuer })
  })
})

it.each([null, [], true, 'ok', 7])('refuses the token response %j, which is no object (case D-15)', async (body) => {
  const client = await createTestClient(createMockIdp())
  Object.assign(client.context.transport, { fetch: async () => Response.json(body) })
  const code = 'OIDC_TOKEN_RESPONSE_INVALID'
  await expect(client.login()).rejects.toMatchObject({ code })
  await expect(requestClientCredentials(client.context, {})).rejects.toMatchObject({ code })
})

it('needs the keys of the provider to sign anyone in (Core 3.1.3.7 (6)) (S-082)', async () => {
  const client = await createTestClient(createMockIdp())
  const { jwks_uri: _keys, ...server } = client.context.server
  Object.assign(client.context, { server })
  await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_ENDPOINT_MISSING' })
})

describe('a login that is unusual but right', () => {
  it.each([-7200, 7200])(
    'succeeds with a client clock that is %i s off, when server time is estimated',
    async (offset) => {
      const idp = createMockIdp({ deterministic: {} })
      const clock = { now: () => idp.clock.now() + offset * 1000 }
      const client = await createTestClient(idp, { clock, estimateServerTime: true })
      const tokens = await client.login()
      expect(tokens.clockSkewSeconds).toBe(-offset)
      expect(tokens.expiresAt).toBeGreaterThan(clock.now())
    },
  )

  it.each([
    ['slow', -7200, 'OIDC_ID_TOKEN_NOT_YET_VALID'],
    ['fast', 7200, 'OIDC_ID_TOKEN_EXPIRED'],
  ] as const)('fails with a %s clock when the local clock is trusted', async (_name, offset, code) => {
    const idp = createMockIdp()
    const client = await createTestClient(idp, { clock: { now: () => idp.clock.now() + offset * 1000 } })
    await expect(client.login()).rejects.toMatchObject({ code })
  })

  it('accepts an opaque access token (behaviour 30)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'access-token-opaque')
    const tokens = await (await createTestClient(idp)).login()
    expect(tokens.accessToken).not.toContain('.')
  })

  it('accepts a response with iss when the provider announces it (behaviour 5, RFC 9207 2.4)', async () => {
    const idp = createMockIdp({ compat: { authorizationResponseIss: true } })
    await expect((await createTestClient(idp)).login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
  })

  it('accepts an ID token without kid when one key fits (DESIGN 5.16)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'id-token-kid-missing')
    await expect((await createTestClient(idp)).login()).resolves.toBeDefined()
  })

  it('refuses an ID token without kid when the client requires one', async () => {
    const idp = createMockIdp()
    const client = await createTestClient(idp)
    Object.assign(client.context, { client: { ...client.context.client, requireKid: true } })
    breakOnce(idp, 'id-token-kid-missing')
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_KEY_NOT_FOUND' })
  })

  it('checks a right at_hash and goes on (Core 3.1.3.8)', async () => {
    const idp = createMockIdp({ compat: { emitAtHash: true } })
    const { claims } = await (await createTestClient(idp)).login()
    expect(claims?.at_hash).toBeTypeOf('string')
  })

  it('keeps an unknown lifetime unknown when expires_in is missing (RFC 6749 5.1)', async () => {
    const idp = createMockIdp()
    breakOnce(idp, 'expires-in-missing')
    const tokens = await (await createTestClient(idp)).login()
    expect(tokens.expiresAt).toBeUndefined()
  })

  it('reads expires_in given as text', async () => {
    const idp = createMockIdp({ deterministic: {} })
    breakOnce(idp, 'expires-in-string')
    const tokens = await (await createTestClient(idp)).login()
    expect(tokens.expiresAt).toBe(idp.clock.now() + 600_000)
  })

  it('fetches the keys again, once, when the provider has rotated them or a kid is unknown (behaviour 3; S-152)', async () => {
    const idp = createMockIdp()
    const client = await createTestClient(idp)
    await client.login()
    await idp.keys.rotate()
    await client.login()
    expect(client.requests.filter(({ path }) => path.endsWith('/jwks.json'))).toHaveLength(2)
    breakOnce(idp, 'id-token-kid-unknown')
    await expect(client.login()).rejects.toMatchObject({ code: 'OIDC_ID_TOKEN_KEY_NOT_FOUND' })
    expect(client.requests.filter(({ path }) => path.endsWith('/jwks.json'))).toHaveLength(3)
  })
})
