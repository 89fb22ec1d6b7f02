import type { Exchange } from '../http/exchange.ts'
import { type Parameters, readBody } from '../http/parameters.ts'
import { oauthProblem, type Problem } from '../http/problem.ts'

/** Names that may occur more than once (RFC 8707 section 2, RFC 8693 section 2.1). */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience'])

/** Reads a form; anything else and repeated parameters are refused (RFC 6749 section 3.2). */
export async function readForm(exchange: Exchange): Promise<Parameters> {
  const contentType = (exchange.request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (contentType !== 'application/x-www-form-urlencoded') {
    throw invalidRequest('Content-Type must be application/x-www-form-urlencoded')
  }
  const body = await readBody(exchange)
  checkRepeated(body)
  return body
}

/** Throws `invalid_request` when a parameter is given more than once. */
export function checkRepeated(parameters: Parameters): void {
  const repeated = parameters.repeated.find((name) => !repeatable.has(name))
  if (repeated !== undefined) throw invalidRequest(`${repeated} is given more than once`)
}

/** A parameter that must be there. Throws `invalid_request` otherwise. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined) throw invalidRequest(`${name} is missing`)
  return value
}

/** `invalid_request`. */
export function invalidRequest(description: string): Problem {
  return oauthProblem(400, 'invalid_request', description)
}
