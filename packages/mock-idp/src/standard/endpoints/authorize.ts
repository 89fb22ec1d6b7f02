/** The authorization endpoint of the standard profile (RFC 6749 section 4.1.1, OpenID Connect Core 3.1.2). */
import { splitScope } from '../../consent/scopes.ts'
import { errorParameters } from '../../endpoints/authorization-response.ts'
import { browserCookie, browserCookieName } from '../../endpoints/authorize.ts'
import { sessionOfBrowser } from '../../endpoints/session-cookie.ts'
import { pagePath } from '../../endpoints/transaction.ts'
import { redirect } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Parameters } from '../../http/parameters.ts'
import { oauthProblem, Problem, reasonOf } from '../../http/problem.ts'
import type { Transaction } from '../../records.ts'
import { liveSession } from '../../sessions.ts'
import { readDetails } from '../authorization-details.ts'
import { askedValues, readClaims } from '../claims-parameter.ts'
import { consentQuestion, decideClientConsent } from '../consent.ts'
import { readForm } from '../parameters.ts'
import type { StandardRequest } from '../records.ts'
import { allowedScopes } from '../scopes.ts'
import { authorizationChecks, identify, responseModeOf, type StandardAuthorization } from './authorization-request.ts'
import { sendResponse } from './authorization-response.ts'
import { endTransaction, type StandardTransaction } from './finish.ts'
import { loginNeed } from './interaction.ts'
import { takePushed } from './pushed-authorization.ts'

/** Authorize. */
export const authorizeEndpoint: Endpoint = {
  name: 'authorize',
  cors: false,
  paths: ['/authorize'],
  get: (exchange) => answer(exchange, exchange.query),
  post: async (exchange) => answer(exchange, await readForm(exchange)),
}

async function answer(exchange: Exchange, parameters: Parameters): Promise<Response> {
  exchange.seen = parameters.record
  exchange.clientId = parameters.get('client_id')
  exchange.login = exchange.requestId
  const { runtime } = exchange
  const pushed = takePushed(exchange, parameters)
  const asked = pushed ?? parameters
  const request = await identify(runtime, asked, pushed !== undefined)
  try {
    for (const { check } of authorizationChecks) check(request)
    return await decide(exchange, toTransaction(exchange, request))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason = reasonOf(error)
    const state = asked.get('state')
    const target = { app: request.client, redirectUri: request.redirectUri, ...(state !== undefined && { state }) }
    return sendResponse(exchange, target, responseModeOf(request), errorParameters(runtime, target, error))
  }
}

/** A code at once where the session and the consents allow it, else the login page, else the error of `prompt=none`. */
async function decide(exchange: Exchange, transaction: StandardTransaction): Promise<Response> {
  const { runtime } = exchange
  const { prompt, loginHint, request } = transaction
  const login = liveSession(runtime, sessionOfBrowser(exchange))
  const need = loginNeed({ runtime, prompt, loginHint, request }, login)
  const silent = prompt.includes('none')
  if (need && silent) throw oauthProblem(400, need.code, need.reason)
  if (login && !need) {
    if (decideClientConsent(runtime, consentQuestion(transaction, login.user)).consented)
      return endTransaction(exchange, transaction, login)
    if (silent) throw oauthProblem(400, 'consent_required', 'the user has not consented')
  }
  const waiting: Transaction = {
    ...transaction,
    ...(need?.flow !== undefined && { flowId: need.flow }),
    request: { ...request, reauthenticate: need?.reauthenticate ?? false },
  }
  runtime.records.transactions.set(waiting.id, waiting)
  exchange.reason = 'login page'
  exchange.setCookies.push(browserCookie(runtime, waiting.browser))
  return redirect(exchange.request, loginUrl(exchange, waiting))
}

/** The login page of a transaction. */
export function loginUrl(exchange: Exchange, { id, flowId, locale }: Transaction): string {
  const { project } = exchange.runtime
  const query = new URLSearchParams({ flow: flowId, state_id: id, ...(locale !== undefined && { locale }) })
  return `${project.origin}${pagePath(project, 'login')}?${query}`
}

function toTransaction(exchange: Exchange, request: StandardAuthorization): StandardTransaction {
  const { runtime, client, redirectUri, parameters } = request
  const { random, clock, project } = runtime
  const optional = <Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } =>
    value === undefined ? {} : ({ [key]: value } as { [K in Key]: string })
  const prompt = splitScope(parameters.get('prompt'))
  return {
    id: random.text(16),
    login: exchange.requestId,
    app: client,
    redirectUri,
    flowId: 'sign-up-or-in',
    scopes: scopesOf(exchange, request, prompt),
    prompt,
    resources: [...new Set(parameters.all('resource'))],
    ...optional('state', parameters.get('state')),
    ...optional('nonce', parameters.get('nonce')),
    ...optional('codeChallenge', parameters.get('code_challenge')),
    ...optional('loginHint', parameters.get('login_hint')),
    ...optional('locale', splitScope(parameters.get('ui_locales'))[0]),
    browser: exchange.cookie(browserCookieName) ?? random.text(16),
    csrf: random.text(16),
    expiresAt: clock.now() + project.lifetimes.transactionSeconds * 1000,
    request: loginRequestOf(request),
  }
}

/**
 * Scopes that the request may come to. `offline_access` needs a client that may refresh, and the consent of the user
 * in this very request, unless the client is the provider's own (OpenID Connect Core 11).
 */
function scopesOf(
  { notes }: Exchange,
  { runtime, client, parameters }: StandardAuthorization,
  prompt: readonly string[],
): readonly string[] {
  const { scopes, dropped } = allowedScopes(runtime, client, parameters.get('scope'))
  notes.push(...dropped.map((name) => `the scope ${name} is not for this client and was left out`))
  const mayRefresh = client.grant_types.includes('refresh_token') && (client.first_party || prompt.includes('consent'))
  if (mayRefresh || !scopes.includes('offline_access')) return scopes
  notes.push('offline_access was left out: it needs the grant refresh_token and prompt=consent')
  return scopes.filter((name) => name !== 'offline_access')
}

function loginRequestOf(request: StandardAuthorization): StandardRequest {
  const { runtime, client, parameters } = request
  const claims = readClaims(parameters.get('claims'))
  const asked = claims.id_token.acr
  const wanted = askedValues(asked).filter((value) => typeof value === 'string')
  const named = splitScope(parameters.get('acr_values'))
  const acrValues = wanted.length > 0 ? wanted : named.length > 0 ? named : (client.default_acr_values ?? [])
  const maxAge = parameters.get('max_age') ?? client.default_max_age
  const dpopJkt = parameters.get('dpop_jkt')
  const hint = parameters.get('id_token_hint')
  const hinted = hint === undefined ? undefined : runtime.standard.records.idTokens.get(hint)
  return {
    responseMode: responseModeOf(request),
    reauthenticate: false,
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    acrValues,
    acrEssential: asked?.essential === true && wanted.length > 0,
    claims,
    details: readDetails(runtime, client, parameters.get('authorization_details')),
    ...(hinted && { hintedUser: hinted.userId }),
    ...(dpopJkt !== undefined && { dpopJkt }),
    startedAt: runtime.clock.now(),
  }
}
