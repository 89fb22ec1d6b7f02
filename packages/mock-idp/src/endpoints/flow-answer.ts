/** What a run of a flow answers on the hosted page: a screen, a redirect, or the end (IDP-SPEC 2.13). */
import { liveConsents } from '../consent/consent.ts'
import { consentOf } from '../flows/consent-request.ts'
import type { FlowField, FlowNode, ScreenNode } from '../flows/definition.ts'
import { nodeRun } from '../flows/engine.ts'
import type { Execution } from '../flows/execution.ts'
import type { NodeRun } from '../flows/nodes/node-run.ts'
import { resolveText, toText } from '../flows/template.ts'
import { cspSource, page, redirect } from '../http/answers.ts'
import type { Exchange } from '../http/exchange.ts'
import { oauthProblem } from '../http/problem.ts'
import { type MockUser, nameOf } from '../model/user.ts'
import { flowResultPage } from '../pages/flow-result.ts'
import { type ScreenInput, screenPage } from '../pages/screen.ts'
import { type PageTexts, phrase } from '../pages/texts.ts'
import type { Transaction } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { lastLoginCookies, longCookie } from './browser-memory.ts'
import { currentTenant } from './code-issue.ts'
import { urlAfterLogin } from './consent.ts'
import { sessionCookie, sessionTokenCookies } from './session-cookie.ts'
import { failedUrl, finishUrl, pagePath } from './transaction.ts'

/** Cookie that knows a device again (IDP-SPEC S-251). */
export const deviceCookieName = 'mock_device'

/**
 * Answers with the state of a run.
 *
 * @param cookies - Values of `Set-Cookie` beside those of a new session.
 */
export async function answerWithFlow(
  exchange: Exchange,
  execution: Execution,
  cookies: readonly string[] = [],
): Promise<Response> {
  const { runtime } = exchange
  const response = await pageOrRedirect(exchange, execution)
  exchange.setCookies.push(...sessionCookies(runtime, execution), ...cookies)
  return response
}

function pageOrRedirect(exchange: Exchange, execution: Execution): Response | Promise<Response> {
  if (execution.status === 'waiting') return showScreen(exchange, execution)
  const url = urlAfterFlow(exchange, execution)
  return url === undefined ? showResult(execution, exchange.runtime) : redirect(exchange.request, url)
}

/** Cookies of the session that a run started, of the device it ran on, and of who signed in. */
export function sessionCookies(runtime: Runtime, execution: Execution): readonly string[] {
  const { outcome, device } = execution
  if (outcome?.result !== 'success' || !outcome.newSession || !outcome.session) return []
  const user = runtime.users.get(outcome.session.userId)
  return [
    sessionCookie(runtime, outcome.session),
    ...sessionTokenCookies(runtime, outcome.session),
    ...(device.id === undefined ? [] : [longCookie(deviceCookieName, device.id)]),
    ...(user ? lastLoginCookies(execution, user) : []),
  ]
}

/** Where the browser goes after a run with a transaction; `undefined` for a stand-alone one. */
export function urlAfterFlow(exchange: Exchange, execution: Execution): string | undefined {
  const { runtime } = exchange
  const { transaction, outcome, flow } = execution
  if (outcome?.result === 'failure') {
    exchange.reason = `${outcome.code}: ${outcome.message}`
    if (!transaction) return undefined
    const description = execution.consentRefused ? 'consent_refused' : outcome.message
    if (execution.consentRefused) runtime.audit.add('consent-refused', 'consent refused', about(exchange, execution))
    return failedUrl(exchange, transaction, oauthProblem(400, 'access_denied', description))
  }
  exchange.reason = outcome?.newSession ? 'signed in' : 'the session is used'
  const user = outcome?.session && runtime.users.get(outcome.session.userId)
  if (!transaction || !user) return undefined
  // The shipped sign-in flows leave consent to the built-in page; every other flow asks on its own (S-415).
  if (flow.shipped && !flow.definition.requires?.consent) return urlAfterLogin(exchange, transaction, user)
  warnAboutMissingConsent(runtime, execution, transaction, user)
  return finishUrl(exchange, transaction)
}

function about(exchange: Exchange, { transaction, userId }: Execution) {
  return { requestId: exchange.requestId, clientId: transaction?.app.clientId, userId }
}

function warnAboutMissingConsent(runtime: Runtime, execution: Execution, { app }: Transaction, user: MockUser): void {
  if (app.kind !== 'inbound' || app.skipConsentScreen) return
  const tenant = currentTenant(user, execution.tenant)
  if (liveConsents(runtime, { appId: app.id, userId: user.id, tenant }).length > 0) return
  execution.log.add({
    level: 'error',
    title: execution.flow.definition.id,
    log: 'the flow ended without a stored consent; add the action update-user-consent',
    kind: 'consent.missing',
    data: { action: 'update-user-consent' },
  })
}

function showScreen(exchange: Exchange, execution: Execution): Promise<Response> {
  const { runtime } = exchange
  const { transaction, screenError, heading, debug, log } = execution
  const run = nodeRun(runtime, execution)
  const screen =
    run.node.kind === 'screen' ? screenParts({ ...run, node: run.node }) : waitingParts(run.node, execution.texts)
  if (screenError !== undefined) exchange.reason = execution.errors.last?.code ?? 'the input does not fit'
  const app = transaction?.app
  const logo = app?.kind === 'inbound' && screen.showLogo && app.logo !== '' ? app.logo : undefined
  const { showLogo: _, ...parts } = screen
  return page(
    screenPage({
      action: pagePath(runtime.project, 'login'),
      texts: execution.texts,
      ...parts,
      ...(heading !== undefined && { heading }),
      ...(app && !('consent' in screen) && { appName: phrase(execution.texts, app.name) }),
      ...(logo !== undefined && { logo }),
      hidden: {
        ...(transaction && { state_id: transaction.id }),
        executionId: execution.id,
        stepId: String(execution.step),
        csrf: execution.csrf,
      },
      ...(screenError !== undefined && { error: screenError }),
      ...(debug && { log: log.entries }),
    }),
    {
      ...(transaction && { formTarget: cspSource(transaction.redirectUri) }),
      ...(logo?.startsWith('https:') && { imageSource: cspSource(logo) }),
    },
  )
}

function screenParts(run: NodeRun<ScreenNode>) {
  const { node, resolve, id, execution } = run
  const fill = (text: string): string => resolveText(phrase(execution.texts, text), resolve)
  const text = node.text === undefined ? undefined : fill(node.text)
  const asked = node.show?.includes('inbound-app-scopes') ? consentOf(run.runtime, execution) : undefined
  return {
    heading: fill(node.title ?? id),
    ...(text !== undefined && { text }),
    ...(asked && { consent: { ...asked.decision, userName: nameOf(asked.user) } }),
    showLogo: node.show?.includes('inbound-app-logo') ?? false,
    fields: (node.fields ?? []).map((field) => inputOf(field, execution, fill)),
    buttons: node.buttons.map(({ id: button, label }, index) => ({
      id: button,
      label: fill(label),
      quiet: index > 0,
    })),
  }
}

function inputOf(field: FlowField, { form }: Execution, fill: (text: string) => string): ScreenInput {
  const { name, type, label = name, required = false, options = [] } = field
  const isSecret = type === 'password' || type === 'code' || type === 'file'
  return {
    name,
    type,
    label: fill(label),
    required,
    options: options.map((value) => ({ value, label: fill(value) })),
    value: isSecret ? '' : toText(form[name]),
  }
}

/** A run that waits for something outside of the page, such as a link that must be opened. */
function waitingParts(node: FlowNode, texts: PageTexts) {
  return {
    heading: texts.waitHeading,
    text: texts.waitText,
    showLogo: false,
    fields: [],
    buttons: [{ id: node.kind, label: texts.waitButton, quiet: false }],
  }
}

function showResult({ flow, outcome, debug, log, texts }: Execution, runtime: Runtime): Promise<Response> {
  const user = outcome?.result === 'success' && outcome.session ? runtime.users.get(outcome.session.userId) : undefined
  return page(
    flowResultPage({
      flow: flow.definition.id,
      texts,
      ...(user && { userName: nameOf(user) }),
      ...(outcome?.result === 'failure' && { failure: outcome.shown }),
      ...(debug && { log: log.entries }),
    }),
  )
}
