import type { Context } from 'hono'
import type { Runtime } from '../runtime.ts'
import { bodyBytes, bodyText, tooLarge } from './body.ts'
import type { Parameters } from './parameters.ts'
import { parametersOf } from './parameters.ts'
import { oauthProblem, type Problem, serviceProblem } from './problem.ts'

/** One request on its way through an endpoint. */
export interface Exchange {
  readonly runtime: Runtime
  readonly request: Request
  readonly url: URL
  readonly requestId: string
  /** A path parameter. */
  path(name: string): string | undefined
  /** A cookie of the request. */
  cookie(name: string): string | undefined
  /** All cookies of the request. */
  readonly cookies: Readonly<Record<string, string>>
  /** True when the caller is a browser that navigates: `Accept` has `text/html`. */
  readonly wantsPage: boolean
  /** Parameters of the query. */
  readonly query: Parameters
  /** The text of the body, which is read once. Throws 413 for more bytes than the endpoint takes. */
  text(): Promise<string>
  /** The bytes of a body whose text nobody reads. Throws 413 for more than the endpoint takes. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /** Values of `Set-Cookie` that the answer gets, whatever it is. */
  readonly setCookies: string[]
  /** For the journal: what was read from the request. */
  seen: Readonly<Record<string, string | readonly string[]>>
  /** For the journal: why the answer is what it is. */
  reason: string | undefined
  /** For the journal: client id that the request names, or that its login or token belongs to. */
  clientId: string | undefined
  /** For the journal: id of the request that began the login this one belongs to. */
  login: string | undefined
  /** For the journal: names of the faults that acted. */
  readonly faults: readonly string[]
  /** For the journal: remarks for the tester. */
  readonly notes: string[]
}

/** Wraps a request that the router matched. */
export function createExchange(
  runtime: Runtime,
  context: Context,
  cookies: Readonly<Record<string, string>>,
  mostBodyBytes: number,
): Exchange {
  const request = context.req.raw
  const faults: string[] = []
  const url = new URL(request.url)
  const query = parametersOf(url.searchParams)
  const bounded = <Body>(body: Body | undefined): Body => {
    if (body === undefined) throw bodyProblem(runtime, mostBodyBytes)
    return body
  }
  let text: Promise<string> | undefined
  return {
    runtime: { ...runtime, faults: runtime.faults.during(faults) },
    request,
    url,
    requestId: runtime.journal.nextId(),
    path: (name) => context.req.param(name),
    cookies,
    cookie: (name) => (Object.hasOwn(cookies, name) ? cookies[name] : undefined),
    wantsPage: (request.headers.get('accept') ?? '').includes('text/html'),
    query,
    text() {
      text ??= bodyText(request, mostBodyBytes).then(bounded)
      return text
    },
    bytes: async () => bounded(await bodyBytes(request, mostBodyBytes)),
    setCookies: [],
    seen: query.record,
    reason: undefined,
    clientId: undefined,
    login: undefined,
    faults,
    notes: [],
  }
}

/** The refusal of a body that is too large, in the words of the profile. */
export function bodyProblem({ project }: Runtime, mostBodyBytes: number): Problem {
  const description = tooLarge(mostBodyBytes)
  return project.profile === 'standard'
    ? oauthProblem(413, 'invalid_request', description)
    : serviceProblem(413, 'E011001', description)
}
