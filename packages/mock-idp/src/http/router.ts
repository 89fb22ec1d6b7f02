import { HonoBase } from 'hono/hono-base'
import { TrieRouter } from 'hono/router/trie-router'
import { parse as parseCookies } from 'hono/utils/cookie'
import type { AnswerDraft } from '../faults/answer-draft.ts'
import { clientOfRequest } from '../faults/client-of-request.ts'
import type { FaultPlace } from '../faults/fault-switch.ts'
import { runtimeAt } from '../host.ts'
import { journalAnswer, type RawEntry } from '../journal.ts'
import { errorPage } from '../pages/error.ts'
import { textsFor } from '../pages/texts.ts'
import type { Runtime } from '../runtime.ts'
import { allowFraming, json, page, replaced, textOf } from './answers.ts'
import { mayFit, mostFormBytes } from './body.ts'
import { sentCookies, withCookies } from './cookie-channel.ts'
import { addCors, preflight } from './cors.ts'
import type { Endpoint } from './endpoint.ts'
import { bodyProblem, createExchange, type Exchange } from './exchange.ts'
import { formOf } from './parameters.ts'
import { Problem, problemBody, reasonOf, serviceProblem } from './problem.ts'

/** Builds the function that answers every request: routing, methods, CORS, error answers and the journal. */
export function createRouter(
  runtime: Runtime,
  endpoints: readonly Endpoint[],
): (request: Request) => Promise<Response> {
  // The presets of hono bring routers of their own: one tries every pattern for each request, one cannot take these.
  const app = new HonoBase({ router: new TrieRouter() })
  for (const endpoint of endpoints) {
    const { mostBodyBytes = mostFormBytes } = endpoint
    for (const path of endpoint.paths) {
      app.all(path, (context) =>
        answer(
          createExchange(
            runtimeAt(runtime, context.req.raw),
            context,
            parseCookies(sentCookies(context.req.raw)),
            mostBodyBytes,
          ),
          endpoint,
        ),
      )
    }
  }
  const unknown: Endpoint = { name: 'unknown', paths: [], cors: false }
  app.notFound((context) => answer(createExchange(runtime, context, {}, mostFormBytes), unknown))
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
    let response = await respond(exchange, endpoint)
    let { headers } = response
    if (runtime.project.allowIframeEmbedding) allowFraming(headers)
    if (endpoint.cors) addCors(runtime.project, request, headers)
    headers.set('x-request-id', exchange.requestId)
    if (!runtime.faults.idle) {
      response = await broken(exchange, endpoint, response)
      headers = response.headers
    }
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
      faults: exchange.faults,
      notes: exchange.notes,
    })
  }
}

async function respond(exchange: Exchange, endpoint: Endpoint): Promise<Response> {
  const { runtime, request } = exchange
  const reading = endpoint.readOnly ? ['GET', 'HEAD'] : ['GET']
  const methods = [endpoint.get && reading, endpoint.post && ['POST'], endpoint.cors && ['OPTIONS']]
  const allow = methods.flatMap((names) => names || [])
  try {
    if (allow.length === 0) throw serviceProblem(404, 'E011004', 'there is nothing at this path')
    if (request.method === 'OPTIONS' && endpoint.cors) return preflight(runtime.project, request)
    const handler = request.method === 'POST' ? endpoint.post : endpoint.get
    if (!handler || !allow.includes(request.method)) {
      const problem = serviceProblem(405, 'E011001', `the method ${request.method} is not allowed here`)
      return problemAnswer(exchange, endpoint, problem, { Allow: allow.join(', ') })
    }
    const { mostBodyBytes = mostFormBytes } = endpoint
    if (request.method === 'POST' && !mayFit(request, mostBodyBytes)) throw bodyProblem(runtime, mostBodyBytes)
    return (await faultAnswer(exchange, endpoint)) ?? (await handler(exchange))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason ??= reasonOf(error)
    return problemAnswer(exchange, endpoint, error)
  }
}

/** Lets the faults act that come before the endpoint looks at a request; their answer is the answer. */
async function faultAnswer(exchange: Exchange, endpoint: Endpoint): Promise<Response | undefined> {
  const { runtime, request } = exchange
  if (runtime.faults.idle) return undefined
  if (request.method === 'POST') exchange.seen = { ...exchange.seen, ...(await formOf(exchange)) }
  const response = await runtime.faults.act('request', placeOf(exchange, endpoint), exchange)
  if (response) exchange.reason = `fault: ${exchange.faults.at(-1)}`
  return response
}

/** Lets the faults act that change an answer. */
async function broken(exchange: Exchange, endpoint: Endpoint, response: Response): Promise<Response> {
  const body = textOf(response) ?? (await response.text())
  const draft: AnswerDraft = { exchange, status: response.status, headers: new Headers(response.headers), body }
  await exchange.runtime.faults.act('answer', placeOf(exchange, endpoint), draft)
  return replaced(draft.body, draft)
}

/** A login ends at an address of its own, which belongs to authorize. */
function placeOf(exchange: Exchange, { name }: Endpoint): FaultPlace {
  return { endpoint: name === 'finish-authorize' ? 'authorize' : name, client: () => clientOfRequest(exchange) }
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
