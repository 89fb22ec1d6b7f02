/** The hosted flow page (IDP-SPEC 2.13): one form per screen, no script. */
import { beginFlow, isExpired, submitStep } from '../flows/engine.ts'
import type { Execution, FlowDevice, FlowVersion } from '../flows/execution.ts'
import type { FormInput } from '../flows/nodes/screen.ts'
import { createExecution } from '../flows/start.ts'
import { page } from '../http/answers.ts'
import type { Exchange } from '../http/exchange.ts'
import { type Parameters, parametersOf, readBody } from '../http/parameters.ts'
import { serviceProblem } from '../http/problem.ts'
import { errorPage } from '../pages/error.ts'
import { textsFor } from '../pages/texts.ts'
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'
import { liveSession } from '../sessions.ts'
import { browserCookie, browserCookieName } from './authorize.ts'
import { browserMemory } from './browser-memory.ts'
import { checkProject } from './discovery.ts'
import { answerWithFlow, deviceCookieName } from './flow-answer.ts'
import { sessionOfBrowser } from './session-cookie.ts'
import { findTransaction } from './transaction.ts'

/** Starts the flow of the query and shows its first screen. */
export async function showFlow(exchange: Exchange): Promise<Response> {
  const { runtime, query } = exchange
  checkProject(exchange)
  const error = query.get('error') ?? query.get('err')
  if (error !== undefined) {
    const texts = textsFor(runtime.project, query.get('locale'))
    return page(errorPage({ code: 'login_error', description: error, texts }), { status: 400 })
  }
  const flow = findFlow(runtime, query.get('flow'))
  const handle = query.get('state_id') ?? query.get('third_party_app_state_id')
  const transaction = handle === undefined ? undefined : findTransaction(exchange, handle)
  const tenant = query.get('tenant')
  const browser = transaction?.browser ?? exchange.cookie(browserCookieName) ?? runtime.random.text(16)
  const deviceId = exchange.cookie(deviceCookieName) ?? runtime.random.text(16)
  const memory = browserMemory(exchange)
  const execution = createExecution(runtime, {
    flow,
    ...(transaction && { transaction }),
    live: liveSession(runtime, sessionOfBrowser(exchange)),
    browser,
    loginHint: transaction?.loginHint ?? query.get('oidc_login_hint'),
    tenant: tenant === undefined ? undefined : findTenant(runtime.project, tenant)?.id,
    client: clientInputs(query),
    form: { ...(query.get('user_code') !== undefined && { userCode: query.get('user_code') }) },
    device: deviceOf(exchange, deviceId),
    hints: memory.hints,
    debug: query.get('debug') === 'true',
    heading: query.get('title'),
    locale: query.get('locale'),
  })
  await beginFlow(runtime, execution)
  const isBound = exchange.cookie(browserCookieName) !== undefined
  return answerWithFlow(exchange, execution, [...(isBound ? [] : [browserCookie(runtime, browser)]), ...memory.cookies])
}

/** Takes a submitted screen in and shows what comes next. */
export async function submitFlow(exchange: Exchange): Promise<Response> {
  const { runtime } = exchange
  checkProject(exchange)
  const { body, input } = await readForm(exchange)
  exchange.seen = body.record
  const execution = findExecution(exchange, body)
  // The form's own token: a form on another site cannot know it (RFC 9700 4.7).
  if (body.get('csrf') !== execution.csrf) throw serviceProblem(400, 'E011004', 'this form is not from this page')
  const [stepId, button] = [body.get('stepId'), body.get('button')]
  await submitStep(runtime, execution, {
    input,
    ...(stepId !== undefined && { stepId }),
    ...(button !== undefined && { button }),
  })
  return answerWithFlow(exchange, execution)
}

/** The flow of an id, `sign-up-or-in` without one. Throws 404 for an unknown one. */
export function findFlow(runtime: Runtime, id: string | undefined): FlowVersion {
  const flow = runtime.flows.registry.get(id ?? 'sign-up-or-in')
  if (!flow) throw serviceProblem(404, 'E011004', 'there is no such flow')
  return flow
}

function findExecution(exchange: Exchange, body: Parameters): Execution {
  const { runtime } = exchange
  const { executions } = runtime.flows
  const handle = body.get('state_id')
  const transaction = handle === undefined ? undefined : findTransaction(exchange, handle)
  const id = body.get('executionId')
  const named = id === undefined ? undefined : executions.get(id)
  // A page of the same login without an id, such as one that a test driver filled in, means its newest run.
  const newest = (): Execution | undefined =>
    transaction && [...executions.values()].findLast((run) => run.transaction?.id === transaction.id)
  const execution = id === undefined ? newest() : named
  if (!execution || execution.transaction?.id !== transaction?.id || isExpired(runtime, execution)) {
    throw serviceProblem(400, 'E011004', 'this page has expired; start again')
  }
  if (runtime.project.compat.bindTransaction && exchange.cookie(browserCookieName) !== execution.browser) {
    throw serviceProblem(400, 'E011004', 'this page belongs to another browser; start again')
  }
  return execution
}

/** The device of a browser: page address, header, cookie. */
export function deviceOf({ request, url, runtime }: Exchange, id: string): FlowDevice {
  const { headers } = request
  const userAgent = headers.get('user-agent')
  const ip = headers.get('x-forwarded-for')?.split(',')[0]?.trim()
  return {
    id,
    url: `${runtime.project.origin}${url.pathname}${url.search}`,
    ...(userAgent !== null && { userAgent }),
    ...(ip ? { ip } : {}),
  }
}

/** `client.<k>` of the query, `client_id` left alone. */
function clientInputs({ record }: Parameters): Record<string, unknown> {
  const entries = Object.entries(record).filter(([name]) => name.startsWith('client.'))
  return Object.fromEntries(entries.map(([name, value]) => [name.slice('client.'.length), value]))
}

async function readForm(exchange: Exchange): Promise<{ readonly body: Parameters; readonly input: FormInput }> {
  const type = exchange.request.headers.get('content-type') ?? ''
  if (!type.startsWith('multipart/form-data')) {
    const body = await readBody(exchange)
    return { body, input: body.record }
  }
  const pairs: [string, string][] = []
  const files: Record<string, unknown> = {}
  const whole = new Response(await exchange.bytes(), { headers: { 'Content-Type': type } })
  const form = await whole.formData().catch(() => {
    throw serviceProblem(400, 'E011001', 'the body is not a form')
  })
  for (const [name, value] of form) {
    if (typeof value === 'string') pairs.push([name, value])
    else if (value.name !== '') files[name] = await documentOf(value)
  }
  const body = parametersOf(pairs)
  return { body, input: { ...body.record, ...files } }
}

async function documentOf(file: File): Promise<unknown> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return { fileName: file.name, contentType: file.type, data }
}
