/**
 * The control surface over HTTP, `/mock/v1/*` (IDP-SPEC 2.17; DESIGN 5.39).
 *
 * It can do everything a test in process can, so it is open to programs of this machine alone.
 */
import { json } from '../http/answers.ts'
import { bodyText, mostDocumentBytes, tooLarge } from '../http/body.ts'
import type { MockIdp } from '../mock-idp.ts'
import { type LocalCaller, refusalOf } from './guard.ts'
import { type ControlInput, type ControlOperation, controlOperations } from './operations.ts'

/** Where every path of the control surface begins. */
export const controlPrefix = '/mock/v1'

/** Answers a request for the control surface. */
export type Control = (request: Request, caller: LocalCaller) => Promise<Response>

/** Builds the control surface of one mock. */
export function createControl(idp: MockIdp): Control {
  const operations = controlOperations(idp)
  return async (request, caller) => {
    const refusal = refusalOf(request, caller)
    if (refusal !== undefined) return problem(403, refusal)
    const segments = segmentsOf(new URL(request.url).pathname)
    const matching = operations.flatMap((operation) => {
      const path = segments && match(operation.path, segments)
      return path ? [{ operation, path }] : []
    })
    if (matching.length === 0) return problem(404, 'the control surface has nothing at this path')
    const chosen = matching.find(({ operation }) => operation.method === request.method)
    if (!chosen) {
      const allow = matching.map(({ operation }) => operation.method).join(', ')
      return problem(405, `the method ${request.method} is not allowed here`, { Allow: allow })
    }
    return run(chosen.operation, chosen.path, request)
  }
}

async function run(operation: ControlOperation, path: readonly string[], request: Request): Promise<Response> {
  try {
    const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE'
    const text = hasBody ? await bodyText(request, mostDocumentBytes) : ''
    if (text === undefined) return problem(413, tooLarge(mostDocumentBytes))
    const body = bodyOf(request, text)
    return json(await operation.run({ path, body }), { headers: { 'Cache-Control': 'no-store' } })
  } catch (error) {
    return problem(400, error instanceof Error ? error.message : String(error))
  }
}

function segmentsOf(pathname: string): readonly string[] | undefined {
  try {
    const rest = pathname.slice(controlPrefix.length)
    return rest
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent)
  } catch {
    return undefined
  }
}

/** The values of `*` in `pattern`; `undefined` when the path does not match. */
function match(pattern: string, segments: readonly string[]): readonly string[] | undefined {
  const parts = pattern.split('/').filter((part) => part !== '')
  if (parts.length !== segments.length) return undefined
  if (parts.some((part, index) => part !== '*' && part !== segments[index])) return undefined
  return segments.filter((_, index) => parts[index] === '*')
}

function bodyOf(request: Request, text: string): ControlInput['body'] {
  if (text === '') return {}
  // A form of another site cannot send this type without a preflight.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new TypeError('Content-Type must be application/json')
  }
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new TypeError('the body must be an object')
  return body as ControlInput['body']
}

function problem(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return json({ message }, { status, headers: { 'Cache-Control': 'no-store', ...headers } })
}
