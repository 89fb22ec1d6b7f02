/** Whoever signs nothing, or something else, is not worth measuring. */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { login, type Target, type TokenAnswer } from './flows.ts'
import { sendForJson } from './http-client.ts'

/** Checks that a login gives an ID token with the right nonce, and that everything signed is RS256 with 2048 bits. */
export async function checkLogin(target: Target): Promise<TokenAnswer> {
  const { candidate, url } = target
  const { answer, nonce } = await login(target)
  const jwks = (await sendForJson(url + candidate.jwks)) as unknown as JSONWebKeySet
  const { payload } = await verify(jwks, answer.id_token)
  if (payload.nonce !== nonce) throw new Error(`${candidate.name}: the ID token has another nonce`)
  if (![payload.aud].flat().includes(candidate.clientId)) throw new Error(`${candidate.name}: another audience`)
  await verify(jwks, answer.access_token)
  return answer
}

async function verify(jwks: JSONWebKeySet, token: unknown) {
  const result = await jwtVerify(String(token), createLocalJWKSet(jwks), { algorithms: ['RS256'] })
  const modulus = jwks.keys.find(({ kid }) => kid === result.protectedHeader.kid)?.n ?? ''
  if (Buffer.from(modulus, 'base64url').length !== 256) throw new Error('the key is not RSA with 2048 bits')
  return result
}

/** How many tokens of an answer are signed. */
export function signedTokens(answer: TokenAnswer): number {
  return Object.entries(answer).filter(([name, value]) => /_token$/.test(name) && isSigned(value)).length
}

function isSigned(value: unknown): boolean {
  try {
    return decodeProtectedHeader(String(value)).alg === 'RS256'
  } catch {
    return false
  }
}
