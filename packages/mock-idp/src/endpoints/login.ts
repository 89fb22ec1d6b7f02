/** The hosted login page (IDP-SPEC 2.13) and the end of a login (2.4, "Finish"). */
import { json, redirect } from '../http/answers.ts'
import { mostDocumentBytes } from '../http/body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { readBody } from '../http/parameters.ts'
import { Problem, reasonOf, serviceProblem } from '../http/problem.ts'
import { liveSession } from '../sessions.ts'
import { codeResponse, errorResponse } from './authorization-response.ts'
import { issueCode } from './code-issue.ts'
import { checkProject } from './discovery.ts'
import { showFlow, submitFlow } from './flow-page.ts'
import { findTransaction, isOfApp } from './transaction.ts'

/** The hosted page, and the endpoint that ends a login. */
export const loginEndpoints: readonly Endpoint[] = [
  loginPage('/login/:projectId', '/:projectId'),
  {
    name: 'finish-authorize',
    cors: false,
    paths: ['/oauth2/v1/finish-authorize', '/oauth2/v1/apps/finish-authorize'],
    get: (exchange) => finish(exchange, exchange.query.get('state_id')),
    async post(exchange) {
      const body = await readBody(exchange)
      exchange.seen = body.record
      return finish(exchange, body.get('state_id'))
    },
  },
  {
    name: 'project-configuration',
    cors: true,
    readOnly: true,
    paths: ['/.well-known/project-configuration/:projectId'],
    get(exchange) {
      checkProject(exchange)
      return json({ allowAuthHostingIframeEmbedding: exchange.runtime.project.allowIframeEmbedding })
    },
  },
]

/** The hosted page at these paths. */
export function loginPage(...paths: readonly string[]): Endpoint {
  return { name: 'login', cors: false, paths, get: showFlow, post: submitFlow, mostBodyBytes: mostDocumentBytes }
}

function finish(exchange: Exchange, handle: string | undefined): Response {
  const { runtime } = exchange
  const transaction = findTransaction(exchange, handle)
  if (!isOfApp(transaction)) throw serviceProblem(400, 'E011004', 'this login belongs to another profile')
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
    exchange.reason = reasonOf(error)
    location = errorResponse(runtime, transaction, error)
  }
  const asJson = (exchange.request.headers.get('content-type') ?? '').startsWith('application/json')
  return asJson ? json({ redirectTo: location }) : redirect(exchange.request, location)
}
