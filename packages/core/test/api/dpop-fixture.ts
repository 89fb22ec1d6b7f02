/** An API that takes DPoP tokens of a mock in the standard profile, and proofs with one thing changed. */
import { createMockIdp, type MockIdp, standardDemo } from '@countersign/mock-idp'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  createDpopProofVerifier,
  type DpopProofVerifierOptions,
} from '../../src/api/index.ts'

export const baseUrl = 'https://api.example.com'
export const audience = standardDemo.resources.contacts

/** A key pair as a client of DPoP has it. */
export interface ProofKey {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
  readonly thumbprint: string
}

export async function createProofKey(alg = 'ES256', modulusLength = 2048): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength })
  const jwk = await exportJWK(publicKey)
  return { alg, privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

/** What a proof has different; `undefined` takes a claim or a header parameter out. */
export interface ProofChanges {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** Key that signs, while `jwk` is that of the client. */
  readonly signedBy?: ProofKey
}

export interface DpopFixture {
  readonly idp: MockIdp
  readonly verifier: AccessTokenVerifier
  readonly key: ProofKey
  /** A token that is bound to the key. */
  readonly token: string
  /** A proof for `GET /contacts` with changes. */
  prove(changes?: ProofChanges): Promise<string>
  /** Authenticates `GET /contacts` with a proof. */
  authenticate(changes?: ProofChanges): ReturnType<AccessTokenVerifier['authenticate']>
}

export async function setUpDpop(
  options: Partial<DpopProofVerifierOptions> & { readonly clientKey?: ProofKey } = {},
  verifierOptions: Partial<AccessTokenVerifierOptions> = {},
): Promise<DpopFixture> {
  const { clientKey, ...dpop } = options
  const idp = createMockIdp({ profile: 'standard', deterministic: {} })
  const key = clientKey ?? (await createProofKey())
  const verifier = createAccessTokenVerifier({
    issuer: idp.issuer,
    audience,
    profile: 'rfc9068',
    clock: idp.clock,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
    dpop: createDpopProofVerifier({ baseUrl, clock: idp.clock, ...dpop }),
    ...verifierOptions,
  })
  const token = await orderBoundToken(idp, key.thumbprint)
  const prove = (changes?: ProofChanges) => makeProof(key, token, idp.clock.now(), changes)
  return {
    idp,
    verifier,
    key,
    token,
    prove,
    authenticate: async (changes) => verifier.authenticate(dpopRequest(token, await prove(changes))),
  }
}

/** An access token for the API, bound to a key when a thumbprint is given. */
export function orderBoundToken(idp: MockIdp, jkt?: string): Promise<string> {
  return idp.tokens.accessToken({
    client: standardDemo.service.clientId,
    scope: 'contacts.read',
    ...(jkt !== undefined && { claims: { cnf: { jkt } } }),
  })
}

/** `GET /contacts` with a token and its proof. */
export function dpopRequest(
  token: string,
  proof?: string,
  init: RequestInit & { readonly url?: string } = {},
): Request {
  const headers = new Headers({ authorization: `DPoP ${token}` })
  if (proof !== undefined) headers.set('dpop', proof)
  return new Request(init.url ?? `${baseUrl}/contacts`, { headers, ...init })
}

/** A good proof for `GET /contacts` with changes. */
export async function makeProof(key: ProofKey, token: string, nowMs: number, changes: ProofChanges = {}) {
  const claims = {
    jti: crypto.randomUUID(),
    htm: 'GET',
    htu: `${baseUrl}/contacts`,
    iat: Math.floor(nowMs / 1000),
    ath: await sha256(token),
    ...changes.claims,
  }
  const header = JSON.parse(JSON.stringify({ alg: key.alg, typ: 'dpop+jwt', jwk: key.jwk, ...changes.header }))
  return new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader(header as JWTHeaderParameters)
    .sign((changes.signedBy ?? key).privateKey)
}

async function sha256(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')
}
