/**
 * One operation of the management API (IDP-SPEC 2.14, 5.6): who may call it, how its input is read, and how what the
 * directories refuse becomes an answer. JSON in and out, errors in the service shape.
 */
import { json, noStore } from '../http/answers.ts'
import { mostDocumentBytes } from '../http/body.ts'
import type { Endpoint, Handler } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { Problem, serviceProblem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import { createFields, type Fields } from './fields.ts'

/** A call whose key was right. */
export interface ManagementCall {
  readonly runtime: Runtime
  /** Members of the JSON body, or parameters of the query. */
  readonly input: Fields
  /** Remarks for the journal. */
  readonly notes: string[]
}

/** What an operation does. Its result is the JSON answer; a `TypeError` of a directory becomes `E011003`. */
export type Operation = (call: ManagementCall) => unknown

/** An operation that reads its input from the query. */
export function getOperation(paths: readonly string[], run: Operation): Endpoint {
  return {
    name: 'management',
    cors: false,
    readOnly: true,
    paths,
    get: handler(run, async ({ url }) => queryInput(url)),
  }
}

/** An operation that reads its input from a JSON body. */
export function postOperation(paths: readonly string[], run: Operation): Endpoint {
  return { name: 'management', cors: false, paths, post: handler(run, jsonInput), mostBodyBytes: mostDocumentBytes }
}

function handler(run: Operation, read: (exchange: Exchange) => Promise<Record<string, unknown>>): Handler {
  return async (exchange) => {
    checkKey(exchange)
    const input = await read(exchange)
    exchange.seen = shown(input)
    try {
      const answer = await run({ runtime: exchange.runtime, input: createFields(input), notes: exchange.notes })
      exchange.reason = 'done'
      return json(answer, { headers: noStore })
    } catch (error) {
      // What a directory refuses, it says with a TypeError that names the field.
      if (error instanceof Problem || !(error instanceof TypeError)) throw error
      throw serviceProblem(400, 'E011003', error.message)
    }
  }
}

/** `Authorization: Bearer <project id>:<management key>`, else 401 (S-121). */
function checkKey({ request, runtime }: Exchange): void {
  const { id, managementKey } = runtime.project
  const given = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (given === `${id}:${managementKey}`) return
  throw serviceProblem(401, 'E011001', 'a management key is needed: Authorization: Bearer <project id>:<key>')
}

function queryInput(url: URL): Record<string, unknown> {
  return Object.fromEntries(url.searchParams)
}

async function jsonInput({ request, text }: Exchange): Promise<Record<string, unknown>> {
  const contentType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (contentType !== 'application/json') {
    throw serviceProblem(415, 'E011001', 'Content-Type must be application/json')
  }
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
  return Object.fromEntries(Object.entries(body))
}

/** For the journal: texts and numbers as they are, of everything else the kind. */
function shown(input: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[list]' : '[object]') : String(value),
    ]),
  )
}
