/** Proofs of possession (RFC 9449): every rule of section 4.3, nonces of sections 8 and 9, memory against replay. */
import type { Exchange } from '../http/exchange.ts'
import { describable, oauthProblem, type Problem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import { loadJose } from '../tokens/jose.ts'
import { signingAlgorithms } from '../tokens/keys.ts'
import { sha256 } from '../tokens/token-hash.ts'
import { useOnce } from './used-once.ts'

/** How far `iat` of a proof may be away from now, in seconds. */
const windowSeconds = 60
const nonceSeconds = 300

/** Where a proof is checked: the provider's endpoints answer 400, its protected resource 401 with a challenge. */
type Place = 'server' | 'resource'

/**
 * Checks the proof of a request.
 *
 * @param options.accessToken - Access token that the proof must name by its hash.
 * @returns Thumbprint of the proof's key; `undefined` when there is no proof.
 * @throws {Problem} `invalid_dpop_proof`, `use_dpop_nonce`.
 */
export async function checkProof(
  exchange: Exchange,
  options: { readonly accessToken?: string } = {},
): Promise<string | undefined> {
  const { runtime, request, url } = exchange
  const proof = request.headers.get('dpop')
  if (proof === null) return undefined
  const place: Place = options.accessToken === undefined ? 'server' : 'resource'
  const refuse = (reason: string): Problem => dpopProblem(runtime, place, 'invalid_dpop_proof', reason)
  const { payload, jkt } = await openProof(runtime, proof).catch((error: unknown) => {
    throw refuse(`the proof does not hold: ${error instanceof Error ? error.message : error}`)
  })
  const { jti, htm, htu, iat = 0, nonce, ath } = payload
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw refuse('jti is missing or too long')
  if (htm !== request.method) throw refuse('htm is not the method of the request')
  if (withoutQuery(htu) !== `${runtime.project.origin}${url.pathname}`)
    throw refuse('htu is not the address of the request')
  const now = runtime.clock.now()
  if (Math.abs(iat * 1000 - now) > windowSeconds * 1000)
    throw refuse(`iat is more than ${windowSeconds} s away from now`)
  if (options.accessToken !== undefined && ath !== (await sha256(options.accessToken))) {
    throw refuse('ath is not the hash of the access token')
  }
  checkNonce(runtime, place, nonce)
  if (!useOnce(runtime, `dpop ${jkt} ${jti}`, (iat + windowSeconds) * 1000 + 1)) throw refuse('jti was used before')
  return jkt
}

async function openProof(runtime: Runtime, proof: string) {
  const { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, jwtVerify } = await loadJose()
  const { jwk } = decodeProtectedHeader(proof)
  if (!jwk || 'd' in jwk || 'k' in jwk || jwk.kty === 'oct') throw new TypeError('jwk must be a public key')
  const { payload } = await jwtVerify(proof, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: [...signingAlgorithms],
    requiredClaims: ['iat', 'jti', 'htm', 'htu'],
    currentDate: new Date(runtime.clock.now()),
  })
  return { payload, jkt: await calculateJwkThumbprint(jwk) }
}

/** The address without query and fragment, in normal form (RFC 9449 section 4.3). */
function withoutQuery(htu: unknown): string | undefined {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return undefined
  const { origin, pathname } = new URL(htu)
  return `${origin}${pathname}`
}

function checkNonce(runtime: Runtime, place: Place, nonce: unknown): void {
  const { dpopNonces } = runtime.standard.settings
  if (dpopNonces === 'off' || (nonce === undefined && dpopNonces === 'offered')) return
  const end = typeof nonce === 'string' ? runtime.standard.records.nonces.get(nonce) : undefined
  if (end !== undefined && end > runtime.clock.now()) return
  throw dpopProblem(runtime, place, 'use_dpop_nonce', 'the proof needs the nonce of DPoP-Nonce')
}

/** An error about a proof, with the challenge of a protected resource (RFC 9449 section 7.1) and a nonce. */
function dpopProblem(runtime: Runtime, place: Place, code: string, description: string): Problem {
  const text = describable(description)
  const challenge = `DPoP error="${code}", error_description="${text}", ${dpopAlgs}`
  return oauthProblem(place === 'server' ? 400 : 401, code, text, {
    ...nonceHeader(runtime),
    ...(place === 'resource' && { 'WWW-Authenticate': challenge }),
  })
}

/** The `algs` of a challenge. */
export const dpopAlgs: string = `algs="${signingAlgorithms.join(' ')}"`

/** Adds the current nonce to the answer for a request with a proof. */
export function withNonce({ runtime, request }: Exchange, response: Response): Response {
  if (!request.headers.has('dpop')) return response
  for (const [name, value] of Object.entries(nonceHeader(runtime))) response.headers.set(name, value)
  return response
}

/** A nonce is given out for half of its life, so that what a client holds is good for a while. */
function nonceHeader({ standard, clock, random }: Runtime): Readonly<Record<string, string>> {
  if (standard.settings.dpopNonces === 'off') return {}
  const { nonces } = standard.records
  const now = clock.now()
  for (const [nonce, end] of nonces) if (end <= now) nonces.delete(nonce)
  const fresh = [...nonces].findLast(([, end]) => end > now + (nonceSeconds / 2) * 1000)
  const nonce = fresh?.[0] ?? random.text(16)
  if (!fresh) nonces.set(nonce, now + nonceSeconds * 1000)
  return { 'DPoP-Nonce': nonce }
}
