/** Tokens of a run that no application asked for (IDP-SPEC S-042, S-146). */
import { currentTenant } from '../endpoints/code-issue.ts'
import type { Grant, Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { signAccessToken, signIdToken, signRefreshToken } from '../tokens/user-tokens.ts'
import type { Execution } from './execution.ts'
import { flowClaimsOf } from './flow-claims.ts'

/** Tokens of a stand-alone run, for the default application and all of its scopes. */
export interface StandAloneTokens {
  /** Access token, the session JWT of the service. */
  readonly sessionJwt: string
  /** Refresh token. */
  readonly refreshJwt: string
  /** ID token. */
  readonly idToken: string
}

const scopes = ['openid', 'profile', 'email', 'phone', 'descope.claims', 'descope.custom_claims']

/** Signs the tokens of a run that ended well. */
export async function standAloneTokens(
  runtime: Runtime,
  execution: Execution,
  session: Session,
): Promise<StandAloneTokens> {
  const user = runtime.users.get(session.userId)
  if (!user) throw new TypeError('flows: the user of the run is gone')
  const tenant = currentTenant(user, execution.tenant)
  const grant: Grant = {
    id: runtime.random.text(16),
    app: runtime.defaultApp,
    userId: user.id,
    sessionId: session.id,
    scopes,
    resources: [],
    ...(tenant !== undefined && { tenant }),
    amr: session.amr,
    flowClaims: session.claims ?? flowClaimsOf(execution),
    authTime: Math.floor(session.authenticatedAt / 1000),
    refreshExpiresAt: Math.floor(runtime.clock.now() / 1000) + runtime.project.lifetimes.refreshTokenSeconds,
    usedAt: runtime.clock.now(),
    revoked: false,
  }
  const subject = { grant, user, scopes }
  const sessionJwt = await signAccessToken(runtime, subject)
  return {
    sessionJwt,
    refreshJwt: await signRefreshToken(runtime, subject),
    idToken: await signIdToken(runtime, subject, { accessToken: sessionJwt, refreshed: false }),
  }
}
