import { compactVerify, createLocalJWKSet } from 'jose'
import { describe, expect, it } from 'vitest'
import { answerOf, fixedIdp, get, headerOf, signIn } from '../support/relying-party.ts'

const keysOf = async (idp: ReturnType<typeof fixedIdp>) =>
  (await answerOf(await get(idp, `/${idp.projectId}/.well-known/jwks.json`))).body

describe('JWKS', () => {
  it('holds one RSA-2048 key with kid, use and alg, and no private member (S-088, S-152, 2.7)', async () => {
    const { keys } = await keysOf(fixedIdp())
    expect(keys).toEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'mock-test-key-1', n: expect.any(String), e: 'AQAB' },
    ])
    expect(Buffer.from(keys[0].n, 'base64url')).toHaveLength(256)
  })

  it('serves the same keys at /v2/keys and as a bare array at /v1/keys (2.7)', async () => {
    const idp = fixedIdp()
    const set = await keysOf(idp)
    expect((await answerOf(await get(idp, `/v2/keys/${idp.projectId}`))).body).toEqual(set)
    expect((await answerOf(await get(idp, `/v1/keys/${idp.projectId}`))).body).toEqual(set.keys)
  })

  it('verifies every token by the key that its kid names (S-207)', async () => {
    const idp = fixedIdp()
    const before = await signIn(idp)
    idp.keys.rotate()
    const tokens = [before, await signIn(idp), await signIn(idp, {}, 'inbound')]
    const { keys } = await keysOf(idp)
    for (const token of tokens.flatMap(({ id_token, access_token, refresh_token }) => [
      id_token,
      access_token,
      refresh_token,
    ])) {
      const named = keys.filter(({ kid }: { kid: string }) => kid === headerOf(token).kid)
      expect(named).toHaveLength(1)
      await expect(compactVerify(token, createLocalJWKSet({ keys: named }))).resolves.toBeDefined()
    }
    expect(headerOf(before.id_token).kid).not.toBe(headerOf(tokens[1].id_token).kid)
  })

  it('signs with the new key at once after a rotation and keeps the old one (2.7)', async () => {
    const idp = fixedIdp()
    const before = await signIn(idp)
    expect(idp.keys.rotate()).toBe('mock-test-key-2')
    expect(idp.keys.kid).toBe('mock-test-key-2')
    expect(headerOf((await signIn(idp)).id_token).kid).toBe('mock-test-key-2')
    const set = await keysOf(idp)
    expect(set.keys.map((key: { kid: string }) => key.kid)).toEqual(['mock-test-key-2', 'mock-test-key-1'])
    await expect(compactVerify(before.id_token, createLocalJWKSet(set))).resolves.toBeDefined()
  })

  it('keeps as many old keys as it is told, and drops one by its kid (2.7)', async () => {
    const idp = fixedIdp()
    idp.keys.rotate({ keep: 0 })
    expect(idp.keys.published).toEqual(['mock-test-key-2'])
    idp.keys.drop('mock-test-key-2')
    expect((await keysOf(idp)).keys).toEqual([])
  })

  it('generates a key of its own outside deterministic mode (2.7)', async () => {
    const { createMockIdp } = await import('@countersign/mock-idp')
    const [one, two] = [createMockIdp(), createMockIdp()]
    const first = (await keysOf(one)).keys[0]
    expect(first.kid).toBe(one.keys.kid)
    expect(first.n).not.toBe((await keysOf(two)).keys[0].n)
  })
})
