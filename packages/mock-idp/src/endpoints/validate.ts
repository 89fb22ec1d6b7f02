/** Validation of a session token by the service (IDP-SPEC 2.11), for servers that do not check it themselves. */
import { epochSeconds } from '../clock.ts'
import { json, noStore } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import { loadJose } from '../tokens/jose.ts'
import { projectBearer } from './project-bearer.ts'

/** `POST /v1/auth/validate` with `Authorization: Bearer <project id>:<session token>`. */
export const validateEndpoint: Endpoint = {
  name: 'validate',
  cors: true,
  paths: ['/v1/auth/validate'],
  async post(exchange) {
    const claims = await sessionClaims(exchange.runtime, projectBearer(exchange) ?? '')
    if (!claims) throw serviceProblem(401, 'E061005', 'the session token is not valid')
    return json(claims, { headers: noStore })
  },
}

/** Claims of a token that this project signed, that has not expired and that is no refresh token. */
async function sessionClaims(runtime: Runtime, token: string): Promise<Record<string, unknown> | undefined> {
  const record = runtime.records.accessTokens.get(token)
  if (record?.revoked || record?.grant?.revoked) return undefined
  const { compactVerify, importJWK } = await loadJose()
  for (const jwk of await runtime.keys.publicJwks()) {
    try {
      const key = await importJWK(jwk, 'RS256')
      const { payload, protectedHeader } = await compactVerify(token, key, { algorithms: ['RS256'] })
      const claims: Record<string, unknown> = JSON.parse(new TextDecoder().decode(payload))
      const isLive = Number(claims.exp) > epochSeconds(runtime.clock)
      return protectedHeader.kid === jwk.kid && claims.drn === 'DS' && isLive ? claims : undefined
    } catch {
      // Another key may fit.
    }
  }
  return undefined
}
