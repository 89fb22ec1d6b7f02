import { describe, expect, test } from 'vitest'
import {
  challengeFor,
  createMemoryStore,
  createRevocationList,
  type RevocationCheck,
  type RevocationList,
} from '../../src/api/index.ts'
import { NetworkError } from '../../src/index.ts'
import { failure, setUpApi } from './api-fixture.ts'

const issuer = 'https://id.example'
const iat = 1_700_000_000
const clock = { now: () => iat * 1000 + 5000 }
const token = (claims: object) => ({ claims: { iss: issuer, sub: 'u', aud: 'api', exp: iat + 600, iat, ...claims } })

describe('isRevoked of a verifier', () => {
  const withCheck = (isRevoked: RevocationCheck) => setUpApi({ isRevoked })

  test.each([() => false, async () => false])(
    'is asked on every request, and lets through what is not revoked',
    async (answer) => {
      const asked: string[] = []
      const { verifier, order } = withCheck(({ subject }) => {
        asked.push(subject)
        return answer()
      })
      const good = await order()
      await verifier.verify(good)
      await verifier.authenticate(`Bearer ${good}`)
      expect(asked).toHaveLength(2)
      await failure('OIDC_TOKEN_MALFORMED', verifier.verify('junk'))
      expect(asked).toHaveLength(2)
    },
  )

  test.each([() => true, async () => true])('refuses a revoked token with 401', async (answer) => {
    const { verifier, order } = withCheck(answer)
    const error = await failure('OIDC_TOKEN_REVOKED', verifier.authenticate(`Bearer ${await order()}`))
    expect(challengeFor(error)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  })

  test.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('marked secret')
      },
    ],
    ['rejects', (async () => Promise.reject(new Error('marked secret'))) as never],
    ['answers nothing', (() => undefined) as never],
    ['answers null', (async () => null) as never],
    ['answers 0', (() => 0) as never],
  ])('that %s closes the API: 503', async (_, check) => {
    const { verifier, order } = withCheck(check)
    const error = await failure('OIDC_REVOCATION_UNKNOWN', verifier.verify(await order()))
    expect(challengeFor(error)).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(error.message).not.toContain('marked')
  })
})

describe('a list of what was revoked', () => {
  test('knows a token by its id, whenever it was issued', async () => {
    const { revoke, isRevoked } = createRevocationList({ clock })
    await revoke({ issuer, tokenId: 't1' })
    expect(await isRevoked(token({ jti: 't1' }))).toBe(true)
    expect(await isRevoked(token({ jti: 't1', iat: iat + 1e6 }))).toBe(true)
    for (const claims of [
      { jti: 't2' },
      {},
      { jti: ['t1'] },
      { jti: 't1', iss: 'https://other.example' },
      { sid: 't1' },
    ]) {
      expect(await isRevoked(token(claims))).toBe(false)
    }
  })

  test('knows every token of a subject up to a time', async () => {
    const { revoke, isRevoked } = createRevocationList({ clock })
    await revoke({ issuer, subject: 'u', issuedUntil: iat })
    expect(await isRevoked(token({}))).toBe(true)
    expect(await isRevoked(token({ sid: 's1' }))).toBe(true)
    expect(await isRevoked(token({ iat: undefined }))).toBe(true)
    expect(await isRevoked(token({ iat: iat + 1 }))).toBe(false)
    expect(await isRevoked(token({ sub: 'v' }))).toBe(false)
    expect(await isRevoked(token({ iss: 'https://other.example' }))).toBe(false)
  })

  test('knows the tokens of a session, whoever its subject is', async () => {
    const { revoke, isRevoked } = createRevocationList({ clock })
    await revoke({ issuer, sessionId: 's1' })
    expect(await isRevoked(token({ sid: 's1' }))).toBe(true)
    expect(await isRevoked(token({ sid: 's1', iat: iat + 6 }))).toBe(false)
    expect(await isRevoked(token({ sid: 's2' }))).toBe(false)
    expect(await isRevoked(token({}))).toBe(false)
  })

  test('knows the session of a subject: no foreign session, and what names no session', async () => {
    const { revoke, isRevoked } = createRevocationList({ clock })
    await revoke({ issuer, sessionId: 's1', subject: 'u' })
    expect(await isRevoked(token({ sid: 's1' }))).toBe(true)
    expect(await isRevoked(token({}))).toBe(true)
    expect(await isRevoked(token({ sid: 's2' }))).toBe(false)
    expect(await isRevoked(token({ sid: 's1', sub: 'v' }))).toBe(false)
    expect(await isRevoked(token({ sub: 'v' }))).toBe(false)
  })

  test('knows a token that says the part of its second as well (RFC 7519 2)', async () => {
    const { revoke, isRevoked } = createRevocationList({ clock: { now: () => iat * 1000 + 800 } })
    await revoke({ issuer, subject: 'u' })
    expect(await isRevoked(token({ iat: iat + 0.2 }))).toBe(true)
    expect(await isRevoked(token({ iat: iat + 1.2 }))).toBe(false)
    await revoke({ issuer, subject: 'v', issuedUntil: iat + 0.5 })
    expect(await isRevoked(token({ sub: 'v', iat: iat + 0.2 }))).toBe(true)
    expect(await isRevoked(token({ sub: 'v', iat: iat + 1 }))).toBe(false)
  })

  test('is not taken back by an older logout that comes late', async () => {
    const { revoke, isRevoked } = createRevocationList({ clock })
    await revoke({ issuer, subject: 'u', issuedUntil: iat + 100 })
    await revoke({ issuer, subject: 'u', issuedUntil: iat - 100 })
    expect(await isRevoked(token({ iat: iat + 50 }))).toBe(true)
  })

  test('forgets what every token has outlived', async () => {
    const time = { value: iat * 1000, now: () => time.value }
    const { revoke, isRevoked } = createRevocationList({ clock: time, maxTokenLifetimeSeconds: 600 })
    await revoke({ issuer, subject: 'u' })
    time.value += 1_199_000
    expect(await isRevoked(token({}))).toBe(true)
    time.value += 1000
    expect(await isRevoked(token({}))).toBe(false)
  })

  test('answers for no token that lives longer than its records, since one may be gone: 503', async () => {
    const { isRevoked } = createRevocationList({ clock, maxTokenLifetimeSeconds: 600 })
    expect(await isRevoked(token({ exp: iat + 600 }))).toBe(false)
    await expect(isRevoked(token({ exp: iat + 601 }))).rejects.toThrow(/"maxTokenLifetimeSeconds" is 600, .* 601 s/)
    // Without iat, from now on.
    expect(await isRevoked(token({ exp: iat + 605, iat: undefined }))).toBe(false)
    await failure('OIDC_OPTION_INVALID', isRevoked(token({ exp: iat + 606, iat: undefined })))
    const list = createRevocationList({ clock, maxTokenLifetimeSeconds: 600 })
    const { verifier, order } = setUpApi({ isRevoked: list.isRevoked })
    await expect(verifier.verify(await order({ expiresInSeconds: 600 }))).resolves.toBeDefined()
    const error = await failure('OIDC_REVOCATION_UNKNOWN', verifier.verify(await order({ expiresInSeconds: 601 })))
    expect(error.message).toContain('"maxTokenLifetimeSeconds" is 600')
    expect(challengeFor(error)?.status).toBe(503)
  })

  test('refuses a token for as long as a verifier would take it, tolerance included', async () => {
    let list: RevocationList | undefined
    const isRevoked: RevocationCheck = (found) => list?.isRevoked(found) ?? false
    const { idp, verifier, order } = setUpApi({ isRevoked, clockToleranceSeconds: 300 })
    list = createRevocationList({ clock: idp.clock, maxTokenLifetimeSeconds: 600 })
    const revoked = await order({ expiresInSeconds: 600 })
    const { issuer: iss, subject } = await verifier.verify(revoked)
    await list.revoke({ issuer: iss, subject })
    idp.clock.advance(899)
    await failure('OIDC_TOKEN_REVOKED', verifier.verify(revoked))
    idp.clock.advance(1)
    await failure('OIDC_TOKEN_EXPIRED', verifier.verify(revoked))
  })

  test('takes a record that is no time for a revocation', async () => {
    const store = createMemoryStore()
    const { isRevoked } = createRevocationList({ store: { ...store, get: async () => 'what is this' }, clock })
    expect(await isRevoked(token({}))).toBe(true)
  })

  test('is shared through its store, whose keys tell nobody who was logged out', async () => {
    const memory = createMemoryStore()
    const keys: string[] = []
    const store = {
      ...memory,
      set(key: string, value: string, ttlMs: number) {
        keys.push(key)
        return memory.set(key, value, ttlMs)
      },
    }
    await createRevocationList({ store, clock }).revoke({ issuer, subject: 'mira@acme.example' })
    const elsewhere = createRevocationList({ store, clock })
    expect(await elsewhere.isRevoked(token({ sub: 'mira@acme.example' }))).toBe(true)
    expect(keys).toEqual([expect.stringMatching(/^revoked:[\w-]{43}$/)])
  })

  test('closes the API while its store does not answer', async () => {
    const down = () => Promise.reject(new NetworkError('OIDC_STORE_UNAVAILABLE', 'down', 'api'))
    const list = createRevocationList({ store: { ...createMemoryStore(), get: down, set: down } })
    await failure('OIDC_STORE_UNAVAILABLE', list.revoke({ issuer, subject: 'u' }))
    const { verifier, order } = setUpApi({ isRevoked: list.isRevoked })
    await failure('OIDC_REVOCATION_UNKNOWN', verifier.verify(await order()))
  })

  test.each([
    [{ issuer }, /not \[\]/],
    [{ subject: 'u' }, /"issuer"/],
    [{ issuer, subject: '' }, /"subject"/],
    [{ issuer, tokenId: 't', subject: 'u' }, /not \[tokenId,subject\]/],
    [{ issuer, tokenId: 't', sessionId: 's' }, /not \[tokenId,sessionId\]/],
    [{ issuer, subject: 'u', issuedUntil: -1 }, /"issuedUntil" .* 0 to 100000000000/],
    [{ issuer, subject: 'u', issuedUntil: 1e11 + 1 }, /"issuedUntil"/],
    [{ issuer, subject: 'u', reason: 'x' }, /"reason"/],
  ])('refuses %j, which does not say what is revoked', async (revocation, message) => {
    const refused = expect(createRevocationList().revoke(revocation as never)).rejects
    await refused.toThrow(message)
    await expect(createRevocationList().revoke(revocation as never)).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: expect.stringMatching(/^OIDC_OPTION_(INVALID|UNKNOWN)$/),
    })
  })
})
