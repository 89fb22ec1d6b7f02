/** The verifier of a code at the token endpoint (RFC 7636 sections 4.5 and 4.6). */
import type { Parameters } from '../http/parameters.ts'
import { oauthProblem } from '../http/problem.ts'
import { sha256 } from '../tokens/token-hash.ts'
import { invalidGrant } from './grant-request.ts'

/** Reads `code_verifier` and gives the S256 challenge that belongs to it. Throws `invalid_request` for a bad form. */
export async function readVerifier(body: Parameters): Promise<string | undefined> {
  const verifier = body.get('code_verifier')
  if (verifier === undefined) return undefined
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) {
    throw oauthProblem(400, 'invalid_request', 'code_verifier must be 43 to 128 unreserved characters')
  }
  return sha256(verifier)
}

/** A code that may be bound to a verifier. */
interface BoundCode {
  readonly codeChallenge?: string
}

/** True when a challenge is there and the verifier does not fit it. */
export function isWrongVerifier({ codeChallenge }: BoundCode, challengeOfVerifier: string | undefined): boolean {
  return codeChallenge !== undefined && !equalInConstantTime(challengeOfVerifier ?? '', codeChallenge)
}

/** Holds the verifier against the challenge of the code. Throws `invalid_grant`. */
export function checkVerifier(code: BoundCode, challengeOfVerifier: string | undefined): void {
  // RFC 9700 2.1.1: a verifier without a challenge shows that somebody took the challenge out.
  if (code.codeChallenge === undefined && challengeOfVerifier !== undefined) {
    throw invalidGrant('code_verifier was sent, but no challenge was')
  }
  if (!isWrongVerifier(code, challengeOfVerifier)) return
  throw invalidGrant(
    challengeOfVerifier === undefined ? 'code_verifier is missing' : 'code_verifier does not fit the code challenge',
  )
}

/** Compares secrets without telling by the time it takes where they differ. */
export function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let index = 0; index < one.length; index++) difference |= one.charCodeAt(index) ^ other.charCodeAt(index)
  return difference === 0
}
