import { standardDemo } from '@countersign/mock-idp'
import { createProofKey, createTestIdp } from '@countersign/mock-idp/testing'
import { expect, it } from 'vitest'
import { claimsOf } from '../support/relying-party.ts'

/** Asks the standard profile, which checks proofs, for a token of the demo service. */
async function askForToken(changes: { method?: string; nonce?: string } = {}) {
  const idp = createTestIdp({ profile: 'standard', standard: { dpopNonces: 'off' } })
  const key = await createProofKey(idp)
  const { clientId, clientSecret } = standardDemo.web
  const url = `${idp.issuer}/token?tenant=1`
  const response = await idp.fetch(
    new Request(`${idp.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${clientId}:${encodeURIComponent(clientSecret)}`)}`,
        dpop: await key.prove({ method: 'POST', url, ...changes }),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    }),
  )
  return { idp, key, response, answer: await response.json() }
}

it('makes proofs that a provider takes, and binds its tokens to the key (RFC 9449 4.2, 5, 6.1)', async () => {
  const { key, answer } = await askForToken()
  expect(answer).toMatchObject({ token_type: 'DPoP' })
  expect(claimsOf(answer.access_token).cnf).toEqual({ jkt: key.thumbprint })
})

it('makes proofs for one method alone', async () => {
  const { answer, response } = await askForToken({ method: 'GET' })
  expect([response.status, answer.error]).toEqual([400, 'invalid_dpop_proof'])
})

it('gives the headers of a request, with another proof each time', async () => {
  const { key, idp } = await askForToken()
  const call = { url: 'https://api.example/contacts?page=2', accessToken: 'token', nonce: 'n' }
  const first = await key.headers(call)
  expect(first.authorization).toBe('DPoP token')
  const claims = claimsOf(first.dpop)
  expect(claims).toMatchObject({ htm: 'GET', htu: 'https://api.example/contacts', nonce: 'n' })
  expect(claims.iat).toBe(Math.floor(idp.clock.now() / 1000))
  expect(claimsOf((await key.headers(call)).dpop).jti).not.toBe(claims.jti)
  expect(claimsOf(await key.prove({ ...call, claims: { jti: undefined } }))).not.toHaveProperty('jti')
})
