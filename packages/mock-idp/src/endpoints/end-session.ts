/** Logout of the OIDC family (IDP-SPEC 2.9; OpenID Connect RP-Initiated Logout 1.0). */
import { findClient } from '../clients.ts'
import { page, redirect } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { type Parameters, readBody } from '../http/parameters.ts'
import { serviceProblem } from '../http/problem.ts'
import { isRedirectAllowed } from '../http/redirect-uri.ts'
import type { OidcApp } from '../model/oidc-app.ts'
import { confirmLogoutPage } from '../pages/confirm-logout.ts'
import { signedOutPage } from '../pages/signed-out.ts'
import { textsFor } from '../pages/texts.ts'
import type { Runtime } from '../runtime.ts'
import { endSession } from '../sessions.ts'
import { loadJose } from '../tokens/jose.ts'
import { sha256 } from '../tokens/token-hash.ts'
import { clearedSessionCookies, sessionOfBrowser } from './session-cookie.ts'

/** Logout, shared and with the application in the path. Inbound applications have none. */
export const endSessionEndpoints: readonly Endpoint[] = [
  {
    name: 'logout',
    cors: false,
    paths: ['/oauth2/v1/logout', '/:applicationId/oauth2/v1/logout'],
    get: (exchange) => logout(exchange, exchange.query),
    async post(exchange) {
      const body = await readBody(exchange)
      exchange.seen = body.record
      return logout(exchange, body)
    },
  },
]

async function logout(exchange: Exchange, parameters: Parameters): Promise<Response> {
  const { runtime, request } = exchange
  const [repeated] = parameters.repeated
  if (repeated !== undefined) throw serviceProblem(400, 'E011003', `${repeated} is given more than once`)
  const hint = parameters.get('id_token_hint')
  const named = hint === undefined ? withoutHint(exchange, parameters) : await readHint(runtime, hint)
  if (!named) return askFirst(exchange, parameters)
  const { app, userId } = named
  exchange.clientId = app.clientId
  const own = sessionOfBrowser(exchange)
  // Another user's hint ends the session of the hint and leaves this browser's cookie alone.
  const isOwn = own === undefined || own.userId === userId
  const { sessions, idTokens } = runtime.records
  const grant = hint === undefined ? undefined : idTokens.get(hint)
  exchange.login = grant?.login
  const hinted = grant && sessions.get(grant.sessionId)
  const ending = new Set([hinted, isOwn ? own : undefined].filter((session) => session !== undefined))
  for (const session of ending) endSession(runtime, session, exchange.requestId)
  exchange.reason = `sessions ended: ${ending.size}`
  if (app.backChannelLogoutUrl !== undefined) {
    exchange.notes.push(`the back-channel logout to ${app.backChannelLogoutUrl} is not sent in this version`)
  }
  if (isOwn) exchange.setCookies.push(...clearedSessionCookies(exchange))

  const target = parameters.get('post_logout_redirect_uri')
  if (target === undefined) return page(signedOutPage(textsFor(runtime.project, parameters.get('locale'))))
  if (!isRedirectAllowed(runtime.project, app, target)) {
    exchange.reason += ', redirect refused'
    throw serviceProblem(400, 'E011004', 'post_logout_redirect_uri is not allowed; the session has ended')
  }
  const state = parameters.get('state')
  const query = state === undefined ? '' : `${target.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
  return redirect(request, target + query)
}

/**
 * Without a hint the browser's own session must exist and the client must be named.
 *
 * @returns `undefined` when this is not so and the switch `logoutWithoutHint` says to ask the user.
 */
function withoutHint(exchange: Exchange, parameters: Parameters): { app: OidcApp; userId: string } | undefined {
  const { runtime } = exchange
  const session = sessionOfBrowser(exchange)
  const clientId = parameters.get('client_id')
  const applicationId = exchange.path('applicationId') ?? parameters.get('ssoAppId')
  const app = clientId === undefined ? undefined : findClient(runtime, 'oidc', { clientId, applicationId })
  if (!session || app?.kind !== 'oidc') {
    if (runtime.project.compat.logoutWithoutHint === 'confirm') return undefined
    throw serviceProblem(400, 'E011002', 'without id_token_hint both a session and a client_id are needed')
  }
  return { app, userId: session.userId }
}

/** Asks the user, and ends the session when the answer comes from that page. Never redirects: no client is known. */
async function askFirst(exchange: Exchange, parameters: Parameters): Promise<Response> {
  const session = sessionOfBrowser(exchange)
  const texts = textsFor(exchange.runtime.project, parameters.get('locale'))
  if (session && !session.ended) {
    const confirm = await confirmToken(session.cookie)
    if (parameters.get('confirm') !== confirm) {
      exchange.reason = 'asked whether to sign out'
      return page(confirmLogoutPage({ action: exchange.url.pathname, confirm, texts }))
    }
    endSession(exchange.runtime, session, exchange.requestId)
    exchange.reason = 'sessions ended: 1, confirmed'
  }
  exchange.setCookies.push(...clearedSessionCookies(exchange))
  return page(signedOutPage(texts))
}

/** A token of the confirm page that another site cannot know: it follows from the HttpOnly cookie (RFC 9700 4.7). */
export function confirmToken(cookie: string): Promise<string> {
  return sha256(`logout ${cookie}`)
}

/** Signature by a published key, `iss` and `aud` of one application; an expired token is fine, a forgotten one too. */
async function readHint(runtime: Runtime, hint: string): Promise<{ app: OidcApp; userId: string }> {
  const claims = await verifiedClaims(runtime, hint)
  const isIdToken = runtime.records.idTokens.has(hint) || !hasScope(claims)
  const app = [runtime.defaultApp, ...runtime.oidcApps.list()].find((one) => one.issuer === claims?.iss)
  const audience = [claims?.aud].flat()
  if (!app || !isIdToken || typeof claims?.sub !== 'string' || claims.drn !== 'DS' || claims.rexp === undefined) {
    throw serviceProblem(400, 'E011004', 'id_token_hint is not an ID token of this provider')
  }
  if (!audience.includes(app.clientId) && !audience.includes(runtime.project.id)) {
    throw serviceProblem(400, 'E011004', 'id_token_hint is for another audience')
  }
  return { app, userId: typeof claims.dsub === 'string' ? claims.dsub : claims.sub }
}

/** True for claims of an access token: its scope stands at the root or in `nsec` (IDP-SPEC 3.7), an ID token has none. */
function hasScope({ scope, nsec }: Record<string, unknown> = {}): boolean {
  return scope !== undefined || (typeof nsec === 'object' && nsec !== null && 'scope' in nsec)
}

async function verifiedClaims(runtime: Runtime, hint: string): Promise<Record<string, unknown> | undefined> {
  const { compactVerify, importJWK } = await loadJose()
  for (const jwk of await runtime.keys.publicJwks()) {
    try {
      const { payload, protectedHeader } = await compactVerify(hint, await importJWK(jwk, 'RS256'), {
        algorithms: ['RS256'],
      })
      if (protectedHeader.kid === jwk.kid) return JSON.parse(new TextDecoder().decode(payload))
    } catch {
      // Another key may fit.
    }
  }
  return undefined
}
