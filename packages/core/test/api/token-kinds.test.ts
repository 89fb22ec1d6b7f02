import { createMockIdp, demoProject, standardDemo } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import {
  createAccessTokenVerifier,
  createBackChannelLogoutReceiver,
  createDpopProofVerifier,
  createRevocationList,
} from '../../src/api/index.ts'
import { audience, baseUrl, createProofKey, makeProof, orderBoundToken } from './dpop-fixture.ts'

/** One provider, one audience and one moment for all of them, so that the kind is all that differs. */
const idp = createMockIdp({ profile: 'standard', deterministic: {} })
const { clock, issuer } = idp
const fetch = (url: string, init: RequestInit) => idp.fetch(new Request(url, init))
const client = standardDemo.spa.clientId
const user = demoProject.users.mira.loginId
const now = Math.floor(clock.now() / 1000)
const key = await createProofKey()
const bound = await orderBoundToken(idp, key.thumbprint)

async function orderInPlaceOfAccessToken(fault: 'access-token-is-id-token' | 'access-token-is-logout-token') {
  idp.faults.next(fault)
  return idp.tokens.accessToken({ client, user, claims: { aud: audience } })
}

const tokens: Readonly<Record<string, string>> = {
  'an ID token': await orderInPlaceOfAccessToken('access-token-is-id-token'),
  'an access token': await idp.tokens.accessToken({ client, user, claims: { aud: audience } }),
  'a logout token': await idp.tokens.logoutToken({ client, user, claims: { aud: audience } }),
  'a client assertion': await makeProof(key, bound, clock.now(), {
    header: { typ: 'JWT', jwk: undefined },
    claims: { iss: client, sub: client, aud: issuer, exp: now + 60, htm: undefined, htu: undefined, ath: undefined },
  }),
  'a proof of possession': await makeProof(key, bound, clock.now()),
}

const access = createAccessTokenVerifier({ issuer, audience, clock, fetch })
const receive = createBackChannelLogoutReceiver({
  issuer,
  clientId: audience,
  revocations: createRevocationList({ clock }),
  algorithms: ['RS256', 'ES256'],
  clock,
  fetch,
})
const proofs = createDpopProofVerifier({ baseUrl, clock })

const verifiers: Readonly<Record<string, (token: string) => Promise<boolean>>> = {
  'an access token': (token) =>
    access.verify(token).then(
      () => true,
      () => false,
    ),
  'a logout token': async (token) => {
    const body = new URLSearchParams({ logout_token: token })
    return (await receive(new Request(baseUrl, { method: 'POST', body }))).ok
  },
  'a proof of possession': (proof) =>
    proofs.verify({ method: 'GET', url: '/contacts', proof }, bound, key.thumbprint).then(
      () => true,
      () => false,
    ),
}

describe.each(Object.keys(verifiers))('where %s belongs (RFC 8725 3.11, 3.12; case K-9.2.2)', (expected) => {
  test.each(Object.keys(tokens))('of the five kinds only that one is taken: %s (case K-9.2.2)', async (kind) => {
    expect(await verifiers[expected]?.(tokens[kind] ?? '')).toBe(kind === expected)
  })
})
