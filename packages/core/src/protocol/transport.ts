/**
 * How requests leave the process: never across a redirect, with one deadline for headers and body, a bounded answer, and
 * JSON that says so in its content type. An answer of any other status than success ends here, as an error.
 */
import type { ErrorCodeOf } from '../error-codes.ts'
import { type ErrorPhase, isOidcError, NetworkError, ProtocolError, type TokenEndpointError } from '../errors.ts'

/** A function with the shape of `fetch`. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** How protocol functions send requests. */
export interface TransportOptions {
  /** Sends requests. Default: the global `fetch`. */
  readonly fetch?: FetchFunction
  /** Deadline for headers and body together, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
}

/** Longest answer read, in characters. */
const maxLength = 1 << 20

/** Makes the error of an answer whose status is none of success, from its body when that is JSON. */
export type ReadRefusal = (
  status: number,
  headers: Headers,
  body: Readonly<Record<string, unknown>> | undefined,
) => TokenEndpointError

/**
 * Makes the function that requests are sent with.
 *
 * @param options - Where requests go, and how long they may take.
 * @param phase - The step that errors are reported under.
 * @param readRefusal - For an endpoint whose answers are OAuth errors. Default: any status but success is unexpected.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @throws {ProtocolError} `OIDC_REDIRECT_REFUSED`, `OIDC_RESPONSE_TOO_LARGE`, `OIDC_RESPONSE_NOT_JSON`, `OIDC_STATUS_UNEXPECTED`.
 */
export function createTransport(
  { fetch = (url, init) => globalThis.fetch(url, init), timeoutMs = 10_000 }: TransportOptions,
  phase: ErrorPhase,
  readRefusal?: ReadRefusal,
): (url: string, init: object) => Promise<Response> {
  return async (url, init) => {
    let response: Response
    let text = ''
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      response = await fetch(url, { ...init, redirect: 'manual', credentials: 'omit', cache: 'no-store', signal })
      const reader = response.body?.pipeThrough(new TextDecoderStream(), { signal }).getReader()
      for (let part = await reader?.read(); part?.value && text.length <= maxLength; part = await reader?.read()) {
        text += part.value
      }
    } catch (error) {
      if (isOidcError(error)) throw error
      throw new NetworkError(
        // The name of the error is no sign: in WebKit it is AbortError, whatever ended the request.
        signal.aborted ? 'OIDC_TIMEOUT' : 'OIDC_NETWORK_ERROR',
        `No answer from ${url} within ${timeoutMs} ms. Check address, CORS and CSP.`,
        phase,
        // What fetch itself throws holds nothing secret; an error of a wrapper may hold the whole request.
        error instanceof TypeError || error instanceof DOMException ? error : undefined,
      )
    }
    const { status, headers } = response
    // RFC 9126 section 2.2: what is pushed is created.
    const success = phase === 'authorization' ? 201 : 200
    const body = readJson(text, headers)
    const rules: [ErrorCodeOf<'ProtocolError'>, boolean][] = [
      ['OIDC_RESPONSE_TOO_LARGE', text.length <= maxLength],
      // A browser shows a redirect as status 0.
      ['OIDC_REDIRECT_REFUSED', status > 0 && (status < 300 || status > 399)],
      // RFC 7009 section 2.2: what a revocation answers beside its status is ignored.
      ['OIDC_RESPONSE_NOT_JSON', status !== success || phase === 'logout' || body !== undefined],
      ['OIDC_STATUS_UNEXPECTED', status === success || readRefusal !== undefined],
    ]
    for (const [rule, holds] of rules) {
      if (!holds) throw new ProtocolError(rule, `${url} answered ${status}.`, phase, status === 429 || status > 499)
    }
    if (readRefusal && status !== success) throw readRefusal(status, headers, body)
    return new Response(text, { status, headers })
  }
}

/** The answer when it is JSON and says so. */
function readJson(text: string, headers: Headers): Record<string, unknown> | undefined {
  try {
    return /^application\/([\w.+-]+\+)?json\b/i.test(headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}
