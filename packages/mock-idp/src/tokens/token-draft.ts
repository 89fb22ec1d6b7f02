import { loadJose } from './jose.ts'
import type { KeySet, SigningAlgorithm } from './keys.ts'

/** A token before it is signed. Faults change one member of it. */
export interface TokenDraft {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  /** Algorithm of the key, whatever the header says. */
  readonly alg: SigningAlgorithm
  /** The key under the signature: the current one, one that is not published, or the public key as HMAC secret. */
  signWith: 'current' | 'foreign' | 'public-pem' | 'nothing'
  /** Replaces the JSON text of the claims. */
  payload?: string
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
  }
}

/** Signs a draft and gives the JWS compact serialization (RFC 7515 section 7.1). */
export async function signDraft(keys: KeySet, draft: TokenDraft): Promise<string> {
  const encoder = new TextEncoder()
  const payload = encoder.encode(draft.payload ?? JSON.stringify(draft.claims))
  if (draft.signWith === 'nothing') {
    return `${base64url(encoder.encode(JSON.stringify(draft.header)))}.${base64url(payload)}.`
  }
  const key = await (draft.signWith === 'foreign' ? keys.foreign(draft.alg) : keys.current(draft.alg))
  const secret = draft.signWith === 'public-pem' ? encoder.encode(key.publicPem) : key.privateKey
  const { CompactSign } = await loadJose()
  return new CompactSign(payload).setProtectedHeader({ alg: draft.alg, ...draft.header }).sign(secret)
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
