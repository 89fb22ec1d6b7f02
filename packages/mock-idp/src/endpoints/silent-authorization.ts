/** `prompt=none`: an answer without any page (IDP-SPEC 2.5; OpenID Connect Core 3.1.2.1, 3.1.2.6). */
import { decideConsent } from '../consent/decision.ts'
import type { Exchange } from '../http/exchange.ts'
import { oauthProblem } from '../http/problem.ts'
import type { MockUser } from '../model/user.ts'
import type { AppTransaction, Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { hasStepUp, liveSession } from '../sessions.ts'
import { codeResponse } from './authorization-response.ts'
import { checkInboundAccess, currentTenant, issueCode } from './code-issue.ts'
import { sessionOfBrowser } from './session-cookie.ts'

interface SilentRequest {
  readonly runtime: Runtime
  readonly transaction: AppTransaction
  readonly live: { readonly session: Session; readonly user: MockUser } | undefined
}

/** The rules in their order; the first one that applies decides. */
const silentChecks: readonly { readonly name: string; readonly check: (request: SilentRequest) => void }[] = [
  {
    name: 'a live session',
    check({ live }) {
      if (!live) throw oauthProblem(400, 'login_required', 'there is no session')
    },
  },
  {
    name: 'no forced authentication',
    check({ transaction }) {
      if (transaction.app.forceAuthentication) {
        throw oauthProblem(400, 'login_required', 'this application asks for a login each time')
      }
    },
  },
  {
    name: 'the hinted user',
    check({ transaction: { loginHint }, live }) {
      if (loginHint === undefined || !live || isSameUser(live.user, loginHint)) return
      throw oauthProblem(400, 'login_required', 'login_hint names another user')
    },
  },
  {
    name: 'membership in the hinted tenant',
    check({ transaction: { tenant }, live }) {
      if (tenant === undefined || !live || Object.hasOwn(live.user.tenants, tenant)) return
      throw oauthProblem(400, 'interaction_required', 'the user is not a member of the tenant')
    },
  },
  {
    name: 'a step-up where the flow needs one',
    check({ runtime, transaction, live }) {
      const flow = runtime.flows.registry.get(transaction.flowId)
      if (!flow?.definition.requires?.stepUp || hasStepUp(runtime, live?.session)) return
      throw oauthProblem(400, 'interaction_required', 'the flow needs a step-up')
    },
  },
  {
    name: 'consent (inbound)',
    check({ runtime, transaction, live }) {
      const { app, scopes: requested, prompt } = transaction
      if (app.kind === 'oidc' || !live) return
      const { user, session } = live
      const tenant = currentTenant(user, transaction.tenant ?? session.tenant)
      checkInboundAccess(app, user)
      if (decideConsent(runtime, { app, user, tenant, requested, prompt }).consented) return
      throw oauthProblem(400, 'consent_required', 'the user has not consented')
    },
  },
]

/**
 * Answers a silent request.
 *
 * @returns The redirect with a code.
 * @throws {Problem} `login_required`, `interaction_required`, `consent_required`.
 */
export async function answerSilently(exchange: Exchange, transaction: AppTransaction): Promise<string> {
  const { runtime } = exchange
  const live = liveSession(runtime, sessionOfBrowser(exchange))
  for (const { check } of silentChecks) check({ runtime, transaction, live })
  if (!live) throw oauthProblem(400, 'login_required', 'there is no session')
  const code = issueCode(runtime, transaction, live)
  exchange.reason = 'code from the session'
  return codeResponse(runtime, transaction, code)
}

/** True when a login hint means this user. */
function isSameUser(user: MockUser, hint: string): boolean {
  return [user.id, user.email, user.phone, ...user.loginIds].includes(hint)
}
