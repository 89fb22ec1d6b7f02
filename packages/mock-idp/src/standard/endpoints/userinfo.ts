/** Userinfo of the standard profile (OpenID Connect Core 5.3). */
import { answerUserinfo, type Userinfo } from '../../endpoints/userinfo.ts'
import type { Endpoint, Handler } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import { challenge, presentedToken } from '../bearer.ts'
import { withNonce } from '../dpop.ts'
import { knownClient } from '../find-client.ts'
import { activeUser } from '../grants/grant-request.ts'
import { userinfoClaims } from '../tokens/identity-claims.ts'

const answer: Handler = async (exchange) =>
  withNonce(exchange, await answerUserinfo(exchange, () => userinfoFor(exchange)))

/** Userinfo; a JWT for clients with `userinfo_signed_response_alg` (Core 5.3.2). */
export const userinfoEndpoint: Endpoint = {
  name: 'userinfo',
  cors: true,
  readOnly: true,
  paths: ['/userinfo'],
  get: answer,
  post: answer,
}

async function userinfoFor(exchange: Exchange): Promise<Userinfo> {
  const { keys, project } = exchange.runtime
  const { scopes, grant, clientId: aud, jkt } = await presentedToken(exchange)
  const user = grant && activeUser(exchange.runtime, grant)
  if (!grant || !user || !scopes.includes('openid')) {
    throw challenge(jkt === undefined ? 'Bearer' : 'DPoP', 403, 'insufficient_scope', 'the token has no scope openid')
  }
  const alg = knownClient(exchange.runtime, aud)?.userinfo_signed_response_alg
  return {
    claims: { ...userinfoClaims(user, scopes, grant.claims.userinfo), sub: grant.subject },
    ...(alg !== undefined && {
      sign: (claims) => signDraft(keys, draftToken(keys, { ...claims, iss: project.origin, aud }, alg)),
    }),
  }
}
