import { scope } from '@countersign/core'
import { describe, expect, test, vi } from 'vitest'
import type { AccessTokenVerifierOptions, VerifierEvent } from '../../src/api/index.ts'
import { createVerdictCache } from '../../src/api/verdict-cache.ts'
import { failure, type Intercept, setUpApi, type TokenOrder } from './api-fixture.ts'

// Ten thousand signatures, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

/** A verifier that counts how its verdicts came about. */
function setUpCounting(options: Partial<AccessTokenVerifierOptions> = {}, intercept?: Intercept) {
  const events: VerifierEvent[] = []
  const onEvent = (event: VerifierEvent) => void events.push(event)
  const api = setUpApi({ onEvent, ...options }, intercept ? { intercept } : {})
  return {
    ...api,
    /** Events of a kind since the last call. */
    count: (kind: VerifierEvent['kind']) => events.filter((event) => event.kind === kind).length,
    orderLong: (changes: TokenOrder = {}) => api.order({ expiresInSeconds: 3600, ...changes }),
  }
}

describe('a token that was verified before', () => {
  test('is known again by its whole text, without another signature check (API complaint 5; case L-10)', async () => {
    const { verifier, order, count } = setUpCounting()
    const token = await order()
    const first = await verifier.verify(token)
    expect(await verifier.verify(token)).toBe(first)
    expect([count('verify'), count('cache-hit')]).toEqual([1, 1])
    // One other character anywhere, and it is another token (case L-10).
    const [header, payload, signature = ''] = token.split('.')
    const other = signature.startsWith('A') ? 'B' : 'A'
    await failure('OIDC_TOKEN_SIGNATURE_INVALID', verifier.verify(`${header}.${payload}.${other}${signature.slice(1)}`))
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify(`${token}=`))
    expect(count('cache-hit')).toBe(1)
  })

  test('is refused from the moment it expires, and when the clock leaps (case F-22)', async () => {
    const { verifier, order, idp, count } = setUpCounting()
    const token = await order({ expiresInSeconds: 120 })
    await verifier.verify(token)
    idp.clock.advance(149)
    await verifier.verify(token)
    idp.clock.advance(1)
    const late = await failure('OIDC_TOKEN_EXPIRED', verifier.verify(token))
    expect(late).toMatchObject({ claim: 'exp' })
    idp.clock.advance(-181)
    const early = await failure('OIDC_TOKEN_NOT_YET_VALID', verifier.verify(token))
    expect(early).toMatchObject({ claim: 'iat' })
    expect([count('verify'), count('cache-hit')]).toEqual([1, 1])
  })

  test('has its signature checked again after maxAgeSeconds', async () => {
    const { verifier, orderLong, idp, count } = setUpCounting({ verdictCache: { maxAgeSeconds: 60 } })
    const token = await orderLong()
    await verifier.verify(token)
    idp.clock.advance(59)
    await verifier.verify(token)
    expect(count('verify')).toBe(1)
    idp.clock.advance(1)
    await verifier.verify(token)
    expect(count('verify')).toBe(2)
  })

  test('has its signature checked again when the clock was set back by as much', async () => {
    const { verifier, orderLong, idp, count } = setUpCounting({ verdictCache: { maxAgeSeconds: 60 } })
    const token = await orderLong({ claims: { iat: undefined, nbf: undefined } })
    await verifier.verify(token)
    idp.clock.advance(-59)
    await verifier.verify(token)
    expect(count('verify')).toBe(1)
    idp.clock.advance(-1)
    await verifier.verify(token)
    expect(count('verify')).toBe(2)
  })

  test.each([[false as const], [{ maxAgeSeconds: 0 }]])('is checked every time with verdictCache %j', async (off) => {
    const { verifier, order, count } = setUpCounting({ verdictCache: off })
    const token = await order()
    await verifier.verify(token)
    await verifier.verify(token)
    expect([count('verify'), count('cache-hit')]).toEqual([2, 0])
    expect(verifier.forget({})).toBe(0)
  })

  test('is refused when its key is no longer published, at once (API behaviour 16, API complaint 4; case E-30)', async () => {
    const { verifier, orderLong, idp } = setUpCounting({ verdictCache: { maxAgeSeconds: 3600 } })
    const token = await orderLong()
    await verifier.verify(token)
    const { kid } = idp.keys
    idp.keys.rotate()
    idp.keys.drop(kid)
    await expect(verifier.verify(token)).resolves.toBeDefined()
    // A token of the new key has the keys loaded.
    await verifier.verify(await orderLong())
    idp.clock.advance(10)
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', verifier.verify(token))
  })

  test('is refused when another key has taken the place of its own (API behaviour 17)', async () => {
    let published: object | undefined
    const api = setUpCounting({}, (url) =>
      published && url.endsWith('/jwks.json') ? Response.json({ keys: [published] }) : undefined,
    )
    const { kid } = api.idp.keys
    const token = await api.order()
    await api.verifier.verify(token)
    await api.verifier.verify(token)
    api.idp.keys.rotate()
    const answer = await api.idp.fetch(new Request(`${api.idp.origin}/${api.idp.projectId}/.well-known/jwks.json`))
    published = { ...(await answer.json()).keys[0], kid }
    await expect(api.verifier.verify(await api.order({ header: { kid } }))).resolves.toBeDefined()
    api.idp.clock.advance(10)
    await failure('OIDC_TOKEN_SIGNATURE_INVALID', api.verifier.verify(token))
  })

  test('keeps the keys young, also when no other token comes', async () => {
    const { verifier, orderLong, idp, count } = setUpCounting({ verdictCache: { maxAgeSeconds: 3600 } })
    const token = await orderLong()
    await verifier.verify(token)
    idp.clock.advance(1801)
    await verifier.verify(token)
    await verifier.verify(token)
    expect([count('verify'), count('key-fetch'), count('cache-hit')]).toEqual([1, 2, 2])
  })

  test('is not answered from memory when the keys are too old to be trusted', async () => {
    const options = { verdictCache: { maxAgeSeconds: 3600 }, maxStaleSeconds: 60 }
    const { verifier, orderLong, idp } = setUpCounting(options)
    const token = await orderLong()
    await verifier.verify(token)
    idp.faults.always('jwks-status-500')
    idp.clock.advance(601 + 59)
    await expect(verifier.verify(token)).resolves.toBeDefined()
    idp.clock.advance(10)
    await failure('OIDC_KEYS_UNAVAILABLE', verifier.verify(token))
  })

  test('is shared by requests and can be changed by none (API behaviour 29)', async () => {
    const { verifier, order } = setUpCounting()
    const token = await order({ claims: { roles: ['Reader'] } })
    const auth = await verifier.verify(token)
    expect(() => Object.assign(auth, { subject: 'other' })).toThrow(TypeError)
    expect(() => Object.assign(auth.claims, { sub: 'other' })).toThrow(TypeError)
    expect(() => (auth.claims.roles as string[]).push('Admin')).toThrow(TypeError)
    expect(() => (auth.grant.scopes as Set<string>).add('contacts.write')).toThrow(TypeError)
    expect(() => (auth.grant.scopes as Set<string>).clear()).toThrow(TypeError)
    expect(() => Object.assign(auth.principal, { id: 'other' })).toThrow(TypeError)
    const again = await verifier.verify(token)
    expect(again.can(scope('contacts.write')).allowed).toBe(false)
    expect([...again.grant.scopes]).toEqual(['contacts.read'])
  })

  test('is not known to a verifier for another audience', async () => {
    const api = setUpCounting()
    const token = await api.order()
    await api.verifier.verify(token)
    const { inboundIssuer: issuer, clock } = api.idp
    const other = setUpApi({ issuer, clock, audience: 'https://other.example' })
    await failure('OIDC_TOKEN_AUD_REFUSED', other.verifier.verify(token))
  })
})

describe('the memory of verdicts', () => {
  test('is bounded for 10,000 distinct tokens, with the right verdict for each (API behaviour 29)', async () => {
    const { verifier, order, count } = setUpCounting({ verdictCache: { maxEntries: 100 } })
    const token = await order({ claims: { n: 0 } })
    const [header, payload, signature] = token.split('.')
    for (let index = 0; index < 10_000; index += 1) {
      const kid = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `k${index}` })).toString('base64url')
      const forged = index % 2 ? `${header}.${payload}.${'A'.repeat(5)}${signature?.slice(5)}` : `${kid}.${payload}`
      await expect(verifier.verify(forged)).rejects.toMatchObject({ name: 'TokenVerificationError' })
    }
    const good = await Promise.all(Array.from({ length: 300 }, (_, index) => order({ claims: { jti: `J${index}` } })))
    for (const [index, one] of good.entries()) {
      await expect(verifier.verify(one)).resolves.toMatchObject({ claims: { jti: `J${index}` } })
    }
    expect(count('verify')).toBe(300)
    expect(verifier.forget({})).toBe(100)
  })

  test('drops what nobody asked for before what is in use', () => {
    const cache = createVerdictCache<{ claims: { sub: string } }>(3, 1000)
    const key = { kid: 'k', algorithms: ['RS256'], fingerprint: 'k', published: true, check: () => undefined }
    const keep = (name: string) => cache.keep(name, { claims: { sub: name } }, key, { from: 0, until: 1 }, 0)
    const known = () => 'abcdef'.split('').filter((name) => cache.find(name, 0))
    for (const name of 'abc') keep(name)
    cache.find('a', 0)
    cache.find('c', 0)
    keep('d')
    expect(known()).toEqual(['a', 'c', 'd'])
    // All in use: the one goes that was passed over longest ago.
    keep('e')
    expect(known()).toEqual(['a', 'd', 'e'])
  })

  test('forgets by subject, session and token, and by all that are given', async () => {
    const { verifier, order, count } = setUpCounting()
    const tokens = await Promise.all(
      ['S1 U1 J1', 'S1 U1 J2', 'S2 U1 J3', 'S3 U2 J4'].map((names) => {
        const [sid, sub, jti] = names.split(' ')
        return order({ claims: { sid, sub, jti } })
      }),
    )
    const verifyAll = () => Promise.all(tokens.map((token) => verifier.verify(token)))
    await verifyAll()
    expect(verifier.forget({ subject: 'U9' })).toBe(0)
    expect(verifier.forget({ tokenId: 'J4' })).toBe(1)
    expect(verifier.forget({ sessionId: 'S1', subject: 'U2' })).toBe(0)
    expect(verifier.forget({ sessionId: 'S1' })).toBe(2)
    expect(verifier.forget({ subject: 'U1' })).toBe(1)
    await verifyAll()
    expect(count('verify')).toBe(8)
    expect(verifier.forget({})).toBe(4)
  })
})
