/** The answer at the redirect URI (RFC 6749 section 4.1.2, RFC 9207). */
import type { ClientApp } from '../clients.ts'
import type { Problem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'

/** Where an authorization response goes and what it echoes. */
export interface ResponseTarget {
  readonly app: Pick<ClientApp, 'issuer'>
  readonly redirectUri: string
  readonly state?: string
}

/** The redirect with a code. */
export function codeResponse(runtime: Runtime, target: ResponseTarget, code: string): string {
  return queryResponse(target, codeParameters(runtime, target, code))
}

/** The redirect with an error. */
export function errorResponse(runtime: Runtime, target: ResponseTarget, problem: Problem): string {
  return queryResponse(target, errorParameters(runtime, target, problem))
}

/** Parameters of a response with a code. */
export function codeParameters(runtime: Runtime, target: ResponseTarget, code: string): URLSearchParams {
  const fault = runtime.faults.take('response-error')
  if (!fault) return parameters(runtime, target, { code })
  const { error = 'access_denied', description = 'fault: response-error' } = fault
  return parameters(runtime, target, { error, error_description: description })
}

/** Parameters of a response with an error. */
export function errorParameters(
  runtime: Runtime,
  target: ResponseTarget,
  problem: Pick<Problem, 'code' | 'message'>,
): URLSearchParams {
  return parameters(runtime, target, { error: problem.code, error_description: problem.message })
}

function parameters(
  runtime: Runtime,
  target: ResponseTarget,
  members: Readonly<Record<string, string>>,
): URLSearchParams {
  const { faults, project } = runtime
  const answer = new URLSearchParams(members)
  if (target.state !== undefined) answer.set('state', target.state)
  if (project.compat.authorizationResponseIss) answer.set('iss', target.app.issuer)

  if (faults.take('response-iss-wrong')) answer.set('iss', 'https://attacker.example')
  if (faults.take('response-iss-missing')) answer.delete('iss')
  if (faults.take('response-state-missing')) answer.delete('state')
  if (faults.take('response-state-wrong')) answer.set('state', 'another-state')
  if (faults.take('response-code-duplicated')) answer.append('code', 'another-code')
  return answer
}

/** The redirect URI with the answer; its own query stays as it was sent (RFC 6749 3.1.2). */
export function queryResponse({ redirectUri }: ResponseTarget, answer: URLSearchParams): string {
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${answer}`
}
