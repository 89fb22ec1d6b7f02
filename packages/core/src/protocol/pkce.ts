/** Proof Key for Code Exchange (RFC 7636), S256 only. */
import { calculatePKCECodeChallenge, generateRandomState } from 'oauth4webapi'

/** A code verifier and the challenge made of it. */
export interface Pkce {
  /** Secret, sent once to the token endpoint. */
  readonly codeVerifier: string
  /** base64url of the SHA-256 of the verifier, sent with the authorization request. */
  readonly codeChallenge: string
}

/** Makes 32 random bytes as base64url text (43 characters), for verifiers, states and nonces. */
export type RandomFunction = () => string

/**
 * Makes a code verifier and its S256 challenge.
 *
 * @param random - Source of the verifier: 43 to 128 unreserved characters. Default: 32 bytes of the platform's CSPRNG.
 * @see RFC 7636 section 4.1 and 4.2
 */
export async function createPkce(random: RandomFunction = randomText): Promise<Pkce> {
  const codeVerifier = random()
  return { codeVerifier, codeChallenge: await calculatePKCECodeChallenge(codeVerifier) }
}

/** 32 random bytes of the platform's CSPRNG as base64url text. */
export const randomText: RandomFunction = generateRandomState
