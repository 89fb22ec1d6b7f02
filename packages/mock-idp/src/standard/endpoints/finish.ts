/** The end of an authorization request: the login is checked against what was asked for, and a code is issued. */
import { codeParameters, errorParameters } from '../../endpoints/authorization-response.ts'
import { findTransaction } from '../../endpoints/transaction.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import { oauthProblem, Problem, reasonOf, serviceProblem } from '../../http/problem.ts'
import type { Transaction } from '../../records.ts'
import type { Runtime } from '../../runtime.ts'
import { liveSession } from '../../sessions.ts'
import type { StandardClient } from '../client.ts'
import { consentedDetails, consentedScopes, consentQuestion, decideClientConsent } from '../consent.ts'
import type { DeviceRecord, StandardGrant, StandardRequest } from '../records.ts'
import { subjectFor } from '../subject.ts'
import { claimsWithin } from '../tokens/identity-claims.ts'
import { sendResponse } from './authorization-response.ts'
import { acrFor, checkLogin, type Login } from './interaction.ts'

/** A transaction of the standard profile. */
export type StandardTransaction = Transaction & { readonly app: StandardClient; readonly request: StandardRequest }

/** Where the hosted pages send the browser when they are done. */
export const finishEndpoint: Endpoint = {
  name: 'finish-authorize',
  cors: false,
  paths: ['/authorize/finish'],
  get(exchange) {
    const { runtime } = exchange
    const transaction = findTransaction(exchange, exchange.query.get('state_id'))
    if (!isStandard(transaction)) throw serviceProblem(400, 'E011004', 'this login belongs to another profile')
    const { sessionId, request } = transaction
    const login = liveSession(runtime, sessionId === undefined ? undefined : runtime.records.sessions.get(sessionId))
    if (!login && !request.failure) throw serviceProblem(400, 'E011004', 'this login has not ended yet')
    runtime.records.transactions.delete(transaction.id)
    return endTransaction(exchange, transaction, login)
  },
}

function isStandard(transaction: Transaction): transaction is StandardTransaction {
  return transaction.app.kind === 'standard' && transaction.request !== undefined
}

/** Answers an authorization request with a code, or with the error of what went wrong. */
export async function endTransaction(
  exchange: Exchange,
  transaction: StandardTransaction,
  login: Login | undefined,
): Promise<Response> {
  const { runtime } = exchange
  const { responseMode, deviceCode } = transaction.request
  const device = deviceCode === undefined ? undefined : runtime.standard.records.devices.get(deviceCode)
  let answer: URLSearchParams
  // A second login by the same user code must not open a code that was decided upon or redeemed.
  if (deviceCode !== undefined && !(device && isWaiting(runtime, device))) {
    exchange.reason = 'the device waits no longer'
    return sendResponse(exchange, transaction, responseMode, new URLSearchParams({ outcome: 'unknown' }))
  }
  try {
    const grant = await grantFor(runtime, transaction, login)
    exchange.reason = device ? 'device approved' : 'code'
    if (device) device.outcome = grant
    answer = device
      ? new URLSearchParams({ outcome: 'approved' })
      : codeParameters(runtime, transaction, issueCode(runtime, transaction, grant))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    exchange.reason = reasonOf(error)
    if (device) device.outcome = 'denied'
    answer = device ? new URLSearchParams({ outcome: 'denied' }) : errorParameters(runtime, transaction, error)
  }
  return sendResponse(exchange, transaction, responseMode, answer)
}

/** True for a device whose user has not decided and still may. */
export function isWaiting({ clock }: Runtime, { outcome, expiresAt }: DeviceRecord): boolean {
  return outcome === undefined && expiresAt > clock.now()
}

function issueCode(runtime: Runtime, transaction: StandardTransaction, grant: StandardGrant): string {
  const { random, clock, project, standard } = runtime
  const { request, redirectUri, codeChallenge } = transaction
  const code = random.text(32)
  standard.records.codes.set(code, {
    grant,
    redirectUri,
    ...(codeChallenge !== undefined && { codeChallenge }),
    ...(request.dpopJkt !== undefined && { dpopJkt: request.dpopJkt }),
    expiresAt: clock.now() + project.lifetimes.codeSeconds * 1000,
    used: false,
  })
  return code
}

/** What the login gives the client. Throws when login or consent are not what was asked for. */
async function grantFor(
  runtime: Runtime,
  transaction: StandardTransaction,
  login: Login | undefined,
): Promise<StandardGrant> {
  const { app: client, request, resources, nonce, login: begun, flow } = transaction
  const { random, clock, project } = runtime
  if (request.failure) throw oauthProblem(400, request.failure.code, request.failure.description)
  if (!login) throw oauthProblem(400, 'access_denied', 'nobody has signed in')
  checkLogin(runtime, request, login)
  const { session, user } = login
  const question = consentQuestion(transaction, user)
  if (!request.consented && !decideClientConsent(runtime, question).consented) {
    throw oauthProblem(400, 'consent_required', 'the user has not consented')
  }
  const allowed = consentedScopes(runtime, question)
  const scopes = allowed.filter((name) => transaction.scopes.includes(name))
  const acr = acrFor(runtime, request.acrValues, session)
  return {
    id: random.text(16),
    login: begun,
    clientId: client.client_id,
    userId: user.id,
    sessionId: session.id,
    subject: await subjectFor(client, user.id),
    scopes,
    resources,
    claims: claimsWithin(request.claims, allowed),
    details: consentedDetails(request),
    flowClaims: flow?.claims.root ?? session.claims?.root ?? {},
    amr: session.amr,
    ...(acr !== undefined && { acr }),
    authTime: Math.floor(session.authenticatedAt / 1000),
    ...(nonce !== undefined && { nonce }),
    offline: scopes.includes('offline_access') || !scopes.includes('openid'),
    refreshExpiresAt: Math.floor(clock.now() / 1000) + project.lifetimes.refreshTokenSeconds,
    usedAt: clock.now(),
    revoked: false,
  }
}
