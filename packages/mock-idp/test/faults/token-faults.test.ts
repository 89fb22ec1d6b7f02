import type { FaultName, MockIdp } from '@countersign/mock-idp'
import { compactVerify, createLocalJWKSet, exportSPKI, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { changedMembers } from '../support/difference.ts'
import {
  answerOf,
  claimsOf,
  fixedIdp,
  get,
  headerOf,
  mira,
  refresh,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const config = { compat: { emitAtHash: true } }

const jwksOf = async (idp: MockIdp) => (await answerOf(await get(idp, `/${idp.projectId}/.well-known/jwks.json`))).body

async function verifies(idp: MockIdp, jwt: string): Promise<boolean> {
  const keys = createLocalJWKSet(await jwksOf(idp))
  return compactVerify(jwt, keys, { algorithms: ['RS256'] }).then(
    () => true,
    () => false,
  )
}

/** Two logins that differ by one fault; what differs between their tokens, and whether the signature holds. */
async function compare(name: FaultName, which: 'id_token' | 'access_token') {
  const [good, bad] = [fixedIdp(config), fixedIdp(config)]
  bad.faults.next(name)
  const [goodTokens, badTokens] = [await signIn(good), await signIn(bad)]
  const [goodToken, badToken] = [goodTokens[which], badTokens[which]]
  const again = (await signIn(bad))[which]
  return {
    header: changedMembers(headerOf(goodToken), headerOf(badToken)),
    claims: changedMembers(claimsOf(goodToken), claimsOf(badToken)),
    valid: await verifies(bad, badToken),
    bad: badToken as string,
    badIdp: bad,
    otherTokens: changedMembers(
      { ...goodTokens, [which]: '', at_hash: '' },
      { ...badTokens, [which]: '', at_hash: '' },
    ),
    backToNormal: again === goodToken,
  }
}

const idTokenTable: [FaultName, string[], string[], boolean][] = [
  ['id-token-iss-wrong', [], ['iss'], true],
  ['id-token-aud-wrong', [], ['aud'], true],
  ['id-token-aud-missing', [], ['aud'], true],
  ['id-token-aud-two-azp-other', [], ['aud', 'azp'], true],
  ['id-token-azp-wrong', [], ['azp'], true],
  ['id-token-expired', [], ['exp'], true],
  ['id-token-exp-missing', [], ['exp'], true],
  ['id-token-iat-missing', [], ['iat'], true],
  ['id-token-sub-missing', [], ['sub'], true],
  ['id-token-nonce-missing', [], ['nonce'], true],
  ['id-token-nonce-wrong', [], ['nonce'], true],
  ['id-token-at-hash-wrong', [], ['at_hash'], true],
  ['id-token-typ-wrong', ['typ'], [], true],
  ['id-token-kid-missing', ['kid'], [], true],
  ['id-token-kid-unknown', ['kid'], [], false],
  ['id-token-alg-none', ['alg'], [], false],
  ['id-token-alg-hs256', ['alg'], [], false],
  ['id-token-signature-foreign-key', [], [], false],
  ['id-token-duplicate-member', [], [], true],
]

const accessTokenTable: [FaultName, string[], string[], boolean][] = [
  ['access-token-iss-wrong', [], ['iss'], true],
  ['access-token-aud-wrong', [], ['aud'], true],
  ['access-token-aud-missing', [], ['aud'], true],
  ['access-token-expired', [], ['exp'], true],
  ['access-token-exp-missing', [], ['exp'], true],
  ['access-token-kid-unknown', ['kid'], [], false],
  ['access-token-alg-none', ['alg'], [], false],
  ['access-token-alg-hs256', ['alg'], [], false],
  ['access-token-signature-foreign-key', [], [], false],
]

describe('faults of the ID token', () => {
  it.each(idTokenTable)(
    '%s changes header %j and claims %j once; signature valid: %s (S-092)',
    async (name, header, claims, valid) => {
      const result = await compare(name, 'id_token')
      expect(result).toMatchObject({ header, claims, valid, backToNormal: true })
      expect(result.otherTokens.filter((token) => token !== 'refresh_token')).toEqual([])
    },
  )

  it('id-token-expired leaves two hours between exp and iat', async () => {
    const claims = claimsOf((await compare('id-token-expired', 'id_token')).bad)
    expect(claims.iat - claims.exp).toBe(7200)
  })

  it('id-token-alg-none has an empty signature', async () => {
    expect((await compare('id-token-alg-none', 'id_token')).bad).toMatch(/^[\w-]+\.[\w-]+\.$/)
  })

  it.each(['id_token', 'access_token'] as const)(
    'alg-hs256 is an HMAC by the published key as PEM (%s)',
    async (which) => {
      const name = which === 'id_token' ? 'id-token-alg-hs256' : 'access-token-alg-hs256'
      const { bad, badIdp } = await compare(name, which)
      const key = await importJWK((await jwksOf(badIdp)).keys[0], 'RS256', { extractable: true })
      const pem = await exportSPKI(key as CryptoKey)
      await expect(compactVerify(bad, new TextEncoder().encode(pem))).resolves.toBeDefined()
    },
  )

  it('id-token-duplicate-member has sub twice, the second one right', async () => {
    const { bad } = await compare('id-token-duplicate-member', 'id_token')
    const text = Buffer.from(bad.split('.')[1] ?? '', 'base64url').toString()
    expect(text.match(/"sub":/g)).toHaveLength(2)
    expect(claimsOf(bad).sub).toBe(mira.id)
  })

  it('id-token-aud-two-azp-other keeps this client in aud', async () => {
    const claims = claimsOf((await compare('id-token-aud-two-azp-other', 'id_token')).bad)
    expect(claims.aud).toEqual([fixedIdp().projectId, 'another-client'])
    expect(claims.azp).toBe('another-client')
  })

  it('refresh-sub-other waits for a refresh and changes sub alone', async () => {
    const [good, bad] = [fixedIdp(), fixedIdp()]
    bad.faults.next('refresh-sub-other')
    const [goodTokens, badTokens] = [await signIn(good), await signIn(bad)]
    expect(claimsOf(badTokens.id_token).sub).toBe(mira.id)
    const goodNext = await refresh(good, goodTokens.refresh_token)
    const badNext = await refresh(bad, badTokens.refresh_token)
    expect(changedMembers(claimsOf(goodNext.body.id_token), claimsOf(badNext.body.id_token))).toEqual(['sub'])
  })
})

describe('faults of the access token (S-388)', () => {
  it.each(accessTokenTable)(
    '%s changes header %j and claims %j once; signature valid: %s',
    async (name, header, claims, valid) => {
      const result = await compare(name, 'access_token')
      expect(result).toMatchObject({ header, claims, valid, backToNormal: true })
      expect(result.otherTokens.filter((token) => !['refresh_token', 'id_token'].includes(token))).toEqual([])
    },
  )

  it('access-token-opaque is a random text that userinfo takes: a benign twin', async () => {
    const idp = fixedIdp()
    idp.faults.next('access-token-opaque')
    const { access_token } = await signIn(idp)
    expect(access_token).toMatch(/^[\w-]{43}$/)
    expect((await userinfo(idp, access_token)).body.sub).toBe(mira.id)
  })
})
