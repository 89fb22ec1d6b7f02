/** The authorize request behind a hosted page: found by its handle, and where it goes when the page is done. */
import type { Exchange } from '../http/exchange.ts'
import { type Problem, serviceProblem } from '../http/problem.ts'
import type { Project } from '../project.ts'
import type { AppTransaction, Transaction } from '../records.ts'
import { errorResponse } from './authorization-response.ts'
import { browserCookieName } from './authorize.ts'

/** Finds the transaction of a handle. Throws a service problem when it is over or belongs to another browser. */
export function findTransaction(exchange: Exchange, handle: string | undefined): Transaction {
  const { runtime } = exchange
  if (handle === undefined) throw serviceProblem(400, 'E011002', 'no login was started: state_id is missing')
  const transaction = runtime.records.transactions.get(handle)
  exchange.clientId = transaction?.app.clientId
  exchange.login = transaction?.login
  if (!transaction || transaction.expiresAt <= runtime.clock.now()) {
    throw serviceProblem(400, 'E011004', 'this login was finished or has expired; start again at the application')
  }
  if (runtime.project.compat.bindTransaction && exchange.cookie(browserCookieName) !== transaction.browser) {
    throw serviceProblem(400, 'E011004', 'this login was started in another browser; start again at the application')
  }
  return transaction
}

/** The endpoint that ends a transaction, by its family (IDP-SPEC 2.4, "Finish"). */
export function finishUrl(exchange: Exchange, transaction: Transaction): string {
  const { origin } = exchange.runtime.project
  const { app } = transaction
  const query = new URLSearchParams({ state_id: transaction.id })
  if (app.kind === 'standard') return `${origin}/authorize/finish?${query}`
  if (app.id !== '') query.set(app.kind === 'inbound' ? 'app_id' : 'sso_app_id', app.id)
  return `${origin}/oauth2/v1/${app.kind === 'inbound' ? 'apps/' : ''}finish-authorize?${query}`
}

/** Path of a hosted page; the Descope-like profile has the project in it. */
export function pagePath({ profile, id }: Project, page: 'login' | 'consent'): string {
  return profile === 'standard' ? `/${page}` : `/${page}/${id}`
}

/**
 * Where a login that ended badly goes: to the redirect URI with the error. In the standard profile the end of the
 * transaction says it, because it knows the response mode.
 */
export function failedUrl(exchange: Exchange, transaction: Transaction, problem: Problem): string {
  if (isOfApp(transaction)) {
    exchange.runtime.records.transactions.delete(transaction.id)
    return errorResponse(exchange.runtime, transaction, problem)
  }
  if (transaction.request) transaction.request.failure = { code: problem.code, description: problem.message }
  return finishUrl(exchange, transaction)
}

/** True for a transaction of the Descope-like profile. */
export function isOfApp(transaction: Transaction): transaction is AppTransaction {
  return transaction.app.kind !== 'standard'
}
