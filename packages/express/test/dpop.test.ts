import { createAccessTokenVerifier, createDpopNonces, createDpopProofVerifier } from '@countersign/core/api'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import express from 'express'
import { expect, test } from 'vitest'
import { createAccessGuard, requireAuth } from '../src/index.ts'
import { createIdp, startApi } from './support/running-api.ts'

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
const baseUrl = 'https://api.example.com/contacts-api'

/** A client with a key, written against RFC 9449 and nothing else. */
async function createProofs(idp: MockIdp) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  const sha256 = async (text: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')
  const token = await idp.tokens.accessToken({
    client: demoProject.agent.clientId,
    scope: 'contacts.read',
    claims: { cnf: { jkt: await sha256(JSON.stringify({ crv, kty, x, y })) } },
  })
  return async (claims: object = {}) => {
    const payload = {
      jti: crypto.randomUUID(),
      htm: 'GET',
      htu: `${baseUrl}/v1/contacts`,
      iat: Math.floor(idp.clock.now() / 1000),
      ath: await sha256(token),
      ...claims,
    }
    const input = `${encode({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } })}.${encode(payload)}`
    const signature = Buffer.from(await crypto.subtle.sign(algorithm, privateKey, Buffer.from(input)))
    return { authorization: `DPoP ${token}`, dpop: `${input}.${signature.toString('base64url')}`, host: 'evil.example' }
  }
}

test('takes DPoP tokens in a router, with nonces, whatever the Host header says (API behaviour 26)', async () => {
  const { idp, verifierOptions } = createIdp()
  const nonces = createDpopNonces({ secrets: ['a secret of the API, long enough for it'], clock: idp.clock })
  const dpop = createDpopProofVerifier({ baseUrl, nonces, clock: idp.clock })
  const guard = createAccessGuard({ verifier: createAccessTokenVerifier({ ...verifierOptions, dpop }) })
  const router = express.Router()
  router.use(guard.authenticate())
  router.get('/contacts', guard.requireScopes('contacts.read'), (req, res) => {
    res.json({ subject: requireAuth(req).subject })
  })
  router.get('/bills', guard.requireScopes('billing.read'), (_req, res) => res.json({}))
  const api = await startApi((app) => app.use('/v1', router))
  const prove = await createProofs(idp)
  const get = (path: string, headers: Record<string, string>) => api.call(path, { headers })

  const first = await get('/v1/contacts', await prove())
  expect([first.status, first.json.error]).toEqual([401, 'use_dpop_nonce'])
  expect(first.headers.get('www-authenticate')).toMatch(/^DPoP realm="api", error="use_dpop_nonce"/)
  const nonce = first.headers.get('dpop-nonce')
  const proven = await prove({ nonce })
  expect((await get('/v1/contacts?page=2', proven)).status).toBe(200)
  expect((await get('/v1/contacts', proven)).json.error).toBe('invalid_dpop_proof')
  const lured = await get('/v1/contacts', await prove({ nonce, htu: 'https://evil.example/v1/contacts' }))
  expect([lured.status, lured.json.error]).toEqual([401, 'invalid_dpop_proof'])
  const bills = await get('/v1/bills', await prove({ nonce, htu: `${baseUrl}/v1/bills` }))
  expect(bills.status).toBe(403)
  expect(bills.headers.get('www-authenticate')).toMatch(/^DPoP realm="api", error="insufficient_scope"/)
  const { authorization, ...rest } = await prove({ nonce })
  const bearer = await get('/v1/contacts', { ...rest, authorization: authorization.replace('DPoP', 'Bearer') })
  expect([bearer.status, bearer.json.error]).toEqual([401, 'invalid_token'])
  const none = await get('/v1/contacts', {})
  expect(none.headers.get('www-authenticate')).toMatch(/^Bearer realm="api", DPoP algs="ES256 /)
})
