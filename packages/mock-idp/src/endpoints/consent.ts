/** The built-in consent page (IDP-SPEC 5.4 steps 5 to 7), between the login and the end of an inbound transaction. */
import { type ConsentDecision, type ConsentRequest, decideConsent, readChoice } from '../consent/decision.ts'
import { recordConsent } from '../consent/record-consent.ts'
import { cspSource, page, redirect } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { type Parameters, readBody } from '../http/parameters.ts'
import { oauthProblem, Problem, serviceProblem } from '../http/problem.ts'
import { type MockUser, nameOf } from '../model/user.ts'
import { consentPage } from '../pages/consent.ts'
import { detailField, detailLines } from '../pages/consent-details.ts'
import { phrase, textsFor } from '../pages/texts.ts'
import type { Transaction } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { liveSession } from '../sessions.ts'
import { namesOfDetails } from '../standard/authorization-details.ts'
import { type ClientConsentRequest, consentQuestion, decideClientConsent } from '../standard/consent.ts'
import { checkInboundAccess, currentTenant } from './code-issue.ts'
import { checkProject } from './discovery.ts'
import { failedUrl, findTransaction, finishUrl, pagePath } from './transaction.ts'

/** The consent page at a path. */
export function consentEndpoint(path: string): Endpoint {
  return {
    name: 'consent',
    cors: false,
    readOnly: true,
    paths: [path],
    get(exchange) {
      checkProject(exchange)
      const transaction = findTransaction(exchange, exchange.query.get('state_id'))
      return show(exchange, transaction, requestOf(exchange.runtime, transaction))
    },
    post: submit,
  }
}

/** Where a login goes when the user is known: to the consent page when the user must be asked, else to its end. */
export function urlAfterLogin(exchange: Exchange, transaction: Transaction, user: MockUser): string {
  const { runtime } = exchange
  if (!mustAsk(runtime, transaction, user)) return finishUrl(exchange, transaction)
  const path = pagePath(runtime.project, 'consent')
  return `${runtime.project.origin}${path}?${new URLSearchParams({ state_id: transaction.id })}`
}

function mustAsk(runtime: Runtime, transaction: Transaction, user: MockUser): boolean {
  const request = consentRequest(transaction, user)
  if (!request) return false
  try {
    if (request.app.kind === 'inbound') checkInboundAccess(request.app, user)
    return !decide(runtime, request).consented
  } catch (error) {
    // What cannot be granted at all is answered at the end of the login, with the error of that rule.
    if (error instanceof Problem) return false
    throw error
  }
}

/** A consent question of either profile. */
type Question = ConsentRequest | ClientConsentRequest

function consentRequest({ app, tenant, scopes, prompt, request }: Transaction, user: MockUser): Question | undefined {
  if (app.kind === 'oidc') return undefined
  if (app.kind === 'standard') return consentQuestion({ app, scopes, prompt, ...(request && { request }) }, user)
  return { app, user, tenant: currentTenant(user, tenant), requested: scopes, prompt }
}

function decide(runtime: Runtime, question: Question): ConsentDecision {
  return isOfClient(question) ? decideClientConsent(runtime, question) : decideConsent(runtime, question)
}

function isOfClient(question: Question): question is ClientConsentRequest {
  return question.app.kind === 'standard'
}

/** The consent request of a transaction whose user has signed in. */
function requestOf(runtime: Runtime, transaction: Transaction): Question {
  const { sessionId } = transaction
  const live = liveSession(runtime, sessionId === undefined ? undefined : runtime.records.sessions.get(sessionId))
  const request = live && consentRequest(transaction, live.user)
  if (!request) throw serviceProblem(400, 'E011004', 'there is nothing to consent to: nobody has signed in')
  return request
}

function show(exchange: Exchange, transaction: Transaction, request: Question, error?: string): Promise<Response> {
  const { runtime } = exchange
  const { app, user } = request
  const { candidates, unavailable, held } = decide(runtime, request)
  exchange.reason ??= 'consent page'
  const logoOrigin = app.logo.startsWith('https:') ? cspSource(app.logo) : undefined
  return page(
    consentPage({
      action: pagePath(runtime.project, 'consent'),
      appName: app.name,
      ...(app.logo !== '' && { logo: app.logo }),
      userName: nameOf(user),
      hidden: { state_id: transaction.id, csrf: transaction.csrf },
      texts: textsFor(runtime.project, transaction.locale),
      scopes: candidates,
      unavailable,
      held,
      ...(isOfClient(request) && { details: detailLines(runtime, request.details) }),
      ...(error !== undefined && { error }),
    }),
    {
      formTarget: cspSource(transaction.redirectUri),
      ...(logoOrigin !== undefined && { imageSource: logoOrigin }),
    },
  )
}

async function submit(exchange: Exchange): Promise<Response> {
  const { runtime, request } = exchange
  checkProject(exchange)
  const body = await readBody(exchange)
  exchange.seen = body.record
  const transaction = findTransaction(exchange, body.get('state_id'))
  if (body.get('csrf') !== transaction.csrf) throw serviceProblem(400, 'E011004', 'this form is not from this page')
  const asked = requestOf(runtime, transaction)
  if (body.get('decision') !== 'allow') {
    exchange.reason = 'access_denied: consent_refused'
    const { app, user } = asked
    const { requestId } = exchange
    runtime.audit.add('consent-refused', app.name, { requestId, userId: user.id, clientId: app.clientId })
    return redirect(request, failedUrl(exchange, transaction, oauthProblem(400, 'access_denied', 'consent_refused')))
  }
  const decision = decide(runtime, asked)
  const { approved, ignored, refusedMandatory } = readChoice(decision, chosenScopes(body))
  exchange.notes.push(...ignored.map((name) => `${name} was not on the consent page and has no effect`))
  if (refusedMandatory.length > 0) {
    exchange.reason = 'MandatoryScopeRefused'
    const { locale } = transaction
    const message = 'This application cannot work without what is marked as required.'
    return show(exchange, transaction, asked, phrase(textsFor(runtime.project, locale), message))
  }
  const { app, user, tenant } = asked
  recordConsent(runtime, {
    appId: app.id,
    userId: user.id,
    tenantId: tenant ?? '',
    scopes: approved,
    grantedBy: user.id,
    ...(asked.prompt.includes('consent') && { replaces: decision.candidates.map(({ id }) => id) }),
  })
  if (transaction.request) {
    const names = namesOfDetails(transaction.request.details)
    const ticked = body.all(detailField)
    transaction.request.allowedDetails = transaction.request.details.filter((_, at) => ticked.includes(names[at] ?? ''))
    transaction.request.consented = true
  }
  exchange.reason = 'consent stored'
  return redirect(request, finishUrl(exchange, transaction))
}

/** The chosen names, under either of the two wire names, one by one or as text with spaces. */
function chosenScopes(body: Parameters): readonly string[] {
  return ['inboundAppApproveScopes', 'thirdPartyAppApproveScopes']
    .flatMap((name) => body.all(name))
    .flatMap((value) => value.split(' '))
    .filter((name) => name !== '')
}
