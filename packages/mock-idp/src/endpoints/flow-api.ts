/** The JSON API of flows, for self-hosted pages and test drivers (IDP-SPEC 2.13). */

import { magicLinkPath } from '../flows/actions/magic-link.ts'
import { consentOf } from '../flows/consent-request.ts'
import { beginFlow, isExpired, nodeRun, submitStep } from '../flows/engine.ts'
import type { Execution } from '../flows/execution.ts'
import type { FormInput } from '../flows/nodes/screen.ts'
import { standAloneTokens } from '../flows/stand-alone-tokens.ts'
import { createExecution } from '../flows/start.ts'
import { resolveText } from '../flows/template.ts'
import { json, noStore, page } from '../http/answers.ts'
import { mostDocumentBytes } from '../http/body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { serviceProblem } from '../http/problem.ts'
import { flowResultPage } from '../pages/flow-result.ts'
import { phrase } from '../pages/texts.ts'
import { findTenant } from '../project.ts'
import { liveSession } from '../sessions.ts'
import { browserCookie, browserCookieName } from './authorize.ts'
import { deviceCookieName, sessionCookies, urlAfterFlow } from './flow-answer.ts'
import { deviceOf, findFlow } from './flow-page.ts'
import { sessionOfBrowser } from './session-cookie.ts'
import { findTransaction } from './transaction.ts'

/** Start and next of the JSON API, and the address of magic links. */
export const flowApiEndpoints: readonly Endpoint[] = [
  { name: 'flow-start', cors: true, paths: ['/v1/flow/start'], post: start, mostBodyBytes: mostDocumentBytes },
  { name: 'flow-next', cors: true, paths: ['/v1/flow/next'], post: next, mostBodyBytes: mostDocumentBytes },
  { name: 'magic-link', cors: false, paths: [magicLinkPath], get: followLink },
]

type Members = Readonly<Record<string, unknown>>

async function start(exchange: Exchange): Promise<Response> {
  const { runtime } = exchange
  const body = await readMembers(exchange)
  const options = objectOf(body.options)
  const flow = findFlow(runtime, textOf(body.flowId))
  exchange.seen = { flowId: flow.definition.id }
  const handle = textOf(options.oidcIdpStateId) ?? textOf(options.thirdPartyAppStateId)
  const transaction = handle === undefined ? undefined : findTransaction(exchange, handle)
  const tenant = textOf(options.tenant)
  const bound = exchange.cookie(browserCookieName)
  const browser = transaction?.browser ?? bound ?? runtime.random.text(16)
  const location = textOf(options.location)
  const execution = createExecution(runtime, {
    flow,
    ...(transaction && { transaction }),
    live: liveSession(runtime, sessionOfBrowser(exchange)),
    browser,
    loginHint: transaction?.loginHint ?? textOf(options.oidcLoginHint),
    tenant: tenant === undefined ? undefined : findTenant(runtime.project, tenant)?.id,
    form: objectOf(body.input),
    client: objectOf(options.client),
    device: {
      ...deviceOf(exchange, exchange.cookie(deviceCookieName) ?? runtime.random.text(16)),
      ...(location !== undefined && { url: location }),
      webAuthnSupport: objectOf(options.deviceInfo).webAuthnSupport === true,
    },
    hints: {
      ssoAppId: textOf(options.ssoAppId),
      lastAuth: options.lastAuth,
      idpInitiated: options.idpInitiated === true,
      externalToken: textOf(options.externalToken),
      abTestingKey: options.abTestingKey,
    },
    locale: textOf(options.locale),
    debug: options.debug === true,
  })
  await beginFlow(runtime, execution)
  return answer(exchange, execution, bound === undefined && !transaction ? [browserCookie(runtime, browser)] : [])
}

async function next(exchange: Exchange): Promise<Response> {
  const { runtime } = exchange
  const body = await readMembers(exchange)
  const [id, stepId, button] = [textOf(body.executionId), textOf(body.stepId), textOf(body.interactionId)]
  exchange.seen = { ...(stepId !== undefined && { stepId }), ...(button !== undefined && { interactionId: button }) }
  const execution = id === undefined ? undefined : runtime.flows.executions.get(id)
  if (!execution || isExpired(runtime, execution)) {
    throw serviceProblem(400, 'E011004', 'there is no such run, or it has expired; start again')
  }
  if (runtime.project.compat.bindTransaction && exchange.cookie(browserCookieName) !== execution.browser) {
    throw serviceProblem(400, 'E011004', 'this run belongs to another browser; start again')
  }
  if (execution.transaction && execution.status === 'waiting') findTransaction(exchange, execution.transaction.id)
  const input: FormInput = objectOf(body.input)
  const isWaiting = execution.status === 'waiting'
  await submitStep(runtime, execution, {
    input,
    ...(stepId !== undefined && { stepId }),
    ...(button !== undefined && { button }),
  })
  // An answer with tokens or a redirect is given once.
  if (!isWaiting) throw serviceProblem(400, 'E011004', 'this run has ended')
  return answer(exchange, execution)
}

async function answer(exchange: Exchange, execution: Execution, cookies: readonly string[] = []): Promise<Response> {
  const { runtime } = exchange
  const { id, step, status, outcome, transaction, output, log, debug } = execution
  const url = status === 'waiting' ? undefined : urlAfterFlow(exchange, execution)
  const session = outcome?.result === 'success' ? outcome.session : undefined
  const screen = status === 'waiting' ? screenOf(exchange, execution) : undefined
  const body = {
    executionId: id,
    stepId: String(step),
    stepName: screen?.id ?? '',
    status,
    action: actionOf(url, screen),
    ...(screen && { screen: { id: screen.id, state: screen.state } }),
    ...(url !== undefined && { redirect: { url } }),
    ...(session && !transaction && { authInfo: await standAloneTokens(runtime, execution, session) }),
    ...(outcome?.result === 'failure' && { error: { code: outcome.code, message: outcome.message } }),
    ...(debug && { runnerLogs: log.entries }),
    ...(output && { output }),
  }
  exchange.setCookies.push(...sessionCookies(runtime, execution), ...cookies)
  return json(body, { headers: noStore })
}

function actionOf(url: string | undefined, screen: { readonly isPoll: boolean } | undefined): string {
  if (url !== undefined) return 'redirect'
  if (!screen) return 'none'
  return screen.isPoll ? 'poll' : 'screen'
}

function screenOf({ runtime }: Exchange, execution: Execution) {
  const run = nodeRun(runtime, execution)
  const { node, id, resolve } = run
  const error = execution.screenError === undefined ? {} : { error: execution.screenError }
  if (node.kind !== 'screen') return { id, isPoll: true, state: error }
  const asked = node.show?.includes('inbound-app-scopes') ? consentOf(run.runtime, execution) : undefined
  const fill = (text: string): string => resolveText(phrase(execution.texts, text), resolve)
  const state = {
    ...error,
    ...(node.title !== undefined && { title: fill(node.title) }),
    ...(node.text !== undefined && { text: fill(node.text) }),
    fields: (node.fields ?? []).map(({ name, type, required = false, label = name, options }) => ({
      ...{ name, type, required, label: fill(label) },
      ...(options && { options: options.map((value) => ({ value, label: fill(value) })) }),
    })),
    buttons: node.buttons.map((button) => ({ id: button.id, label: fill(button.label) })),
    ...(asked && { inboundAppApproveScopes: asked.decision.candidates }),
  }
  return { id, isPoll: false, state }
}

async function followLink(exchange: Exchange): Promise<Response> {
  const { runtime, query } = exchange
  const token = query.get('token')
  const execution = [...runtime.flows.executions.values()].find((run) => run.link && run.link.token === token)
  if (!execution?.link || isExpired(runtime, execution)) {
    throw serviceProblem(400, 'E011004', 'this link was used or has expired')
  }
  const { texts } = execution
  execution.link.followed = true
  return page(
    flowResultPage({
      flow: execution.flow.definition.id,
      texts,
      heading: texts.linkHeading,
      note: texts.linkText,
    }),
  )
}

async function readMembers({ request, text }: Exchange): Promise<Members> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  // A form of another site can send text, never this type without a preflight.
  if (type !== 'application/json') throw serviceProblem(415, 'E011001', 'Content-Type must be application/json')
  const given = await text()
  let body: unknown
  try {
    body = JSON.parse(given)
  } catch {
    throw serviceProblem(400, 'E011001', 'the body is not JSON')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw serviceProblem(400, 'E011001', 'the body must be a JSON object')
  }
  return { ...body }
}

function objectOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
