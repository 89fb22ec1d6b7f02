import fc from 'fast-check'
import { expect, test } from 'vitest'
import { challengeFor, createBackChannelLogoutReceiver, createRevocationList } from '../../src/api/index.ts'
import { forge } from './api-fixture.ts'
import { baseUrl, setUpDpop } from './dpop-fixture.ts'

const { idp, verifier, token, prove } = await setUpDpop()
const good = await prove()
const parts = fc.constantFrom(...good.split('.'), '', 'e30', 'eyJ')
const texts = fc
  .oneof(
    fc.string(),
    fc.array(parts, { maxLength: 5 }).map((some) => some.join('.')),
    fc.json().map((header) => forge(good, { header })),
    fc.json().map((payload) => forge(good, { payload })),
  )
  .filter((text) => text !== good)

test('any text as proof is answered 401, and nothing else happens', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (proof) => {
      const headers = { authorization: `DPoP ${token}`, dpop: proof }
      const error = await verifier.authenticate({ method: 'GET', url: '/contacts', headers }).catch((reason) => reason)
      expect(challengeFor(error)).toMatchObject({ status: 401, body: { error: 'invalid_dpop_proof' } })
    }),
    { numRuns: 200 },
  )
  await expect(
    verifier.authenticate({ method: 'GET', url: '/contacts', headers: { authorization: `DPoP ${token}`, dpop: good } }),
  ).resolves.toBeDefined()
})

test('any body at the logout URI is answered 400', async () => {
  const receive = createBackChannelLogoutReceiver({
    issuer: idp.issuer,
    clientId: 'mock-web',
    revocations: createRevocationList(),
    clock: idp.clock,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.string(),
    texts.map((text) => String(new URLSearchParams({ logout_token: text }))),
  )
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const response = await receive(new Request(baseUrl, { method: 'POST', headers, body: body as BodyInit }))
      expect(response.status).toBe(400)
    }),
    { numRuns: 200 },
  )
})
