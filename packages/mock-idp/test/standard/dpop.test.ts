import type { MockIdp } from '@countersign/mock-idp'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { answerOf, claimsOf, get } from '../support/relying-party.ts'
import {
  codeFor,
  redeem,
  refresh,
  signIn,
  spa,
  standardIdp,
  token,
  userinfo,
  webAuth,
} from '../support/standard-client.ts'

const now = 1767225600

async function keyPair() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  return { privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) }
}

type Key = Awaited<ReturnType<typeof keyPair>>

/** A proof for the token endpoint with changes. */
function proof(idp: MockIdp, key: Key, claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
  const payload = { jti: crypto.randomUUID(), htm: 'POST', htu: `${idp.origin}/token`, iat: now, ...claims }
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...header })
    .sign(key.privateKey)
}

const hashOf = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')

/** A mock without nonces, where a proof needs no first answer. */
const plain = () => standardIdp({ standard: { dpopNonces: 'off' } })

async function bound(idp: MockIdp, key: Key, changes = {}) {
  return redeem(
    idp,
    await codeFor(idp, { scope: 'openid offline_access', ...changes }),
    {},
    { dpop: await proof(idp, key) },
  )
}

describe('a DPoP proof at the token endpoint (RFC 9449 4.3, 5)', () => {
  it('binds access and refresh token to its key', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const { body, status } = await bound(idp, key)
    expect([status, body.token_type, claimsOf(body.access_token).cnf]).toEqual([200, 'DPoP', { jkt: key.jkt }])
    const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token, client_id: spa.clientId }
    expect((await refresh(idp, body.refresh_token)).body.error).toBe('invalid_dpop_proof')
    const other = await token(idp, fields, { dpop: await proof(idp, await keyPair()) })
    expect(other.body.error).toBe('invalid_dpop_proof')
    const same = await token(idp, fields, { dpop: await proof(idp, key) })
    expect([same.status, claimsOf(same.body.access_token).cnf]).toEqual([200, { jkt: key.jkt }])
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another method', { htm: 'GET' }, {}],
    ['another address', { htu: 'http://127.0.0.1:4455/authorize' }, {}],
    ['another host', { htu: 'https://other.example/token' }, {}],
    ['an address that is none', { htu: '/token' }, {}],
    ['an old iat', { iat: now - 61 }, {}],
    ['an iat of the future', { iat: now + 61 }, {}],
    ['no jti', { jti: undefined }, {}],
    ['a long jti', { jti: 'x'.repeat(257) }, {}],
    ['no iat', { iat: undefined }, {}],
    ['another typ', {}, { typ: 'JWT' }],
    ['no jwk', {}, { jwk: undefined }],
    ['a jwk of another key', {}, { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
    ['a symmetric jwk', {}, { jwk: { kty: 'oct', k: 'AAAA' } }],
  ])('is refused with %s', async (_, claims, header) => {
    const idp = plain()
    const dpop = await proof(idp, await keyPair(), claims, header)
    const answer = await redeem(idp, await codeFor(idp), {}, { dpop })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_dpop_proof'])
  })

  it('is refused with a private key in it, and with two proofs at once', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const jwk = { ...key.jwk, ...(await exportJWK(key.privateKey)) }
    const withPrivate = await redeem(idp, await codeFor(idp), {}, { dpop: await proof(idp, key, {}, { jwk }) })
    expect(withPrivate.body.error).toBe('invalid_dpop_proof')
    const two = `${await proof(idp, key)}, ${await proof(idp, key)}`
    expect((await redeem(idp, await codeFor(idp), {}, { dpop: two })).body.error).toBe('invalid_dpop_proof')
  })

  it('counts once', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const dpop = await proof(idp, key)
    expect((await redeem(idp, await codeFor(idp), {}, { dpop })).status).toBe(200)
    expect((await redeem(idp, await codeFor(idp), {}, { dpop })).body.error).toBe('invalid_dpop_proof')
  })

  it('may name the address with a query, which does not count', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const dpop = await proof(idp, key, { htu: `${idp.origin}/token?a=b#c` })
    expect((await redeem(idp, await codeFor(idp), {}, { dpop })).status).toBe(200)
  })

  it('is needed by a client with dpop_bound_access_tokens, or by all (K-10.4.14)', async () => {
    const idp = plain()
    idp.clients.update(spa.clientId, { dpop_bound_access_tokens: true })
    expect((await redeem(idp, await codeFor(idp))).body.error).toBe('invalid_dpop_proof')
    expect((await bound(idp, await keyPair())).status).toBe(200)
    const strict = standardIdp({ standard: { requireDpop: true, dpopNonces: 'off' } })
    const fields = { grant_type: 'client_credentials', scope: 'files.read' }
    expect((await token(strict, fields, webAuth)).body.error).toBe('invalid_dpop_proof')
    const dpop = await proof(strict, await keyPair())
    expect((await token(strict, fields, { ...webAuth, dpop })).body.token_type).toBe('DPoP')
  })

  it('must be by the key of dpop_jkt (RFC 9449 10)', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const code = await codeFor(idp, { dpop_jkt: key.jkt })
    expect((await redeem(idp, code)).body.error).toBe('invalid_dpop_proof')
    const other = await redeem(idp, code, {}, { dpop: await proof(idp, await keyPair()) })
    expect(other.body.error).toBe('invalid_dpop_proof')
    expect((await redeem(idp, code, {}, { dpop: await proof(idp, key) })).status).toBe(200)
  })
})

describe('a proof at userinfo that does not hold', () => {
  it('is answered in the characters of a challenge, whatever the proof says (RFC 6750 3)', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const { body } = await bound(idp, key)
    const header = Buffer.from(
      JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, crit: ['\u4e2d"'], '\u4e2d"': 1 }),
    ).toString('base64url')
    const response = await get(idp, '/userinfo', {
      authorization: `DPoP ${body.access_token}`,
      dpop: `${header}.e30.AA`,
    })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="invalid_dpop_proof", error_description="[^"\\]*\?[^"\\]*", algs=/),
    ])
  })
})

describe('nonces (RFC 9449 8)', () => {
  it('are required by default: the first answer brings one, and it is good until it is five minutes old', async () => {
    const [idp, key] = [standardIdp(), await keyPair()]
    const code = await codeFor(idp)
    const first = await redeem(idp, code, {}, { dpop: await proof(idp, key) })
    expect([first.status, first.body.error]).toEqual([400, 'use_dpop_nonce'])
    const nonce = first.headers.get('dpop-nonce')
    const wrong = await redeem(idp, code, {}, { dpop: await proof(idp, key, { nonce: 'other' }) })
    expect(wrong.body.error).toBe('use_dpop_nonce')
    const second = await redeem(idp, code, {}, { dpop: await proof(idp, key, { nonce }) })
    expect([second.status, second.headers.get('dpop-nonce')]).toEqual([200, nonce])
    const next = await codeFor(idp)
    idp.clock.advance(300)
    idp.clock.advance(-260)
    expect((await redeem(idp, next, {}, { dpop: await proof(idp, key, { nonce, iat: now + 40 }) })).status).toBe(200)
    const last = await codeFor(idp)
    idp.clock.advance(260)
    const old = await redeem(idp, last, {}, { dpop: await proof(idp, key, { nonce, iat: now + 300 }) })
    expect([old.body.error, old.headers.get('dpop-nonce') === nonce]).toEqual(['use_dpop_nonce', false])
  })

  it('are good to have, and can be left out where they are only offered', async () => {
    const [idp, key] = [standardIdp({ standard: { dpopNonces: 'offered' } }), await keyPair()]
    const answer = await redeem(idp, await codeFor(idp), {}, { dpop: await proof(idp, key) })
    expect([answer.status, answer.headers.has('dpop-nonce')]).toEqual([200, true])
    const wrong = await redeem(idp, await codeFor(idp), {}, { dpop: await proof(idp, key, { nonce: 'other' }) })
    expect(wrong.body.error).toBe('use_dpop_nonce')
  })
})

describe('a bound token at userinfo (RFC 9449 7)', () => {
  const ask = async (idp: MockIdp, accessToken: string, dpop?: string, scheme = 'DPoP') =>
    answerOf(
      await get(idp, '/userinfo', { authorization: `${scheme} ${accessToken}`, ...(dpop !== undefined && { dpop }) }),
    )

  it('needs its scheme and a proof with ath, by its own key', async () => {
    const [idp, key] = [plain(), await keyPair()]
    const { access_token } = (await bound(idp, key)).body
    const claims = { htm: 'GET', htu: `${idp.origin}/userinfo`, ath: await hashOf(access_token) }
    expect((await ask(idp, access_token, await proof(idp, key, claims))).status).toBe(200)
    for (const refused of [
      await ask(idp, access_token),
      await ask(idp, access_token, await proof(idp, key, claims), 'Bearer'),
      await ask(idp, access_token, await proof(idp, await keyPair(), claims)),
      await ask(idp, access_token, await proof(idp, key, { ...claims, ath: undefined })),
      await ask(idp, access_token, await proof(idp, key, { ...claims, ath: await hashOf('x') })),
    ]) {
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/error=/)])
    }
  })

  it('is asked for a nonce with a challenge (RFC 9449 9)', async () => {
    const [idp, key] = [standardIdp(), await keyPair()]
    const first = await redeem(idp, await codeFor(idp), {}, { dpop: await proof(idp, key) })
    const nonce = first.headers.get('dpop-nonce')
    const tokens = await redeem(idp, await codeFor(idp), {}, { dpop: await proof(idp, key, { nonce }) })
    const { access_token } = tokens.body
    const claims = { htm: 'GET', htu: `${idp.origin}/userinfo`, ath: await hashOf(access_token) }
    const without = await ask(idp, access_token, await proof(idp, key, claims))
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="use_dpop_nonce".*algs="RS256 /),
    ])
    expect((await ask(idp, access_token, await proof(idp, key, { ...claims, nonce }))).status).toBe(200)
  })

  it('that is not bound is no DPoP token', async () => {
    const idp = plain()
    const { access_token } = await signIn(idp)
    const claims = { htm: 'GET', htu: `${idp.origin}/userinfo`, ath: await hashOf(access_token) }
    expect((await ask(idp, access_token, await proof(idp, await keyPair(), claims))).status).toBe(401)
    expect((await userinfo(idp, access_token)).status).toBe(200)
  })
})
