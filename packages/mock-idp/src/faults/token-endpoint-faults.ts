import type { TokenAnswer } from '../grants/grant-request.ts'
import { json, noStore, page } from '../http/answers.ts'
import type { Exchange } from '../http/exchange.ts'
import { errorPage } from '../pages/error.ts'
import type { Runtime } from '../runtime.ts'
import { waitFor } from './hang.ts'

/** Faults that answer before the request is looked at, so that nothing is used up by it. */
export async function answerInsteadOfToken(exchange: Exchange): Promise<Response | undefined> {
  const { runtime, request, requestId } = exchange
  const { faults } = runtime
  const hang = faults.take('token-hang')
  if (hang) await waitFor(request.signal, hang.delayMs)

  const failure = (status: number, error: string, description: string, headers = {}): Response =>
    json({ error, error_description: description, requestId }, { status, headers: { ...noStore, ...headers } })
  const reason = (name: string): void => {
    exchange.reason = `fault: ${name}`
  }
  const error = faults.take('token-error')
  if (error) {
    reason('token-error')
    return failure(error.status ?? 400, error.error ?? 'invalid_grant', error.description ?? 'fault: token-error')
  }
  if (faults.take('token-status-503')) {
    reason('token-status-503')
    return failure(503, 'temporarily_unavailable', 'fault: token-status-503')
  }
  const limit = faults.take('token-status-429')
  if (limit) {
    reason('token-status-429')
    const body = { errorCode: 'E130429', errorDescription: 'fault: token-status-429', requestId }
    const headers = { ...noStore, 'Retry-After': String(limit.retryAfterSeconds ?? 1) }
    return json(body, { status: 429, headers })
  }
  if (faults.take('token-redirect')) {
    reason('token-redirect')
    return new Response(null, { status: 307, headers: { ...noStore, Location: 'https://attacker.example/token' } })
  }
  if (faults.take('token-error-with-200')) {
    reason('token-error-with-200')
    return failure(200, 'invalid_grant', 'fault: token-error-with-200')
  }
  return undefined
}

/** Faults that change a good token answer, and the good answer itself when none is on. */
export async function breakTokenAnswer({ faults }: Runtime, answer: TokenAnswer): Promise<Response> {
  if (faults.take('token-not-json')) return page(errorPage({ code: 'fault', description: 'token-not-json' }))
  if (faults.take('token-type-unknown')) answer.token_type = 'mac'
  if (faults.take('token-access-token-missing')) delete answer.access_token
  if (faults.take('id-token-missing')) delete answer.id_token
  if (faults.take('expires-in-missing')) delete answer.expires_in
  if (faults.take('expires-in-string')) answer.expires_in = String(answer.expires_in)
  return json(answer, { headers: noStore })
}
