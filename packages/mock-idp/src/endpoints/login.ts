/** The hosted login page (IDP-SPEC 2.13) and the end of a login (2.4, "Finish"). */
import { cspSource, json, page, redirect } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { readBody } from '../http/parameters.ts'
import { Problem, serviceProblem } from '../http/problem.ts'
import { errorPage } from '../pages/error.ts'
import { loginPage } from '../pages/login.ts'
import type { Transaction } from '../records.ts'
import { liveSession, startSession } from '../sessions.ts'
import { knownFlows } from './authorization-request.ts'
import { codeResponse, errorResponse } from './authorization-response.ts'
import { issueCode } from './code-issue.ts'
import { urlAfterLogin } from './consent.ts'
import { checkProject } from './discovery.ts'
import { sessionCookie, sessionOfBrowser } from './session-cookie.ts'
import { isSameUser } from './silent-authorization.ts'
import { findTransaction } from './transaction.ts'

/** The hosted page, and the endpoint that ends a login. */
export const loginEndpoints: readonly Endpoint[] = [
  { name: 'login', cors: false, paths: ['/login/:projectId', '/:projectId'], get: showLogin, post: submitLogin },
  {
    name: 'finish-authorize',
    cors: false,
    paths: ['/oauth2/v1/finish-authorize', '/oauth2/v1/apps/finish-authorize'],
    get: (exchange) => finish(exchange, exchange.query.get('state_id')),
    async post(exchange) {
      const body = await readBody(exchange.request)
      exchange.seen = body.record
      return finish(exchange, body.get('state_id'))
    },
  },
  {
    name: 'project-configuration',
    cors: true,
    paths: ['/.well-known/project-configuration/:projectId'],
    get(exchange) {
      checkProject(exchange)
      return json({ allowAuthHostingIframeEmbedding: exchange.runtime.project.allowIframeEmbedding })
    },
  },
]

function showLogin(exchange: Exchange): Response | Promise<Response> {
  const { runtime, query } = exchange
  checkProject(exchange)
  const error = query.get('error') ?? query.get('err')
  if (error !== undefined) return page(errorPage({ code: 'login_error', description: error }), { status: 400 })
  checkFlow(query.get('flow'))
  const transaction = findTransaction(exchange, query.get('state_id') ?? query.get('third_party_app_state_id'))
  const live = liveSession(runtime, sessionOfBrowser(exchange))
  const { loginHint, prompt, app } = transaction
  const mustAsk = app.forceAuthentication || prompt.includes('login') || prompt.includes('select_account')
  if (live && !mustAsk && (loginHint === undefined || isSameUser(live.user, loginHint))) {
    transaction.sessionId = live.session.id
    exchange.reason = 'the session is used'
    return redirect(exchange.request, urlAfterLogin(exchange, transaction, live.user))
  }
  return form(exchange, transaction, loginHint === undefined ? {} : { loginId: loginHint })
}

async function submitLogin(exchange: Exchange): Promise<Response> {
  const { runtime, request } = exchange
  checkProject(exchange)
  const body = await readBody(request)
  exchange.seen = body.record
  const transaction = findTransaction(exchange, body.get('state_id'))
  // The form's own token: a form on another site cannot know it (RFC 9700 4.7).
  if (body.get('csrf') !== transaction.csrf) throw serviceProblem(400, 'E011004', 'this form is not from this page')
  const loginId = body.get('loginId') ?? ''
  const user = runtime.users.get(loginId)
  if (user?.password === undefined || user.password !== body.get('password')) {
    exchange.reason = 'wrong login id or password'
    runtime.audit.add('login-failed', exchange.reason, { requestId: exchange.requestId, userId: user?.id })
    return form(exchange, transaction, { loginId, error: 'The login ID or the password is not right.' })
  }
  if (user.status !== 'active') {
    exchange.reason = `the user is ${user.status}`
    runtime.audit.add('login-failed', exchange.reason, { requestId: exchange.requestId, userId: user.id })
    return form(exchange, transaction, { loginId, error: 'This user cannot sign in. Ask your administrator.' })
  }
  const session = await startSession(runtime, user, ['pwd'])
  transaction.sessionId = session.id
  exchange.reason = 'signed in'
  return redirect(request, urlAfterLogin(exchange, transaction, user), {
    'Set-Cookie': sessionCookie(runtime, session),
  })
}

/** Every failed attempt answers 200 with the form again: 401 would need a `WWW-Authenticate` challenge (RFC 9110 15.5.2). */
function form(
  exchange: Exchange,
  transaction: Transaction,
  shown: { readonly loginId?: string; readonly error?: string },
): Promise<Response> {
  const heading = exchange.query.get('title')
  return page(
    loginPage({
      action: `/login/${exchange.runtime.project.id}`,
      appName: transaction.app.name,
      hidden: { state_id: transaction.id, csrf: transaction.csrf },
      ...(heading !== undefined && { heading }),
      ...shown,
    }),
    { formTarget: cspSource(transaction.redirectUri) },
  )
}

function finish(exchange: Exchange, handle: string | undefined): Response {
  const { runtime } = exchange
  const transaction = findTransaction(exchange, handle)
  const session = transaction.sessionId === undefined ? undefined : runtime.records.sessions.get(transaction.sessionId)
  const live = liveSession(runtime, session)
  if (!live) throw serviceProblem(400, 'E011004', 'this login has not ended yet')
  runtime.records.transactions.delete(transaction.id)
  let location: string
  try {
    location = codeResponse(runtime, transaction, issueCode(runtime, transaction, live))
    exchange.reason = 'code'
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason = `${error.code}: ${error.message}`
    location = errorResponse(runtime, transaction, error)
  }
  const asJson = (exchange.request.headers.get('content-type') ?? '').startsWith('application/json')
  return asJson ? json({ redirectTo: location }) : redirect(exchange.request, location)
}

function checkFlow(flow: string | undefined): void {
  if (flow !== undefined && !knownFlows.has(flow)) throw serviceProblem(404, 'E011004', 'there is no such flow')
}
