/** Tokens of one algorithm, and what is needed to verify them. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { decodeJwt, type JSONWebKeySet, type JWK, SignJWT } from 'jose'

export const algorithms = ['RS256', 'ES256', 'EdDSA'] as const
export type Algorithm = (typeof algorithms)[number]

export const tokenCount = 1000
/** How many tokens come at once, where they do not come in turn. */
export const inFlight = 64

/** Plain data, since each contender has a process of its own. */
export interface Material {
  readonly algorithm: Algorithm
  readonly issuer: string
  readonly audience: string
  readonly jwks: JSONWebKeySet
  readonly jwk: JWK
  /** Bytes, because a string that is used again keeps what the engine has computed of it: HTTP gives a new one each time. */
  readonly tokens: readonly Buffer[]
  /** For the unit: the digest of the algorithm, what was signed, and the signature in the form that needs no conversion. */
  readonly raw: { readonly hash: string | null; readonly data: Buffer; readonly signature: Buffer }
}

/** Tokens as the mock signs them. */
async function rs256Material(): Promise<Material> {
  const idp = createMockIdp()
  const answer = await idp.fetch(new Request(`${idp.origin}/${idp.projectId}/.well-known/jwks.json`))
  const jwks: JSONWebKeySet = await answer.json()
  const [jwk] = jwks.keys
  if (!jwk) throw new Error('the mock publishes no key')
  const { clientId, scopes } = demoProject.spa
  const tokens = await Promise.all(
    Array.from({ length: tokenCount }, (_, index) =>
      idp.tokens.accessToken({
        user: demoProject.users.mira.loginId,
        client: clientId,
        scope: scopes.join(' '),
        claims: { jti: `token-${index}` },
        expiresInSeconds: 3600,
      }),
    ),
  )
  const end = tokens[0]?.lastIndexOf('.') ?? 0
  return {
    algorithm: 'RS256',
    issuer: idp.inboundIssuer,
    audience: idp.projectId,
    jwks,
    jwk,
    tokens: tokens.map((token) => Buffer.from(token)),
    raw: {
      hash: 'sha256',
      data: Buffer.from(tokens[0]?.slice(0, end) ?? ''),
      signature: Buffer.from(tokens[0]?.slice(end + 1) ?? '', 'base64url'),
    },
  }
}

/** The same claims under an elliptic curve. */
async function curveMaterial(algorithm: 'ES256' | 'EdDSA', { issuer, audience, tokens }: Material): Promise<Material> {
  const { publicKey, privateKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const jwk: JWK = { ...publicKey.export({ format: 'jwk' }), kid: algorithm, alg: algorithm, use: 'sig' }
  const signed = await Promise.all(
    tokens.map((token) =>
      new SignJWT(decodeJwt(token.toString('latin1')))
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: algorithm })
        .sign(privateKey),
    ),
  )
  const data = Buffer.from(signed[0]?.slice(0, signed[0].lastIndexOf('.')) ?? '')
  const hash = algorithm === 'ES256' ? 'sha256' : null
  return {
    algorithm,
    issuer,
    audience,
    jwks: { keys: [jwk] },
    jwk,
    tokens: signed.map((token) => Buffer.from(token)),
    raw: { hash, data, signature: sign(hash, data, privateKey) },
  }
}

/** Makes the tokens of all algorithms. */
export async function createMaterials(): Promise<readonly Material[]> {
  const first = await rs256Material()
  return [first, await curveMaterial('ES256', first), await curveMaterial('EdDSA', first)]
}
