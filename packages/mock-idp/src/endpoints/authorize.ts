/** The authorization endpoint (IDP-SPEC 2.4, 2.5; RFC 6749 section 4.1.1, OpenID Connect Core 3.1.2). */
import type { ClientApp, ClientKind } from '../clients.ts'
import { splitScope } from '../consent/scopes.ts'
import { redirect } from '../http/answers.ts'
import type { Endpoint, Handler } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { type Parameters, readBody } from '../http/parameters.ts'
import { Problem, reasonOf } from '../http/problem.ts'
import { takesAnyRedirect } from '../http/redirect-uri.ts'
import { connectionOf, defaultFlow } from '../model/connection.ts'
import { findTenant } from '../project.ts'
import type { AppTransaction } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import {
  type AuthorizationRequest,
  authorizationChecks,
  identifyRequest,
  ignoredParameters,
} from './authorization-request.ts'
import { errorResponse } from './authorization-response.ts'
import { answerSilently } from './silent-authorization.ts'

/** Cookie that binds a transaction to its browser. */
export const browserCookieName = 'mock_txn'

/** Authorize of both families, shared and with the application or project in the path. */
export const authorizeEndpoints: readonly Endpoint[] = [
  endpoint('oidc', ['/oauth2/v1/authorize', '/:applicationId/oauth2/v1/authorize']),
  endpoint('inbound', ['/oauth2/v1/apps/authorize', '/oauth2/v1/apps/:projectId/authorize']),
]

function endpoint(kind: ClientKind, paths: readonly string[]): Endpoint {
  const answer = async (exchange: Exchange, parameters: Parameters): Promise<Response> => {
    exchange.seen = parameters.record
    exchange.clientId = parameters.get('client_id')
    exchange.login = exchange.requestId
    const { audit } = exchange.runtime
    for (const note of ignoredParameters(parameters)) {
      exchange.notes.push(note)
      audit.add('warning', note, { requestId: exchange.requestId, clientId: parameters.get('client_id') })
    }
    const request = identifyRequest(exchange.runtime, kind, parameters, exchange.path('applicationId'))
    if (takesAnyRedirect(exchange.runtime.project, request.app)) {
      const note = 'every redirect_uri is allowed for this application: an open redirector'
      exchange.notes.push(note)
      audit.add('warning', note, { requestId: exchange.requestId, clientId: request.app.clientId })
    }
    return authorize(exchange, request)
  }
  const get: Handler = (exchange) => answer(exchange, exchange.query)
  const post: Handler = async (exchange) => answer(exchange, await readBody(exchange))
  return { name: 'authorize', paths, cors: false, get, post }
}

async function authorize(exchange: Exchange, request: AuthorizationRequest): Promise<Response> {
  const { runtime } = exchange
  try {
    for (const { check } of authorizationChecks) check(request)
    const transaction = toTransaction(exchange, request)
    if (transaction.prompt.includes('none')) {
      return redirect(exchange.request, await answerSilently(exchange, transaction))
    }
    runtime.records.transactions.set(transaction.id, transaction)
    exchange.reason = 'login page'
    exchange.setCookies.push(browserCookie(runtime, transaction.browser))
    return redirect(exchange.request, hostingUrl(runtime, transaction, request.parameters))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason = reasonOf(error)
    const state = request.parameters.get('state')
    return redirect(
      exchange.request,
      errorResponse(runtime, { ...request, ...(state !== undefined && { state }) }, error),
    )
  }
}

function flowOfHostingUrl({ loginPageUrl }: ClientApp): string | undefined {
  if (loginPageUrl === undefined || !URL.canParse(loginPageUrl)) return undefined
  return new URL(loginPageUrl).searchParams.get('flow') ?? undefined
}

function toTransaction(
  exchange: Exchange,
  { runtime, app, redirectUri, parameters }: AuthorizationRequest,
): AppTransaction {
  const { random, clock, project } = runtime
  const optional = <Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } =>
    value === undefined ? {} : ({ [key]: value } as { [K in Key]: string })
  const tenant = parameters.get('tenant')
  return {
    id: random.text(16),
    login: exchange.requestId,
    app,
    redirectUri,
    flowId: parameters.get('flow') ?? flowOfHostingUrl(app) ?? defaultFlow(app),
    scopes: splitScope(parameters.get('scope')),
    prompt: splitScope(parameters.get('prompt')),
    resources: parameters.all('resource'),
    ...optional('state', parameters.get('state')),
    ...optional('nonce', parameters.get('nonce')),
    ...optional('codeChallenge', parameters.get('code_challenge')),
    ...optional('loginHint', parameters.get('login_hint') ?? parameters.get('loginHint')),
    ...optional('locale', parameters.get('locale')),
    ...optional('tenant', tenant === undefined ? undefined : findTenant(project, tenant)?.id),
    // One cookie serves all tabs of a browser, so that a second login does not break the first.
    browser: exchange.cookie(browserCookieName) ?? random.text(16),
    csrf: random.text(16),
    expiresAt: clock.now() + project.lifetimes.transactionSeconds * 1000,
  }
}

/** `Set-Cookie` that binds what follows to this browser. */
export function browserCookie(runtime: Runtime, value: string): string {
  const { project } = runtime
  const site = project.origin.startsWith('https:') ? 'SameSite=None; Secure' : 'SameSite=Lax'
  return `${browserCookieName}=${value}; Path=/; Max-Age=${project.lifetimes.transactionSeconds}; HttpOnly; ${site}`
}

/** The hosting URL with its own query and the parameters of IDP-SPEC 2.4, "Transaction". Empty values are left out. */
function hostingUrl(runtime: Runtime, transaction: AppTransaction, parameters: Parameters): string {
  const { project } = runtime
  const { app } = transaction
  const url = new URL(connectionOf(project, app).hostingUrl)
  // Beside the address, which would write its query anew with every name.
  const query = new URLSearchParams(url.search)
  const add = (name: string, value: string | undefined): void => {
    if (value) query.set(name, value)
  }
  add('flow', parameters.get('flow'))
  if (app.kind === 'inbound') {
    add('third_party_app_id', app.id)
    add('third_party_app_state_id', transaction.id)
    add('application_scopes', transaction.scopes.join(' '))
  } else {
    add('state_id', transaction.id)
    add('sso_app_id', app.id)
  }
  add('oidc_login_hint', transaction.loginHint)
  add('oidc_prompt', transaction.prompt.join(' '))
  add('oidc_error_redirect_uri', transaction.redirectUri)
  add('oidc_resource', transaction.resources.join(' '))
  add('tenant', transaction.tenant)
  add('style', parameters.get('style'))
  add('locale', parameters.get('locale'))
  url.search = query.toString()
  return url.href
}
