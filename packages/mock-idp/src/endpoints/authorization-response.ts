/** The answer at the redirect URI (RFC 6749 section 4.1.2, RFC 9207). */
import type { ClientApp } from '../clients.ts'
import type { ResponseFaultTarget } from '../faults/fault.ts'
import type { Problem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import type { StandardClient } from '../standard/client.ts'

/** Where an authorization response goes and what it echoes. */
export interface ResponseTarget {
  readonly app: Pick<ClientApp, 'issuer' | 'clientId'> | Pick<StandardClient, 'issuer' | 'client_id'>
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
  return parameters(runtime, target, { code })
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
  const { app, state } = target
  const answer: ResponseFaultTarget = { runtime, parameters: Object.entries(members), issuer: app.issuer }
  if (state !== undefined) answer.parameters.push(['state', state])
  if (project.compat.authorizationResponseIss) answer.parameters.push(['iss', app.issuer])
  faults.actNow(
    'authorization-response',
    { endpoint: 'authorize', client: () => ('clientId' in app ? app.clientId : app.client_id) },
    answer,
  )
  return new URLSearchParams(answer.parameters)
}

/** The redirect URI with the answer; its own query stays as it was sent (RFC 6749 3.1.2). */
export function queryResponse({ redirectUri }: ResponseTarget, answer: URLSearchParams): string {
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${answer}`
}
