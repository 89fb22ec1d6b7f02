/** Custom claims into the tokens of a login, from outside of a flow (IDP-SPEC 2.14, S-120). */
import { longestClaimName, longestClaimValue, mostClaims } from '../flows/claim-limits.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import { checkClaimNames } from '../project.ts'
import type { Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { liveSession } from '../sessions.ts'
import { signAccessToken, signRefreshToken } from '../tokens/user-tokens.ts'
import { postOperation } from './operation.ts'

/** `jwt/update`: the claims stand at the root of the token that is given back, and of every later one of the login. */
export const jwtOperations: readonly Endpoint[] = [
  postOperation(['/v1/mgmt/jwt/update'], async ({ runtime, input }) => {
    const { grant, sign } = loginOf(runtime, input.required('jwt'))
    const claims = input.object('customClaims')
    if (!claims) throw serviceProblem(400, 'E011002', 'customClaims is missing')
    checkClaimNames(Object.keys(claims), 'customClaims')
    const { flowClaims = { root: {}, client: {}, renewals: [] } } = grant
    const root = { ...flowClaims.root, ...claims }
    checkLimits(root)
    grant.flowClaims = { ...flowClaims, root }
    return { jwt: await sign() }
  }),
]

/** The live login behind an access or refresh token, and how a new token of the same kind is made. */
function loginOf(runtime: Runtime, jwt: string): { readonly grant: Grant; readonly sign: () => Promise<string> } {
  const { records, clock } = runtime
  const access = records.accessTokens.get(jwt)
  const isOld = access && (access.revoked || access.expiresAt <= clock.now())
  const refresh = records.refreshTokens.get(jwt)
  const grant = isOld || refresh?.replaced ? undefined : (access?.grant ?? refresh?.grant)
  const live = grant && !grant.revoked ? liveSession(runtime, records.sessions.get(grant.sessionId)) : undefined
  if (!grant || !live) throw serviceProblem(401, 'E061005', 'jwt is not a live token of a user')
  const subject = { grant, user: live.user, scopes: access?.scopes ?? grant.scopes }
  return { grant, sign: () => (access ? signAccessToken(runtime, subject) : signRefreshToken(runtime, subject)) }
}

/** The limits of IDP-SPEC 3.6. */
function checkLimits(claims: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(claims)
  const tooLong = names.find(
    (name) => name.length > longestClaimName || JSON.stringify(claims[name]).length > longestClaimValue + 2,
  )
  if (tooLong === undefined && names.length <= mostClaims) return
  const limits = `${mostClaims} claims, ${longestClaimName} characters of a name, ${longestClaimValue} of a value`
  throw serviceProblem(400, 'E011003', `customClaims: at most ${limits}`)
}
