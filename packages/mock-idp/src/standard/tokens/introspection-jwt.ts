/** Answers of introspection as signed JWTs (RFC 9701). */
import { epochSeconds } from '../../clock.ts'
import type { Runtime } from '../../runtime.ts'
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import type { StandardClient } from '../client.ts'

/** Media type of such an answer, by which it is asked for (RFC 9701 sections 4 and 5). */
export const introspectionJwtType = 'application/token-introspection+jwt'

/** Signs an answer for the client that asked, as the faults want it. It has neither `sub` nor `exp` of its own (section 5). */
export async function signIntrospection(
  runtime: Runtime,
  { client_id: aud, issuer: iss, introspection_signed_response_alg: alg }: StandardClient,
  answer: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { keys, clock, faults } = runtime
  const draft = draftToken(keys, { iss, aud, iat: epochSeconds(clock), token_introspection: answer }, alg)
  draft.header.typ = 'token-introspection+jwt'
  await faults.act('introspection-jwt', { endpoint: 'introspect', client: () => aud }, { runtime, draft })
  return signDraft(keys, draft)
}
