import { loadJose } from './jose.ts'
import type { KeySet, SigningAlgorithm, SigningKey } from './keys.ts'

/** What stands behind a signature; all but `current` are for faults. */
export type TokenSigner =
  /** The key that signs now. */
  | 'current'
  /** A key that is never published. */
  | 'foreign'
  /** HMAC with a form of the public key as its secret, or with a secret that nobody has. */
  | 'public-pem'
  | 'public-der'
  | 'public-jwk'
  | 'public-modulus'
  | 'no-secret'
  /** A key of another algorithm, published once it has signed. */
  | 'PS256'
  | 'ES256'
  | 'EdDSA'
  /** 64 zero bytes instead of a signature. */
  | 'zeros'
  /** No signature. */
  | 'nothing'

/** A token before it is signed. Faults change one member of it. */
export interface TokenDraft {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  /** Algorithm of the key, whatever the header says. */
  readonly alg: SigningAlgorithm
  signWith: TokenSigner
  /** Replaces the JSON text of the claims. */
  payload?: string | Uint8Array<ArrayBuffer>
  /** What happens to the signed text. */
  readonly finish: ((token: string) => string | Promise<string>)[]
}

/**
 * Starts a draft with the header of IDP-SPEC 3.1 and the current key. Members that are `undefined` are left out.
 *
 * @param alg - Algorithm of the signature. Default RS256.
 */
export function draftToken(
  keys: KeySet,
  claims: Readonly<Record<string, unknown>>,
  alg: SigningAlgorithm = 'RS256',
): TokenDraft {
  return {
    alg,
    header: { alg, typ: 'JWT', kid: keys.kidOf(alg) },
    claims: Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)),
    signWith: 'current',
    finish: [],
  }
}

/** Signs a draft and gives the JWS compact serialization (RFC 7515 section 7.1). */
export async function signDraft(keys: KeySet, draft: TokenDraft): Promise<string> {
  const payload = draft.payload ?? JSON.stringify(draft.claims)
  const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload
  let token = isUsual(draft) ? await signUsually(keys, draft, bytes) : await signUnusually(keys, draft, bytes)
  for (const finish of draft.finish) token = await finish(token)
  return token
}

const encoder = new TextEncoder()

/** True for a draft that a JOSE library signs. It refuses what faults put into headers. */
function isUsual({ header, signWith, alg }: TokenDraft): boolean {
  return signWith === 'current' && header.alg === alg && header.crit === undefined
}

async function signUsually(keys: KeySet, { header, alg }: TokenDraft, payload: Uint8Array): Promise<string> {
  const { CompactSign } = await loadJose()
  const { privateKey } = await keys.current(alg)
  return new CompactSign(payload).setProtectedHeader({ ...header, alg }).sign(privateKey)
}

async function signUnusually(keys: KeySet, draft: TokenDraft, payload: Uint8Array): Promise<string> {
  const { base64url } = await loadJose()
  const input = `${base64url.encode(JSON.stringify(draft.header))}.${base64url.encode(payload)}`
  const signature = await signatureOf(keys, draft, encoder.encode(input))
  return `${input}.${base64url.encode(new Uint8Array(signature))}`
}

async function signatureOf(
  keys: KeySet,
  { signWith, alg }: TokenDraft,
  input: Uint8Array<ArrayBuffer>,
): Promise<ArrayBuffer> {
  switch (signWith) {
    case 'current':
      return signatureBy(await keys.current(alg), input)
    case 'foreign':
      return signatureBy(await keys.foreign(alg), input)
    case 'PS256':
    case 'ES256':
    case 'EdDSA':
      return signatureBy(await keys.other(signWith), input)
    case 'zeros':
      return new ArrayBuffer(64)
    case 'nothing':
      return new ArrayBuffer(0)
    default: {
      const algorithm = { name: 'HMAC', hash: 'SHA-256' }
      const secret = secretOf(signWith, await keys.current(alg))
      const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
      return crypto.subtle.sign(algorithm, key, input)
    }
  }
}

const algorithms = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
}

function signatureBy({ alg, privateKey }: SigningKey, input: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  return crypto.subtle.sign(algorithms[alg], privateKey, input)
}

/** Forms of a public key that a verifier could take for a secret (RFC 8725 section 2.1). */
function secretOf(signer: TokenSigner, { publicPem, publicJwk }: SigningKey): Uint8Array<ArrayBuffer> {
  switch (signer) {
    case 'public-pem':
      return encoder.encode(publicPem)
    case 'public-der':
      return bytesOf(publicPem.replace(/-----[^-]+-----|\s/g, ''))
    case 'public-jwk':
      return encoder.encode(JSON.stringify(publicJwk))
    case 'public-modulus':
      return bytesOf((publicJwk.n ?? publicJwk.x ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    default:
      return encoder.encode('a secret that nobody has')
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
