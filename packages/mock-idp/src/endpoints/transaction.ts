/** The authorize request behind a hosted page: found by its handle, and where it goes when the page is done. */
import type { Exchange } from '../http/exchange.ts'
import { serviceProblem } from '../http/problem.ts'
import type { Transaction } from '../records.ts'
import { browserCookieName } from './authorize.ts'

/** Finds the transaction of a handle. Throws a service problem when it is over or belongs to another browser. */
export function findTransaction(exchange: Exchange, handle: string | undefined): Transaction {
  const { runtime } = exchange
  if (handle === undefined) throw serviceProblem(400, 'E011002', 'no login was started: state_id is missing')
  const transaction = runtime.records.transactions.get(handle)
  exchange.login = transaction?.login
  if (!transaction || transaction.expiresAt <= runtime.clock.now()) {
    throw serviceProblem(400, 'E011004', 'this login was finished or has expired; start again at the application')
  }
  if (runtime.project.compat.bindTransaction && exchange.cookie(browserCookieName) !== transaction.browser) {
    throw serviceProblem(400, 'E011004', 'this login was started in another browser; start again at the application')
  }
  return transaction
}

/** The finish endpoint of a transaction's family (IDP-SPEC 2.4, "Finish"). */
export function finishUrl(exchange: Exchange, transaction: Transaction): string {
  const { origin } = exchange.runtime.project
  const { app } = transaction
  const query = new URLSearchParams({ state_id: transaction.id })
  if (app.id !== '') query.set(app.kind === 'inbound' ? 'app_id' : 'sso_app_id', app.id)
  return `${origin}/oauth2/v1/${app.kind === 'inbound' ? 'apps/' : ''}finish-authorize?${query}`
}
