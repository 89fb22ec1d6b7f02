import type { Exchange } from './exchange.ts'
import { serviceProblem } from './problem.ts'

/** Parameters of one request, from a query, a form or a JSON body. */
export interface Parameters {
  /** First value; empty text counts as absent (RFC 6749 section 3.1). */
  get(name: string): string | undefined
  /** All values. */
  all(name: string): readonly string[]
  /** Names that occur more than once. */
  readonly repeated: readonly string[]
  /** Number of characters of all names and values. */
  readonly size: number
  /** For the journal. */
  readonly record: Readonly<Record<string, string | readonly string[]>>
}

/** Reads parameters from pairs of name and value. */
export function parametersOf(pairs: Iterable<readonly [string, string]>): Parameters {
  const values = new Map<string, string[]>()
  let size = 0
  for (const [name, value] of pairs) {
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
    size += name.length + value.length
  }
  return {
    get: (name) => values.get(name)?.[0] || undefined,
    all: (name) => (values.get(name) ?? []).filter((value) => value !== ''),
    repeated: [...values].filter(([, all]) => all.length > 1).map(([name]) => name),
    size,
    record: Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all])),
  }
}

/**
 * Reads the body of a POST as parameters.
 *
 * @throws {Problem} 413 for a body that is too large, 415 for another content type, 400 `E011001` for bad JSON, 400 `E011003` for a field that is not text.
 */
export async function readBody(exchange: Exchange): Promise<Parameters> {
  const contentType = (exchange.request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (contentType === 'application/x-www-form-urlencoded') {
    return parametersOf(new URLSearchParams(await exchange.text()))
  }
  if (contentType === 'application/json') return parametersOf(jsonPairs(await exchange.text()))
  throw serviceProblem(415, 'E011001', 'Content-Type must be application/x-www-form-urlencoded or application/json')
}

/** The form of a request; nothing for another content type. */
export async function formOf({ request, text }: Exchange): Promise<Parameters['record']> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? '')
  return isForm ? parametersOf(new URLSearchParams(await text())).record : {}
}

function jsonPairs(text: string): [string, string][] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw serviceProblem(400, 'E011001', 'the body is not JSON')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw serviceProblem(400, 'E011001', 'the body must be a JSON object')
  }
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const list = name === 'resource' && Array.isArray(value) ? value : [value]
    return list.map((one): [string, string] => {
      if (typeof one !== 'string') throw serviceProblem(400, 'E011003', `${name} must be text`)
      return [name, one]
    })
  })
}
