import { TrieRouter } from 'hono/router/trie-router'
import { Hono } from 'hono/tiny'
import { parse as parseCookies } from 'hono/utils/cookie'
import { runtimeAt } from '../host.ts'
import { journalAnswer, type RawEntry } from '../journal.ts'
import { errorPage } from '../pages/error.ts'
import { textsFor } from '../pages/texts.ts'
import type { Runtime } from '../runtime.ts'
import { allowFraming, json, page, textOf } from './answers.ts'
import { sentCookies, withCookies } from './cookie-channel.ts'
import { addCors, preflight } from './cors.ts'
import type { Endpoint } from './endpoint.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { Problem, problemBody, serviceProblem } from './problem.ts'

/** Builds the function that answers every request: routing, methods, CORS, error answers and the journal. */
export function createRouter(
  runtime: Runtime,
  endpoints: readonly Endpoint[],
): (request: Request) => Promise<Response> {
  // The one router that can tell `/:projectId` from `/login/:projectId`; the default tries another one in vain first.
  const app = new Hono({ router: new TrieRouter() })
  for (const endpoint of endpoints) {
    for (const path of endpoint.paths) {
      app.all(path, (context) =>
        answer(
          createExchange(runtimeAt(runtime, context.req.raw), context, parseCookies(sentCookies(context.req.raw))),
          endpoint,
        ),
      )
    }
  }
  const unknown: Endpoint = { name: 'unknown', paths: [], cors: false }
  app.notFound((context) => answer(createExchange(runtime, context, {}), unknown))
  app.onError((error) => {
    throw error
  })
  return async (request) => app.fetch(request)
}

async function answer(exchange: Exchange, endpoint: Endpoint): Promise<Response> {
  const { runtime, request } = exchange
  let status = 0
  let kept: RawEntry['answer']
  try {
    const response = await respond(exchange, endpoint)
    const { headers } = response
    if (runtime.project.allowIframeEmbedding) allowFraming(headers)
    if (endpoint.cors) addCors(runtime.project, request, headers)
    headers.set('x-request-id', exchange.requestId)
    status = response.status
    kept = journalAnswer(response, textOf(response) ?? '', exchange.setCookies)
    const answered = request.method === 'HEAD' ? new Response(null, { status, headers }) : response
    return withCookies(answered, exchange.setCookies)
  } finally {
    runtime.journal.add({
      id: exchange.requestId,
      time: runtime.clock.now(),
      method: request.method,
      path: exchange.url.pathname,
      endpoint: endpoint.name,
      status,
      ...(kept && { answer: kept }),
      parameters: exchange.seen,
      ...(exchange.reason !== undefined && { reason: exchange.reason }),
      ...(exchange.clientId !== undefined && { clientId: exchange.clientId }),
      ...(exchange.login !== undefined && { login: exchange.login }),
      notes: exchange.notes,
    })
  }
}

async function respond(exchange: Exchange, endpoint: Endpoint): Promise<Response> {
  const { runtime, request } = exchange
  const methods = [endpoint.get && ['GET', 'HEAD'], endpoint.post && ['POST'], endpoint.cors && ['OPTIONS']]
  const allow = methods.flatMap((names) => names || [])
  try {
    if (allow.length === 0) throw serviceProblem(404, 'E011004', 'there is nothing at this path')
    if (request.method === 'OPTIONS' && endpoint.cors) return preflight(runtime.project, request)
    const handler = request.method === 'POST' ? endpoint.post : endpoint.get
    if (!handler || !allow.includes(request.method)) {
      const problem = serviceProblem(405, 'E011001', `the method ${request.method} is not allowed here`)
      return problemAnswer(exchange, endpoint, problem, { Allow: allow.join(', ') })
    }
    return await handler(exchange)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason ??= `${error.code}: ${error.message}`
    return problemAnswer(exchange, endpoint, error)
  }
}

function problemAnswer(
  exchange: Exchange,
  endpoint: Endpoint,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response | Promise<Response> {
  const { status } = problem
  if (exchange.wantsPage && !endpoint.cors) {
    return page(
      errorPage({
        code: problem.code,
        description: problem.message,
        requestId: exchange.requestId,
        texts: textsFor(exchange.runtime.project, exchange.query.get('locale')),
      }),
      {
        status,
        headers: { ...problem.headers, ...headers },
      },
    )
  }
  return json(problemBody(problem, exchange.requestId, exchange.runtime.project.compat.errorShape), {
    status,
    headers: { 'Cache-Control': 'no-store', ...problem.headers, ...headers },
  })
}
